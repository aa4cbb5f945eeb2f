package frontmatter

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

const bom = "\uFEFF"

// decodeText refuses what is not UTF-8, naming the line.
func decodeText(data []byte) (string, error) {
	if utf8.Valid(data) {
		return string(data), nil
	}
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return "", &Error{Message: "is UTF-16: save it as UTF-8"}
	}
	valid := 0
	for valid < len(data) {
		r, n := utf8.DecodeRune(data[valid:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		valid += n
	}
	line := 1 + bytes.Count(data[:valid], []byte("\n"))
	return "", &Error{line, "is not UTF-8: save the file as UTF-8"}
}

// split cuts a file at its fences. Without a closing fence, close is empty and
// everything after the opening one is in body.
func split(text string) *Doc {
	d := &Doc{body: strings.TrimPrefix(text, bom), eol: lineEnd(text)}
	d.bom = text[:len(text)-len(d.body)]
	first, rest := cutLine(d.body)
	if !isFence(first, "---") {
		return d
	}
	d.open, d.body = first, rest
	for at := 0; at < len(rest); {
		line, _ := cutLine(rest[at:])
		if isFence(line, "---") || isFence(line, "...") {
			d.yaml, d.close, d.body = rest[:at], line, rest[at+len(line):]
			return d
		}
		at += len(line)
	}
	return d
}

// cutLine splits off the first line with its line end.
func cutLine(s string) (line, rest string) {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return s[:i+1], s[i+1:]
	}
	return s, ""
}

func isFence(line, fence string) bool {
	rest, ok := strings.CutPrefix(line, fence)
	return ok && strings.Trim(rest, " \t\r\n") == ""
}

func lineEnd(text string) string {
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

func unclosed(rest string) error {
	if len(rest) > MaxSize {
		return tooLarge()
	}
	return &Error{1, "the front matter that begins here is not closed: add a line `---` after it"}
}

func tooLarge() error {
	return &Error{1, fmt.Sprintf("the front matter is larger than %d KB: shorten it, or close it with a line `---`", MaxSize>>10)}
}
