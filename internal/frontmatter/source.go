package frontmatter

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// source finds the bytes of a node. yaml.v3 gives only the line and column
// where a node begins, in characters, with YAML's own idea of a line end.
type source struct {
	text  string
	lines []int // where each line begins
}

func newSource(text string) source {
	s := source{text, []int{0}}
	for i := 0; i < len(text); {
		n := 0
		if c := text[i]; c == '\n' || c == '\r' || c >= utf8.RuneSelf {
			n = breakLen(text[i:])
		}
		if n == 0 {
			i++
			continue
		}
		i += n
		s.lines = append(s.lines, i)
	}
	return s
}

// breakLen gives the length of the line end at the start of s, 0 for none.
func breakLen(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"), strings.HasPrefix(s, "\u0085"):
		return 2
	case strings.HasPrefix(s, "\u2028"), strings.HasPrefix(s, "\u2029"):
		return 3
	case s != "" && (s[0] == '\n' || s[0] == '\r'):
		return 1
	}
	return 0
}

// blankLen gives the length of the space, tab or line end at the start of s.
func blankLen(s string) int {
	if s != "" && (s[0] == ' ' || s[0] == '\t') {
		return 1
	}
	return breakLen(s)
}

func (s source) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(s.lines) {
		return len(s.text)
	}
	at := s.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	return at
}

func (s source) lineStart(offset int) int {
	i, exact := slices.BinarySearch(s.lines, offset)
	if exact {
		return offset
	}
	return s.lines[max(i-1, 0)]
}

// lineStop gives the end of the line that offset is in, before its line end.
func (s source) lineStop(offset int) int {
	for offset < len(s.text) && breakLen(s.text[offset:]) == 0 {
		offset++
	}
	return offset
}

// nextLine gives the start of the line after the one that offset is in.
func (s source) nextLine(offset int) int {
	stop := s.lineStop(offset)
	return stop + breakLen(s.text[stop:])
}

// end gives the offset just after a node.
func (s source) end(n *yaml.Node) int {
	at := s.skipTag(s.offset(n), n)
	switch {
	case n.Kind == yaml.ScalarNode:
		return s.scalarEnd(at, n)
	case at >= len(s.text) || !strings.ContainsRune("[{", rune(s.text[at])) || n.Style&yaml.FlowStyle == 0:
		return s.end(n.Content[len(n.Content)-1])
	case len(n.Content) == 0:
		return s.closing(at + 1)
	}
	return s.closing(s.end(n.Content[len(n.Content)-1]))
}

func (s source) skipTag(at int, n *yaml.Node) int {
	if n.Style&yaml.TaggedStyle == 0 {
		return at
	}
	for at < len(s.text) && blankLen(s.text[at:]) == 0 {
		at++
	}
	if n.Kind == yaml.ScalarNode && n.Style == yaml.TaggedStyle && n.Value == "" {
		return at
	}
	return s.skipBlank(at)
}

func (s source) scalarEnd(at int, n *yaml.Node) int {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return s.quoteEnd(at+1, '"', `\`)
	case n.Style&yaml.SingleQuotedStyle != 0:
		return s.quoteEnd(at+1, '\'', `'`)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return s.blockEnd(at, n)
	}
	return s.consume(at, n.Value)
}

// quoteEnd finds the closing quote; escape makes the next byte a plain one,
// and may be the quote itself, doubled.
func (s source) quoteEnd(at int, quote byte, escape string) int {
	for at < len(s.text) {
		rest := s.text[at:]
		switch {
		case strings.HasPrefix(rest, escape) && len(rest) > 1 && (escape[0] != quote || rest[1] == quote):
			at += 2
		case rest[0] == quote:
			return at + 1
		default:
			at++
		}
	}
	return at
}

// consume gives the end of unescaped text that reads as value. Folding
// changes only blanks, so the characters between them are counted off.
func (s source) consume(at int, value string) int {
	stop := at
	for value != "" {
		if n := blankLen(value); n > 0 {
			value = value[n:]
			continue
		}
		at = s.skipBlank(at)
		_, n := utf8.DecodeRuneInString(value)
		value = value[n:]
		at = min(at+n, len(s.text))
		stop = at
	}
	return stop
}

func (s source) skipBlank(at int) int {
	for n := blankLen(s.text[at:]); n > 0; n = blankLen(s.text[at:]) {
		at += n
	}
	return at
}

// blockEnd gives the end of the last line of a literal or folded text. Blank
// lines after it belong to it only where the indicator keeps them.
func (s source) blockEnd(at int, n *yaml.Node) int {
	header := s.indicatorEnd(at)
	stop := header
	if strings.Trim(n.Value, " \t\r\n\u0085\u2028\u2029") != "" {
		stop = s.lineStop(s.consume(s.nextLine(header), n.Value))
	}
	if !strings.Contains(s.text[at:header], "+") {
		return stop
	}
	for next := s.nextLine(stop); next < s.skipBlankLines(next); next = s.nextLine(stop) {
		stop = s.lineStop(next)
	}
	return stop
}

// skipBlankLines gives the first line from start on that is not blank.
func (s source) skipBlankLines(start int) int {
	for start < len(s.text) && strings.Trim(s.text[start:s.lineStop(start)], " \t") == "" {
		start = s.nextLine(start)
	}
	return start
}

// keepsBlankLines says whether blank lines after an entry belong to its value.
func (s source) keepsBlankLines(e entry) bool {
	return e.headerStop > 0 && strings.Contains(s.text[e.from:e.headerStop], "+")
}

func (s source) indicatorEnd(at int) int {
	for at < len(s.text) && strings.IndexByte("|>+-0123456789", s.text[at]) >= 0 {
		at++
	}
	return at
}

// headerStop gives the end of a block scalar's indicator, 0 for other nodes.
func (s source) headerStop(n *yaml.Node) int {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		return 0
	}
	return s.indicatorEnd(s.skipTag(s.offset(n), n))
}

// closing finds the bracket that ends a flow collection, past its last item.
func (s source) closing(at int) int {
	for at < len(s.text) {
		switch c := s.text[at]; {
		case c == ']' || c == '}':
			return at + 1
		case c == '#':
			at = s.nextLine(at)
		default:
			at++
		}
	}
	return at
}

// onNewLine gives the line end that is missing before offset, if any.
func (s source) onNewLine(offset int, eol string) string {
	if s.lineStart(offset) == offset {
		return ""
	}
	return eol
}

// aboveComments gives the start of the comment lines that stand directly
// above a line.
func (s source) aboveComments(start int) int {
	for start > 0 {
		above := s.lineStart(start - 1)
		if !strings.HasPrefix(strings.TrimLeft(s.text[above:start], " "), "#") {
			break
		}
		start = above
	}
	return start
}
