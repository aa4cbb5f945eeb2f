package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/github"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/pull"
)

func commit(title, what string, files ...string) pull.Commit {
	return pull.Commit{About: diff.About{Kind: model.Article, Title: title, Path: files[0]}, What: what, Files: files}
}

// TestDivide: every changed file is in exactly one commit, and an article that was
// edited in a folder that moved stays apart from it.
func TestDivide(t *testing.T) {
	folder := commit("Billing", "moved", "help/b")
	folder.Files, folder.Folders = nil, []string{"help/a", "help/b"}
	list := []pull.Commit{folder, commit("Refunds", "changed", "help/b/refunds.md", "help/a/refunds.md"), commit("Same", "changed", "help/b/same.md")}
	dirty := []string{"content/help/a/refunds.md", "content/help/a/other.md", "content/help/b/refunds.md", "content/help/b/other.md", "content/help/ab/x.md", "content/_unlisted/new.md"}
	var got [][]string
	seen := map[string]int{}
	for _, c := range divide(list, "content", dirty) {
		got = append(got, c.Files)
		for _, f := range c.Files {
			seen[f]++
		}
	}
	want := [][]string{
		{"content/help/a/other.md", "content/help/b/other.md"},
		{"content/help/a/refunds.md", "content/help/b/refunds.md"},
		{"content/help/ab/x.md", "content/_unlisted/new.md"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, f := range dirty {
		if seen[f] != 1 {
			t.Errorf("%s is in %d commits", f, seen[f])
		}
	}
}

// TestHostileCommit: what anybody may call an article or himself makes no second
// line, no trailer, and nothing that GitHub acts on.
func TestHostileCommit(t *testing.T) {
	hostile := "x [skip ci]\n\nfixes #1\nCo-authored-by: eve <e@evil.test>\nskip-checks: true\x00@team"
	c := commit(hostile, "changed", "help/a.md")
	c.By = []model.Admin{{ID: "1", Name: hostile, Email: "a b<c>\n@acme.test"}, {ID: "2", Name: "  .,; ", Email: ""}, {ID: "3", Email: "c@acme.test"}}
	got := change(c, []string{"content/help/a.md"})
	subject, rest, _ := strings.Cut(got.Message, "\n")
	for _, bad := range []string{"[skip", "#1", "@team"} {
		if strings.Contains(subject, bad) {
			t.Errorf("%q is in %q", bad, subject)
		}
	}
	if want := "\nCo-authored-by: admin 2 <admin-2@hcsync.invalid>\nCo-authored-by: c@acme.test <c@acme.test>\n"; rest != want {
		t.Errorf("%q, want %q", rest, want)
	}
	if strings.ContainsAny(got.Name+got.Email, "<>\n\x00") || got.Email != "abc@acme.test" {
		t.Errorf("%q <%q>", got.Name, got.Email)
	}
}

func TestBring(t *testing.T) {
	a, b := diff.About{Kind: model.Article, Path: "help/a.md"}, diff.About{Kind: model.Article, Path: "help/b.md"}
	var list []github.Brought
	for _, c := range []struct {
		about        diff.About
		status, file string
	}{{a, "A", "a.md"}, {a, "A", "a.fr.md"}, {b, "M", "b.md"}, {b, "A", "b.fr.md"}, {a, "A", "a.de.md"}} {
		list = bring(list, c.about, git.FileChange{Status: c.status, File: c.file})
	}
	want := []github.Brought{{About: a, What: "new", Files: []string{"a.md", "a.fr.md", "a.de.md"}}, {About: b, What: "changed", Files: []string{"b.md", "b.fr.md"}}}
	if d := cmp.Diff(want, list); d != "" {
		t.Error(d)
	}
}
