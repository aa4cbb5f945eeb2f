package pull

import (
	"cmp"
	"path"
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
	moved := c.follow(p)
	if entry.Path == "" || moved {
		entry.Path = c.paths[key]
	}
	for _, l := range p.Local.Locales() {
		if err := c.existingFile(p, l, entry); err != nil {
			return err
		}
	}
	for _, d := range c.drift[key] {
		if d.What == diff.New && d.Locale != "" {
			c.newFile(p.Remote, d.Locale, entry)
		}
	}
	c.removeLocales(p, entry)
	if p.Base == nil || moved {
		entry.Settle(c.localParents(p, moved), p.Remote)
	}
	if !reflect.DeepEqual(entry, tip) {
		c.result.Entries = append(c.result.Entries, entry)
	}
	return nil
}

// localParents gives the ids of the folders that hold an object's file.
func (c *computation) localParents(p *diff.Pair, moved bool) []string {
	if moved {
		return parentIDs(p.Remote)
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
	for key, p := range c.paths {
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
	if !there && !l.Is(p.Local.Default) {
		return nil
	}
	e := &edit{File: File{Edit: content.Edit{Path: c.fileOf(p, local)}, About: c.about(p.Remote), Locale: l},
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
	if len(e.values)+len(taken) > 0 {
		entry.Agree(l, p.Base, local, live, e.values)
	}
	if len(taken) > 0 {
		entry.Take(l, taken)
	}
	seen := l.Is(p.Local.Default) && c.movedThere(p.Remote.Key()) // the new place is agreed now
	c.link(&e.File, p, local, seen || e.Why != "" || len(e.values)+len(taken) > 0, entry, l)
	if e.Why != "" {
		c.result.Files = append(c.result.Files, e.File)
	}
	return nil
}

// fileOf names the file that a locale has, in the folder where it is after the
// pull. Its name stays what it is even when the live default locale changed.
func (c *computation) fileOf(p *diff.Pair, local model.Content) string {
	folder := c.paths[p.Remote.Key()]
	if p.Remote.Kind == model.Article {
		folder = path.Dir(folder)
	}
	return path.Join(folder, path.Base(local.File))
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

func (c *computation) movedThere(key model.Key) bool {
	return slices.ContainsFunc(c.drift[key], func(d diff.Drift) bool { return d.What == diff.Moved })
}

// elsewhere writes the further collections of an article that was moved in
// Intercom, if its file names them all.
func (c *computation) elsewhere(e *edit, p *diff.Pair) {
	key := p.Remote.Key()
	if key.Kind != model.Article || c.Secondary || !p.Local.ParentsComplete || !c.movedThere(key) || c.destination(p) == "" {
		return
	}
	listed := p.Local.Contents[p.Local.Default].Lines["also_in"] > 0
	also := c.alsoIn(p.Remote)
	also.Remove = len(p.Remote.Parents) == 0
	if listed || len(also.List) > 0 {
		e.Set, e.Why = append(e.Set, also), "changed"
	}
}

// follow moves the files of an object that was moved in Intercom.
func (c *computation) follow(p *diff.Pair) bool {
	key := p.Remote.Key()
	if !c.movedThere(key) {
		return false
	}
	to := c.destination(p)
	if to == "" || to == p.Local.Path {
		return to != "" // other further collections: see elsewhere
	}
	c.paths[key] = to
	if p.Local.Kind == model.Collection {
		c.moveFolder(p.Local.Path, to)
		c.result.Renames = append(c.result.Renames, Rename{From: p.Local.Path, To: to, About: c.about(p.Remote)})
		return true
	}
	for _, l := range p.Local.Locales() {
		from := strings.TrimPrefix(strings.TrimPrefix(p.Local.Contents[l].File, c.Content), "/")
		c.result.Renames = append(c.result.Renames, Rename{From: from, To: path.Join(path.Dir(to), path.Base(from)), About: c.about(p.Remote)})
	}
	return true
}

// destination is where the files of a moved object belong, under the name they
// have.
func (c *computation) destination(p *diff.Pair) string {
	home := ""
	if p.Remote.Kind == model.Article {
		home = content.Home(c.paths, p.Remote, path.Dir(p.Local.Path))
	} else if len(p.Remote.Parents) == 0 {
		home = c.hcs[p.Remote.HelpCenter]
	} else {
		home = c.paths[model.Key{Kind: model.Collection, ID: p.Remote.Parents[0].ID}]
	}
	if home == "" {
		return ""
	}
	return path.Join(home, path.Base(p.Local.Path))
}

// moveFolder carries everything below a folder along.
func (c *computation) moveFolder(from, to string) {
	for key, p := range c.paths {
		if rest, below := strings.CutPrefix(p, from+"/"); below {
			c.paths[key] = to + "/" + rest
		}
	}
}
