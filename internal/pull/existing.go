package pull

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// existing brings the files of an object that both sides have up to date: it
// takes what drifted, and writes the id and the marker where a file lacks them.
func (c *computation) existing(p *diff.Pair) error {
	key := p.Remote.Key()
	if c.torn[key] || c.skipped(p.Local) {
		return nil
	}
	tip := c.st.Tip[key]
	entry := key.Next(tip)
	entry.Primary = cmp.Or(p.Local.Primary, entry.Primary)
	moved := c.followed(key)
	if entry.Path == "" || moved {
		entry.Path = c.places.Paths[key]
	}
	for _, l := range p.Local.Locales() {
		if err := c.existingFile(p, l, entry); err != nil {
			return err
		}
	}
	for _, d := range c.drift[key] {
		if d.What == diff.New && d.Locale != "" {
			c.newFile(p, d.Locale, entry)
		}
	}
	c.removeLocales(p, entry)
	if p.Base == nil || moved {
		entry.Settle(c.localParents(p, moved), p.Remote)
	}
	if c.Secondary && c.Side == Ours && len(c.conflicts[key]) > 0 {
		// No file holds what it has seen of this workspace.
		entry.Kept = c.st.Main
	}
	if !reflect.DeepEqual(entry, tip) {
		c.result.Entries = append(c.result.Entries, entry)
	}
	return nil
}

// localParents gives the ids of the folders that hold an object's file.
func (c *computation) localParents(p *diff.Pair, moved bool) []string {
	if moved {
		return c.folders(p.Remote)
	}
	var out []string
	for _, r := range p.Local.Parents {
		id := r.ID
		if key, ok := c.st.Input.Claims[diff.Place{Kind: model.Collection, Path: r.Path}]; ok && id == "" {
			id = key.ID
		}
		if id == "" {
			id = c.folderID(r.Path)
		}
		if id != "" {
			out = append(out, id)
		}
	}
	return out
}

func (c *computation) folderID(folder string) string {
	for key, p := range c.places.Paths {
		if key.Kind == model.Collection && p == folder {
			return key.ID
		}
	}
	return ""
}

// existingFile edits one file.
func (c *computation) existingFile(p *diff.Pair, l model.Locale, entry *model.BaseObject) error {
	local := p.Local.Contents[l]
	live, there := p.Remote.Contents[l]
	if !there && !l.Is(p.Local.Default) || c.newThere(p, l) {
		return nil
	}
	e := &edit{File: File{Edit: content.Edit{Path: c.fileOf(local)}, About: c.about(p.Remote), Locale: l},
		object: p.Local, values: map[model.Field]model.Agreed{}}
	for _, d := range c.drift[p.Remote.Key()] {
		if d.Locale == l && d.Field != "" && c.taken(d.Field) {
			e.take(d.Field, d.After, d.Live)
		}
	}
	if l.Is(p.Local.Default) {
		c.elsewhere(e, p)
	}
	for _, x := range c.conflicts[p.Remote.Key()] {
		if x.Locale == l {
			if err := c.settle(e, x); err != nil {
				return err
			}
		}
	}
	for _, a := range c.agreed[p.Remote.Key()] {
		if a.Locale == l {
			e.values[a.Field] = a.Value
		}
	}
	taken, err := c.takeDraft(e, p, l)
	if err != nil {
		return err
	}
	taken = c.repoint(e, p, local, taken)
	if len(e.values)+len(taken) > 0 {
		entry.Agree(l, p.Base, local, live, e.values)
	}
	if len(taken) > 0 {
		entry.Take(l, taken)
	}
	seen := l.Is(p.Local.Default) && c.followed(p.Remote.Key()) // the new place is agreed now
	e.Last = seen
	c.link(&e.File, p, local, seen || e.Why != "" || len(e.values)+len(taken) > 0, entry, l)
	if e.Why != "" {
		c.result.Files = append(c.result.Files, e.File)
	}
	return nil
}

// newThere says that Intercom has a language which the files have not, or only as
// a main file that says nothing.
func (c *computation) newThere(p *diff.Pair, l model.Locale) bool {
	return slices.ContainsFunc(c.drift[p.Remote.Key()], func(d diff.Drift) bool { return d.What == diff.New && d.Locale.Is(l) })
}

// edit is one file's edit in the making, with the values that it makes agreed.
type edit struct {
	File
	object *model.Object
	values map[model.Field]model.Agreed
}

// take puts Intercom's value into the file.
func (e *edit) take(f model.Field, after, live string) {
	if f == model.Body {
		after = content.TrimBody(after)
		e.Body = &after
	} else {
		e.Set = append(e.Set, content.Pair{Key: keyOf(e.object, e.Locale, f), Value: after})
	}
	e.values[f] = model.Agreed{Managed: true, Local: after, Remote: live}
	e.Fields = append(e.Fields, f)
	e.Why = "changed"
}

// seen records Intercom's value as known, and leaves the file's as an edit of
// it.
func (e *edit) seen(x diff.Conflict) {
	e.values[x.Field] = model.Agreed{Managed: true, Local: content.TrimBody(x.Remote), Remote: x.Live}
}

// keyOf names the front matter key of a field.
func keyOf(o *model.Object, l model.Locale, f model.Field) string {
	if f == model.Author && o.Contents[l].Lines["author_id"] > 0 {
		return "author_id"
	}
	return string(f)
}

// link gives a file its id and its marker where it lacks them, or where it has
// seen more now. A file that nothing is agreed on with gets no marker, since its
// text was never compared, and the id only of an object that the state knows: a
// translation beside it may have that id too.
func (c *computation) link(f *File, p *diff.Pair, local model.Content, changed bool, entry *model.BaseObject, l model.Locale) {
	if c.Secondary {
		return
	}
	_, compared := entry.Contents[l]
	if !compared && (c.st.Tip[p.Remote.Key()] == nil || !l.Is(p.Local.Default)) {
		return
	}
	named := local.Lines["id"] > 0
	if !named {
		f.Set = append([]content.Pair{{Key: "id", Value: p.Remote.ID}}, f.Set...)
	}
	if named && (!changed || !compared) {
		return
	}
	f.Marked = compared
	if f.Why == "" {
		f.Why = "linked"
	}
}

// followed says that an object stands where Intercom has moved it, after this
// pull or since one that was cut off.
func (c *computation) followed(key model.Key) bool {
	return c.places.Followed[key] || c.arrived.Followed[key]
}

func (c *computation) movedThere(key model.Key) bool {
	return slices.ContainsFunc(c.drift[key], func(d diff.Drift) bool { return d.What == diff.Moved })
}

// elsewhere writes what the main file of an article that was moved in Intercom
// says of its place: its locale where the folder does not tell, and the further
// collections, if it names them all.
func (c *computation) elsewhere(e *edit, p *diff.Pair) {
	key := p.Remote.Key()
	if key.Kind != model.Article || c.Secondary || !c.places.Followed[key] {
		return
	}
	lines := p.Local.Contents[p.Local.Default].Lines
	if evident := c.evident(p.Remote, p.Local.Default); !evident || lines["locale"] > 0 {
		e.Set, e.Why = append(e.Set, content.Pair{Key: "locale", Value: string(p.Local.Default), Remove: evident}), "changed"
		e.Fields = append(e.Fields, "locale")
	}
	if !p.Local.ParentsComplete {
		return
	}
	listed := lines["also_in"] > 0
	also := c.alsoIn(p.Remote)
	also.Remove = len(p.Remote.Parents) == 0
	if listed || len(also.List) > 0 {
		e.Set, e.Why = append(e.Set, also), "changed"
		e.Fields = append(e.Fields, "also_in")
	}
}

// following are the objects whose files go where Intercom has moved them.
func (c *computation) following() map[model.Key]bool {
	out := map[model.Key]bool{}
	for key := range c.drift {
		p := c.pairs[key]
		switch {
		case !c.movedThere(key) || p.Local == nil || p.Remote == nil || c.torn[key] || c.inConflict(p.Local):
		case c.otherwise(p):
			c.torn[key] = true
			about := diff.About{Kind: key.Kind, ID: key.ID, Path: p.Local.Path, Title: p.Remote.Title()}
			c.open(diff.Conflict{About: about, File: p.Local.Contents[p.Local.Default].File,
				Reason: "moved in Intercom into a help center that begins with another language than " + string(p.Local.Default) + ", so that its files need other names",
				Hint:   "move the files by hand, each with its language in its name but for that of the help center, which begins with the lines id and synced; then pull again. Or move it back in Intercom"})
		default:
			out[key] = true
		}
	}
	return out
}

// otherwise says that an object is in a help center now in which a main file
// means another locale.
func (c *computation) otherwise(p *diff.Pair) bool {
	for _, hc := range c.st.Input.Remote.HelpCenters {
		if hc.ID == p.Remote.HelpCenter && len(p.Remote.Parents) > 0 {
			return !p.Local.Default.Is(c.unmarkedOf(hc.ID, hc.Default))
		}
	}
	return false
}

// renames lists what is moved, each under the object that it belongs to.
func (c *computation) renames() {
	if len(c.places.Moves) == 0 {
		return
	}
	for _, p := range c.pairs {
		if p.Local == nil || p.Remote == nil {
			continue
		}
		files := []string{p.Local.Path}
		for _, text := range p.Local.Contents {
			if p.Local.Kind == model.Article {
				files = append(files, strings.TrimPrefix(strings.TrimPrefix(text.File, c.Content), "/"))
			}
		}
		slices.Sort(files)
		for _, from := range slices.Compact(files) {
			if to, moves := c.places.Moves[from]; moves {
				c.result.Renames = append(c.result.Renames, Rename{From: from, To: to, About: c.about(p.Remote)})
			}
		}
	}
}
