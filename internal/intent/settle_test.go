package intent

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

const began = 1_800_000_000

func p(text string) string { return `<p class="no-margin">` + text + `</p>` }

func text(s string) *string { return &s }

// agreed20 is what the state has of article 20.
func agreed20() *model.BaseObject {
	return &model.BaseObject{Kind: model.Article, ID: "20", Path: "acme/old.md", Pushed: "m1",
		LocalParents: []string{"10"}, RemoteParents: []string{"10"},
		Contents: map[model.Locale]model.BaseContent{"en": {Seen: "m1", Fields: map[model.Field]model.Agreed{
			model.Title: {Managed: true, Local: "Old", Remote: "Old"},
			model.State: {Managed: true, Local: "draft", Remote: "draft"},
			model.Body:  {Managed: true, Local: "One.\n\nTwo.", Remote: p("One.") + p("Two.")},
		}}}}
}

// update is a change of article 20 in English.
func update(fields ...Field) Change {
	return Change{Kind: model.Article, ID: "20", Path: "acme/a.md", Title: "Old", Op: diff.Update, Default: "en",
		LocalParents: []string{"10"}, RemoteParents: []string{"10"}, Locales: []Locale{{Locale: "en", Fields: fields}}}
}

func newTitle() Field {
	return Field{Field: model.Title, Managed: true, Local: "New", Send: "New", Read: text("Old")}
}

func newBody() Field {
	return Field{Field: model.Body, Managed: true, Local: "One, new.\n\nTwo.", Send: p("One, new.") + p("Two."), Hash: Hash(p("One.") + p("Two."))}
}

func published() Field {
	return Field{Field: model.State, Managed: true, Local: "published", Send: "published", Read: text("draft")}
}

// said is a live content in English.
func said(kv ...string) map[model.Locale]model.Content {
	fields := map[model.Field]string{}
	for i := 0; i < len(kv); i += 2 {
		fields[model.Field(kv[i])] = kv[i+1]
	}
	return map[model.Locale]model.Content{"en": {Fields: fields}}
}

func live20(contents map[model.Locale]model.Content, parents ...string) model.Object {
	o := model.Object{Kind: model.Article, ID: "20", Default: "en", Contents: contents, CreatedAt: began + 5}
	for _, id := range parents {
		o.Parents = append(o.Parents, model.Ref{ID: id})
	}
	return o
}

// TestSettleFields goes through the rows of the table "After a crash" for what
// was to be changed in an article.
func TestSettleFields(t *testing.T) {
	move := func(from, to string) func(*Change) {
		return func(c *Change) {
			to := []model.Ref{{ID: to, Path: "acme/to"}}
			c.Op, c.Move = diff.Move, &Move{From: []model.Ref{{ID: from}}, To: to, Home: to}
		}
	}
	tests := []struct {
		name   string
		fields []Field
		edit   func(*Change)
		live   model.Object
		gone   bool
		want   func(*model.BaseObject) // nil: nothing is recorded
	}{
		{name: "title as read", fields: []Field{newTitle()}, live: live20(said("title", "Old"), "10")},
		{name: "title as sent", fields: []Field{newTitle()}, live: live20(said("title", "New"), "10"),
			want: func(b *model.BaseObject) { title(b, "New", "New") }},
		{name: "title is another", fields: []Field{newTitle()}, live: live20(said("title", "Other"), "10")},
		{name: "state as read", fields: []Field{published()}, live: live20(said("state", "draft"), "10")},
		{name: "state as sent", fields: []Field{published()}, live: live20(said("state", "published"), "10"),
			want: func(b *model.BaseObject) {
				b.Contents["en"].Fields[model.State] = model.Agreed{Managed: true, Local: "published", Remote: "published"}
			}},
		{name: "body as read", fields: []Field{newBody()}, live: live20(said("body", p("One.")+p("Two.")), "10")},
		{name: "body as sent", fields: []Field{newBody()}, live: live20(said("body", p("One, new.")+p("Two.")), "10"),
			want: func(b *model.BaseObject) { body(b, p("One, new.")+p("Two.")) }},
		{name: "body as sent, then edited", fields: []Field{newBody()}, live: live20(said("body", p("One, new.")+p("Two, too.")), "10"),
			want: func(b *model.BaseObject) { body(b, p("One, new.")+p("Two.")) }},
		{name: "body not landed, and edited", fields: []Field{newBody()}, live: live20(said("body", p("One.")+p("Two, too.")), "10")},
		{name: "body is another", fields: []Field{newBody()}, live: live20(said("body", p("One, by hand.")+p("Two.")), "10")},
		{name: "body that drifted before the plan", fields: []Field{{Field: model.Body, Managed: true, Local: "X", Send: p("X") + p("Tail"), Hash: Hash(p("Drift") + p("Tail")), Read: text(p("Drift") + p("Tail"))}},
			live: live20(said("body", p("X")+p("Tail, too")), "10"),
			want: func(b *model.BaseObject) {
				b.Contents["en"].Fields[model.Body] = model.Agreed{Managed: true, Local: "X", Remote: p("X") + p("Tail")}
			}},
		{name: "body whose old text is lost, as sent", fields: []Field{{Field: model.Body, Managed: true, Local: "X", Send: p("X"), Hash: Hash("unknown")}},
			live: live20(said("body", p("X")), "10"),
			want: func(b *model.BaseObject) {
				b.Contents["en"].Fields[model.Body] = model.Agreed{Managed: true, Local: "X", Remote: p("X")}
			}},
		{name: "body whose old text is lost, edited", fields: []Field{{Field: model.Body, Managed: true, Local: "X", Send: p("X"), Hash: Hash("unknown")}},
			live: live20(said("body", p("X")+p("Y")), "10")},
		{name: "each field alone", fields: []Field{newTitle(), newBody()}, live: live20(said("title", "Other", "body", p("One, new.")+p("Two.")), "10"),
			want: func(b *model.BaseObject) { body(b, p("One, new.")+p("Two.")) }},
		{name: "over the agreement of an older checkout",
			fields: []Field{newTitle()}, live: live20(said("title", "New"), "10"),
			edit: func(c *Change) {
				c.Locales[0].Base = map[model.Field]Value{model.Body: {Managed: true, Local: "Older", Remote: p("Older")}}
				c.LocalParents, c.RemoteParents = []string{"9"}, []string{"9"}
			},
			want: func(b *model.BaseObject) {
				b.LocalParents, b.RemoteParents = []string{"9"}, []string{"9"}
				b.Contents["en"] = model.BaseContent{Seen: "m1", Fields: map[model.Field]model.Agreed{
					model.Title: {Managed: true, Local: "New", Remote: "New"}, model.Body: {Managed: true, Local: "Older", Remote: p("Older")}}}
			}},
		{name: "a value that the file does not name", fields: []Field{{Field: model.Author, Local: "", Send: "7"}}, live: live20(said("author", "7"), "10"),
			want: func(b *model.BaseObject) { b.Contents["en"].Fields[model.Author] = model.Agreed{Remote: "7"} }},
		{name: "a locale that did not land", edit: func(c *Change) { c.Locales[0].Locale = "fr" }, fields: []Field{{Field: model.Title, Managed: true, Local: "N", Send: "N"}},
			live: live20(said("title", "Old"), "10")},
		{name: "moved", edit: move("10", "11"), live: live20(said(), "11"),
			want: func(b *model.BaseObject) { b.LocalParents, b.RemoteParents = []string{"11"}, []string{"11"} }},
		{name: "moved, and put into another one too", edit: move("10", "11"), live: live20(said(), "11", "12"),
			want: func(b *model.BaseObject) { b.LocalParents, b.RemoteParents = []string{"11"}, []string{"11"} }},
		{name: "not moved", edit: move("10", "11"), live: live20(said(), "10")},
		{name: "moved elsewhere", edit: move("10", "11"), live: live20(said(), "12")},
		{name: "unpublished", edit: func(c *Change) { c.Op = diff.Unpublish },
			fields: []Field{{Field: model.State, Send: "draft", Read: text("published")}}, live: live20(said("state", "draft"), "10"),
			want: func(b *model.BaseObject) {
				b.Removed = true
				b.Contents["en"].Fields[model.State] = model.Agreed{Managed: true, Local: "draft", Remote: "draft"}
			}},
		{name: "not unpublished", edit: func(c *Change) { c.Op = diff.Unpublish },
			fields: []Field{{Field: model.State, Send: "draft", Read: text("published")}}, live: live20(said("state", "published"), "10")},
		{name: "a translation unpublished", edit: func(c *Change) { c.Locales[0].Removed = true },
			fields: []Field{{Field: model.State, Send: "draft", Read: text("published")}}, live: live20(said("state", "draft"), "10"),
			want: func(b *model.BaseObject) {
				en := b.Contents["en"]
				en.Removed = true
				en.Fields[model.State] = model.Agreed{Managed: true, Local: "draft", Remote: "draft"}
				b.Contents["en"] = en
			}},
		{name: "deleted there", fields: []Field{newTitle()}, gone: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := update(tt.fields...)
			if tt.edit != nil {
				tt.edit(&c)
			}
			w := World{Tip: map[model.Key]*model.BaseObject{{Kind: model.Article, ID: "20"}: agreed20()}}
			if !tt.gone {
				w.Live.Objects = []model.Object{tt.live}
			}
			got := Settle(&Intent{Start: began, Main: "m2", Changes: []Change{c}}, w)
			var want []*model.BaseObject
			if tt.want != nil {
				b := agreed20()
				b.Path, b.Pushed = "acme/a.md", "m2"
				tt.want(b)
				want = append(want, b)
			}
			if d := cmp.Diff(Result{Entries: want}, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			if d := cmp.Diff(agreed20(), w.Tip[model.Key{Kind: model.Article, ID: "20"}]); d != "" {
				t.Errorf("the tip was changed\n%s", d)
			}
		})
	}
}

func title(b *model.BaseObject, local, remote string) {
	b.Contents["en"].Fields[model.Title] = model.Agreed{Managed: true, Local: local, Remote: remote}
}

func body(b *model.BaseObject, remote string) {
	b.Contents["en"].Fields[model.Body] = model.Agreed{Managed: true, Local: "One, new.\n\nTwo.", Remote: remote}
}

func create(path, name, text string) Change {
	to := []model.Ref{{ID: "10", Path: "acme"}}
	return Change{Kind: model.Article, Path: path, Title: name, Op: diff.Create, Default: "en", Move: &Move{From: []model.Ref{}, To: to, Home: to},
		Locales: []Locale{{Locale: "en", Fields: []Field{
			{Field: model.Title, Managed: true, Local: name, Send: name},
			{Field: model.State, Managed: true, Local: "published", Send: "published"},
			{Field: model.Body, Managed: true, Local: text, Send: p(text)},
		}}}}
}

// made is a live article as create makes it.
func made(id, name, text string) model.Object {
	return model.Object{Kind: model.Article, ID: id, Default: "en", CreatedAt: began + 1, Parents: []model.Ref{{ID: "10"}},
		Contents: said("title", name, "state", "published", "description", "", "body", p(text))}
}

// TestSettleCreates finds what was created, or leaves it to the next plan.
func TestSettleCreates(t *testing.T) {
	with := func(o model.Object, edit func(*model.Object)) model.Object { edit(&o); return o }
	tests := []struct {
		name    string
		changes []Change
		live    []model.Object
		want    map[string]string // path → id
		fields  int               // agreed in the first entry
	}{
		{name: "none", changes: []Change{create("a.md", "A", "x")}},
		{name: "one", changes: []Change{create("a.md", "A", "x")}, live: []model.Object{made("30", "A", "x")}, want: map[string]string{"a.md": "30"}, fields: 4},
		{name: "one that was edited since", changes: []Change{create("a.md", "A", "x")}, live: []model.Object{made("30", "A", "other")}, want: map[string]string{"a.md": "30"}, fields: 3},
		{name: "several", changes: []Change{create("a.md", "A", "x")}, live: []model.Object{made("30", "A", "x"), made("31", "A", "x")}},
		{name: "five minutes by the server's clock", changes: []Change{create("a.md", "A", "x")}, want: map[string]string{"a.md": "30"}, fields: 4,
			live: []model.Object{with(made("30", "A", "x"), func(o *model.Object) { o.CreatedAt = began - 300 })}},
		{name: "too old", changes: []Change{create("a.md", "A", "x")},
			live: []model.Object{with(made("30", "A", "x"), func(o *model.Object) { o.CreatedAt = began - 301 })}},
		{name: "elsewhere", changes: []Change{create("a.md", "A", "x")},
			live: []model.Object{with(made("30", "A", "x"), func(o *model.Object) { o.Parents[0].ID = "11" })}},
		{name: "another title", changes: []Change{create("a.md", "A", "x")}, live: []model.Object{made("30", "B", "x")}},
		{name: "known to the state", changes: []Change{create("a.md", "A", "x")}, live: []model.Object{made("20", "A", "x")}},
		{name: "claimed by a file", changes: []Change{create("a.md", "A", "x")}, live: []model.Object{made("99", "A", "x")}},
		{name: "two of one title, both made", changes: []Change{create("a.md", "A", "x"), create("b.md", "A", "y")},
			live: []model.Object{made("30", "A", "y"), made("31", "A", "x")}, want: map[string]string{"a.md": "31", "b.md": "30"}, fields: 4},
		{name: "two of one title, one made", changes: []Change{create("a.md", "A", "x"), create("b.md", "A", "y")},
			live: []model.Object{made("30", "A", "y")}, want: map[string]string{"b.md": "30"}, fields: 4},
		{name: "twins", changes: []Change{create("a.md", "A", "x"), create("b.md", "A", "x")},
			live: []model.Object{made("30", "A", "x")}, want: map[string]string{"a.md": "30"}, fields: 4},
		{name: "in a collection of the same run", changes: []Change{collection("acme/new", "New"), inside("acme/new/a.md", "A", "x")},
			live: []model.Object{
				{Kind: model.Collection, ID: "12", Default: "en", HelpCenter: "1", CreatedAt: began, Contents: said("title", "New", "description", "")},
				with(made("30", "A", "x"), func(o *model.Object) { o.Parents[0].ID = "12" }),
			}, want: map[string]string{"acme/new": "12", "acme/new/a.md": "30"}, fields: 2},
		{name: "in a collection that was not made", changes: []Change{collection("acme/new", "New"), inside("acme/new/a.md", "A", "x")},
			live: []model.Object{made("30", "A", "x")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := World{Live: model.Snapshot{Objects: tt.live}, Tip: map[model.Key]*model.BaseObject{{Kind: model.Article, ID: "20"}: agreed20()},
				Claimed: func(k model.Key) bool { return k.ID == "99" }}
			got := map[string]string{}
			entries := Settle(&Intent{Start: began, Main: "m2", Changes: tt.changes}, w).Entries
			for _, e := range entries {
				got[e.Path] = e.ID
				if e.Pushed != "m2" || e.Contents["en"].Seen != "m2" || len(e.LocalParents) != len(e.RemoteParents) {
					t.Errorf("entry %+v", e)
				}
			}
			if d := cmp.Diff(tt.want, got, cmp.Transformer("", func(m map[string]string) map[string]string {
				if m == nil {
					return map[string]string{}
				}
				return m
			})); d != "" {
				t.Fatalf("adopted (-want +got)\n%s", d)
			}
			if len(entries) > 0 && len(entries[0].Contents["en"].Fields) != tt.fields {
				t.Errorf("agreed on %v", entries[0].Contents["en"].Fields)
			}
		})
	}
}

func collection(path, name string) Change {
	return Change{Kind: model.Collection, Path: path, Title: name, Op: diff.Create, Default: "en", HelpCenter: "1", Move: &Move{},
		Locales: []Locale{{Locale: "en", Fields: []Field{{Field: model.Title, Managed: true, Local: name, Send: name}}}}}
}

func inside(path, name, text string) Change {
	c := create(path, name, text)
	c.Move.To = []model.Ref{{Path: "acme/new"}}
	c.Move.Home = c.Move.To
	return c
}

// TestSettleLinks judges a new article whose text waited for the addresses of
// others: the first call made a draft without links, the second completes it.
func TestSettleLinks(t *testing.T) {
	c := create("a.md", "A", "x")
	c.Locales[0].Fields[2] = Field{Field: model.Body, Managed: true, Local: "x [b](b.md)\n\n![](https://example.com/a.png)", Pending: true,
		Send: p(`x <a href="b.md">b</a>`) + `<img src="https://example.com/a.png">`}
	const image = `<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/1/a.png"></div>`
	first, second := p(`x <a href="b.md">b</a>`)+image, p(`x <a href="https://help.test/b">b</a>`)+image
	links := func(*Change, model.Locale, string) (markup.Options, bool) {
		return markup.Options{Link: func(string) string { return "https://help.test/b" }}, true
	}
	for name, tt := range map[string]struct {
		state, body string
		want        map[model.Field]model.Agreed
	}{
		"after the first call": {"draft", first, map[model.Field]model.Agreed{
			model.State: {Managed: true, Local: "draft", Remote: "draft"}, model.Body: {Managed: true, Remote: first}}},
		"after the second": {"published", second, map[model.Field]model.Agreed{
			model.State: {Managed: true, Local: "published", Remote: "published"},
			model.Body:  {Managed: true, Local: c.Locales[0].Fields[2].Local, Remote: second}}},
		"by hand": {"published", p("y"), map[model.Field]model.Agreed{
			model.State: {Managed: true, Local: "published", Remote: "published"}}},
	} {
		t.Run(name, func(t *testing.T) {
			o := made("30", "A", "")
			o.Contents["en"].Fields[model.State], o.Contents["en"].Fields[model.Body] = tt.state, tt.body
			w := World{Live: model.Snapshot{Objects: []model.Object{o}}, Links: links}
			want := maps.Clone(tt.want)
			for range 2 {
				got := Settle(&Intent{Start: began, Main: "m2", Changes: []Change{c}}, w)
				fields := got.Entries[0].Contents["en"].Fields
				delete(fields, model.Title)
				delete(fields, model.Description)
				if d := cmp.Diff(want, fields); d != "" {
					t.Errorf("with %d answers (-want +got)\n%s", len(w.Answers), d)
				}
				// The same once more with the answer to the first call.
				provisional := Value{Managed: true, Remote: first}
				w.Answers = []Answer{{Kind: model.Article, Path: "a.md", ID: "30", Placed: true,
					Taken: map[model.Locale]map[model.Field]Value{"en": {model.Body: provisional, model.State: {true, "draft", "draft"}}}}}
				if _, ok := want[model.Body]; !ok {
					want[model.Body] = model.Agreed(provisional)
				}
			}
		})
	}
}

func TestSettleDeletes(t *testing.T) {
	c := update()
	c.Op = diff.Delete
	in := &Intent{Start: began, Main: "m2", Changes: []Change{c}}
	tip := map[model.Key]*model.BaseObject{{Kind: model.Article, ID: "20"}: agreed20()}
	want := Result{Gone: []model.Key{{Kind: model.Article, ID: "20"}}}
	if d := cmp.Diff(want, Settle(in, World{Tip: tip})); d != "" {
		t.Errorf("gone (-want +got)\n%s", d)
	}
	still := World{Tip: tip, Live: model.Snapshot{Objects: []model.Object{live20(said(), "10")}}}
	if d := cmp.Diff(Result{}, Settle(in, still)); d != "" {
		t.Errorf("still there (-want +got)\n%s", d)
	}
}

// TestSettleAnswers prefers what the run itself was told.
func TestSettleAnswers(t *testing.T) {
	in := &Intent{Start: began, Main: "m2", Changes: []Change{update(newTitle()), create("b.md", "B", "x")}}
	w := World{
		Tip: map[model.Key]*model.BaseObject{{Kind: model.Article, ID: "20"}: agreed20()},
		// Somebody gave both another title since.
		Live: model.Snapshot{Objects: []model.Object{live20(said("title", "Later"), "10"), made("30", "Later", "x")}},
		Answers: []Answer{
			{Kind: model.Article, Path: "acme/a.md", Of: "20", ID: "20", Taken: map[model.Locale]map[model.Field]Value{"en": {model.Title: {true, "New", "NEW"}}}},
			{Kind: model.Article, Path: "b.md", ID: "30", Placed: true, Taken: map[model.Locale]map[model.Field]Value{"en": {model.Title: {true, "B", "B"}}}},
			{Kind: model.Article, Path: "b.md", ID: "30", Taken: map[model.Locale]map[model.Field]Value{"en": {model.Body: {true, "x", p("x")}}}},
		},
	}
	got := Settle(in, w).Entries
	first := agreed20()
	first.Path, first.Pushed = "acme/a.md", "m2"
	title(first, "New", "NEW")
	second := &model.BaseObject{Kind: model.Article, ID: "30", Path: "b.md", Pushed: "m2", LocalParents: []string{"10"}, RemoteParents: []string{"10"},
		Contents: map[model.Locale]model.BaseContent{"en": {Seen: "m2", Fields: map[model.Field]model.Agreed{
			model.Title: {Managed: true, Local: "B", Remote: "B"}, model.Body: {Managed: true, Local: "x", Remote: p("x")}, model.Description: {}}}}}
	if d := cmp.Diff([]*model.BaseObject{first, second}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
