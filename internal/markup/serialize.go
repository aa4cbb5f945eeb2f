package markup

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A form is a way to write the canonical tree as HTML.
type form int

const (
	canonicalForm form = iota // sorted attributes, nothing that the server adds
	storedForm                // as Intercom stores it (intercom-api.md section 6.3)
)

func (f form) writeChildren(buf *bytes.Buffer, n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if !f.write(buf, c) {
			return false
		}
	}
	return true
}

// write appends n. It reports false for the one element that HTML cannot close.
func (f form) write(buf *bytes.Buffer, n *html.Node) bool {
	if n.Type == html.TextNode {
		f.writeText(buf, n)
		return true
	}
	if n.Type != html.ElementNode {
		return true
	}
	if n.Data == "plaintext" {
		return false
	}
	wrapper := f.wrapper(n)
	if wrapper != "" {
		buf.WriteString(`<div class="` + wrapper + `">`)
	}
	buf.WriteByte('<')
	buf.WriteString(n.Data)
	f.writeAttributes(buf, n)
	buf.WriteByte('>')
	if shapeOf(n) != shapeVoid {
		if !f.writeInside(buf, n) {
			return false
		}
		buf.WriteString("</")
		buf.WriteString(n.Data)
		buf.WriteByte('>')
	}
	if wrapper != "" {
		buf.WriteString("</div>")
	}
	return true
}

// wrapper names the container that Intercom puts round n.
func (f form) wrapper(n *html.Node) string {
	if f != storedForm || n.Parent == nil {
		return ""
	}
	switch {
	case inPre(n):
	case n.Data == "table":
		return classTable
	case n.Data == "iframe" && shapeOf(n.Parent) == shapeContainer:
		return classVideo
	}
	return ""
}

// inPre says that n stands in preformatted text, where nothing is arranged and so
// nothing has a container.
func inPre(n *html.Node) bool {
	if n.Data != "table" && n.Data != "iframe" && n.Data != "details" {
		return false
	}
	for up := n.Parent; up != nil; up = up.Parent {
		if up.Data == "pre" {
			return true
		}
	}
	return false
}

func (f form) writeInside(buf *bytes.Buffer, n *html.Node) bool {
	if shapeOf(n) == shapeLiteral && !isElement(n, "pre") {
		f = canonicalForm // nothing in there is arranged, so the server adds nothing
	}
	if f != storedForm || n.Data != "details" || n.FirstChild == nil || inPre(n) {
		return f.writeChildren(buf, n)
	}
	rest := n.FirstChild
	if isElement(rest, "summary") {
		if !f.write(buf, rest) {
			return false
		}
		rest = rest.NextSibling
	}
	if rest == nil {
		return true
	}
	buf.WriteString(`<div class="` + classSection + `">`)
	for ; rest != nil; rest = rest.NextSibling {
		if !f.write(buf, rest) {
			return false
		}
	}
	buf.WriteString("</div>")
	return true
}

func (f form) writeText(buf *bytes.Buffer, n *html.Node) {
	if n.Parent != nil && n.Parent.Namespace == "" {
		switch n.Parent.Data {
		case "iframe", "noembed", "noframes", "noscript", "script", "style", "xmp":
			buf.WriteString(n.Data)
			return
		}
	}
	writeEscaped(buf, n.Data, false)
}

func writeEscaped(buf *bytes.Buffer, s string, inAttribute bool) {
	special := "&<>"
	if inAttribute {
		special = `&"`
	}
	for {
		i := strings.IndexAny(s, special)
		if i < 0 {
			buf.WriteString(s)
			return
		}
		buf.WriteString(s[:i])
		switch s[i] {
		case '&':
			buf.WriteString("&amp;")
		case '<':
			buf.WriteString("&lt;")
		case '>':
			buf.WriteString("&gt;")
		case '"':
			buf.WriteString("&quot;")
		}
		s = s[i+1:]
	}
}

func (f form) writeAttributes(buf *bytes.Buffer, n *html.Node) {
	attrs := n.Attr
	if f == storedForm {
		attrs = storedAttributes(n)
	} else if len(attrs) > 1 {
		attrs = slices.Clone(attrs)
		slices.SortFunc(attrs, func(a, b html.Attribute) int {
			return strings.Compare(a.Namespace+":"+a.Key, b.Namespace+":"+b.Key)
		})
	}
	for _, a := range attrs {
		buf.WriteByte(' ')
		if a.Namespace != "" {
			buf.WriteString(a.Namespace)
			buf.WriteByte(':')
		}
		buf.WriteString(a.Key)
		if a.Val == "" && isSwitch(a.Key) {
			continue
		}
		buf.WriteString(`="`)
		writeEscaped(buf, a.Val, true)
		if f == storedForm && a.Key == "style" && n.Namespace == "" {
			buf.WriteByte(';')
		}
		buf.WriteByte('"')
	}
}

// isSwitch names the attributes that Intercom writes without a value.
func isSwitch(key string) bool {
	switch key {
	case "allowfullscreen", "webkitallowfullscreen", "mozallowfullscreen", "open":
		return true
	}
	return false
}

// storedAttributes gives n the attributes that the server adds by itself, so
// that what is sent is what comes back.
func storedAttributes(n *html.Node) []html.Attribute {
	switch {
	case n.Namespace != "":
		return n.Attr
	case n.Data == "p":
		return withClass(n.Attr, classNoMargin)
	case isButton(n) && !has(n, "target"):
		return append(slices.Clone(n.Attr), html.Attribute{Key: "target", Val: "_blank"})
	case n.Data == "a" && !isButton(n) && !has(n, "target"):
		attrs := append(slices.Clone(n.Attr), html.Attribute{Key: "target", Val: "_blank"})
		if isPicture(n) {
			return attrs
		}
		return withClass(attrs, classLink)
	case n.Data == "div" && len(n.Attr) > 0:
		return divAttributes(n)
	case n.Data == "table" && !has(n, "role"):
		return append([]html.Attribute{{Key: "role", Val: "presentation"}}, n.Attr...)
	}
	return n.Attr
}

// divAttributes spells the class of a container in Intercom's order.
func divAttributes(n *html.Node) []html.Attribute {
	attrs := slices.Clone(n.Attr)
	for i, a := range attrs {
		if align := alignmentOf(n); align != "" && a.Key == "class" && a.Val == containerClass(align) {
			attrs[i].Val = classContainer + " " + classAlign + align
		}
	}
	return attrs
}

func has(n *html.Node, key string) bool {
	_, ok := attr(n, key)
	return ok
}

func withClass(attrs []html.Attribute, class string) []html.Attribute {
	out := slices.Clone(attrs)
	for i, a := range out {
		if a.Key == "class" && a.Namespace == "" {
			out[i].Val = a.Val + " " + class
			return out
		}
	}
	return append(out, html.Attribute{Key: "class", Val: class})
}
