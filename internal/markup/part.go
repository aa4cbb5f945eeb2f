package markup

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// A part is a piece of a body that can be kept or replaced by itself: a block, or
// an item of a list. It has an HTML side, and on the Markdown side its lines.
type part struct {
	lead string // comments and link definitions above it, with their blank lines
	text string // its lines, without the blank ones after it
	gap  string // the blank lines after it

	html  string // the block, without whitespace between block tags
	key   string // canonical form: equal parts have equal keys
	kind  string // the element, all headings alike; manyBlocks for several
	weak  string // its text alone, which the server does not rewrite
	words []string
}

const manyBlocks = "many"

// describe fills in what follows from the HTML.
func (p *part) describe() bool {
	root, ok := parse(p.html)
	if !ok {
		return false
	}
	var key bytes.Buffer
	if !canonicalForm.writeChildren(&key, root) {
		return false
	}
	p.key = key.String()
	p.kind = kindOf(root)
	var weak strings.Builder
	writeWeak(&weak, root)
	p.weak = weak.String()
	return true
}

func kindOf(root *html.Node) string {
	n := onlyChild(root)
	switch {
	case n == nil:
		return manyBlocks
	case isHeading(n):
		return "heading"
	case hasClass(n, classCallout):
		return "callout"
	case hasClass(n, classContainer):
		return "container"
	}
	return n.Data
}

// writeWeak collects the text below n, with a sign for each image and frame.
func writeWeak(b *strings.Builder, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Data == "img":
			b.WriteString(" \x00image ")
		case c.Data == "iframe":
			b.WriteString(" \x00frame ")
		default:
			writeWeak(b, c)
			if shapeOf(c) != shapeInline {
				b.WriteByte(' ')
			}
		}
	}
}

// A document is Markdown cut into its parts.
type document struct {
	parts []part
	tail  string // comments and link definitions after the last part
	head  string // blank lines before the first
}

// cut cuts Markdown into its top-level blocks. definitions are link definitions
// from elsewhere that hold in it too.
func cut(md, definitions string, o Options) (document, bool) {
	md = plainText(md)
	source := []byte(md + "\n\n" + definitions)
	doc := markdownParser().Parse(text.NewReader(source))
	p := newPage(o)
	defer p.release()
	var out document
	start, lead := 0, ""
	for n := doc.FirstChild(); n != nil && n.Pos() < len(md); {
		from := lineStart(source, n.Pos())
		if len(out.parts) == 0 && lead == "" {
			out.head = md[start:from]
		}
		var nodes []ast.Node
		open := 0
		for first := true; first || n != nil && n.Pos() < len(md) && (open > 0 || lineStart(source, n.Pos()) == from); first = false {
			next := n.NextSibling()
			if block, ok := n.(*ast.HTMLBlock); ok {
				open += balance(htmlBlockText(block, source))
			}
			nodes = append(nodes, n)
			n = next
		}
		start = len(md)
		if n != nil && n.Pos() < len(md) {
			start = lineStart(source, n.Pos())
		}
		lines := strings.TrimRight(md[from:start], " \t\n")
		unit := part{lead: lead, text: lines, gap: md[from+len(lines) : start], html: p.render(source, nodes...)}
		if unit.html == "" {
			lead += unit.text + unit.gap
			continue
		}
		lead = ""
		if !unit.describe() {
			return out, false
		}
		out.parts = append(out.parts, unit)
	}
	out.tail = lead
	return out, true
}

func lineStart(source []byte, pos int) int {
	return bytes.LastIndexByte(source[:pos], '\n') + 1
}

// balance counts the elements that a piece of HTML opens and does not close; a
// negative count closes some that were open.
func balance(piece []byte) int {
	open := 0
	tokens := html.NewTokenizer(bytes.NewReader(piece))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return open
		case html.StartTagToken:
			name, _ := tokens.TagName()
			if shapeOf(&html.Node{Data: string(name)}) != shapeVoid {
				open++
			}
		case html.EndTagToken:
			open--
		}
	}
}

// blocksOf cuts HTML into its top-level blocks, byte for byte as they stand but
// for whitespace between block tags. It reports false for HTML whose tags do not
// match, which cannot be cut safely.
func blocksOf(body string) ([]part, bool) {
	root, ok := cutHTML(body)
	if !ok {
		return nil, false
	}
	return root.parts()
}

// An elementSource is where an element stands in its source.
type elementSource struct {
	source     string
	tag        string // "" for text, "!" for comments
	start, end int    // of the whole element
	from, to   int    // of its inside
	children   []*elementSource
}

// cutHTML finds the elements of well-formed HTML.
func cutHTML(body string) (*elementSource, bool) {
	root := &elementSource{source: body, tag: "body", end: len(body), to: len(body)}
	stack := []*elementSource{root}
	tokens := html.NewTokenizer(strings.NewReader(body))
	for pos := 0; ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return root, len(stack) == 1 && pos == len(body)
		}
		start := pos
		pos += len(tokens.Raw())
		top := stack[len(stack)-1]
		e := &elementSource{source: body, start: start, from: pos, end: pos}
		switch kind {
		case html.CommentToken, html.DoctypeToken:
			e.tag = "!"
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			if e.tag = string(name); shapeOf(&html.Node{Data: e.tag}) != shapeVoid {
				stack = append(stack, e)
			}
		case html.EndTagToken:
			name, _ := tokens.TagName()
			if len(stack) == 1 || string(name) != top.tag {
				return nil, false
			}
			top.to, top.end = start, pos
			stack = stack[:len(stack)-1]
			continue
		}
		top.children = append(top.children, e)
	}
}

func (e *elementSource) isBlank() bool {
	return e.tag == "!" || e.tag == "" && strings.Trim(e.source[e.start:e.end], " \t\n\r\f") == ""
}

func (e *elementSource) isBlock() bool {
	if e.tag == "" || e.tag == "!" {
		return false
	}
	switch shapeOf(&html.Node{Type: html.ElementNode, Data: e.tag}) {
	case shapeContainer, shapeLeaf, shapeBlock:
		return true
	}
	return e.tag == "hr" || e.tag == "pre" || e.tag == "iframe"
}

// clean gives the element as it stands, without the whitespace and comments
// between its blocks.
func (e *elementSource) clean() string {
	blocks := false
	for _, c := range e.children {
		blocks = blocks || c.isBlock()
	}
	if !blocks {
		return e.source[e.start:e.end]
	}
	var b strings.Builder
	b.WriteString(e.source[e.start:e.from])
	for _, c := range e.children {
		if !c.isBlank() {
			b.WriteString(c.clean())
		}
	}
	b.WriteString(e.source[e.to:e.end])
	return b.String()
}

// parts gives the blocks inside e; a run of inline nodes is one block.
func (e *elementSource) parts() ([]part, bool) {
	var out []part
	run := ""
	flush := func() bool {
		if strings.TrimSpace(run) == "" {
			run = ""
			return true
		}
		p := part{html: run}
		run = ""
		ok := p.describe()
		out = append(out, p)
		return ok
	}
	for _, c := range e.children {
		if !c.isBlock() {
			run += e.source[c.start:c.end]
			continue
		}
		p := part{html: c.clean()}
		if !flush() || !p.describe() {
			return nil, false
		}
		out = append(out, p)
	}
	return out, flush()
}
