package diff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// draftOf puts a draft beside what is live; a body is Markdown here.
func draftOf(o *model.Object, l model.Locale, changed values) {
	c := o.Contents[l]
	fields := map[model.Field]string{}
	for _, f := range model.Texts() {
		fields[f] = c.Fields[f]
		if v, ok := changed[f]; ok {
			fields[f] = v
		}
		if _, ok := changed[f]; ok && f == model.Body {
			fields[f] = markup.Render(changed[f], markup.Options{})
		}
	}
	c.PendingDraft = &model.PendingDraft{Fields: fields, By: "7", UpdatedAt: 1700000000}
	o.Contents[l] = c
}

func TestOverride(t *testing.T) {
	held := values{model.Title: "T", model.Description: "d", model.State: model.Published, model.Body: "One.\n\nTwo.\n"}
	tests := []struct {
		name           string
		draft, edit    values
		unmanaged      []model.Field
		liveEdit       values // drift, that the draft lies beside
		want           []string
		publishes      bool
		publishedPages int
	}{
		{"an edit of another field", values{model.Body: "One.\n\nTwo in the making.\n"}, values{model.Title: "U"}, nil, nil,
			[]string{"title T → U", "description d → d", "body One.Two in the making. → One.Two."}, false, 0},
		{"the same field", values{model.Title: "V"}, values{model.Title: "U"}, nil, nil,
			[]string{"title V → U", "description d → d", "body One.Two. → One.Two."}, false, 0},
		{"what the file leaves to Intercom stays as it is live", values{model.Description: "half"}, values{model.Title: "U"}, []model.Field{model.Description}, nil,
			[]string{"title T → U", "description half → d", "body One.Two. → One.Two."}, false, 0},
		{"drift beside it stays", values{model.Title: "V"}, values{model.Body: "One.\n\nThree.\n"}, nil, values{model.Description: "there"},
			[]string{"title V → T", "description there → there", "body One.Two. → One.Three."}, false, 0},
		{"the draft's own text is published", values{model.Title: "V"}, values{model.Title: "V"}, nil, nil,
			[]string{"title V → V", "description d → d", "body One.Two. → One.Two."}, true, 1},
		{"but not by what is taken off", values{model.Title: "V"}, values{model.Title: "V", model.State: model.Draft}, nil, nil,
			[]string{"title V → V", "description d → d", "body One.Two. → One.Two."}, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.OverrideDrafts = true
			local, remote, _ := w.one(held)
			for _, f := range tt.unmanaged {
				delete(local.Contents["en"].Fields, f)
			}
			for f, v := range tt.liveEdit {
				remote.Contents["en"].Fields[f] = v
			}
			draftOf(remote, "en", tt.draft)
			for f, v := range tt.edit {
				local.Contents["en"].Fields[f] = v
			}
			p := Compute(w.Input)
			if len(p.Changes) != 1 || len(p.Conflicts) > 0 {
				t.Fatalf("changes %v, conflicts %v", p.Changes, p.Conflicts)
			}
			o := p.Changes[0].Contents[0].Override
			var got []string
			flat := func(s string) string { return strings.ReplaceAll(s, "\n", "") }
			for _, f := range o.Fields {
				got = append(got, fmt.Sprintf("%s %s → %s", f.Field, flat(f.Before), flat(f.After)))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if on, _ := p.Changes[0].published(); o.Publishes != tt.publishes || on != tt.publishedPages {
				t.Errorf("publishes %v, %d pages for the brake; want %v, %d", o.Publishes, on, tt.publishes, tt.publishedPages)
			}
			if got := o.Whose(); got != "Ann, 2023-11-14" {
				t.Errorf("whose: %q", got)
			}
		})
	}
}

func TestNothingToOverride(t *testing.T) {
	w := newWorld()
	w.OverrideDrafts = true
	_, remote, _ := w.one(values{model.Title: "T", model.State: model.Published, model.Body: "One.\n"})
	draftOf(remote, "en", values{model.Title: "V"})
	p := Compute(w.Input)
	if !p.Empty() || len(p.Drift) > 0 || len(p.Drafts) != 1 {
		t.Errorf("a draft beside a file that did not change: %+v", p)
	}
}

func TestOverrideRefused(t *testing.T) {
	w := newWorld()
	w.OverrideDrafts = true
	local, remote, _ := w.one(values{model.Title: "T", model.State: model.Published, model.Body: "One.\n"})
	local.Contents["en"].Fields[model.Title] = "U"
	live := remote.Contents["en"]
	live.PendingDraft = &model.PendingDraft{}
	remote.Contents["en"] = live
	w.expect(t, "conflict acme/start/a.md en : there is a pending draft in Intercom that cannot be read")
}

// What was taken in counts as seen once it is live, and as nothing before.
func TestTakenDraft(t *testing.T) {
	const taken, edited = "Taken", "Taken and edited"
	for _, tt := range []struct {
		name, here, there string
		want              []string
	}{
		{"not live", taken, "T", []string{`~ acme/start/a.md en title="Taken"`}},
		{"published", taken, taken, []string{"agreed article 20 en title"}},
		{"edited here, and published", edited, taken, []string{`~ acme/start/a.md en title="Taken and edited"`}},
		{"published with an edit there", taken, "Other", []string{"drift acme/start/a.md en title: changed in Intercom Other"}},
		{"edited here, and published with an edit there", edited, "Other", []string{
			"conflict acme/start/a.md en title: changed here and in Intercom"}},
		{"dropped here, and published", "T", taken, []string{`~ acme/start/a.md en title="T"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			local, remote, base := w.one(values{model.Title: "T", model.Body: "One.\n"})
			base.Take("en", map[model.Field]model.Agreed{model.Title: {Managed: true, Local: taken, Remote: taken}})
			local.Contents["en"].Fields[model.Title] = tt.here
			remote.Contents["en"].Fields[model.Title] = tt.there
			w.expect(t, tt.want...)
		})
	}
}

// TestFollows tells a draft that was edited further and published from one that
// was discarded before something else was edited.
func TestFollows(t *testing.T) {
	p := func(texts ...string) string { return "<p>" + strings.Join(texts, "</p><p>") + "</p>" }
	before, draft := p("One.", "Two.", "Three."), p("One.", "Two, drafted.", "Three.")
	for _, tt := range []struct {
		name, live, pending string
		want                bool
	}{
		{"as before", before, draft, false},
		{"published", draft, "", true},
		{"published and edited elsewhere", p("One!", "Two, drafted.", "Three."), "", true},
		{"published and edited there", p("One.", "Two, drafted well.", "Three."), "", true},
		{"discarded and edited elsewhere", p("One!", "Two.", "Three."), "", false},
		{"edited live beside the draft", p("One.", "Two, live.", "Three."), draft, false},
		{"published and drafted anew", p("One.", "Two, drafted well.", "Three."), p("One.", "Two, again.", "Three."), true},
	} {
		live := model.Content{Fields: values{model.Body: tt.live}}
		if tt.pending != "" {
			live.PendingDraft = &model.PendingDraft{Fields: values{model.Body: tt.pending}}
		}
		if got := follows(model.Body, before, draft, live); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}

func TestAgreementEndsWhatWasTaken(t *testing.T) {
	b := model.Key{Kind: model.Article, ID: "1"}.Next(nil)
	b.Agree("en", nil, model.Content{}, model.Content{}, map[model.Field]model.Agreed{model.Title: {Managed: true, Local: "T", Remote: "T"}})
	v := func(s string) model.Agreed { return model.Agreed{Managed: true, Local: s, Remote: s} }
	b.Take("en", map[model.Field]model.Agreed{model.Title: v("U"), model.Body: v("x")})
	next := b.Key().Next(b)
	next.Agree("en", b, model.Content{}, model.Content{}, map[model.Field]model.Agreed{model.Title: v("U")})
	if d := cmp.Diff(map[model.Field]model.Agreed{model.Body: v("x")}, next.Contents["en"].Taken); d != "" {
		t.Error(d)
	}
	if len(b.Contents["en"].Taken) != 2 {
		t.Error("the entry before was changed")
	}
}
