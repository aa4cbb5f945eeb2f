package gather

import (
	"context"
	"maps"
	"reflect"

	"github.com/hcsync/hcsync/internal/intent"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/resume"
)

// Unsettled is a push that began and has not ended, as far as the state says.
type Unsettled struct {
	Intent *intent.Intent
	// Commit is where it stands in the state.
	Commit string
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
	u := &Unsettled{Commit: st.History.Commit(tip).Hash, before: st.Tip}
	var err error
	if u.Intent, err = resume.At(ctx, s.Store, u.Commit); err != nil || u.Intent == nil {
		return err
	}
	claimed := map[model.Key]bool{}
	for i := range local.Objects {
		claimed[local.Objects[i].Key()] = local.Objects[i].ID != ""
	}
	u.Found = intent.Settle(u.Intent, intent.World{Live: remote, Tip: st.Tip, Answers: resume.Answers(s.Journals, u.Intent.Run),
		Claimed: func(key model.Key) bool { return claimed[key] }})
	st.Unsettled = u
	st.Tip = maps.Clone(st.Tip)
	for _, e := range u.Found.Entries {
		st.Tip[e.Key()] = e
	}
	for _, key := range u.Found.Gone {
		delete(st.Tip, key)
	}
	return nil
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
