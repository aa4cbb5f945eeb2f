package restore

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/model"
)

type fields map[model.Field]string

func managed(f fields) map[model.Field]model.Agreed {
	out := map[model.Field]model.Agreed{}
	for k, v := range f {
		out[k] = model.Agreed{Managed: true, Local: v, Remote: "server's " + v}
	}
	return out
}

// then is an English article as the state had it.
func then(path string, f fields) *model.BaseObject {
	return &model.BaseObject{Kind: model.Article, ID: "1", Path: path, Contents: map[model.Locale]model.BaseContent{"en": {Fields: managed(f)}}}
}

// now is an English article as its file is.
func now(path string, f fields, lines ...model.Field) *model.Object {
	c := model.Content{File: "content/" + path, Fields: f, Lines: map[model.Field]int{}}
	for _, l := range lines {
		c.Lines[l] = 1
	}
	return &model.Object{Kind: model.Article, ID: "1", Path: path, Default: "en", Contents: map[model.Locale]model.Content{"en": c}}
}

func text(s string) *string { return &s }

func TestCompute(t *testing.T) {
	key := model.Key{Kind: model.Article, ID: "1"}
	tests := []struct {
		name    string
		object  Object
		options func(*Options)
		want    []content.Edit
		notes   []string
	}{
		{name: "only what differs", object: Object{
			Then: then("a/x.md", fields{model.Title: "Old", model.Description: "D", model.Body: "Old."}),
			Now:  now("a/x.md", fields{model.Title: "New", model.Description: "D", model.Body: "Old."})},
			want: []content.Edit{{Path: "a/x.md", Set: []content.Pair{{Key: "title", Value: "Old"}}}}},
		{name: "nothing differs", object: Object{
			Then: then("a/x.md", fields{model.Title: "T"}), Now: now("a/x.md", fields{model.Title: "T"})}},
		{name: "the state of publication stays", object: Object{
			Then: then("a/x.md", fields{model.State: model.Published, model.Body: "Old."}),
			Now:  now("a/x.md", fields{model.State: model.Draft, model.Body: "New."})},
			want: []content.Edit{{Path: "a/x.md", Body: text("Old.")}}},
		{name: "unless asked for", object: Object{
			Then: then("a/x.md", fields{model.State: model.Published}), Now: now("a/x.md", fields{model.State: model.Draft})},
			options: func(o *Options) { o.State = true },
			want:    []content.Edit{{Path: "a/x.md", Set: []content.Pair{{Key: "state", Value: "published"}}}}},
		{name: "an author by id gives way to an address", object: Object{
			Then: then("a/x.md", fields{model.Author: "ann@acme.test"}), Now: now("a/x.md", fields{model.Author: "8"}, "author_id")},
			want: []content.Edit{{Path: "a/x.md", Set: []content.Pair{{Key: "author_id", Remove: true}, {Key: "author", Value: "ann@acme.test"}}}}},
		{name: "an author stays an id", object: Object{
			Then: then("a/x.md", fields{model.Author: "7"}), Now: now("a/x.md", fields{model.Author: "8"}, "author_id")},
			want: []content.Edit{{Path: "a/x.md", Set: []content.Pair{{Key: "author_id", Value: "7"}}}}},
		{name: "a field that the file did not name then", object: Object{
			Then: &model.BaseObject{Kind: model.Article, ID: "1", Path: "a/x.md", Contents: map[model.Locale]model.BaseContent{"en": {
				Fields: map[model.Field]model.Agreed{model.Description: {Remote: "live"}, model.Author: {Remote: "7"}}}}},
			Now: now("a/x.md", fields{model.Description: "mine", model.Author: "8"})},
			want: []content.Edit{{Path: "a/x.md", Set: []content.Pair{{Key: "description", Value: "live"}}}}},
		{name: "links stay right in a file that has moved", object: Object{
			Then: then("a/x.md", fields{model.Body: "[y](y.md)"}), Now: now("b/c/x.md", fields{model.Body: "New."})},
			want:  []content.Edit{{Path: "b/c/x.md", Body: text("[y](../../a/y.md)")}},
			notes: []string{"b/c/x.md: was at a/x.md then; the file stays, move it with `hcsync mv`"}},
		{name: "a file that is gone", object: Object{Then: then("a/x.md", fields{model.Title: "T", model.State: model.Published, model.Body: "B."}), Path: "a/x.md"},
			want: []content.Edit{{Path: "a/x.md", New: true, Body: text("B."), Set: []content.Pair{{Key: "id", Value: "1"}, {Key: "title", Value: "T"}}}}},
		{name: "without ids, in a second workspace", object: Object{Then: then("a/x.md", fields{model.Title: "T"}), Path: "a/x.md"},
			options: func(o *Options) { o.IDs = false },
			want:    []content.Edit{{Path: "a/x.md", New: true, Set: []content.Pair{{Key: "title", Value: "T"}}}}},
		{name: "with what git last had", object: Object{Then: then("a/x.md", fields{model.Title: "T", model.Author: "a@b.test"}), Path: "a/x.md"},
			options: func(o *Options) {
				o.Last = func(string) []byte { return []byte("---\nid: \"1\"\nauthor_id: 7\n---\n") }
			},
			want: []content.Edit{{Path: "a/x.md", New: true, Seed: []byte("---\nid: \"1\"\nauthor_id: 7\n---\n"),
				Set: []content.Pair{{Key: "conflict", Remove: true}, {Key: "id", Value: "1"}, {Key: "title", Value: "T"}, {Key: "author_id", Remove: true}, {Key: "author", Value: "a@b.test"}}}}},
		{name: "a locale that the help center has no more", object: Object{Then: then("a/x.md", fields{model.Title: "T"}), Path: "a/x.md"},
			options: func(o *Options) { o.Has = func(string, model.Locale) bool { return false } },
			notes:   []string{"a/x.md: had a text in en then, which its help center no longer has; left alone"}},
		{name: "an unsettled conflict", object: Object{Then: then("a/x.md", fields{model.Title: "T"}), Now: now("a/x.md", fields{model.Title: "N"})},
			options: func(o *Options) { o.InConflict = func(string) bool { return true } },
			notes:   []string{"a/x.md: holds a conflict of an earlier pull; settle it first"}},
		{name: "added since", object: Object{Now: now("a/x.md", fields{model.Title: "N"})},
			notes: []string{"a/x.md: the state did not have it then; left alone"}},
		{name: "a locale that is not asked for", object: Object{Then: then("a/x.md", fields{model.Title: "T"}), Now: now("a/x.md", fields{model.Title: "N"})},
			options: func(o *Options) { o.Locale = func(model.Locale) bool { return false } }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{Content: "content", IDs: true, Default: func(string) model.Locale { return "en" }, Has: func(string, model.Locale) bool { return true }, Last: func(string) []byte { return nil }}
			if tt.options != nil {
				tt.options(&o)
			}
			tt.object.Key = key
			r := Compute([]Object{tt.object}, o)
			var edits []content.Edit
			for _, f := range r.Files {
				edits = append(edits, f.Edit)
			}
			if diff := cmp.Diff(tt.want, edits); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.notes, r.Notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}
