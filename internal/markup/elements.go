package markup

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The class names by which Intercom marks its blocks (intercom-api.md section
// 6.3).
const (
	classContainer = "intercom-container"
	classTable     = "intercom-interblocks-table-container"
	classVideo     = "intercom-h2b-video"
	classSection   = "collapsible-section-content"
	classCallout   = "intercom-interblocks-callout"
	classButton    = "intercom-h2b-button"
	classLink      = "intercom-content-link"
	classNoMargin  = "no-margin"
	classAlign     = "intercom-align-"
)

// A shape says how the inside of an element is to be read.
type shape int

const (
	shapeInline    shape = iota // text level
	shapeContainer              // holds blocks; bare text in it is a paragraph
	shapeLeaf                   // a block that holds inline content
	shapeBlock                  // a block whose inside we do not know
	shapeVoid                   // holds nothing
	shapeLiteral                // its text is kept byte for byte
)

func shapeOf(n *html.Node) shape {
	if n.Namespace != "" {
		return shapeLiteral
	}
	switch n.Data {
	case "body", "li", "td", "th", "blockquote", "details":
		return shapeContainer
	case "div":
		if hasClass(n, classCallout) || hasClass(n, classSection) {
			return shapeContainer
		}
		return shapeBlock
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "summary":
		return shapeLeaf
	case "hr", "br", "img", "input", "wbr", "area", "base", "col", "embed", "link", "meta", "param", "source", "track", "keygen", "frame", "basefont", "bgsound":
		return shapeVoid
	case "pre", "textarea", "script", "style", "iframe", "noembed", "noframes", "xmp", "plaintext", "title", "listing", "noscript", "template", "select", "math", "svg":
		return shapeLiteral
	case "ul", "ol", "table", "tbody", "thead", "tfoot", "tr", "caption", "colgroup",
		"section", "article", "aside", "header", "footer", "main", "nav", "figure", "figcaption",
		"dl", "dt", "dd", "form", "fieldset", "legend", "address", "center", "dir", "menu", "hgroup", "dialog", "search", "optgroup", "option":
		return shapeBlock
	}
	return shapeInline
}

func element(tag string, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: tag, DataAtom: atom.Lookup([]byte(tag)), Attr: attrs}
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

func hasClass(n *html.Node, class string) bool {
	list, _ := attr(n, "class")
	for list != "" {
		var word string
		word, list, _ = strings.Cut(list, " ")
		if word == class {
			return true
		}
	}
	return false
}

// isClass reports whether n is the element tag with this class and nothing else.
func isClass(n *html.Node, tag, class string) bool {
	return n.Data == tag && len(n.Attr) == 1 && n.Attr[0].Key == "class" && n.Attr[0].Val == class
}

func onlyChild(n *html.Node) *html.Node {
	if n.FirstChild == nil || n.FirstChild != n.LastChild {
		return nil
	}
	return n.FirstChild
}

func isElement(n *html.Node, tag string) bool {
	return n != nil && n.Type == html.ElementNode && n.Data == tag && n.Namespace == ""
}

func removeChildren(n *html.Node) {
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
}

// generatedID matches the heading ids that a server made: Intercom's own are h_
// and ten hexadecimal digits (section 6.2), those of an import from Zendesk h_ and
// a ULID. An id in a writer's words is meaning.
var generatedID = regexp.MustCompile(`^h_[0-9A-Za-z]+$`)

// normalizeElement renames n where HTML has two names for one thing and drops
// the attributes that the server adds by itself.
func normalizeElement(n *html.Node) {
	if n.Namespace != "" {
		return
	}
	switch n.Data {
	case "strong":
		n.Data, n.DataAtom = "b", atom.B
	case "em":
		n.Data, n.DataAtom = "i", atom.I
	}
	if len(n.Attr) == 0 {
		return
	}
	dropDuplicates(n)
	kept := n.Attr[:0]
	align := ""
	for _, a := range n.Attr {
		switch {
		case a.Namespace != "":
		case a.Key == "class":
			if a.Val = cleanClasses(a.Val); a.Val == "" {
				continue
			}
		case a.Key == "style":
			if n.Data == "img" {
				continue
			}
			if a.Val = cleanStyle(a.Val); a.Val == "" {
				continue
			}
		case a.Key == "id" && isHeading(n) && generatedID.MatchString(a.Val),
			n.Data == "a" && (a.Key == "rel" || a.Key == "target" && a.Val == "_blank"),
			n.Data == "table" && a.Key == "role" && a.Val == "presentation":
			continue
		case a.Key == "src" || a.Key == "href":
			a.Val = unsigned(a.Val)
		case a.Key == "align" && (n.Data == "p" || isHeading(n)) && (isAlignment(a.Val) || a.Val == "left"):
			align = a.Val
			continue
		}
		kept = append(kept, a)
	}
	n.Attr = kept
	if isAlignment(align) && alignmentOf(n) == "" {
		addClass(n, classAlign+align)
	}
}

// dropDuplicates keeps the first of the attributes with one name, as browsers do.
func dropDuplicates(n *html.Node) {
	if len(n.Attr) < 2 {
		return
	}
	seen := make(map[[2]string]bool, len(n.Attr))
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool {
		name := [2]string{a.Namespace, a.Key}
		again := seen[name]
		seen[name] = true
		return again
	})
}

func isHeading(n *html.Node) bool {
	return len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6'
}

// isAlignment names the alignments that differ from the default, left.
func isAlignment(s string) bool {
	return s == "center" || s == "right" || s == "justify"
}

// alignmentOf gives the word of n's alignment class, or "".
func alignmentOf(n *html.Node) string {
	list, _ := attr(n, "class")
	for list != "" {
		var word string
		word, list, _ = strings.Cut(list, " ")
		if align, ok := strings.CutPrefix(word, classAlign); ok && isAlignment(align) {
			return align
		}
	}
	return ""
}

func addClass(n *html.Node, class string) {
	for i, a := range n.Attr {
		if a.Key == "class" {
			n.Attr[i].Val = cleanClasses(a.Val + " " + class)
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: "class", Val: class})
}

// isPicture reports an image, alone or in a link: what Intercom keeps in a
// container of its own.
func isPicture(n *html.Node) bool {
	if isElement(n, "a") && !hasClass(n, classButton) {
		n = onlyChild(n)
	}
	return isElement(n, "img")
}

func isButton(n *html.Node) bool {
	return isElement(n, "a") && hasClass(n, classButton)
}
