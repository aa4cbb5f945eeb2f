package content

import (
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// maxLevels is how deep Intercom nests collections.
const maxLevels = 3

// collection reads a collection's folder and everything in it. A folder in the
// wrong place is read too: what its files claim must not look like nothing.
func (r *reader) collection(f *folder, hc model.HelpCenter, parent model.Ref, level int) {
	if p, ok := f.has(HelpCenterFile); ok {
		r.problem(p, 0, "is inside another help center: move its folder up to %s", r.t.Content)
	}
	if level == maxLevels+1 {
		r.problem(f.path, 0, "is %d collections deep, and Intercom nests only %d: move it up", level, maxLevels)
	}
	ref := model.Ref{Path: f.path}
	groups := r.groups(f, hc)
	i := slices.IndexFunc(groups, func(g *group) bool { return fold(g.stem)+".md" == CollectionFile })
	if _, ok := f.has(CollectionFile); ok {
		o := r.collectionObject(f, hc, groups[i])
		if parent.Path != "" {
			o.Parents = []model.Ref{parent}
		}
		ref.ID = o.ID
		r.folders[fold(f.path)] = ref
		r.add(o)
	} else {
		r.missingCollection(f)
	}
	r.homes = append(r.homes, home{folder: f, center: hc, parent: ref, groups: groups})
	for _, sub := range f.folders {
		r.collection(sub, hc, ref, level+1)
	}
}

func (r *reader) collectionObject(f *folder, hc model.HelpCenter, g *group) model.Object {
	o := model.Object{
		Kind: model.Collection, HelpCenter: hc.ID, Path: f.path, ParentsComplete: true,
		Default: hc.Default, Contents: map[model.Locale]model.Content{},
	}
	for _, p := range g.parts() {
		s := r.statement(p.file, model.Collection, p.file == g.main)
		o.Contents[p.locale] = s.content
		r.identify(&o, g, p, s)
		if p.file.doc != nil && strings.TrimSpace(p.file.doc.Body()) != "" {
			r.note(p.file.path, p.file.doc.BodyLine(), "text below the front matter of a collection is not sent: a collection has only a title and a description")
		}
	}
	return o
}

// missingCollection tells about a folder that should be a collection, and
// names the folder that it was most likely renamed from.
func (r *reader) missingCollection(f *folder) {
	if !slices.ContainsFunc(f.all(), r.isArticle) {
		return
	}
	hint := ""
	if from := leftBehind(f, r.emptied); from != "" {
		hint = "if it is " + from + " under a new name, move " + path.Join(from, CollectionFile) + " here too, with its translations; "
	}
	r.problem(f.path, 0, "has articles and no %s: %sfor a new collection write one with a title", CollectionFile, hint)
}

// leftBehind chooses among the folders that lost their articles: the one with
// the nearest name, else a neighbour, else the first.
func leftBehind(f *folder, emptied []string) string {
	if near := frontmatter.Nearest(f.path, emptied); near != "" || len(emptied) == 0 {
		return near
	}
	i := slices.IndexFunc(emptied, func(dir string) bool {
		return path.Dir(dir) == path.Dir(f.path) || path.Base(dir) == path.Base(f.path)
	})
	return emptied[max(i, 0)]
}

// emptied lists the folders below f that have nothing but collection files.
func (f *folder) emptied() []string {
	if len(f.folders) == 0 && !slices.ContainsFunc(f.files, func(p string) bool { return !isCollectionFile(fold(path.Base(p))) }) {
		return []string{f.path}
	}
	var list []string
	for _, sub := range f.folders {
		list = append(list, sub.emptied()...)
	}
	return list
}
