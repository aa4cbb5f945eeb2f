package diff

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

var shown = with(hello, model.State, model.Published)

// removals writes what becomes of removals, one line each.
func removals(p *Plan) []string {
	var out []string
	for _, r := range p.Removals {
		line := fmt.Sprintf("%s %s", r.Action, name(r.About))
		if r.Locale != "" {
			line += " " + string(r.Locale)
		}
		if r.Reason != "" {
			line += ": " + r.Reason
		}
		out = append(out, line)
	}
	return out
}

func TestRemovedArticle(t *testing.T) {
	both := texts{"en": shown, "fr": hello}
	for _, tt := range []struct {
		name   string
		prune  Prune
		change func(w *world, live *model.Object)
		want   []string
		calls  []string
	}{
		{name: "listed", want: []string{"keep acme/start/a.md"}},
		{name: "to draft, where it is public", prune: Prune{On: true},
			want: []string{"unpublish acme/start/a.md"}, calls: []string{`- acme/start/a.md en state="draft"`}},
		{name: "a draft already", prune: Prune{On: true},
			change: func(_ *world, live *model.Object) { live.Contents["en"].Fields[model.State] = model.Draft },
			want:   []string{"note acme/start/a.md: it is a draft already"}},
		{name: "deleted", prune: Prune{On: true, Delete: true},
			want: []string{"delete acme/start/a.md"}, calls: []string{"- acme/start/a.md"}},
		{name: "an incomplete checkout", prune: Prune{On: true, Delete: true, Incomplete: "half of it"},
			want: []string{"keep acme/start/a.md: half of it"}},
		{name: "one language", prune: Prune{On: true, Delete: true},
			change: func(w *world, _ *model.Object) { w.Locale = func(l model.Locale) bool { return l == "fr" } },
			want:   []string{"keep acme/start/a.md: it is removed as a whole only without --locale"}},
		{name: "no files", prune: Prune{On: true},
			change: func(w *world, _ *model.Object) { w.Local.Objects = nil; w.recorded = true },
			want: []string{"keep acme/start: there is no file at all, which looks like an incomplete checkout",
				"keep acme/start/a.md: there is no file at all, which looks like an incomplete checkout"}},
		{name: "not managed", prune: Prune{On: true},
			change: func(w *world, _ *model.Object) { w.Managed = func(p string) bool { return p != "acme/start/a.md" } }},
		{name: "a part", prune: Prune{On: true},
			change: func(w *world, _ *model.Object) { w.Selected = func(a About) bool { return a.ID == "10" } }},
		{name: "never seen in the files", prune: Prune{On: true}, change: func(w *world, _ *model.Object) { w.recorded = false }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.synced(articleFile("20", "acme/start/a.md", both), article("20", both, "10"))
			drop(&w.Local, model.Article, "20")
			w.Prune = tt.prune
			if tt.change != nil {
				tt.change(w, &w.Remote.Objects[1])
			}
			p := Compute(w.Input)
			if d := cmp.Diff(tt.want, removals(p)); d != "" {
				t.Errorf("removals (-want +got):\n%s", d)
			}
			p.Drift, p.Removals = nil, nil
			if d := cmp.Diff(tt.calls, got(p)); d != "" {
				t.Errorf("plan (-want +got):\n%s", d)
			}
		})
	}
}

// Whatever somebody did in Intercom since speaks against a removal, except for
// what comes to the same.
func TestRemovedAndEdited(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(c *model.Content)
		want string
	}{
		{"a title", func(c *model.Content) { c.Fields[model.Title] = "Theirs" }, "removed here, but edited in Intercom since"},
		{"a text", func(c *model.Content) { c.Fields[model.Body] = "<p>Theirs</p>" }, "removed here, but edited in Intercom since"},
		{"a description that the file did not manage", func(c *model.Content) { c.Fields[model.Description] = "Theirs" }, "removed here, but edited in Intercom since"},
		{"a draft that is pending", func(c *model.Content) { c.PendingDraft = &model.PendingDraft{} }, "removed here, but a teammate has unpublished changes in Intercom"},
		{"published", func(c *model.Content) { c.Fields[model.State] = model.Published }, "removed here, but edited in Intercom since"},
		{"another author", func(c *model.Content) { c.Fields[model.Author] = "8" }, ""},
		{"unpublished", func(c *model.Content) { c.Fields[model.State] = model.Draft }, ""},
	} {
		for _, whole := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.name, " whole ", whole), func(t *testing.T) {
				w := newWorld()
				state := model.Published
				if tt.name == "published" {
					state = model.Draft
				}
				both := texts{"en": hello, "fr": with(hello, model.State, state)}
				w.synced(articleFile("20", "acme/start/a.md", both), article("20", both, "10"))
				if whole {
					drop(&w.Local, model.Article, "20")
				} else {
					delete(w.Local.Objects[1].Contents, "fr")
				}
				w.Prune.On = true
				c := w.Remote.Objects[1].Contents["fr"]
				tt.edit(&c)
				w.Remote.Objects[1].Contents["fr"] = c
				p := Compute(w.Input)
				var reasons []string
				for _, x := range p.Conflicts {
					reasons = append(reasons, x.Reason)
				}
				want := []string{tt.want}
				if tt.want == "" {
					want = nil
				}
				if d := cmp.Diff(want, reasons); d != "" {
					t.Errorf("conflicts (-want +got):\n%s", d)
				}
				if tt.want != "" && len(p.Changes)+len(p.Removals) > 0 {
					t.Errorf("and yet %q %q", got(p), removals(p))
				}
			})
		}
	}
	t.Run("translated since", func(t *testing.T) {
		w := newWorld()
		w.one(hello)
		drop(&w.Local, model.Article, "20")
		w.Remote.Objects[1].Contents["fr"] = model.Content{Fields: hello}
		w.expect(t, "conflict acme/start/a.md : removed here, but translated into fr in Intercom since")
	})
}

func TestRemovedTranslation(t *testing.T) {
	w := newWorld()
	both := texts{"en": hello, "fr": shown}
	w.synced(articleFile("20", "acme/start/a.md", both), article("20", both, "10"))
	delete(w.Local.Objects[1].Contents, "fr")
	w.Local.Objects[1].Contents["en"].Fields[model.Title] = "New"
	for _, prune := range []Prune{{On: true}, {On: true, Delete: true}} {
		w.Prune = prune
		p := w.expect(t, `~ acme/start/a.md en title="New" fr state="draft"`, "removed acme/start/a.md fr")
		if l := p.Changes[0].Contents[1]; !l.Removed {
			t.Errorf("%+v is not marked as removed", l)
		}
	}
	base := w.Base[model.Key{Kind: model.Article, ID: "20"}]
	base.Mark("fr", true)
	w.expect(t, `~ acme/start/a.md en title="New"`)
	w.Remote.Objects[1].Contents["fr"].Fields[model.Title] = "Worked on"
	w.expect(t, `~ acme/start/a.md en title="New"`, "drift acme/start/a.md fr : new in Intercom")
}

// A removed collection goes when nothing will be left in it.
func TestRemovedCollection(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(w *world)
		want   []string
	}{
		{"empty", func(*world) {}, []string{"delete acme/b", "delete acme/b/c"}},
		{"with a draft that nobody listed", func(w *world) { w.remote(article("30", in(hello), "10", "12")) },
			[]string{"keep acme/b: it still holds collection “C”", "keep acme/b/c: it still holds article “Hello”"}},
		{"with an article that goes to draft", func(w *world) {
			w.synced(articleFile("30", "acme/b/a.md", in(shown)), article("30", in(shown), "11"))
			drop(&w.Local, model.Article, "30")
		}, []string{"keep acme/b: it still holds article “Hello”", "delete acme/b/c", "unpublish acme/b/a.md"}},
		{"with an article that is deleted", func(w *world) {
			w.synced(articleFile("30", "acme/b/a.md", in(shown)), article("30", in(shown), "11"))
			drop(&w.Local, model.Article, "30")
			w.Prune.Delete = true
		}, []string{"delete acme/b", "delete acme/b/c", "delete acme/b/a.md"}},
		{"with an article that moves out", func(w *world) {
			w.synced(articleFile("30", "acme/b/a.md", in(shown)), article("30", in(shown), "11"))
			w.Local.Objects[len(w.Local.Objects)-1] = articleFile("30", "acme/start/a.md", in(shown))
		}, []string{"delete acme/b", "delete acme/b/c"}},
		{"with an article that is in conflict", func(w *world) {
			w.synced(articleFile("30", "acme/b/a.md", in(shown)), article("30", in(shown), "11"))
			drop(&w.Local, model.Article, "30")
			w.Remote.Objects[len(w.Remote.Objects)-1].Contents["en"].Fields[model.Title] = "Theirs"
		}, []string{"keep acme/b: it still holds article “Theirs”", "delete acme/b/c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.Prune.On = true
			w.synced(collectionFile("11", "acme/b", in(values{model.Title: "B"})), collection("11", in(values{model.Title: "B"})))
			w.synced(collectionFile("12", "acme/b/c", in(values{model.Title: "C"})), collection("12", in(values{model.Title: "C"}), "11"))
			tt.change(w)
			drop(&w.Local, model.Collection, "11")
			drop(&w.Local, model.Collection, "12")
			p := Compute(w.Input)
			if d := cmp.Diff(tt.want, removals(p)); d != "" {
				t.Errorf("removals (-want +got):\n%s", d)
			}
			inner := slices.IndexFunc(p.Changes, func(c Change) bool { return c.ID == "12" })
			outer := slices.IndexFunc(p.Changes, func(c Change) bool { return c.ID == "11" })
			if outer >= 0 && (inner < 0 || inner > outer || outer != len(p.Changes)-1) {
				t.Errorf("the order is %q", got(p))
			}
		})
	}
}

func TestTombstoneWithoutID(t *testing.T) {
	back := func(p string, v values) []string {
		w := newWorld()
		_, _, base := w.one(hello)
		base.Removed = true
		w.Claims = map[Place]model.Key{}
		drop(&w.Local, model.Article, "20")
		w.local(articleFile("", p, in(v)))
		return got(Compute(w.Input))
	}
	for _, tt := range []struct {
		name, path string
		file       values
		want       []string
	}{
		{"as it was", "acme/start/a.md", hello, nil},
		{"with another text", "acme/start/a.md", with(hello, model.Body, "New.\n"), []string{`~ acme/start/a.md en body="<p class=\"no-margin\">New.</p>"`}},
		{"under another name", "acme/start/z.md", hello, []string{"renamed acme/start/z.md from acme/start/a.md"}},
		{"another article in its place", "acme/start/a.md", values{model.Title: "Else", model.Body: "Else.\n"},
			[]string{`+ acme/start/a.md into [10] en title="Else" state="draft" author="7" body="<p class=\"no-margin\">Else.</p>"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, back(tt.path, tt.file)); d != "" {
				t.Errorf("plan (-want +got):\n%s", d)
			}
		})
	}
}

func TestDropped(t *testing.T) {
	w := newWorld()
	_, _, base := w.one(hello)
	drop(&w.Remote, model.Article, "20")
	if p := Compute(w.Input); len(p.Dropped) > 0 {
		t.Errorf("the file is there, and yet: %v", p.Dropped)
	}
	drop(&w.Local, model.Article, "20")
	want := []model.Key{{Kind: model.Article, ID: "20"}}
	if d := cmp.Diff(want, Compute(w.Input).Dropped); d != "" {
		t.Error(d)
	}
	w.recorded = false
	if p := Compute(w.Input); len(p.Dropped) > 0 {
		t.Errorf("another branch's article: %v", p.Dropped)
	}
	base.Removed = true
	if d := cmp.Diff(want, Compute(w.Input).Dropped); d != "" {
		t.Error(d)
	}
}

// A locale that a help center no longer has, or that most articles lost at
// once, was switched off; nobody removed those translations.
func TestSwitchedOff(t *testing.T) {
	for _, tt := range []struct {
		name      string
		has, lost int
		locales   []model.Locale
		off       bool
	}{
		{"one of one", 1, 1, []model.Locale{"en", "fr"}, false},
		{"three of three", 3, 3, []model.Locale{"en", "fr"}, false},
		{"four of eight", 8, 4, []model.Locale{"en", "fr"}, false},
		{"five of eight", 8, 5, []model.Locale{"en", "fr"}, true},
		{"disabled", 8, 1, []model.Locale{"en"}, true},
		{"not told, all", 1, 1, nil, true},
		{"not told, one", 8, 1, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.Remote.HelpCenters = slices.Clone(w.Remote.HelpCenters)
			w.Remote.HelpCenters[0].Locales = tt.locales
			both := texts{"en": hello, "fr": hello}
			for i := range tt.has {
				id := fmt.Sprint(20 + i)
				w.synced(articleFile(id, "acme/start/"+id+".md", both), article(id, both, "10"))
				if i < tt.lost {
					delete(w.Remote.Objects[i+1].Contents, "fr")
				}
			}
			p := Compute(w.Input)
			if off := len(p.Drift) == 0 && len(p.Notes) == 1; off != tt.off || len(p.Drift) != tt.lost && !off {
				t.Errorf("%q", got(p))
			}
		})
	}
}
