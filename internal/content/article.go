package content

import (
	"errors"
	"path"
	"slices"

	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// articlesOf reads the articles of one folder.
func (r *reader) articlesOf(h home) {
	for _, g := range h.groups {
		switch {
		case isCollectionFile(fold(g.stem)+".md") && g.main == nil:
			r.orphans(h, g)
		case isCollectionFile(fold(g.stem) + ".md"):
		case g.main == nil:
			for _, p := range g.rest {
				r.strays = append(r.strays, stray{part: p, home: h, group: g})
			}
		default:
			r.add(r.article(h, g, g.path(h.path)))
		}
	}
}

// add takes an object into the snapshot if it is managed.
func (r *reader) add(o model.Object) {
	if !r.t.Managed(o.Path) {
		r.unmanaged = append(r.unmanaged, model.Object{Kind: o.Kind, ID: o.ID, Path: o.Path})
		return
	}
	r.snapshot.Objects = append(r.snapshot.Objects, o)
	if o.Kind == model.Article {
		o.Path = path.Dir(o.Path)
	}
	r.lead(o.Path)
}

func (r *reader) article(h home, g *group, p string) model.Object {
	o := model.Object{
		Kind: model.Article, HelpCenter: h.center.ID, Path: p, Default: g.locale,
		Contents: map[model.Locale]model.Content{},
	}
	for _, part := range g.parts() {
		s := r.statement(part.file, model.Article, part.file == g.main)
		if part.file != g.main && g.main != nil && s.id != "" && s.id != o.ID {
			r.strays = append(r.strays, stray{part, h, g, o.Contents})
			continue
		}
		o.Contents[part.locale] = s.content
		r.identify(&o, g, part, s)
	}
	r.parents(&o, h, g)
	return o
}

// ownDefault gives the locale that an unlisted article says its main file is
// in; see the package comment.
func (r *reader) ownDefault(g *group, hc model.HelpCenter) model.Locale {
	if g.main == nil || g.main.doc == nil {
		return hc.Default
	}
	text, line, ok := r.text(g.main, "locale")
	if !ok {
		return hc.Default
	}
	l, ok := spelling(text)
	if ok {
		l, ok = hc.Has(l)
	}
	if !ok {
		r.problem(g.main.path, line, "%s", unknownLocale(text, hc))
		return hc.Default
	}
	return l
}

// parents gives an article its folder and the ones in also_in.
func (r *reader) parents(o *model.Object, h home, g *group) {
	if h.parent.Path == "" {
		o.ParentsComplete = true
	} else {
		o.Parents = []model.Ref{h.parent}
	}
	for _, p := range g.rest {
		if p.doc != nil && p.doc.KeyLine("also_in") > 0 && g.main != nil {
			r.note(p.path, p.doc.KeyLine("also_in"), "also_in is read from %s only", path.Base(g.main.path))
		}
	}
	if g.main == nil || g.main.doc == nil {
		return
	}
	values, lines, ok, err := g.main.doc.List("also_in")
	if bad := (*frontmatter.Error)(nil); errors.As(err, &bad) {
		r.problem(g.main.path, bad.Line, "%s", bad.Message)
		return
	}
	o.ParentsComplete = o.ParentsComplete || ok
	if len(values) > 0 && h.parent.Path == "" {
		r.problem(g.main.path, lines[0], "also_in in %s: an article in a collection stands in its folder; move it to %s", Unlisted, path.Join(h.path, values[0]))
		return
	}
	for i, v := range values {
		r.alsoIn(o, g.main.path, v, lines[i])
	}
}

func (r *reader) alsoIn(o *model.Object, p, value string, line int) {
	ref, ok := r.folders[fold(path.Join(path.Dir(p), value))]
	if !ok || path.IsAbs(value) {
		var known []string
		for _, f := range r.folders {
			known = append(known, model.Relative(path.Dir(p), f.Path))
		}
		slices.Sort(known)
		hint := "give its path from this file's folder, such as ../billing"
		if near := frontmatter.Nearest(value, known); near != "" {
			hint = "did you mean " + near + "?"
		}
		r.problem(p, line, "also_in names %q, which is no collection: %s", value, hint)
		if r.files[p].pulled() {
			// A pull that was cut off may have moved that collection already.
			r.problems[len(r.problems)-1].Pulled = true
			o.Parents, o.ParentsComplete = append(o.Parents, model.Ref{Path: path.Join(path.Dir(p), value)}), false
		}
		return
	}
	if !slices.Contains(o.Parents, ref) {
		o.Parents = append(o.Parents, ref)
	}
}

// AlsoIn gives the value of `also_in` that makes an article's file stand in
// further folders: their paths from the file's own folder, which is left out.
func AlsoIn(file string, folders []string) []string {
	var list []string
	for _, f := range folders {
		if f != path.Dir(file) {
			list = append(list, model.Relative(path.Dir(file), f))
		}
	}
	return list
}
