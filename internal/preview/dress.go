package preview

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// heading is an entry of the table of contents.
type heading struct {
	ID, Text string
	Level    int // 1 for the uppermost of the article
}

// dress turns the HTML that Intercom is sent into HTML for a page: headings get
// ids and levels below the page's own, videos wait for a click, styles become
// classes. The result is not safe yet; the policy sees to that.
func dress(sent string) body { return dresser{}.dress(sent) }

// dressMarked dresses a block of a comparison, marks and all, out of a text in
// which the uppermost heading has this level.
func dressMarked(block string, top int) body { return dresser{marked: true, top: top}.dress(block) }

func (d dresser) dress(sent string) body {
	nodes, err := html.ParseFragment(strings.NewReader(sent), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return body{HTML: "<p>This text is nested too deeply to be shown, and Intercom will refuse it.</p>"}
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	d.styles, d.ids, d.top = map[string]string{}, map[string]int{}, cmp.Or(d.top, topLevel(root))
	for _, n := range slices.Collect(root.Descendants()) {
		if n.Type == html.ElementNode {
			d.element(n)
		}
	}
	var out strings.Builder
	for n := range root.ChildNodes() {
		if err := html.Render(&out, n); err != nil {
			return body{HTML: "<p>This text cannot be shown.</p>"}
		}
	}
	return body{HTML: template.HTML(out.String()), Style: d.sheet(), Headings: d.headings}
}

type dresser struct {
	marked   bool              // package htmldiff has put marks into it
	top      int               // level of the uppermost heading
	styles   map[string]string // declarations by class
	ids      map[string]int
	headings []heading
}

func (d *dresser) element(n *html.Node) {
	d.ownClasses(n)
	d.lift(n)
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		d.heading(n)
	case atom.A:
		link(n)
	case atom.Img:
		picture(n)
	case atom.Iframe:
		video(n)
	case atom.Pre:
		scrollable(n, "Code")
	case atom.Div:
		if hasClass(n, "intercom-interblocks-table-container") {
			scrollable(n, "Table")
		}
	}
}

// ownClasses leaves the classes that Intercom gives. One that it does not know
// must not cost an element the others.
func (d *dresser) ownClasses(n *html.Node) {
	words := strings.Fields(attr(n, "class"))
	removeAttr(n, "class")
	for _, w := range words {
		if bodyClass.MatchString(w) && !dressClass(w) || d.marked && (w == "was" || w == "now") {
			addClass(n, w)
		}
	}
}

// dressClass knows the classes that only dress gives: a body that has one wants
// to look like something else.
func dressClass(w string) bool {
	return !strings.HasPrefix(w, "intercom-") && w != "no-margin" && w != "collapsible-section-content"
}

// topLevel gives the level of the uppermost heading that structures the text.
func topLevel(root *html.Node) int {
	top := 6
	for n := range root.Descendants() {
		if l := level(n); l > 0 {
			top = min(top, l)
		}
	}
	return top
}

// uppermost gives the level of the uppermost heading of a body.
func uppermost(body string) int {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return 0
	}
	return topLevel(doc)
}

// level gives the level of a heading, 0 for anything else and for the title of
// a collapsible section.
func level(n *html.Node) int {
	if n.Type != html.ElementNode || len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
		return 0
	}
	for up := n.Parent; up != nil; up = up.Parent {
		if up.DataAtom == atom.Summary {
			return 0
		}
	}
	return int(n.Data[1] - '0')
}

// heading moves a heading below the page's own, which is the article's title,
// and shows it in the size to which Intercom will move it (intercom-api.md
// section 6.2).
func (d *dresser) heading(n *html.Node) {
	l := level(n)
	if l == 0 {
		return
	}
	shown := min(l-d.top+1, 4)
	rename(n, fmt.Sprintf("h%d", shown+1))
	addClass(n, fmt.Sprintf("level-%d", shown))
	title := text(n)
	if title == "" {
		return
	}
	id := attr(n, "id")
	if !strings.HasPrefix(id, "h_") {
		id = "section-" + slug(title)
	}
	d.ids[id]++
	if again := d.ids[id]; again > 1 {
		id = fmt.Sprintf("section-%s-%d", slug(title), again)
	}
	setAttr(n, "id", id)
	d.headings = append(d.headings, heading{id, title, shown})
}

func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
	})
	if len(words) == 0 {
		return "x"
	}
	return strings.Join(words, "-")
}

// link opens what is not the preview in another tab, and shows a link that
// leads nowhere as one.
func link(n *html.Node) {
	href := attr(n, "href")
	if dest, dead := strings.CutPrefix(href, deadMark); dead {
		removeAttr(n, "href")
		addClass(n, "dead-link")
		hint := &html.Node{Type: html.ElementNode, Data: "span", DataAtom: atom.Span}
		addClass(hint, "for-ears")
		hint.AppendChild(&html.Node{Type: html.TextNode, Data: " (leads nowhere: " + dest + ")"})
		n.AppendChild(hint)
		return
	}
	removeAttr(n, "target")
	removeAttr(n, "rel")
	if u, err := url.Parse(href); err == nil && u.Host != "" {
		setAttr(n, "target", "_blank")
		setAttr(n, "rel", "noopener noreferrer")
	}
}

func picture(n *html.Node) {
	src := attr(n, "src")
	if missing, is := strings.CutPrefix(src, missingMark); is {
		rename(n, "span")
		n.Attr = nil
		addClass(n, "missing-image")
		n.AppendChild(&html.Node{Type: html.TextNode, Data: "Missing image: " + missing})
		return
	}
	if attr(n, "alt") == "" {
		setAttr(n, "alt", "")
	}
	setAttr(n, "loading", "lazy")
}

// video puts a link in the place of a player: nothing is fetched before the
// reader wants it. The page's script puts the player back on a click.
func video(n *html.Node) {
	src := attr(n, "src")
	u, err := url.Parse(src)
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.Attr = nil
	if err != nil || !playerAddress.MatchString(src) {
		rename(n, "span")
		addClass(n, "missing-image")
		n.AppendChild(&html.Node{Type: html.TextNode, Data: "Intercom takes no player from here: " + src})
		return
	}
	rename(n, "a")
	addClass(n, "video")
	setAttr(n, "href", src)
	setAttr(n, "data-embed", src)
	setAttr(n, "target", "_blank")
	setAttr(n, "rel", "noopener noreferrer")
	host := &html.Node{Type: html.ElementNode, Data: "span", DataAtom: atom.Span}
	addClass(host, "video-host")
	host.AppendChild(&html.Node{Type: html.TextNode, Data: strings.TrimPrefix(strings.TrimPrefix(u.Host, "www."), "player.")})
	n.AppendChild(&html.Node{Type: html.TextNode, Data: "Play video"})
	n.AppendChild(host)
}

// scrollable lets the keyboard reach what may be wider than the page.
func scrollable(n *html.Node, name string) {
	setAttr(n, "tabindex", "0")
	setAttr(n, "role", "region")
	setAttr(n, "aria-label", name)
}

// calloutColors are the five backgrounds of the editor (intercom-api.md section
// 6.3). They have classes of their own, since each looks different in the dark.
func calloutColors() map[string]string {
	return map[string]string{"#e3e7fa80": "callout-blue", "#d7efdc80": "callout-green", "#e8e8e880": "callout-gray", "#feedaf80": "callout-yellow", "#fed9db80": "callout-red"}
}

var (
	color  = regexp.MustCompile(`^#[0-9a-f]{3,8}$`)
	pixels = regexp.MustCompile(`^[0-9]{1,4}(?:\.[0-9]{1,4})?(?:px|%)$`)
)

// lift takes an element's style away and gives it a class for those of its
// declarations that a help center has: colours of callouts and cells, widths.
func (d *dresser) lift(n *html.Node) {
	style := attr(n, "style")
	removeAttr(n, "style")
	if style == "" {
		return
	}
	var keep []string
	for declaration := range strings.SplitSeq(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(declaration, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case name == "background-color" && hasClass(n, "intercom-interblocks-callout") && calloutColors()[value] != "":
			addClass(n, calloutColors()[value])
			return
		case name == "background-color" && color.MatchString(value):
			keep = append(keep, "--fill:"+value)
		case name == "border-color" && color.MatchString(value):
			keep = append(keep, "--edge:"+value)
		case name == "width" && pixels.MatchString(value):
			keep = append(keep, "width:"+value)
		case name == "text-align" && slices.Contains([]string{"left", "right", "center", "justify"}, value):
			addClass(n, "intercom-align-"+value)
		}
	}
	if len(keep) == 0 {
		return
	}
	slices.Sort(keep)
	declarations := strings.Join(keep, ";")
	sum := sha256.Sum256([]byte(declarations))
	class := "lifted-" + hex.EncodeToString(sum[:4])
	d.styles[class] = declarations
	addClass(n, class)
}

// sheet writes the style sheet of what was lifted.
func (d *dresser) sheet() template.CSS {
	var lines []string
	for class, declarations := range d.styles {
		lines = append(lines, "."+class+"{"+declarations+"}")
	}
	slices.Sort(lines)
	return template.CSS(strings.Join(lines, "\n"))
}
