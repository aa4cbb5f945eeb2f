package github

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// data escapes the message of a workflow command, property one of its
// properties.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

// gap is a character without width: it parts what GitHub would take for a
// mention, an issue, a commit, an address or an emoji, and nobody sees it.
const gap = "\u200b"

// text makes a string show as it is, in a line of Markdown as well as in HTML:
// nothing in it is markup, and nothing becomes a link. Control characters and
// those that reorder text are shown as �.
func text(s string) string {
	s = strings.Map(shown, s)
	s = strings.Join(strings.Fields(s), " ")
	return entities(parted(s))
}

// literal makes a string show as it is inside <code>, where GitHub links nothing,
// so that it can be copied.
func literal(s string) string {
	return entities(strings.Join(strings.Fields(strings.Map(shown, s)), " "))
}

// phrase is text that keeps the space at its ends, for a piece of a line.
func phrase(s string) string {
	t := text(s)
	if strings.TrimSpace(s) == "" {
		return " "
	}
	if first := []rune(s)[0]; unicode.IsSpace(first) {
		t = " " + t
	}
	if r := []rune(s); unicode.IsSpace(r[len(r)-1]) {
		t += " "
	}
	return t
}

func shown(r rune) rune {
	switch {
	case r == '\n', r == '\t', r == '\r':
		return ' '
	case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return unicode.ReplacementChar
	}
	return r
}

// links matches the places that GitHub links by itself: the gap goes between
// the two groups.
var links = regexp.MustCompile(`([@#:]|(?i)www|GH-|[0-9a-f]{6})([0-9A-Za-z/.+_-])`)

// parted puts gaps into a string. One pass parts every second of two that
// overlap, so it is taken twice.
func parted(s string) string {
	s = links.ReplaceAllString(s, "$1"+gap+"$2")
	return links.ReplaceAllString(s, "$1"+gap+"$2")
}

// entities writes what Markdown or HTML could take for markup as character
// references, which neither of them does.
func entities(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("&<>\"'`*_~[]()\\|#!$@{}^=", r) {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fence puts lines into a code block that they cannot close.
func fence(info string, lines []string) string {
	long := 3
	for _, l := range lines {
		long = max(long, longestRun(l, '`')+1)
	}
	marks := strings.Repeat("`", long)
	var b strings.Builder
	b.WriteString(marks + info + "\n")
	for _, l := range lines {
		b.WriteString(strings.Map(func(r rune) rune {
			if r == '\t' {
				return r
			}
			return shown(r)
		}, l) + "\n")
	}
	b.WriteString(marks + "\n")
	return b.String()
}

func longestRun(s string, mark rune) int {
	longest, n := 0, 0
	for _, r := range s {
		if r != mark {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}
