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

// collection reads a collection's folder and everything in it.
func (r *reader) collection(f *folder, hc model.HelpCenter, parent model.Ref, level int) {
	if p, ok := f.has(HelpCenterFile); ok {
		r.problem(p, 0, "is inside another help center: move its folder up to %s", r.t.Content)
	}
	if level > maxLevels {
		r.problem(f.path, 0, "is %d collections deep, and Intercom nests only %d: move it up", level, maxLevels)
		return
	}
	if _, ok := f.has(CollectionFile); !ok {
		r.missingCollection(f, hc)
		return
	}
	groups := r.groups(f, hc)
	i := slices.IndexFunc(groups, func(g *group) bool { return isCollectionFile(fold(g.stem) + ".md") })
	o := r.collectionObject(f, hc, groups[i])
	if parent.Path != "" {
		o.Parents = []model.Ref{parent}
	}
	ref := model.Ref{ID: o.ID, Path: f.path}
	r.folders[fold(f.path)] = ref
	if r.t.Managed(f.path) {
		r.lead(f.path)
		r.snapshot.Objects = append(r.snapshot.Objects, o)
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
		o.Contents[p.locale] = r.content(p.file, model.Collection, p.file == g.main)
		r.identify(&o, g, p)
		if p.file.doc != nil && strings.TrimSpace(p.file.doc.Body()) != "" {
			r.note(p.file.path, p.file.doc.BodyLine(), "text below the front matter of a collection is not sent: a collection has only a title and a description")
		}
	}
	return o
}

// missingCollection tells about a folder that should be a collection, and
// names the folder that it was most likely renamed from.
func (r *reader) missingCollection(f *folder, hc model.HelpCenter) {
	if !slices.ContainsFunc(f.all(), r.isArticle) {
		return
	}
	message := "has articles and no " + CollectionFile + ": "
	if from := r.leftBehind(f, hc.Path); from != "" {
		message += "if it is " + from + " under a new name, move " + path.Join(from, CollectionFile) + " here too, with its translations; "
	}
	r.problem(f.path, 0, "%sfor a new collection write a %s with a title", message, CollectionFile)
	r.lead(f.path)
}

// leftBehind finds a folder in the help center that has nothing but collection
// files, the one with the nearest name first.
func (r *reader) leftBehind(f *folder, center string) string {
	var left []string
	for p := range r.files {
		dir := path.Dir(p)
		if path.Base(p) != CollectionFile || !strings.HasPrefix(p, center+"/") || dir == f.path {
			continue
		}
		alone := true
		for other := range r.files {
			alone = alone && (!strings.HasPrefix(other, dir+"/") || strings.HasPrefix(path.Base(other), "_collection."))
		}
		if alone {
			left = append(left, dir)
		}
	}
	slices.Sort(left)
	if near := frontmatter.Nearest(f.path, left); near != "" || len(left) == 0 {
		return near
	}
	for _, dir := range left {
		if path.Dir(dir) == path.Dir(f.path) || path.Base(dir) == path.Base(f.path) {
			return dir
		}
	}
	return left[0]
}
