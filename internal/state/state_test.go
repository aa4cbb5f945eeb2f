package state

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/model"
)

const ref = "refs/hcsync/hfi1bx4l"

// TestMain keeps the machine's git configuration and identity out of the tests.
func TestMain(m *testing.M) {
	home, err := os.MkdirTemp("", "hcsync-home-")
	if err != nil {
		panic(err)
	}
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": "", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_AUTHOR_NAME": "Writer", "GIT_AUTHOR_EMAIL": "writer@acme.test",
		"GIT_COMMITTER_NAME": "Writer", "GIT_COMMITTER_EMAIL": "writer@acme.test",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	os.RemoveAll(home)
	os.Exit(code)
}

// gitIn runs git as a user would, and gives its output.
func gitIn(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// newRemote makes a bare repository with one commit on main.
func newRemote(t testing.TB, initArgs ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "docs.git")
	seed := t.TempDir()
	gitIn(t, seed, append([]string{"init", "--quiet", "--bare", "-b", "main", dir}, initArgs...)...)
	gitIn(t, seed, append([]string{"init", "--quiet", "-b", "main"}, initArgs...)...)
	writeFile(t, filepath.Join(seed, "README.md"), "docs\n")
	gitIn(t, seed, "add", ".")
	gitIn(t, seed, "commit", "--quiet", "-m", "first")
	gitIn(t, seed, "push", "--quiet", dir, "HEAD:main")
	return dir
}

func clone(t testing.TB, remote string, args ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "docs")
	gitIn(t, t.TempDir(), append(append([]string{"clone", "--quiet"}, args...), "file://"+remote, dir)...)
	return dir
}

func writeFile(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// open opens the state of a clone that shares it through origin.
func open(t testing.TB, dir string) *Store {
	t.Helper()
	return openWith(t, dir, Options{Remote: "origin"})
}

func openWith(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	repo, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	o.Repo, o.Ref = repo, ref
	return must(Open(o))(t)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// article gives an entry with a body in each locale.
func article(id, text string, locales ...model.Locale) *model.BaseObject {
	b := &model.BaseObject{
		Kind: model.Article, ID: id, Path: "acme/start/" + id + ".md",
		LocalParents: []string{"309"}, RemoteParents: []string{"309", "310"},
		Contents: map[model.Locale]model.BaseContent{},
	}
	for _, l := range locales {
		b.Contents[l] = model.BaseContent{Fields: map[model.Field]model.Agreed{
			model.Title:       {Managed: true, Local: "Install <" + text + ">", Remote: "Install & " + text},
			model.Description: {Remote: "only there"},
			model.Body:        {Managed: true, Local: "# " + text + "\n", Remote: "<h1>" + text + "</h1>"},
		}}
	}
	return b
}

func put(objects ...*model.BaseObject) []Update {
	var updates []Update
	for _, b := range objects {
		updates = append(updates, Update{Object: b})
	}
	return updates
}

// commit adds a commit after the tip that the clone knows.
func commit(t testing.TB, s *Store, action string, updates ...Update) Commit {
	t.Helper()
	tip, _, err := s.Tip(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return must(s.Commit(t.Context(), tip, Commit{Action: action, Subject: action + " by a test"}, updates))(t)
}

func history(t testing.TB, s *Store) *History {
	t.Helper()
	return must(s.History(t.Context()))(t)
}

// all loads every object as it is at a commit.
func all(t testing.TB, s *Store, h *History, seq int) map[model.Key]*model.BaseObject {
	t.Helper()
	var wants []Want
	for _, key := range h.Objects(seq) {
		wants = append(wants, h.Want(key, seq))
	}
	return must(s.Load(t.Context(), h, wants, nil))(t)
}

func diff(t testing.TB, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func byKey(objects ...*model.BaseObject) map[model.Key]*model.BaseObject {
	m := map[model.Key]*model.BaseObject{}
	for _, b := range objects {
		m[b.Key()] = b
	}
	return m
}

func TestCommitAndLoad(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	s := open(t, dir)
	if h := history(t, s); h.Len() != 0 || h.Tip() != -1 {
		t.Fatalf("a state that does not exist has %d commits", h.Len())
	}

	a1, a2 := article("12345678", "one", "en", "pt-BR"), article("9", "nine", "en")
	c := &model.BaseObject{Kind: model.Collection, ID: "12345678", Path: "acme/start", Contents: map[model.Locale]model.BaseContent{
		"en": {Fields: map[model.Field]model.Agreed{model.Title: {Managed: true, Local: "Start", Remote: "Start"}}},
	}}
	first := commit(t, s, "pull", put(a1, a2, c)...)
	changed := article("12345678", "two", "en", "pt-BR")
	changed.Contents["pt-BR"] = a1.Contents["pt-BR"]
	main := strings.Repeat("a", 40)
	second := must(s.Commit(t.Context(), first.Hash, Commit{Action: Push, Main: main, Subject: "push:\nMain: x", Time: time.Unix(1700000000, 5)},
		append(put(changed), Update{Object: a2, Delete: true})))(t)

	h := history(t, s)
	diff(t, "second commit", Commit{second.Hash, time.Unix(1700000000, 0).UTC(), Push, main, "push: Main: x"}, h.Commit(1))
	diff(t, "returned", h.Commit(1), second)
	diff(t, "objects at 0", byKey(a1, a2, c), all(t, s, h, 0))
	diff(t, "objects at 1", byKey(changed, c), all(t, s, h, 1))
	diff(t, "order", []model.Key{c.Key(), a2.Key(), a1.Key()}, h.Objects(0))
	diff(t, "locales", []model.Locale{"en", "pt-BR"}, h.Locales(a1.Key(), 1))
	if got := h.Files(a1.Key(), 1)["en.md"]; got != s.BlobID("# two\n") {
		t.Errorf("en.md has blob %s", got)
	}
	for locale, want := range map[model.Locale]bool{"en": true, "EN": true, "pt-BR": false, "fr": false, "": false} {
		if seq, ok := h.LastPush(a1.Key(), locale); ok != want || ok && seq != 1 {
			t.Errorf("LastPush(%q) = %d, %v", locale, seq, ok)
		}
	}
	if _, ok := h.LastPush(a2.Key(), ""); !ok {
		t.Error("a push that removed an object did not touch it")
	}
	if !h.InRoot(a2.Key(), "") || !h.InRoot(a1.Key(), "PT-br") || h.InRoot(a1.Key(), "fr") {
		t.Error("InRoot does not tell what the first pull wrote")
	}
	diff(t, "touched", []int{0, 1}, h.Touched(a1.Key()))
	if tip := gitIn(t, remote, "rev-parse", ref); tip != second.Hash || gitIn(t, dir, "rev-parse", ref) != tip {
		t.Error("local and remote ref are not at the new commit")
	}
	leaveNothing(t, dir, remote)
}

// leaveNothing checks what a run must not leave behind or touch.
func leaveNothing(t *testing.T, dir, remote string) {
	t.Helper()
	for _, d := range []string{dir, remote} {
		if left := gitIn(t, d, "for-each-ref", temporaryRefs); left != "" {
			t.Errorf("temporary refs are left: %s", left)
		}
	}
	if st := gitIn(t, dir, "status", "--porcelain"); st != "" {
		t.Errorf("the working tree has changed: %s", st)
	}
	gitIn(t, dir, "fsck", "--strict", "--no-dangling")
	if refs := gitIn(t, dir, "for-each-ref", "--format=%(refname)"); strings.Contains(refs, "refs/tags") {
		t.Errorf("refs: %s", refs)
	}
}

func TestLoadFromSeveralCommits(t *testing.T) {
	t.Parallel()
	s := open(t, clone(t, newRemote(t)))
	one, two := article("77", "one", "en", "fr"), article("77", "two", "en", "fr")
	two.Path = "acme/moved.md"
	commit(t, s, "pull", put(one)...)
	commit(t, s, "pull", put(two)...)
	h := history(t, s)

	known := Texts{s.BlobID("# one\n"): "# known\n"}
	key := one.Key()
	got := must(s.Load(t.Context(), h, []Want{{Key: key, Object: 1, Locales: map[model.Locale]int{"en": 0, "FR": 1, "de": 1}}}, known))(t)
	want := article("77", "two")
	want.Path = two.Path
	want.Contents["en"] = one.Contents["en"]
	want.Contents["en"].Fields[model.Body] = model.Agreed{Managed: true, Local: "# known\n", Remote: "<h1>one</h1>"}
	want.Contents["FR"] = two.Contents["fr"]
	diff(t, "mixed", byKey(want), got)
	if text := "<h1>two</h1>"; known[s.BlobID(text)] != text || len(known) != 7 {
		t.Errorf("what was read is not known now: %v", known)
	}

	for name, w := range map[string]Want{
		"unknown object":  {Key: model.Key{Kind: model.Article, ID: "1"}, Object: 1},
		"nothing asked":   {Key: key, Object: -1},
		"before it began": {Key: key, Object: -1, Locales: map[model.Locale]int{"en": -1}},
	} {
		if got := must(s.Load(t.Context(), h, []Want{w}, nil))(t); len(got) != 0 {
			t.Errorf("%s: %v", name, slicesOf(got))
		}
	}
	only := must(s.Load(t.Context(), h, []Want{{Key: key, Object: -1, Locales: map[model.Locale]int{"en": 0}}}, nil))(t)
	if b := only[key]; b == nil || b.Path != "" || len(b.Contents) != 1 {
		t.Errorf("a locale alone: %+v", b)
	}
}

func slicesOf(m map[model.Key]*model.BaseObject) (keys []string) {
	for k := range maps.Keys(m) {
		keys = append(keys, k.String())
	}
	return keys
}

func TestNoChangeNoCommit(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	s := open(t, dir)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	again := commit(t, s, Push, put(article("1", "x", "en"))...)
	diff(t, "the parent", first, again)
	gone := commit(t, s, Push, Update{Object: article("2", "y"), Delete: true})
	diff(t, "removing what is not there", first, gone)
	leaveNothing(t, dir, dir)
}

func TestOwn(t *testing.T) {
	t.Setenv("GIT_COMMITTER_NAME", "")
	t.Setenv("GIT_COMMITTER_EMAIL", "")
	dir := filepath.Join(t.TempDir(), ".hcsync", "state.git")
	s := must(Open(Options{OwnDir: dir, Ref: ref}))(t)
	if err := s.Fetch(t.Context()); err != nil || !s.Own() {
		t.Fatalf("Fetch: %v; own: %v", err, s.Own())
	}
	if h := history(t, s); h.Len() != 0 {
		t.Fatal("not empty")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Fatal("reading has created the directory")
	}
	// A bare repository is found although the user forbids git to find any.
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "safe.bareRepository")
	t.Setenv("GIT_CONFIG_VALUE_0", "explicit")
	a := article("5", "x", "en")
	commit(t, s, "pull", put(a)...)
	s = must(Open(Options{OwnDir: dir, Ref: ref}))(t)
	diff(t, "objects", byKey(a), all(t, s, history(t, s), 0))
	if left := must(filepath.Glob(filepath.Join(filepath.Dir(dir), "*")))(t); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{Ref: "main"}, {Ref: ""}, {Ref: "refs/hcsync/a..b"}, {Ref: "--all"}, {Ref: "refs/x y"}, {Ref: ref, Remote: "--upload-pack=x"},
	} {
		o.OwnDir = t.TempDir()
		if _, err := Open(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

// Names are judged as git judges them, without asking it at every start.
func TestRefNamesAreGits(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"a", "hcsync/acme-1234", "a.b", "a.", "a./b", ".a", "a/.b", "a..b", "a//b", "a/", "a.lock", "a.lock/b", "a.locks", "@", "a@b", "a@{b",
		"a b", "a~", "a^b", "a:b", "a?", "a*", "a[b", "a]", "a\\b", "a\tb", "a\x7f", "é", "-a", "",
	} {
		name := "refs/" + name
		_, err := (&git.Repo{}).Output(t.Context(), nil, "check-ref-format", name)
		if got := checkRef(name); (got == nil) != (err == nil) {
			t.Errorf("%q: %v, git says %v", name, got, err)
		}
	}
}

func TestFindAndShort(t *testing.T) {
	t.Parallel()
	h := &History{prefixes: map[string][]int{}}
	for i, hash := range []string{"aaaaaaaa1", "aaaaaaaa2", "bbbbbbbb1", "aaaaaaaa1b"} {
		hash += strings.Repeat("0", 40-len(hash))
		h.commits = append(h.commits, Commit{Hash: hash})
		h.prefixes[hash[:shortLen]] = append(h.prefixes[hash[:shortLen]], i)
	}
	for seq, want := range []string{"aaaaaaaa", "aaaaaaaa2", "bbbbbbbb", "aaaaaaaa1b"} {
		short := h.Short(seq)
		if found, ok := h.Find(short); short != want || !ok || found != seq {
			t.Errorf("Short(%d) = %s, found again as %d, %v", seq, short, found, ok)
		}
	}
	for prefix, want := range map[string]int{"aaaa": 0, "BBBBBBBB": 2, "b": 2, "": -1, "cccccccc": -1, "c": -1, "aaaaaaaa3": -1, "aaaaaaaa1": 0} {
		if seq, ok := h.Find(prefix); ok != (want >= 0) || ok && seq != want {
			t.Errorf("Find(%q) = %d, %v", prefix, seq, ok)
		}
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	s := open(t, clone(t, newRemote(t)))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fmt.Errorf("stopped: %w", os.ErrDeadlineExceeded))
	if _, err := s.Commit(ctx, "", Commit{Action: "pull"}, nil); err == nil {
		t.Error("a cancelled commit was made")
	}
	if err := s.Fetch(ctx); err == nil {
		t.Error("a cancelled fetch is no error")
	}
}
