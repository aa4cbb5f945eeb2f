package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Options say what to watch.
type Options struct {
	// Dir is the folder; it must be there.
	Dir string
	// Want says of a path relative to Dir, with slashes, whether it is watched:
	// of a folder, whether anything in it may be.
	Want func(path string) bool
	// Quiet is how long no event must come before a batch is given; zero is 20
	// ms, which no reader notices and an editor's steps fit into.
	Quiet time.Duration
	// Lost is told why a folder is not watched, such as one that may not be
	// read or one too many for the system.
	Lost func(error)
}

// most is how long a batch may grow while events go on and on.
const most = 500 * time.Millisecond

// Start watches until ctx ends, then closes the channel. Only an error that
// leaves nothing watched is given; what happens to single folders later is
// told to Lost.
func Start(ctx context.Context, o Options) (<-chan Batch, error) {
	if o.Quiet == 0 {
		o.Quiet = 20 * time.Millisecond
	}
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("files cannot be watched: %w", err)
	}
	w := &watcher{Options: o, events: events, out: make(chan event, 256), dirs: map[string]bool{}}
	if err := events.Add(o.Dir); err != nil {
		return nil, errors.Join(w.explain(o.Dir, err), events.Close())
	}
	w.below(".")
	batches := make(chan Batch)
	go w.run(ctx)
	go pace{o.Quiet, max(most, o.Quiet)}.collect(ctx, w.out, batches)
	return batches, nil
}

type watcher struct {
	Options
	events *fsnotify.Watcher
	out    chan event
	dirs   map[string]bool // what is watched
	told   bool            // that the system has no more watches
}

func (w *watcher) run(ctx context.Context) {
	defer close(w.out)
	defer w.events.Close()
	for {
		select {
		case e, ok := <-w.events.Events:
			if !ok {
				return
			}
			w.take(ctx, e)
		case err, ok := <-w.events.Errors:
			if !ok {
				return
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				w.lost(err)
			}
			w.below(".") // folders may have come unseen
			w.tell(ctx, "")
		case <-ctx.Done():
			return
		}
	}
}

// take makes a hint of an event. The first thing to do with a new folder is to
// watch it: whatever was put into it before is covered by its own path.
func (w *watcher) take(ctx context.Context, e fsnotify.Event) {
	p, ok := w.relative(e.Name)
	if !ok || e.Op == fsnotify.Chmod || !w.wants(p) {
		return
	}
	if e.Has(fsnotify.Rename) || e.Has(fsnotify.Remove) {
		w.unwatch(p)
	}
	if e.Has(fsnotify.Create) {
		if info, err := os.Lstat(e.Name); err == nil && info.IsDir() {
			w.watch(p)
			w.below(p)
		}
	}
	w.tell(ctx, p)
}

func (w *watcher) tell(ctx context.Context, p string) {
	select {
	case w.out <- event{p}:
	case <-ctx.Done():
	}
}

func (w *watcher) relative(name string) (string, bool) {
	rel, err := filepath.Rel(w.Dir, name)
	p := filepath.ToSlash(rel)
	return p, err == nil && p != "." && !strings.HasPrefix(p, "../")
}

func (w *watcher) wants(p string) bool { return !ignored(p) && w.Want(p) }

// below watches the folders in a folder, at any depth.
func (w *watcher) below(p string) {
	entries, err := os.ReadDir(filepath.Join(w.Dir, filepath.FromSlash(p)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.lost(err)
	}
	for _, e := range entries {
		sub := path.Join(p, e.Name())
		if e.IsDir() && w.wants(sub) {
			w.watch(sub)
			w.below(sub)
		}
	}
}

func (w *watcher) watch(p string) {
	dir := filepath.Join(w.Dir, filepath.FromSlash(p))
	if err := w.events.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.lost(w.explain(p, err))
		return
	}
	w.dirs[p] = true
}

// unwatch ends the watches on a folder that is there no more, and on those in
// it: a folder under another name would go on telling of its old one.
func (w *watcher) unwatch(p string) {
	if !w.dirs[p] {
		return
	}
	for dir := range w.dirs {
		if dir == p || strings.HasPrefix(dir, p+"/") {
			_ = w.events.Remove(filepath.Join(w.Dir, filepath.FromSlash(dir))) // gone already, if it was removed
			delete(w.dirs, dir)
		}
	}
}

// lost tells of a folder that is not watched. A system that has run out of
// watches is told of once, not for each folder.
func (w *watcher) lost(err error) {
	full := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE)
	if w.Lost == nil || full && w.told {
		return
	}
	w.told = w.told || full
	w.Lost(err)
}

func (w *watcher) explain(p string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) {
		return fmt.Errorf("%s: the system watches no more folders, so changes there are not seen: raise fs.inotify.max_user_watches (Linux) or `ulimit -n`: %w", p, err)
	}
	return fmt.Errorf("%s: is not watched: %w", p, err)
}
