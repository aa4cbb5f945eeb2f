package markup

import (
	"bytes"
	"strconv"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/marker"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Lists. Items are containers of blocks. Two lists in a row differ in their
// marker (`-` and `*`, `1.` and `1)`), which keeps them apart in CommonMark.
//
//	<ul><li><p class="no-margin">a</p></li></ul>   - a
//	<ol><li><p class="no-margin">a</p></li></ol>   1. a
func lists() kind {
	return kind{
		html:     map[ast.NodeKind]nodeWriter{ast.KindList: listHTML, ast.KindListItem: itemHTML},
		markdown: map[string]elementWriter{"ul": listMarkdown, "ol": listMarkdown},
	}
}

// maxListDepth bounds the nesting that is written as Markdown. Every level
// indents all lines below it, so without a bound the text could grow with the
// square of the body.
const maxListDepth = 12

func listHTML(_ *page, w util.BufWriter, _ []byte, n ast.Node, entering bool) ast.WalkStatus {
	list := n.(*ast.List)
	switch {
	case !list.IsOrdered() && entering:
		_, _ = w.WriteString("<ul>")
	case !list.IsOrdered():
		_, _ = w.WriteString("</ul>")
	case !entering:
		_, _ = w.WriteString("</ol>")
	case list.Start != 1:
		_, _ = w.WriteString(`<ol start="` + strconv.Itoa(list.Start) + `">`)
	default:
		_, _ = w.WriteString("<ol>")
	}
	return ast.WalkContinue
}

func itemHTML(_ *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		_, _ = w.WriteString("</li>")
		return ast.WalkContinue
	}
	_, _ = w.WriteString("<li>")
	if isSilent(n, source) {
		_, _ = w.WriteString(blankParagraph)
	}
	return ast.WalkContinue
}

// isSilent reports a container that holds nothing but comments.
func isSilent(n ast.Node, source []byte) bool {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		block, ok := c.(*ast.HTMLBlock)
		if !ok || !isComment(htmlBlockText(block, source)) {
			return false
		}
	}
	return true
}

func listMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	start, ok := listStart(n)
	if !ok || depthOf(n, maxListDepth+1) > maxListDepth {
		return false
	}
	gap := []byte("\n")
	if !isTight(n) {
		gap = []byte("\n\n")
	}
	var item bytes.Buffer
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c != n.FirstChild {
			_, _ = w.Write(gap)
		}
		mark := s.listMark(n, start)
		start++
		item.Reset()
		s.blocks(ctx, &item, c.FirstChild, isTightItem(c))
		_, _ = w.WriteString(mark)
		writeIndented(w, ctx.UnEscapeContent(item.Bytes()), bytes.Repeat([]byte(" "), len(mark)))
	}
	return true
}

func (s *scribe) listMark(n *html.Node, number int) string {
	other := s.alternate[n]
	switch {
	case n.Data == "ul" && other:
		return "* "
	case n.Data == "ul":
		return "- "
	case other:
		return strconv.Itoa(number) + ") "
	}
	return strconv.Itoa(number) + ". "
}

// listStart gives the number of the first item, and whether Markdown can hold
// the list at all: items only, nothing on them.
func listStart(n *html.Node) (start int, ok bool) {
	start = 1
	for _, a := range n.Attr {
		number, err := strconv.Atoi(a.Val)
		if a.Key != "start" || n.Data != "ol" || err != nil || number < 0 || number == 1 || number > 99999999 || strconv.Itoa(number) != a.Val {
			return 0, false
		}
		start = number
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if !isElement(c, "li") || len(c.Attr) > 0 {
			return 0, false
		}
	}
	return start, n.FirstChild != nil
}

// depthOf counts the lists that n stands in, itself included, up to limit.
func depthOf(n *html.Node, limit int) int {
	depth := 0
	for ; n != nil && depth < limit; n = n.Parent {
		if n.Data == "ul" || n.Data == "ol" {
			depth++
		}
	}
	return depth
}

// isTight reports a list of one-line items, which reads best without blank lines.
func isTight(list *html.Node) bool {
	for c := list.FirstChild; c != nil; c = c.NextSibling {
		if !isTightItem(c) {
			return false
		}
	}
	return true
}

func isTightItem(item *html.Node) bool {
	first := item.FirstChild
	if first == nil || first.Data != "p" || len(first.Attr) > 0 || first.FirstChild == nil {
		return first != nil && first.Data == "p" && first.NextSibling == nil
	}
	for c := first.NextSibling; c != nil; c = c.NextSibling {
		if c.Data != "ul" && c.Data != "ol" || c != item.LastChild || !isTight(c) {
			return false
		}
	}
	return true
}

// writeCodeLines writes a line, indenting the lines of code that are hidden in it.
func writeCodeLines(w converter.Writer, line, indent []byte) {
	for i := 0; ; i++ {
		code, rest, more := bytes.Cut(line, marker.BytesMarkerCodeBlockNewline)
		if i > 0 && len(code) > 0 {
			_, _ = w.Write(indent)
		}
		_, _ = w.Write(code)
		if !more {
			return
		}
		_, _ = w.Write(marker.BytesMarkerCodeBlockNewline)
		line = rest
	}
}

// writeIndented writes content with every line but the first, and every line of
// code in it, moved right.
func writeIndented(w converter.Writer, content, indent []byte) {
	for first := true; ; first = false {
		line, rest, more := bytes.Cut(content, []byte("\n"))
		if !first && len(line) > 0 {
			_, _ = w.Write(indent)
		}
		writeCodeLines(w, line, indent)
		if !more {
			return
		}
		_ = w.WriteByte('\n')
		content = rest
	}
}
