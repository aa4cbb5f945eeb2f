// Package state keeps what git and Intercom last agreed on, as a history of
// git commits under one ref of the docs repository (design.md section 5).
//
// The history is linear and only hcsync writes it. A commit's tree holds one
// folder per object; nothing else in it grows with the help center:
//
//	obj/78/12345678/object.json   an article: its path, parents, last push
//	obj/78/12345678/fr.json       its small fields in French, both halves
//	obj/78/12345678/fr.md         the agreed body as the file had it, Markdown
//	obj/78/12345678/fr.html       the agreed body as the server gave it
//	col/09/309/…                  a collection, the same
//
// The folder in between is the last two digits of the id, so that trees stay
// small. Articles and collections have a top folder each because their ids are
// separate number ranges: article 309 and collection 309 may both exist. A
// missing .md means that the file did not name a body. Files at the top of the
// tree are kept as they are; a push keeps its intent in one.
//
// Every commit's message ends in the lines "Action: …" and, for a push,
// "Main: …" with the commit of the docs repository that was pushed.
//
// The local ref is a copy of the remote's: it moves only after the remote has
// accepted a commit, and only forward. Nothing here touches the working tree,
// git's index, branches or configuration.
//
// What a history says is kept in a file of its own beside git's, so that an
// unchanged one is not asked for again; see index.go. Deleting it costs time only.
package state

import (
	"context"
	"crypto/sha1" //nolint:gosec // git's object ids, not a secret
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hcsync/hcsync/internal/git"
)

// The ways in which a state cannot be read or written. The errors returned wrap
// them and say what the remote or git said.
var (
	// ErrOffline means that the remote could not be reached or did not let us in.
	ErrOffline = git.ErrOffline
	// ErrMissing means that the state that ought to exist is gone.
	ErrMissing = errors.New("the state is missing")
	// ErrDiverged means that the remote's history is not a continuation of the
	// local one, or not the one that hcsync.yaml names.
	ErrDiverged = errors.New("the state's history was replaced")
	// ErrRaced means that somebody else moved the ref first: fetch and try again.
	ErrRaced = errors.New("somebody else has changed the state in the meantime")
	// ErrRefused means that the remote did not accept the commit: a hook, a
	// rule of the host, or missing permission.
	ErrRefused = errors.New("the remote refused the state")
)

// Options says where a state lives.
type Options struct {
	// Repo is the docs repository; nil for a state of its own.
	Repo *git.Repo
	// OwnDir is the bare git directory of a state of its own. The first commit
	// creates it. Used only where Repo is nil.
	OwnDir string
	// Ref is the full name of the ref, such as "refs/hcsync/hfi1bx4l".
	Ref string
	// Remote names the remote that the state is shared through; empty keeps it
	// local.
	Remote string
	// Root is the first commit as hcsync.yaml records it, empty where it does
	// not.
	Root string
}

// Store is the state of one workspace.
type Store struct {
	repo              *git.Repo
	own               string
	ref, remote, root string
	// who is the author of commits, once it was needed.
	who   string
	asked sync.Once
	// tidied says that this run has looked for what killed ones have left.
	tidied atomic.Bool
}

// Open checks the options and prepares a store. It runs nothing and writes
// nothing.
func Open(o Options) (*Store, error) {
	s := &Store{repo: o.Repo, ref: o.Ref, remote: o.Remote, root: o.Root}
	if strings.HasPrefix(o.Remote, "-") {
		return nil, fmt.Errorf("remote %q: a name cannot begin with a dash", o.Remote)
	}
	if s.repo == nil {
		dir, err := filepath.Abs(o.OwnDir)
		if err != nil {
			return nil, err
		}
		s.own, s.repo = dir, &git.Repo{GitDir: dir}
	}
	return s, checkRef(s.ref)
}

// badRef finds what git allows in no name of a ref (git-check-ref-format(1)).
var badRef = regexp.MustCompile(`[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[./]$`)

func checkRef(ref string) error {
	if !strings.HasPrefix(ref, "refs/") || badRef.MatchString(ref) {
		return fmt.Errorf("state ref %q: not the full name of a ref, such as refs/hcsync/<workspace id>", ref)
	}
	return nil
}

// Own says whether the state lives in a git directory of its own, and so
// belongs to this checkout alone.
func (s *Store) Own() bool { return s.own != "" }

// Ref gives the full name of the ref.
func (s *Store) Ref() string { return s.ref }

// exists is false for a state of its own before its first commit.
func (s *Store) exists() bool {
	if s.own == "" {
		return true
	}
	_, err := os.Stat(filepath.Join(s.own, "HEAD"))
	return err == nil
}

// create makes the git directory of a state of its own. It appears complete or
// not at all, so a crash leaves nothing that would have to be repaired.
func (s *Store) create(ctx context.Context) error {
	if s.exists() {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.own), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(s.own), "state-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	anywhere := &git.Repo{}
	if _, err := anywhere.Output(ctx, nil, "init", "--quiet", "--bare", "--template=", "--object-format=sha1", tmp); err != nil {
		return fmt.Errorf("state of its own: %w", err)
	}
	if err := os.Rename(tmp, s.own); err != nil && !s.exists() {
		return fmt.Errorf("state of its own: %w", err)
	}
	return nil
}

// BlobID gives the id under which this state's repository stores a text, to
// look it up by in the `known` of [Store.Load].
func (s *Store) BlobID(text string) string { return s.BlobIDOf([]byte(text)) }

// BlobIDOf gives the id that [Store.BlobID] gives.
func (s *Store) BlobIDOf(text []byte) string {
	if s.repo.SHA256() {
		return blobID(sha256.New(), text)
	}
	return blobID(sha1.New(), text)
}

// BlobID gives the id under which an ordinary (SHA-1) git repository stores a
// text; see [Store.BlobID] for one that may use SHA-256.
func BlobID(text string) string { return blobID(sha1.New(), []byte(text)) }

func blobID(h hash.Hash, text []byte) string {
	fmt.Fprintf(h, "blob %d\x00", len(text))
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil))
}
