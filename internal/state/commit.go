package state

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/model"
)

// Update replaces or removes one object's whole entry, all its locales, or one
// file at the top of the tree.
type Update struct {
	Object *model.BaseObject
	// Delete removes the entry; then only the object's kind and id count.
	Delete bool
	// File names a file at the top of the tree where Object is nil, such as
	// "intent.json"; see [Store.ReadFile].
	File, Text string
}

// Commit adds one commit after parent, the hash of the tip as this checkout
// knows it, or "" to begin a history. Of meta it takes the action, main commit,
// subject and time (now, where that is zero). Updates that change nothing make
// no commit: parent is returned.
//
// The remote gets the commit first, and only if its ref is still at parent;
// then the local ref follows. The error is [ErrRaced], [ErrRefused] or
// [ErrOffline] where the remote did not take it, and nothing has changed then.
func (s *Store) Commit(ctx context.Context, parent string, meta Commit, updates []Update) (Commit, error) {
	changes, err := encodeAll(updates)
	if err != nil {
		return Commit{}, err
	}
	if err := s.create(ctx); err != nil {
		return Commit{}, err
	}
	meta, err = meta.clean()
	if err != nil {
		return Commit{}, err
	}
	s.tidy(ctx)
	b := build{repo: s.repo, who: s.identity(ctx), ref: temporary(), parent: parent, meta: meta, changes: changes}
	hash, same, err := b.run(ctx)
	if err != nil {
		s.drop(ctx, b.ref)
		return Commit{}, fmt.Errorf("%s: %w", s.ref, err)
	}
	if same {
		s.drop(ctx, b.ref)
		return s.commit(ctx, parent)
	}
	meta.Hash = hash
	if s.remote != "" {
		if err := push(ctx, s.repo, s.remote, s.ref, parent, hash); err != nil {
			s.drop(ctx, b.ref)
			return Commit{}, err
		}
	}
	return meta, s.advance(ctx, parent, hash, b.ref)
}

// clean puts the parts of a message into the form in which they are read back.
func (c Commit) clean() (Commit, error) {
	c.Subject = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(c.Subject, "\x00", " "), "?")), " ")
	if !tokenPattern.MatchString(c.Action) || c.Action == "" {
		return c, fmt.Errorf("state commit: action %q is not a word", c.Action)
	}
	if !tokenPattern.MatchString(c.Main) {
		return c, fmt.Errorf("state commit: %q is not the name of a commit", c.Main)
	}
	if c.Subject == "" {
		c.Subject = c.Action
	}
	if c.Time.IsZero() {
		c.Time = time.Now()
	}
	c.Time = time.Unix(c.Time.Unix(), 0).UTC()
	return c, nil
}

// commit reads one commit back.
func (s *Store) commit(ctx context.Context, hash string) (Commit, error) {
	out, err := s.repo.Output(ctx, nil, "log", "-1", "--no-show-signature", "--encoding=UTF-8", "--format=%ct%n%B", "--end-of-options", hash)
	if err != nil {
		return Commit{}, fmt.Errorf("%s: %w", s.ref, err)
	}
	seconds, message, _ := strings.Cut(out, "\n")
	when, err := strconv.ParseInt(seconds, 10, 64)
	c := parseMessage(message)
	c.Hash, c.Time = hash, time.Unix(when, 0).UTC()
	return c, err
}

// change is what happens to one path of the tree, an object's folder or a file:
// it is removed, and then files are written there.
type change struct {
	path  string
	files map[string]string
}

func (u Update) encode() (change, error) {
	if u.Object == nil {
		if !filePattern.MatchString(u.File) {
			return change{}, fmt.Errorf("%q cannot be a file at the top of the state", u.File)
		}
		c := change{path: u.File}
		if !u.Delete {
			c.files = map[string]string{u.File: u.Text}
		}
		return c, nil
	}
	dir, err := folder(u.Object.Key())
	if err != nil || u.Delete {
		return change{path: dir}, err
	}
	texts, err := encode(u.Object)
	c := change{path: dir, files: map[string]string{}}
	for name, text := range texts {
		c.files[dir+"/"+name] = text
	}
	return c, err
}

func encodeAll(updates []Update) ([]change, error) {
	byPath := map[string]change{}
	for _, u := range updates {
		c, err := u.encode()
		if err != nil {
			return nil, err
		}
		if _, twice := byPath[c.path]; twice {
			return nil, fmt.Errorf("%s: two updates in one commit", c.path)
		}
		byPath[c.path] = c
	}
	return slices.SortedFunc(maps.Values(byPath), func(a, b change) int { return strings.Compare(a.path, b.path) }), nil
}

// build makes a commit with git fast-import, under a ref of its own so that no
// gc can take it away before it is published. It goes from the parent's tree
// and names the touched folders only.
type build struct {
	repo        *git.Repo
	who         string
	ref, parent string
	meta        Commit
	changes     []change
}

// run gives the new commit, and whether its tree is the parent's.
func (b build) run(ctx context.Context) (hash string, same bool, err error) {
	in, out := io.Pipe()
	go func() { out.CloseWithError(b.write(out)) }()
	// Without --depth=0, fast-import would look for what a text has in common with
	// the one before it, which is another locale's or object's: that takes as long
	// as all the rest and saves one byte in a hundred.
	answer, err := b.repo.Output(ctx, in, "fast-import", "--quiet", "--done", "--date-format=raw", "--depth=0")
	in.CloseWithError(io.ErrClosedPipe)
	if err != nil {
		return "", false, err
	}
	lines := strings.Split(answer, "\n") // the commit, its tree, and its parent's
	if len(lines) < 3 || !git.IsHash(lines[0]) {
		return "", false, fmt.Errorf("git fast-import: unexpected answer %q", answer)
	}
	return lines[0], lines[1] == lines[2], nil
}

// write gives the stream that fast-import reads.
func (b build) write(to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<16)
	message := b.meta.message()
	fmt.Fprintf(w, "commit %s\nmark :1\ncommitter %s %d +0000\ndata %d\n%s", b.ref, b.who, b.meta.Time.Unix(), len(message), message)
	if b.parent != "" {
		fmt.Fprintf(w, "from %s\n", b.parent)
	}
	for _, c := range b.changes {
		fmt.Fprintf(w, "D %s\n", c.path)
		for _, name := range slices.Sorted(maps.Keys(c.files)) {
			text := c.files[name]
			fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
		}
	}
	fmt.Fprint(w, "get-mark :1\nls :1 \"\"\n")
	if b.parent != "" {
		fmt.Fprintf(w, "ls %s \"\"\n", b.parent)
	}
	fmt.Fprint(w, "done\n")
	return w.Flush()
}

// identity gives the user's name and address, which some hosts check, or
// hcsync's own where git knows none.
func (s *Store) identity(ctx context.Context) string {
	s.asked.Do(func() {
		s.who = "hcsync <hcsync@localhost>"
		line, err := s.repo.Line(ctx, "var", "GIT_COMMITTER_IDENT")
		if end := strings.LastIndexByte(line, '>'); err == nil && end > 0 {
			s.who = line[:end+1]
		}
	})
	return s.who
}

// advance moves the local ref from old ("" for none) to a commit that has been
// published, and removes the temporary ref that held it until then. Somebody
// else in this clone may have fetched it before.
func (s *Store) advance(ctx context.Context, old, hash, tmp string) error {
	err := s.moveRef(ctx, old, hash, tmp)
	if err == nil {
		return nil
	}
	s.drop(ctx, tmp)
	now, ok, tipErr := s.Tip(ctx)
	if tipErr != nil {
		return fmt.Errorf("%s: %w", s.ref, tipErr)
	}
	if ok && s.remote != "" {
		if in, tipErr := s.repo.IsAncestor(ctx, hash, now); tipErr == nil && in {
			return nil
		}
	}
	if now != old {
		return fmt.Errorf("%s: %w", s.ref, ErrRaced)
	}
	return fmt.Errorf("%s: %w", s.ref, err)
}

// moveRef is compare-and-swap.
func (s *Store) moveRef(ctx context.Context, old, hash, tmp string) error {
	if old == "" {
		old = strings.Repeat("0", len(hash))
	}
	both := fmt.Sprintf("update %s %s %s\ndelete %s\n", s.ref, hash, old, tmp)
	_, err := s.repo.Output(ctx, strings.NewReader(both), "update-ref", "-m", "hcsync", "--stdin")
	return err
}

// Refs under this prefix hold what is being built or fetched.
const temporaryRefs = "refs/hcsync-tmp/"

// leftoverAge is how old a temporary ref must be before it counts as left
// behind by a run that was killed.
const leftoverAge = 24 * time.Hour

func temporary() string {
	return fmt.Sprintf("%s%d-%s", temporaryRefs, time.Now().Unix(), rand.Text())
}

// tidy removes, once in a run, the temporary refs that killed runs have left.
func (s *Store) tidy(ctx context.Context) {
	if s.tidied.Swap(true) {
		return
	}
	out, err := s.repo.Output(ctx, nil, "for-each-ref", "--format=%(refname)", temporaryRefs)
	if err == nil {
		s.drop(ctx, leftovers(out)...)
	}
}

// leftovers picks the old ones of some temporary refs, one a line.
func leftovers(refs string) []string {
	var old []string
	for ref := range strings.Lines(refs) {
		ref = strings.TrimSuffix(ref, "\n")
		stamp, _, _ := strings.Cut(strings.TrimPrefix(ref, temporaryRefs), "-")
		if seconds, err := strconv.ParseInt(stamp, 10, 64); err == nil && time.Since(time.Unix(seconds, 0)) > leftoverAge {
			old = append(old, ref)
		}
	}
	return old
}

// drop removes temporary refs. It also runs when ctx is done; what it cannot
// remove a later run will.
func (s *Store) drop(ctx context.Context, refs ...string) {
	if len(refs) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	deletions := "delete " + strings.Join(refs, "\ndelete ") + "\n"
	_, _ = s.repo.Output(ctx, strings.NewReader(deletions), "update-ref", "--stdin")
}
