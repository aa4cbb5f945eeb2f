package markup

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// A Prediction is what the server is expected to make of a body.
type Prediction struct {
	// HTML is the body as it should come back, but for what nobody can know: the
	// ids of new headings and the addresses of images that it takes to its own
	// hosts.
	HTML string
	// Warnings name what will be lost, moved or refused. They have no lines.
	Warnings []Finding
}

// Predict applies the documented rewriting of intercom-api.md sections 6.1 and
// 6.2 to a body: tags that are dropped, headings that move up, images that
// become blocks, whitespace that becomes blank paragraphs. It is idempotent on
// bodies that the server has stored.
func Predict(body string) Prediction {
	root, err := parseRaw(plainText(body))
	if err != nil {
		return Prediction{HTML: body, Warnings: []Finding{{Code: "refused-nesting", Message: "the body is nested more than 500 levels deep; make it flatter"}}}
	}
	p := predictor{placed: hasPlacedHeading(root)}
	blanksForWhitespace(root)
	p.strip(root)
	arrange(root, wrapRuns)
	p.refuse(root)
	p.freePictures(root)
	p.shiftHeadings(root)
	p.settle(root)
	var buf bytes.Buffer
	if !storedForm.writeChildren(&buf, root) {
		return Prediction{HTML: body, Warnings: p.warnings}
	}
	return Prediction{HTML: buf.String(), Warnings: p.warnings}
}

type predictor struct {
	placed   bool // the headings stand where the server put them
	warnings []Finding
}

// warn notes a finding once.
func (p *predictor) warn(code, format string, args ...any) {
	f := Finding{Code: code, Message: fmt.Sprintf(format, args...)}
	for _, known := range p.warnings {
		if known == f {
			return
		}
	}
	p.warnings = append(p.warnings, f)
}

// placedID matches the ids that the server gives to headings. A body that has
// some was stored before, so its levels stay.
var placedID = regexp.MustCompile(`^h_[0-9a-f]{10}$`)

func hasPlacedHeading(root *html.Node) bool {
	for n := range root.Descendants() {
		if id, _ := attr(n, "id"); isElementNode(n) && isHeading(n) && placedID.MatchString(id) {
			return true
		}
	}
	return false
}

func isElementNode(n *html.Node) bool { return n.Type == html.ElementNode && n.Namespace == "" }

// blanksForWhitespace puts a blank paragraph where whitespace stands between two
// blocks, except after a blank paragraph, where the server itself writes a line
// end.
func blanksForWhitespace(root *html.Node) {
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		prev, next := c.PrevSibling, c.NextSibling
		if c.Type != html.TextNode || strings.Trim(c.Data, " \t\r\n\f") != "" || !isBlockNode(prev) || !isBlockNode(next) {
			continue
		}
		if prev.Data == "p" && onlySpaces(prev) {
			continue
		}
		root.InsertBefore(element("p"), c)
	}
}

func isBlockNode(n *html.Node) bool {
	if n == nil || n.Type != html.ElementNode {
		return false
	}
	shape := shapeOf(n)
	return shape == shapeContainer || shape == shapeLeaf || shape == shapeBlock || n.Data == "hr" || n.Data == "pre" || n.Data == "iframe"
}

// What becomes of an element that is sent.
type fate int

const (
	kept      fate = iota
	removed        // with all that is in it
	unwrapped      // its inside takes its place
)

func fateOf(n *html.Node) fate {
	if n.Namespace != "" {
		return removed
	}
	switch n.Data {
	case "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "a", "img", "ul", "ol", "li", "table", "thead", "tbody", "tfoot", "tr", "td", "th",
		"iframe", "pre", "code", "b", "strong", "i", "em", "details", "summary", "dl", "dt", "dd":
		return kept
	case "form", "input", "textarea", "script", "style", "select", "button", "object", "embed", "audio", "video", "canvas", "template", "title", "noscript", "svg", "math", "caption", "colgroup":
		return removed
	case "div":
		if hasClass(n, classContainer) || hasClass(n, classCallout) || hasClass(n, classTable) || hasClass(n, classVideo) || hasClass(n, classSection) {
			return kept
		}
	}
	return unwrapped
}

// strip removes and unwraps what Intercom does not know.
func (p *predictor) strip(parent *html.Node) {
	for c := parent.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type != html.ElementNode {
			c = next
			continue
		}
		switch fateOf(c) {
		case removed:
			p.warn("dropped-element", "Intercom removes <%s> with all that is in it", c.Data)
			parent.RemoveChild(c)
		case unwrapped:
			p.warn("dropped-tag", "Intercom does not know <%s> and keeps only what is in it", c.Data)
			p.strip(c)
			if isBlockNode(c) {
				arrange(c, wrapRuns) // its text stays apart from the text round it
			}
			for inner := c.FirstChild; inner != nil; inner = c.FirstChild {
				c.RemoveChild(inner)
				parent.InsertBefore(inner, c)
			}
			parent.RemoveChild(c)
		case kept:
			p.strip(c)
			if c.Data == "table" {
				oneBody(c)
			}
		}
		c = next
	}
}

// oneBody puts all rows of a table into one tbody.
func oneBody(table *html.Node) {
	body := element("tbody")
	for _, part := range []string{"thead", "tbody", "tfoot"} {
		for c := table.FirstChild; c != nil; {
			next := c.NextSibling
			if isElement(c, part) {
				for row := c.FirstChild; row != nil; row = c.FirstChild {
					c.RemoveChild(row)
					body.AppendChild(row)
				}
				table.RemoveChild(c)
			}
			c = next
		}
	}
	table.AppendChild(body)
}

// refuse warns of what the server answers with a 400.
func (p *predictor) refuse(root *html.Node) {
	for n := range root.Descendants() {
		if !isElementNode(n) {
			continue
		}
		switch n.Data {
		case "dl":
			p.warn("refused-definition-list", "Intercom refuses definition lists (<dl>)")
		case "ul", "ol":
			if isEmptyList(n) {
				p.warn("refused-empty-list", "Intercom refuses a list without an item that holds something")
			}
		case "table":
			p.refuseTable(n)
		case "iframe":
			if src, _ := attr(n, "src"); !isKnownPlayer(src) {
				p.warn("refused-video", "Intercom embeds only YouTube, Wistia, Vimeo, Loom, Vidyard and StreamIO, not %q", src)
			}
		case "img":
			if src, _ := attr(n, "src"); !strings.HasPrefix(src, "https://") && !strings.HasPrefix(src, "http://") {
				p.warn("refused-image", "Intercom takes images from public addresses only, not from %.60q", src)
			}
		}
	}
}

func (p *predictor) refuseTable(n *html.Node) {
	for up := n.Parent; up != nil; up = up.Parent {
		switch up.Data {
		case "table":
			p.warn("refused-table", "Intercom refuses a table inside a table")
		case "ul", "ol":
			p.warn("refused-table", "Intercom refuses a table inside a list")
		}
	}
	for c := range n.Descendants() {
		if c.Data == "td" || c.Data == "th" {
			return
		}
	}
	p.warn("refused-table", "Intercom refuses a table without cells")
}

func isEmptyList(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" || c.Data == "img" || c.Data == "iframe" || c.Data == "hr" {
			return false
		}
	}
	return true
}

var playerAddress = regexp.MustCompile(`^(?:https?:)?//(?:[a-z0-9-]+\.)*(?:youtube\.com|youtube-nocookie\.com|youtu\.be|wistia\.com|wistia\.net|vimeo\.com|loom\.com|vidyard\.com|streamio\.com|rackcdn\.com)(?:/|$)`)

func isKnownPlayer(src string) bool { return playerAddress.MatchString(strings.ToLower(src)) }

// freePictures turns a paragraph of images alone into a block for each.
func (p *predictor) freePictures(root *html.Node) {
	for _, n := range elementsOf(root, "p") {
		var pictures []*html.Node
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case isPicture(c) || isButton(c):
				pictures = append(pictures, c)
			case c.Type != html.TextNode || strings.TrimSpace(c.Data) != "":
				pictures = nil
			default:
				continue
			}
			if pictures == nil {
				break
			}
		}
		if len(pictures) == 0 {
			continue
		}
		p.warn("image-block", "an image or button alone in a paragraph becomes a block of its own")
		for _, picture := range pictures {
			n.RemoveChild(picture)
			box := element("div", html.Attribute{Key: "class", Val: containerClass(alignmentOf(n))})
			box.AppendChild(picture)
			n.Parent.InsertBefore(box, n)
		}
		n.Parent.RemoveChild(n)
	}
}

func elementsOf(root *html.Node, tag string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if isElement(n, tag) {
			found = append(found, n)
		}
	}
	return found
}

// shiftHeadings moves the headings up until the highest is an h1.
func (p *predictor) shiftHeadings(root *html.Node) {
	var headings []*html.Node
	top, deepest := 6, 1
	for n := range root.Descendants() {
		if !isElementNode(n) || !isHeading(n) || n.Parent.Data == "summary" {
			continue
		}
		headings = append(headings, n)
		level := int(n.Data[1] - '0')
		top, deepest = min(top, level), max(deepest, level)
	}
	if len(headings) == 0 {
		return
	}
	shift := top - 1
	if p.placed {
		shift = 0
	}
	if shift > 0 {
		p.warn("heading-shift", "headings will move up %d level(s): the highest becomes h1", shift)
	}
	const lowest = 4 // stored bodies go down to h4; the documentation says h2
	if deepest-shift > lowest {
		p.warn("heading-depth", "headings below h%d become h%d", lowest+shift, lowest)
	}
	for _, n := range headings {
		n.Data = fmt.Sprintf("h%d", min(int(n.Data[1]-'0')-shift, lowest))
	}
}

// settle gives every element the attributes that the server keeps.
func (p *predictor) settle(root *html.Node) {
	for n := range root.Descendants() {
		if !isElementNode(n) {
			continue
		}
		switch n.Data {
		case "iframe":
			n.Attr = frameAttributes(n)
			continue
		case "th":
			n.Data = "td"
		case "div":
			if hasClass(n, classCallout) && n.FirstChild == nil {
				n.AppendChild(element("p"))
			}
		case "details":
			p.warn("unsure-collapsible", "whether the API takes a new collapsible section is not documented; look at the article after the push")
		}
		before := len(n.Attr)
		kept := n.Attr[:0]
		for _, a := range n.Attr {
			if keepsAttribute(n, a.Key) {
				kept = append(kept, a)
			} else if a.Key == "start" {
				p.warn("list-start", "Intercom starts every numbered list at 1")
			}
		}
		if n.Attr = kept; len(kept) < before {
			p.warn("dropped-attribute", "Intercom drops attributes of <%s> that it does not know", n.Data)
		}
	}
}

func keepsAttribute(n *html.Node, key string) bool {
	switch n.Data {
	case "a":
		return key == "href" || key == "class" && isButton(n)
	case "img":
		return key == "src" || key == "alt" || key == "width" || key == "height"
	case "td":
		return key == "style" || key == "colspan" || key == "rowspan"
	case "div":
		return key == "class" || key == "style" && hasClass(n, classCallout)
	case "p":
		return key == "class" && alignmentOf(n) != ""
	}
	return isHeading(n) && (key == "id" || key == "class" && alignmentOf(n) != "")
}

// frameAttributes gives the attributes with which the server stores a video.
func frameAttributes(n *html.Node) []html.Attribute {
	src, _ := attr(n, "src")
	attrs := []html.Attribute{{Key: "src", Val: src}, {Key: "frameborder", Val: "0"}, {Key: "webkitallowfullscreen"}, {Key: "mozallowfullscreen"}, {Key: "allowfullscreen"}}
	if allow, ok := attr(n, "allow"); ok {
		attrs = append(attrs, html.Attribute{Key: "allow", Val: allow})
	}
	return attrs
}
