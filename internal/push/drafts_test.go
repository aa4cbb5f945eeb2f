package push

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
)

func TestParted(t *testing.T) {
	type fields = map[model.Field]string
	whole := fields{model.Title: "T", model.Description: "d", model.Body: "<p>x</p>"}
	with := func(f model.Field, v string) fields {
		out := fields{f: v}
		for k, v := range whole {
			out[k] = v
		}
		return out
	}
	for _, tt := range []struct {
		name         string
		state        string // live
		overrides    bool
		send         fields
		staged, rest fields
	}{
		{"no draft", model.Published, false, fields{model.Title: "T"}, nil, fields{model.Title: "T"}},
		{"a draft gives way", model.Published, true, whole, whole, nil},
		{"a new author follows", model.Published, true, with(model.Author, "8"), whole, fields{model.Author: "8"}},
		{"taken off at once, never published first", model.Published, true, with(model.State, model.Draft), nil, with(model.State, model.Draft)},
		{"not public so far", model.Draft, true, with(model.State, model.Published), nil, with(model.State, model.Published)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lc := diff.LocaleChange{Locale: "fr"}
			if tt.overrides {
				lc.Override = &diff.Override{}
			}
			fresh := object("1", model.Content{})
			fresh.Contents["fr"] = model.Content{Fields: fields{model.State: tt.state}}
			staged, rest := parted(&diff.Change{Contents: []diff.LocaleChange{lc}}, fresh, intercom.Write{Contents: map[model.Locale]fields{"fr": tt.send}})
			if d := cmp.Diff(tt.staged, staged.Contents["fr"]); d != "" {
				t.Errorf("staged: %s", d)
			}
			if d := cmp.Diff(tt.rest, rest.Contents["fr"]); d != "" {
				t.Errorf("the rest: %s", d)
			}
		})
	}
}

// A draft that did not take the text is not published.
func TestNotStaged(t *testing.T) {
	was := map[model.Field]string{model.Title: "Theirs", model.Description: "", model.Body: "<p>Theirs.</p>"}
	sent := map[model.Field]string{model.Title: "Ours", model.Description: "", model.Body: "<h3>Ours.</h3>"}
	for _, tt := range []struct{ title, body, want string }{
		{"Ours", "<h1>Ours.</h1>", ""},
		{"Ours", "<h2>Ours.</h2>", ""},
		{"Theirs", "<h1>Ours.</h1>", "en title"},
		{"Ours", "<p class=\"no-margin\">Theirs.</p>", "en body"},
	} {
		live := object("1", model.Content{PendingDraft: &model.PendingDraft{Fields: was}})
		answer := object("1", model.Content{Fields: map[model.Field]string{model.Title: tt.title, model.Body: tt.body}})
		c := &diff.Change{Live: live, Contents: []diff.LocaleChange{{Locale: "en", Override: &diff.Override{}}}}
		staged := intercom.Write{Contents: map[model.Locale]map[model.Field]string{"en": sent}}
		if got := notStaged(c, staged, answer); got != tt.want {
			t.Errorf("%s, %s: %q, want %q", tt.title, tt.body, got, tt.want)
		}
	}
}

// What a teammate wrote into the draft between staging and publishing is nobody's
// agreement.
func TestDisown(t *testing.T) {
	text := func(title, body string) *model.Object {
		return object("1", model.Content{Fields: map[model.Field]string{model.Title: title, model.Body: body}})
	}
	staged := intercom.Write{Contents: map[model.Locale]map[model.Field]string{"en": {}}}
	for _, tt := range []struct {
		name, title, body string
		status            Status
		taken             []model.Field
	}{
		{"as it was staged", "Ours", "<p>Ours.</p>", Done, []model.Field{model.Body, model.Title}},
		{"the body is theirs", "Ours", "<p>Theirs.</p>", Partly, []model.Field{model.Title}},
		{"the title is theirs", "Theirs", "<p class=\"no-margin\">Ours.</p>", Partly, []model.Field{model.Body}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Outcome{Status: Done, Live: text(tt.title, tt.body),
				Change: &diff.Change{Contents: []diff.LocaleChange{{Locale: "en", Override: &diff.Override{}}}},
				Taken:  map[model.Locale]map[model.Field]model.Agreed{"en": {model.Title: {}, model.Body: {}}}}
			disown(&o, staged, text("Ours", "<p>Ours.</p>"))
			if got := slices.Sorted(maps.Keys(o.Taken["en"])); o.Status != tt.status || !slices.Equal(got, tt.taken) {
				t.Errorf("%s, taken %q; want %s, %q", o.Status, got, tt.status, tt.taken)
			}
		})
	}
}
