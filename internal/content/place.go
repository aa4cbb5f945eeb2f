package content

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// Places say where everything is once a pull is done.
type Places struct {
	// Paths has a folder or file for every remote object, HelpCenters a folder
	// for every remote help center.
	Paths       map[model.Key]string
	HelpCenters map[string]string
	// Moves are the files and folders that change places: from where each is now
	// to where it will be at the end. A folder takes along what is in it.
	Moves map[string]string
	// Followed are the moved objects that stand where Intercom has them.
	Followed map[model.Key]bool
}

// After gives the path of a file or folder once all moves are made.
func (p *Places) After(name string) string {
	for at := name; at != "." && at != "/" && at != ""; at = path.Dir(at) {
		if to, moves := p.Moves[at]; moves {
			return to + name[len(at):]
		}
	}
	return name
}

// Place chooses a folder or file for every remote object and a folder for
// every remote help center, so that equal input gives equal paths. What has a
// path locally, matched by id, keeps it; anything new gets a name made from
// its title, unlike any other in its folder.
//
// What is moved goes where Intercom has it, under the name it has here, or one
// made from that where something else has it there. It stays where that place
// is not known, or would be inside itself: in a folder that cannot leave it.
// Translations go beside their main file, and what a pull that was cut off has
// put aside goes on under its own name.
//
// An article of several collections goes to the deepest, of these to the one
// with the lowest id; without a known collection it goes to `_unlisted`. A
// collection whose parent is not known goes to the first level of its help
// center, and where that is not known either to the default help center.
// Without any help center a collection has no place and is left out.
func Place(local, remote model.Snapshot, moved map[model.Key]bool) Places {
	return newPlacer(&Tree{}, local, remote, moved).place(local, remote)
}

// Place is the function Place with the files in mind that are in the tree and
// in no snapshot. What is not an article keeps its name to itself; what is not
// managed keeps its object, so that [Tree.Managed] knows it by its path.
func (t *Tree) Place(local, remote model.Snapshot, moved map[model.Key]bool) Places {
	t.mu.Lock()
	defer t.mu.Unlock()
	local.Objects = append(slices.Clone(t.unmanaged), local.Objects...)
	return newPlacer(t, local, remote, moved).place(local, remote)
}

// Unmanaged gives the folders of the collections that are in the tree and not
// managed: what is managed may be in one.
func (t *Tree) Unmanaged() map[model.Key]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := map[model.Key]string{}
	for _, o := range t.unmanaged {
		if o.Kind == model.Collection && o.ID != "" {
			out[o.Key()] = o.Path
		}
	}
	return out
}

type placer struct {
	Places
	home    string          // the default help center's folder
	taken   map[string]bool // folded paths
	objects map[model.Key]*model.Object
	visited map[model.Key]bool
	known   map[model.Key]string // the paths that objects have now
	// leaving are the files and folders of what is moved, with the names that
	// each of them takes along. Those are free until it is known where they go.
	leaving map[string]*model.Object
	along   map[string][]string
	files   map[model.Key][]string
	strays  map[string]model.Key // by file: translations that are not beside their main file
	// bare are folders that hold nothing of ours: something new may go into one,
	// but no folder can be moved over it.
	bare map[string]bool
}

func newPlacer(t *Tree, local, remote model.Snapshot, moved map[model.Key]bool) *placer {
	p := &placer{
		Places: Places{Paths: map[model.Key]string{}, HelpCenters: map[string]string{}, Moves: map[string]string{}, Followed: map[model.Key]bool{}},
		bare:   map[string]bool{},
		taken:  map[string]bool{}, objects: map[model.Key]*model.Object{}, known: map[model.Key]string{},
		leaving: map[string]*model.Object{}, along: map[string][]string{}, files: map[model.Key][]string{},
		strays: map[string]model.Key{},
	}
	for i := range remote.Objects {
		o := &remote.Objects[i]
		p.objects[o.Key()] = o
	}
	names := slices.Clone(t.names)
	above := make(map[string]bool, len(names))
	for _, name := range names {
		above[name] = true
	}
	for i := range local.Objects {
		o := &local.Objects[i]
		for at := o.Path; at != "." && at != "/" && at != "" && !above[at]; at = path.Dir(at) {
			above[at] = true
			names = append(names, at)
		}
		if o.ID == "" {
			continue
		}
		p.known[o.Key()] = o.Path
		switch {
		case moved[o.Key()]:
			p.leave(o, t.Content)
		case p.objects[o.Key()] != nil:
			p.stray(o, t.Content)
		}
	}
	for _, name := range names {
		p.keep(name)
	}
	for _, name := range t.bare {
		p.bare[fold(name)] = true
	}
	return p
}

// leave notes which files and folders go with an object.
func (p *placer) leave(o *model.Object, contentDir string) {
	files := map[string]bool{o.Path: true}
	for _, c := range o.Contents {
		if name, inTree := strings.CutPrefix(c.File, contentDir+"/"); inTree && o.Kind == model.Article {
			files[name] = true
		}
	}
	for name := range files {
		p.leaving[name] = o
	}
	p.files[o.Key()] = slices.Sorted(maps.Keys(files))
}

// stray notes which translations of an article are not where their names would
// have them.
func (p *placer) stray(o *model.Object, contentDir string) {
	for l, c := range o.Contents {
		name, inTree := strings.CutPrefix(c.File, contentDir+"/")
		if inTree && o.Kind == model.Article && fold(name) != fold(Name(o.Kind, o.Path, l, o.Default)) {
			p.leaving[name], p.strays[name] = o, o.Key()
		}
	}
}

// keep takes a name that is in the tree, or leaves it to what takes it along.
func (p *placer) keep(name string) {
	for at := name; at != "."; at = path.Dir(at) {
		if p.leaving[at] != nil {
			p.along[at] = append(p.along[at], name)
			return
		}
	}
	p.taken[fold(name)] = true
}

// take reserves a path and the folders it stands in.
func (p *placer) take(name string) {
	for name != "." && name != "" && name != "/" {
		p.taken[fold(name)] = true
		name = path.Dir(name)
	}
}

func (p *placer) place(local, remote model.Snapshot) Places {
	p.helpCenters(local, remote)
	p.all(remote)
	p.reunite()
	return p.Places
}

// reunite brings strays beside their main files, if nothing stands there.
func (p *placer) reunite() {
	for _, name := range slices.Sorted(maps.Keys(p.strays)) {
		at := p.known[p.strays[name]]
		to := beside(at, name, p.After(at))
		if p.taken[fold(to)] {
			p.take(p.After(name))
			continue
		}
		p.take(to)
		p.change(name, to)
	}
}

func (p *placer) helpCenters(local, remote model.Snapshot) {
	for _, hc := range local.HelpCenters {
		p.take(hc.Path)
		if hc.ID != "" {
			p.HelpCenters[hc.ID] = hc.Path
		}
	}
	list := slices.Clone(remote.HelpCenters)
	slices.SortFunc(list, func(a, b model.HelpCenter) int { return model.CompareID(a.ID, b.ID) })
	for _, hc := range list {
		if p.HelpCenters[hc.ID] == "" {
			p.HelpCenters[hc.ID] = p.free("", Slug(cmp.Or(hc.Identifier, hc.Name), hc.ID, maxFolderName), maxFolderName, "")
		}
		if p.home == "" || hc.IsDefault {
			p.home = p.HelpCenters[hc.ID]
		}
	}
}

// all places collections before what is in them, and what has a place before
// what is looking for one.
func (p *placer) all(remote model.Snapshot) {
	keys := make([]model.Key, 0, len(remote.Objects))
	for _, o := range remote.Objects {
		keys = append(keys, o.Key())
	}
	slices.SortFunc(keys, model.Key.Compare)
	for _, k := range p.ranked(keys, model.Collection) {
		p.visited = map[model.Key]bool{}
		p.collection(k)
	}
	for _, k := range p.ranked(keys, model.Article) {
		p.article(p.objects[k])
	}
}

// ranked gives the objects of a kind: those that stay in their folder, those
// that leave it, those that have none.
func (p *placer) ranked(keys []model.Key, kind model.Kind) []model.Key {
	var ranks [3][]model.Key
	for _, k := range keys {
		at, known := p.known[k]
		switch {
		case k.Kind != kind:
		case !known:
			ranks[2] = append(ranks[2], k)
		case p.leaving[at] == nil, kind == model.Article && Home(p.Paths, p.objects[k], path.Dir(p.After(at))) == path.Dir(p.After(at)):
			ranks[0] = append(ranks[0], k)
		default:
			ranks[1] = append(ranks[1], k)
		}
	}
	return slices.Concat(ranks[:]...)
}

// collection places a collection, its parents first, and gives its folder. A
// parent that leads back to it is no parent.
func (p *placer) collection(k model.Key) string {
	if at, has := p.Paths[k]; has {
		return at
	}
	o := p.objects[k]
	if o == nil || p.visited[k] {
		return ""
	}
	p.visited[k] = true
	at, known := p.known[k]
	if known {
		p.around(at)
	}
	if known && p.leaving[at] == nil {
		p.Paths[k] = p.After(at)
		return p.Paths[k]
	}
	folder := ""
	for _, parent := range o.Parents {
		folder = p.collection(model.Key{Kind: model.Collection, ID: parent.ID})
	}
	if known {
		if len(o.Parents) == 0 {
			folder = cmp.Or(p.HelpCenters[o.HelpCenter], p.home)
		}
		return p.move(k, folder)
	}
	folder = cmp.Or(folder, p.HelpCenters[o.HelpCenter], p.home)
	if folder == "" {
		return ""
	}
	p.Paths[k] = p.free(folder, Slug(o.Title(), o.ID, maxFolderName), maxFolderName, "")
	return p.Paths[k]
}

// around places the folders first that a path stands in now: they take it along.
func (p *placer) around(at string) {
	for at = path.Dir(at); at != "."; at = path.Dir(at) {
		if o := p.leaving[at]; o != nil {
			p.collection(o.Key())
		}
	}
}

func (p *placer) article(o *model.Object) {
	at, known := p.known[o.Key()]
	switch {
	case !known:
		p.Paths[o.Key()] = p.free(Home(p.Paths, o, ""), Slug(o.Title(), o.ID, maxArticleName), maxArticleName, ".md")
	case p.leaving[at] == nil:
		p.Paths[o.Key()] = p.After(at)
	default:
		p.move(o.Key(), Home(p.Paths, o, path.Dir(p.After(at))))
	}
}

// move brings what was moved in Intercom into a folder, with all that it takes
// along.
func (p *placer) move(k model.Key, folder string) string {
	at := p.known[k]
	if folder == "" || folder == at || strings.HasPrefix(folder, at+"/") {
		folder = path.Dir(p.After(at))
	} else {
		p.Followed[k] = true
	}
	limit, ext := maxArticleName, path.Ext(at)
	if k.Kind == model.Collection {
		limit, ext = maxFolderName, ""
	}
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(at), ext), aside)
	to := path.Join(path.Dir(p.After(at)), base+ext)
	if path.Dir(to) != folder || p.taken[fold(to)] {
		to = p.vacant(folder, base, max(limit, len(base)), ext)
	}
	p.Paths[k] = to
	for _, file := range p.files[k] {
		p.change(file, beside(at, file, to))
	}
	return to
}

// vacant is free for a folder that is moved with all that is in it.
func (p *placer) vacant(folder, name string, max int, ext string) string {
	for {
		if at := p.free(folder, name, max, ext); !p.bare[fold(at)] {
			return at
		}
	}
}

// beside gives the name of an object's file once the object's own is changed:
// translations go by the name of the main file.
func beside(at, file, to string) string {
	if file == at {
		return to
	}
	stem, _ := splitName(path.Base(to))
	_, locale := splitName(path.Base(file))
	return path.Join(path.Dir(to), stem+"."+locale+path.Ext(file))
}

// change notes one move, and takes the names that go along.
func (p *placer) change(from, to string) {
	if to != p.After(from) {
		p.Moves[from] = to
	}
	for _, name := range p.along[from] {
		p.taken[fold(to+name[len(from):])] = true
	}
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
func (p *placer) free(folder, name string, max int, ext string) string {
	for n := 1; ; n++ {
		numbered := name
		if n > 1 {
			tail := "-" + strconv.Itoa(n)
			numbered = cutName(name, max-len(tail)) + tail
		}
		at := path.Join(folder, numbered+ext)
		if !p.taken[fold(at)] {
			p.take(at)
			return at
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

// IsTranslation says that a file name names a locale.
func IsTranslation(name string) bool {
	_, locale := splitName(path.Base(name))
	return locale != ""
}
