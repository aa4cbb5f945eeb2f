package markup

import (
	"bytes"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// HTML in Markdown. Comments are never sent.
func rawHTML() kind {
	return kind{html: map[ast.NodeKind]nodeWriter{
		ast.KindHTMLBlock: htmlBlockHTML,
		ast.KindRawHTML:   inlineHTML,
	}}
}

func htmlBlockText(n *ast.HTMLBlock, source []byte) []byte {
	var out []byte
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		out = append(out, line.Value(source)...)
	}
	if n.HasClosure() {
		out = append(out, n.ClosureLine.Value(source)...)
	}
	return bytes.TrimSpace(out)
}

// isComment reports a piece that is one comment, declaration or instruction.
func isComment(piece []byte) bool {
	if bytes.HasPrefix(piece, []byte("<!--")) {
		return bytes.Index(piece[4:], []byte("-->")) == len(piece)-7
	}
	return (bytes.HasPrefix(piece, []byte("<!")) || bytes.HasPrefix(piece, []byte("<?"))) && bytes.IndexByte(piece, '>') == len(piece)-1
}

// countBreaks counts the line breaks of a piece that is nothing but breaks.
func countBreaks(piece []byte) int {
	count := 0
	for len(piece) > 0 {
		tag, rest, ok := bytes.Cut(piece, []byte(">"))
		if name := strings.ToLower(string(bytes.TrimRight(tag, " /"))); !ok || name != "<br" {
			return 0
		}
		count++
		piece = bytes.TrimSpace(rest)
	}
	return count
}

func htmlBlockHTML(p *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		return ast.WalkContinue
	}
	piece := htmlBlockText(n.(*ast.HTMLBlock), source)
	if isComment(piece) {
		return ast.WalkContinue
	}
	if breaks := countBreaks(piece); breaks > 0 {
		_, _ = w.WriteString(strings.Repeat(blankParagraph, breaks))
		return ast.WalkContinue
	}
	text := p.mapped(piece)
	if block := dialectBlock(text); block != nil {
		var buf bytes.Buffer
		storedForm.write(&buf, block)
		_, _ = w.Write(buf.Bytes())
		return ast.WalkContinue
	}
	p.raw = true
	_, _ = w.WriteString(text)
	return ast.WalkContinue
}

// dialectBlock reads the HTML that the dialect gives a meaning of its own: a
// picture or button with its alignment, and a video. It returns nil for other
// HTML.
func dialectBlock(piece string) *html.Node {
	framed := (strings.HasPrefix(piece, "<p>") || strings.HasPrefix(piece, "<p align=")) && (strings.Contains(piece, "<img") || strings.Contains(piece, classButton))
	if !framed && !strings.HasPrefix(piece, "<iframe") {
		return nil
	}
	root, ok := parse(piece)
	if !ok {
		return nil
	}
	if block := onlyChild(root); isElement(block, "iframe") {
		return block
	}
	return pictureTag(root)
}

func inlineHTML(p *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		return ast.WalkContinue
	}
	piece := n.(*ast.RawHTML).Segments.Value(source)
	switch {
	case isComment(piece):
	case countBreaks(piece) == 1:
		_, _ = w.WriteString("<br>")
	case isPlainTag(piece) && p.tagsMatch(n, source):
		_, _ = w.Write(piece)
	default:
		p.raw = true
		_, _ = w.WriteString(p.mapped(piece))
	}
	return ast.WalkSkipChildren
}

// isPlainTag reports the tags that Intercom stores just so. Where they match,
// there is nothing to tidy.
func isPlainTag(piece []byte) bool {
	switch string(piece) {
	case "<b>", "</b>", "<i>", "</i>":
		return true
	}
	return false
}

// tagsMatch reports whether the tags beside n are plain and match each other.
func (p *page) tagsMatch(n ast.Node, source []byte) bool {
	if p.nested == n.Parent() {
		return true
	}
	var open []string
	for c := n.Parent().FirstChild(); c != nil; c = c.NextSibling() {
		raw, ok := c.(*ast.RawHTML)
		if !ok {
			continue
		}
		tag := raw.Segments.Value(source)
		name := string(bytes.Trim(tag, "</>"))
		switch {
		case countBreaks(tag) == 1 || isComment(tag):
		case !isPlainTag(tag):
			return false
		case tag[1] != '/':
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			return false
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return false
	}
	p.nested = n.Parent()
	return true
}

// mapped passes the addresses in a piece of HTML through the options.
func (p *page) mapped(piece []byte) string {
	if p.options.Link == nil && p.options.Image == nil {
		return string(piece)
	}
	var out strings.Builder
	tokens := html.NewTokenizer(bytes.NewReader(piece))
	for tokens.Next() != html.ErrorToken {
		raw := string(tokens.Raw())
		token := tokens.Token()
		if p.options.mapToken(&token) {
			raw = token.String()
		}
		out.WriteString(raw)
	}
	return out.String()
}

// mapToken maps the address of a link or image tag and reports a change.
func (o Options) mapToken(token *html.Token) bool {
	if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
		return false
	}
	for i, a := range token.Attr {
		value := a.Val
		switch {
		case token.Data == "a" && a.Key == "href":
			value = o.link(value)
		case token.Data == "img" && a.Key == "src":
			value = o.image(value)
		}
		if value != a.Val {
			token.Attr[i].Val = value
			return true
		}
	}
	return false
}

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
