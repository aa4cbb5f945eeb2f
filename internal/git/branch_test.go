package git

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWorktreeLeavesTheCheckoutAlone makes commits beside a checkout in which
// somebody is at work, and looks at what differs then.
func TestWorktreeLeavesTheCheckoutAlone(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	r := &Repo{Dir: dir}
	run := func(args ...string) string {
		t.Helper()
		out, err := r.Line(ctx, args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	put := func(folder, name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run("init", "--quiet", "--initial-branch=main")
	for _, name := range []string{"edited", "marked", "gone", "moved"} {
		put(dir, "c/"+name+".md", "id: 1\nsynced: a\n"+name+" one\n"+name+" two\n"+name+" three\n")
	}
	if err := r.Commit(ctx, Change{Message: "first\n", Files: []string{"c"}}); err != nil {
		t.Fatal(err)
	}
	first, _, _ := r.Head(ctx)
	put(dir, "c/edited.md", "at work\n")
	before := run("status", "--porcelain")

	tree, err := r.AddWorktree(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	there := &Repo{Dir: tree.Dir}
	put(tree.Dir, "c/edited.md", "id: 1\nsynced: b\nedited one\nedited\n")
	put(tree.Dir, "c/marked.md", "id: 2\nsynced: b\nmarked one\nmarked two\nmarked three\n")
	put(tree.Dir, "c/new:*.md", "new\n")
	if err := os.Remove(filepath.Join(tree.Dir, "c/gone.md")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(tree.Dir, "c/moved.md"), filepath.Join(tree.Dir, "c/to.md")); err != nil {
		t.Fatal(err)
	}
	files, err := there.Dirty(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	if err := there.Commit(ctx, Change{Message: "#1 is no comment\n", Name: "Ana", Email: "ana@acme.test", Time: 1700000000, Files: files}); err != nil {
		t.Fatal(err)
	}
	head, _, _ := there.Head(ctx)
	if got := run("log", "-1", "--format=%an %ae %at %s", head); got != "Ana ana@acme.test 1700000000 #1 is no comment" {
		t.Errorf("%q", got)
	}
	got, err := there.Between(ctx, first, head, "c", "^(id|synced): ")
	want := []FileChange{{Status: "M", File: "c/edited.md"}, {Status: "D", File: "c/gone.md"}, {Status: "M", File: "c/marked.md", Ignored: true},
		{Status: "A", File: "c/new:*.md"}, {Status: "R", File: "c/to.md", From: "c/moved.md"}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if err := tree.Remove(ctx); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(tree.Dir)); !os.IsNotExist(err) {
		t.Errorf("the working tree is still there: %v", err)
	}
	if after := run("status", "--porcelain"); after != before || run("symbolic-ref", "HEAD") != "refs/heads/main" || run("rev-parse", "HEAD") != first {
		t.Errorf("the checkout was\n%s\nand is\n%s", before, after)
	}
}

func TestCheckBranch(t *testing.T) {
	r := &Repo{Dir: t.TempDir()}
	for name, ok := range map[string]bool{"hcsync/pull": true, "a..b": false, "-x": false, "a b": false, "": false, "x.lock": false, "@{-1}": false} {
		if err := r.CheckBranch(t.Context(), name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
