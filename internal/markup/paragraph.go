package markup

import (
	"bytes"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Paragraphs, plain, blank and aligned.
//
//	<p class="no-margin">text</p>                      text
//	<p class="no-margin"></p>                          <br>
//	<p class="intercom-align-center no-margin">x</p>   <p align="center">x</p>
func paragraphs() kind {
	return kind{
		html: map[ast.NodeKind]nodeWriter{
			ast.KindDocument:  enclose("", ""),
			ast.KindParagraph: paragraphHTML,
			ast.KindTextBlock: paragraphHTML,
		},
		markdown: map[string]elementWriter{"p": paragraphMarkdown},
	}
}

const (
	blankParagraph     = `<p class="no-margin"></p>`
	paragraphOpen      = `<p class="no-margin">`
	blankParagraphMark = "<br>"
)

// paragraphHTML also writes what Markdown can only say as a paragraph: a lone
// image, a lone video address, a lone button.
func paragraphHTML(p *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	switch {
	case entering && (p.loneVideo(w, source, n) || p.lonePicture(w, source, n)):
		p.done = n
		return ast.WalkSkipChildren
	case !entering && p.done == n:
		return ast.WalkContinue
	}
	open, end := paragraphOpen, "</p>"
	if isLoneButton(source, n) {
		open, end = `<div class="`+classContainer+`">`, "</div>"
	}
	if entering {
		_, _ = w.WriteString(open)
	} else {
		_, _ = w.WriteString(end)
	}
	return ast.WalkContinue
}

func paragraphMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	switch {
	case n.FirstChild == nil && len(n.Attr) == 0:
		_, _ = w.WriteString(blankParagraphMark)
		return true
	case isPicture(onlyOrNil(n)) || isElement(onlyChild(n), "br"):
		return false
	case len(n.Attr) > 0:
		return s.alignedLine(w, n)
	}
	var buf bytes.Buffer
	ctx.RenderChildNodes(ctx, &buf, n)
	content := strings.TrimSpace(buf.String())
	if text := onlyOrNil(n); text.Type == html.TextNode {
		if _, ok := videoFrame(text.Data); ok {
			content = strings.Replace(content, ":", `\:`, 1) // not the video
		}
	}
	_, _ = w.WriteString(content)
	return true
}

// onlyOrNil is onlyChild with an element that never matches instead of nil.
func onlyOrNil(n *html.Node) *html.Node {
	if c := onlyChild(n); c != nil {
		return c
	}
	return &html.Node{}
}

// alignedLine writes a paragraph or heading whose only attribute is its
// alignment in the way that GitHub shows.
func (s *scribe) alignedLine(w converter.Writer, n *html.Node) bool {
	align := alignmentOf(n)
	if align == "" || !isClass(n, n.Data, classAlign+align) {
		return false
	}
	var buf bytes.Buffer
	if !s.verbatim(&buf, n) {
		return false
	}
	_, _ = w.Write(buf.Bytes())
	return true
}
