package github_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/github"
	"github.com/hcsync/hcsync/internal/github/githubtest"
	"github.com/hcsync/hcsync/internal/model"
)

const token = "ghs_secret"

func repository(t *testing.T) (*githubtest.Server, *github.API) {
	t.Helper()
	s := githubtest.Start(token)
	t.Cleanup(s.Close)
	a := github.NewAPI(github.Step{API: s.URL, Repository: "acme/docs", Token: token})
	a.Wait = 0
	return s, a
}

// report is of a plan that updates one article; none makes an empty one.
func report(titles ...string) github.Report {
	p := &diff.Plan{}
	for _, title := range titles {
		p.Changes = append(p.Changes, diff.Change{About: diff.About{Kind: model.Article, ID: "1", Path: "acme/a.md", Title: title}, Op: diff.Update})
	}
	return github.Report{Plan: p, Target: "main"}
}

func post(t *testing.T, a *github.API, r github.Report) string {
	t.Helper()
	url, err := a.PostComment(t.Context(), 7, r)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func TestOneComment(t *testing.T) {
	s, a := repository(t)
	if url := post(t, a, report()); url != "" || len(s.Comments()) > 0 {
		t.Fatalf("an empty plan was told: %s", url)
	}
	first := post(t, a, report("One"))
	if second := post(t, a, report("Two")); second != first || len(s.Comments()) != 1 {
		t.Errorf("%s, then %s, %d comments", first, second, len(s.Comments()))
	}
	if body := s.Comments()[0].Body; !strings.Contains(body, "Two") || strings.Contains(body, "One") {
		t.Errorf("the comment was not replaced: %s", body)
	}
	post(t, a, report())
	if body := s.Comments()[0].Body; !strings.Contains(body, "nothing to push") {
		t.Errorf("after the plan became empty: %s", body)
	}
	calls := len(s.Requests())
	post(t, a, report())
	for _, r := range s.Requests()[calls:] {
		if strings.HasPrefix(r, "PATCH") {
			t.Error("the same comment was sent again")
		}
	}
	other := report("One")
	other.Target = "staging"
	if post(t, a, other); len(s.Comments()) != 2 {
		t.Errorf("each target has a comment of its own: %d", len(s.Comments()))
	}
}

// TestForeignComment has the marker in comments of others, behind more than a
// page of talk.
func TestForeignComment(t *testing.T) {
	for _, login := range []string{"", "docs-machine"} {
		s, a := repository(t)
		s.Login = login
		body := report("One").Comment()
		s.Write(7, githubtest.User{Login: "mallory", Type: "User"}, body)
		for i := range 130 {
			s.Write(7, githubtest.User{Login: "ana", Type: "User"}, fmt.Sprint("remark ", i))
		}
		url := post(t, a, report("One"))
		if again := post(t, a, report("Two")); again != url || len(s.Comments()) != 132 {
			t.Errorf("%q: %s, then %s, %d comments", login, url, again, len(s.Comments()))
		}
		if s.Comments()[0].Body != body {
			t.Errorf("%q: somebody else's comment was edited", login)
		}
	}
}

func TestForkMayOnlyRead(t *testing.T) {
	s, a := repository(t)
	s.ReadOnly = true
	_, err := a.PostComment(t.Context(), 7, report("One"))
	if !errors.Is(err, github.ErrForbidden) || !strings.Contains(err.Error(), "pull-requests: write") {
		t.Errorf("%v", err)
	}
	if strings.Contains(fmt.Sprint(err), token) {
		t.Error("the token is in the message")
	}
}

func TestGitHubStumbles(t *testing.T) {
	s, a := repository(t)
	post(t, a, report("One"))
	s.Fail = 2
	post(t, a, report("Two"))
	if c := s.Comments(); len(c) != 1 || !strings.Contains(c[0].Body, "Two") {
		t.Errorf("%v", c)
	}
	s.Fail = 100
	if _, err := a.PostComment(t.Context(), 7, report("Three")); err == nil || !strings.Contains(err.Error(), "502") {
		t.Errorf("%v", err)
	}
}

func TestOpenPull(t *testing.T) {
	s, a := repository(t)
	pr := github.PullRequest{Head: "hcsync/pull", Base: "main", Title: "One", Body: "first"}
	url, created, err := a.OpenPull(t.Context(), pr)
	if err != nil || !created {
		t.Fatalf("%v %v", created, err)
	}
	pr.Title, pr.Body = "Two", "second"
	again, created, err := a.OpenPull(t.Context(), pr)
	if err != nil || created || again != url || len(s.Pulls()) != 1 || s.Pulls()[0].Title != "Two" || s.Pulls()[0].Body != "second" {
		t.Errorf("%s %s %v %v %v", url, again, created, err, s.Pulls())
	}
}
