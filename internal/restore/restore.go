// Package restore makes files say again what they said at an earlier commit of
// the state.
//
// It writes files and nothing else: the way back to Intercom is the ordinary
// plan and push, which shows what it will do. So `synced` stays as it is, and
// the state of publication too unless it is asked for.
package restore

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/relink"
)

// Object is one object to restore.
type Object struct {
	Key model.Key
	// Then is the version to go back to; nil where the state did not have it.
	Then *model.BaseObject
	// Now is what the files have; nil where they have nothing.
	Now *model.Object
	// Path is where files that are gone come back to.
	Path string
	// Gone says that Intercom has it no longer, as the state knows: it comes back
	// without its id, to be created anew.
	Gone bool
}

// Options say how.
type Options struct {
	// Content is the content folder, relative to the folder of hcsync.yaml.
	Content string
	// State also restores what is published and what is a draft.
	State bool
	// IDs says that the files hold the ids of this workspace.
	IDs bool
	// Default gives the default locale of an object at a path, and whether its
	// help center has a locale.
	Default func(path string) model.Locale
	Has     func(path string, l model.Locale) bool
	// Locale says whether a locale is asked for; nil is all.
	Locale func(model.Locale) bool
	// Last gives the text that a file that is gone last had in git.
	Last func(file string) []byte
	// InConflict says whether a file holds an unsettled conflict.
	InConflict func(file string) bool
}

// File is one edit of the tree.
type File struct {
	content.Edit
	About  diff.About
	Locale model.Locale
	Fields []model.Field
	// Back says that the file was gone.
	Back bool
}

// Result is what a restore does, and what it leaves alone, in words.
type Result struct {
	Files []File
	Notes []string
}

// Compute says what to write.
func Compute(objects []Object, o Options) Result {
	c := computation{Options: o, moved: map[string]string{}}
	for _, x := range objects {
		if x.Key.Kind == model.Collection && x.Then != nil && x.Now != nil {
			c.moved[x.Then.Path] = x.Now.Path
		}
	}
	for _, x := range objects {
		c.object(x)
	}
	slices.SortFunc(c.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return c.Result
}

type computation struct {
	Options
	Result
	moved map[string]string // the folders of then to those of now
}

// went gives a path of then with the folder that it was in where that is now.
func (c *computation) went(p string) string {
	if folder, ok := c.moved[path.Dir(p)]; ok {
		return path.Join(folder, path.Base(p))
	}
	return p
}

func (c *computation) note(s string) { c.Notes = append(c.Notes, s) }

func (c *computation) object(x Object) {
	name := x.Key.String()
	if x.Now != nil {
		name = x.Now.Path
	}
	switch {
	case x.Then == nil:
		c.note(name + ": the state did not have it then; left alone")
		return
	case x.Then.Removed:
		c.note(name + ": was removed from the files then; left alone")
		return
	case x.Now != nil && x.Then.Path != "" && c.went(x.Then.Path) != x.Now.Path:
		c.note(name + ": was at " + x.Then.Path + " then; the file stays, move it with `hcsync mv`")
	}
	before := len(c.Files)
	for _, l := range sorted(x.Then) {
		if c.Locale == nil || c.Locale(l) {
			c.locale(x, l)
		}
	}
	if x.Now == nil {
		c.withMain(x, before)
		return
	}
	for _, l := range x.Now.Locales() {
		if _, had := model.In(x.Then.Contents, l); !had && (c.Locale == nil || c.Locale(l)) {
			c.note(c.inTree(x.Now.Contents[l].File) + ": was not there then; left alone")
		}
	}
}

func (c *computation) locale(x Object, l model.Locale) {
	then, _ := model.In(x.Then.Contents, l)
	if x.Now != nil {
		if now, here := model.In(x.Now.Contents, l); here {
			c.existing(x, l, then, now)
			return
		}
	}
	if !c.Has(x.place(), l) {
		c.note(x.place() + ": had a text in " + string(l) + " then, which its help center no longer has; left alone")
		return
	}
	if text, ok := then.Fields[model.Title]; !ok || text.Remote == "" && text.Local == "" {
		return // Intercom had an empty translation, and the files none
	}
	c.back(x, l, then)
}

// place is where an object stands, or is to stand.
func (x Object) place() string {
	if x.Now != nil {
		return x.Now.Path
	}
	return x.Path
}

func (x Object) about() diff.About {
	a := diff.About{Kind: x.Key.Kind, ID: x.Key.ID, Path: x.place()}
	if x.Now != nil {
		a.Title = x.Now.Title()
	}
	return a
}

// existing edits a file so that the fields that it names say what they said.
func (c *computation) existing(x Object, l model.Locale, then model.BaseContent, now model.Content) {
	file := c.inTree(now.File)
	if c.InConflict != nil && c.InConflict(now.File) {
		c.note(file + ": holds a conflict of an earlier pull; settle it first")
		return
	}
	f := File{Edit: content.Edit{Path: file}, About: x.about(), Locale: l}
	for _, field := range model.Fields(x.Key.Kind) {
		have, managed := now.Fields[field]
		want, known := c.value(x, l, field, then, managed)
		if known && !(managed && have == want) {
			f.set(field, want, now)
		}
	}
	if len(f.Fields) > 0 {
		c.Files = append(c.Files, f)
	}
}

// value is what a file said, or, where it only began to name a field later, what
// Intercom had.
func (c *computation) value(x Object, l model.Locale, f model.Field, then model.BaseContent, managed bool) (string, bool) {
	a, known := then.Fields[f]
	switch {
	case !known, f == model.State && !c.State:
		return "", false
	case a.Managed && f == model.Body:
		return c.relinked(x, l, a.Local), true
	case a.Managed:
		return a.Local, true
	}
	return a.Remote, managed && f != model.Body && f != model.Author
}

// relinked keeps links right in a text that comes from another place.
func (c *computation) relinked(x Object, l model.Locale, md string) string {
	md = content.TrimBody(md)
	if x.Then.Path == "" || x.Then.Path == x.place() {
		return md
	}
	stays := func(target string) (string, bool) { return target, true }
	text, _ := relink.Move{From: path.Join(c.Content, x.Then.Path), To: path.Join(c.Content, x.place()), Moved: stays}.Text(md)
	return text
}

func (f *File) set(field model.Field, v string, now model.Content) {
	f.Fields = append(f.Fields, field)
	if field == model.Body {
		f.Body = &v
		return
	}
	key := string(field)
	if field == model.Author && now.Lines["author_id"] > 0 {
		if strings.Trim(v, "0123456789") == "" {
			key = "author_id"
		} else {
			f.Set = append(f.Set, content.Pair{Key: "author_id", Remove: true})
		}
	}
	f.Set = append(f.Set, content.Pair{Key: key, Value: v})
}

// back writes a file that is gone, beginning with what git last had of it.
func (c *computation) back(x Object, l model.Locale, then model.BaseContent) {
	def := c.Default(x.place())
	if x.Now != nil {
		def = x.Now.Default
	}
	name := content.Name(x.Key.Kind, x.place(), l, def)
	f := File{Edit: content.Edit{Path: name, New: true, Seed: c.Last(path.Join(c.Content, name))}, About: x.about(), Locale: l, Back: true}
	seed := model.Content{Lines: map[model.Field]int{}}
	if doc, err := frontmatter.Parse(f.Seed); err == nil && f.Seed != nil {
		seed.Lines["author_id"] = doc.KeyLine("author_id")
		f.Set = append(f.Set, content.Pair{Key: "conflict", Remove: true})
	}
	f.Set = append(f.Set, c.identity(x)...)
	for _, field := range model.Fields(x.Key.Kind) {
		if v, known := c.value(x, l, field, then, false); known {
			f.set(field, v, seed)
		}
	}
	if f.About.Title == "" {
		f.About.Title = then.Fields[model.Title].Local
	}
	c.Files = append(c.Files, f)
}

// identity gives the lines that say whose file it is.
func (c *computation) identity(x Object) []content.Pair {
	switch {
	case !c.IDs:
		return nil
	case x.Gone, x.Now != nil && x.Now.ID == "": // a translation has no id where its main file has none
		return []content.Pair{{Key: "id", Remove: true}, {Key: "synced", Remove: true}}
	}
	return []content.Pair{{Key: "id", Value: x.Key.ID}}
}

// withMain sees to it that what comes back is not translations alone. The main
// file of an object that Intercom had only in other languages says nothing.
func (c *computation) withMain(x Object, before int) {
	def := c.Default(x.place())
	name := content.Name(x.Key.Kind, x.place(), def, def)
	if len(c.Files) == before || slices.ContainsFunc(c.Files[before:], func(f File) bool { return f.Path == name }) {
		return
	}
	seed := c.Last(path.Join(c.Content, name))
	doc, err := frontmatter.Parse(seed)
	if _, had := model.In(x.Then.Contents, def); had || seed == nil || err != nil || doc.KeyLine("synced") == 0 {
		c.Files = c.Files[:before]
		c.note(x.place() + ": would come back without its text in " + string(def) + "; left alone, restore it in that language too")
		return
	}
	f := File{Edit: content.Edit{Path: name, New: true, Seed: seed, Body: new(string)}, About: x.about(), Locale: def, Back: true}
	for _, key := range []string{"title", "description", "state", "author", "author_id", "conflict"} {
		f.Set = append(f.Set, content.Pair{Key: key, Remove: true})
	}
	f.Set = append(f.Set, c.identity(x)...)
	c.Files = append(c.Files, f)
}

// inTree gives a file relative to the content folder.
func (c *computation) inTree(file string) string { return strings.TrimPrefix(file, c.Content+"/") }

func sorted(b *model.BaseObject) []model.Locale {
	var list []model.Locale
	for l := range b.Contents {
		list = append(list, l)
	}
	slices.Sort(list)
	return list
}
