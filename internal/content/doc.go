// Package content is the content tree: Markdown files with front matter, read
// as a [model.Snapshot] and written back without losing what the writer typed.
//
// A help center is a folder with `_help-center.md`, a collection a folder with
// `_collection.md`, an article a file `name.md` with its translations
// `name.fr.md` beside it. `_unlisted` holds the articles of no collection.
// Nothing but these files decides: folders and files are named freely, and
// objects are matched by the `id` in the front matter.
//
// # Reading
//
// [Tree.Read] goes on after a mistake and tells all of them at once, each as a
// [model.Problem] that says what to do next. A file that cannot be read is
// still in the snapshot with the id that its text seems to hold, but without
// fields, so that nobody takes it for deleted; a field with a wrong value is
// absent, which means that it is not managed. A caller that writes anything
// anywhere must stop at problems that are not notes. What a pull wrote is only
// noted where Intercom itself holds something odd, such as an empty title.
//
// A key that is not there is not managed. `description: ""` and `description:`
// both clear.
//
// The locales of `_unlisted` are those of all help centers, since no
// collection tells which one an article is for. Its files without a locale in
// their name are in the default locale of the only help center; where there
// are several, of the one whose mirror says `default: true`, else of the one
// with the lowest id; and `locale: fr` in such a file says otherwise.
//
// A file that nobody has touched since an earlier run is not opened: what it says is
// kept in a file of its own (kept.go), which may be deleted at any time.
//
// # Writing
//
// [Tree.Write] changes single keys and the body of one file, in one atomic
// rename, and refuses where the file is no longer the one that was read.
// Everything goes through an [os.Root], so that no name that Intercom holds
// can lead out of the content folder. Symbolic links are refused.
//
// # Names
//
// Names are compared as every file system can tell them apart: composed and
// without case. Two files that differ only in that are a problem, since a
// checkout on another system would lose one.
package content

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/hcsync/hcsync/internal/cachefile"
	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// The names that have a meaning.
const (
	HelpCenterFile = "_help-center.md"
	CollectionFile = "_collection.md"
	Unlisted       = "_unlisted"
)

// maxFile is the most that one file may have, in bytes.
const maxFile = 10 << 20

// ErrChangedSinceRead says that a file is not the one that [Tree.Read] saw.
var ErrChangedSinceRead = errors.New("changed since it was read: it was left alone; run the command again")

// ErrExists says that a new file would overwrite another one.
var ErrExists = errors.New("is in the way: move it, then run the command again")

// Options say which tree.
type Options struct {
	// Dir is the folder of hcsync.yaml, Content the content folder relative to
	// it, with slashes.
	Dir, Content string
	// Include and Exclude limit what is managed; see [Tree.Managed].
	Include, Exclude []string
	// Backup, where it is set, is called with a file's bytes before the file is
	// rewritten or removed; path is relative to Dir. An error stops that write.
	Backup func(path string, old []byte) error
	// Step, if set, is called before every change that others can see: a file put
	// in its place, moved or removed. Tests end a run there.
	Step func()
	// Keep says where to keep what Read found for the next run.
	Keep Keep
}

// Tree is a content folder. Its methods are safe for use by several
// goroutines, as long as no two write to one file.
type Tree struct {
	Options
	base *os.Root // Dir

	mu        sync.Mutex
	root      *os.Root // the content folder; nil while there is none
	read      bool
	kept      *cachefile.File // what Read used of earlier runs
	seen      map[string]seen // what Read saw, or Write wrote, by folded path
	conflicts map[string]bool
	names     []string       // every name in use
	bare      []string       // folders without anything of ours
	unmanaged []model.Object // identities and paths of what is in no snapshot
	stale     []string       // temporary files of a run that was killed
}

// seen is a file as it was last read or written.
type seen struct {
	path string
	sum  [32]byte
}

// Open opens a tree. A content folder that is not there is an empty tree, and
// is made by the first write.
func Open(o Options) (*Tree, error) {
	base, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Content = path.Clean(filepath.ToSlash(o.Content))
	t := &Tree{Options: o, base: base, seen: map[string]seen{}, conflicts: map[string]bool{}}
	t.root, err = base.OpenRoot(filepath.FromSlash(o.Content))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		base.Close()
		return nil, fmt.Errorf("%s: must be a folder beside hcsync.yaml, and no link out of there: %w", o.Content, err)
	}
	return t, nil
}

// Close gives the folders back.
func (t *Tree) Close() error {
	if t.root != nil {
		return errors.Join(t.root.Close(), t.base.Close())
	}
	return t.base.Close()
}

func (t *Tree) step() {
	if t.Step != nil {
		t.Step()
	}
}

// File gives a path of the tree relative to the folder of hcsync.yaml, as
// problems and [model.Content] name files.
func (t *Tree) File(p string) string { return path.Join(t.Content, p) }

// BlobID gives the git blob id of a body that [Tree.Read] gave, where that is known
// without looking at the text.
func (t *Tree) BlobID(body string) (id string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept.ID(body)
}

// InConflict says whether Read found that a pull left a conflict in a file: a
// key `conflict`, or conflict markers. The path is relative to the content
// folder.
func (t *Tree) InConflict(p string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.conflicts[p]
}

// TrimBody gives a body as Read gives it: LF line ends, no blank lines at its
// ends.
func TrimBody(md string) string { return frontmatter.TrimBody(md) }
