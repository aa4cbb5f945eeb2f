package sandbox

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// toMarkdown is the body_markdown of an answer: the stored body in the dialect
// that fromMarkdown takes, with what that has no words for as HTML.
func toMarkdown(body string) string {
	root, err := parseBody(body)
	if err != nil || body == "" {
		return ""
	}
	return strings.Join(blockTexts(root), "\n\n") + "\n"
}

// blockTexts gives the blocks in a node, each without a newline at its end.
func blockTexts(parent *html.Node) []string {
	var out []string
	for n := range parent.ChildNodes() {
		if isSpace(n) {
			continue
		}
		if text := strings.TrimRight(blockText(n), " \n"); text != "" {
			out = append(out, text)
		}
	}
	return out
}

func blockText(n *html.Node) string {
	if level := headingLevel(n); level > 0 {
		return strings.Repeat("#", level) + " " + lineText(n)
	}
	switch {
	case isText(n):
		return escaped(n.Data)
	case isElement(n, "p"):
		return lineText(n)
	case isElement(n, "ul", "ol"):
		return listText(n)
	case isElement(n, "pre"):
		return "```\n" + codeText(n) + "\n```"
	case isElement(n, "hr"):
		return "---"
	case isElement(n, "div") && hasClass(n, "intercom-container"):
		return lineText(n)
	}
	whole := &html.Node{Type: html.DocumentNode}
	whole.AppendChild(copied(n))
	return serialise(whole)
}

func copied(n *html.Node) *html.Node {
	c := &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Attr: n.Attr}
	for inner := range n.ChildNodes() {
		c.AppendChild(copied(inner))
	}
	return c
}

func listText(list *html.Node) string {
	var b strings.Builder
	number := 0
	for item := range list.ChildNodes() {
		if !isElement(item, "li") {
			continue
		}
		number++
		mark := "- "
		if list.Data == "ol" {
			mark = strconv.Itoa(number) + ". "
		}
		margin := mark
		for line := range strings.SplitSeq(strings.Join(blockTexts(item), "\n\n"), "\n") {
			b.WriteString(strings.TrimRight(margin+line, " ") + "\n")
			margin = strings.Repeat(" ", len(mark))
		}
	}
	return b.String()
}

func codeText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if isText(d) {
			b.WriteString(d.Data)
		} else if isElement(d, "br") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func lineText(parent *html.Node) string {
	var b strings.Builder
	for n := range parent.ChildNodes() {
		switch {
		case isText(n):
			b.WriteString(escaped(n.Data))
		case isElement(n, "b"):
			b.WriteString("**" + lineText(n) + "**")
		case isElement(n, "i"):
			b.WriteString("*" + lineText(n) + "*")
		case isElement(n, "code"):
			b.WriteString("`" + codeText(n) + "`")
		case isElement(n, "br"):
			b.WriteString("\\\n")
		case isElement(n, "img"):
			b.WriteString("![" + attr(n, "alt") + "](" + attr(n, "src") + ")")
		case isElement(n, "a"):
			b.WriteString("[" + lineText(n) + "](" + attr(n, "href") + ")")
		default:
			b.WriteString(lineText(n))
		}
	}
	return b.String()
}

// escaped keeps text from being read as HTML; emphasis in it is left to chance.
func escaped(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "&", "&amp;"), "<", "&lt;")
}
