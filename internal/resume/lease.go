// Package resume lets a push be cut off at any moment (design.md section 6).
//
// Before its first call a push takes a [Lease]: it commits its intent to the
// state, and only if the remote accepts that it may write. The lease is renewed
// for as long as the push runs, and given back with the commit that records
// what was achieved. So two pushes never write at the same time, on one machine
// or on two, and what a push that was killed had in mind can still be read.
//
// A run that finds somebody else's intent asks [Judge] whether its owner may
// still be busy, and where that cannot be known, [Watch] whether it moves.
// What then becomes of the intent is for package intent to say. A [Journal] of
// answers on the local disk makes that more exact where it survives, and is
// never needed.
package resume

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hcsync/hcsync/internal/intent"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// Times are how long runs wait for each other.
type Times struct {
	// Every is how often the holder of a lease renews it, GiveUp how long after
	// that fails it goes on writing, and Retry how often it tries in between.
	Every, GiveUp, Retry time.Duration
	// Patience is how long others wait for a renewal, by their own clock, before
	// they take over, and Poll how often they look.
	Patience, Poll time.Duration
	// UnderWay is how long after the end of a run a call of it may still be
	// carried out. It is what Patience has left when the holder has given up.
	UnderWay time.Duration
}

// Usual gives the times that design.md section 6 names.
func Usual() Times {
	return Times{Every: 30 * time.Second, GiveUp: 60 * time.Second, Retry: 10 * time.Second,
		Patience: 120 * time.Second, Poll: 5 * time.Second, UnderWay: 30 * time.Second}
}

// ErrTaken means that the lease is another run's, or nobody's, by now.
var ErrTaken = errors.New("another run has taken over")

// ErrLapsed means that the lease could not be renewed in time.
var ErrLapsed = errors.New("the state could not be renewed for a minute, so another run may take over")

// Progress is what a run has achieved so far, and what it has not.
type Progress struct {
	// Entries and Gone are to be recorded; see [intent.Result].
	Entries []*model.BaseObject
	Gone    []model.Key
	// Left are the changes that are still to be made or whose end is unknown.
	Left []intent.Change
}

func (p Progress) updates() []state.Update {
	var out []state.Update
	for _, e := range p.Entries {
		out = append(out, state.Update{Object: e})
	}
	for _, key := range p.Gone {
		out = append(out, state.Update{Object: &model.BaseObject{Kind: key.Kind, ID: key.ID}, Delete: true})
	}
	return out
}

// Lease is an intent that this process holds.
type Lease struct {
	store *state.Store
	times Times
	mu    sync.Mutex // one commit after the other
	in    intent.Intent
	tip   string

	clock   sync.Mutex
	renewed time.Time // when the last commit that was accepted began
}

// Take publishes an intent on top of the state's commit tip ("" for none). The
// error is that of [state.Store.Commit]; then nothing may be sent.
func Take(ctx context.Context, store *state.Store, tip string, in intent.Intent, times Times) (*Lease, error) {
	l := &Lease{store: store, times: times, in: in, tip: tip, renewed: time.Now()}
	text, err := intent.Encode(&in)
	if err != nil {
		return nil, err
	}
	meta := state.Commit{Action: "intent", Subject: fmt.Sprintf("push: begins, %s", changes(len(in.Changes)))}
	c, err := store.Commit(ctx, tip, meta, []state.Update{{File: intent.File, Text: text}})
	l.tip = c.Hash
	return l, err
}

func changes(n int) string {
	if n == 1 {
		return "1 change"
	}
	return fmt.Sprintf("%d changes", n)
}

// Holds is asked before every write. An error says that another run may be at
// work by now, as after a laptop was closed or a virtual machine was stopped: then
// what was about to be sent must not be, though nobody has had the time to notice.
func (l *Lease) Holds() error {
	l.clock.Lock()
	defer l.clock.Unlock()
	// The process's own clock may stand still while the machine sleeps, and the
	// machine's may be set.
	now := time.Now()
	if limit := l.times.Every + l.times.GiveUp; now.Sub(l.renewed) >= limit || now.Round(0).Sub(l.renewed.Round(0)) >= limit {
		return ErrLapsed
	}
	return nil
}

// end is when the lease lapses.
func (l *Lease) end() time.Time {
	l.clock.Lock()
	defer l.clock.Unlock()
	return l.renewed.Add(l.times.Every + l.times.GiveUp)
}

// Keep renews the lease until ctx ends; then the error is nil. Any other error
// is the reason why nothing may be written any more.
func (l *Lease) Keep(ctx context.Context, progress func() Progress) error {
	for pause := l.times.Every; wait(ctx, pause); {
		end := l.end()
		attempt, cancel := context.WithDeadline(ctx, end)
		err := l.renew(attempt, progress())
		cancel()
		switch {
		case err == nil:
			pause = l.times.Every
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrTaken):
			return err
		case !time.Now().Before(end):
			return fmt.Errorf("%w: %w", ErrLapsed, err)
		default:
			pause = min(l.times.Retry, time.Until(end))
		}
	}
	return nil
}

// wait says whether the context still stands after a pause.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func (l *Lease) renew(ctx context.Context, p Progress) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	began, next := time.Now(), l.in
	next.Beat++
	next.Changes = p.Left
	if err := l.commit(ctx, fmt.Sprintf("push: goes on, %s left", changes(len(p.Left))), p, &next); err != nil {
		return err
	}
	l.in = next
	l.clock.Lock()
	defer l.clock.Unlock()
	l.renewed = began
	return nil
}

// Release records what was achieved and gives the lease back. Where the end of
// some calls is not known, the intent of these stays, for the next run to
// settle.
func (l *Lease) Release(ctx context.Context, p Progress) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(p.Left) == 0 {
		return l.commit(ctx, fmt.Sprintf("push: %d objects", len(p.Entries)+len(p.Gone)), p, nil)
	}
	last := l.in
	last.Ended, last.Changes = true, p.Left
	return l.commit(ctx, fmt.Sprintf("push: ended, the end of %s is unknown", changes(len(p.Left))), p, &last)
}

// commit records progress beside the intent, or instead of it. A commit that
// somebody else made meanwhile comes first, if it left the lease standing.
func (l *Lease) commit(ctx context.Context, subject string, p Progress, in *intent.Intent) error {
	file := state.Update{File: intent.File, Delete: in == nil}
	if in != nil {
		text, err := intent.Encode(in)
		if err != nil {
			return err
		}
		file.Text = text
	}
	meta := meta(l.in.Main, subject, p)
	for try := 0; ; try++ {
		c, err := l.store.Commit(ctx, l.tip, meta, append(p.updates(), file))
		if err == nil {
			l.tip = c.Hash
			return nil
		}
		if !errors.Is(err, state.ErrRaced) || try == 5 {
			return err
		}
		if err := l.follow(ctx); err != nil {
			return err
		}
	}
}

// meta says what a commit records: a push, if it records anything.
func meta(main, subject string, p Progress) state.Commit {
	if len(p.Entries)+len(p.Gone) == 0 {
		return state.Commit{Action: "intent", Subject: subject}
	}
	return state.Commit{Action: state.Push, Main: main, Subject: subject}
}

// follow goes on from the newest commit, if the lease still stands there. It
// may be this run's own, of an attempt that was given up too early.
func (l *Lease) follow(ctx context.Context) error {
	if err := l.store.Fetch(ctx); err != nil {
		return err
	}
	tip, in, err := Standing(ctx, l.store)
	if err != nil {
		return err
	}
	if in == nil || in.Run != l.in.Run {
		return ErrTaken
	}
	l.tip = tip
	return nil
}

// Standing gives the state's newest commit, as this clone knows it, and the
// intent that stands there; nil where there is none.
func Standing(ctx context.Context, store *state.Store) (tip string, in *intent.Intent, err error) {
	h, err := store.History(ctx)
	if err != nil || h.Tip() < 0 {
		return "", nil, err
	}
	in, err = At(ctx, store, h, h.Tip())
	return h.Commit(h.Tip()).Hash, in, err
}

// At gives the intent that stands at one commit; nil where there is none.
func At(ctx context.Context, store *state.Store, h *state.History, seq int) (*intent.Intent, error) {
	text, ok, err := store.ReadFile(ctx, h, seq, intent.File)
	if err != nil || !ok {
		return nil, err
	}
	in, err := intent.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: commit %s: %w", store.Ref(), h.Short(seq), err)
	}
	return in, nil
}

// Settle records what became of an intent that stands at tip, and takes it
// away. Changes that are still open stay, as those of a run that has ended: the
// one that made them, should it be alive after all, finds its lease gone.
func Settle(ctx context.Context, store *state.Store, tip string, in *intent.Intent, found intent.Result, open []intent.Change) error {
	p := Progress{Entries: found.Entries, Gone: found.Gone}
	subject := fmt.Sprintf("push: settles what a run on %s left, %d objects", in.Host, len(p.Entries)+len(p.Gone))
	file := state.Update{File: intent.File, Delete: len(open) == 0}
	if len(open) > 0 {
		rest := *in
		rest.Run, rest.Ended, rest.Changes = rand.Text(), true, open
		text, err := intent.Encode(&rest)
		if err != nil {
			return err
		}
		file.Text = text
	}
	_, err := store.Commit(ctx, tip, meta(in.Main, subject, p), append(p.updates(), file))
	return err
}

// Linger waits until no call of a run that ended at a certain time can be under
// way any more. Clocks of other machines are not believed. say is told how long it
// takes.
func Linger(ctx context.Context, in *intent.Intent, self intent.Owner, ended time.Time, times Times, say func(left time.Duration)) error {
	left := times.UnderWay
	if in.Host == self.Host && in.Boot == self.Boot && in.Boot != "" {
		left = min(left, time.Until(ended.Add(time.Second+left))) // git keeps whole seconds
	}
	if left <= 0 {
		return nil
	}
	say(left)
	if !wait(ctx, left) {
		return context.Cause(ctx)
	}
	return nil
}

// Watch waits until the state has stood still at tip for as long as others have
// patience. still is false as soon as it moves. say is told how long it may take.
func Watch(ctx context.Context, store *state.Store, tip string, times Times, say func(left time.Duration)) (still bool, err error) {
	for end := time.Now().Add(times.Patience); time.Now().Before(end); {
		say(time.Until(end))
		if !wait(ctx, times.Poll) {
			return false, context.Cause(ctx)
		}
		if err := store.Fetch(ctx); err != nil {
			return false, err
		}
		now, _, err := Standing(ctx, store)
		if err != nil || now != tip {
			return false, err
		}
	}
	return true, nil
}
