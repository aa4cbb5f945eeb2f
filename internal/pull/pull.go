// Package pull brings home what changed in Intercom.
//
// [Compute] reads the same plan that a push would execute, from the other
// side: its drift is what the files should take, its agreements and first
// meetings are what the state should record, its conflicts stay as they are.
// The result is a value: entries for the state, and edits of files. [Apply]
// publishes the entries first and writes the files after, each with the number
// of the state commit that it now has seen, in one rename per file. A crash in
// between leaves files that are older than the state, which is what they are.
package pull

import (
	"cmp"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// File is one edit of the tree.
type File struct {
	content.Edit
	// Marked says that the file gets the number of the new state commit.
	Marked bool
	// Last says that the file is marked when all others are written: until then it
	// tells that its move is not done with.
	Last bool
	// Remove says that the file goes.
	Remove bool
	// Why says in a word what happened: "new", "changed", "draft taken", "linked" (id and
	// marker only), "relinked" (what it leads to has moved), "removed", "mirror".
	Why string
	// About names the object; Locale and Fields say what of it changed.
	About  diff.About
	Locale model.Locale
	Fields []model.Field
}

// Rename moves a file or folder before the edits are made.
type Rename struct {
	From, To string
	About    diff.About
}

// Result is what a pull does.
type Result struct {
	Entries []*model.BaseObject
	// Forget lists the objects whose entries go.
	Forget    []model.Key
	Renames   []Rename // as a whole, and each to where it ends
	Files     []File
	Conflicts []diff.Conflict
	// Left lists what seems to be deleted in Intercom, and is left to the user.
	Left []diff.Drift
	// Skipped are files in which a conflict of an earlier pull still stands.
	Skipped []string
}

// Options are facts about the tree.
type Options struct {
	// Content is the content folder relative to the folder of hcsync.yaml.
	Content, ImageBase string
	// Secondary targets never write ids, markers, states and authors.
	Secondary bool
	// Side says what becomes of fields that both sides changed.
	Side Side
	// TakeDrafts merges the plan's pending drafts into the files.
	TakeDrafts bool
	// MergeText merges both sides of a conflict line by line, and counts what
	// overlaps. The text ends with a line end.
	MergeText func(diff.Conflict) (text string, conflicts int, err error)
	// InConflict says whether a file still holds a conflict.
	InConflict func(file string) bool
	// Confirmed says that Intercom was asked for an object, or for one locale of
	// it, and does not have it; nil confirms nothing.
	Confirmed func(model.Key, model.Locale) bool
	// Exists says whether something is at a path, relative to the folder of
	// hcsync.yaml; nil leaves links as they are.
	Exists func(path string) bool
	// Place chooses paths for what has none; see [content.Tree.Place].
	Place func(local, remote model.Snapshot, moved map[model.Key]bool) content.Places
	// Unmanaged are the folders of collections that are not managed.
	Unmanaged map[model.Key]string
	// Progress is told how many objects are dealt with, of how many; nil tells
	// nobody.
	Progress func(done, total int)
}

// Compute says what a pull has to write.
func Compute(p *diff.Plan, st *gather.States, o Options) (*Result, error) {
	c := newComputation(p, st, o)
	c.convert(p)
	for i := range p.Pairs {
		if o.Progress != nil {
			o.Progress(i, len(p.Pairs))
		}
		pair := &p.Pairs[i]
		switch {
		case pair.Remote == nil && pair.Base == nil && pair.Local != nil:
			c.repointNew(pair.Local)
		case pair.Remote == nil:
		case pair.Local != nil:
			if err := c.existing(pair); err != nil {
				return nil, err
			}
		case c.isNew[pair.Remote.Key()]:
			c.newObject(pair)
		}
	}
	c.renames()
	c.removals()
	c.result.Forget = append(c.result.Forget, p.Dropped...)
	c.mirrors()
	c.rename()
	c.sort()
	return c.result, nil
}

type computation struct {
	Options
	st     *gather.States
	result *Result
	places content.Places // where everything is after the pull
	// arrived says what stood elsewhere by what the files have seen; see arrivals.
	arrived content.Places
	links   *gather.Links
	isNew   map[model.Key]bool
	drift   map[model.Key][]diff.Drift
	agreed  map[model.Key][]diff.Agreement
	drafts  map[model.Key][]diff.Draft // that are to be taken
	// conflicts are those of fields, torn the objects in conflict as a whole.
	conflicts map[model.Key][]diff.Conflict
	torn      map[model.Key]bool
	pairs     map[model.Key]*diff.Pair
	whole
	markdown map[text]string
}

// text is one body of a new object.
type text struct {
	key    model.Key
	locale model.Locale
}

func newComputation(p *diff.Plan, st *gather.States, o Options) *computation {
	c := &computation{Options: o, st: st, result: &Result{}, conflicts: map[model.Key][]diff.Conflict{},
		isNew: map[model.Key]bool{}, torn: map[model.Key]bool{},
		drift: map[model.Key][]diff.Drift{}, agreed: map[model.Key][]diff.Agreement{}, drafts: map[model.Key][]diff.Draft{}}
	c.pairs = pairs(p)
	for _, d := range p.Drift {
		key := model.Key{Kind: d.Kind, ID: d.ID}
		switch {
		case d.What == diff.New && d.Locale == "":
			c.isNew[key] = true
		case d.What == diff.Gone || d.What == diff.LocaleOff:
			c.absent(d)
		default:
			c.drift[key] = append(c.drift[key], d)
		}
	}
	for _, d := range p.Drafts {
		if key := (model.Key{Kind: d.Kind, ID: d.ID}); o.TakeDrafts {
			c.drafts[key] = append(c.drafts[key], d)
		}
	}
	for _, a := range p.Agreed {
		c.agreed[a.Key] = append(c.agreed[a.Key], a)
	}
	for _, x := range p.Conflicts {
		key := model.Key{Kind: x.Kind, ID: x.ID}
		if x.What == diff.HomeGone {
			continue // that is about the collection, and told of it
		}
		if x.Field != "" {
			c.conflicts[key] = append(c.conflicts[key], x)
			continue
		}
		if !c.settleWhole(x) {
			c.torn[key] = true
			c.open(x)
		}
	}
	c.revive()
	local, remote := matched(p, st.Input)
	c.places = o.Place(c.withOldPlaces(local), c.withFolders(remote), c.following())
	c.arrivals()
	c.links = gather.NewLinks(o.Content, o.ImageBase, c.future(local, remote), remote, st.Input.Claims)
	return c
}

// matched gives both snapshots with the files under the ids that they were
// matched to, and without objects that the plan does not speak of.
func matched(p *diff.Plan, in diff.Input) (local, remote model.Snapshot) {
	local.HelpCenters, remote.HelpCenters = in.Local.HelpCenters, in.Remote.HelpCenters
	for _, pair := range p.Pairs {
		if pair.Local != nil {
			o := *pair.Local
			if pair.Remote != nil {
				o.ID = pair.Remote.ID
			}
			local.Objects = append(local.Objects, o)
		}
		if pair.Remote != nil {
			remote.Objects = append(remote.Objects, *pair.Remote)
		}
	}
	return local, remote
}

// future gives the tree as it will be, as far as links need it: what moves where
// it will be, and new objects with the files they are going to have.
func (c *computation) future(local, remote model.Snapshot) model.Snapshot {
	out := model.Snapshot{HelpCenters: local.HelpCenters}
	for _, o := range local.Objects {
		out.Objects = append(out.Objects, c.moved(o))
	}
	for _, r := range remote.Objects {
		if c.isNew[r.Key()] {
			o := r
			o.Path = c.places.Paths[r.Key()]
			o.Contents = map[model.Locale]model.Content{}
			for l := range r.Contents {
				o.Contents[l] = model.Content{File: path.Join(c.Content, c.file(&r, l))}
			}
			out.Objects = append(out.Objects, o)
		}
	}
	return out
}

// moved gives a local object under the paths that it is going to have.
func (c *computation) moved(o model.Object) model.Object {
	if len(c.places.Moves) == 0 {
		return o
	}
	o.Path = c.places.After(o.Path)
	contents := o.Contents
	o.Contents = map[model.Locale]model.Content{}
	for l, text := range contents {
		text.File = path.Join(c.Content, c.fileOf(text))
		o.Contents[l] = text
	}
	return o
}

// fileOf names an existing file where it is after the pull, relative to the
// content folder. Its name stays what it is even when the live default locale
// changed.
func (c *computation) fileOf(local model.Content) string {
	return c.places.After(strings.TrimPrefix(strings.TrimPrefix(local.File, c.Content), "/"))
}

// file names the file of one locale of an object, relative to the content
// folder.
func (c *computation) file(o *model.Object, l model.Locale) string {
	return content.Name(o.Kind, c.places.Paths[o.Key()], l, c.unmarked(o))
}

// unmarked is the locale that the names of an object's files do not mention: the
// default locale as the tree has it. When it changes in Intercom the files keep
// their names, and so what they say keeps its language.
func (c *computation) unmarked(o *model.Object) model.Locale {
	return c.unmarkedOf(o.HelpCenter, o.Default)
}

func (c *computation) unmarkedOf(center string, live model.Locale) model.Locale {
	for _, hc := range c.st.Input.Local.HelpCenters {
		if hc.Default != "" && (hc.ID == center || center == "" && len(c.st.Input.Local.HelpCenters) == 1) {
			return hc.Default
		}
	}
	return live
}

// newObject writes all files of an object that only Intercom has.
func (c *computation) newObject(p *diff.Pair) {
	o := p.Remote
	entry := o.Key().Next(c.st.Tip[o.Key()])
	entry.Path, entry.Removed = c.places.Paths[o.Key()], false
	for _, l := range o.Locales() {
		c.newFile(p, l, entry)
	}
	if main := c.unmarked(o); !has(o, main) {
		c.newMain(o, main)
	}
	entry.Settle(c.folders(o), o)
	c.result.Entries = append(c.result.Entries, entry)
}

// folders gives the ids of an object's collections that will have a folder: in
// those the files say that it is.
func (c *computation) folders(o *model.Object) []string {
	return slices.DeleteFunc(parentIDs(o), func(id string) bool {
		_, has := c.places.Paths[model.Key{Kind: model.Collection, ID: id}]
		return !has
	})
}

func parentIDs(o *model.Object) []string {
	var out []string
	for _, r := range o.Parents {
		out = append(out, r.ID)
	}
	return out
}

// convert makes Markdown of the bodies of new objects, on all processors: of a
// first pull it is most of the work.
func (c *computation) convert(p *diff.Plan) {
	c.markdown = map[text]string{}
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range p.Pairs {
		o := p.Pairs[i].Remote
		if o == nil || p.Pairs[i].Local != nil || o.Kind != model.Article || !c.isNew[o.Key()] {
			continue
		}
		g.Go(func() error {
			for l, live := range o.Contents {
				md := c.body(path.Join(c.Content, c.file(o, l)), l, live.Fields[model.Body])
				mu.Lock()
				c.markdown[text{o.Key(), l}] = md
				mu.Unlock()
			}
			return nil
		})
	}
	_ = g.Wait() // nothing in it fails
}

// body gives a live body as the file writes it.
func (c *computation) body(file string, l model.Locale, html string) string {
	return content.TrimBody(markup.Markdown(html, c.links.ToMarkdown(file, l)))
}

// newFile writes one locale of an object for the first time, into the main file
// where that said nothing until now.
func (c *computation) newFile(p *diff.Pair, l model.Locale, entry *model.BaseObject) {
	o := p.Remote
	live := o.Contents[l]
	if live.Fields[model.Title] == "" && live.Fields[model.Body] == "" && !l.Is(c.unmarked(o)) {
		return
	}
	name, silent := c.file(o, l), false
	if p.Local != nil {
		var local model.Content
		if local, silent = model.In(p.Local.Contents, l); silent {
			name = c.fileOf(local)
		}
	}
	f := c.begun(o, l, content.Edit{Path: name, New: !silent})
	values := map[model.Field]model.Agreed{}
	for _, field := range model.Fields(o.Kind) {
		v := live.Fields[field]
		if c.omitted(field, v) {
			continue
		}
		shown, ready := c.markdown[text{o.Key(), l}]
		if field != model.Body || !ready {
			shown = c.shown(path.Join(c.Content, name), l, field, v)
		}
		values[field] = model.Agreed{Managed: true, Local: shown, Remote: v}
		f.Fields = append(f.Fields, field)
		if field == model.Body {
			f.Body = &shown
		} else {
			f.Set = append(f.Set, content.Pair{Key: keyFor(field, shown), Value: shown})
		}
	}
	if l.Is(c.unmarked(o)) && len(c.folders(o)) > 1 && !c.Secondary {
		f.Set = append(f.Set, c.alsoIn(o))
	}
	stub := model.Content{Fields: map[model.Field]string{}}
	for field, a := range values {
		stub.Fields[field] = a.Local
	}
	entry.Agree(l, nil, stub, live, values)
	entry.Mark(l, false)
	c.result.Files = append(c.result.Files, f)
}

// keyFor names the front matter key of a new file's field: an author whom
// nobody knows by e-mail is named by id.
func keyFor(f model.Field, v string) string {
	if f == model.Author && strings.Trim(v, "0123456789") == "" {
		return "author_id"
	}
	return string(f)
}

// omitted says that a new file need not name a field.
func (c *computation) omitted(f model.Field, v string) bool {
	switch f {
	case model.Description:
		return v == ""
	case model.Author:
		return v == "" || !c.taken(f)
	case model.State:
		return !c.taken(f)
	}
	return false
}

// shown gives a live value as the file writes it.
func (c *computation) shown(file string, l model.Locale, f model.Field, v string) string {
	switch f {
	case model.Body:
		return c.body(file, l, v)
	case model.Author:
		return cmp.Or(c.st.Input.AuthorNames[v], v)
	}
	return v
}

// alsoIn lists the further collections of an article.
func (c *computation) alsoIn(o *model.Object) content.Pair {
	var folders []string
	for _, r := range o.Parents {
		if folder, ok := c.places.Paths[model.Key{Kind: model.Collection, ID: r.ID}]; ok {
			folders = append(folders, folder)
		}
	}
	return content.Pair{Key: "also_in", List: content.AlsoIn(c.places.Paths[o.Key()], slices.Sorted(slices.Values(folders)))}
}

func (c *computation) about(o *model.Object) diff.About {
	return diff.About{Kind: o.Kind, ID: o.ID, Path: c.places.Paths[o.Key()], Title: o.Title()}
}

func (c *computation) sort() {
	r := c.result
	slices.SortFunc(r.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(r.Renames, func(a, b Rename) int { return cmp.Compare(a.From, b.From) })
	slices.SortFunc(r.Entries, func(a, b *model.BaseObject) int { return a.Key().Compare(b.Key()) })
}
