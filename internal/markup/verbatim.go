package markup

import (
	"bytes"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"golang.org/x/net/html"
)

// verbatimBlock writes a block as an HTML block of CommonMark: it begins with a
// tag that starts one, holds no blank line, and says no more than it must. It
// reports false for what HTML cannot spell without line ends, such as a script.
func (s *scribe) verbatimBlock(w converter.Writer, n *html.Node) bool {
	var buf bytes.Buffer
	if !startsHTMLBlock(n) {
		buf.WriteString("<!---->")
		if !s.verbatim(&buf, n) {
			return false
		}
	} else if !s.outline(&buf, n, paragraphClass(n)...) {
		return false
	}
	_, _ = w.Write(buf.Bytes())
	return true
}

// paragraphClass gives the class that keeps a paragraph which is one image or
// button from being read as the block of that image or button.
func paragraphClass(n *html.Node) []html.Attribute {
	if only := onlyOrNil(n); n.Data == "p" && (isPicture(only) || isButton(only)) {
		return withClass(n.Attr, classNoMargin)
	}
	return nil
}

// startsHTMLBlock reports the elements whose tag opens an HTML block in
// CommonMark whatever follows on the line.
func startsHTMLBlock(n *html.Node) bool {
	if n.Type != html.ElementNode || n.Namespace != "" {
		return false
	}
	switch n.Data {
	case "hgroup", "body":
		return false
	case "iframe":
		return true
	case "pre":
		return true
	case "hr", "td", "th", "li":
		return true
	}
	shape := shapeOf(n)
	return shape == shapeLeaf || shape == shapeBlock || shape == shapeContainer
}

// outline writes a block with its structure on lines of their own.
func (s *scribe) outline(buf *bytes.Buffer, n *html.Node, extra ...html.Attribute) bool {
	if !hasOutline(n) {
		return s.verbatim(buf, n, extra...)
	}
	if n.Data == "tbody" && len(n.Attr) == 0 && n.Parent != nil && onlyChild(n.Parent) == n && n.FirstChild != nil {
		return s.outlineChildren(buf, n)
	}
	if !s.openTag(buf, n) {
		return false
	}
	buf.WriteByte('\n')
	if !s.outlineChildren(buf, n) {
		return false
	}
	if n.FirstChild != nil {
		buf.WriteByte('\n')
	}
	buf.WriteString("</" + n.Data + ">")
	return true
}

func (s *scribe) outlineChildren(buf *bytes.Buffer, n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c != n.FirstChild {
			buf.WriteByte('\n')
		}
		if !s.outline(buf, c) {
			return false
		}
	}
	return true
}

// hasOutline reports elements that hold blocks only, so that a line end between
// them is no text.
func hasOutline(n *html.Node) bool {
	switch n.Data {
	case "table", "tbody", "thead", "tfoot", "tr", "ul", "ol":
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode || shapeOf(c) == shapeInline || shapeOf(c) == shapeLiteral {
				return false
			}
		}
		return true
	case "li", "td", "th":
		only := onlyChild(n)
		return only == nil || hasOutline(only)
	case "details", "blockquote":
		return true
	case "div":
		return shapeOf(n) == shapeContainer
	}
	return false
}

// lonePlainParagraph gives the paragraph of an item or cell that needs no tags
// round its text.
func lonePlainParagraph(n *html.Node) *html.Node {
	p := onlyChild(n)
	if !isItem(n) || !isElement(p, "p") || len(p.Attr) > 0 {
		return nil
	}
	if only := onlyChild(p); only != nil && (isPicture(only) || isButton(only) || isElement(only, "iframe") || isElement(only, "br")) {
		return nil
	}
	return p
}

// openTag writes the start tag of n with its addresses mapped; extra attributes
// take the place of its own.
func (s *scribe) openTag(buf *bytes.Buffer, n *html.Node, extra ...html.Attribute) bool {
	attrs := n.Attr
	if align := alignmentOf(n); align != "" && isClass(n, n.Data, classAlign+align) && (n.Data == "p" || isHeading(n)) {
		attrs = []html.Attribute{{Key: "align", Val: align}} // which GitHub shows
	}
	if len(extra) > 0 {
		attrs = extra
	}
	buf.WriteString("<" + n.Data)
	for _, a := range attrs {
		value := a.Val
		switch {
		case a.Namespace != "" || strings.ContainsAny(a.Key, "\"'<>=`\\\a\n ") || hasPrivate(a.Key):
			return false
		case n.Data == "a" && a.Key == "href":
			value = s.link(value)
		case n.Data == "img" && a.Key == "src":
			value = s.image(value)
		}
		buf.WriteString(" " + a.Key)
		if value == "" && isSwitch(a.Key) {
			continue
		}
		buf.WriteString(`="`)
		writeVisible(buf, value, true)
		buf.WriteByte('"')
	}
	buf.WriteByte('>')
	return true
}

// verbatim writes n as HTML on one line.
func (s *scribe) verbatim(buf *bytes.Buffer, n *html.Node, extra ...html.Attribute) bool {
	switch {
	case n.Type == html.TextNode:
		writeVisible(buf, n.Data, false)
		return true
	case n.Type != html.ElementNode || n.Namespace != "" || n.Data == "plaintext":
		return false
	case shapeOf(n) == shapeLiteral && n.Data != "pre":
		return s.verbatimLiteral(buf, n)
	}
	if !s.openTag(buf, n, extra...) {
		return false
	}
	if shapeOf(n) == shapeVoid {
		return true
	}
	inside := n
	if p := lonePlainParagraph(n); p != nil {
		inside = p
	}
	for c := inside.FirstChild; c != nil; c = c.NextSibling {
		if !s.verbatim(buf, c) {
			return false
		}
	}
	buf.WriteString("</" + n.Data + ">")
	return true
}

// verbatimLiteral writes an element whose text must not change by a byte; it
// reports false if that text would not survive in Markdown.
func (s *scribe) verbatimLiteral(buf *bytes.Buffer, n *html.Node) bool {
	if !s.openTag(buf, n) {
		return false
	}
	start := buf.Len()
	if !canonicalForm.writeChildren(buf, n) {
		return false
	}
	if inside := buf.String()[start:]; strings.ContainsAny(inside, "\n\a") || hasPrivate(inside) {
		return false
	}
	buf.WriteString("</" + n.Data + ">")
	return true
}

// writeVisible escapes text or an attribute value for HTML in Markdown.
func writeVisible(buf *bytes.Buffer, text string, inAttribute bool) {
	for {
		i := strings.IndexFunc(text, func(r rune) bool { return isInvisible(r) || isPrivate(r) })
		if i < 0 {
			writeEscaped(buf, text, inAttribute)
			return
		}
		writeEscaped(buf, text[:i], inAttribute)
		for _, r := range text[i:] {
			buf.WriteString(entity(r))
			text = text[i+len(string(r)):]
			break
		}
	}
}

// inlineTag writes an inline element as tags with Markdown between them.
func (s *scribe) inlineTag(ctx converter.Context, w converter.Writer, n *html.Node) bool {
	var buf bytes.Buffer
	if shapeOf(n) != shapeInline {
		if s.verbatim(&buf, n) {
			_, _ = w.Write(buf.Bytes())
		}
		return true
	}
	if !s.openTag(&buf, n) {
		return false
	}
	_, _ = w.Write(buf.Bytes())
	ctx.RenderChildNodes(ctx, w, n)
	_, _ = w.WriteString("</" + n.Data + ">")
	return true
}
