package state

import (
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

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
	// indexed holds the entries as the index has them, of the commit indexedAt;
	// see [Store.Newest].
	indexed   map[model.Key]string
	indexedAt int
	indexing  sync.Once
}

func newHistory() *History {
	return &History{objects: map[model.Key]entry{}, prefixes: map[string][]int{}, indexedAt: -1}
}

// entry holds the versions of an object's files, of each the oldest first.
type entry []versions

type versions struct {
	name string
	list []version
}

// all gives the versions of each file by its name.
func (e entry) all() iter.Seq2[string, []version] {
	return func(yield func(string, []version) bool) {
		for _, f := range e {
			if !yield(f.name, f.list) {
				return
			}
		}
	}
}

// of gives the versions of one file.
func (e entry) of(name string) []version {
	for _, f := range e {
		if f.name == name {
			return f.list
		}
	}
	return nil
}

// with adds the newest version of a file.
func (e entry) with(name string, v version) entry {
	for i := range e {
		if e[i].name == name {
			e[i].list = append(e[i].list, v)
			return e
		}
	}
	return append(e, versions{name, []version{v}})
}

type version struct {
	seq int
	// blob is empty where the file was removed.
	blob string
}

// shortLen is how many digits of a hash a file's `synced` has at least.
const shortLen = 8

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
	return slices.SortedFunc(h.Each(seq), model.Key.Compare)
}

// Each goes through the objects that the state has at a commit, in no order.
func (h *History) Each(seq int) iter.Seq[model.Key] {
	return func(yield func(model.Key) bool) {
		for key, files := range h.objects {
			if files.at(seq) && !yield(key) {
				return
			}
		}
	}
}

// has says whether an object exists at a commit.
func (h *History) has(key model.Key, seq int) bool { return h.objects[key].at(seq) }

// at says whether there is any file at a commit.
func (e entry) at(seq int) bool {
	return slices.ContainsFunc(e, func(f versions) bool { return at(f.list, seq) != "" })
}

// Files gives the files that an object has at a commit: the blob id of each by
// its name, such as "fr.html". It is empty where the object does not exist.
func (h *History) Files(key model.Key, seq int) map[string]string {
	files := map[string]string{}
	for name, versions := range h.objects[key].all() {
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
	for name, versions := range h.objects[key].all() {
		if l, _ := splitName(name); l != "" && at(versions, seq) != "" && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	slices.Sort(list)
	return list
}

// HasLocale says whether an object has a locale at a commit, in this spelling.
func (h *History) HasLocale(key model.Key, l model.Locale, seq int) bool {
	return slices.ContainsFunc(h.objects[key], func(f versions) bool {
		have, _ := splitName(f.name)
		return have == l && l != "" && at(f.list, seq) != ""
	})
}

// LastPush gives the newest push that changed any file of an object's locale,
// or its object.json for locale "". A removal is a change.
func (h *History) LastPush(key model.Key, locale model.Locale) (seq int, ok bool) {
	seq = -1
	for name, versions := range h.objects[key].all() {
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
	for _, versions := range h.objects[key].all() {
		for _, v := range versions {
			seqs = append(seqs, v.seq)
		}
	}
	slices.Sort(seqs)
	return slices.Compact(seqs)
}
