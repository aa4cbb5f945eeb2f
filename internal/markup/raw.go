package markup

import (
	"bytes"
	"strings"

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
	if p.matched == n.Parent() {
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
	p.matched = n.Parent()
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
