// Package report turns results into text and JSON. It decides nothing and
// fetches nothing: every function here is given a value and a writer.
//
// What comes from a workspace is hostile until shown otherwise: titles, names
// and bodies pass through [Clean], so that no terminal escape reaches a
// terminal.
package report

import (
	"strings"
	"unicode"
)

// Style says how to write for a reader.
type Style struct {
	// Color allows ANSI colours; everything it says is also said in words.
	Color bool
}

// The few colours there are, each for one meaning.
const (
	green   = "32"
	yellow  = "33"
	red     = "31"
	magenta = "1;35"
	blue    = "34"
	dim     = "2"
	bold    = "1"
	// reverse marks words inside a changed line.
	reverse = "7"
)

func (s Style) paint(code, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Clean makes text from a workspace or a file safe for a terminal and for a
// line-based log: control characters, other than newline and tab, and
// characters that reorder text are shown as � instead of acting.
func Clean(s string) string {
	if !strings.ContainsFunc(s, unsafe) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unsafe(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' ||
		r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// line makes text safe and keeps it on one line.
func line(s string) string {
	return strings.Join(strings.Fields(Clean(s)), " ")
}

// Name gives somebody's name for a line.
func Name(s string) string { return short(s, 40) }

// short cuts a text for a line that has room for n characters.
func short(s string, n int) string {
	r := []rune(line(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}
