package markup

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxPasses bounds the walk to the fixpoint. Ordinary bodies arrive after one
// pass; markup that the HTML parser keeps rearranging is left as it is.
const maxPasses = 6

// Canonical returns the one spelling that equal bodies share (intercom-api.md
// section 6.4, with heading levels and blank paragraphs kept, because they are
// meaning). It is idempotent, never fails, and takes linear time. An element
// nested too deeply for the HTML parser (512 open elements) is opaque: it equals
// only itself, up to line endings.
func Canonical(body string) string {
	opaque := plainText(body)
	current := opaque
	for range maxPasses {
		next, ok := canonicalPass(current)
		if !ok {
			return opaque
		}
		if next == current {
			return current
		}
		current = next
	}
	return opaque
}

// Equal reports whether two bodies mean the same.
func Equal(a, b string) bool {
	return a == b || onePassEqual(a, b) || Canonical(a) == Canonical(b)
}

// onePassEqual is the cheap sufficient test: what is equal after one pass is
// equal at the fixpoint.
func onePassEqual(a, b string) bool {
	ca, okA := canonicalPass(plainText(a))
	cb, okB := canonicalPass(plainText(b))
	return okA && okB && ca == cb
}

// plainText makes the two repairs that every later step relies on: valid UTF-8
// and Unix line ends.
func plainText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func canonicalPass(body string) (string, bool) {
	if form, ok := parsedPass(body); ok {
		return form, true
	}
	return eachShallow(body, parsedPass)
}

func parsedPass(body string) (string, bool) {
	root, ok := parse(body)
	if !ok {
		return "", false
	}
	var buf bytes.Buffer
	buf.Grow(len(body))
	if !canonicalForm.writeChildren(&buf, root) {
		return "", false
	}
	return buf.String(), true
}

// parse reads a fragment and returns its canonical tree under a body element.
// It fails only on input that the HTML parser refuses.
func parse(body string) (*html.Node, bool) {
	root, err := parseRaw(body)
	if err != nil {
		return nil, false
	}
	arrange(root, wrapRuns)
	return root, true
}

func parseRaw(body string) (*html.Node, error) {
	root := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(body), root)
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, err
}

// normalize turns a parsed node and its inside into the canonical tree, in
// place, and reports whether it is a block.
//
// Blocks stand in containers. Inside a container every run of inline nodes
// becomes a paragraph, as the server does (section 6.1, bare text), except that
// a lone image, button or video becomes the block that Intercom makes of it.
func normalize(n *html.Node) (block bool) {
	if n.Type != html.ElementNode {
		return false
	}
	normalizeElement(n)
	switch shapeOf(n) {
	case shapeContainer:
		arrange(n, wrapRuns)
		if n.FirstChild == nil && isItem(n) {
			n.AppendChild(element("p"))
		}
	case shapeLeaf:
		arrange(n, keepRuns)
		if n.Data == "p" && onlySpaces(n) {
			removeChildren(n)
		}
	case shapeBlock:
		arrange(n, keepRuns)
	case shapeLiteral:
		if !isElement(n, "pre") {
			return false
		}
		normalizePre(n)
	case shapeVoid:
		return n.Data == "hr"
	default:
		return arrange(n, keepInline)
	}
	return true
}

// isItem reports the elements in which the server always keeps a paragraph.
func isItem(n *html.Node) bool {
	return n.Data == "li" || n.Data == "td" || n.Data == "th"
}

// What arrange does with the runs of inline nodes between blocks.
type runs int

const (
	wrapRuns   runs = iota // each becomes a block
	keepRuns               // they stay bare
	keepInline             // they belong to a longer run, unless there are blocks
)

// arrange normalises the inside of parent and reports whether it holds blocks.
func arrange(parent *html.Node, mode runs) (hasBlock bool) {
	type child struct {
		node  *html.Node
		block bool
	}
	dropComments(parent)
	var children []child
	for c := parent.FirstChild; c != nil; {
		next := c.NextSibling
		block := normalize(c)
		hasBlock = hasBlock || block
		children = append(children, child{c, block})
		c = next
	}
	if mode == keepInline && !hasBlock {
		return false
	}
	var run []*html.Node
	for _, c := range children {
		if !c.block {
			run = append(run, c.node)
			continue
		}
		closeRun(parent, run, mode)
		run = run[:0]
		unwrap(parent, c.node)
	}
	closeRun(parent, run, mode)
	return hasBlock
}

// dropComments removes the comments below parent and joins the texts that they
// stood between: a text is written as a whole.
func dropComments(parent *html.Node) {
	found := false
	for c := parent.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.CommentNode || c.Type == html.DoctypeNode {
			parent.RemoveChild(c)
			found = true
		}
		c = next
	}
	for c := parent.FirstChild; found && c != nil; c = c.NextSibling {
		joinTexts(parent, c)
	}
}

func joinTexts(parent, first *html.Node) {
	if first.Type != html.TextNode || first.NextSibling == nil || first.NextSibling.Type != html.TextNode {
		return
	}
	var b strings.Builder
	b.WriteString(first.Data)
	for next := first.NextSibling; next != nil && next.Type == html.TextNode; next = first.NextSibling {
		b.WriteString(next.Data)
		parent.RemoveChild(next)
	}
	first.Data = b.String()
}

func closeRun(parent *html.Node, run []*html.Node, mode runs) {
	if len(run) == 0 {
		return
	}
	collapseRun(run)
	if mode == wrapRuns {
		wrapRun(parent, run)
	}
}

// unwrap takes away the wrappers that the server puts round a table, a video and
// the inside of a collapsible section; the stored form has them again.
func unwrap(parent, n *html.Node) {
	inner := onlyChild(n)
	if isClass(n, "div", classTable) && isElement(inner, "table") ||
		isClass(n, "div", classVideo) && isElement(inner, "iframe") && shapeOf(parent) == shapeContainer ||
		parent.Data == "details" && isClass(n, "div", classSection) {
		for c := n.FirstChild; c != nil; c = n.FirstChild {
			n.RemoveChild(c)
			parent.InsertBefore(c, n)
		}
		parent.RemoveChild(n)
	}
}

// normalizePre writes every line end inside preformatted text as <br>, the way
// Intercom stores code.
func normalizePre(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch c.Type {
		case html.CommentNode:
			n.RemoveChild(c)
		case html.TextNode:
			splitLines(n, c)
		case html.ElementNode:
			normalizeElement(c)
			normalizePre(c)
		}
		c = next
	}
}

func splitLines(parent, text *html.Node) {
	rest := plainText(text.Data)
	for {
		line, after, more := strings.Cut(rest, "\n")
		if !more {
			break
		}
		if line != "" {
			parent.InsertBefore(&html.Node{Type: html.TextNode, Data: line}, text)
		}
		parent.InsertBefore(element("br"), text)
		rest = after
	}
	if text.Data = rest; rest == "" {
		parent.RemoveChild(text)
	}
}

// wrapRun puts what is left of a run of inline nodes into the block that holds
// it.
func wrapRun(parent *html.Node, run []*html.Node) {
	kept := run[:0]
	for _, n := range run {
		if n.Parent == parent {
			kept = append(kept, n)
		}
	}
	if len(kept) == 0 || len(kept) == 1 && isElement(kept[0], "iframe") {
		return
	}
	wrapper := element("p")
	if len(kept) == 1 && (isPicture(kept[0]) || isButton(kept[0])) {
		wrapper = element("div", html.Attribute{Key: "class", Val: classContainer})
	}
	parent.InsertBefore(wrapper, kept[0])
	for _, n := range kept {
		parent.RemoveChild(n)
		wrapper.AppendChild(n)
	}
	if wrapper.Data == "p" && onlySpaces(wrapper) {
		removeChildren(wrapper)
	}
}
