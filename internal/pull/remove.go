package pull

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// whole is what becomes of objects and locales as a whole.
type whole struct {
	// gone are those that Intercom no longer has: their files go.
	gone []diff.About
	// anew are those whose files stay all the same, to be created again.
	anew []diff.About
	// kept are those that the files no longer have, and Intercom has edited.
	kept []diff.About
	// Locales of objects that stay, by object: the same three.
	goneLocales, anewLocales, keptLocales map[model.Key][]model.Locale
}

func pairs(p *diff.Plan) map[model.Key]*diff.Pair {
	out := map[model.Key]*diff.Pair{}
	for i := range p.Pairs {
		switch pair := &p.Pairs[i]; {
		case pair.Remote != nil:
			out[pair.Remote.Key()] = pair
		case pair.Base != nil:
			out[pair.Base.Key()] = pair
		}
	}
	return out
}

func keyOfAbout(a diff.About) model.Key { return model.Key{Kind: a.Kind, ID: a.ID} }

// confirmed says that Intercom was asked, and that the files may follow.
func (c *computation) confirmed(a diff.About, l model.Locale) bool {
	return c.Confirmed != nil && c.Confirmed(keyOfAbout(a), l)
}

// absent takes up an object or locale that is unchanged here and no longer in
// Intercom. What a second workspace has lost removes no file: it stays listed,
// or is forgotten there, so that the next push creates it again.
func (c *computation) absent(d diff.Drift) {
	switch {
	case !c.confirmed(d.About, d.Locale), c.Secondary && c.Side != Ours:
		c.result.Left = append(c.result.Left, d)
	case c.Secondary:
		c.keepOurs(d.About, d.Locale)
	case d.Locale == "":
		c.gone = append(c.gone, d.About)
	default:
		add(&c.goneLocales, d.About, d.Locale)
	}
}

func add(to *map[model.Key][]model.Locale, a diff.About, l model.Locale) {
	if *to == nil {
		*to = map[model.Key][]model.Locale{}
	}
	(*to)[keyOfAbout(a)] = append((*to)[keyOfAbout(a)], l)
}

// settleWhole takes the side that was asked for, where an object or a locale
// was edited on one side and removed on the other.
func (c *computation) settleWhole(x diff.Conflict) bool {
	if c.Side == Merge || x.What == "" || c.Secondary && c.Side == Theirs {
		return false
	}
	if x.What == diff.EditedThere {
		if x.Draft && c.Side == Ours {
			return false // there is nothing that could be recorded as seen
		}
		c.settleRemovedHere(x)
		return true
	}
	if !c.confirmed(x.About, x.Locale) {
		return false
	}
	switch {
	case c.Side == Theirs && x.Locale == "":
		c.gone = append(c.gone, x.About)
	case c.Side == Theirs:
		add(&c.goneLocales, x.About, x.Locale)
	case x.Locale == "" && untitled(c.pairs[keyOfAbout(x.About)].Local):
		x.Hint = "give " + x.About.Path + " a title, then `hcsync pull --ours` keeps it, or take Intercom's side with --theirs"
		c.torn[keyOfAbout(x.About)] = true
		c.open(x)
	default:
		c.keepOurs(x.About, x.Locale)
	}
	return true
}

// untitled says that an object could not be created from its files.
func untitled(o *model.Object) bool {
	main, _ := model.In(o.Contents, o.Default)
	return main.Fields[model.Title] == ""
}

func (c *computation) keepOurs(a diff.About, l model.Locale) {
	if l == "" {
		c.anew = append(c.anew, a)
		return
	}
	add(&c.anewLocales, a, l)
}

func (c *computation) settleRemovedHere(x diff.Conflict) {
	key := keyOfAbout(x.About)
	switch {
	case c.Side == Theirs && x.Locale == "":
		c.isNew[key] = true
	case c.Side == Theirs:
		c.drift[key] = append(c.drift[key], diff.Drift{About: x.About, Locale: x.Locale, What: diff.New})
	case x.Locale == "":
		c.kept = append(c.kept, x.About)
	default:
		add(&c.keptLocales, x.About, x.Locale)
	}
}

// revive brings the collections back that new files need, and those that were
// moved in Intercom: a folder with articles and without its collection would be
// no valid tree.
func (c *computation) revive() {
	needed, found := slices.Collect(maps.Keys(c.isNew)), maps.Clone(c.isNew)
	for key := range c.drift {
		if c.movedThere(key) && c.pairs[key].Local != nil {
			needed = append(needed, key)
		}
	}
	for len(needed) > 0 {
		key := needed[0]
		needed = needed[1:]
		for _, k := range c.missing(key, found) {
			if !c.isNew[k] {
				needed = append(needed, k)
			}
			c.isNew[k] = true
		}
	}
}

// missing lists the collections of an object, if none of them has a folder or
// gets one as it is new in Intercom.
func (c *computation) missing(key model.Key, found map[model.Key]bool) []model.Key {
	pair := c.pairs[key]
	if pair == nil || pair.Remote == nil {
		return nil
	}
	var list []model.Key
	for _, r := range pair.Remote.Parents {
		k := model.Key{Kind: model.Collection, ID: r.ID}
		if _, has := c.folder(k); has || found[k] {
			return nil
		}
		if parent := c.pairs[k]; parent != nil && parent.Remote != nil {
			list = append(list, k)
		}
	}
	return list
}

// folder gives the folder that a collection has in the tree.
func (c *computation) folder(k model.Key) (string, bool) {
	if p := c.pairs[k]; p != nil && p.Local != nil {
		return p.Local.Path, true
	}
	at, has := c.Unmanaged[k]
	return at, has
}

// withFolders leaves out the collections that have no folder and get none: they
// were removed here, and nothing can be put into them.
func (c *computation) withFolders(remote model.Snapshot) model.Snapshot {
	out := model.Snapshot{HelpCenters: remote.HelpCenters}
	for _, o := range remote.Objects {
		if _, has := c.folder(o.Key()); has || o.Kind != model.Collection || c.isNew[o.Key()] {
			out.Objects = append(out.Objects, o)
		}
	}
	return out
}

// withOldPlaces gives what comes back the path that it had, if that is free and
// it was not moved in Intercom since.
func (c *computation) withOldPlaces(local model.Snapshot) model.Snapshot {
	taken := map[string]bool{}
	for _, o := range local.Objects {
		taken[o.Path] = true
	}
	out := model.Snapshot{HelpCenters: local.HelpCenters, Objects: slices.Clone(local.Objects)}
	for key := range c.isNew {
		if c.returns(key, taken, map[model.Key]bool{}) {
			out.Objects = append(out.Objects, model.Object{Kind: key.Kind, ID: key.ID, Path: c.pairs[key].Base.Path})
		}
	}
	return out
}

// returns says that something new goes where it was before. Around are the
// objects that it is asked for: collections may not go in circles.
func (c *computation) returns(key model.Key, taken map[string]bool, around map[model.Key]bool) bool {
	p := c.pairs[key]
	if around[key] || p == nil || p.Base == nil || p.Base.Path == "" || taken[p.Base.Path] || !slices.Equal(parentIDs(p.Remote), p.Base.RemoteParents) {
		return false
	}
	dir := path.Dir(p.Base.Path)
	if len(p.Remote.Parents) == 0 {
		return p.Remote.Kind == model.Collection || dir == content.Unlisted
	}
	around[key] = true
	return slices.ContainsFunc(p.Remote.Parents, func(r model.Ref) bool {
		k := model.Key{Kind: model.Collection, ID: r.ID}
		if at, has := c.folder(k); has {
			return at == dir
		}
		parent := c.pairs[k]
		return parent != nil && c.isNew[k] && parent.Base != nil && parent.Base.Path == dir && c.returns(k, taken, around)
	})
}

// removals decides about the files of objects as a whole.
func (c *computation) removals() {
	slices.SortFunc(c.gone, func(a, b diff.About) int { return keyOfAbout(b).Compare(keyOfAbout(a)) }) // articles first
	gone := c.goes()
	for _, a := range c.gone {
		local := c.pairs[keyOfAbout(a)].Local
		if c.skipped(local) {
			continue
		}
		inside := c.inhabited(local, gone)
		if inside != "" && c.Side == Ours && !untitled(local) {
			c.anew = append(c.anew, a)
			continue
		}
		if inside != "" {
			c.open(diff.Conflict{About: a, File: local.Contents[local.Default].File,
				Reason: "deleted in Intercom, but " + inside + " is in its folder",
				Hint:   "move that away, or keep the collection with `hcsync pull --ours`"})
			continue
		}
		for _, l := range local.Locales() {
			c.take(local, l, a)
		}
		c.result.Forget = append(c.result.Forget, keyOfAbout(a))
	}
	for _, a := range c.anew {
		c.startAnew(a)
	}
	for _, a := range c.kept {
		live := c.pairs[keyOfAbout(a)].Remote
		entry := live.Key().Next(c.st.Tip[live.Key()])
		for l, content := range live.Contents {
			entry.Leave(l, content)
		}
		entry.Kept = c.st.Main
		c.result.Entries = append(c.result.Entries, entry)
	}
}

// take takes one file of an object away.
func (c *computation) take(o *model.Object, l model.Locale, about diff.About) {
	name := c.fileOf(o.Contents[l])
	c.result.Files = append(c.result.Files, File{Edit: content.Edit{Path: name}, Remove: true, Why: "removed", About: about, Locale: l})
}

// goes says which paths are those of objects that Intercom no longer has.
func (c *computation) goes() map[string]bool {
	out := map[string]bool{}
	for _, a := range c.gone {
		out[c.pairs[keyOfAbout(a)].Local.Path] = true
	}
	return out
}

// inhabited names a file that stays in the folder of a collection: one that
// neither goes nor is moved, alone or with a folder in there. That a collection
// around it goes does not take it away.
func (c *computation) inhabited(o *model.Object, gone map[string]bool) string {
	if o.Kind != model.Collection {
		return ""
	}
	for _, other := range c.st.Input.Local.Objects {
		if strings.HasPrefix(other.Path, o.Path+"/") && !gone[other.Path] && !c.movesOut(other.Path, o.Path) {
			return other.Path
		}
	}
	return ""
}

func (c *computation) movesOut(p, below string) bool {
	for ; p != below && p != "."; p = path.Dir(p) {
		if _, moves := c.places.Moves[p]; moves {
			return true
		}
	}
	return false
}

// startAnew takes the identity out of the files, so that the next push creates
// the object again. In a language that is off now, a file keeps what tells that
// a pull wrote it while it was on.
func (c *computation) startAnew(a diff.About) {
	local := c.pairs[keyOfAbout(a)].Local
	for _, l := range local.Locales() {
		name := c.fileOf(local.Contents[l])
		e := content.Edit{Path: name}
		if !c.Secondary { // whose id the files do not hold
			e.Set = []content.Pair{{Key: "id", Remove: true}}
			if !c.off(local, l) {
				e.Set = append(e.Set, content.Pair{Key: "synced", Remove: true})
			}
		}
		c.result.Files = append(c.result.Files, File{About: a, Locale: l, Why: "kept ours", Edit: e})
	}
	c.result.Forget = append(c.result.Forget, keyOfAbout(a))
}

// off says that the help center of an object has a language no longer.
func (c *computation) off(o *model.Object, l model.Locale) bool {
	return !slices.ContainsFunc(c.st.Input.Remote.HelpCenters, func(hc model.HelpCenter) bool {
		_, has := hc.Has(l)
		return has && (o.HelpCenter == "" || o.HelpCenter == hc.ID)
	})
}

// removeLocales does the same for translations of an object that stays.
func (c *computation) removeLocales(p *diff.Pair, entry *model.BaseObject) {
	key := p.Remote.Key()
	for _, l := range c.goneLocales[key] {
		if l.Is(p.Local.Default) {
			c.silence(p, l)
		} else {
			c.take(p.Local, l, c.about(p.Remote))
		}
		forget(entry, l)
	}
	for _, l := range c.anewLocales[key] {
		name := c.fileOf(p.Local.Contents[l])
		c.result.Files = append(c.result.Files, File{About: c.about(p.Remote), Locale: l, Why: "kept ours", Marked: !c.Secondary, Edit: content.Edit{Path: name}})
		forget(entry, l)
	}
	for _, l := range c.keptLocales[key] {
		entry.Leave(l, p.Remote.Contents[l])
		entry.Kept = c.st.Main
	}
}

// silence takes out of a main file what it says, and leaves whose it is: without
// it the translations would be those of nothing. See newMain.
func (c *computation) silence(p *diff.Pair, l model.Locale) {
	local, nothing := p.Local.Contents[l], ""
	f := File{About: c.about(p.Remote), Locale: l, Why: "changed", Marked: !c.Secondary, Edit: content.Edit{Path: c.fileOf(local), Body: &nothing}}
	for _, field := range model.Fields(p.Local.Kind) {
		if _, says := local.Fields[field]; says {
			f.Fields = append(f.Fields, field)
		}
		if field != model.Body {
			f.Set = append(f.Set, content.Pair{Key: keyOf(p.Local, l, field), Remove: true})
		}
	}
	c.result.Files = append(c.result.Files, f)
}

func forget(entry *model.BaseObject, l model.Locale) {
	for have := range entry.Contents {
		if have.Is(l) {
			delete(entry.Contents, have)
		}
	}
}

// Brake counts the files that a pull removes, of all that there are.
func (r *Result) Brake(local model.Snapshot) diff.Brake {
	b := diff.Brake{What: diff.RemovingFile}
	for _, f := range r.Files {
		if f.Remove {
			b.Count++
		}
	}
	for _, o := range local.Objects {
		b.Of += len(o.Contents)
	}
	return b
}

// remove takes a file away that is still as it was read.
func remove(tree *content.Tree, f File) (w Wrote, done bool, err error) {
	err = tree.Remove(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Wrote{f, nil}, false, nil
	case errors.Is(err, content.ErrChangedSinceRead):
		return Wrote{f, err}, true, nil
	case err != nil:
		return Wrote{f, nil}, false, fmt.Errorf("not removed: %w", err)
	}
	return Wrote{f, nil}, true, nil
}
