package content

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
)

// Edit is a change of one file. Keys that it does not name, comments, order
// and line ends stay.
type Edit struct {
	// Path is relative to the content folder.
	Path string
	Set  []Pair
	// Body replaces the Markdown; nil leaves it.
	Body *string
	// New says that no file may be there yet. It begins as Seed, where that can
	// be read, so that keys and comments of an earlier file come back with it.
	New  bool
	Seed []byte
}

// Pair changes one key of the front matter: to Value, or to List or Map where
// these are not nil. Remove takes the key away.
type Pair struct {
	Key    string
	Value  string
	List   []string
	Map    [][2]string
	Remove bool
}

// mirrorNote is the body of a new help center file.
const mirrorNote = "This file mirrors the help center's settings in Intercom. `hcsync pull` writes it; changes made here are not sent."

// Write makes an edit, together with the file and its folders where they are
// not there. A file that would be byte for byte the same is not touched, and
// changed is false. The error is [ErrChangedSinceRead] or [ErrExists] where
// the file is not what Read saw.
func (t *Tree) Write(e Edit) (changed bool, err error) {
	done := t.WriteAll([]Edit{e})[0]
	return done.Changed, done.Err
}

// apply gives the file after the edit; old is nil for a new one.
func (e Edit) apply(old []byte) (*frontmatter.Doc, error) {
	doc := frontmatter.New()
	if seed, err := frontmatter.Parse(e.Seed); old == nil && e.Seed != nil && err == nil {
		doc = seed
	}
	if old != nil {
		var err error
		if doc, err = frontmatter.Parse(old); err != nil {
			return nil, err
		}
	}
	doc.Order(keyOrder(path.Base(e.Path))...)
	rest, texts := e.Set, [][2]string(nil)
	for len(rest) > 0 && rest[0].isText() {
		texts, rest = append(texts, [2]string{rest[0].Key, rest[0].Value}), rest[1:]
	}
	if err := doc.Fill(texts); err != nil {
		return nil, err
	}
	for _, p := range rest {
		if err := p.apply(doc); err != nil {
			return nil, err
		}
	}
	switch {
	case e.Body != nil:
		doc.SetBody(*e.Body)
	case old == nil && path.Base(e.Path) == HelpCenterFile:
		doc.SetBody(mirrorNote)
	}
	return doc, nil
}

// isText says that a pair gives its key a text.
func (p Pair) isText() bool {
	list := p.List != nil || p.Value == "" && (p.Key == "also_in" || p.Key == "locales")
	return !p.Remove && p.Map == nil && !list
}

func (p Pair) apply(doc *frontmatter.Doc) error {
	switch {
	case p.Remove:
		return doc.Delete(p.Key)
	case p.Map != nil:
		return doc.SetMap(p.Key, p.Map)
	case p.isText():
		return doc.Set(p.Key, p.Value)
	}
	return doc.SetList(p.Key, p.List)
}

// checkPath refuses names that lead out of the tree or into what is not part
// of it. An os.Root refuses the first too, but later and in other words.
func checkPath(p string) error {
	if !fs.ValidPath(p) || !filepath.IsLocal(filepath.FromSlash(p)) || strings.Contains(p, `\`) || strings.HasPrefix(p, ".") || strings.Contains(p, "/.") {
		return errors.New("is not a path in the content folder")
	}
	return nil
}

// spelled gives the name that a file has on disk, where it differs from the
// given one only in what some file systems do not tell apart: `a.pt-br.md`.
func (t *Tree) spelled(p string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, known := t.seen[fold(p)]; known {
		return last.path
	}
	return p
}

// current reads a file before it is changed, nil where there is none, and
// refuses one that is not as it was read. The folder is the one that the file is
// in, nil where that is not there.
func (t *Tree) current(folder *os.Root, p string) ([]byte, fs.FileMode, error) {
	data, mode, err := readFile(folder, path.Base(p))
	if err != nil {
		return nil, 0, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	last, known := t.seen[fold(p)]
	if t.read && (known != (data != nil) || known && last.sum != sha256.Sum256(data)) {
		return nil, 0, ErrChangedSinceRead
	}
	return data, mode, nil
}

func readFile(folder *os.Root, name string) ([]byte, fs.FileMode, error) {
	if folder == nil {
		return nil, newMode, nil
	}
	info, err := folder.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, newMode, nil
	case err != nil:
		return nil, 0, err
	case !info.Mode().IsRegular():
		return nil, 0, errors.New("is not a plain file: move it away")
	case info.Size() > maxFile:
		return nil, 0, errors.New("is larger than 10 MB")
	}
	in, err := folder.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	return append([]byte{}, data...), info.Mode().Perm(), err
}

// newMode is the mode of new files, less the user's umask.
const newMode fs.FileMode = 0o666

// folderOf opens the folder that a file is in; nil where there is none.
func (t *Tree) folderOf(p string) (*os.Root, error) {
	if err := t.makeRoot(); err != nil {
		return nil, err
	}
	folder, err := t.root.OpenRoot(filepath.FromSlash(path.Dir(p)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return folder, err
}

func (t *Tree) makeRoot() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.root != nil {
		return nil
	}
	name := filepath.FromSlash(t.Content)
	if err := t.base.MkdirAll(name, 0o777); err != nil {
		return err
	}
	root, err := t.base.OpenRoot(name)
	t.root = root
	return err
}

func (t *Tree) backup(p string, old []byte) error {
	if t.Backup == nil || old == nil {
		return nil
	}
	if err := t.Backup(t.File(p), old); err != nil {
		return fmt.Errorf("no backup, so it was left alone: %w", err)
	}
	return nil
}

// sweep removes what a killed run left in a folder.
func (t *Tree) sweep(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stale = slices.DeleteFunc(t.stale, func(p string) bool {
		return path.Dir(p) == dir && t.root.Remove(filepath.FromSlash(p)) == nil
	})
}

// Sweep removes what a killed run left anywhere: half-written files, and folders
// with nothing else in them.
func (t *Tree) Sweep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.stale {
		if t.root.Remove(filepath.FromSlash(p)) == nil {
			t.removeEmpty(path.Dir(p))
		}
	}
	t.stale = nil
	t.bare = slices.DeleteFunc(t.bare, func(p string) bool {
		_, err := t.root.Lstat(filepath.FromSlash(p))
		return errors.Is(err, fs.ErrNotExist)
	})
}

// note remembers what a file holds now; nil for nothing.
func (t *Tree) note(p string, data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if data == nil {
		delete(t.seen, fold(p))
		return
	}
	t.seen[fold(p)] = seen{p, sha256.Sum256(data)}
}
