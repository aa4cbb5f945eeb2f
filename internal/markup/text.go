package markup

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Text and line breaks. What cannot be seen is written as an entity, so that a
// reviewer sees it.
//
//	a<br>b   a\
//	         b
func texts() kind {
	return kind{
		html:     map[ast.NodeKind]nodeWriter{ast.KindText: textHTML},
		markdown: map[string]elementWriter{"br": breakMarkdown},
	}
}

func textHTML(_ *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		return ast.WalkContinue
	}
	text := n.(*ast.Text)
	writeProse(w, text.Segment.Value(source))
	switch {
	case text.HardLineBreak():
		_, _ = w.WriteString("<br>")
	case text.SoftLineBreak():
		_ = w.WriteByte(' ')
	}
	return ast.WalkContinue
}

// breakMarkdown writes the break that ends a line of a paragraph as a backslash.
// At the edges of a paragraph, beside another break, and where a line cannot end
// (headings, cells, emphasis) only the tag works.
func breakMarkdown(s *scribe, _ converter.Context, w converter.Writer, n *html.Node) bool {
	if len(n.Attr) > 0 {
		return false
	}
	prev, next := n.PrevSibling, n.NextSibling
	if n.Parent.Data == "p" && !s.inCell && prev != nil && next != nil && prev.Data != "br" && next.Data != "br" {
		_, _ = w.WriteString("\\\n")
	} else {
		_, _ = w.WriteString("<br>")
	}
	return true
}

func newBufWriter(w io.Writer) util.BufWriter { return bufio.NewWriterSize(w, 256) }

// codeEscaper escapes text as Intercom does: quotes stay.
var codeEscaper = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
})

// Private code points carry a decision about a character past the escaping of
// html-to-markdown, to the end of the conversion (see settlePrivate).
const (
	privateForce = 0xE000 // + c: c with a backslash
	privateBare  = 0xE100 // + c: c as it is
	privateStart = 0xE200 // + c: a backslash only if c starts its line
	privateEnd   = 0xE300
)

func isPrivate(r rune) bool { return r >= privateForce && r < privateEnd || r == 0xF002 }

func hasPrivate(s string) bool { return strings.ContainsFunc(s, isPrivate) }

// prepareText is our share of escaping one text: entities for what cannot be
// seen, and the characters about which html-to-markdown is too careful or not
// careful enough.
func (s *scribe) prepareText(text string) string {
	if !s.cautious && !s.inCell && isEasy(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for i, r := range text {
		rest := text[i+utf8.RuneLen(r):]
		atEdge := i == 0 || rest == ""
		switch {
		case isInvisible(r) || isPrivate(r) || atEdge && r > 0x7f && unicode.IsSpace(r):
			b.WriteString(entity(r))
		case r == '&' && !startsEntity(rest):
			b.WriteByte('&')
		case r == '&':
			b.WriteString("&amp;")
		case r > 0x7f || !util.IsPunct(byte(r)):
			b.WriteRune(r)
		case s.cautious || s.inCell && r == '|':
			b.WriteRune(privateForce + r)
		case r == '>':
			b.WriteRune(privateStart + r)
		case r == '_' && betweenLetters(text, i):
			b.WriteRune(privateBare + r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isEasy reports text that prepareText would leave alone.
func isEasy(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c == 0x7f, c == '&', c == '>', c == '_', c == 0xC2, c == 0xE2, c == 0xE1, c == 0xE3, c >= 0xEE:
			return false
		}
	}
	return true
}

func startsEntity(s string) bool {
	return s != "" && (s[0] == '#' || util.IsAlphaNumeric(s[0]))
}

func betweenLetters(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	word := func(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	return word(before) && word(after)
}

// isInvisible reports characters that a reader of the Markdown could not see or
// not tell from a space. The joiner and the variation selectors of emoji stay.
func isInvisible(r rune) bool {
	switch {
	case r < ' ', r == 0x7f, r == 0x85, r == 0xA0, r == 0xAD, r == 0x61C, r == 0x180E:
		return true
	case r >= 0x2000 && r <= 0x200F && r != 0x200D, r >= 0x2028 && r <= 0x202F, r >= 0x205F && r <= 0x2064, r >= 0x2066 && r <= 0x206F, r == 0xFEFF, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return false
}

func entity(r rune) string {
	switch r {
	case 0xA0:
		return "&nbsp;"
	case 0xAD:
		return "&shy;"
	}
	return "&#" + strconv.Itoa(int(r)) + ";"
}

// settlePrivate turns the private code points into what they stand for.
func settlePrivate(md []byte) []byte {
	out := md[:0:0]
	done := 0
	for i := 0; i+2 < len(md); i++ {
		if md[i] != 0xEE {
			continue
		}
		r, size := utf8.DecodeRune(md[i:])
		if r < privateForce || r >= privateEnd {
			continue
		}
		out = append(out, md[done:i]...)
		if r&^0xFF == privateForce || r&^0xFF == privateStart && startsLine(out) {
			out = append(out, '\\')
		}
		out = append(out, byte(r))
		i += size - 1
		done = i + 1
	}
	if done == 0 {
		return md
	}
	return append(out, md[done:]...)
}

// startsLine reports whether what comes after out begins a block: nothing but
// spaces and the marks of lists and quotations stands before it on its line.
func startsLine(out []byte) bool {
	const reach = 200 // marks that reach further are not ours
	line := out[max(0, len(out)-reach):]
	if i := bytes.LastIndexByte(line, '\n'); i >= 0 {
		line = line[i+1:]
	} else if len(out) > reach {
		return false
	}
	for len(line) > 0 {
		digits := len(line) - len(bytes.TrimLeft(line, "0123456789"))
		switch c := line[0]; {
		case c == ' ' || c == '>':
			line = line[1:]
		case digits > 0 && len(line) > digits+1 && (line[digits] == '.' || line[digits] == ')') && line[digits+1] == ' ':
			line = line[digits+2:]
		case (c == '-' || c == '*' || c == '+') && len(line) > 1 && line[1] == ' ':
			line = line[2:]
		default:
			return false
		}
	}
	return true
}
