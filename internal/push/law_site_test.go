package push

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// script makes choices out of the bytes of a fuzz input; when they are used up
// it always chooses the first.
type script struct{ bytes []byte }

func (s *script) below(n int) int {
	if len(s.bytes) == 0 || n < 2 {
		return 0
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return int(b) % n
}

func pick[T any](s *script, list ...T) T { return list[s.below(len(list))] }

// site is a workspace that takes whatever it is sent, the files beside it, and
// what the state recorded.
type site struct {
	local, remote model.Snapshot
	tip           map[model.Key]*model.BaseObject
	many          bool
	prune         diff.Prune
	next          int
}

func fields(s *script, k model.Kind) map[model.Field]string {
	f := map[model.Field]string{
		model.Title:       pick(s, "One", "Two", "Three"),
		model.Description: pick(s, "", "About"),
	}
	if k == model.Article {
		f[model.State] = pick(s, model.Draft, model.Published)
		f[model.Author] = pick(s, "7", "8")
		f[model.Body] = pick(s, "Text.\n", "* a\n* b\n", "One.\n\nTwo.\n", "")
	}
	return f
}

// add makes an object that is in sync, in one to three locales. Its file may
// be silent about some fields, and may have no id yet.
func (w *site) add(s *script, k model.Kind, dir string, parent []model.Ref) {
	w.next++
	id := strconv.Itoa(w.next)
	r := model.Object{Kind: k, ID: id, HelpCenter: "1", Default: "en", Parents: justIDs(parent), ParentsComplete: true, Contents: map[model.Locale]model.Content{}}
	f := model.Object{Kind: k, ID: id, HelpCenter: "1", Default: "en", Parents: parent, ParentsComplete: k == model.Collection || len(parent) == 0, Contents: map[model.Locale]model.Content{}}
	base := r.Key().Next(nil)
	for _, l := range []model.Locale{"en", "fr", "pt-BR"}[:1+s.below(3)] {
		ours := fields(s, k)
		theirs := maps.Clone(ours)
		if k == model.Article {
			theirs[model.Body] = markup.Render(ours[model.Body], markup.Options{})
		}
		if s.below(3) == 1 {
			delete(ours, pick(s, model.Description, model.State, model.Author))
		}
		agreed := map[model.Field]model.Agreed{}
		for field, v := range ours {
			agreed[field] = model.Agreed{Managed: true, Local: v, Remote: theirs[field]}
		}
		f.Contents[l], r.Contents[l] = model.Content{Fields: ours}, model.Content{Fields: theirs}
		base.Agree(l, nil, f.Contents[l], r.Contents[l], agreed)
	}
	place(&f, path.Join(dir, string(k[:1])+id+map[model.Kind]string{model.Article: ".md"}[k]))
	if s.below(4) == 1 {
		f.ID = ""
	}
	base.Path = f.Path
	base.Settle(nil, &r)
	base.LocalParents = base.RemoteParents
	w.local.Objects, w.remote.Objects = append(w.local.Objects, f), append(w.remote.Objects, r)
	w.tip[base.Key()] = base
}

func justIDs(refs []model.Ref) []model.Ref {
	var out []model.Ref
	for _, r := range refs {
		out = append(out, model.Ref{ID: r.ID})
	}
	return out
}

// place names an object's files.
func place(o *model.Object, p string) {
	o.Path = p
	for l, c := range o.Contents {
		file := p
		if o.Kind == model.Collection {
			file += "/_collection.md"
		}
		if l != "en" {
			file = strings.TrimSuffix(file, ".md") + "." + string(l) + ".md"
		}
		c.File = "content/" + file
		o.Contents[l] = c
	}
}

func newSite(s *script) *site {
	center := model.HelpCenter{ID: "1", Path: "acme", Default: "en", URL: "https://help.test", Locales: []model.Locale{"en", "fr", "pt-BR"}, Multilingual: true}
	w := &site{tip: map[model.Key]*model.BaseObject{}, next: 10, many: s.below(2) == 1}
	w.local.HelpCenters, w.remote.HelpCenters = []model.HelpCenter{center}, []model.HelpCenter{center}
	w.add(s, model.Collection, "acme", nil)
	for range s.below(3) {
		dir, parent := w.folder(s)
		w.add(s, model.Collection, dir, parent)
	}
	for range 1 + s.below(4) {
		dir, parent := w.folder(s)
		if parent == nil {
			dir = "_unlisted"
		}
		w.add(s, model.Article, dir, parent)
	}
	return w
}

// folder picks a collection that has a folder, or none.
func (w *site) folder(s *script) (string, []model.Ref) {
	dirs, parents := []string{"acme"}, [][]model.Ref{nil}
	for _, o := range w.local.Objects {
		if o.Kind == model.Collection && strings.Count(o.Path, "/") < 3 {
			id := o.ID
			for key, b := range w.tip {
				if key.Kind == o.Kind && b.Path == o.Path {
					id = key.ID
				}
			}
			dirs, parents = append(dirs, o.Path), append(parents, []model.Ref{{ID: id, Path: o.Path}})
		}
	}
	i := s.below(len(dirs))
	return dirs[i], parents[i]
}

// editFiles and editLive do one thing that people do.
func (w *site) editFiles(s *script) {
	i := s.below(len(w.local.Objects) + 1)
	if i == len(w.local.Objects) {
		w.newFile(s)
		return
	}
	o := &w.local.Objects[i]
	l := pick(s, o.Locales()...)
	switch field, values := pick(s, model.Fields(o.Kind)...), fields(s, o.Kind); s.below(6) {
	case 0, 1:
		o.Contents[l].Fields[field] = values[field]
	case 2:
		if field != model.Title {
			delete(o.Contents[l].Fields, field)
		}
	case 3:
		if _, there := o.Contents["fr"]; !there {
			o.Contents["fr"] = model.Content{Fields: values}
		} else {
			delete(o.Contents, "fr")
		}
		place(o, o.Path)
	case 4:
		if o.Kind == model.Article {
			dir, parent := w.folder(s)
			if parent == nil {
				dir = "_unlisted"
			}
			o.Parents, o.ParentsComplete = parent, parent == nil
			place(o, path.Join(dir, path.Base(o.Path)))
		} else {
			w.rename(o.Path, o.Path+"x")
		}
	case 5:
		if o.Kind == model.Article || !w.inhabited(o.Path) {
			w.local.Objects = slices.Delete(w.local.Objects, i, i+1)
		}
	}
}

func (w *site) newFile(s *script) {
	dir, parent := w.folder(s)
	w.next++
	k := pick(s, model.Article, model.Collection)
	o := model.Object{Kind: k, HelpCenter: "1", Default: "en", Parents: parent, ParentsComplete: k == model.Collection || parent == nil,
		Contents: map[model.Locale]model.Content{"en": {Fields: fields(s, k)}}}
	if k == model.Article && parent == nil {
		dir, o.HelpCenter = "_unlisted", ""
	}
	place(&o, path.Join(dir, fmt.Sprintf("new%d%s", w.next, map[model.Kind]string{model.Article: ".md"}[k])))
	w.local.Objects = append(w.local.Objects, o)
}

// rename gives a folder another name, with everything that is in it.
func (w *site) rename(from, to string) {
	moved := func(p string) string {
		if rest, ok := strings.CutPrefix(p+"/", from+"/"); ok {
			return strings.TrimSuffix(to+"/"+rest, "/")
		}
		return p
	}
	for i := range w.local.Objects {
		o := &w.local.Objects[i]
		o.Parents = slices.Clone(o.Parents)
		for j := range o.Parents {
			o.Parents[j].Path = moved(o.Parents[j].Path)
		}
		place(o, moved(o.Path))
	}
}

func (w *site) editLive(s *script) {
	i := s.below(len(w.remote.Objects))
	o := &w.remote.Objects[i]
	l := pick(s, o.Locales()...)
	switch field, values := pick(s, model.Fields(o.Kind)...), fields(s, o.Kind); s.below(6) {
	case 0, 1, 2:
		v := values[field]
		if field == model.Body {
			v = markup.Render(v, markup.Options{})
		}
		o.Contents[l].Fields[field] = v
	case 3:
		if o.Kind == model.Article {
			o.Parents = append([]model.Ref{}, pick(s, nil, []model.Ref{{ID: "11"}}, []model.Ref{{ID: "11"}, {ID: "12"}})...)
		}
	case 4:
		if o.Kind == model.Article {
			w.remote.Objects = slices.Delete(w.remote.Objects, i, i+1)
		}
	case 5:
		delete(o.Contents, "fr")
	}
}

// link gives parents the ids that the files of their folders have.
func (w *site) link() {
	ids := map[string]string{}
	for _, o := range w.local.Objects {
		if o.Kind == model.Collection {
			ids[o.Path] = o.ID
		}
	}
	for i := range w.local.Objects {
		o := &w.local.Objects[i]
		o.Parents = slices.Clone(o.Parents)
		for j := range o.Parents {
			o.Parents[j].ID = ids[o.Parents[j].Path]
		}
	}
}
