package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain keeps the machine's git configuration and identity out of the tests.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_AUTHOR_NAME": "Writer", "GIT_AUTHOR_EMAIL": "writer@acme.test",
		"GIT_COMMITTER_NAME": "Writer", "GIT_COMMITTER_EMAIL": "writer@acme.test",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
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

func write(t testing.TB, dir, file, text string) {
	t.Helper()
	file = filepath.Join(dir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// repository makes a repository with n empty commits on main, and gives its
// folder and the commits, oldest first.
func repository(t testing.TB, n int) (dir string, commits []string) {
	t.Helper()
	dir = t.TempDir()
	gitIn(t, dir, "init", "--quiet", "-b", "main")
	for i := range n {
		commits = append(commits, addCommit(t, dir, fmt.Sprint(i)))
	}
	return dir, commits
}

func addCommit(t testing.TB, dir, message string) string {
	t.Helper()
	gitIn(t, dir, "commit", "--quiet", "--allow-empty", "-m", message)
	return gitIn(t, dir, "rev-parse", "HEAD")
}

func clone(t testing.TB, from string, args ...string) (string, *Repo) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clone")
	gitIn(t, from, append(append([]string{"clone", "--quiet"}, args...), "file://"+from, dir)...)
	return dir, open(t, dir)
}

func open(t testing.TB, dir string) *Repo {
	t.Helper()
	r, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFind(t *testing.T) {
	if err := Find(t.Context()); err != nil {
		t.Fatal(err)
	}
	for out, ok := range map[string]bool{
		"git version 2.38.0\n": true, "git version 2.39.5 (Apple Git-154)\n": true, "git version 2.51.0.windows.2\n": true, "git version 3.0.0-rc1": true,
		"git version 2.37.9\n": false, "git version 2.9.5\n": false, "git version 1.99": false,
	} {
		err := checkVersion(out)
		if (err == nil) != ok {
			t.Errorf("%q: %v", out, err)
		}
		if _, typed := errors.AsType[*VersionError](err); !ok && !typed {
			t.Errorf("%q: %v is not a VersionError", out, err)
		}
	}
	if err := checkVersion("busybox\n"); err == nil {
		t.Error("any output counts as git")
	}
	t.Setenv("PATH", t.TempDir())
	if err := Find(t.Context()); !errors.Is(err, ErrMissing) {
		t.Errorf("without git: %v", err)
	}
}

func TestOldGitIsNamed(t *testing.T) {
	bin := t.TempDir()
	write(t, bin, "git", "#!/bin/sh\necho git version 2.25.1\n")
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if err := Find(t.Context()); err == nil || !strings.Contains(err.Error(), "git 2.25.1 is too old") {
		t.Errorf("error %v", err)
	}
}

func TestOpen(t *testing.T) {
	dir, _ := repository(t, 1)
	write(t, dir, "docs/help/x.md", "x")
	sub := filepath.Join(dir, "docs", "help")
	r := open(t, sub)
	if top := strings.TrimSuffix(sub, string(filepath.Separator)+filepath.FromSlash(r.Prefix())); r.Prefix() != "docs/help" || !same(t, top, dir) {
		t.Errorf("prefix %q, so the top level is %q", r.Prefix(), top)
	}
	if top := open(t, dir); top.Prefix() != "" {
		t.Errorf("prefix of the top level %q", top.Prefix())
	}
	common := r.CommonDir()
	if !same(t, common, filepath.Join(dir, ".git")) {
		t.Errorf("common directory %q", common)
	}
	tree := filepath.Join(t.TempDir(), "wt")
	gitIn(t, dir, "worktree", "add", "--quiet", tree)
	if common := open(t, tree).CommonDir(); !same(t, common, filepath.Join(dir, ".git")) {
		t.Errorf("common directory of a worktree %q", common)
	}

	if _, err := Open(t.Context(), t.TempDir()); !errors.Is(err, ErrNotARepository) {
		t.Errorf("outside: %v", err)
	}
	for what, dir := range map[string]string{"no folder": filepath.Join(dir, "none"), "orphaned worktree": tree} {
		if what == "orphaned worktree" {
			if err := os.RemoveAll(common); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(t.Context(), dir); err == nil || errors.Is(err, ErrNotARepository) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func same(t *testing.T, a, b string) bool {
	t.Helper()
	ai, err := os.Stat(a)
	if err != nil {
		t.Fatal(err)
	}
	bi, err := os.Stat(b)
	if err != nil {
		t.Fatal(err)
	}
	return os.SameFile(ai, bi)
}

func TestEnvironment(t *testing.T) {
	got := environment([]string{
		"PATH=/bin", "GIT_DIR=/x", "GIT_INDEX_FILE=/y", "GIT_OBJECT_DIRECTORY=z", "git_dir=/windows", "LC_ALL=de_DE", "LANGUAGE=de",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.extraHeader", "GIT_SSH_COMMAND=ssh -i key", "GIT_OPTIONAL_LOCKS=1", "GIT_ICASE_PATHSPECS=1", "MALLOC_TRIM_THRESHOLD_=5",
	})
	want := []string{
		"MALLOC_MMAP_THRESHOLD_=33554432", "MALLOC_TRIM_THRESHOLD_=134217728",
		"PATH=/bin", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.extraHeader", "GIT_SSH_COMMAND=ssh -i key", "MALLOC_TRIM_THRESHOLD_=5",
		"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_LITERAL_PATHSPECS=1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("environment %q, want %q", got, want)
	}
}

// Every variable that this git calls local to a repository is dropped, apart
// from those that carry configuration.
func TestLocalVariablesAreComplete(t *testing.T) {
	for name := range strings.FieldsSeq(gitIn(t, t.TempDir(), "rev-parse", "--local-env-vars")) {
		if name == "GIT_CONFIG_COUNT" || name == "GIT_CONFIG_PARAMETERS" {
			continue
		}
		if !slices.Contains(location(), name) {
			t.Errorf("%s reaches the git that is called", name)
		}
	}
}

func TestRemote(t *testing.T) {
	from, _ := repository(t, 1)
	_, r := clone(t, from)
	for name, want := range map[string]bool{"origin": true, "orig": false, "": false, "upstream": false} {
		if got, err := r.Remote(t.Context(), name); err != nil || got != want {
			t.Errorf("remote %q: %v, %v", name, got, err)
		}
	}
}

func TestDirty(t *testing.T) {
	dir, _ := repository(t, 0)
	for _, f := range []string{"help/content/a.md", "help/content/staged.md", "help/content/old name.md", "help/content/gone.md", "help/hcsync.yaml", "code/main.go"} {
		write(t, dir, f, f+"\n")
	}
	write(t, dir, ".gitignore", "*.tmp\n")
	gitIn(t, dir, "add", ".")
	addCommit(t, dir, "all")
	r := open(t, filepath.Join(dir, "help"))
	check := func(paths []string, want ...string) {
		t.Helper()
		got, err := r.Dirty(t.Context(), paths...)
		slices.Sort(got)
		slices.Sort(want)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("dirty under %q: %q, %v; want %q", paths, got, err, want)
		}
	}
	check([]string{"content"})
	gitIn(t, dir, "config", "status.showUntrackedFiles", "no")
	gitIn(t, dir, "config", "status.renames", "copies")
	write(t, dir, "help/content/a.md", "changed\n")
	write(t, dir, "help/content/staged.md", "changed\n")
	gitIn(t, dir, "add", "help/content/staged.md")
	gitIn(t, dir, "mv", "help/content/old name.md", "help/content/new\tn\u00e4me.md")
	gitIn(t, dir, "rm", "--quiet", "help/content/gone.md")
	write(t, dir, "help/content/new/deep/x.md", "new\n")
	write(t, dir, "help/content/x.tmp", "ignored\n")
	write(t, dir, "help/hcsync.yaml", "changed\n")
	write(t, dir, "code/main.go", "changed\n")
	write(t, dir, "helpers/x", "new\n")
	content := []string{
		"content/a.md", "content/staged.md", "content/old name.md", "content/new\tn\u00e4me.md", "content/gone.md", "content/new/deep/x.md",
	}
	check([]string{"content"}, content...)
	check([]string{"content/a.md", "hcsync.yaml"}, "content/a.md", "hcsync.yaml")
	check([]string{"content/*.md"})
	check(nil, append(content, "hcsync.yaml", "../code/main.go", "../helpers/x")...)
}

func TestMergeFile(t *testing.T) {
	r := &Repo{Dir: t.TempDir()}
	base := "one\ntwo\nthree\nfour\nfive\n"
	labels := [3]string{"last synced", "your file", "Intercom <live>"}
	for name, tc := range map[string]struct {
		base, ours, theirs, want string
		conflicts                int
	}{
		"both sides":     {base, "ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", "ONE\ntwo\nthree\nfour\nFIVE\n", 0},
		"the same":       {base, "x\n", "x\n", "x\n", 0},
		"without an end": {"a", "a", "b", "b", 0},
		"a conflict": {"a\n", "b\n", "c\n",
			"<<<<<<< your file\nb\n||||||| last synced\na\n=======\nc\n>>>>>>> Intercom <live>\n", 1},
		"from nothing": {"", "b\n", "c\n", "<<<<<<< your file\nb\n||||||| last synced\n=======\nc\n>>>>>>> Intercom <live>\n", 1},
	} {
		got, conflicts, err := r.MergeFile(t.Context(), tc.base, tc.ours, tc.theirs, labels)
		if err != nil || got != tc.want || conflicts != tc.conflicts {
			t.Errorf("%s: %q, %d, %v; want %q, %d", name, got, conflicts, err, tc.want, tc.conflicts)
		}
	}
	if _, _, err := r.MergeFile(t.Context(), "a\x00", "b\x00", "c\x00", labels); err == nil {
		t.Error("binary texts were merged")
	}
}

func TestFailures(t *testing.T) {
	dir, _ := repository(t, 1)
	r := open(t, dir)
	_, err := r.Output(t.Context(), nil, "-c", "a.b=c", "rev-parse", "--verify", "nothing")
	failed, ok := errors.AsType[*Error](err)
	if !ok || failed.Command != "rev-parse" || failed.Code != 128 || !strings.Contains(err.Error(), "git rev-parse: fatal: ") {
		t.Errorf("error %#v", err)
	}
	if _, err := r.Output(t.Context(), nil, "rev-parse", "--verify", "--quiet", "nothing"); err.Error() != "git rev-parse: exit code 1" {
		t.Errorf("error %v", err)
	}
	gitIn(t, dir, "remote", "add", "origin", "http://bot:hunter2@127.0.0.1:1/x.git")
	if _, err := r.Output(t.Context(), nil, "fetch", "http://bot:hunter2@127.0.0.1:1/x.git"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}

func TestStream(t *testing.T) {
	dir, commits := repository(t, 3)
	r := open(t, dir)
	var lines []string
	read := func(in io.Reader) error {
		for s := bufio.NewScanner(in); s.Scan(); {
			lines = append(lines, s.Text())
		}
		return nil
	}
	if err := r.Stream(t.Context(), nil, read, "rev-list", "--reverse", "HEAD"); err != nil || !slices.Equal(lines, commits) {
		t.Errorf("%v, %v", lines, err)
	}
	// The reader's own complaint wins, unless it only met the end too early.
	stop := errors.New("enough")
	if err := r.Stream(t.Context(), nil, func(io.Reader) error { return stop }, "rev-list", "HEAD"); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
	early := func(io.Reader) error { return fmt.Errorf("log: %w", io.ErrUnexpectedEOF) }
	if _, ok := errors.AsType[*Error](r.Stream(t.Context(), nil, early, "rev-list", "nothing")); !ok {
		t.Error("git's failure is hidden behind its short output")
	}
}

func TestCancelledWhileRunning(t *testing.T) {
	dir, _ := repository(t, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := open(t, dir).Output(ctx, endless{}, "patch-id")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// endless is a text without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}
