package gather

import (
	"net/url"
	"path"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// Links knows the address of every file and the file of every address. Links
// between articles are relative paths in files, so that they work where the
// Markdown is read, and public addresses in Intercom.
type Links struct {
	content   string // the content folder, relative to the folder of hcsync.yaml
	imageBase string
	places    map[string]place  // by file or folder, relative to the content folder
	files     map[string]target // by public address
}

// target is a file and the locale that it speaks.
type target struct {
	path   string
	locale model.Locale
}

// place is what a path leads to.
type place struct {
	object *model.Object // local
	live   *model.Object // nil while it is to be created
	base   string        // address of its help center, without a slash at the end
	locale model.Locale  // of the file; empty for the default-locale file
}

// NewLinks indexes the files against the live objects that they belong to.
func NewLinks(contentDir, imageBase string, local, remote model.Snapshot, claims map[diff.Place]model.Key) *Links {
	l := &Links{content: contentDir, imageBase: imageBase, places: map[string]place{}, files: map[string]target{}}
	live := map[model.Key]*model.Object{}
	for i := range remote.Objects {
		live[remote.Objects[i].Key()] = &remote.Objects[i]
	}
	for i := range local.Objects {
		o := &local.Objects[i]
		key := o.Key()
		if o.ID == "" {
			key = claims[diff.Place{Kind: o.Kind, Path: o.Path}]
		}
		l.add(o, live[key], centerURL(remote, o.HelpCenter))
	}
	return l
}

func centerURL(s model.Snapshot, id string) string {
	for _, hc := range s.HelpCenters {
		if hc.ID == id || id == "" && hc.IsDefault || len(s.HelpCenters) == 1 {
			return strings.TrimSuffix(hc.URL, "/")
		}
	}
	return ""
}

func (l *Links) add(o, live *model.Object, base string) {
	l.places[o.Path] = place{object: o, live: live, base: base}
	for locale, c := range o.Contents {
		file := l.relative(c.File)
		p := place{object: o, live: live, base: base, locale: locale}
		if locale.Is(o.Default) {
			p.locale = ""
		}
		l.places[file] = p
		if live == nil {
			continue
		}
		if u := live.Contents[locale].URL; u != "" && o.Kind == model.Article {
			l.files[u] = target{file, locale}
		}
	}
}

// Created tells the address of an object that was created meanwhile.
func (l *Links) Created(o, live *model.Object) {
	l.add(o, live, l.places[o.Path].base)
}

func (l *Links) relative(file string) string {
	return strings.TrimPrefix(strings.TrimPrefix(file, l.content), "/")
}

// Verdict says what a destination in a file is.
type Verdict int

// The verdicts.
const (
	// Foreign is an address, a mail link, an anchor: nothing to resolve.
	Foreign Verdict = iota
	// Resolved is a path in the tree with a public address.
	Resolved
	// Pending is a path to an object that is still to be created.
	Pending
	// Dead is a path that leads nowhere.
	Dead
)

// Resolve gives the address for a link destination in a file of one locale. A
// link to `x.md` means x in the locale of the file that holds the link, as far
// as it is translated; a link to `x.fr.md` means the French text.
func (l *Links) Resolve(file string, locale model.Locale, dest string) (string, Verdict) {
	target, fragment, ok := l.target(file, dest)
	if !ok {
		return dest, Foreign
	}
	p, found := l.places[target]
	if !found {
		return dest, Dead
	}
	if p.live == nil {
		return dest, Pending
	}
	return p.address(locale) + fragment, Resolved
}

// target cleans a relative destination; false for anything that is not one.
func (l *Links) target(file, dest string) (clean, fragment string, ok bool) {
	u, err := url.Parse(dest)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || strings.HasPrefix(u.Path, "/") {
		return "", "", false
	}
	if u.Fragment != "" {
		fragment = "#" + u.EscapedFragment()
	}
	return path.Join(path.Dir(l.relative(file)), u.Path), fragment, true
}

// address is the public address in the wanted locale: the one that Intercom
// gives, or, for a draft that has none, the one that the id alone makes
// (intercom-api.md section 2.1).
func (p place) address(locale model.Locale) string {
	if p.locale != "" {
		locale = p.locale
	} else if _, ok := p.live.Contents[locale]; !ok {
		locale = p.live.Default
	}
	if u := p.live.Contents[locale].URL; u != "" && p.object.Kind == model.Article {
		return u
	}
	kind := "articles"
	if p.object.Kind == model.Collection {
		kind = "collections"
	}
	return p.base + "/" + string(locale) + "/" + kind + "/" + p.live.ID
}

// ToHTML resolves links and local images of one file for sending.
func (l *Links) ToHTML(file string, locale model.Locale) markup.Options {
	return markup.Options{
		Link:  func(dest string) string { href, _ := l.Resolve(file, locale, dest); return href },
		Image: func(src string) string { return l.Image(file, src) },
	}
}

// ToMarkdown turns addresses of this help center into relative paths, where
// that leads back to the very same address.
func (l *Links) ToMarkdown(file string, locale model.Locale) markup.Options {
	from := l.relative(file)
	return markup.Options{Link: func(href string) string {
		t, ok := l.files[href]
		if !ok || t.path == from {
			return href
		}
		dest := RelativePath(path.Dir(from), t.path)
		if back, v := l.Resolve(file, locale, dest); v != Resolved || back != href {
			return href
		}
		return dest
	}}
}

// RelativePath walks from a folder to a file, both relative to one root.
func RelativePath(dir, file string) string {
	from := strings.Split(dir, "/")
	to := strings.Split(file, "/")
	if dir == "." {
		from = nil
	}
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	s := strings.Repeat("../", len(from)) + strings.Join(to, "/")
	return (&url.URL{Path: s}).EscapedPath()
}

// Image gives the address of a local image: Intercom takes no uploads, so it
// fetches images from where the repository is published
// (intercom-api.md section 6.1).
func (l *Links) Image(file, src string) string {
	u, err := url.Parse(src)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || l.imageBase == "" {
		return src
	}
	return strings.TrimSuffix(l.imageBase, "/") + "/" + path.Join(path.Dir(file), u.EscapedPath())
}

// Render makes the HTML of one file's body as it would be sent, and says
// whether it waits for objects to be created.
func (l *Links) Render(file string, locale model.Locale, md string) diff.Rendered {
	pending := false
	o := l.ToHTML(file, locale)
	o.Link = func(dest string) string {
		href, v := l.Resolve(file, locale, dest)
		pending = pending || v == Pending
		return href
	}
	return diff.Rendered{HTML: markup.Render(md, o), Pending: pending}
}
