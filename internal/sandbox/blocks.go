package sandbox

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// blocks gives the stored form of what is in a place that holds blocks: bare
// text and inline elements become paragraphs, with the given alignment class.
func (w *rewriter) blocks(source []*html.Node, align string) []*html.Node {
	var out, line []*html.Node
	var before *html.Node // the block of the source that the line comes after
	end := func(more bool) {
		out = append(out, w.line(line, before, more, align)...)
		line = nil
	}
	for _, c := range source {
		switch {
		case isDropped(c):
		case isText(c) || isInline(c):
			line = append(line, c)
		default:
			end(true)
			out = append(out, w.block(c, align)...)
			before = c
		}
	}
	end(false)
	return out
}

// line turns a run of inline nodes into a paragraph, or into containers when
// there are only images or a button. Whitespace alone becomes a blank paragraph
// where a block is on either side of it, except the newline that the server
// itself writes after a blank paragraph.
func (w *rewriter) line(run []*html.Node, before *html.Node, more bool, align string) []*html.Node {
	blank := !slices.ContainsFunc(run, func(n *html.Node) bool { return !isSpace(n) })
	switch {
	case len(run) == 0, blank && (before == nil || !more || !w.blankLines), blank && isBlankParagraph(before):
		return nil
	case blank:
		return []*html.Node{paragraph("", nil)}
	}
	return w.paragraphs(trimmed(w.inline(run)), align)
}

// paragraphs is a paragraph, or a container for each when all is images or
// buttons.
func (w *rewriter) paragraphs(line []*html.Node, align string) []*html.Node {
	var boxed []*html.Node
	for _, n := range line {
		switch {
		case isSpace(n):
		case isElement(n, "img"), isElement(n, "a") && (hasClass(n, buttonClass) || n.FirstChild == n.LastChild && isElement(n.FirstChild, "img")):
			boxed = append(boxed, n)
		default:
			return []*html.Node{paragraph(align, line)}
		}
	}
	if len(boxed) == 0 || len(boxed) > 1 && len(boxed) < len(line) {
		return []*html.Node{paragraph(align, line)}
	}
	for i, n := range boxed {
		boxed[i] = element("div", pairs("class", strings.TrimSpace("intercom-container "+align)), n)
	}
	return boxed
}

func paragraph(align string, line []*html.Node) *html.Node {
	return element("p", pairs("class", strings.TrimSpace(align+" no-margin")), line...)
}

// trimmed takes the layout whitespace off both ends of a line.
func trimmed(line []*html.Node) []*html.Node {
	if len(line) == 0 {
		return line
	}
	if first := line[0]; isText(first) {
		first.Data = strings.TrimLeft(first.Data, " \t\r\n\f")
	}
	if last := line[len(line)-1]; isText(last) {
		last.Data = strings.TrimRight(last.Data, " \t\r\n\f")
	}
	return slices.DeleteFunc(line, func(n *html.Node) bool { return isText(n) && n.Data == "" })
}

// alignment is the only class that headings, paragraphs and containers keep.
func alignment(n *html.Node) string {
	for _, side := range []string{"left", "center", "right", "justify"} {
		if hasClass(n, "intercom-align-"+side) {
			return "intercom-align-" + side
		}
	}
	return ""
}

// block gives the stored form of one block element; what the server does not
// know is replaced by what is in it.
func (w *rewriter) block(n *html.Node, align string) []*html.Node {
	if own := alignment(n); own != "" {
		align = own
	}
	if headingLevel(n) > 0 {
		attrs := pairs("id", attr(n, "id"), "class", align)
		return []*html.Node{element(n.Data, attrs, w.inline(children(n))...)}
	}
	switch n.Data {
	case "p":
		return w.paragraph(n, align)
	case "ul", "ol":
		return []*html.Node{w.list(n)}
	case "hr":
		return []*html.Node{element("hr", nil)}
	case "pre":
		return []*html.Node{w.code(n)}
	case "table":
		return []*html.Node{element("div", pairs("class", "intercom-interblocks-table-container"), w.table(n))}
	case "iframe":
		return []*html.Node{w.video(n)}
	case "details":
		return w.details(n)
	case "div":
		return w.div(n, align)
	}
	return w.blocks(children(n), align)
}

// paragraph keeps the whitespace at its ends; one that holds blocks, which the
// parser lets through for a few elements, falls apart.
func (w *rewriter) paragraph(n *html.Node, align string) []*html.Node {
	line := children(n)
	if slices.ContainsFunc(line, func(c *html.Node) bool { return !isText(c) && !isInline(c) && !isDropped(c) }) {
		return w.blocks(children(n), align)
	}
	return w.paragraphs(w.inline(line), align)
}

func (w *rewriter) list(n *html.Node) *html.Node {
	list := element(n.Data, nil)
	for _, c := range children(n) {
		switch {
		case isElement(c, "li"):
			list.AppendChild(element("li", nil, atLeastOne(w.blocks(children(c), ""))...))
		case isElement(c, "ul", "ol") && list.LastChild != nil: // a list that should be in the item before it
			list.LastChild.AppendChild(w.list(c))
		case !isSpace(c) && !isDropped(c):
			list.AppendChild(element("li", nil, atLeastOne(w.blocks([]*html.Node{c}, ""))...))
		}
	}
	return list
}

func atLeastOne(blocks []*html.Node) []*html.Node {
	if len(blocks) == 0 {
		return []*html.Node{paragraph("", nil)}
	}
	return blocks
}

// code keeps one code element in pre, its lines apart by br.
func (w *rewriter) code(n *html.Node) *html.Node {
	inner := n
	if only := onlyElement(n); only != nil && only.Data == "code" {
		inner = only
	}
	code := element("code", nil)
	line := w.inline(children(inner))
	for i, c := range line {
		if !isText(c) {
			code.AppendChild(c)
			continue
		}
		if i == len(line)-1 {
			c.Data = strings.TrimSuffix(c.Data, "\n")
		}
		for i, text := range strings.Split(strings.ReplaceAll(c.Data, "\r\n", "\n"), "\n") {
			if i > 0 {
				code.AppendChild(element("br", nil))
			}
			if text != "" {
				code.AppendChild(&html.Node{Type: html.TextNode, Data: text})
			}
		}
	}
	return element("pre", nil, code)
}

func onlyElement(n *html.Node) *html.Node {
	var only *html.Node
	for c := range n.ChildNodes() {
		if isSpace(c) {
			continue
		}
		if only != nil || isText(c) {
			return nil
		}
		only = c
	}
	return only
}

func (w *rewriter) table(n *html.Node) *html.Node {
	body := element("tbody", nil)
	for d := range n.Descendants() {
		if !isElement(d, "tr") {
			continue
		}
		row := element("tr", nil)
		for _, c := range children(d) {
			if isElement(c, "td", "th") {
				attrs := pairs("style", attr(c, "style"), "colspan", attr(c, "colspan"), "rowspan", attr(c, "rowspan"))
				row.AppendChild(element("td", attrs, atLeastOne(w.blocks(children(c), ""))...))
			}
		}
		body.AppendChild(row)
	}
	return element("table", pairs("role", "presentation"), body)
}

// video keeps the address, and the permissions where they were sent.
func (w *rewriter) video(n *html.Node) *html.Node {
	attrs := pairs("src", attr(n, "src"), "frameborder", "0")
	for _, name := range []string{"webkitallowfullscreen", "mozallowfullscreen", "allowfullscreen"} {
		attrs = append(attrs, html.Attribute{Key: name})
	}
	attrs = append(attrs, pairs("allow", attr(n, "allow"))...)
	return element("div", pairs("class", "intercom-h2b-video"), element("iframe", attrs))
}

func (w *rewriter) details(n *html.Node) []*html.Node {
	var title, rest []*html.Node
	for _, c := range children(n) {
		switch {
		case isElement(c, "summary") && title == nil:
			title = w.summary(c)
		case isElement(c, "div") && hasClass(c, "collapsible-section-content"):
			rest = append(rest, children(c)...)
		case !isSpace(c):
			rest = append(rest, c)
		}
	}
	content := w.blocks(rest, "")
	if w.sw.Details == "strip" {
		return append(title, content...)
	}
	if len(title) == 0 {
		title = []*html.Node{element("h2", nil)}
	}
	return []*html.Node{element("details", nil,
		element("summary", nil, title...),
		element("div", pairs("class", "collapsible-section-content"), content...))}
}

// summary is a heading without an id.
func (w *rewriter) summary(n *html.Node) []*html.Node {
	inner, level := n, "h2"
	if only := onlyElement(n); only != nil && headingLevel(only) > 0 {
		inner, level = only, only.Data
	}
	return []*html.Node{element(level, nil, trimmed(w.inline(children(inner)))...)}
}

// div keeps the containers of the server's own; any other is replaced by what
// is in it.
func (w *rewriter) div(n *html.Node, align string) []*html.Node {
	switch {
	case hasClass(n, "intercom-container"):
		return w.paragraphs(trimmed(w.inline(children(n))), align)
	case hasClass(n, "intercom-interblocks-callout") && w.sw.Callouts == "keep":
		attrs := pairs("class", "intercom-interblocks-callout", "style", attr(n, "style"))
		return []*html.Node{element("div", attrs, atLeastOne(w.blocks(children(n), ""))...)}
	}
	return w.blocks(children(n), align)
}
