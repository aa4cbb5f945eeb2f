package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/intent"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/push"
	"github.com/hcsync/hcsync/internal/resume"
)

// running is a push under way: what it was to do and what it has achieved.
type running struct {
	env     *Env
	st      *gather.States
	plan    *diff.Plan
	changes []intent.Change // in the plan's order
	journal *resume.Journal

	mu   sync.Mutex
	done map[*diff.Change]push.Outcome
}

// apply executes the plan and records what it achieved. It holds the lease of
// the state from before the first call until after the last: without it
// nothing is sent.
func (s *session) apply(ctx context.Context, st *gather.States, p *diff.Plan) ([]push.Outcome, error) {
	if len(p.Changes) == 0 {
		_, err := s.record(ctx, st, "push", updates(push.Record(p, nil, st.Tip, st.Main), push.Deleted(p, nil)))
		return nil, err
	}
	run := &running{env: s.env, st: st, plan: p, changes: intent.Of(p, st.Tip), done: map[*diff.Change]push.Outcome{}}
	in := intent.Intent{Run: rand.Text(), Owner: s.env.self(), Start: time.Now().Unix(), Main: st.Main, Changes: run.changes}
	s.env.progress.Begin("recording what will be sent")
	defer s.env.progress.End()
	lease, err := resume.Take(ctx, s.store, tipOf(st), in, s.times())
	if err != nil {
		return nil, fmt.Errorf("nothing was sent, because the state could not be written first: %w", err)
	}
	if run.journal, err = resume.Create(s.journals(), in.Run); err != nil {
		run.warn(err)
	}
	outcomes, err := s.execute(ctx, run, lease)
	s.env.progress.Begin("recording what was done")
	return outcomes, errors.Join(err, run.release(ctx, lease, outcomes))
}

func tipOf(st *gather.States) string {
	if tip := st.History.Tip(); tip >= 0 {
		return st.History.Commit(tip).Hash
	}
	return ""
}

// execute makes the calls for as long as the lease holds.
func (s *session) execute(ctx context.Context, run *running, lease *resume.Lease) ([]push.Outcome, error) {
	known := map[model.Key]bool{}
	for _, o := range run.st.Input.Remote.Objects {
		known[o.Key()] = true
	}
	s.env.progress.Begin(writing)
	s.env.progress.At(writing, 0, len(run.plan.Changes))
	e := &push.Executor{Client: s.client, Links: run.st.Links, Centers: run.st.Input.Remote.HelpCenters, Done: run.note, Concurrency: s.cfg.Concurrency,
		Known: func(k model.Key) bool { return known[k] }}
	ctx, stop := context.WithCancelCause(ctx)
	kept := make(chan error, 1)
	go func() {
		err := lease.Keep(ctx, run.progress)
		stop(err)
		kept <- err
	}()
	outcomes, err := e.Apply(intercom.While(ctx, lease.Holds), run.plan)
	stop(nil)
	if lost := <-kept; lost != nil {
		err = fmt.Errorf("stopped: %w", lost)
	}
	return outcomes, err
}

// note keeps an outcome; the next renewal records it.
func (r *running) note(o push.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := make(map[model.Locale]map[model.Field]model.Agreed, len(o.Taken))
	for l, values := range o.Taken {
		taken[l] = maps.Clone(values)
	}
	if o.Taken != nil {
		o.Taken = taken
	}
	r.done[o.Change] = o
	r.env.progress.At(writing, len(r.done), len(r.plan.Changes))
	if o.Live == nil || o.Taken == nil || o.Unsure {
		return
	}
	if err := r.journal.Add(answer(o)); err != nil {
		r.warn(err)
	}
}

// answer is an outcome as the journal keeps it.
func answer(o push.Outcome) intent.Answer {
	a := intent.Answer{Kind: o.Change.Kind, Path: o.Change.Path, Of: o.Change.ID, ID: o.Live.ID, Placed: o.Change.Parent != nil && o.ParentTaken,
		Taken: map[model.Locale]map[model.Field]intent.Value{}}
	for l, values := range o.Taken {
		a.Taken[l] = map[model.Field]intent.Value{}
		for f, v := range values {
			a.Taken[l][f] = intent.Value(v)
		}
	}
	return a
}

func (r *running) warn(err error) {
	fmt.Fprintf(r.env.Stderr, "note: the journal of this push cannot be written (%v); should it be cut off, the next one asks Intercom what has arrived\n", err)
}

// progress is what a renewal records.
func (r *running) progress() resume.Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	var outcomes []push.Outcome
	for i := range r.plan.Changes {
		if o, ok := r.done[&r.plan.Changes[i]]; ok {
			outcomes = append(outcomes, o)
		}
	}
	return r.achieved(outcomes, func(o push.Outcome, told bool) bool { return !told || o.Unsure })
}

// achieved turns outcomes into entries, and lists the changes that are left.
func (r *running) achieved(outcomes []push.Outcome, left func(o push.Outcome, told bool) bool) resume.Progress {
	p := resume.Progress{Entries: push.Record(r.plan, outcomes, r.st.Tip, r.st.Main), Gone: push.Deleted(r.plan, outcomes)}
	of := map[*diff.Change]push.Outcome{}
	for _, o := range outcomes {
		of[o.Change] = o
	}
	for i := range r.plan.Changes {
		o, told := of[&r.plan.Changes[i]]
		if !left(o, told) {
			continue
		}
		c := r.changes[i]
		if o.Live != nil {
			c.ID = o.Live.ID
		}
		p.Left = append(p.Left, c)
	}
	return p
}

// release records the end. What was written has to be recorded even when the
// user has lost patience.
func (r *running) release(ctx context.Context, lease *resume.Lease, outcomes []push.Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	err := lease.Release(ctx, r.achieved(outcomes, func(o push.Outcome, _ bool) bool { return o.Unsure }))
	r.journal.Close(err == nil)
	if err != nil {
		return fmt.Errorf("the state could not be recorded: %w\nwhat was done is in Intercom; run `hcsync push` again, which finds out what and records it", err)
	}
	return nil
}
