package markup

import (
	"bytes"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/marker"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Callouts: the five colours of the editor are the five GitHub alerts, at top
// level, where GitHub shows them. A plain quotation is a blockquote.
//
//	<div class="intercom-interblocks-callout" style="background-color: #e3e7fa80; border-color: #334bfa33;">   > [!NOTE]
func callouts() kind {
	return kind{
		html:     map[ast.NodeKind]nodeWriter{ast.KindBlockquote: quoteHTML},
		markdown: map[string]elementWriter{"div": calloutMarkdown, "blockquote": quoteMarkdown},
	}
}

// An alert pairs a GitHub alert with the style of a callout (section 6.3).
type alert struct{ word, style string }

func alerts() [5]alert {
	return [5]alert{
		{"NOTE", "background-color: #e3e7fa80; border-color: #334bfa33"},
		{"TIP", "background-color: #d7efdc80; border-color: #1bb15733"},
		{"IMPORTANT", "background-color: #e8e8e880; border-color: #73737633"},
		{"WARNING", "background-color: #feedaf80; border-color: #fbc91633"},
		{"CAUTION", "background-color: #fed9db80; border-color: #fd3a5733"},
	}
}

func quoteHTML(_ *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	style := calloutStyle(n, source)
	switch {
	case style == "" && entering:
		_, _ = w.WriteString("<blockquote>")
	case style == "":
		_, _ = w.WriteString("</blockquote>")
	case entering:
		_, _ = w.WriteString(`<div class="` + classCallout + `" style="` + style + `;">`)
		dropAlertMark(n)
	default:
		_, _ = w.WriteString("</div>")
	}
	return ast.WalkContinue
}

// alertAttribute remembers the style of an alert on its node, because the mark
// that tells it is gone when the node is left.
const alertAttribute = "alert"

// calloutStyle gives the style of the callout that a quotation means, or "": its
// first line must be the mark alone, and it must stand at top level.
func calloutStyle(n ast.Node, source []byte) string {
	if style, ok := n.AttributeString(alertAttribute); ok {
		return style.(string)
	}
	first := n.FirstChild()
	if n.Parent().Kind() != ast.KindDocument || first == nil || first.Kind() != ast.KindParagraph {
		return ""
	}
	line := first.Lines().At(0)
	word := strings.TrimSpace(string(line.Value(source)))
	for _, a := range alerts() {
		if strings.EqualFold(word, "[!"+a.word+"]") {
			n.SetAttributeString(alertAttribute, a.style)
			return a.style
		}
	}
	return ""
}

// dropAlertMark removes the first line of the first paragraph, and the paragraph
// with it when that was all.
func dropAlertMark(quote ast.Node) {
	paragraph := quote.FirstChild()
	for c := paragraph.FirstChild(); c != nil; c = paragraph.FirstChild() {
		text, ok := c.(*ast.Text)
		paragraph.RemoveChild(paragraph, c)
		if ok && (text.SoftLineBreak() || text.HardLineBreak()) {
			return
		}
	}
	quote.RemoveChild(quote, paragraph)
}

func calloutMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	style, _ := attr(n, "style")
	if class, _ := attr(n, "class"); class != classCallout || len(n.Attr) != 2 || n.Parent.Data != "body" || s.nested {
		return false
	}
	for _, a := range alerts() {
		if a.style != style {
			continue
		}
		_, _ = w.WriteString("> [!" + a.word + "]\n")
		if first := n.FirstChild; first != nil && (first.Data != "p" || first.FirstChild == nil) {
			_, _ = w.WriteString(">\n")
		}
		s.quoted(ctx, w, n)
		return true
	}
	return false
}

func quoteMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	if len(n.Attr) > 0 || n.FirstChild == nil || depthOf(n, maxListDepth+1) > maxListDepth || quoteDepth(n) > maxListDepth {
		return false
	}
	s.quoted(ctx, w, n)
	return true
}

func quoteDepth(n *html.Node) int {
	depth := 0
	for ; n != nil && depth <= maxListDepth; n = n.Parent {
		if n.Data == "blockquote" {
			depth++
		}
	}
	return depth
}

// quoted writes the blocks of n with `> ` before each line.
func (s *scribe) quoted(ctx converter.Context, w converter.Writer, n *html.Node) {
	var buf bytes.Buffer
	s.blocks(ctx, &buf, n.FirstChild, false)
	content := ctx.UnEscapeContent(buf.Bytes())
	content = bytes.ReplaceAll(content, marker.BytesMarkerCodeBlockNewline, []byte("\n"))
	for first := true; len(content) > 0 || first; first = false {
		line, rest, more := bytes.Cut(content, []byte("\n"))
		_, _ = w.WriteString(">")
		if len(line) > 0 {
			_, _ = w.WriteString(" ")
			_, _ = w.Write(line)
		}
		if !more {
			return
		}
		_ = w.WriteByte('\n')
		content = rest
	}
}
