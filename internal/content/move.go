package content

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"strings"
)

// Remove removes a file, after its backup, and the folders that are empty
// then. The error is [ErrChangedSinceRead] where it is not what Read saw.
func (t *Tree) Remove(p string) error {
	if err := t.remove(p); err != nil {
		return fmt.Errorf("%s: %w", t.File(p), err)
	}
	return nil
}

func (t *Tree) remove(p string) error {
	if err := checkPath(p); err != nil {
		return err
	}
	p = t.spelled(p)
	old, err := t.unchanged(p)
	if err != nil {
		return err
	}
	if old == nil {
		return fs.ErrNotExist
	}
	if err := t.backup(p, old); err != nil {
		return err
	}
	t.step()
	if err := t.root.Remove(filepath.FromSlash(p)); err != nil {
		return err
	}
	t.note(p, nil)
	t.removeEmpty(path.Dir(p))
	return nil
}

// unchanged gives a file as it was read, nil where there is none.
func (t *Tree) unchanged(p string) ([]byte, error) {
	folder, err := t.folderOf(p)
	if err != nil {
		return nil, err
	}
	if folder != nil {
		defer folder.Close()
	}
	data, _, err := t.current(folder, p)
	return data, err
}

// removeEmpty removes a folder and those above it while they are empty.
func (t *Tree) removeEmpty(dir string) {
	for dir != "." && t.root.Remove(filepath.FromSlash(dir)) == nil {
		dir = path.Dir(dir)
	}
}

// Rename moves a file, or a folder with all that is in it. Nothing may be in
// the new place, except for the same file when only case differs.
func (t *Tree) Rename(from, to string) error {
	if err := t.rename(from, to); err != nil {
		return t.unmoved(from, to, err)
	}
	return nil
}

func (t *Tree) unmoved(from, to string, err error) error {
	return fmt.Errorf("%s: cannot be moved to %s: %w", t.File(from), t.File(to), err)
}

func (t *Tree) rename(from, to string) error {
	if err := errors.Join(checkPath(to), t.movable(from)); err != nil {
		return err
	}
	from = t.spelled(from)
	if fold(from) != fold(to) {
		if err := t.vacate(to); err != nil {
			return err
		}
	}
	if err := t.root.MkdirAll(filepath.FromSlash(path.Dir(to)), 0o777); err != nil {
		return err
	}
	t.step()
	if err := t.root.Rename(filepath.FromSlash(from), filepath.FromSlash(to)); err != nil {
		return err
	}
	t.moved(from, to)
	t.removeEmpty(path.Dir(from))
	return nil
}

// vacate refuses a place that is taken. A folder with nothing in it is none: a
// run that was killed can have made it.
func (t *Tree) vacate(to string) error {
	_, err := t.root.Lstat(filepath.FromSlash(to))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && t.empty(to):
		return t.root.Remove(filepath.FromSlash(to))
	}
	return errors.Join(err, ErrExists)
}

// empty says that a path is a folder with nothing in it.
func (t *Tree) empty(p string) bool {
	dir, err := t.root.Open(filepath.FromSlash(p))
	if err != nil {
		return false
	}
	defer dir.Close()
	_, err = dir.ReadDir(1)
	return errors.Is(err, io.EOF)
}

// movable says that a file or folder is there, a file as it was read.
func (t *Tree) movable(from string) error {
	if err := errors.Join(checkPath(from), t.makeRoot()); err != nil {
		return err
	}
	from = t.spelled(from)
	info, err := t.root.Lstat(filepath.FromSlash(from))
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() && isMarkdown(from) {
		_, err = t.unchanged(from)
	}
	return err
}

// moved keeps what was seen under the new names.
func (t *Tree) moved(from, to string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, known := t.seen[fold(from)]; known {
		delete(t.seen, fold(from))
		t.seen[fold(to)] = seen{to, last.sum}
		return
	}
	for key, last := range maps.Clone(t.seen) {
		if rest, below := strings.CutPrefix(last.path, from+"/"); below {
			delete(t.seen, key)
			t.seen[fold(to+"/"+rest)] = seen{to + "/" + rest, last.sum}
		}
	}
}
