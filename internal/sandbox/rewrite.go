package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// rewriter is what the server does to a body that is written through the API
// (intercom-api.md 6.1 to 6.3): refuse some of it, drop or unwrap what it does
// not know, move headings up, wrap bare text, decorate blocks in its own way,
// and take images over to its own host.
type rewriter struct {
	sw     Switches
	rehost func(src string) (string, error)
	newID  func() string // of a heading
	// blankLines makes a blank paragraph of whitespace between block tags.
	blankLines bool
}

// rewrite gives the body as it will be stored, or the reason why it is refused.
//
// A body in the stored form already, as one read from the API is, stays byte
// for byte but for the signatures of its images. So does the layout whitespace
// that older stored bodies have.
func (w *rewriter) rewrite(body string) (string, error) {
	source, err := parseBody(body)
	if err != nil {
		return "", err
	}
	stripSignatures(source)
	if err := w.refuse(source); err != nil {
		return "", err
	}
	if bare := withoutSignatures(body); w.isStored(source) && spelled(bare) == bare {
		return bare, nil
	}
	w.blankLines = true
	stored := w.decorated(source)
	if w.sw.Spacers == "on" {
		space(stored)
	}
	w.nameHeadings(stored)
	if err := w.rehostImages(stored); err != nil {
		return "", err
	}
	return serialise(stored), nil
}

// isStored says whether a body is in the stored form, layout aside.
func (w *rewriter) isStored(source *html.Node) bool {
	stored := w.decorated(source)
	return len(nameless(stored)) == 0 && compact(stored) == compact(source)
}

// decorated is the stored form but for the ids of headings and the addresses of
// images.
func (w *rewriter) decorated(source *html.Node) *html.Node {
	stored := &html.Node{Type: html.DocumentNode}
	for _, n := range w.blocks(children(source), "") {
		stored.AppendChild(n)
	}
	w.shiftHeadings(stored)
	return stored
}

// refuse reports what the server answers with a 400.
func (w *rewriter) refuse(root *html.Node) error {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if err := w.refuseElement(n); err != nil {
			return err
		}
	}
	return nil
}

func (w *rewriter) refuseElement(n *html.Node) error {
	switch n.Data {
	case "dl":
		return fmt.Errorf("definition lists (dl) are not supported")
	case "ul", "ol":
		return w.refuseList(n)
	case "table":
		switch {
		case within(n, "table"):
			return fmt.Errorf("a table cannot be inside a table")
		case within(n, "ul", "ol"):
			return fmt.Errorf("a table cannot be inside a list")
		case !contains(n, "td", "th"):
			return fmt.Errorf("a table needs a row with a cell")
		}
	case "iframe":
		if !isVideo(attr(n, "src")) {
			return fmt.Errorf("an iframe can only show YouTube, Wistia, Vimeo, Loom, Vidyard or StreamIO, not %q", attr(n, "src"))
		}
	case "img":
		return w.refuseImage(n)
	}
	return nil
}

func (w *rewriter) refuseList(n *html.Node) error {
	if w.sw.NestedLists == "reject" && within(n, "ul", "ol") {
		return fmt.Errorf("a list cannot be inside a list")
	}
	for item := range n.ChildNodes() {
		if isElement(item, "li") && holdsSomething(item) {
			return nil
		}
	}
	return fmt.Errorf("a list needs an item that is not empty")
}

func holdsSomething(n *html.Node) bool {
	for d := range n.Descendants() {
		if isText(d) && !isSpace(d) || isElement(d, "img", "iframe", "hr") {
			return true
		}
	}
	return false
}

func within(n *html.Node, names ...string) bool {
	for up := range n.Ancestors() {
		if isElement(up, names...) {
			return true
		}
	}
	return false
}

func contains(n *html.Node, names ...string) bool {
	for d := range n.Descendants() {
		if isElement(d, names...) {
			return true
		}
	}
	return false
}

// shiftHeadings moves all headings up until the highest is h1, so far as
// reports agree; how deep they may then be is what the switch is about. By
// default a body with a heading that has an id of the server's own making is
// taken to be where the server put it, and stays: real help centers are full of
// bodies that begin with h3.
func (w *rewriter) shiftHeadings(root *html.Node) {
	var all []*html.Node
	top, placed := 6, false
	for n := range root.Descendants() {
		level := headingLevel(n)
		if level == 0 || isElement(n.Parent, "summary") {
			continue
		}
		all = append(all, n)
		top, placed = min(top, level), placed || isHeadingID(attr(n, "id"))
	}
	for _, n := range all {
		n.Data = fmt.Sprintf("h%d", w.level(headingLevel(n), top, placed))
	}
}

func (w *rewriter) level(level, top int, placed bool) int {
	switch w.sw.HeadingMode {
	case "keep":
		return min(level, 4)
	case "h2":
		return min(level, 2)
	case "relative2":
		return min(level-top+1, 2)
	}
	if placed {
		return min(level, 4)
	}
	return min(level-top+1, 4)
}

// isHeadingID says whether an id is of the server's making: h_ and ten
// hexadecimal digits.
func isHeadingID(id string) bool {
	digits, ok := strings.CutPrefix(id, "h_")
	return ok && len(digits) == 10 && strings.Trim(digits, "0123456789abcdef") == ""
}

// nameHeadings gives each heading that came without an id one; ids that were
// sent are kept.
func (w *rewriter) nameHeadings(root *html.Node) {
	for _, n := range nameless(root) {
		n.Attr = append([]html.Attribute{{Key: "id", Val: w.newID()}}, n.Attr...)
	}
}

// nameless lists the headings without an id; the title of a collapsible never
// has one.
func nameless(root *html.Node) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if headingLevel(n) > 0 && attr(n, "id") == "" && !isElement(n.Parent, "summary") {
			found = append(found, n)
		}
	}
	return found
}

func (w *rewriter) rehostImages(root *html.Node) error {
	for n := range root.Descendants() {
		if !isElement(n, "img") {
			continue
		}
		src, err := w.rehost(attr(n, "src"))
		if err != nil {
			return err
		}
		setAttr(n, "src", src)
	}
	return nil
}

// space puts a blank paragraph before and after each heading and list at the
// top level, as one report has it.
func space(root *html.Node) {
	spaced := func(n *html.Node) bool { return headingLevel(n) > 0 || isElement(n, "ul", "ol") }
	for _, n := range children(root) {
		if !spaced(n) {
			continue
		}
		if !isBlankParagraph(n.PrevSibling) {
			root.InsertBefore(paragraph("", nil), n)
		}
		root.InsertBefore(paragraph("", nil), n.NextSibling)
	}
}

// isInline lists the elements that are part of a line of text. What the server
// does not know among them is unwrapped.
func isInline(n *html.Node) bool {
	return n.Type == html.ElementNode && slices.Contains(strings.Fields(
		"a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark nobr q s samp small span strike strong sub sup time tt u var wbr"), n.Data)
}

// isDropped lists the elements that go with all that is in them.
func isDropped(n *html.Node) bool {
	return n.Type == html.CommentNode || n.Type == html.ElementNode && slices.Contains(strings.Fields(
		"audio base button canvas embed form frame frameset head input link map math meta noembed noframes noscript object option param script select source style svg template textarea title track video"), n.Data)
}
