package content

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Outcome is what became of one edit; see [Tree.Write].
type Outcome struct {
	Changed bool
	Err     error
}

// WriteAll makes edits of different files, each as [Tree.Write] does, and gives
// what became of each. Edits of one folder should stand together.
//
// Each file is written in one rename: whoever looks sees all of the old text or
// all of the new, also after a crash. The new texts are written beside the old
// ones first, then the disk is waited for, once where the system can do that,
// and then the files are renamed.
func (t *Tree) WriteAll(edits []Edit) []Outcome {
	b := batch{Tree: t, outcomes: make([]Outcome, len(edits))}
	defer b.leave()
	for i, e := range edits {
		b.outcomes[i].Err = withoutPath(b.stage(i, e))
	}
	err := withoutPath(b.sync())
	for _, s := range b.staged {
		done := withoutPath(b.finish(s, err))
		b.outcomes[s.at] = Outcome{done == nil, done}
	}
	for i, o := range b.outcomes {
		if o.Err != nil {
			b.outcomes[i].Err = fmt.Errorf("%s: %w", t.File(edits[i].Path), o.Err)
		}
	}
	return b.outcomes
}

// withoutPath takes the temporary name out of a system's error: the one that the
// user knows stands before it.
func withoutPath(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// batch is one [Tree.WriteAll].
type batch struct {
	*Tree
	outcomes []Outcome
	staged   []*staged
	// folder is the open one of dir; a path from the top would be walked down
	// again for every call.
	dir    string
	folder *os.Root
}

// staged is a file whose new text is on its way.
type staged struct {
	at              int // of the edit
	path, temporary string
	old, data       []byte
}

// enter opens the folder of a file, nil where it is not there.
func (b *batch) enter(p string) (*os.Root, error) {
	if dir := path.Dir(p); b.folder == nil || b.dir != dir {
		b.leave()
		folder, err := b.folderOf(p)
		if err != nil {
			return nil, err
		}
		b.dir, b.folder = dir, folder
	}
	return b.folder, nil
}

func (b *batch) leave() {
	if b.folder != nil {
		b.folder.Close()
		b.folder = nil
	}
}

// stage writes the text of an edit beside the file, if it changes anything.
func (b *batch) stage(i int, e Edit) error {
	if err := checkPath(e.Path); err != nil {
		return err
	}
	e.Path = b.spelled(e.Path)
	folder, err := b.enter(e.Path)
	if err != nil {
		return err
	}
	old, mode, err := b.current(folder, e.Path)
	if err != nil {
		return err
	}
	if old != nil && e.New {
		return ErrExists
	}
	doc, err := e.apply(old)
	if err != nil {
		return err
	}
	s := &staged{at: i, path: e.Path, old: old, data: doc.Bytes()}
	if old != nil && bytes.Equal(old, s.data) {
		return nil
	}
	if err := b.backup(e.Path, old); err != nil {
		return err
	}
	return b.write(s, mode)
}

// write makes the temporary file.
func (b *batch) write(s *staged, mode fs.FileMode) (err error) {
	dir := path.Dir(s.path)
	if b.folder == nil {
		if err := b.root.MkdirAll(filepath.FromSlash(dir), 0o777); err != nil {
			return err
		}
	}
	folder, err := b.enter(s.path)
	if err != nil {
		return err
	}
	b.sweep(dir)
	s.temporary = tempPrefix + rand.Text()[:12] + ".tmp"
	out, err := folder.OpenFile(s.temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = out.Write(s.data)
	if err = errors.Join(err, out.Close()); err != nil {
		folder.Remove(s.temporary)
		return err
	}
	b.staged = append(b.staged, s)
	return nil
}

// worthAll is how many files it takes until waiting for all that the file system
// has to write costs less than waiting for each of them.
const worthAll = 16

// sync waits until the new texts are on the disk.
func (b *batch) sync() error {
	if len(b.staged) >= worthAll && syncAll(b.root) {
		return nil
	}
	for _, s := range b.staged {
		folder, err := b.enter(s.path)
		if err != nil {
			return err
		}
		f, err := folder.OpenFile(s.temporary, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// finish puts the new text in the place of the old one, unless it is not on the
// disk or somebody changed the old one meanwhile.
func (b *batch) finish(s *staged, unsafe error) error {
	folder, err := b.enter(s.path)
	if err != nil {
		return errors.Join(unsafe, err)
	}
	now, _, err := readFile(folder, path.Base(s.path))
	switch {
	case unsafe != nil:
		err = unsafe
	case err == nil && (!bytes.Equal(now, s.old) || (now == nil) != (s.old == nil)):
		err = ErrChangedSinceRead
	case err == nil:
		b.step()
		err = folder.Rename(s.temporary, path.Base(s.path))
	}
	if err != nil {
		folder.Remove(s.temporary)
		return err
	}
	b.note(s.path, s.data)
	return nil
}
