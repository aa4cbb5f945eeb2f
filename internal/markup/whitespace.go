package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// collapseRun applies the whitespace rules of CSS to a run of inline siblings:
// spaces, tabs and line ends become one space, and that one disappears at the
// start and end of the run, after a space, and on both sides of a line break.
func collapseRun(run []*html.Node) {
	c := collapser{atSpace: true}
	for _, n := range run {
		c.walk(n)
	}
	c.trim()
}

type collapser struct {
	atSpace bool       // nothing, a break or a space stands before this point
	last    *html.Node // the text node whose final space may still go
}

func (c *collapser) walk(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		c.text(n)
	case n.Type != html.ElementNode:
	case n.Data == "br":
		c.trim()
		c.atSpace = true
	case shapeOf(n) == shapeVoid || shapeOf(n) == shapeLiteral:
		c.atSpace, c.last = false, nil
	default:
		for child := n.FirstChild; child != nil; {
			next := child.NextSibling
			c.walk(child)
			child = next
		}
	}
}

func (c *collapser) text(n *html.Node) {
	n.Data = collapseSpaces(n.Data, c.atSpace)
	switch {
	case n.Data == "":
		n.Parent.RemoveChild(n)
	case strings.HasSuffix(n.Data, " "):
		c.atSpace, c.last = true, n
	default:
		c.atSpace, c.last = false, nil
	}
}

// trim takes back the space that turned out to stand at the end of a line.
func (c *collapser) trim() {
	if c.last == nil {
		return
	}
	c.last.Data = strings.TrimSuffix(c.last.Data, " ")
	if c.last.Data == "" {
		c.last.Parent.RemoveChild(c.last)
	}
	c.last = nil
}

func collapseSpaces(s string, atSpace bool) string {
	if isCollapsed(s, atSpace) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if !isSpace(s[i]) {
			b.WriteByte(s[i])
			atSpace = false
		} else if !atSpace {
			b.WriteByte(' ')
			atSpace = true
		}
	}
	return b.String()
}

func isCollapsed(s string, atSpace bool) bool {
	for i := 0; i < len(s); i++ {
		if !isSpace(s[i]) {
			atSpace = false
			continue
		}
		if atSpace || s[i] != ' ' {
			return false
		}
		atSpace = true
	}
	return true
}

// isSpace reports HTML whitespace. U+00A0 and U+200B are characters, not space.
func isSpace(b byte) bool {
	switch b {
	case ' ', '\n', '\t', '\r', '\f':
		return true
	}
	return false
}

// onlySpaces reports whether n holds nothing but spaces and no-break spaces: a
// blank paragraph, however it was typed.
func onlySpaces(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.TextNode || strings.Trim(c.Data, " \u00A0") != "" {
			return false
		}
	}
	return true
}
