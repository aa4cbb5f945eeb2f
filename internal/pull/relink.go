package pull

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/relink"
)

// arrivals are the places that objects had, by the states that their files have
// seen, of those that stand where Intercom has moved them already: a pull that
// was cut off has moved them, and may not have come to what leads there.
func (c *computation) arrivals() {
	c.arrived = content.Places{Moves: map[string]string{}, Followed: map[model.Key]bool{}}
	for key, p := range c.pairs {
		if p.Local == nil || p.Remote == nil || p.Base == nil || p.Base.Path == "" || p.Base.Path == p.Local.Path || c.movedThere(key) {
			continue
		}
		if slices.Equal(parentIDs(p.Remote), p.Base.RemoteParents) || !c.stands(p) {
			continue
		}
		c.arrived.Followed[key] = true
		c.arrived.Moves[p.Base.Path] = p.Local.Path
		for l, text := range p.Local.Contents {
			// A translation may still be on its way.
			if at := content.Name(p.Local.Kind, p.Local.Path, l, p.Local.Default); p.Local.Kind == model.Article && text.File == path.Join(c.Content, at) {
				c.arrived.Moves[content.Name(p.Local.Kind, p.Base.Path, l, p.Local.Default)] = at
			}
		}
	}
}

// stands says that a file is in one of the live collections of its object.
func (c *computation) stands(p *diff.Pair) bool {
	here, there := c.localParents(p, false), parentIDs(p.Remote)
	if len(here) == 0 || len(there) == 0 {
		return len(here) == len(there)
	}
	return slices.Contains(there, here[0])
}

// still says that nothing changes places.
func (c *computation) still() bool {
	return c.Exists == nil || len(c.places.Moves)+len(c.arrived.Moves) == 0
}

// now gives the place of what a link leads to after the pull; false for what is
// not there. Both are relative to the folder of hcsync.yaml.
func (c *computation) now(target string) (string, bool) {
	if !c.Exists(target) {
		return "", false
	}
	return c.inTree(target, c.places.After), true
}

// inTree maps a path if it is one in the content folder.
func (c *computation) inTree(target string, to func(string) string) string {
	if p, inTree := strings.CutPrefix(target, c.Content+"/"); inTree {
		return path.Join(c.Content, to(p))
	}
	return target
}

// mover re-points the links of one file. A text of before the arrivals has the
// links of the place that it was written for, and of the tree as it was then.
func (c *computation) mover(local model.Content, earlier bool) relink.Move {
	m := relink.Move{From: local.File, To: path.Join(c.Content, c.fileOf(local)), Moved: c.now}
	if !earlier {
		return m
	}
	m.Moved = func(target string) (string, bool) { return c.now(c.inTree(target, c.arrived.After)) }
	for before, after := range c.arrived.Moves {
		if p := strings.TrimPrefix(local.File, c.Content+"/"); p == after || strings.HasPrefix(p, after+"/") {
			m.From = path.Join(c.Content, before+p[len(after):])
		}
	}
	return m
}

// repoint rewrites the links of a file whose place, or whose links' targets, are
// others after the pull. That is no edit: what was agreed on is re-pointed with
// it, and the file has seen that. It gives what of a draft was taken.
func (c *computation) repoint(e *edit, p *diff.Pair, local model.Content, taken map[model.Field]model.Agreed) map[model.Field]model.Agreed {
	if c.still() {
		return taken
	}
	c.realign(e, p.Local)
	text, has := local.Fields[model.Body]
	if !has {
		return taken
	}
	var base, tip model.BaseContent
	if p.Base != nil {
		base, _ = model.In(p.Base.Contents, e.Locale)
		tip, _ = model.In(c.st.Tip[p.Remote.Key()].Contents, e.Locale)
	}
	agreed, based := base.Fields[model.Body]
	newest, known := tip.Fields[model.Body]
	earlier := based && known && len(c.arrived.Moves) > 0 && newest.Local != agreed.Local
	if earlier && text == content.TrimBody(agreed.Local) && newest.Remote == p.Remote.Contents[e.Locale].Fields[model.Body] {
		c.resume(e, newest)
		return taken
	}
	m := c.mover(local, earlier)
	if e.Body != nil {
		text = *e.Body
	}
	if md := c.text(m, text); md != text {
		e.Body, e.Why = &md, cmp.Or(e.Why, "relinked")
	}
	if v, settled := e.values[model.Body]; settled {
		agreed = v
	}
	if md := c.text(m, agreed.Local); based && agreed.Managed && md != agreed.Local {
		agreed.Local = md
		e.values[model.Body] = agreed
		if t, waits := base.Taken[model.Body]; waits {
			taken = with(taken, t)
		}
	}
	if t, ok := taken[model.Body]; ok {
		t.Local = c.text(m, t.Local)
		taken[model.Body] = t
	}
	return taken
}

// resume writes what a pull that was cut off had recorded and not written yet.
func (c *computation) resume(e *edit, v model.Agreed) {
	md := content.TrimBody(v.Local)
	e.Body, e.Why = &md, cmp.Or(e.Why, "relinked")
	e.values[model.Body] = v
}

// with keeps a draft's text that was taken earlier, if no newer one was.
func with(taken map[model.Field]model.Agreed, earlier model.Agreed) map[model.Field]model.Agreed {
	if taken == nil {
		taken = map[model.Field]model.Agreed{}
	}
	if _, newer := taken[model.Body]; !newer {
		taken[model.Body] = earlier
	}
	return taken
}

func (c *computation) text(m relink.Move, md string) string {
	md, _ = m.Text(md)
	return md
}

// realign rewrites the list of an article's further collections where they, or
// the article, change places.
func (c *computation) realign(e *edit, o *model.Object) {
	main := o.Contents[o.Default]
	if o.Kind != model.Article || !e.Locale.Is(o.Default) || main.Lines["also_in"] == 0 || c.Secondary ||
		slices.ContainsFunc(e.Set, func(p content.Pair) bool { return p.Key == "also_in" }) {
		return
	}
	var before, after []string
	for _, r := range o.Parents[min(1, len(o.Parents)):] {
		before = append(before, r.Path)
		after = append(after, c.places.After(c.arrived.After(r.Path)))
	}
	list := content.AlsoIn(c.places.After(o.Path), after)
	if !slices.Equal(list, content.AlsoIn(o.Path, before)) {
		e.Set, e.Why = append(e.Set, content.Pair{Key: "also_in", List: list}), cmp.Or(e.Why, "relinked")
	}
}

// repointNew does the same for articles that only the files have, and so nothing
// is agreed on.
func (c *computation) repointNew(o *model.Object) {
	if c.still() || o.Kind != model.Article || c.inConflict(o) {
		return
	}
	for _, l := range o.Locales() {
		local := o.Contents[l]
		about := diff.About{Kind: o.Kind, ID: o.ID, Path: c.places.After(o.Path), Title: o.Title()}
		e := &edit{File: File{Edit: content.Edit{Path: c.fileOf(local)}, About: about, Locale: l}, object: o}
		c.repoint(e, &diff.Pair{Local: o}, local, nil)
		if e.Why != "" {
			c.result.Files = append(c.result.Files, e.File)
		}
	}
}
