package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// parents plans a move: the folder against the collections that hold the
// object. Only the primary parent is managed unless the file lists them all.
func (c *computation) parents(p *Pair, ch *Change) {
	to := c.resolve(p.Local.Parents)
	from := p.Remote.Parents
	if c.placed(p, to) {
		return
	}
	editedHere := p.Base == nil || !sameHome(to, p.Base.LocalParents, p.Local.ParentsComplete) ||
		c.otherCenter(p) && topFolder(p.Base.Path) != topFolder(p.Local.Path)
	editedThere := p.Base == nil || !sameSet(ids(from), p.Base.RemoteParents)
	switch {
	case !editedHere && !editedThere && !c.otherCenter(p): // as it was agreed: also in a collection that has no folder
	case !editedHere:
		c.plan.Drift = append(c.plan.Drift, Drift{About: ch.About, What: Moved, Before: p.Local.Path, After: c.homes(from)})
	case p.Base == nil:
		c.refuseMove(p, ch.About, "stands elsewhere in Intercom", "move the file to where Intercom has it ("+c.homes(from)+")")
	case editedThere:
		c.refuseMove(p, ch.About, "moved here and in Intercom", "move the file to where Intercom has it ("+c.homes(from)+"), or move it back there")
	default:
		c.move(p, ch, from, to)
	}
}

// placed says that the object is where the file stands.
func (c *computation) placed(p *Pair, to []model.Ref) bool {
	have := ids(p.Remote.Parents)
	switch {
	case len(to) == 0:
		return len(have) == 0 && !c.otherCenter(p)
	case p.Local.ParentsComplete:
		return sameSet(have, ids(to))
	}
	return to[0].ID != "" && slices.Contains(have, to[0].ID)
}

// crossed finds collections that were moved here into one that was moved into
// them in Intercom meanwhile. Nobody can have both.
func (c *computation) crossed() {
	parent := map[string]string{}
	for key, o := range c.remote {
		if key.Kind == model.Collection && len(o.Parents) > 0 {
			parent[key.ID] = o.Parents[0].ID
		}
	}
	for _, ch := range c.plan.Changes {
		if ch.Kind == model.Collection && ch.Parent != nil && ch.ID != "" {
			parent[ch.ID] = first(ch.Parent.To)
		}
	}
	for _, p := range c.plan.Pairs {
		if p.Remote == nil && p.Local != nil && p.Local.Kind == model.Collection {
			parent[p.Local.Path] = first(c.resolve(p.Local.Parents))
		}
	}
	c.plan.Changes = slices.DeleteFunc(c.plan.Changes, func(ch Change) bool {
		if ch.Kind != model.Collection || ch.Parent == nil || ch.ID == "" || !inItself(ch.ID, parent) {
			return false
		}
		for i := range c.plan.Pairs {
			if p := &c.plan.Pairs[i]; p.Local != nil && p.Local.Path == ch.Path {
				c.refuseMove(p, ch.About, "moved here into a collection that was moved into it in Intercom", "move the folder to where Intercom has it ("+c.homes(p.Remote.Parents)+"), then pull")
			}
		}
		return true
	})
}

// first names the collection that something stands in: a new one by its folder.
func first(parents []model.Ref) string {
	if len(parents) == 0 {
		return ""
	}
	return cmp.Or(parents[0].ID, parents[0].Path)
}

// inItself says that a collection would be among the ones around it.
func inItself(id string, parent map[string]string) bool {
	at := parent[id]
	for range len(parent) {
		if at == id {
			return true
		}
		at = parent[at]
	}
	return false
}

// otherCenter says that a collection's folder is in another help center than
// the collection.
func (c *computation) otherCenter(p *Pair) bool {
	return p.Local.Kind == model.Collection && p.Local.HelpCenter != "" && p.Remote.HelpCenter != "" && p.Local.HelpCenter != p.Remote.HelpCenter
}

func topFolder(p string) string {
	top, _, _ := strings.Cut(p, "/")
	return top
}

// sameHome says that the files still have the parents they had.
func sameHome(to []model.Ref, base []string, complete bool) bool {
	if complete {
		return sameSet(ids(to), base)
	}
	if len(to) == 0 || len(base) == 0 {
		return len(to) == len(base)
	}
	return to[0].ID == base[0]
}

// move plans it where the API can, else refuses with the steps by hand
// (intercom-api.md sections 2.2 and 8).
func (c *computation) move(p *Pair, ch *Change, from, to []model.Ref) {
	able := p.Local.Kind == model.Collection || c.ManyParents
	gone := c.gone(to)
	switch {
	case gone != "":
		c.homeless(ch.About, p.Local.Contents[p.Local.Default].File, "moved here into "+gone)
	case c.otherCenter(p):
		c.refuseMove(p, ch.About, "the API cannot move a collection to another help center", "move it in Intercom, then pull")
	case c.Sections && p.Local.Kind == model.Collection && (len(from) == 0 || len(to) == 0):
		c.refuseMove(p, ch.About, "this API version cannot move a collection to or from the first level", "move it in Intercom, then pull; or "+newer)
	case c.tooDeep(p.Local):
		c.refuseMove(p, ch.About, tooDeep, newer)
	case len(to) == 0 && !able:
		c.refuseMove(p, ch.About, "this API version cannot take an article out of all collections", "remove it from its collections in Intercom, then pull")
	case (len(from) > 1 || len(to) > 1) && !able:
		c.refuseMove(p, ch.About, "this API version cannot move an article that is in several collections", "change its collections in Intercom, then pull")
	default:
		if !p.Local.ParentsComplete {
			to = append(to, others(from, p.Base.LocalParents)...)
		}
		ch.Parent = &ParentChange{From: c.folders(from), To: to}
	}
}

// homeless refuses what is to go into a collection that Intercom no longer has.
func (c *computation) homeless(about About, file, reason string) {
	c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, File: file, What: HomeGone, Reason: reason + ", which was deleted in Intercom",
		Hint: "`hcsync pull --ours` keeps the collection, which the next push creates anew; or move the file elsewhere, then pull"})
}

// gone gives the folder of a collection that Intercom no longer has, if there is one
// among these.
func (c *computation) gone(refs []model.Ref) string {
	for _, r := range refs {
		key := model.Key{Kind: model.Collection, ID: r.ID}
		if c.Base[key] != nil && c.remote[key] == nil {
			return cmp.Or(r.Path, r.ID)
		}
	}
	return ""
}

// folders names the folders of collections, where the files have them.
func (c *computation) folders(refs []model.Ref) []model.Ref {
	out := make([]model.Ref, len(refs))
	for i, r := range refs {
		out[i] = model.Ref{ID: r.ID, Path: c.paths[r.ID]}
	}
	return out
}

// others are the live parents that a file without also_in leaves alone: all
// but the one that its folder was.
func others(from []model.Ref, home []string) []model.Ref {
	var out []model.Ref
	for _, r := range from {
		if len(home) > 0 && r.ID != home[0] {
			out = append(out, r)
		}
	}
	return out
}

func (c *computation) refuseMove(p *Pair, about About, reason, hint string) {
	c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, File: p.Local.Contents[p.Local.Default].File, Reason: reason, Hint: hint})
}

// homes names collections for a reader.
func (c *computation) homes(refs []model.Ref) string {
	if len(refs) == 0 {
		return "no collection"
	}
	s := ""
	for i, r := range refs {
		if i > 0 {
			s += ", "
		}
		if o := c.remote[model.Key{Kind: model.Collection, ID: r.ID}]; o != nil {
			s += o.Title()
		} else {
			s += r.ID
		}
	}
	return s
}

func ids(refs []model.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.ID
	}
	return out
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
