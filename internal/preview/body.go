package preview

import (
	"html/template"
	"net/url"
	"path"
	"strings"

	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// body is an article's text on a page.
type body struct {
	HTML     template.HTML
	Style    template.CSS // what the text's own styles became
	Headings []heading
}

// Marks at the start of an address that leads nowhere. Neither is one that a
// browser would fetch or follow, so a text that spells them out gains nothing.
const (
	deadMark    = "#dead:"
	missingMark = "#missing:"
)

// body shows a text as readers will see it: the HTML that a push sends, with
// links to the preview's own pages and pictures out of the tree.
func (v *view) body(c model.Content, lang model.Locale) body {
	sent := markup.Render(c.Fields[model.Body], markup.Options{
		Link:  func(dest string) string { return v.link(c.File, lang, dest) },
		Image: func(src string) string { return v.image(c.File, src) },
	})
	b := dress(sent)
	b.HTML = template.HTML(v.server.policy.Sanitize(string(b.HTML)))
	return b
}

// link leads to the page of an article or collection, whether the text names
// its file or its public address.
func (v *view) link(file string, lang model.Locale, dest string) string {
	if o, in, suffix, ok := v.site.links.Find(file, lang, dest); ok {
		return objectHref(in, o) + suffix
	}
	if _, verdict := v.site.links.Resolve(file, lang, dest); verdict == gather.Dead {
		return deadMark + dest
	}
	if href, ok := v.site.published(dest); ok {
		return href
	}
	return dest
}

// published finds the page for a public address of one of the help centers:
// https://help.acme.com/fr/articles/123-title.
func (s *site) published(address string) (href string, ok bool) {
	for _, f := range s.centers {
		base := strings.TrimSuffix(f.center.URL, "/") + "/"
		rest, ok := strings.CutPrefix(address, base)
		if base == "/" || !ok {
			continue
		}
		if i := strings.IndexAny(rest, "?#"); i >= 0 {
			rest = rest[:i]
		}
		parts := strings.Split(rest, "/")
		locale, known := s.spelled(parts[0])
		if len(parts) != 3 || !known {
			return "", false
		}
		id, _, _ := strings.Cut(parts[2], "-")
		for i := range s.objects {
			if o := &s.objects[i]; o.ID == id && id != "" && parts[1] == string(o.Kind)+"s" {
				return objectHref(locale, o), true
			}
		}
	}
	return "", false
}

// image gives the address of a picture in the tree, or marks one that is not
// there.
func (v *view) image(file, src string) string {
	u, err := url.Parse(src)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" {
		return src
	}
	p := path.Join(path.Dir(file), u.Path)
	if path.IsAbs(u.Path) || !v.server.hasPicture(p) {
		return missingMark + src
	}
	return "/files/" + escape(p)
}

// escape makes a path of the tree part of an address.
func escape(p string) string { return (&url.URL{Path: p}).EscapedPath() }

func objectHref(l model.Locale, o *model.Object) string {
	if o.Kind == model.Collection {
		return folderHref(l, o.Path)
	}
	return "/" + escape(string(l)+"/"+stem(o.Path))
}

func folderHref(l model.Locale, p string) string { return "/" + escape(string(l)+"/"+p+"/") }
