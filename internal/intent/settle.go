package intent

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// World is what an intent is held against.
type World struct {
	// Live is the workspace as it is now, Tip the newest entry of each object
	// in the state.
	Live model.Snapshot
	Tip  map[model.Key]*model.BaseObject
	// Claimed says that a file names an object by its id; nil claims nothing.
	Claimed func(model.Key) bool
	// Links resolves the links of a text as the run did once all its objects
	// were there; ok is false where some are not, or the text's file is gone.
	// Nil resolves none.
	Links func(c *Change, l model.Locale, md string) (o markup.Options, ok bool)
	// Answers are what the run itself noted down, where that survived.
	Answers []Answer
}

// Result is what a run achieved. Whatever it does not speak of did not land,
// or cannot be told: the next plan then compares it like any other value, so
// that what was not sent is sent, and what is neither the old text nor the new
// one is a conflict.
type Result struct {
	// Entries are to be recorded as agreed.
	Entries []*model.BaseObject
	// Gone are objects that were to be deleted and are.
	Gone []model.Key
	// Open are creates of which there is nothing to be seen. A call that was
	// under way may still be carried out.
	Open []Change
}

// Settle says what became of an intent, field by field: the table "After a
// crash" in section 6 of design.md.
func Settle(in *Intent, w World) Result {
	s := settlement{in: in, World: w, live: map[model.Key]*model.Object{}, folders: map[string]string{},
		answers: map[place]Answer{}, adopted: map[model.Key]bool{}}
	for i := range w.Live.Objects {
		s.live[w.Live.Objects[i].Key()] = &w.Live.Objects[i]
	}
	for _, a := range w.Answers {
		s.answers[a.place()] = s.answers[a.place()].and(a)
	}
	for key, b := range w.Tip {
		if key.Kind == model.Collection && !b.Removed {
			s.folders[b.Path] = key.ID
		}
	}
	for i := range in.Changes {
		s.change(&in.Changes[i])
	}
	slices.SortFunc(s.result.Entries, func(a, b *model.BaseObject) int { return a.Key().Compare(b.Key()) })
	slices.SortFunc(s.result.Gone, model.Key.Compare)
	return s.result
}

type settlement struct {
	World
	in      *Intent
	live    map[model.Key]*model.Object
	folders map[string]string // the id of each folder's collection
	answers map[place]Answer
	adopted map[model.Key]bool
	result  Result
}

func (s *settlement) change(c *Change) {
	a, answered := s.answers[c.place()]
	key := model.Key{Kind: c.Kind, ID: cmp.Or(c.ID, a.ID)}
	if key.ID == "" {
		key.ID = s.find(c)
	}
	if key.ID == "" {
		s.result.Open = append(s.result.Open, *c)
		return
	}
	if c.ID == "" {
		s.adopted[key] = true
		if c.Kind == model.Collection {
			s.folders[c.Path] = key.ID
		}
	}
	live := s.live[key]
	switch {
	case c.Op == diff.Delete:
		if live == nil {
			s.result.Gone = append(s.result.Gone, key)
		}
	case answered || live != nil:
		s.record(c, key, live, a)
	}
}

// record makes the entry of one object, if anything of the change landed.
func (s *settlement) record(c *Change, key model.Key, live *model.Object, a Answer) {
	if live == nil {
		live = &model.Object{Kind: key.Kind, ID: key.ID}
	}
	tip := s.Tip[key]
	e := key.Next(tip)
	landed := tip == nil && c.Op == diff.Create
	for i := range c.Locales {
		l := &c.Locales[i]
		values, answered := a.values(l.Locale)
		if !answered || c.waits() {
			// The answer to a first call says nothing of the second.
			maps.Copy(values, s.landed(c, l, tip, live))
		}
		if len(values) > 0 {
			l.agree(e, tip, live, values, s.in.Main)
			landed = true
		}
	}
	if c.Op != diff.Create {
		e.LocalParents, e.RemoteParents = c.LocalParents, c.RemoteParents
	}
	if c.Move != nil && (a.Placed || s.moved(c, live)) {
		e.LocalParents, e.RemoteParents = s.ids(c.Move.Home), s.ids(c.Move.To)
		landed = true
	}
	if landed {
		e.Path, e.Removed, e.Pushed = c.Path, c.Op == diff.Unpublish, s.in.Main
		e.Primary = cmp.Or(c.Primary, e.Primary)
		s.result.Entries = append(s.result.Entries, e)
	}
}

// moved says that the object now is in the collections that the change names,
// and was not before.
func (s *settlement) moved(c *Change, live *model.Object) bool {
	if c.ID == "" {
		return true // it was looked for there
	}
	now := ids(live.Parents)
	return !same(now, ids(c.Move.From)) && (same(now, s.ids(c.Move.To)) || len(c.Move.Home) > 0 && subset(s.ids(c.Move.Home), now))
}

// ids resolves folders to the collections that they are or became.
func (s *settlement) ids(refs []model.Ref) []string {
	var out []string
	for _, r := range refs {
		out = append(out, cmp.Or(r.ID, s.folders[r.Path]))
	}
	return out
}

func ids(refs []model.Ref) []string {
	var out []string
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}

func same(a, b []string) bool { return subset(a, b) && subset(b, a) }

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(id string) bool { return !slices.Contains(b, id) })
}
