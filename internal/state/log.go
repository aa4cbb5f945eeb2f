package state

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/git"
)

// History reads the history under the local ref, with one git process, or two
// where the index has most of it. Without a ref it is empty, or [ErrMissing]
// where hcsync.yaml names its beginning. A history that is not linear, that
// hcsync did not write, or that does not begin where hcsync.yaml says, is an
// error.
func (s *Store) History(ctx context.Context) (*History, error) {
	if !s.exists() {
		return newHistory(), s.lacking()
	}
	h := s.remembered()
	var err error
	if h != nil {
		err = s.extend(ctx, h)
	}
	if h == nil || err != nil { // of another history perhaps
		h = newHistory()
		err = s.log(ctx, h, s.ref)
	}
	if err != nil {
		if _, ok, tipErr := s.Tip(ctx); tipErr == nil && !ok {
			return h, s.lacking()
		}
		return nil, fmt.Errorf("%s: %w", s.ref, err)
	}
	if err := s.checkRoot(h); err != nil {
		return nil, fmt.Errorf("%s: %w", s.ref, err)
	}
	return h, nil
}

// extend reads what was added to a history.
func (s *Store) extend(ctx context.Context, h *History) error {
	known := h.Commit(h.Tip()).Hash
	tip, ok, err := s.Tip(ctx)
	switch {
	case err != nil:
		return err
	case !ok:
		return ErrMissing
	case tip == known:
		return nil
	}
	if err := s.log(ctx, h, "^"+known, tip); err != nil {
		return err
	}
	if h.Commit(h.Tip()).Hash != tip {
		return ErrDiverged
	}
	return nil
}

// log reads the commits of a range.
func (s *Store) log(ctx context.Context, h *History, commits ...string) error {
	args := []string{"log", "-z", "--raw", "--root", "--reverse", "--no-abbrev", "--no-renames",
		"--no-relative", "--no-show-signature", "--ignore-submodules=none", "--encoding=UTF-8",
		"--format=tformat:%H%x00%P%x00%ct%x00%B%x00", "--end-of-options"}
	return s.repo.Stream(ctx, nil, h.read, append(append(args, commits...), "--")...)
}

// lacking is what is wrong with having no state: nothing, unless hcsync.yaml
// names one.
func (s *Store) lacking() error {
	if s.root == "" {
		return nil
	}
	return fmt.Errorf("%s: %w: hcsync.yaml says that it begins with commit %.12s", s.ref, ErrMissing, s.root)
}

// Tip gives the newest commit, as this machine knows it; false where there is
// none.
func (s *Store) Tip(ctx context.Context) (string, bool, error) {
	if !s.exists() {
		return "", false, nil
	}
	return s.repo.Resolve(ctx, s.ref)
}

func (s *Store) checkRoot(h *History) error {
	if h.Len() == 0 {
		return errors.New("git log: no answer")
	}
	root := h.Commit(0).Hash
	if s.root != "" && !strings.HasPrefix(root, strings.ToLower(s.root)) {
		return fmt.Errorf("%w: it begins with commit %.12s, hcsync.yaml names %.12s", ErrDiverged, root, s.root)
	}
	cut, err := os.ReadFile(filepath.Join(s.repo.CommonDir(), "shallow"))
	if err == nil && strings.Contains(string(cut), root) {
		return fmt.Errorf("its history is cut off at commit %.12s: %w", root, git.ErrShallow)
	}
	return nil
}

// read parses the output of `git log -z --raw`: for each commit its hash,
// parents, time and message, then a record and a path for each changed file,
// every one of them ended by a NUL. git sets line ends and empty tokens
// between the two.
func (h *History) read(r io.Reader) error {
	in := bufio.NewReaderSize(r, 1<<16)
	for {
		token, err := next(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token = strings.TrimLeft(token, "\n"); {
		case token == "":
		case token[0] == ':':
			err = h.readChange(token, in)
		default:
			err = h.readCommit(token, in)
		}
		if err != nil {
			return err
		}
	}
}

// next gives what comes before the next NUL. The end in the middle of a token
// is io.ErrUnexpectedEOF.
func next(in *bufio.Reader) (string, error) {
	token, err := in.ReadString(0)
	if errors.Is(err, io.EOF) && strings.Trim(token, "\n") != "" {
		return "", io.ErrUnexpectedEOF
	}
	return strings.TrimSuffix(token, "\x00"), err
}

func (h *History) readCommit(hash string, in *bufio.Reader) error {
	var rest [3]string
	for i := range rest {
		token, err := next(in)
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		rest[i] = token
	}
	parents, seconds, message := rest[0], rest[1], rest[2]
	previous := ""
	if len(h.commits) > 0 {
		previous = h.commits[len(h.commits)-1].Hash
	}
	when, err := strconv.ParseInt(seconds, 10, 64)
	c := parseMessage(message)
	switch {
	case !git.IsHash(hash) || err != nil:
		return fmt.Errorf("git log: unexpected answer %q", hash)
	case parents != previous:
		return fmt.Errorf("commit %.12s: the history is not linear here, so hcsync did not write it", hash)
	case c.Action == "":
		return fmt.Errorf("commit %.12s: not a commit of hcsync, its message names no action", hash)
	}
	c.Hash, c.Time = hash, time.Unix(when, 0).UTC()
	h.add(c)
	return nil
}

func (h *History) add(c Commit) {
	h.prefixes[c.Hash[:shortLen]] = append(h.prefixes[c.Hash[:shortLen]], len(h.commits))
	h.commits = append(h.commits, c)
}

// readChange takes one ":mode mode blob blob status" record and its path.
func (h *History) readChange(record string, in *bufio.Reader) error {
	path, err := next(in)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	fields := strings.Fields(record)
	if len(fields) != 5 || len(h.commits) == 0 {
		return fmt.Errorf("git log: unexpected answer %q", record)
	}
	seq := len(h.commits) - 1
	key, name, ok, err := parsePath(path)
	if err == nil && ok && fields[1] != "100644" && fields[4] != "D" {
		err = fmt.Errorf("mode %s is not that of a plain file", fields[1])
	}
	if err != nil {
		return fmt.Errorf("commit %.12s: %q: %w", h.commits[seq].Hash, path, err)
	}
	blob := ""
	if fields[4] != "D" {
		blob = strings.Clone(fields[3])
	}
	if ok {
		h.objects[key] = h.objects[key].with(name, version{seq, blob})
	} else {
		h.files = h.files.with(path, version{seq, blob})
	}
	return nil
}
