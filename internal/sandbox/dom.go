package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parseBody reads a body as the inside of a page.
func parseBody(body string) (*html.Node, error) {
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(body), context)
	if err != nil {
		return nil, fmt.Errorf("the HTML cannot be read: %w", err)
	}
	root := &html.Node{Type: html.DocumentNode}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, nil
}

func element(name string, attrs []html.Attribute, children ...*html.Node) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name)), Attr: attrs}
	for _, c := range children {
		n.AppendChild(c)
	}
	return n
}

// pairs makes attributes out of names and values; an empty value leaves its
// attribute out.
func pairs(kv ...string) []html.Attribute {
	var attrs []html.Attribute
	for i := 0; i < len(kv); i += 2 {
		if kv[i+1] != "" {
			attrs = append(attrs, html.Attribute{Key: kv[i], Val: kv[i+1]})
		}
	}
	return attrs
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func setAttr(n *html.Node, name, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			n.Attr[i].Val = value
		}
	}
}

func hasClass(n *html.Node, class string) bool {
	return slices.Contains(strings.Fields(attr(n, "class")), class)
}

func children(n *html.Node) []*html.Node { return slices.Collect(n.ChildNodes()) }

func isText(n *html.Node) bool { return n.Type == html.TextNode }

func isSpace(n *html.Node) bool { return isText(n) && strings.Trim(n.Data, " \t\r\n\f") == "" }

func isElement(n *html.Node, names ...string) bool {
	return n != nil && n.Type == html.ElementNode && slices.Contains(names, n.Data)
}

func headingLevel(n *html.Node) int {
	if n.Type == html.ElementNode && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
		return int(n.Data[1] - '0')
	}
	return 0
}

func isBlankParagraph(n *html.Node) bool {
	return n != nil && isElement(n, "p") && n.FirstChild == nil && hasClass(n, "no-margin")
}

// holdsBlocks says whether whitespace between the children of n is layout of
// the source and not text.
func holdsBlocks(n *html.Node) bool {
	return n.Type == html.DocumentNode || isElement(n, "ul", "ol", "li", "div", "table", "tbody", "thead", "tr", "td", "th", "details")
}

// writer prints a tree the way Intercom does: only & < > escaped in text,
// U+00A0 raw, no slash in empty elements, and no whitespace between blocks but
// one newline after each empty paragraph that does not end the body (every
// body of 2025 and 2026 that was looked at is like that).
type writer struct {
	strings.Builder
	plain               bool // no newlines of its own, and none of the source's between blocks
	inText, inAttribute *strings.Replacer
}

func newWriter() *writer {
	return &writer{
		inText:      strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;"),
		inAttribute: strings.NewReplacer("&", "&amp;", `"`, "&quot;"),
	}
}

func serialise(root *html.Node) string {
	w := newWriter()
	w.nodes(root)
	return strings.TrimSuffix(w.String(), "\n")
}

// compact prints a tree for comparing: without any whitespace between blocks,
// and with attributes by name, because the parser does not keep their order.
func compact(root *html.Node) string {
	w := newWriter()
	w.plain = true
	w.nodes(root)
	return w.String()
}

func (w *writer) nodes(parent *html.Node) {
	for n := range parent.ChildNodes() {
		if w.plain && isSpace(n) && betweenBlocks(n) {
			continue
		}
		w.start(n)
		w.nodes(n)
		if n.Type == html.ElementNode && !isElement(n, "br", "hr", "img") {
			w.WriteString("</" + n.Data + ">")
		}
		if !w.plain && isBlankParagraph(n) {
			w.WriteByte('\n')
		}
	}
}

func betweenBlocks(n *html.Node) bool {
	if !holdsBlocks(n.Parent) {
		return false
	}
	inline := func(side *html.Node) bool { return side != nil && (isText(side) || isInline(side)) }
	return !inline(n.PrevSibling) && !inline(n.NextSibling)
}

func (w *writer) start(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
	case html.ElementNode:
		attrs := n.Attr
		if w.plain {
			attrs = slices.SortedFunc(slices.Values(attrs), func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
		}
		w.tag(n.Data, attrs)
	}
}

func (w *writer) text(s string) {
	_, _ = w.inText.WriteString(w, s) // a strings.Builder does not fail
}

func (w *writer) tag(name string, attrs []html.Attribute) {
	w.WriteString("<" + name)
	for _, a := range attrs {
		w.WriteString(" " + a.Key)
		if a.Val != "" || !isBoolean(a.Key) {
			w.WriteString(`="` + w.inAttribute.Replace(a.Val) + `"`)
		}
	}
	w.WriteByte('>')
}

// spelled prints the tags and texts of a body one by one, as a writer would;
// what is neither is left out. A body that it leaves as it is has Intercom's
// own spelling, and nothing in it that parsing would drop.
func spelled(body string) string {
	w := newWriter()
	in := html.NewTokenizer(strings.NewReader(body))
	for {
		switch in.Next() {
		case html.ErrorToken:
			return w.String()
		case html.TextToken:
			w.text(in.Token().Data)
		case html.StartTagToken:
			t := in.Token()
			w.tag(t.Data, t.Attr)
		case html.EndTagToken:
			w.WriteString("</" + in.Token().Data + ">")
		}
	}
}

func isBoolean(attr string) bool { return strings.HasSuffix(attr, "allowfullscreen") }

// plainText is a body's text for searching in, blocks apart by a space.
func plainText(body string) string {
	root, err := parseBody(body)
	if err != nil {
		return body
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if isText(n) {
			b.WriteString(n.Data)
		} else if !isInline(n) {
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
