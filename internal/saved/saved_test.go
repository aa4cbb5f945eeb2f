package saved

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// plan is one article with a new text, computed from the given sides.
func plan(md, html string) *diff.Plan {
	content := func(body string) map[model.Locale]model.Content {
		return map[model.Locale]model.Content{"en": {File: "content/a.md", Fields: map[model.Field]string{model.Body: body}}}
	}
	local := &model.Object{Kind: model.Article, ID: "1", Path: "a.md", Contents: content(md)}
	live := &model.Object{Kind: model.Article, ID: "1", Contents: content(html)}
	return &diff.Plan{
		Pairs: []diff.Pair{{Local: local, Remote: live}},
		Changes: []diff.Change{{About: diff.About{Kind: model.Article, ID: "1", Path: "a.md", Title: "A"}, Op: diff.Update, Local: local, Live: live,
			Contents: []diff.LocaleChange{{Locale: "en", File: "content/a.md", Fields: []diff.FieldChange{{Field: model.Body, Before: "x", After: md, Send: "<p>" + md + "</p>"}}}}}},
	}
}

func from() Source {
	return Source{Tool: "devel", WorkspaceID: "acme1234", APIVersion: "2.16", Head: strings.Repeat("a", 40), State: strings.Repeat("b", 40)}
}

// reread is what a plan is after it was saved.
func reread(t *testing.T, p *diff.Plan) *Plan {
	t.Helper()
	data, err := New(p, from(), map[string][]string{"locale": {"en"}}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Decode(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return s
}

func TestMoved(t *testing.T) {
	pushed := func(p *diff.Plan) *diff.Plan { p.Changes = nil; return p }
	tests := []struct {
		name  string
		fresh func() *diff.Plan
		now   func(*Source)
		want  []string
	}{
		{name: "nothing", fresh: func() *diff.Plan { return plan("new", "<p>x</p>") }},
		{name: "the file", fresh: func() *diff.Plan { return plan("newer", "<p>x</p>") }, want: []string{"content/a.md: changed"}},
		{name: "the article", fresh: func() *diff.Plan { return plan("new", "<p>y</p>") }, want: []string{"article a.md: changed in Intercom"}},
		{name: "both", fresh: func() *diff.Plan { return plan("newer", "<p>y</p>") }, want: []string{"content/a.md: changed", "article a.md: changed in Intercom"}},
		{name: "it is done already", fresh: func() *diff.Plan { return pushed(plan("new", "<p>new</p>")) }, want: []string{"article a.md: changed in Intercom"}},
		{name: "the base", fresh: func() *diff.Plan { return pushed(plan("new", "<p>x</p>")) }, want: []string{"article a.md: there is nothing to push any more"}},
		{name: "what is sent", fresh: func() *diff.Plan {
			p := plan("new", "<p>x</p>")
			p.Changes[0].Contents[0].Fields[0].Send = "<p>other</p>"
			return p
		}, want: []string{"article a.md: what would be sent is no longer what the plan shows"}},
		{name: "the file is gone", fresh: func() *diff.Plan {
			p := pushed(plan("new", "<p>x</p>"))
			p.Pairs[0].Local = nil
			return p
		}, want: []string{"content/a.md: is gone"}},
		{name: "the article is gone", fresh: func() *diff.Plan {
			p := pushed(plan("new", "<p>x</p>"))
			p.Pairs[0].Remote, p.Pairs[0].Base = nil, &model.BaseObject{Kind: model.Article, ID: "1"}
			return p
		}, want: []string{"article a.md: is gone from Intercom"}},
		{name: "another translation", fresh: func() *diff.Plan {
			p := plan("new", "<p>x</p>")
			p.Pairs[0].Local.Contents["fr"] = model.Content{File: "content/a.fr.md"}
			return p
		}, want: []string{"content/a.fr.md: is new"}},
		{name: "a conflict", fresh: func() *diff.Plan {
			p := plan("new", "<p>x</p>")
			p.Conflicts = []diff.Conflict{{About: p.Changes[0].About, Reason: "clash"}}
			return p
		}, want: []string{"article a.md: is in conflict: clash"}},
		{name: "a pending draft", fresh: func() *diff.Plan {
			p := plan("new", "<p>x</p>")
			c := p.Pairs[0].Remote.Contents["en"]
			c.PendingDraft = &model.PendingDraft{}
			p.Pairs[0].Remote.Contents["en"] = c
			return p
		}, want: []string{"article a.md: changed in Intercom"}},
		{name: "another object joins", fresh: func() *diff.Plan {
			p := plan("new", "<p>x</p>")
			p.Changes = append(p.Changes, diff.Change{About: diff.About{Kind: model.Collection, Path: "c"}})
			return p
		}, want: []string{"collection c: would be changed too, and is not in the plan"}},
		{name: "drift elsewhere is allowed", fresh: func() *diff.Plan {
			p := plan("new", "<p>x</p>")
			p.Pairs = append(p.Pairs, diff.Pair{Remote: &model.Object{Kind: model.Article, ID: "2"}})
			p.Drift = []diff.Drift{{About: diff.About{Kind: model.Article, ID: "2"}}}
			return p
		}},
		{name: "other commits, and the same contents", fresh: func() *diff.Plan { return plan("new", "<p>x</p>") },
			now: func(s *Source) { s.Head, s.State = strings.Repeat("c", 40), strings.Repeat("d", 40) }},
		{name: "the state", fresh: func() *diff.Plan { return pushed(plan("new", "<p>x</p>")) }, now: func(s *Source) { s.State = strings.Repeat("c", 40) },
			want: []string{"article a.md: there is nothing to push any more", "state: its tip was bbbbbbbbbbbb when the plan was made, and is cccccccccccc"}},
		{name: "a newer push", fresh: func() *diff.Plan {
			p := pushed(plan("new", "<p>x</p>"))
			p.Behind = []diff.Drift{{About: diff.About{Kind: model.Article, ID: "1", Path: "a.md"}, What: diff.Newer}}
			return p
		}, want: []string{"article a.md: was pushed from a newer commit than this checkout"}},
		{name: "the tool", fresh: func() *diff.Plan { return plan("new", "<p>x</p>") }, now: func(s *Source) { s.Tool = "v2" },
			want: []string{"hcsync: the plan was made with devel, now it is v2"}},
		{name: "the workspace and the API", fresh: func() *diff.Plan { return plan("new", "<p>x</p>") }, now: func(s *Source) { s.WorkspaceID, s.URL, s.APIVersion = "other", "http://127.0.0.1", "2.9" },
			want: []string{"workspace: the plan was made with acme1234, now it is other", "API address: the plan was made with Intercom's own, now it is http://127.0.0.1", "API version: the plan was made with 2.16, now it is 2.9"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := from()
			if tt.now != nil {
				tt.now(&now)
			}
			if diff := cmp.Diff(tt.want, reread(t, plan("new", "<p>x</p>")).Moved(tt.fresh(), now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestDecode: whatever single byte of a plan is changed, the plan is refused or
// means the same.
func TestDecode(t *testing.T) {
	want := New(plan("new \u2028 <b> \xff é", "<p>x</p>"), from(), nil)
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	same, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		for _, b := range []byte{' ', 'x', '1', '"', data[i] ^ 1} {
			changed := bytes.Clone(data)
			changed[i] = b
			got, err := Decode(changed)
			if err == nil && cmp.Diff(same, got) != "" {
				t.Fatalf("byte %d as %q is not noticed: %s", i, b, cmp.Diff(same, got))
			}
		}
	}
	for _, cut := range []int{0, 1, len(data) / 2, len(data) - 3} {
		if _, err := Decode(data[:cut]); err == nil {
			t.Errorf("the first %d bytes pass for a plan", cut)
		}
	}
	if _, err := Decode(append(bytes.Clone(data), "{}"...)); err == nil {
		t.Error("something may follow a plan")
	}
}
