package markup

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// insideMarkdown opens a part that holds further parts: a list into its items, an
// item, callout, quotation or collapsible section into its blocks. It reports
// false where the inside cannot be had as text of its own that means the same.
func (u *part) insideMarkdown(definitions string, o Options) (nest, bool) {
	var n nest
	var ok bool
	switch u.kind {
	case "ul", "ol":
		return u.items()
	case "li":
		n.prefix, n.indent, ok = itemMarker(u.text)
	case "callout", "blockquote":
		n.prefix, n.indent, ok = quoteHead(u.text), "> ", true
	case "details":
		return u.section(definitions, o)
	}
	if !ok {
		return n, false
	}
	inner, ok := strip(u.text[len(n.prefix):], n.indent)
	if !ok {
		return n, false
	}
	n.document, ok = cut(inner, definitions, o)
	return n, ok && u.agrees(n.parts)
}

// A nest is the inside of a part, and what stands round it in the Markdown.
type nest struct {
	document
	prefix, indent, suffix string
}

// wrap puts changed text back into the nest.
func (n *nest) wrap(inside string) string {
	lines := strings.Split(inside, "\n")
	blank := strings.TrimRight(n.indent, " ")
	for i, line := range lines {
		switch {
		case i == 0 && n.prefix != "" && !strings.HasSuffix(n.prefix, "\n"):
		case line == "":
			lines[i] = blank
		default:
			lines[i] = n.indent + line
		}
	}
	return n.prefix + strings.Join(lines, "\n") + n.suffix
}

// agrees reports whether the parts are what the HTML of u holds.
func (u *part) agrees(parts []part) bool {
	inside, ok := u.insideHTML()
	if !ok || len(inside.parts) != len(parts) {
		return false
	}
	for i := range parts {
		if parts[i].key != inside.parts[i].key {
			return false
		}
	}
	return true
}

// items cuts a list into its items, each with its marker.
func (u *part) items() (nest, bool) {
	inside, ok := u.insideHTML()
	source := []byte(u.text)
	list := markdownParser().Parse(text.NewReader(source)).FirstChild()
	if !ok || list == nil || list.NextSibling() != nil || list.ChildCount() != len(inside.parts) {
		return nest{}, false
	}
	var n nest
	i := 0
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		from, to := lineStart(source, item.Pos()), len(source)
		if next := item.NextSibling(); next != nil {
			to = lineStart(source, next.Pos())
		}
		lines := strings.TrimRight(u.text[from:to], " \t\n")
		p := inside.parts[i]
		p.text, p.gap = lines, u.text[from+len(lines):to]
		n.parts = append(n.parts, p)
		i++
	}
	return n, true
}

var markerPattern = regexp.MustCompile(`^( *(?:[-*+]|[0-9]{1,9}[.)]))( *)`)

// itemMarker gives what stands before the content of an item, and the indent of
// its further lines.
func itemMarker(item string) (prefix, indent string, ok bool) {
	m := markerPattern.FindStringSubmatch(item)
	if m == nil || m[2] == "" || len(m[2]) > 4 || len(m[0]) == len(item) || item[len(m[0])] == '\n' {
		return "", "", false
	}
	return m[0], strings.Repeat(" ", len(m[0])), true
}

var alertLine = regexp.MustCompile(`^ {0,3}> ?\[![A-Za-z]+\][ \t]*(?:\n|$)(?: {0,3}>[ \t]*\n)*`)

// quoteHead gives the mark of an alert with the line it stands on.
func quoteHead(quote string) string { return alertLine.FindString(quote) }

// section opens <details>, whose tags stand in paragraphs of their own.
func (u *part) section(definitions string, o Options) (nest, bool) {
	head, rest, ok := strings.Cut(u.text, "\n\n")
	inner, ok2 := strings.CutSuffix(rest, "</details>")
	if !ok || !ok2 || !strings.HasSuffix(strings.TrimSpace(head), "</summary>") {
		return nest{}, false
	}
	body := strings.Trim(inner, "\n")
	at := strings.Index(inner, body)
	n := nest{prefix: head + "\n\n" + inner[:at], suffix: inner[at+len(body):] + "</details>"}
	n.document, ok = cut(body, definitions, o)
	return n, ok && u.agrees(n.parts)
}

// strip takes the indent from every line but the first (or from every line, for
// a quotation).
func strip(s, indent string) (string, bool) {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		short := strings.TrimRight(indent, " ")
		switch {
		case i == 0 && short == "":
		case line == "" && short == "":
		case strings.HasPrefix(line, indent):
			lines[i] = line[len(indent):]
		case short != "" && strings.TrimSpace(line) == short:
			lines[i] = ""
		default:
			return "", false
		}
	}
	return strings.Join(lines, "\n"), true
}

// A shell is the HTML of a part that holds further parts.
type shell struct {
	open, end string
	parts     []part
}

// insideHTML opens the HTML of a part.
func (p *part) insideHTML() (shell, bool) {
	root, ok := cutHTML(p.html)
	if !ok || len(root.children) != 1 {
		return shell{}, false
	}
	e := root.children[0]
	from, to := e.from, e.to
	var inside []*elementSource
	for _, c := range e.children {
		if !c.isBlank() {
			inside = append(inside, c)
		}
	}
	switch p.kind {
	case "ul", "ol":
		for _, c := range inside {
			if c.tag != "li" {
				return shell{}, false
			}
		}
	case "li", "callout", "blockquote":
	case "details":
		if len(inside) != 2 || inside[0].tag != "summary" || !isSection(inside[1]) {
			return shell{}, false
		}
		e = inside[1]
		from, to = e.from, e.to
	default:
		return shell{}, false
	}
	parts, ok := e.parts()
	return shell{p.html[:from], p.html[to:], parts}, ok
}

func isSection(e *elementSource) bool {
	return e.tag == "div" && strings.Contains(e.source[e.start:e.from], classSection)
}

// definitionsOf collects the link definitions of a document, which hold in every
// part of it.
func definitionsOf(md string) string {
	if !strings.Contains(md, "]:") {
		return ""
	}
	source := []byte(plainText(md))
	doc := markdownParser().Parse(text.NewReader(source))
	var b strings.Builder
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() == ast.KindLinkReferenceDefinition {
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				b.Write(line.Value(source))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
