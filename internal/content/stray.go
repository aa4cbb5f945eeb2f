package content

import (
	"path"
	"slices"

	"github.com/hcsync/hcsync/internal/model"
)

// stray is a translation that does not stand beside the main file of its
// article. Its id tells which that is: a pull that was cut off while it moved an
// article leaves such files behind, and so does a move by hand of the main file
// alone.
type stray struct {
	part
	home  home
	group *group
	// beside are the texts of the article whose name it has, nil where there is
	// no such article.
	beside map[model.Locale]model.Content
}

// reunite gives strays to their articles. A pull moves the files too.
func (r *reader) reunite() {
	if len(r.strays) == 0 {
		return
	}
	articles := map[string]*model.Object{}
	for i := range r.snapshot.Objects {
		if o := &r.snapshot.Objects[i]; o.Kind == model.Article && o.ID != "" {
			articles[o.ID] = o
		}
	}
	var alone []stray
	for _, s := range r.strays {
		said := r.statement(s.file, model.Article, false)
		o := articles[said.id]
		if o == nil || taken(o, s.locale) {
			alone = append(alone, s)
			continue
		}
		o.Contents[s.locale] = said.content
		s.group.rest = slices.DeleteFunc(s.group.rest, func(p part) bool { return p.file == s.file })
		r.problem(s.path, 0, "is a translation of %s: `hcsync pull` moves it there", r.t.File(o.Path))
		r.problems[len(r.problems)-1].Pulled = true
	}
	r.lone(alone)
}

func taken(o *model.Object, l model.Locale) bool {
	_, has := model.In(o.Contents, l)
	return has
}

// lone tells what is wrong with strays of no article.
func (r *reader) lone(strays []stray) {
	var groups []*group
	for _, s := range strays {
		if s.beside != nil {
			said := r.statement(s.file, model.Article, false)
			s.beside[s.locale] = said.content
			r.problem(s.path, said.line, "has the id %s, but %s has %s: give both the same", said.id, path.Base(s.group.main.path), orNone(r.idOf(s.group.main)))
			continue
		}
		if !slices.Contains(groups, s.group) {
			groups = append(groups, s.group)
			r.orphans(s.home, s.group)
			r.add(r.article(s.home, s.group, s.group.path(s.home.path)))
		}
	}
}

// orphans tells about translations without a main file.
func (r *reader) orphans(h home, g *group) {
	name := g.stem + ".md"
	hint := "add it in the default locale " + string(h.center.Default) + ", or rename this file"
	if r.files[path.Join(h.path, name)] != nil {
		hint = "that file has no front matter, so it is no article"
	}
	for _, p := range g.rest {
		r.problem(p.path, 0, "is a translation without its %s: %s", name, hint)
	}
}

func (r *reader) idOf(f *file) string {
	id, _ := r.id(f)
	return id
}
