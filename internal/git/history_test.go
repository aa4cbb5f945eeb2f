package git

import (
	"errors"
	"strings"
	"testing"
)

func TestHead(t *testing.T) {
	dir, _ := repository(t, 0)
	r := open(t, dir)
	if head, ok, err := r.Head(t.Context()); ok || err != nil || head != "" {
		t.Errorf("before the first commit: %q, %v, %v", head, ok, err)
	}
	if in, err := r.Ancestors(t.Context(), "HEAD", []string{strings.Repeat("1", 40)}); err != nil || in[strings.Repeat("1", 40)] {
		t.Errorf("before the first commit: %v, %v", in, err)
	}
	want := addCommit(t, dir, "one")
	if head, ok, err := r.Head(t.Context()); !ok || err != nil || head != want {
		t.Errorf("head %q, %v, %v", head, ok, err)
	}
}

func TestAncestorsOfHead(t *testing.T) {
	dir, commits := repository(t, 4)
	r := open(t, dir)
	gitIn(t, dir, "checkout", "--quiet", "-b", "topic", commits[1])
	topic := addCommit(t, dir, "topic")
	gitIn(t, dir, "checkout", "--quiet", "main")
	gitIn(t, dir, "merge", "--quiet", "--no-edit", "-s", "ours", "topic")
	gitIn(t, dir, "checkout", "--quiet", "-b", "other", commits[2])
	other := addCommit(t, dir, "other")
	gitIn(t, dir, "checkout", "--quiet", "main")
	tree := gitIn(t, dir, "rev-parse", "HEAD^{tree}")

	want := map[string]bool{
		commits[0]: true, commits[3]: true, topic: true, gitIn(t, dir, "rev-parse", "HEAD"): true,
		other: false, tree: false, strings.Repeat("0", 40): false, strings.Repeat("1", 40): false,
		"": false, "HEAD": false, "--all": false, "main": false, commits[0][:10]: false, commits[0] + "\n^" + commits[0]: false,
	}
	var ask []string
	for c := range want {
		ask = append(ask, c)
	}
	got, err := r.Ancestors(t.Context(), "HEAD", ask)
	if err != nil {
		t.Fatal(err)
	}
	for c, w := range want {
		if got[c] != w {
			t.Errorf("%q in history: %v, want %v", c, got[c], w)
		}
	}
	got, err = r.Ancestors(t.Context(), "refs/heads/other", []string{other, topic})
	if err != nil || !got[other] || got[topic] {
		t.Errorf("ancestors of other: %v, %v", got, err)
	}
	if in, err := r.IsAncestor(t.Context(), commits[0], other); err != nil || !in {
		t.Errorf("IsAncestor: %v, %v", in, err)
	}
	if in, err := r.IsAncestor(t.Context(), topic, other); err != nil || in {
		t.Errorf("IsAncestor: %v, %v", in, err)
	}
}

func TestShallow(t *testing.T) {
	from, commits := repository(t, 3)
	gitIn(t, from, "branch", "old", commits[1])
	dir, r := clone(t, from, "--depth=1")
	if got, err := r.Ancestors(t.Context(), "HEAD", commits[2:]); err != nil || !got[commits[2]] {
		t.Errorf("what is there can be decided: %v, %v", got, err)
	}
	if got, err := r.Ancestors(t.Context(), "HEAD", []string{"not a hash"}); err != nil {
		t.Errorf("what is no commit can be decided: %v, %v", got, err)
	}
	if _, err := r.Ancestors(t.Context(), "HEAD", commits); !errors.Is(err, ErrShallow) {
		t.Errorf("error %v", err)
	}
	before := gitIn(t, dir, "for-each-ref")
	for range 2 {
		if err := r.Deepen(t.Context(), "origin"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := r.Ancestors(t.Context(), "HEAD", commits); err != nil || !got[commits[0]] {
		t.Errorf("deepened: %v, %v", got, err)
	}
	if after := gitIn(t, dir, "for-each-ref"); after != before {
		t.Errorf("refs moved:\n%s\n%s", before, after)
	}
}

// A server of the older protocol does not give out a commit by its bare hash.
func TestDeepenFromAnOldServer(t *testing.T) {
	from, commits := repository(t, 3)
	gitIn(t, from, "checkout", "--quiet", "--detach")
	dir, r := clone(t, from, "--depth=1", "-b", "main")
	addCommit(t, dir, "only here")
	gitIn(t, dir, "config", "protocol.version", "0")
	if err := r.Deepen(t.Context(), "origin"); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Ancestors(t.Context(), "HEAD", commits); err != nil || !got[commits[0]] {
		t.Errorf("deepened: %v, %v", got, err)
	}
}

func TestDefaultBranch(t *testing.T) {
	from, commits := repository(t, 2)
	dir, r := clone(t, from)
	on := func(want bool, what string) {
		t.Helper()
		if got, err := r.OnDefaultBranch(t.Context(), "origin"); err != nil || got != want {
			t.Errorf("%s: on the default branch %v, %v", what, got, err)
		}
	}
	for _, how := range []string{"recorded", "asked"} {
		ref, ok, err := r.DefaultBranch(t.Context(), "origin")
		if err != nil || !ok || ref != "refs/remotes/origin/main" {
			t.Errorf("%s: %q, %v, %v", how, ref, ok, err)
		}
		gitIn(t, dir, "remote", "set-head", "origin", "--delete")
	}
	on(true, "main")
	addCommit(t, dir, "not pushed yet")
	on(true, "main, ahead")
	gitIn(t, dir, "checkout", "--quiet", commits[0])
	on(true, "an older commit, detached")
	gitIn(t, dir, "checkout", "--quiet", "-b", "feature/main")
	addCommit(t, dir, "topic")
	on(false, "a topic branch")
	gitIn(t, dir, "checkout", "--quiet", "--detach")
	on(false, "a topic branch's commit, detached")
	gitIn(t, dir, "remote", "remove", "origin")
	on(true, "no remote")
}

func TestLastText(t *testing.T) {
	dir, _ := repository(t, 1)
	write(t, dir, "docs/a[1].md", "one\n")
	gitIn(t, dir, "add", "--all")
	addCommit(t, dir, "one")
	write(t, dir, "docs/a[1].md", "two\n")
	gitIn(t, dir, "add", "--all")
	addCommit(t, dir, "two")
	gitIn(t, dir, "checkout", "--quiet", "-b", "topic")
	gitIn(t, dir, "--literal-pathspecs", "rm", "--quiet", "docs/a[1].md")
	addCommit(t, dir, "gone")
	gitIn(t, dir, "checkout", "--quiet", "-")
	r := open(t, dir)
	for _, step := range []string{"there", "removed", "merged"} {
		switch step {
		case "removed":
			gitIn(t, dir, "checkout", "--quiet", "topic")
		case "merged":
			gitIn(t, dir, "checkout", "--quiet", "-")
			addCommit(t, dir, "beside")
			gitIn(t, dir, "merge", "--quiet", "--no-edit", "topic")
		}
		if got, err := r.LastText(t.Context(), "docs/a[1].md"); err != nil || got != "two\n" {
			t.Errorf("%s: %q, %v", step, got, err)
		}
	}
	if got, err := r.LastText(t.Context(), "docs/a1.md"); err != nil || got != "" {
		t.Errorf("a file that never was: %q, %v", got, err)
	}
}

func TestAbsent(t *testing.T) {
	dir, _ := repository(t, 1)
	write(t, dir, "docs/a.md", "a\n")
	write(t, dir, "docs/b.md", "b\n")
	gitIn(t, dir, "add", "--all")
	addCommit(t, dir, "docs")
	r := open(t, dir)
	if got, err := r.Absent(t.Context(), "docs"); err != nil || got {
		t.Errorf("whole: %v, %v", got, err)
	}
	gitIn(t, dir, "sparse-checkout", "set", "--no-cone", "/*", "!/docs/b.md")
	if got, err := r.Absent(t.Context(), "docs"); err != nil || !got {
		t.Errorf("sparse: %v, %v", got, err)
	}
	if got, err := r.Absent(t.Context(), "other"); err != nil || got {
		t.Errorf("another folder: %v, %v", got, err)
	}
}
