package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// match pairs the objects of the three states: by id, then by the path that
// the state recorded, then by equal content of a file that moved, then by
// parent and title. What fits more than one way is a conflict, never a guess.
func (c *computation) match() []Pair {
	c.index()
	var pairs []Pair
	taken := map[model.Key]bool{}
	for i := range c.Local.Objects {
		if o := &c.Local.Objects[i]; o.ID != "" {
			taken[o.Key()] = true
		}
	}
	for _, o := range c.topDown() {
		p, ok := c.identify(o, taken)
		if !ok {
			continue
		}
		if p.Remote != nil {
			taken[p.Remote.Key()] = true
		}
		if id := p.about().ID; o.Kind == model.Collection && id != "" {
			c.ids[o.Path] = id
		}
		pairs = append(pairs, p)
	}
	for i := range c.Remote.Objects {
		if o := &c.Remote.Objects[i]; !taken[o.Key()] {
			pairs = append(pairs, Pair{Remote: o, Base: c.Base[o.Key()]})
		}
	}
	return pairs
}

func (c *computation) index() {
	c.noted = map[string]bool{}
	c.remote = make(map[model.Key]*model.Object, len(c.Remote.Objects))
	for i := range c.Remote.Objects {
		o := &c.Remote.Objects[i]
		c.remote[o.Key()] = o
	}
	c.centers = map[string]model.HelpCenter{}
	for _, hc := range c.Remote.HelpCenters {
		c.centers[hc.ID] = hc
	}
}

// topDown orders local objects so that a collection comes before what it
// holds, and what has an id before what has none.
func (c *computation) topDown() []*model.Object {
	list := make([]*model.Object, len(c.Local.Objects))
	for i := range c.Local.Objects {
		list[i] = &c.Local.Objects[i]
	}
	slices.SortFunc(list, func(a, b *model.Object) int {
		return cmp.Or(
			cmp.Compare(rank(a.Kind), rank(b.Kind)),
			cmp.Compare(depth(a), depth(b)),
			cmp.Compare(a.Path, b.Path))
	})
	return list
}

func rank(k model.Kind) int {
	if k == model.Collection {
		return 0
	}
	return 1
}

// depth is the number of folders above a collection; articles have no order
// among themselves.
func depth(o *model.Object) int {
	if o.Kind != model.Collection {
		return 0
	}
	return strings.Count(o.Path, "/")
}

// identify finds the object that a file belongs to; false when that is
// uncertain, which is then a conflict of the plan.
func (c *computation) identify(o *model.Object, taken map[model.Key]bool) (Pair, bool) {
	if o.ID != "" {
		return Pair{Local: o, Remote: c.remote[o.Key()], Base: c.Base[o.Key()]}, true
	}
	if key, ok := c.Claims[Place{o.Kind, o.Path}]; ok && !taken[key] && (c.remote[key] != nil || c.Base[key] != nil) {
		taken[key] = true
		return Pair{Local: o, Remote: c.remote[key], Base: c.Base[key]}, true
	}
	if moved := c.movedFrom(o, taken); len(moved) == 1 {
		taken[moved[0]] = true
		return Pair{Local: o, Remote: c.remote[moved[0]], Base: c.Base[moved[0]]}, true
	} else if len(moved) > 1 {
		c.uncertain(o, "the same text was removed from more than one place", moved)
		return Pair{}, false
	}
	return c.adopt(o, taken)
}

// movedFrom finds objects whose files are gone and whose agreed text is just
// what this new file says: it was moved before it ever had an id.
func (c *computation) movedFrom(o *model.Object, taken map[model.Key]bool) []model.Key {
	var found []model.Key
	for key, base := range c.Base {
		if key.Kind == o.Kind && !taken[key] && !base.Removed && c.remote[key] != nil && !c.occupied(base) && sameText(o, base) {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, model.Key.Compare)
	return found
}

// occupied says that the place of a base still has its file.
func (c *computation) occupied(base *model.BaseObject) bool {
	return slices.ContainsFunc(c.Local.Objects, func(o model.Object) bool { return o.Kind == base.Kind && o.Path == base.Path })
}

func sameText(o *model.Object, base *model.BaseObject) bool {
	if len(o.Contents) != len(base.Contents) {
		return false
	}
	for l, content := range o.Contents {
		for _, f := range []model.Field{model.Title, model.Body} {
			v, ok := content.Fields[f]
			if a := base.Contents[l].Fields[f]; ok && (!a.Managed || a.Local != v) {
				return false
			}
		}
	}
	return true
}

// adopt looks for an object that nobody claims with the same parent and title.
// One with the same text is taken over; any other is for the user to settle.
func (c *computation) adopt(o *model.Object, taken map[model.Key]bool) (Pair, bool) {
	var found []model.Key
	for key, r := range c.remote {
		if key.Kind == o.Kind && !taken[key] && r.Title() == o.Title() && c.sameParent(o, r) {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, model.Key.Compare)
	switch {
	case len(found) == 0:
		return Pair{Local: o}, true
	case len(found) > 1:
		c.uncertain(o, "Intercom has several with this title in this place", found)
		return Pair{}, false
	}
	r := c.remote[found[0]]
	if o.Kind == model.Article && !c.sameBody(o, r) {
		c.uncertain(o, "Intercom has another text with this title in this place", found)
		return Pair{}, false
	}
	return Pair{Local: o, Remote: r, Base: c.Base[found[0]]}, true
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
	live, _ := contentIn(r.Contents, o.Default)
	return markup.Equal(c.Render(content.File, o.Default, content.Fields[model.Body]).HTML, live.Fields[model.Body])
}

func (c *computation) uncertain(o *model.Object, reason string, keys []model.Key) {
	about := (&Pair{Local: o}).about()
	if c.Selected != nil && !c.Selected(about) {
		return
	}
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = k.ID
	}
	c.plan.Conflicts = append(c.plan.Conflicts, Conflict{
		About: about, File: o.Contents[o.Default].File, Line: 1,
		Reason: reason + " (id " + strings.Join(ids, ", ") + ")",
		Hint:   "to take it over, write its number as `id:` into the file; to make a new one, change the title",
	})
}
