package github

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	nethtml "golang.org/x/net/html"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

func TestAnnotation(t *testing.T) {
	tests := []struct {
		a    Annotation
		want string
	}{
		{Annotation{Level: Error, File: "content/a,b:c.md", Line: 7, Title: "50%", Message: "two\nlines, 100%"},
			"::error file=content/a%2Cb%3Ac.md,line=7,title=50%25::two%0Alines, 100%25"},
		{Annotation{Level: Warning, Message: "all of it"}, "::warning::all of it"},
		{Annotation{Level: Notice, File: "a.md\n::error::x", Message: "x\r\n::stop-commands::y\x1b[31m"},
			"::notice file=a.md%0A%3A%3Aerror%3A%3Ax::x %0A::stop-commands::y�[31m"},
	}
	for _, tt := range tests {
		if got := tt.a.String(); got != tt.want {
			t.Errorf("got  %q\nwant %q", got, tt.want)
		}
	}
}

func TestGuard(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a line\n", "a line\n"},
		{"::error::x\n", gap + "::error::x\n"},
		{"    \t::error::x", "    \t" + gap + "::error::x"},
		{"\u00a0\u2028::error::x\n", "\u00a0\u2028" + gap + "::error::x\n"},
		{"a\r::error::x\n", "a\r" + gap + "::error::x\n"},
		{"see ##[group]x ##[x\n", "see ##" + gap + "[group]x ##" + gap + "[x\n"},
		{"time 10::20\n", "time 10::20\n"},
	}
	for _, tt := range tests {
		// However a writer cuts the text, the line is one.
		for size := 1; size <= len(tt.in); size++ {
			var b bytes.Buffer
			g := Guard(&b)
			for rest := tt.in; rest != ""; {
				n := min(size, len(rest))
				if _, err := g.Write([]byte(rest[:n])); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := g.Close(); err != nil {
				t.Fatal(err)
			}
			if b.String() != tt.want {
				t.Errorf("%q in pieces of %d: %q, want %q", tt.in, size, b.String(), tt.want)
			}
		}
	}
}

func TestOutputs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out")
	if err := WriteOutputs(file, []Output{{"a", "1"}, {"b", "x\nEOF\nc=2"}}); err != nil {
		t.Fatal(err)
	}
	if err := WriteOutputs("", []Output{{"a", "1"}}); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	shape := regexp.MustCompile(`^a<<(\S+)\n1\n(\S+)\nb<<(\S+)\nx\nEOF\nc=2\n(\S+)\n$`)
	m := shape.FindStringSubmatch(string(raw))
	if m == nil || m[1] != m[2] || m[3] != m[4] || m[1] == m[3] {
		t.Errorf("%q", raw)
	}
}

func TestReadStep(t *testing.T) {
	event := func(text string) string {
		file := filepath.Join(t.TempDir(), "event.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	tests := []struct {
		name, event string
		want        *Pull
	}{
		{"a push", `{"ref":"refs/heads/main"}`, nil},
		{"own branch", `{"pull_request":{"number":4,"head":{"sha":"abc","repo":{"full_name":"a/b"}},"base":{"repo":{"full_name":"a/b"}}}}`, &Pull{Number: 4, Head: "abc"}},
		{"a fork", `{"pull_request":{"number":4,"head":{"sha":"abc","repo":{"full_name":"x/b"}},"base":{"repo":{"full_name":"a/b"}}}}`, &Pull{Number: 4, Head: "abc", Fork: true}},
		{"a fork that is gone", `{"pull_request":{"number":4,"head":{"sha":"abc","repo":null},"base":{"repo":{"full_name":"a/b"}}}}`, &Pull{Number: 4, Head: "abc", Fork: true}},
	}
	for _, tt := range tests {
		env := map[string]string{"GITHUB_EVENT_PATH": event(tt.event), "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "12"}
		s, err := ReadStep(func(k string) string { return env[k] })
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tt.want, s.Pull); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
		if s.Run != "https://github.com/a/b/actions/runs/12" || s.API != "https://api.github.com" {
			t.Errorf("%s: %+v", tt.name, s)
		}
	}
	env := map[string]string{"GITHUB_EVENT_PATH": event("<html>")}
	if _, err := ReadStep(func(k string) string { return env[k] }); err == nil || !strings.Contains(err.Error(), "not the event") {
		t.Errorf("a page as event: %v", err)
	}
}

// hostile is what a title or a body could try.
func hostile() []string {
	return []string{
		"@acme/team and @octocat, ops@acme.test",
		"fixes #1, acme/docs#2, GH-3, https://github.com/acme/docs/issues/4, www.acme.test",
		"deadbeef1 0123456789abcdef0123456789abcdef01234567 acme/docs@deadbeef1",
		"</summary></details><img src=x onerror=alert(1)><!-- ",
		"--> <script>alert(1)</script>",
		"a | b \\| c\n\n# heading\n\n- [ ] task\n```\ncode\n````",
		"*bold* _it_ ~~del~~ `code` [link](https://evil.test) ![i](https://evil.test/i.png) $x$ :tada:",
		"&lt;b&gt; &#64;octocat <b>x</b>",
		"\x1b[31mred\u202egnp.exe\x00",
		"<!-- hcsync plan main -->",
		"[^1]: note\n\n[ref]: https://evil.test",
	}
}

// hostilePlan puts a text wherever a plan can hold one.
func hostilePlan(s string) *diff.Plan {
	about := diff.About{Kind: model.Article, ID: "1", Path: "acme/" + s + ".md", Title: s}
	return &diff.Plan{
		Changes: []diff.Change{{About: about, Op: diff.Move, Parent: &diff.ParentChange{From: []model.Ref{{Path: s}}},
			Contents: []diff.LocaleChange{{Locale: "en", File: s, Fields: []diff.FieldChange{
				{Field: model.Title, Before: "was " + s, After: s},
				{Field: model.State, Before: model.Draft, After: model.Published},
				{Field: model.Body, Before: "old " + s + "\n", After: s + " new\n", Warnings: []diff.Warning{{Line: 3, Message: s}}},
			}}}}},
		Conflicts: []diff.Conflict{{About: about, Locale: "fr", Field: model.Body, Reason: s, Hint: s, Local: s, Remote: s + "x", By: s}},
		Drift:     []diff.Drift{{About: about, Locale: "en", Field: model.Title, What: diff.Changed, Before: s, After: "x" + s, By: s}, {About: about, What: diff.New}},
		Renames:   []diff.Rename{{About: about, From: s}},
		Removals:  []diff.Removal{{About: about, Action: diff.Keep, Reason: s}},
		Problems:  []model.Problem{{File: s, Line: 2, Message: s}},
		Notes:     []string{s},
	}
}

// TestCommentIsHarmless renders comments as GitHub would and looks at what came
// of hostile texts: no element that the report does not write itself, no link
// that leads elsewhere, and nothing that GitHub links by itself.
func TestCommentIsHarmless(t *testing.T) {
	allowed := map[string]bool{"html": true, "head": true, "body": true, "h3": true, "h4": true, "p": true, "ul": true, "li": true,
		"details": true, "summary": true, "code": true, "pre": true, "b": true, "del": true, "ins": true, "blockquote": true, "a": true}
	linked := regexp.MustCompile(`@\w|#\d|(?i:gh-\d)|://|(?i:www\.)|\b[0-9a-f]{7,40}\b|:\w+:`)
	for _, s := range hostile() {
		r := Report{Plan: hostilePlan(s), Target: "main", Workspace: s, Home: "docs", Content: "content", Unchecked: []string{s},
			Step: Step{Server: "https://github.test", Repository: "acme/docs", SHA: "0123456789abcdef"}}
		doc := rendered(t, r.Comment())
		for n := range doc.Descendants() {
			switch {
			case n.Type == nethtml.CommentNode && strings.TrimSpace(n.Data) == "hcsync plan main":
			case n.Type == nethtml.CommentNode:
				t.Errorf("%q: comment %q", s, n.Data)
			case n.Type == nethtml.ElementNode && !allowed[n.Data]:
				t.Errorf("%q: element <%s>", s, n.Data)
			case n.Type == nethtml.ElementNode && n.Data == "a" && !strings.HasPrefix(n.Attr[0].Val, "https://github.test/acme/docs/blob/"):
				t.Errorf("%q: link to %s", s, n.Attr[0].Val)
			case n.Type == nethtml.TextNode && !inside(n, "code", "pre", "a") && linked.MatchString(n.Data):
				t.Errorf("%q: GitHub would link %q", s, n.Data)
			}
		}
	}
}

func inside(n *nethtml.Node, names ...string) bool {
	for p := range n.Ancestors() {
		for _, name := range names {
			if p.Data == name {
				return true
			}
		}
	}
	return false
}

func rendered(t *testing.T, markdown string) *nethtml.Node {
	t.Helper()
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(renderer.WithUnsafe()))
	var b bytes.Buffer
	if err := md.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := nethtml.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// FuzzText holds that a text comes back as it was written, less what has no
// width, when Markdown and HTML have been read.
func FuzzText(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		got := html.UnescapeString(text(s))
		want := strings.Join(strings.Fields(strings.Map(shown, s)), " ")
		if strings.ReplaceAll(got, gap, "") != strings.ReplaceAll(want, gap, "") {
			t.Errorf("%q shows as %q", s, got)
		}
		if strings.ContainsAny(text(s), "<>\"'`*_[]|\n") {
			t.Errorf("%q keeps markup: %q", s, text(s))
		}
	})
}

// manyChanges is a plan that fits no comment.
func manyChanges(n int) *diff.Plan {
	p := &diff.Plan{}
	for i := range n {
		p.Changes = append(p.Changes, diff.Change{About: diff.About{Kind: model.Article, ID: fmt.Sprint(i), Path: fmt.Sprintf("acme/%d.md", i), Title: fmt.Sprintf("Article %d", i)}, Op: diff.Update,
			Contents: []diff.LocaleChange{{Locale: "en", File: fmt.Sprintf("content/acme/%d.md", i), Fields: []diff.FieldChange{
				{Field: model.Body, Before: strings.Repeat("A sentence that stays.\n\n", 3) + "five euros\n", After: strings.Repeat("A sentence that stays.\n\n", 3) + "six euros\n"}}}}})
	}
	return p
}

func TestCommentIsCut(t *testing.T) {
	for _, n := range []int{1, 50, 200, 400, 5000} {
		p := manyChanges(n)
		p.Conflicts = []diff.Conflict{{About: diff.About{Kind: model.Article, Path: "acme/c.md", Title: "Clash"}, Reason: "both changed", Hint: "pull"}}
		c := Report{Plan: p, Target: "main", Content: "content", Step: Step{Run: "https://github.test/run"}}.Comment()
		if got := utf8.RuneCountInString(c); got > 65_536 {
			t.Fatalf("%d changes: %d characters", n, got)
		}
		whole, lines := strings.Count(c, "<summary><code>&#126; update"), strings.Count(c, "<p><code>&#126; update")
		if !strings.Contains(c, "Clash") {
			t.Errorf("%d changes: the conflict is not there", n)
		}
		if whole+lines == n {
			if lines > 0 && !strings.Contains(c, fmt.Sprintf("%d shown in one line", lines)) {
				t.Errorf("%d changes: %d lines are not counted", n, lines)
			}
			continue
		}
		if want := fmt.Sprintf("%d not shown", n-whole-lines); !strings.Contains(c, want) || !strings.Contains(c, "https://github.test/run") {
			t.Errorf("%d changes: does not say %q:\n%s", n, want, c[len(c)-300:])
		}
	}
}

// TestLongText has one change that is longer than a comment.
func TestLongText(t *testing.T) {
	about := diff.About{Kind: model.Article, Path: "acme/a.md", Title: "Long"}
	before, after := strings.Repeat("old words here. ", 9000), strings.Repeat("new words there. ", 9000)
	c := Report{Target: "main", Plan: &diff.Plan{Changes: []diff.Change{{About: about, Op: diff.Update, Contents: []diff.LocaleChange{{Locale: "en", Fields: []diff.FieldChange{{Field: model.Body, Before: before, After: after}}}}}}}}.Comment()
	if !strings.Contains(c, "1 lines become 1") && !strings.Contains(c, "see the file") || len(c) > 65_536 {
		t.Errorf("%d characters: %.500s", len(c), c)
	}
}

// TestOneEntryForAnObject has an article with several fields in conflict and
// several that changed in Intercom.
func TestOneEntryForAnObject(t *testing.T) {
	a, b := diff.About{Kind: model.Article, ID: "1", Path: "acme/a.md", Title: "A"}, diff.About{Kind: model.Article, ID: "2", Path: "acme/b.md", Title: "B"}
	c := Report{Content: "content", Plan: &diff.Plan{
		Conflicts: []diff.Conflict{
			{About: a, Locale: "en", Field: model.Body, Reason: "both changed", Hint: "run `hcsync pull`", By: "Ana", Local: "one", Remote: "two"},
			{About: a, Locale: "fr", Field: model.Title, Reason: "both changed", Hint: "run `hcsync pull`", By: "Ana", Local: "un", Remote: "deux"},
			{About: b, Reason: "gone there", Hint: "say which"},
		},
		Drift: []diff.Drift{
			{About: a, Locale: "en", Field: model.Title, What: diff.Changed, Before: "x", After: "y", By: "Ben"},
			{About: a, Locale: "en", Field: model.State, What: diff.Changed, Before: "draft", After: "published"},
		},
		Changes: []diff.Change{{About: b, Op: diff.Update, Contents: []diff.LocaleChange{{Locale: "en", Fields: []diff.FieldChange{{Field: model.State, Before: model.Published, After: model.Draft}}}}}},
	}}.Comment()
	for text, n := range map[string]int{
		"<b>A</b> <code>acme/a.md</code> en body, fr title: both changed, by Ana</summary>": 1,
		"<p>run <code>hcsync pull</code></p>":                                               1,
		"<b>B</b> <code>acme/b.md</code> gone there":                                        1,
		"en title: changed in Intercom, by Ben; en state: changed in Intercom</summary>":    1,
		"<b>B</b> <code>acme/b.md</code> unpublish en</summary>":                            1,
		"<details>": 4,
	} {
		if got := strings.Count(c, text); got != n {
			t.Errorf("%q is %d times in\n%s", text, got, c)
		}
	}
}

// TestSecondaryDrift: a pull from a second workspace takes texts, and leaves what
// is that workspace's own affair.
func TestSecondaryDrift(t *testing.T) {
	a := diff.About{Kind: model.Article, ID: "1", Path: "acme/a.md", Title: "A"}
	r := Report{Target: "staging", Content: "content", Plan: &diff.Plan{Drift: []diff.Drift{
		{About: a, Locale: "en", Field: model.Title, What: diff.Changed, Before: "x", After: "y"},
		{About: a, Locale: "en", Field: model.State, What: diff.Changed, Before: "draft", After: "published"},
	}}}
	const taken, left = "a pull takes it", "push and pull leave this"
	if c := r.Comment(); !strings.Contains(c, taken) || strings.Contains(c, left) {
		t.Error(c)
	}
	r.Secondary = true
	_, after, _ := strings.Cut(r.Comment(), left)
	if c := r.Comment(); !strings.Contains(c, taken) || !strings.Contains(after, "en state") || strings.Contains(after, "en title") {
		t.Error(c)
	}
}
