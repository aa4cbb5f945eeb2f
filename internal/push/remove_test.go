package push

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/sandbox"
)

const small = `
{"type":"list","data":[{"id":"41","identifier":"help","display_name":"Acme Help","url":"https://help.acme.test","website_turned_on":true,"workspace_id":"acme1234","default":true,"locales":["en","fr"],"default_locale":"en"}]}
{"type":"list","data":[
 {"id":"301","name":"Outer","description":"","help_center_id":41,"parent_id":null,"default_locale":"en","translated_content":{"type":"group_translated_content"}},
 {"id":"302","name":"Inner","description":"","help_center_id":41,"parent_id":"301","default_locale":"en","translated_content":{"type":"group_translated_content"}},
 {"id":"303","name":"Other","description":"","help_center_id":41,"parent_id":null,"default_locale":"en","translated_content":{"type":"group_translated_content"}}]}
{"type":"list","data":[
 {"id":"1001","parent_ids":[303],"title":"Invoices","description":"","body":"<p class=\"no-margin\">One.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000100,"url":"https://help.acme.test/en/articles/1001-invoices","default_locale":"en",
  "translated_content":{"type":"article_translated_content","fr":{"type":"article_content","title":"Factures","description":"","body":"<p class=\"no-margin\">Une.</p>","author_id":78,"state":"published","created_at":1700000000,"updated_at":1700000100}}}]}`

// removalsOf makes the changes that remove some objects of a workspace.
func removalsOf(t *testing.T, c *intercom.Client, op diff.Op, keys ...model.Key) *diff.Plan {
	t.Helper()
	now, err := c.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := &diff.Plan{}
	for _, key := range keys {
		for i := range now.Objects {
			o := &now.Objects[i]
			for _, content := range o.Contents {
				content.Fields[model.Body] = markup.StripSignatures(content.Fields[model.Body])
			}
			if o.Key() != key {
				continue
			}
			path := strings.Repeat("x/", 2+len(o.Parents))
			ch := diff.Change{About: diff.About{Kind: key.Kind, ID: key.ID, Path: path, Title: o.Title()}, Op: op, Live: o}
			for _, l := range o.Locales() {
				if op == diff.Unpublish {
					ch.Contents = append(ch.Contents, diff.LocaleChange{Locale: l, Removed: true})
				}
			}
			p.Changes = append(p.Changes, ch)
		}
	}
	return p
}

// Between the plan and the call a teammate does something: that removal stops,
// and nothing is sent.
func TestRemovalsLookAgain(t *testing.T) {
	article := model.Key{Kind: model.Article, ID: "1001"}
	inner, outer, other := model.Key{Kind: model.Collection, ID: "302"}, model.Key{Kind: model.Collection, ID: "301"}, model.Key{Kind: model.Collection, ID: "303"}
	text := "<p>Theirs</p>"
	edit := func(e sandbox.UIEdit) func(*sandbox.Server) error {
		return func(s *sandbox.Server) error { return s.UIEdit("1001", e) }
	}
	nothing := func(*sandbox.Server) error { return nil }
	for _, tt := range []struct {
		name  string
		op    diff.Op
		keys  []model.Key
		since func(*sandbox.Server) error
		ends  []Status
		calls []string
	}{
		{"nothing happened", diff.Unpublish, []model.Key{article}, nothing, []Status{Done}, []string{"PUT /articles/1001"}},
		{"an edit", diff.Unpublish, []model.Key{article}, edit(sandbox.UIEdit{Body: &text}), []Status{Stopped}, nil},
		{"an edit of a translation", diff.Delete, []model.Key{article}, edit(sandbox.UIEdit{Locale: "fr", Title: &text}), []Status{Stopped}, nil},
		{"a pending draft", diff.Delete, []model.Key{article}, edit(sandbox.UIEdit{Body: &text, Draft: true}), []Status{Stopped}, nil},
		{"deleted there too", diff.Delete, []model.Key{article}, func(s *sandbox.Server) error { return s.UIDelete("1001") }, []Status{Done}, nil},
		{"empty collections, from the inside out", diff.Delete, []model.Key{inner, outer}, nothing, []Status{Done, Done},
			[]string{"DELETE /help_center/collections/302", "DELETE /help_center/collections/301"}},
		{"a collection that is not empty", diff.Delete, []model.Key{other}, nothing, []Status{Stopped}, nil},
		{"a collection that was filled", diff.Delete, []model.Key{inner, outer}, func(s *sandbox.Server) error { return s.UIMove("1001", 302, 303) },
			[]Status{Stopped, Stopped}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, url := sandbox.NewTest(t)
			if _, err := s.Import(strings.NewReader(small)); err != nil {
				t.Fatal(err)
			}
			client, err := intercom.New(intercom.Options{BaseURL: url, Token: "x"})
			if err != nil {
				t.Fatal(err)
			}
			p := removalsOf(t, client, tt.op, tt.keys...)
			if err := tt.since(s); err != nil {
				t.Fatal(err)
			}
			e := &Executor{Client: client, Centers: []model.HelpCenter{{ID: "41", Default: "en", Multilingual: true}}}
			outcomes, err := e.Apply(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			var ends []Status
			for _, o := range outcomes {
				ends = append(ends, o.Status)
			}
			var calls []string
			for _, r := range s.Writes() {
				calls = append(calls, r.Method+" "+r.Path)
			}
			if d := cmp.Diff(tt.ends, ends); d != "" {
				t.Errorf("ends (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.calls, calls); d != "" {
				t.Errorf("calls (-want +got):\n%s", d)
			}
		})
	}
}
