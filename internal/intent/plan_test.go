package intent

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// TestOf writes down what a plan is about to send, and of what was read only
// what the state does not hold already.
func TestOf(t *testing.T) {
	tip := map[model.Key]*model.BaseObject{{Kind: model.Article, ID: "20"}: agreed20()}
	change := func(live string, edit func(*diff.Change)) Change {
		o := live20(said("title", "Old", "body", live), "10")
		local := model.Object{Kind: model.Article, ID: "20", Path: "acme/a.md", Parents: []model.Ref{{ID: "11", Path: "acme/to"}}, Contents: said("title", "Old", "body", "One, new.\n\nTwo.")}
		c := diff.Change{About: diff.About{Kind: model.Article, ID: "20", Path: "acme/a.md", Title: "Old"}, Op: diff.Update, Local: &local, Live: &o, Base: agreed20(),
			Contents: []diff.LocaleChange{{Locale: "en", Fields: []diff.FieldChange{{Field: model.Body, After: "One, new.\n\nTwo.", Send: p("One, new.") + p("Two.")}}}}}
		edit(&c)
		return Of(&diff.Plan{Changes: []diff.Change{c}}, tip)[0]
	}
	want := func(edit func(*Change)) Change {
		c := update(newBody())
		edit(&c)
		return c
	}
	drifted := p("One, drifted.") + p("Two.")
	older := agreed20()
	older.Contents["en"] = model.BaseContent{Fields: map[model.Field]model.Agreed{model.Title: {Managed: true, Local: "Older", Remote: "Older"}}}
	for name, tt := range map[string]struct{ got, want Change }{
		"as the state has it": {change(p("One.")+p("Two."), func(*diff.Change) {}), want(func(*Change) {})},
		"not as the state has it": {change(drifted, func(*diff.Change) {}), want(func(c *Change) {
			f := &c.Locales[0].Fields[0]
			f.Hash, f.Read = Hash(drifted), &drifted
		})},
		"an older agreement": {change(drifted, func(c *diff.Change) { c.Base = older }), want(func(c *Change) {
			c.Locales[0].Base = map[model.Field]Value{model.Title: {Managed: true, Local: "Older", Remote: "Older"}}
			f := &c.Locales[0].Fields[0]
			f.Hash, f.Read = Hash(drifted), &drifted
		})},
		"a move that keeps another parent": {
			change(p("One.")+p("Two."), func(c *diff.Change) {
				c.Op, c.Parent = diff.Move, &diff.ParentChange{From: []model.Ref{{ID: "10"}, {ID: "12"}}, To: []model.Ref{{ID: "11", Path: "acme/to"}, {ID: "12"}}}
			}), want(func(c *Change) {
				c.Op, c.Move = diff.Move, &Move{From: []model.Ref{{ID: "10"}, {ID: "12"}}, To: []model.Ref{{ID: "11", Path: "acme/to"}, {ID: "12"}}, Home: []model.Ref{{ID: "11", Path: "acme/to"}}}
			})},
		"a value that the file does not name": {
			change(p("One.")+p("Two."), func(c *diff.Change) {
				c.Contents[0].Fields = []diff.FieldChange{{Field: model.Author, After: "a@acme.test", Send: "7"}}
			}), want(func(c *Change) { c.Locales[0].Fields = []Field{{Field: model.Author, Send: "7", Read: text("")}} })},
		"a new locale": {
			change(p("One.")+p("Two."), func(c *diff.Change) { c.Contents[0].Locale, c.Contents[0].New = "fr", true }),
			want(func(c *Change) {
				c.Locales[0].Locale = "fr"
				c.Locales[0].Fields = []Field{{Field: model.Body, Send: p("One, new.") + p("Two.")}}
			})},
		"a removal": {
			change(p("One.")+p("Two."), func(c *diff.Change) {
				c.Op, c.Local = diff.Unpublish, nil
				c.Contents = []diff.LocaleChange{{Locale: "en", Removed: true, Fields: []diff.FieldChange{{Field: model.State, Before: "published", After: "draft", Send: "draft"}}}}
			}), want(func(c *Change) {
				c.Op = diff.Unpublish
				c.Locales[0].Fields = []Field{{Field: model.State, Send: "draft", Read: text("")}}
			})},
	} {
		if d := cmp.Diff(tt.want, tt.got); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}
