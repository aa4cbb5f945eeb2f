package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/preview"
	"github.com/hcsync/hcsync/internal/progress"
	"github.com/hcsync/hcsync/internal/report"
)

// How often the workspace is read: every now and then, and sooner where that
// failed, at first quickly and then less and less often.
const (
	readEvery  = 5 * time.Minute
	firstRetry = 5 * time.Second
	// lookEvery is how often the state is looked at: a push or pull in another
	// terminal has changed it, and the workspace with it.
	lookEvery = 3 * time.Second
	// quiet is how long files must be left alone before they are pushed.
	quiet = 300 * time.Millisecond
)

// comparer keeps the preview told of how the files and the workspace differ, and
// pushes what is saved where it may. It works behind the pages: they never wait
// for it, and whatever fails here is a remark on them.
type comparer struct {
	w     *watcher
	flags targetFlags
	push  bool
	wake  chan struct{} // holds one, so that what comes together is done at once
	done  chan struct{}

	mu    sync.Mutex
	todo  todo
	begun bool
}

// todo is what has come up since the last look.
type todo struct {
	files model.Snapshot
	// fresh says that these files were not looked at yet, sound that all of them
	// can be read, saved that somebody changed one.
	fresh, sound, saved bool
	// read says that the workspace is to be read again.
	read bool
}

// held is what was read of a workspace.
type held struct {
	*session
	live *gather.Live
	tip  string // of the state, at that time
	at   time.Time
}

func newComparer(w *watcher, o watchOptions) *comparer {
	return &comparer{w: w, flags: o.targetFlags, push: o.push, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// changed hands over the files as they are now.
func (c *comparer) changed(files model.Snapshot, problems []model.Problem, saved bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// The preview puts older texts into what it is given.
	c.todo.files = model.Snapshot{HelpCenters: files.HelpCenters, Objects: slices.Clone(files.Objects)}
	c.todo.fresh = true
	c.todo.sound = !slices.ContainsFunc(problems, func(p model.Problem) bool { return !p.Note })
	c.todo.saved = c.todo.saved || saved
	c.stir()
}

// again asks for the workspace to be read anew.
func (c *comparer) again() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.todo.read = true
	c.stir()
}

func (c *comparer) stir() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take gives what has come up.
func (c *comparer) take() todo {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.todo
	c.todo.read, c.todo.saved, c.todo.fresh = false, false, false
	return t
}

// keep notes that a save is still to be pushed.
func (c *comparer) keep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.todo.saved = true
}

// started says that the files were there before.
func (c *comparer) started() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.begun
	c.begun = true
	return was
}

// finished waits until nothing is under way.
func (c *comparer) finished() { <-c.done }

// run works until ctx ends.
func (c *comparer) run(ctx context.Context) {
	defer close(c.done)
	var have *held
	var told string
	retry := firstRetry
	for next := time.Now(); ctx.Err() == nil; {
		t := c.take()
		if t.read || have != nil && c.moved(ctx, have) || !time.Now().Before(next) {
			c.w.server.Comparing()
			have, next, t.fresh = c.read(ctx, t.files, &told), time.Now().Add(readEvery), true
			if have == nil {
				next = time.Now().Add(retry)
				retry = min(2*retry, readEvery)
			} else {
				retry = firstRetry
			}
		}
		if have != nil && t.fresh {
			c.show(ctx, have, t.files, &told)
		}
		if c.push && t.saved && t.sound && c.settled(ctx) {
			c.pushNow(ctx)
			next = time.Now() // what is there now is something else
			continue
		} else if c.push && t.saved {
			c.keep()
		}
		select {
		case <-ctx.Done():
		case <-c.wake:
		case <-time.After(min(lookEvery, max(time.Until(next), 0))):
		}
	}
}

// settled waits for the files to be left alone; false means that there is more
// to look at first.
func (c *comparer) settled(ctx context.Context) bool {
	select {
	case <-ctx.Done():
	case <-c.wake:
		c.stir()
	case <-time.After(quiet):
		return true
	}
	return false
}

// moved says that the state is another one than when the workspace was read.
func (c *comparer) moved(ctx context.Context, h *held) bool {
	tip, _, err := h.store.Tip(ctx)
	return err == nil && tip != h.tip
}

// read reads the workspace; nil where that failed, which is told.
func (c *comparer) read(ctx context.Context, files model.Snapshot, told *string) *held {
	s, err := c.open(ctx, files)
	if err != nil {
		c.failed(ctx, err, told)
		return nil
	}
	defer s.close()
	from, err := s.sources(ctx)
	if err == nil {
		var h held
		if h.live, err = from.Ask(ctx); err == nil {
			h.session, h.at = s, time.Now()
			if tip := h.live.History.Tip(); tip >= 0 {
				h.tip = h.live.History.Commit(tip).Hash
			}
			return &h
		}
	}
	c.failed(ctx, err, told)
	return nil
}

// failed tells why nothing is compared, on the pages always and in the terminal
// once.
func (c *comparer) failed(ctx context.Context, err error, told *string) {
	if ctx.Err() != nil {
		return
	}
	reason := reasonOf(err)
	c.w.server.NotCompared(reason)
	if reason != *told {
		*told = reason
		fmt.Fprintf(c.w.env.Stderr, "note: not compared: %s\n", strings.ReplaceAll(reason, "\n", "; "))
	}
}

// reasonOf is an error in the words for a page.
func reasonOf(err error) string {
	return strings.TrimSpace(strings.ReplaceAll(report.Clean(err.Error()), "\nhint: ", "\n"))
}

// show compares the files with what was read, and shows the plan.
func (c *comparer) show(ctx context.Context, h *held, files model.Snapshot, told *string) {
	s := *h.session
	s.files = files
	p, err := s.against(ctx, h.live)
	if err != nil {
		c.failed(ctx, err, told)
		return
	}
	*told = ""
	head := s.head(&gather.States{Workspace: h.live.Workspace})
	c.w.server.Compared(preview.Comparison{Plan: p, Target: head.Target, Workspace: head.Workspace, At: h.at})
}

// against makes the plan out of what was read before.
func (s *session) against(ctx context.Context, live *gather.Live) (*diff.Plan, error) {
	from, err := s.sources(ctx)
	if err != nil {
		return nil, err
	}
	st, err := from.With(ctx, live)
	if err != nil {
		return nil, err
	}
	return s.compare(ctx, st, planFlags{}, nil)
}

// open prepares a run with files that are read already. It draws no progress,
// since the terminal is the preview's.
func (c *comparer) open(ctx context.Context, files model.Snapshot) (*session, error) {
	env := *c.w.env
	env.progress = progress.New(io.Discard, nil)
	s := newSession(&env, comparing)
	s.cfg, s.tree, s.files, s.drafts = c.w.cfg, c.w.tree, files, true
	for _, step := range []func(context.Context, targetFlags) error{s.chooseTarget, c.hasSandbox(s), s.openGit, s.openClient, s.openStore} {
		if err := step(ctx, c.flags); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

// hasSandbox keeps a sandbox from being made by somebody who only looks.
func (c *comparer) hasSandbox(s *session) func(context.Context, targetFlags) error {
	return func(context.Context, targetFlags) error {
		if !s.sandbox || c.push {
			return nil
		}
		if _, err := os.Stat(sandboxDir(s.cfg, "data")); err != nil {
			return fmt.Errorf("the sandbox is empty\nfill it with `hcsync push -t sandbox`, or connect a workspace with `hcsync init`")
		}
		return nil
	}
}
