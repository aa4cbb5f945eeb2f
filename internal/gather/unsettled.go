package gather

import (
	"context"
	"maps"
	"reflect"
	"time"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intent"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/resume"
)

// Unsettled is a push that began and has not ended, as far as the state says.
type Unsettled struct {
	Intent *intent.Intent
	// Commit is where it stands in the state, At when that was made by the clock
	// of who made it.
	Commit string
	At     time.Time
	// Found is what has become of it. Tip, base and plan are made as if that
	// were recorded already.
	Found intent.Result
	// before are the entries that the state really has.
	before map[model.Key]*model.BaseObject
}

// unsettled looks for an intent at the tip of the state, and takes what it
// achieved for recorded.
func (s Sources) unsettled(ctx context.Context, st *States, local, remote model.Snapshot) error {
	tip := st.History.Tip()
	if tip < 0 {
		return nil
	}
	at := st.History.Commit(tip)
	u := &Unsettled{Commit: at.Hash, At: at.Time, before: st.Tip}
	var err error
	if u.Intent, err = resume.At(ctx, s.Store, st.History, tip); err != nil || u.Intent == nil {
		return err
	}
	w := intent.World{Live: remote, Tip: st.Tip, Claimed: hasFile(local), Answers: resume.Answers(s.Journals, u.Intent.Run)}
	// What was created has to be found before the links to it can be.
	known := u.with(intent.Settle(u.Intent, w))
	w.Links = pathsIn(local, NewLinks(s.Content, s.ImageBase, local, remote, Claims(known, local.Objects)))
	u.Found = intent.Settle(u.Intent, w)
	st.Tip, st.Unsettled = u.with(u.Found), u
	return nil
}

func hasFile(local model.Snapshot) func(model.Key) bool {
	named := map[model.Key]bool{}
	for i := range local.Objects {
		named[local.Objects[i].Key()] = local.Objects[i].ID != ""
	}
	return func(key model.Key) bool { return named[key] }
}

// pathsIn resolves the links of a change that still has its file.
func pathsIn(local model.Snapshot, links *Links) func(*intent.Change, model.Locale, string) (markup.Options, bool) {
	files := map[diff.Place]*model.Object{}
	for i := range local.Objects {
		o := &local.Objects[i]
		files[diff.Place{Kind: o.Kind, Path: o.Path}] = o
	}
	return func(c *intent.Change, l model.Locale, md string) (markup.Options, bool) {
		o := files[diff.Place{Kind: c.Kind, Path: c.Path}]
		if o == nil || o.Contents[l].File == "" {
			return markup.Options{}, false
		}
		file := o.Contents[l].File
		return links.ToHTML(file, l), !links.Render(file, l, md).Pending
	}
}

// with gives the newest entries as they are once what was found is recorded.
func (u *Unsettled) with(found intent.Result) map[model.Key]*model.BaseObject {
	tip := maps.Clone(u.before)
	for _, e := range found.Entries {
		tip[e.Key()] = e
	}
	for _, key := range found.Gone {
		delete(tip, key)
	}
	return tip
}

// onto brings what was found into the base, as a push of this checkout's
// history would.
func (u *Unsettled) onto(base map[model.Key]*model.BaseObject) {
	for _, e := range u.Found.Entries {
		next := *e
		next.Contents = map[model.Locale]model.BaseContent{}
		if b := base[e.Key()]; b != nil {
			next.Contents = maps.Clone(b.Contents)
		}
		recorded := u.before[e.Key()]
		for l, c := range e.Contents {
			if recorded == nil || !reflect.DeepEqual(c, recorded.Contents[l]) {
				next.Contents[l] = c
			}
		}
		base[e.Key()] = &next
	}
	for _, key := range u.Found.Gone {
		delete(base, key)
	}
}
