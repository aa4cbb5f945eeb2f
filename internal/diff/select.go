package diff

import (
	"cmp"

	"github.com/hcsync/hcsync/internal/model"
)

// selection says which objects were asked for. A collection that is still to
// be created belongs to it as soon as something in it does: nothing can be put
// into a folder that is not there.
func (c *computation) selection() func(About) bool {
	if c.Selected == nil {
		return func(About) bool { return true }
	}
	needed := map[string]bool{}
	fresh := map[string]*model.Object{}
	for i := range c.Local.Objects {
		if o := &c.Local.Objects[i]; o.Kind == model.Collection && c.ids[o.Path] == "" {
			fresh[o.Path] = o
		}
	}
	var need func(o *model.Object)
	need = func(o *model.Object) {
		for _, r := range o.Parents {
			if parent := fresh[r.Path]; parent != nil && !needed[r.Path] {
				needed[r.Path] = true
				need(parent)
			}
		}
	}
	for i := range c.Local.Objects {
		o := &c.Local.Objects[i]
		if c.Selected(About{o.Kind, cmp.Or(o.ID, c.found[o].ID), o.Path, o.Title()}) {
			need(o)
		}
	}
	return func(a About) bool {
		if a.Path == "" { // only Intercom has it: the folder that it would go to counts
			a.Path = c.Paths[model.Key{Kind: a.Kind, ID: a.ID}]
		}
		return c.Selected(a) || a.Kind == model.Collection && needed[a.Path]
	}
}
