package diff

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// matching is who is who: which object each file belongs to.
type matching struct {
	remote map[model.Key]*model.Object
	places map[Place]bool // where local objects stand
	// found maps files to objects, taken says which objects have a file.
	found map[*model.Object]model.Key
	taken map[model.Key]bool
	// doubts are files that fit in more than one way, disputed the objects
	// that they may be.
	doubts   map[*model.Object]Conflict
	disputed map[model.Key]bool
	// ids maps a collection's folder to its id, paths the other way.
	ids, paths map[string]string
}

func (c *computation) index() {
	c.matching = matching{
		remote: make(map[model.Key]*model.Object, len(c.Remote.Objects)), places: map[Place]bool{},
		found: map[*model.Object]model.Key{}, taken: map[model.Key]bool{},
		doubts: map[*model.Object]Conflict{}, disputed: map[model.Key]bool{}, ids: map[string]string{}, paths: map[string]string{},
	}
	for i := range c.Remote.Objects {
		o := &c.Remote.Objects[i]
		c.remote[o.Key()] = o
	}
	for i := range c.Local.Objects {
		o := &c.Local.Objects[i]
		c.places[Place{o.Kind, o.Path}] = true
	}
}

// match pairs the objects of the three states: by id, then by the path that
// the state recorded, then by equal content of a file that moved, then by
// parent and title. Each way is tried for every file before the next one, so
// that a weaker match never takes what a stronger one claims. What fits more
// than one way is a conflict, never a guess.
func (c *computation) match() []Pair {
	c.index()
	local := c.topDown()
	for _, find := range []func(*model.Object) (model.Key, bool){c.byID, c.byPlace, c.byText, c.byTombstone, c.byLikeness, c.byTitle} {
		for _, o := range local {
			c.assign(o, find)
		}
	}
	var pairs []Pair
	for _, o := range local {
		key, ok := c.found[o]
		if _, doubtful := c.doubts[o]; doubtful {
			continue
		}
		p := Pair{Local: o}
		if ok {
			p.Remote, p.Base = c.remote[key], c.Base[key]
		}
		pairs = append(pairs, p)
	}
	return append(pairs, c.remoteOnly()...)
}

func (c *computation) assign(o *model.Object, find func(*model.Object) (model.Key, bool)) {
	_, done := c.found[o]
	if _, doubtful := c.doubts[o]; done || doubtful {
		return
	}
	key, ok := find(o)
	if !ok {
		return
	}
	c.found[o], c.taken[key] = key, true
	if o.Kind == model.Collection {
		c.ids[o.Path], c.paths[key.ID] = key.ID, o.Path
	}
}

// remoteOnly lists what has no file.
func (c *computation) remoteOnly() []Pair {
	var pairs []Pair
	for key, o := range c.remote {
		if !c.taken[key] && !c.disputed[key] {
			pairs = append(pairs, Pair{Remote: o, Base: c.Base[key]})
		}
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return a.Remote.Key().Compare(b.Remote.Key()) })
	return pairs
}

// topDown orders local objects so that a collection comes before what it
// holds.
func (c *computation) topDown() []*model.Object {
	list := make([]*model.Object, len(c.Local.Objects))
	for i := range c.Local.Objects {
		list[i] = &c.Local.Objects[i]
	}
	slices.SortFunc(list, func(a, b *model.Object) int {
		return cmp.Or(
			a.Kind.Compare(b.Kind),
			cmp.Compare(depth(a), depth(b)),
			cmp.Compare(a.Path, b.Path))
	})
	return list
}

// depth is the number of folders above a collection; articles have no order
// among themselves.
func depth(o *model.Object) int {
	if o.Kind != model.Collection {
		return 0
	}
	return strings.Count(o.Path, "/")
}

// byID takes a file at its word, even where the workspace has no such object.
func (c *computation) byID(o *model.Object) (model.Key, bool) { return o.Key(), o.ID != "" }

// byPlace finds what the state recorded at this path, or at the one that it had
// before the folder around it was renamed.
func (c *computation) byPlace(o *model.Object) (model.Key, bool) {
	key, ok := c.Claims[Place{o.Kind, o.Path}]
	if before := (Place{o.Kind, c.before(o.Path)}); !ok && !c.places[before] {
		key, ok = c.Claims[before]
	}
	return key, ok && !c.taken[key] && (c.remote[key] != nil || c.Base[key] != nil)
}

// before gives the path of what stands in a collection's folder as it was when
// the folder had the name that the state recorded.
func (c *computation) before(p string) string {
	folder := c.Base[model.Key{Kind: model.Collection, ID: c.ids[path.Dir(p)]}]
	if folder == nil {
		return p
	}
	return path.Join(folder.Path, path.Base(p))
}

// byText finds the object whose file is gone and whose agreed text is just
// what this new file says: it was moved before it ever had an id.
func (c *computation) byText(o *model.Object) (model.Key, bool) {
	equal := c.vacated(o, sameText)
	if len(equal) == 1 {
		return equal[0], true
	}
	if len(equal) > 1 {
		c.doubt(o, equal, "the same text was removed from more than one place",
			"write the number of the one that this file is as `id:` into it")
	}
	return model.Key{}, false
}

// byLikeness finds nothing, but where a text is nearly that of a file that is
// gone it may be that object or a new one.
func (c *computation) byLikeness(o *model.Object) (model.Key, bool) {
	if alike := c.vacated(o, alikeText); len(alike) > 0 {
		c.doubt(o, alike, "may be a file that was moved and edited, since one with this title or text is gone",
			"if it was moved, write its number as `id:` into the file; if it is new, delete the old one in Intercom first, or change the title and text here")
	}
	return model.Key{}, false
}

// vacated lists live objects that had a file, have none now, and fit.
func (c *computation) vacated(o *model.Object, fits func(*model.Object, *model.BaseObject) bool) []model.Key {
	var found []model.Key
	for key, base := range c.Base {
		if key.Kind == o.Kind && !c.taken[key] && !base.Removed && c.remote[key] != nil &&
			!c.places[Place{base.Kind, base.Path}] && fits(o, base) && c.recorded(key, base) {
			found = append(found, key)
		}
	}
	return found
}

func sameText(o *model.Object, base *model.BaseObject) bool {
	left := 0
	for _, c := range base.Contents {
		if c.Removed {
			left++
		}
	}
	if len(o.Contents) != len(base.Contents)-left {
		return false
	}
	for l, content := range o.Contents {
		agreed, _ := model.In(base.Contents, l)
		for _, f := range []model.Field{model.Title, model.Body} {
			v, ok := content.Fields[f]
			if a := agreed.Fields[f]; ok && (!a.Managed || a.Local != v) {
				return false
			}
		}
	}
	return true
}

// alikeText says that the title or the body in the default locale is the one
// that was agreed.
func alikeText(o *model.Object, base *model.BaseObject) bool {
	agreed, _ := model.In(base.Contents, o.Default)
	for _, f := range []model.Field{model.Title, model.Body} {
		v := strings.TrimSpace(o.Contents[o.Default].Fields[f])
		if a := agreed.Fields[f]; v != "" && a.Managed && strings.TrimSpace(a.Local) == v {
			return true
		}
	}
	return false
}

// byTitle looks for an object that nobody claims with the same parent and
// title. One with the same text is taken over; any other is for the user to
// settle.
func (c *computation) byTitle(o *model.Object) (model.Key, bool) {
	var found []model.Key
	for key, r := range c.remote {
		if key.Kind == o.Kind && !c.taken[key] && r.Title() == o.Title() && c.sameParent(o, r) {
			found = append(found, key)
		}
	}
	const hint = "to take it over, write its number as `id:` into the file; to make a new one, change the title"
	switch {
	case len(found) == 0:
		return model.Key{}, false
	case len(found) > 1:
		c.doubt(o, found, "Intercom has several with this title in this place", hint)
		return model.Key{}, false
	case o.Kind == model.Article && !c.sameBody(o, c.remote[found[0]]):
		c.doubt(o, found, "Intercom has another text with this title in this place", hint)
		return model.Key{}, false
	}
	return found[0], true
}

func (c *computation) sameParent(o, r *model.Object) bool {
	if len(o.Parents) == 0 {
		return len(r.Parents) == 0 && (o.HelpCenter == "" || r.HelpCenter == "" || o.HelpCenter == r.HelpCenter)
	}
	id := c.resolve(o.Parents[:1])[0].ID
	return id != "" && slices.ContainsFunc(r.Parents, func(p model.Ref) bool { return p.ID == id })
}

func (c *computation) sameBody(o, r *model.Object) bool {
	content := o.Contents[o.Default]
	live, _ := model.In(r.Contents, o.Default)
	return markup.Equal(c.Render(content.File, o.Default, content.Fields[model.Body]).HTML, live.Fields[model.Body])
}

func (c *computation) doubt(o *model.Object, keys []model.Key, reason, hint string) {
	slices.SortFunc(keys, model.Key.Compare)
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = k.ID
		c.disputed[k] = true
	}
	about := (&Pair{Local: o}).about()
	c.doubts[o] = Conflict{About: about, File: o.Contents[o.Default].File, Line: 1, Unmatched: true,
		Reason: reason + " (id " + strings.Join(ids, ", ") + ")", Hint: hint}
}

// resolve gives refs their ids where the folder's collection has one.
func (c *computation) resolve(refs []model.Ref) []model.Ref {
	out := make([]model.Ref, len(refs))
	for i, r := range refs {
		if id, ok := c.ids[r.Path]; ok && r.Path != "" {
			r.ID = id
		}
		out[i] = r
	}
	return out
}
