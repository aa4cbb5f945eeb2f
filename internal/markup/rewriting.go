package markup

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// A rewriting is what the server did to a body that it was sent: it shifted the
// headings and took the images to its own hosts (intercom-api.md section 6.2).
// It is read off a pair of bodies, what was sent and what came back.
type rewriting struct {
	shift  int               // added to the level of each heading
	images map[string]string // from the source sent to the one that came back
}

func rewritingOf(sent, stored string) rewriting {
	var r rewriting
	a, okA := parse(sent)
	b, okB := parse(stored)
	if !okA || !okB {
		return r
	}
	before, after := collect(a), collect(b)
	if len(before.headings) == len(after.headings) && len(before.headings) > 0 {
		r.shift = int(after.headings[0].Data[1]) - int(before.headings[0].Data[1])
		for i := range before.headings {
			if int(after.headings[i].Data[1])-int(before.headings[i].Data[1]) != r.shift {
				r.shift = 0
				break
			}
		}
	}
	if len(before.images) == len(after.images) {
		r.images = map[string]string{}
		for i, image := range before.images {
			from, _ := attr(image, "src")
			to, _ := attr(after.images[i], "src")
			if from != to {
				r.images[from] = to
			}
		}
	}
	return r
}

func (r rewriting) inverse() rewriting {
	back := rewriting{shift: -r.shift, images: map[string]string{}}
	for from, to := range r.images {
		back.images[to] = from
	}
	return back
}

func (r rewriting) isNothing() bool { return r.shift == 0 && len(r.images) == 0 }

// apply does to a body what the server did.
func (r rewriting) apply(body string) string {
	if r.isNothing() {
		return body
	}
	root, ok := parse(body)
	if !ok {
		return body
	}
	found := collect(root)
	for _, h := range found.headings {
		level := min(max(int(h.Data[1]-'0')+r.shift, 1), 6)
		h.Data = "h" + string(rune('0'+level))
	}
	for _, image := range found.images {
		for i, a := range image.Attr {
			if to, ok := r.images[a.Val]; ok && a.Key == "src" {
				image.Attr[i].Val = to
			}
		}
	}
	var buf bytes.Buffer
	if !storedForm.writeChildren(&buf, root) {
		return body
	}
	return buf.String()
}

type collection struct{ headings, images []*html.Node }

func collect(root *html.Node) collection {
	var c collection
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode || n.Namespace != "":
		case isHeading(n):
			c.headings = append(c.headings, n)
		case n.Data == "img":
			c.images = append(c.images, n)
		}
	}
	return c
}

var headingTag = regexp.MustCompile(`<h[1-6][^>]*>`)

var headingID = regexp.MustCompile(` id="[^"]*"`)

// keepIDs gives the headings of a new block the ids of the headings that they
// replace: links to them go on working.
func keepIDs(body, old string) string {
	ids := headingTag.FindAllString(old, -1)
	if len(ids) == 0 || len(ids) != len(headingTag.FindAllString(body, -1)) {
		return body
	}
	i := 0
	return headingTag.ReplaceAllStringFunc(body, func(tag string) string {
		id := headingID.FindString(ids[i])
		i++
		if strings.Contains(tag, " id=") {
			return tag
		}
		return tag[:3] + id + tag[3:]
	})
}
