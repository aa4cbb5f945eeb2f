package content

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/hcsync/hcsync/internal/model"
)

// Follower reads a tree again and again while it is being edited. It keeps what
// it has read, and looks only at what is said to have changed; what the files
// mean together is worked out anew each time, so that its answer is always the
// one that [Tree.Read] would give. It is for looking: a write asks for Read. It
// is for one goroutine.
type Follower struct {
	tree     *Tree
	files    map[string]*file         // by path
	listings map[string][]fs.DirEntry // by folder
}

// Follow begins to follow a tree.
func (t *Tree) Follow() *Follower {
	f := &Follower{tree: t}
	f.forget()
	return f
}

func (f *Follower) forget() {
	f.files, f.listings = map[string]*file{}, map[string][]fs.DirEntry{}
}

// Read gives the tree as it is now. The paths are those of files and folders
// that may have changed since the last time, relative to the content folder;
// "." stands for everything. What is not named is not looked at.
func (f *Follower) Read(ctx context.Context, changed ...string) (model.Snapshot, []model.Problem, error) {
	if f.moved() {
		f.forget()
		if err := f.tree.reopen(); err != nil {
			return model.Snapshot{}, nil, err
		}
	}
	f.drop(changed)
	r := f.tree.reader(len(f.files))
	r.follower = f
	if err := r.everything(ctx); err != nil {
		f.forget()
		return model.Snapshot{}, nil, err
	}
	f.files = r.files
	return r.snapshot, r.report(), nil
}

// drop forgets what changed: a file, a folder with all that was in it, and the
// list of the folder that holds either.
func (f *Follower) drop(changed []string) {
	gone := map[string]bool{}
	for _, p := range changed {
		gone[path.Clean(p)] = true
		delete(f.listings, path.Dir(p))
	}
	for p := range f.files {
		if below(p, gone) {
			delete(f.files, p)
		}
	}
	for p := range f.listings {
		if below(p, gone) {
			delete(f.listings, p)
		}
	}
}

// below says whether a path is one of a set, or in a folder of it.
func below(p string, set map[string]bool) bool {
	for !set[p] {
		if p == "." || p == "/" {
			return false
		}
		p = path.Dir(p)
	}
	return true
}

// moved says that the content folder is another one than the tree has open, as
// after a checkout that removed it and one that brought it back.
func (f *Follower) moved() bool {
	t := f.tree
	now, err := t.base.Stat(filepath.FromSlash(t.Content))
	if err != nil || t.root == nil {
		return (err == nil) != (t.root != nil)
	}
	open, err := t.root.Stat(".")
	return err != nil || !os.SameFile(now, open)
}

// reopen opens the content folder anew.
func (t *Tree) reopen() error {
	if t.root != nil {
		t.root.Close()
	}
	root, err := t.base.OpenRoot(filepath.FromSlash(t.Content))
	t.root = root
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
