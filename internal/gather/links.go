package gather

import (
	"net/url"
	"path"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// Links knows the address of every file and the file of every address. Links
// between articles are relative paths in files, so that they work where the
// Markdown is read, and public addresses in Intercom. It is safe for use by
// several goroutines.
type Links struct {
	content   string // the content folder, relative to the folder of hcsync.yaml
	imageBase string

	mu     sync.RWMutex
	places map[string]place  // by folded path of a file or folder, relative to the content folder
	files  map[string]string // the file or folder of a public address

	// twins holds the places of objects by the id that the files name, homes the
	// addresses of their help centers; both are empty in the workspace that the
	// files mirror.
	twins map[model.Key]string
	homes []string
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
	n := 0
	for i := range local.Objects {
		n += len(local.Objects[i].Contents)
	}
	l := &Links{content: contentDir, imageBase: imageBase, places: make(map[string]place, n), files: make(map[string]string, n), twins: map[model.Key]string{}}
	live := make(map[model.Key]*model.Object, len(remote.Objects))
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
		if o.Primary != "" {
			l.twins[model.Key{Kind: o.Kind, ID: o.Primary}] = fold(o.Path)
		}
	}
	for _, hc := range local.HelpCenters {
		if home := strings.TrimSuffix(hc.URL, "/"); home != "" && len(l.twins) > 0 {
			l.homes = append(l.homes, home+"/")
		}
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

// fold gives the spelling by which paths are compared.
func fold(p string) string {
	for i := range len(p) {
		if p[i] >= utf8.RuneSelf {
			return strings.ToLower(norm.NFC.String(p))
		}
	}
	return strings.ToLower(p)
}

func (l *Links) add(o, live *model.Object, base string) {
	main := place{object: o, live: live, base: base}
	for locale, c := range o.Contents {
		p := main
		if !locale.Is(o.Default) {
			p.locale = locale
		}
		l.places[fold(l.relative(c.File))] = p
	}
	l.places[fold(o.Path)] = main
	if live != nil {
		l.index(main)
	}
}

// index notes where addresses lead: to the file in the address's language, or
// else to the one that stands for all languages. A collection has only its
// folder.
func (l *Links) index(p place) {
	for locale := range p.live.Contents {
		l.files[p.address(locale)] = p.object.Path
	}
	for locale, c := range p.object.Contents {
		file := p.object.Path
		if p.object.Kind == model.Article {
			file = l.relative(c.File)
		}
		l.files[p.address(locale)] = file
	}
}

// Created tells the address of an object that was created meanwhile.
func (l *Links) Created(o, live *model.Object) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(o, live, l.places[fold(o.Path)].base)
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
// as it is translated; a link to `x.fr.md` means the French text. What follows
// a ? or # is kept. In a second workspace an address of the first one leads to
// the article's own address there.
func (l *Links) Resolve(file string, locale model.Locale, dest string) (string, Verdict) {
	clean, suffix, ok := l.target(file, dest)
	if !ok {
		if clean, locale, suffix, ok = l.twin(dest); !ok {
			return dest, Foreign
		}
	}
	l.mu.RLock()
	p, found := l.places[fold(clean)]
	l.mu.RUnlock()
	switch {
	case !found:
		return dest, Dead
	case p.live == nil:
		return dest, Pending
	}
	return p.address(locale) + suffix, Resolved
}

// Find gives the object that a link destination in a file leads to, the locale
// that the link asks for, and what follows a ? or #. It is for showing a text
// where nothing has an address; ok is false where Resolve says Foreign or Dead.
func (l *Links) Find(file string, locale model.Locale, dest string) (o *model.Object, in model.Locale, suffix string, ok bool) {
	clean, suffix, ok := l.target(file, dest)
	if !ok {
		return nil, "", "", false
	}
	l.mu.RLock()
	p, ok := l.places[fold(clean)]
	l.mu.RUnlock()
	if p.locale != "" {
		locale = p.locale
	}
	return p.object, locale, suffix, ok
}

// target cleans a relative destination; false for anything that is not one.
func (l *Links) target(file, dest string) (clean, suffix string, ok bool) {
	p, ok := relativePath(dest)
	if !ok {
		return "", "", false
	}
	if i := strings.IndexAny(dest, "?#"); i >= 0 {
		suffix = dest[i:]
	}
	return path.Join(path.Dir(l.relative(file)), p), suffix, true
}

// twin finds the object behind an address in the workspace that the files
// mirror, and the locale that the address names (intercom-api.md section 2.1).
func (l *Links) twin(dest string) (place string, locale model.Locale, suffix string, ok bool) {
	address := dest
	if i := strings.IndexAny(dest, "?#"); i >= 0 {
		address, suffix = dest[:i], dest[i:]
	}
	for _, home := range l.homes {
		rest, inside := strings.CutPrefix(address, home)
		parts := strings.Split(rest, "/")
		if !inside || len(parts) != 3 {
			continue
		}
		kind := map[string]model.Kind{"articles": model.Article, "collections": model.Collection}[parts[1]]
		id, _, _ := strings.Cut(parts[2], "-")
		place, ok = l.twins[model.Key{Kind: kind, ID: id}]
		return place, model.Locale(parts[0]), suffix, ok
	}
	return "", "", "", false
}

// relativePath gives the path of a destination that is one, percent signs
// resolved; false for an address, an anchor, or a path from the root.
func relativePath(dest string) (string, bool) {
	u, err := url.Parse(dest)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || path.IsAbs(u.Path) {
		return "", false
	}
	return u.Path, true
}

// address is the public address in the wanted locale: the one that Intercom
// gives, or, for a draft that has none, the one that the id alone makes
// (intercom-api.md section 2.1). A translation that only the files have yet is
// on its way to Intercom.
func (p place) address(locale model.Locale) string {
	if p.locale != "" {
		locale = p.locale
	}
	content, translated := model.In(p.live.Contents, locale)
	if _, ours := model.In(p.object.Contents, locale); !translated && !ours {
		locale = p.live.Default
		content, _ = model.In(p.live.Contents, locale)
	}
	if content.URL != "" && p.object.Kind == model.Article {
		return content.URL
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
	dir := path.Dir(l.relative(file))
	return markup.Options{Link: func(href string) string {
		address, suffix := href, ""
		if i := strings.IndexAny(href, "?#"); i >= 0 {
			address, suffix = href[:i], href[i:]
		}
		l.mu.RLock()
		to, ok := l.files[address]
		l.mu.RUnlock()
		if !ok {
			return href
		}
		dest := RelativePath(dir, to) + suffix
		if back, v := l.Resolve(file, locale, dest); v != Resolved || back != href {
			return href
		}
		return dest
	}}
}

// RelativePath walks from a folder to a file or folder, both relative to one
// root. The result is a link destination: only what has a meaning in Markdown
// or in an address is escaped, so that names in any script stay readable.
func RelativePath(dir, to string) string { return escapePath(model.Relative(dir, to)) }

func escapePath(p string) string {
	var b strings.Builder
	for _, r := range p {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) || strings.ContainsRune("/-._~!$'+,=@", r) {
			b.WriteRune(r)
		} else {
			b.WriteString(url.PathEscape(string(r)))
		}
	}
	return strings.NewReplacer(":", "%3A", "&", "%26", ";", "%3B").Replace(b.String())
}

// Image gives the address of a local image: Intercom takes no uploads, so it
// fetches images from where the repository is published
// (intercom-api.md section 6.1). A path that leaves the repository has none.
func (l *Links) Image(file, src string) string {
	p, ok := relativePath(src)
	full := path.Join(path.Dir(file), p)
	if !ok || l.imageBase == "" || full == ".." || strings.HasPrefix(full, "../") {
		return src
	}
	query := ""
	if i := strings.IndexByte(src, '?'); i >= 0 {
		query, _, _ = strings.Cut(src[i:], "#")
	}
	return strings.TrimSuffix(l.imageBase, "/") + "/" + (&url.URL{Path: full}).EscapedPath() + query
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
