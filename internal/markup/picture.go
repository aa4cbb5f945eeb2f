package markup

import (
	"bytes"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Images. A lone image is a block of its own.
//
//	<div class="intercom-container"><img src="s" alt="a"></div>          ![a](s)
//	<div class="intercom-container intercom-align-center">…width="300"   <p align="center"><img src="s" width="300"></p>
//	<p class="no-margin">text <img src="s"></p>                          text ![](s)
func pictures() kind {
	return kind{
		html:     map[ast.NodeKind]nodeWriter{ast.KindImage: imageHTML},
		markdown: map[string]elementWriter{"img": imageMarkdown, "div": pictureMarkdown},
	}
}

func imageHTML(p *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		return ast.WalkContinue
	}
	image := n.(*ast.Image)
	_, _ = w.WriteString("<img")
	writeAttribute(w, "src", p.options.image(resolved(image.Destination)))
	if alt := plainOf(n, source); alt != "" {
		writeAttribute(w, "alt", alt)
	}
	if image.Title != nil {
		writeAttribute(w, "title", oneLine(resolved(image.Title)))
	}
	_ = w.WriteByte('>')
	return ast.WalkSkipChildren
}

// lonePicture writes a paragraph that is one image, perhaps linked, as the block
// that Intercom makes of it.
func (p *page) lonePicture(w util.BufWriter, source []byte, n ast.Node) bool {
	child := n.FirstChild()
	if child == nil || child.NextSibling() != nil {
		return false
	}
	image := child
	link, linked := child.(*ast.Link)
	if linked {
		image = child.FirstChild()
	}
	if image == nil || image.Kind() != ast.KindImage || image.NextSibling() != nil {
		return false
	}
	_, _ = w.WriteString(`<div class="` + classContainer + `">`)
	if linked {
		_, _ = w.WriteString("<a")
		writeAttribute(w, "href", p.options.link(resolved(link.Destination)))
		_, _ = w.WriteString(` target="_blank">`)
	}
	imageHTML(p, w, source, image, true)
	if linked {
		_, _ = w.WriteString("</a>")
	}
	_, _ = w.WriteString("</div>")
	return true
}

// pictureTag reads `<p align="center"><a href><img></a></p>`, the form of an
// image that needs more than ![](), or nil. A class on the paragraph means that
// it is a paragraph.
func pictureTag(root *html.Node) *html.Node {
	n := onlyChild(root)
	align := alignmentOf(onlyOrNil(root))
	switch {
	case !isElement(n, "p") || !isPicture(onlyOrNil(n)) && !isButton(onlyOrNil(n)):
		return nil
	case len(n.Attr) > 0 && !isClass(n, "p", classAlign+align):
		return nil
	}
	n.Data, n.Attr = "div", []html.Attribute{{Key: "class", Val: containerClass(align)}}
	return n
}

// containerClass gives the canonical class of a container with an alignment, "" for
// the default.
func containerClass(align string) string {
	if align == "" {
		return classContainer
	}
	return classAlign + align + " " + classContainer
}

// container gives the one thing in a container of Intercom's and its alignment;
// ok is false if n is anything else.
func container(n *html.Node) (child *html.Node, align string, ok bool) {
	child, align = onlyChild(n), alignmentOf(n)
	return child, align, child != nil && isClass(n, "div", containerClass(align))
}

func imageMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	src, hasSrc := attr(n, "src")
	alt, hasAlt := attr(n, "alt")
	known := 1
	if hasAlt {
		known = 2
	}
	if !hasSrc || len(n.Attr) > known || hasAlt && alt == "" {
		return false // only the tag can say the rest
	}
	dest, ok := destination(s.image(src))
	if !ok {
		return false
	}
	_, _ = w.WriteString("![")
	ctx.RenderNodes(ctx.WithValue("is_inside_link", true), w, &html.Node{Type: html.TextNode, Data: alt})
	_, _ = w.WriteString("](" + dest + ")")
	return true
}

func pictureMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	child, align, ok := container(n)
	switch {
	case !ok || !isPicture(child):
		return false
	case align == "" && isElement(child, "img") && imageMarkdown(s, ctx, w, child):
		return true
	}
	return s.framed(w, child, align)
}

// framed writes a picture or button in the paragraph that carries its alignment.
func (s *scribe) framed(w converter.Writer, n *html.Node, align string) bool {
	var buf bytes.Buffer
	if !s.verbatim(&buf, n) {
		return false
	}
	open := "<p>"
	if align != "" {
		open = `<p align="` + align + `">`
	}
	_, _ = w.WriteString(open + buf.String() + "</p>")
	return true
}
