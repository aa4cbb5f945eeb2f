package github

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

func brought(what, title string) Brought {
	return Brought{About: diff.About{Kind: model.Article, Title: title, Path: "acme/" + title + ".md"}, What: what, Files: []string{"content/acme/" + title + ".md"}}
}

func TestProposalTitle(t *testing.T) {
	for _, tt := range []struct {
		p    Proposal
		want string
	}{
		{Proposal{}, "From Intercom: nothing left to take"},
		{Proposal{Linked: 3}, "From Intercom: ids of what was created there"},
		{Proposal{Linked: 3, Brought: []Brought{brought("removed", "a"), brought("new", "b"), brought("changed", "c"), brought("changed", "d")}}, "From Intercom: 2 changed, 1 new, 1 removed"},
		{Proposal{Brought: []Brought{brought("changed", "@team fixes #1")}, Standing: []Brought{brought("", "x")}, Conflicts: []diff.Conflict{{}}}, "From Intercom: 1 changed, 2 in conflict"},
	} {
		if got := tt.p.Title(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// TestProposalIsHarmless renders what a pull request says of hostile titles.
func TestProposalIsHarmless(t *testing.T) {
	linked := regexp.MustCompile(`@\w|#\d|(?i:gh-\d)|://|(?i:www\.)|\b[0-9a-f]{7,40}\b|:\w+:`)
	for _, s := range hostile() {
		p := Proposal{Report: Report{Workspace: s, Home: "docs", Content: "content", Step: Step{Server: "https://github.test", Repository: "acme/docs", SHA: "0123456789abcdef"}},
			Brought:   []Brought{brought("new", s), brought("changed", s), brought("removed", s), brought("moved", s)},
			Conflicts: hostilePlan(s).Conflicts, Standing: []Brought{brought("", s)}, Left: hostilePlan(s).Drift, Linked: 1}
		for n := range rendered(t, p.Body()).Descendants() {
			switch {
			case n.Type == nethtml.CommentNode, n.Type == nethtml.ElementNode && (n.Data == "script" || n.Data == "img"):
				t.Errorf("%q: %s", s, n.Data)
			case n.Type == nethtml.ElementNode && n.Data == "a" && !strings.HasPrefix(n.Attr[0].Val, "https://github.test/acme/docs/blob/"):
				t.Errorf("%q: link to %s", s, n.Attr[0].Val)
			case n.Type == nethtml.TextNode && !inside(n, "code", "pre", "a") && linked.MatchString(n.Data):
				t.Errorf("%q: GitHub would link %q", s, n.Data)
			}
		}
		line := Line(s)
		if strings.ContainsAny(line, "\n[]") || linked.MatchString(strings.ReplaceAll(line, "://", "")) {
			t.Errorf("%q is in a commit as %q", s, line)
		}
	}
}

// TestLongProposal: conflicts come first and stay, whatever the number of others.
func TestLongProposal(t *testing.T) {
	p := Proposal{Standing: []Brought{brought("", "Torn")}}
	for i := range 2000 {
		p.Brought = append(p.Brought, brought("changed", fmt.Sprintf("Article number %d with a title of some length", i)))
	}
	body := p.Body()
	if runes(body) > 65_536 || !strings.Contains(body, "Torn") || !regexp.MustCompile(`[0-9]+ not shown\. All of it is in the files`).MatchString(body) {
		t.Errorf("%d characters: %s … %s", runes(body), body[:300], body[len(body)-200:])
	}
}
