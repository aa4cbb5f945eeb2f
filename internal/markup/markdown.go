package markup

import (
	"bytes"
	"context"
	"strings"
	"sync"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/marker"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"golang.org/x/net/html"
)

// Markdown turns HTML into Markdown, with proof: for every body,
// Canonical(Render(Markdown(body))) equals Canonical(body). With options the
// proof holds for a Render whose options undo them.
func Markdown(body string, o Options) string {
	body = plainText(body)
	root, ok := parse(body)
	if ok {
		return newScribe(o).write(root, body)
	}
	if want, deep := eachShallow(body, parsedPass); deep {
		md := deepMarkdown(body, o)
		if got, ok := canonicalPass(Render(deepMarkdown(body, Options{}), Options{})); ok && got == want {
			return md
		}
	}
	return fenced(body)
}

// write gives the Markdown of a tree, as plain as its proof allows.
func (s *scribe) write(root *html.Node, body string) string {
	var want bytes.Buffer
	if !canonicalForm.writeChildren(&want, root) {
		return fenced(body)
	}
	if md, ok := s.proved(root.FirstChild, nil, want.String()); ok {
		return md
	}
	if md, ok := s.writeSettled(want.String()); ok {
		return md
	}
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		s.settle(c)
	}
	if md, ok := s.proved(root.FirstChild, nil, want.String()); ok {
		return md
	}
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		s.level[c] = max(s.level[c], asHTML)
	}
	if md, ok := s.proved(root.FirstChild, nil, want.String()); ok {
		return md
	}
	return fenced(want.String())
}

// writeSettled writes the tree that the canonical form is read as, where that is
// another one than it was written from: broken HTML can take several readings
// to come to rest, and only then can it come back.
func (s *scribe) writeSettled(canonical string) (string, bool) {
	settled := Canonical(canonical)
	if settled == canonical {
		return "", false
	}
	root, ok := parse(settled)
	if !ok {
		return "", false
	}
	again := newScribe(s.options)
	again.nested = s.nested
	return again.write(root, settled), true
}

// fenced writes HTML that has no other form as a code block that is sent as it is.
func fenced(body string) string {
	body = strings.TrimSuffix(body, "\n")
	fence := fenceFor(body)
	return fence + opaqueFence + "\n" + body + "\n" + fence
}

// A level says how plainly a block is written. Every block starts at the first
// and goes down only as far as its proof demands.
type level int

const (
	asMarkdown level = iota
	asCautious       // every punctuation mark escaped, inline markup as tags
	asHTML           // the block is an HTML block
	asFence          // the block is an opaque code block
)

// A scribe writes the Markdown of one canonical tree.
type scribe struct {
	options   Options
	level     map[*html.Node]level
	alternate map[*html.Node]bool // lists that follow a list of their kind
	links     mapping
	images    mapping
	cautious  bool // inside a block that is written at asCautious
	inCell    bool // inside a cell of a GFM table
	nested    bool // the tree stands in a list item, callout or section

	wantsStock bool // the element just taken is html-to-markdown's to write
}

func newScribe(o Options) *scribe {
	s := &scribe{options: o, level: map[*html.Node]level{}, alternate: map[*html.Node]bool{}}
	s.links.init(o.Link)
	s.images.init(o.Image)
	return s
}

func (s *scribe) link(href string) string { return s.links.to(href) }
func (s *scribe) image(src string) string { return s.images.to(src) }

// A mapping applies an option and remembers how to undo it for the proof. An
// address stays as it is when the option would give two addresses one name.
type mapping struct {
	option func(string) string
	back   map[string]string
}

func (m *mapping) init(option func(string) string) {
	m.option, m.back = option, nil
	if option != nil {
		m.back = map[string]string{}
	}
}

func (m *mapping) to(address string) string {
	if m.option == nil {
		return address
	}
	name := m.option(address)
	if known, ok := m.back[name]; ok && known != address {
		name = address
	}
	m.back[name] = address
	return name
}

func (m *mapping) undo() func(string) string {
	if m.option == nil {
		return nil
	}
	return func(name string) string {
		if address, ok := m.back[name]; ok {
			return address
		}
		return name
	}
}

// proved writes the blocks from first up to (not including) end and reports
// whether they come back as want.
func (s *scribe) proved(first, end *html.Node, want string) (string, bool) {
	md, err := s.convert(first, end)
	if err != nil {
		return "", false
	}
	back := Render(md, Options{Link: s.links.undo(), Image: s.images.undo()})
	got, ok := canonicalPass(back)
	return md, ok && got == want
}

// settle finds the plainest level at which a block comes back, trying first to
// go down only inside it.
func (s *scribe) settle(n *html.Node) {
	var want bytes.Buffer
	if !canonicalForm.write(&want, n) {
		s.level[n] = asFence
		return
	}
	comesBack := func() bool {
		_, ok := s.proved(n, n.NextSibling, want.String())
		return ok
	}
	if comesBack() {
		return
	}
	if holdsBlocks(n) && depthOf(n, maxListDepth+1) <= maxListDepth {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if isElement(c, "li") {
				for block := c.FirstChild; block != nil; block = block.NextSibling {
					s.settle(block)
				}
			} else if c.Data != "summary" {
				s.settle(c)
			}
		}
		if comesBack() {
			return
		}
	}
	for l := asCautious; l < asFence; l++ {
		if s.level[n] = l; comesBack() {
			return
		}
	}
	s.level[n] = asFence
}

// holdsBlocks reports the blocks whose inside is Markdown too.
func holdsBlocks(n *html.Node) bool {
	return n.Data == "ul" || n.Data == "ol" || n.Data == "details" || n.Data == "blockquote" || n.Data == "div" && hasClass(n, classCallout)
}

type scribeKey struct{}

// treeTag is the element that stands for the canonical tree in what
// html-to-markdown is given. Its preparations (merging and swapping of inline
// elements) would change the tree, which needs none.
const treeTag = "canonical-tree"

// A job is what one conversion writes.
type job struct {
	*scribe
	first, end *html.Node
}

func (s *scribe) convert(first, end *html.Node) (string, error) {
	ctx := context.WithValue(context.Background(), scribeKey{}, job{s, first, end})
	md, err := markdownWriter().ConvertNode(element(treeTag), converter.WithContext(ctx))
	return string(md), err
}

// markdownWriter is html-to-markdown with our plugin before its own renderers.
var markdownWriter = sync.OnceValue(func() *converter.Converter {
	return converter.NewConverter(converter.WithPlugins(
		base.NewBasePlugin(),
		commonmark.NewCommonmarkPlugin(
			commonmark.WithHorizontalRule("---"),
			commonmark.WithEmDelimiter("_"),
			commonmark.WithListEndComment(false),
		),
		strikethrough.NewStrikethroughPlugin(),
		plugin{},
	))
})

// An elementWriter writes the Markdown of an element of the canonical tree, or
// declines it.
type elementWriter func(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool

// plugin is how our kinds come into html-to-markdown.
type plugin struct{}

func (plugin) Name() string { return "intercom" }

func (plugin) Init(conv *converter.Converter) error {
	conv.Register.Renderer(renderElement, converter.PriorityEarly)
	conv.Register.TextTransformer(func(ctx converter.Context, text string) string {
		return scribeOf(ctx).prepareText(text)
	}, converter.PriorityEarly)
	conv.Register.UnEscaper(func(chars []byte, i int) int {
		if chars[i] == '[' {
			return 1 // a writer may define any reference
		}
		return -1
	}, converter.PriorityEarly)
	conv.Register.PostRenderer(func(_ converter.Context, md []byte) []byte {
		return settlePrivate(md)
	}, converter.PriorityLate)
	return nil
}

func scribeOf(ctx converter.Context) *scribe {
	return ctx.Value(scribeKey{}).(job).scribe
}

// renderElement writes one element: at the level that its proof demands, with
// the first writer that takes it, or with html-to-markdown's own renderer where
// a writer asked for that.
func renderElement(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	job, ok := ctx.Value(scribeKey{}).(job)
	if !ok || n.Type != html.ElementNode {
		return converter.RenderTryNext
	}
	if n.Data == treeTag {
		job.blocksUntil(ctx, w, job.first, job.end, false)
		return converter.RenderSuccess
	}
	return job.element(ctx, w, n)
}

func (s *scribe) element(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	switch s.level[n] {
	case asCautious:
		if !s.cautious {
			s.cautious = true
			defer func() { s.cautious = false }()
		}
	case asHTML:
		s.verbatimBlock(w, n)
		return converter.RenderSuccess
	case asFence:
		s.fencedBlock(w, n)
		return converter.RenderSuccess
	}
	for _, write := range elementWriters()[n.Data] {
		if write(s, ctx, w, n) {
			if s.wantsStock {
				s.wantsStock = false
				return converter.RenderTryNext
			}
			return converter.RenderSuccess
		}
	}
	if shapeOf(n) == shapeInline {
		s.inlineTag(ctx, w, n)
	} else {
		s.verbatimBlock(w, n)
	}
	return converter.RenderSuccess
}

// stock leaves the element to html-to-markdown's own renderer.
func (s *scribe) stock() bool {
	s.wantsStock = true
	return true
}

func (s *scribe) fencedBlock(w converter.Writer, n *html.Node) {
	var buf bytes.Buffer
	canonicalForm.write(&buf, n)
	_, _ = w.WriteString(strings.ReplaceAll(fenced(buf.String()), "\n", string(marker.MarkerCodeBlockNewline)))
}

func (s *scribe) blocks(ctx converter.Context, w converter.Writer, first *html.Node, tight bool) {
	s.blocksUntil(ctx, w, first, nil, tight)
}

// blocksUntil writes sibling blocks with blank lines between them, or just line
// ends in a tight list item.
func (s *scribe) blocksUntil(ctx converter.Context, w converter.Writer, first, end *html.Node, tight bool) {
	gap := "\n\n"
	if tight {
		gap = "\n"
	}
	var prev *html.Node
	for n := first; n != end; n = n.NextSibling {
		if prev != nil {
			_, _ = w.WriteString(gap)
			if isList(n) && n.Data == prev.Data && s.level[prev] < asHTML {
				s.alternate[n] = !s.alternate[prev]
			}
		}
		s.block(ctx, w, n)
		prev = n
	}
}

// block writes one block without the blank lines that html-to-markdown puts
// round it.
func (s *scribe) block(ctx converter.Context, w converter.Writer, n *html.Node) {
	if !isHeading(n) && n.Data != "hr" {
		ctx.RenderNodes(ctx, w, n)
		return
	}
	var buf bytes.Buffer
	ctx.RenderNodes(ctx, &buf, n)
	_, _ = w.Write(bytes.Trim(buf.Bytes(), "\n"))
}

func isList(n *html.Node) bool { return n.Data == "ul" || n.Data == "ol" }
