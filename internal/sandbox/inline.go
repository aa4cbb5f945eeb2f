package sandbox

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

const buttonClass = "intercom-h2b-button"

// inline gives the stored form of a line of text. The nodes are new, so that the
// source stays as it was read.
func (w *rewriter) inline(line []*html.Node) []*html.Node {
	var out []*html.Node
	for _, n := range line {
		switch {
		case isDropped(n):
		case isText(n):
			out = append(out, &html.Node{Type: html.TextNode, Data: n.Data})
		default:
			out = append(out, w.inlineElement(n)...)
		}
	}
	return out
}

func (w *rewriter) inlineElement(n *html.Node) []*html.Node {
	inner := w.inline(children(n))
	switch n.Data {
	case "b", "strong":
		return []*html.Node{element("b", nil, inner...)}
	case "i", "em":
		return []*html.Node{element("i", nil, inner...)}
	case "code":
		return []*html.Node{element("code", nil, inner...)}
	case "br":
		return []*html.Node{element("br", nil)}
	case "img":
		return []*html.Node{image(n)}
	case "a":
		return []*html.Node{link(n, inner)}
	}
	return inner
}

// link decorates by what it is: a button, a linked image, or text, each with
// its attributes in the order of stored bodies.
func link(n *html.Node, inner []*html.Node) *html.Node {
	var href []html.Attribute
	if hasAttr(n, "href") && !isScript(attr(n, "href")) {
		href = []html.Attribute{{Key: "href", Val: attr(n, "href")}}
	}
	target := html.Attribute{Key: "target", Val: "_blank"}
	var attrs []html.Attribute
	switch {
	case hasClass(n, buttonClass):
		attrs = append([]html.Attribute{{Key: "class", Val: buttonClass}, target}, href...)
	case len(inner) == 1 && isElement(inner[0], "img"):
		attrs = append([]html.Attribute{target}, href...)
	default:
		attrs = append(href, target, html.Attribute{Key: "class", Val: "intercom-content-link"})
	}
	return element("a", attrs, inner...)
}

// isScript says whether following a link would run it.
func isScript(href string) bool {
	clean := strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, href))
	return slices.ContainsFunc([]string{"javascript:", "vbscript:", "data:"}, func(p string) bool { return strings.HasPrefix(clean, p) })
}

// image keeps the address, the alternative text and the size, in the order they
// came in; with both dimensions there is a style, which is the server's.
func image(n *html.Node) *html.Node {
	var attrs []html.Attribute
	for _, a := range n.Attr {
		if slices.Contains([]string{"src", "alt", "width", "height"}, a.Key) {
			attrs = append(attrs, html.Attribute{Key: a.Key, Val: a.Val})
		}
	}
	if attr(n, "width") != "" && attr(n, "height") != "" {
		attrs = append(attrs, html.Attribute{Key: "style", Val: "height: auto;"})
	}
	return element("img", attrs)
}

// isVideo knows the players that may be embedded (intercom-api.md 6.1).
func isVideo(src string) bool {
	u, err := url.Parse(src)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "" {
		return false
	}
	players := []string{
		"youtube.com", "youtube-nocookie.com", "youtu.be", "wistia.com", "wistia.net", "vimeo.com", "loom.com", "vidyard.com",
		"streamio.com", "rackcdn.com",
	}
	host := strings.ToLower(u.Hostname())
	return slices.ContainsFunc(players, func(p string) bool { return host == p || strings.HasSuffix(host, "."+p) })
}
