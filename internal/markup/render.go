package markup

import (
	"bytes"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	goldhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Options translates addresses on their way through a conversion.
type Options struct {
	// Link maps the destination of a link: from the Markdown (perhaps a relative
	// .md path) to an href in Render, from an href to the Markdown in Markdown.
	// nil leaves it as it is.
	Link func(dest string) string
	// Image maps the source of an image in the same way.
	Image func(src string) string
}

func (o Options) link(dest string) string {
	if o.Link == nil {
		return dest
	}
	return o.Link(dest)
}

func (o Options) image(src string) string {
	if o.Image == nil {
		return src
	}
	return o.Image(src)
}

// Render turns Markdown into the HTML that is sent: one line, in the form in
// which Intercom stores it, without whitespace between block tags outside pre
// (the server would make empty paragraphs of it, intercom-api.md section 6.2).
func Render(md string, o Options) string {
	source := []byte(plainText(md))
	doc := markdownParser().Parse(text.NewReader(source))
	p := newPage(o)
	defer p.release()
	return p.render(source, doc)
}

// tidy brings HTML that a writer typed into the stored form: wrappers, classes
// and paragraphs as the server has them, no comments.
func tidy(body string) string {
	if tidied, ok := parsedTidy(body); ok {
		return tidied
	}
	if tidied, ok := eachShallow(body, parsedTidy); ok {
		return tidied
	}
	return strings.TrimSuffix(body, "\n")
}

func parsedTidy(body string) (string, bool) {
	root, ok := parse(body)
	if !ok {
		return "", false
	}
	var buf bytes.Buffer
	buf.Grow(len(body))
	ok = storedForm.writeChildren(&buf, root)
	return buf.String(), ok
}

// markdownParser reads CommonMark with GFM tables and strikethrough, which is
// what GitHub shows. Bare addresses stay text: no autolinks.
var markdownParser = sync.OnceValue(func() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser()
})

// A page is one Markdown document on its way to HTML. It registers the nodes of
// every kind of block with goldmark.
type page struct {
	renderer renderer.Renderer
	options  Options
	raw      bool     // HTML of the writer went into the output, so it must be tidied
	done     ast.Node // a paragraph that is written already when it is left
	matched  ast.Node // a parent whose inline tags are known to match
}

// pages keeps pages for the next document: setting up a renderer costs more than
// rendering a short text.
var pages = sync.Pool{New: func() any {
	p := &page{}
	p.renderer = renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(p, 100),
		util.Prioritized(goldhtml.NewRenderer(), 1000),
	))
	return p
}}

func newPage(o Options) *page {
	p := pages.Get().(*page)
	p.options = o
	return p
}

func (p *page) release() {
	*p = page{renderer: p.renderer}
	pages.Put(p)
}

// render gives the HTML of a node of the document.
func (p *page) render(source []byte, nodes ...ast.Node) string {
	var buf bytes.Buffer
	p.raw = false
	for _, n := range nodes {
		// The writer is a buffer in memory, so rendering cannot fail.
		_ = p.renderer.Render(&buf, source, n)
	}
	if !p.raw {
		return buf.String()
	}
	return tidy(buf.String())
}

// A nodeWriter writes the HTML of a goldmark node when it is entered and left.
type nodeWriter func(p *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus

// RegisterFuncs implements goldmark's renderer.NodeRenderer.
func (p *page) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	for _, k := range kinds() {
		for node, write := range k.html {
			reg.Register(node, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
				return write(p, w, source, n, entering), nil
			})
		}
	}
}

// enclose makes a nodeWriter that puts a start and an end tag round the inside.
func enclose(start, end string) nodeWriter {
	return func(_ *page, w util.BufWriter, _ []byte, _ ast.Node, entering bool) ast.WalkStatus {
		if entering {
			_, _ = w.WriteString(start)
		} else {
			_, _ = w.WriteString(end)
		}
		return ast.WalkContinue
	}
}

// writeProse writes Markdown text with its escapes and entities resolved. Quotes
// stay as they are, as in Intercom's own bodies.
func writeProse(w util.BufWriter, s []byte) {
	for {
		i := bytes.IndexByte(s, '"')
		if i < 0 {
			goldhtml.DefaultWriter.Write(w, s)
			return
		}
		head := s[:i]
		if trimmed := bytes.TrimRight(head, `\`); (len(head)-len(trimmed))%2 == 1 {
			head = head[:len(head)-1]
		}
		goldhtml.DefaultWriter.Write(w, head)
		_ = w.WriteByte('"')
		s = s[i+1:]
	}
}

// resolved gives Markdown text with its escapes and entities resolved, as text.
func resolved(s []byte) string {
	if bytes.IndexByte(s, '\\') < 0 && bytes.IndexByte(s, '&') < 0 {
		return string(s)
	}
	var buf bytes.Buffer
	w := newBufWriter(&buf)
	goldhtml.DefaultWriter.Write(w, s)
	_ = w.Flush()
	return html.UnescapeString(buf.String())
}

// writeAttribute writes ` key="value"`.
func writeAttribute(w util.BufWriter, key, value string) {
	var buf bytes.Buffer
	writeEscaped(&buf, value, true)
	_, _ = w.WriteString(" " + key + `="`)
	_, _ = w.Write(buf.Bytes())
	_ = w.WriteByte('"')
}

// plainOf collects the text of an inline node, as the alternative of an image
// has it.
func plainOf(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			if c.IsRaw() {
				b.Write(c.Segment.Value(source))
			} else {
				b.WriteString(resolved(c.Segment.Value(source)))
			}
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte(' ')
			}
		default:
			b.WriteString(plainOf(c, source))
		}
	}
	return b.String()
}
