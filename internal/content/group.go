package content

import (
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// group is the files of one object: `install.md`, `install.fr.md`.
type group struct {
	stem   string       // as the first file spells it
	locale model.Locale // of main
	main   *file        // nil where only translations are there
	rest   []part
}

// part is one file of a group. The locale is empty where the help center does
// not have the one in the name; such a file is no part of the object.
type part struct {
	*file
	locale model.Locale
}

// groups sorts the files of a folder by object.
func (r *reader) groups(f *folder, hc model.HelpCenter) []*group {
	var list []*group
	byStem := map[string]*group{}
	for _, src := range r.candidates(f) {
		stem, suffix := r.splitName(src.path, hc)
		g := byStem[fold(stem)]
		if g == nil {
			g = &group{stem: stem}
			byStem[fold(stem)] = g
			list = append(list, g)
		}
		if suffix == "" {
			g.main = src
			continue
		}
		g.rest = append(g.rest, part{src, model.Locale(suffix)})
	}
	for _, g := range list {
		own := hc
		if fold(f.path) == Unlisted {
			own.Default = r.ownDefault(g, hc)
		}
		g.locale = own.Default
		r.resolve(g, own)
	}
	return list
}

// candidates lists the files of a folder that belong to objects, and notes the
// others.
func (r *reader) candidates(f *folder) []*file {
	var list []*file
	for _, p := range f.files {
		src, base := r.files[p], fold(path.Base(p))
		switch {
		case src == nil, base == HelpCenterFile:
		case strings.HasPrefix(base, "_") && !isCollectionFile(base):
			r.note(p, 0, "is ignored: names that begin with _ are hcsync's own")
		case src.doc != nil && !src.doc.Has() && !isCollectionFile(base):
			r.note(p, 0, "is ignored, since it has no front matter: put a title between two lines `---` above it to make it an article")
		default:
			list = append(list, src)
		}
	}
	return list
}

func isCollectionFile(base string) bool {
	return base == CollectionFile || strings.HasPrefix(base, "_collection.")
}

// articles lists the files of a folder that are articles or their translations.
func (r *reader) articles(f *folder) []string {
	var list []string
	for _, src := range r.candidates(f) {
		if r.isArticle(src.path) {
			list = append(list, src.path)
		}
	}
	return list
}

func (r *reader) isArticle(p string) bool {
	f := r.files[p]
	return f != nil && !strings.HasPrefix(path.Base(p), "_") && (f.doc == nil || f.doc.Has())
}

// splitName takes a file name apart. A dot that no locale follows is a mistake;
// such a file is taken for an article, so that its id counts as used.
func (r *reader) splitName(p string, hc model.HelpCenter) (stem, suffix string) {
	stem, suffix = splitName(path.Base(p))
	if suffix == "" {
		return stem, ""
	}
	if _, ok := spelling(suffix); ok {
		return stem, suffix
	}
	whole := stem + "." + suffix
	better := strings.ReplaceAll(whole, ".", "-")
	if l, ok := spelling(strings.ReplaceAll(suffix, "_", "-")); ok {
		l, _ = hc.Has(l)
		better = stem + "." + string(l)
	}
	r.problem(p, 0, "has a dot in its name, which only a locale may follow: rename it to %s.md", better)
	return whole, ""
}

// resolve finds the locale of each translation.
func (r *reader) resolve(g *group, hc model.HelpCenter) {
	name := g.stem + ".md"
	var kept []part
	for _, p := range g.rest {
		l, _ := spelling(string(p.locale))
		l, ok := hc.Has(l)
		switch {
		case !ok && p.pulled():
			r.note(p.path, 0, "the help center has no locale %s any more: nobody sees this text", l)
		case !ok:
			r.problem(p.path, 0, "%s", unknownLocale(string(p.locale), hc))
			r.problems[len(r.problems)-1].Pulled = true
			continue
		case l.Is(hc.Default) && g.main == nil:
			r.problem(p.path, 0, "is in the default locale %s: rename it to %s", l, name)
			g.main = p.file
			continue
		case l.Is(hc.Default):
			r.problem(p.path, 0, "is in the default locale %s, whose text is %s: remove one of the two", l, name)
			continue
		case slices.ContainsFunc(kept, func(k part) bool { return k.locale.Is(l) }):
			continue // told as two names that other systems cannot hold
		}
		kept = append(kept, part{p.file, l})
	}
	g.rest = kept
}

func unknownLocale(code string, hc model.HelpCenter) string {
	of := "the help center"
	if hc.Path != "" {
		of += " " + path.Base(hc.Path)
	}
	text := of + " has no locale " + code + ", only " + listed(hc.Locales)
	var codes []string
	for _, l := range hc.Locales {
		codes = append(codes, string(l))
	}
	if near := frontmatter.Nearest(strings.ReplaceAll(code, "_", "-"), codes); near != "" && !strings.EqualFold(near, string(hc.Default)) {
		return text + ": did you mean " + near + "?"
	}
	return text + ": rename the file, or turn the locale on in Intercom and run `hcsync pull`"
}

// parts lists the files of an object with their locales, the default first.
func (g *group) parts() []part {
	if g.main == nil {
		return g.rest
	}
	return append([]part{{g.main, g.locale}}, g.rest...)
}

// path gives the default-locale file, whether it is there or not.
func (g *group) path(dir string) string {
	if g.main != nil {
		return g.main.path
	}
	return path.Join(dir, g.stem+".md")
}

// identify gives an object the id of its files, which must agree.
func (r *reader) identify(o *model.Object, g *group, p part, s *statement) {
	id, line := s.id, s.line
	switch {
	case p.file == g.main || g.main == nil && o.ID == "":
		o.ID = id
		r.claim(model.Key{Kind: o.Kind, ID: id}, p.path, line)
	case id != "" && id != o.ID && g.main != nil: // of an article's translation see stray
		r.problem(p.path, line, "has the id %s, but %s has %s: give both the same", id, path.Base(g.main.path), orNone(o.ID))
	}
}

func orNone(id string) string {
	if id == "" {
		return "none"
	}
	return id
}
