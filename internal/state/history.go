package state

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/model"
)

// Push is the action of a commit that records what was sent to Intercom. Other
// actions are free words of the caller.
const Push = "push"

// Commit is one step of the state.
type Commit struct {
	Hash string
	// Time has seconds, in UTC.
	Time time.Time
	// Action is one word: "pull", "push", "init", …
	Action string
	// Main is the commit of the docs repository that was pushed; else empty.
	Main string
	// Subject is the first line of the message.
	Subject string
}

// History is the whole of a state's history up to a tip: which commits there
// are, and which files of which object each of them changed. Commits are
// numbered from 0, the oldest. It holds ids of texts, never texts.
type History struct {
	commits []Commit
	objects map[model.Key]entry
	// files are those at the top of the tree.
	files entry
	// prefixes leads from the first shortLen digits of a hash to the commits
	// that begin with them, oldest first.
	prefixes map[string][]int
}

// entry holds the versions of an object's files by name, oldest first.
type entry map[string][]version

type version struct {
	seq int
	// blob is empty where the file was removed.
	blob string
}

// shortLen is how many digits of a hash a file's `synced` has at least.
const shortLen = 8

// History reads the history under the local ref, with one git process. Without
// a ref it is empty, or [ErrMissing] where hcsync.yaml names its beginning. A
// history that is not linear, that hcsync did not write, or that does not begin
// where hcsync.yaml says, is an error.
func (s *Store) History(ctx context.Context) (*History, error) {
	h := &History{objects: map[model.Key]entry{}, files: entry{}, prefixes: map[string][]int{}}
	if !s.exists() {
		return h, s.lacking()
	}
	err := s.repo.Stream(ctx, nil, h.read, "log", "-z", "--raw", "--root", "--reverse", "--no-abbrev", "--no-renames",
		"--no-relative", "--no-show-signature", "--ignore-submodules=none", "--encoding=UTF-8",
		"--format=tformat:%H%x00%P%x00%ct%x00%B%x00", "--end-of-options", s.ref, "--")
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
	h.prefixes[hash[:shortLen]] = append(h.prefixes[hash[:shortLen]], len(h.commits))
	h.commits = append(h.commits, c)
	return nil
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
	files := h.files
	if !ok {
		name = path
	} else if files = h.objects[key]; files == nil {
		files = entry{}
		h.objects[key] = files
	}
	files[name] = append(files[name], version{seq, blob})
	return nil
}

// message gives a commit's message. Whatever the subject holds, it stays one
// line.
func (c Commit) message() string {
	m := c.Subject + "\n\nAction: " + c.Action + "\n"
	if c.Main != "" {
		m += "Main: " + c.Main + "\n"
	}
	return m
}

// parseMessage reads what message wrote: the first line, and the last
// paragraph.
func parseMessage(text string) Commit {
	text = strings.TrimRight(text, "\n")
	var c Commit
	c.Subject, _, _ = strings.Cut(text, "\n")
	_, last, _ := cutLast(text, "\n\n")
	for line := range strings.Lines(last) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "Action":
			c.Action = value
		case "Main":
			c.Main = value
		}
	}
	return c
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Len counts the commits.
func (h *History) Len() int { return len(h.commits) }

// Tip gives the newest commit's number, -1 for an empty history.
func (h *History) Tip() int { return len(h.commits) - 1 }

// Commit gives the commit with a number from 0 to [History.Tip].
func (h *History) Commit(seq int) Commit { return h.commits[seq] }

// Find gives the oldest commit whose hash begins with prefix: a prefix that
// [History.Short] made was unique when it was made, and stays the oldest's.
func (h *History) Find(prefix string) (seq int, ok bool) {
	prefix = strings.ToLower(prefix)
	if len(prefix) >= shortLen {
		for _, seq := range h.prefixes[prefix[:shortLen]] {
			if strings.HasPrefix(h.commits[seq].Hash, prefix) {
				return seq, true
			}
		}
		return 0, false
	}
	seq = slices.IndexFunc(h.commits, func(c Commit) bool { return strings.HasPrefix(c.Hash, prefix) })
	return max(seq, 0), seq >= 0 && prefix != ""
}

// Short abbreviates a commit's hash to 8 digits, or as many more as tell it
// from all older commits.
func (h *History) Short(seq int) string { return h.ShortOf(h.commits[seq].Hash) }

// ShortOf abbreviates the hash of a commit of this history, or of one that was
// just made on top of it, as [History.Short] would.
func (h *History) ShortOf(hash string) string {
	n := shortLen
	for _, other := range h.prefixes[hash[:shortLen]] {
		if h.commits[other].Hash == hash {
			break
		}
		for n < len(hash) && strings.HasPrefix(h.commits[other].Hash, hash[:n]) {
			n++
		}
	}
	return hash[:n]
}

// Objects lists the objects that the state has at a commit, in order.
func (h *History) Objects(seq int) []model.Key {
	var keys []model.Key
	for key := range h.objects {
		if h.has(key, seq) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, model.Key.Compare)
	return keys
}

// has says whether an object exists at a commit.
func (h *History) has(key model.Key, seq int) bool {
	for _, versions := range h.objects[key] {
		if at(versions, seq) != "" {
			return true
		}
	}
	return false
}

// Files gives the files that an object has at a commit: the blob id of each by
// its name, such as "fr.html". It is empty where the object does not exist.
func (h *History) Files(key model.Key, seq int) map[string]string {
	files := map[string]string{}
	for name, versions := range h.objects[key] {
		if blob := at(versions, seq); blob != "" {
			files[name] = blob
		}
	}
	return files
}

// at gives the blob that a file has at a commit, "" for none.
func at(versions []version, seq int) string {
	for _, v := range slices.Backward(versions) {
		if v.seq <= seq {
			return v.blob
		}
	}
	return ""
}

// Locales lists the locales that an object has at a commit, by code.
func (h *History) Locales(key model.Key, seq int) []model.Locale {
	var list []model.Locale
	for name, versions := range h.objects[key] {
		if l, _ := splitName(name); l != "" && at(versions, seq) != "" && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	slices.Sort(list)
	return list
}

// LastPush gives the newest push that changed any file of an object's locale,
// or its object.json for locale "". A removal is a change.
func (h *History) LastPush(key model.Key, locale model.Locale) (seq int, ok bool) {
	seq = -1
	for name, versions := range h.objects[key] {
		if l, _ := splitName(name); !l.Is(locale) {
			continue
		}
		for _, v := range slices.Backward(versions) {
			if v.seq <= seq {
				break
			}
			if h.commits[v.seq].Action == Push {
				seq = v.seq
				break
			}
		}
	}
	return max(seq, 0), seq >= 0
}

// InRoot says whether the first commit, that of the first pull, has an object's
// locale, or the object for locale "".
func (h *History) InRoot(key model.Key, locale model.Locale) bool {
	for name := range h.Files(key, 0) {
		if l, _ := splitName(name); l.Is(locale) {
			return true
		}
	}
	return false
}

// Touched lists the commits that changed an object, oldest first.
func (h *History) Touched(key model.Key) []int {
	var seqs []int
	for _, versions := range h.objects[key] {
		for _, v := range versions {
			seqs = append(seqs, v.seq)
		}
	}
	slices.Sort(seqs)
	return slices.Compact(seqs)
}
