package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// Format puts a Markdown text into the form in which a pull writes it: the same
// marks for lists, emphasis and rules, one blank line between blocks. What it
// means stays the same, and so do comments, reference links, code blocks with a
// language, and whatever would not come back equal.
func Format(md string) string {
	doc, ok := cut(md, "", Options{})
	if !ok {
		return md
	}
	var b strings.Builder
	for i := range doc.parts {
		p := &doc.parts[i]
		b.WriteString(oneBlank(p.lead))
		if i > 0 && besideList(p, &doc.parts[i-1]) || i+1 < len(doc.parts) && besideList(p, &doc.parts[i+1]) {
			b.WriteString(p.text) // the marks keep the two lists apart
		} else {
			b.WriteString(p.formatted())
		}
		b.WriteString("\n\n")
	}
	b.WriteString(oneBlank(doc.tail))
	out := strings.TrimRight(b.String(), "\n")
	if strings.HasSuffix(md, "\n") && out != "" {
		out += "\n"
	}
	if !Equal(Render(md, Options{}), Render(out, Options{})) {
		return md
	}
	return out
}

// formatted gives the house form of one block, or the block as it is where that
// would lose something that only the file holds.
func (p *part) formatted() string {
	if strings.HasPrefix(p.text, "```") || strings.HasPrefix(p.text, "~~~") || strings.Contains(p.text, "<!--") {
		return p.text
	}
	if Render(p.text, Options{}) != p.html {
		return p.text // it leans on link definitions elsewhere
	}
	fresh := Markdown(p.html, Options{})
	if Canonical(Render(fresh, Options{})) != p.key {
		return p.text
	}
	return fresh
}

func besideList(p, q *part) bool { return p.kind == q.kind && (p.kind == "ul" || p.kind == "ol") }

// oneBlank leaves at most one blank line in a row.
func oneBlank(s string) string {
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return s
}

// Tidy takes out the blank paragraphs that stand between blocks, which Intercom's
// editor makes for spacing. It changes what is sent, and nothing else in the
// text.
func Tidy(md string) string {
	sent := Render(md, Options{})
	root, ok := parse(sent)
	if !ok || !dropBlanks(root) {
		return md
	}
	var b strings.Builder
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		if html.Render(&b, c) != nil {
			return md
		}
	}
	return PatchMarkdown(md, sent, b.String(), Options{})
}

// dropBlanks removes blank paragraphs that have siblings, and reports whether
// there were any. A cell or item that holds nothing else keeps its one.
func dropBlanks(n *html.Node) bool {
	found := false
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Data == "p" && c.FirstChild == nil && (c.PrevSibling != nil || next != nil):
			n.RemoveChild(c)
			found = true
		case dropBlanks(c):
			found = true
		}
		c = next
	}
	return found
}
