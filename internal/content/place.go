package content

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// Place chooses a folder or file for every remote object and a folder for
// every remote help center, so that equal input gives equal paths. What has a
// path locally, matched by id, keeps it; anything new gets a name made from
// its title, unlike any other in its folder.
//
// An article of several collections goes to the deepest, of these to the one
// with the lowest id; without a known collection it goes to `_unlisted`. A
// collection whose parent is not known goes to the first level of its help
// center, and where that is not known either to the default help center.
// Without any help center a collection has no place and is left out.
func Place(local, remote model.Snapshot) (paths map[model.Key]string, helpCenters map[string]string) {
	return place(local, remote, nil)
}

// Place is the function Place with the files in mind that are in the tree and
// in no snapshot. What is not an article keeps its name to itself; what is not
// managed keeps its object, so that [Tree.Managed] knows it by its path.
func (t *Tree) Place(local, remote model.Snapshot) (map[model.Key]string, map[string]string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	local.Objects = append(slices.Clone(t.unmanaged), local.Objects...)
	return place(local, remote, t.names)
}

func place(local, remote model.Snapshot, names []string) (map[model.Key]string, map[string]string) {
	p := &placer{
		paths: map[model.Key]string{}, centers: map[string]string{},
		taken: map[string]bool{}, objects: map[model.Key]*model.Object{},
	}
	for _, name := range names {
		p.taken[fold(name)] = true
	}
	known := map[model.Key]string{}
	for i := range local.Objects {
		o := &local.Objects[i]
		p.take(o.Path)
		if o.ID != "" {
			known[o.Key()] = o.Path
		}
	}
	p.helpCenters(local, remote)
	for i := range remote.Objects {
		o := &remote.Objects[i]
		p.objects[o.Key()] = o
		if at, ok := known[o.Key()]; ok {
			p.paths[o.Key()] = at
		}
	}
	p.all(remote)
	return p.paths, p.centers
}

type placer struct {
	paths   map[model.Key]string
	centers map[string]string
	home    string          // the default help center's folder
	taken   map[string]bool // folded paths
	objects map[model.Key]*model.Object
	visited map[model.Key]bool
}

// take reserves a path and the folders it stands in.
func (p *placer) take(name string) {
	for name != "." && name != "" && name != "/" {
		p.taken[fold(name)] = true
		name = path.Dir(name)
	}
}

func (p *placer) helpCenters(local, remote model.Snapshot) {
	for _, hc := range local.HelpCenters {
		p.take(hc.Path)
		if hc.ID != "" {
			p.centers[hc.ID] = hc.Path
		}
	}
	list := slices.Clone(remote.HelpCenters)
	slices.SortFunc(list, func(a, b model.HelpCenter) int { return model.CompareID(a.ID, b.ID) })
	for _, hc := range list {
		if p.centers[hc.ID] == "" {
			p.centers[hc.ID] = p.free("", cmp.Or(hc.Identifier, hc.Name), hc.ID, maxFolderName, "")
		}
		if p.home == "" || hc.IsDefault {
			p.home = p.centers[hc.ID]
		}
	}
}

// all places collections before what is in them.
func (p *placer) all(remote model.Snapshot) {
	keys := make([]model.Key, 0, len(remote.Objects))
	for _, o := range remote.Objects {
		keys = append(keys, o.Key())
	}
	slices.SortFunc(keys, model.Key.Compare)
	for _, k := range keys {
		if k.Kind == model.Collection {
			p.visited = map[model.Key]bool{}
			p.collection(k)
		}
	}
	for _, k := range keys {
		if _, has := p.paths[k]; !has && k.Kind == model.Article {
			p.article(p.objects[k])
		}
	}
}

// collection places a collection, its parents first, and gives its folder. A
// parent that leads back to it is no parent.
func (p *placer) collection(k model.Key) string {
	if at, has := p.paths[k]; has {
		return at
	}
	o := p.objects[k]
	if o == nil || p.visited[k] {
		return ""
	}
	p.visited[k] = true
	folder := ""
	for _, parent := range o.Parents {
		folder = p.collection(model.Key{Kind: model.Collection, ID: parent.ID})
	}
	if at, has := p.paths[k]; has {
		return at
	}
	folder = cmp.Or(folder, p.centers[o.HelpCenter], p.home)
	if folder == "" {
		return ""
	}
	p.paths[k] = p.free(folder, o.Title(), o.ID, maxFolderName, "")
	return p.paths[k]
}

func (p *placer) article(o *model.Object) {
	folder := Home(p.paths, o, "")
	p.paths[o.Key()] = p.free(folder, o.Title(), o.ID, maxArticleName, ".md")
}

// Home gives the folder that a remote article belongs to: the one it is in
// while that is one of its collections, else the deepest, else the one with
// the lowest id; `_unlisted` where it is in none that has a place.
func Home(paths map[model.Key]string, o *model.Object, current string) string {
	best, id := "", ""
	for _, parent := range o.Parents {
		at, ok := paths[model.Key{Kind: model.Collection, ID: parent.ID}]
		if !ok {
			continue
		}
		if at == current {
			return at
		}
		depth := cmp.Compare(strings.Count(at, "/"), strings.Count(best, "/"))
		if best == "" || depth > 0 || depth == 0 && model.CompareID(parent.ID, id) < 0 {
			best, id = at, parent.ID
		}
	}
	return cmp.Or(best, Unlisted)
}

// free gives a name in a folder that nothing else has.
func (p *placer) free(folder, title, id string, max int, ext string) string {
	slug := Slug(title, id, max)
	for n := 1; ; n++ {
		name := slug
		if n > 1 {
			tail := "-" + strconv.Itoa(n)
			name = cutName(slug, max-len(tail)) + tail
		}
		name = path.Join(folder, name+ext)
		if !p.taken[fold(name)] {
			p.take(name)
			return name
		}
	}
}

// Name gives the file of an object in a locale, relative to the content
// folder. The path is the object's own: a folder, or an article's file.
func Name(kind model.Kind, p string, l, def model.Locale) string {
	ext := ".md"
	if !l.Is(def) {
		ext = "." + string(l) + ".md"
	}
	if kind == model.Collection {
		return path.Join(p, strings.TrimSuffix(CollectionFile, ".md")+ext)
	}
	return p[:len(p)-len(path.Ext(p))] + ext
}
