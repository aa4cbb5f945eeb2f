package push

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
)

// said makes content out of pairs of a field and its value.
func said(pairs ...string) model.Content {
	c := model.Content{Fields: map[model.Field]string{}}
	for i := 0; i < len(pairs); i += 2 {
		c.Fields[model.Field(pairs[i])] = pairs[i+1]
	}
	return c
}

// object makes one that speaks English.
func object(id string, c model.Content, parents ...string) *model.Object {
	o := &model.Object{Kind: model.Article, ID: id, HelpCenter: "1", Default: "en", ParentsComplete: true, Contents: map[model.Locale]model.Content{"en": c}}
	for _, p := range parents {
		o.Parents = append(o.Parents, model.Ref{ID: p})
	}
	return o
}

func TestJudge(t *testing.T) {
	const (
		draft   = "en %s still has its old value; a teammate's unpublished draft keeps edits from going live"
		oldBody = "<p>Old.</p>"
	)
	managed := func(local, remote string) *model.Agreed {
		return &model.Agreed{Managed: true, Local: local, Remote: remote}
	}
	tests := []struct {
		name          string
		field         model.Field
		file, sent    string
		old, got      string // old "-": a create
		message       string
		taken         *model.Agreed
		fileIsSilent  bool
		answerIsEmpty bool // the answer has no such locale
	}{
		{name: "taken", field: model.Title, file: "New", sent: "New", old: "Old", got: "New", taken: managed("New", "New")},
		{name: "kept", field: model.Title, file: "New", sent: "New", old: "Old", got: "Old", message: strings.ReplaceAll(draft, "%s", "title")},
		{name: "rewritten", field: model.Title, file: "New ", sent: "New ", old: "Old", got: "New", taken: managed("New ", "New")},
		{name: "the same as before", field: model.Title, file: "Old", sent: "Old", old: "Old", got: "Old", taken: managed("Old", "Old")},
		{name: "published", field: model.State, file: "published", sent: "published", old: "draft", got: "published", taken: managed("published", "published")},
		{name: "not published", field: model.State, file: "published", sent: "published", old: "draft", got: "draft", message: strings.ReplaceAll(draft, "%s", "state")},
		{name: "body taken", field: model.Body, file: "New.\n", sent: "<p>New.</p>", old: oldBody, got: "<p class=\"no-margin\">New.</p>", taken: managed("New.\n", "<p class=\"no-margin\">New.</p>")},
		{name: "body rewritten", field: model.Body, file: "New.\n", sent: "<p>New.</p>", old: oldBody, got: "<h2>New.</h2>", taken: managed("New.\n", "<h2>New.</h2>")},
		{name: "body kept, spelled otherwise", field: model.Body, file: "New.\n", sent: "<p>New.</p>", old: oldBody, got: "<p class=\"no-margin\">Old.</p>", message: strings.ReplaceAll(draft, "%s", "body")},
		{name: "author kept", field: model.Author, file: "bob@acme.test", sent: "8", old: "7", got: "7", message: "en author still has its old value; is the author still a teammate?"},
		{name: "author taken", field: model.Author, file: "bob@acme.test", sent: "8", old: "7", got: "8", taken: managed("bob@acme.test", "8")},
		{name: "created", field: model.Title, file: "New", sent: "New", old: "-", got: "New", taken: managed("New", "New")},
		{name: "created as a draft", field: model.State, file: "published", sent: "published", old: "-", got: "draft", message: strings.ReplaceAll(draft, "%s", "state")},
		{name: "created without the text", field: model.Body, file: "New.\n", sent: "<p>New.</p>", old: "-", got: "", message: strings.ReplaceAll(draft, "%s", "body")},
		{name: "created with a state that the file does not name", field: model.State, file: "draft", sent: "draft", old: "-", got: "draft", fileIsSilent: true, taken: &model.Agreed{Remote: "draft"}},
		{name: "locale not taken", field: model.Title, file: "New", sent: "New", old: "-", answerIsEmpty: true, message: "en: the answer has no content in this locale; is it enabled in Intercom, and multi-language on?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			local := object("20", said(string(tt.field), tt.file))
			if tt.fileIsSilent {
				local = object("20", said())
			}
			c := &diff.Change{Op: diff.Update, Local: local, Contents: []diff.LocaleChange{{Locale: "en", Fields: []diff.FieldChange{{Field: tt.field, After: tt.file, Send: tt.sent}}}}}
			w := intercom.Write{Contents: map[model.Locale]map[model.Field]string{"en": {tt.field: tt.sent}}}
			before, live := object("20", said(string(tt.field), tt.old)), object("20", said(string(tt.field), tt.got))
			if tt.old == "-" {
				before, c.Op = nil, diff.Create
			}
			if tt.answerIsEmpty {
				live.Contents = nil
			}
			o := (&Executor{}).judge(c, w, before, live)
			status := Done
			if tt.message != "" {
				status = Partly
			}
			if o.Status != status || o.Message != tt.message {
				t.Errorf("%s: %s; want %s: %s", o.Status, o.Message, status, tt.message)
			}
			got, ok := o.Taken["en"][tt.field]
			if ok != (tt.taken != nil) || ok && got != *tt.taken {
				t.Errorf("taken %+v (%v), want %+v", got, ok, tt.taken)
			}
		})
	}
}

func TestJudgeParents(t *testing.T) {
	refs := func(ids ...string) (list []model.Ref) {
		for _, id := range ids {
			list = append(list, model.Ref{ID: id})
		}
		return list
	}
	tests := []struct {
		name string
		to   []model.Ref
		got  []string
		want bool
	}{
		{"there", refs("11"), []string{"11"}, true},
		{"there and elsewhere", refs("11"), []string{"10", "11"}, true},
		{"not there", refs("11"), []string{"10"}, false},
		{"only one of two", refs("11", "12"), []string{"11"}, false},
		{"none", nil, nil, true},
		{"still in one", nil, []string{"10"}, false},
		{"in a collection of this run", []model.Ref{{Path: "acme/new"}}, []string{"30"}, true},
		{"in one that was not made", []model.Ref{{Path: "acme/other"}}, []string{"30"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Executor{created: map[string]string{"acme/new": "30"}}
			c := &diff.Change{Op: diff.Move, Local: object("20", said()), Parent: &diff.ParentChange{To: tt.to}}
			o := e.judge(c, intercom.Write{}, object("20", said()), object("20", said(), tt.got...))
			if o.ParentTaken != tt.want || (o.Status == Done) != tt.want {
				t.Errorf("taken %v, %s %s", o.ParentTaken, o.Status, o.Message)
			}
		})
	}
}

// A new article that waits for addresses is first made as a draft. Until the
// second call has been answered, its text and its state count as not sent.
func TestJudgeBeforeLinks(t *testing.T) {
	local := object("", said("title", "New", "state", "published", "body", "[x](y.md)\n"))
	c := &diff.Change{Op: diff.Create, Local: local, Contents: []diff.LocaleChange{{Locale: "en", Fields: []diff.FieldChange{
		{Field: model.Title, After: "New", Send: "New"},
		{Field: model.State, After: "published", Send: "published"},
		{Field: model.Body, After: "[x](y.md)\n", Send: "<p>x</p>", Pending: true},
	}}}}
	w := intercom.Write{Contents: map[model.Locale]map[model.Field]string{"en": {"title": "New", "state": "draft", "body": "<p>x</p>"}}}
	live := object("20", said("title", "New", "state", "draft", "body", "<p>x</p>"))
	got := (&Executor{}).judge(c, w, nil, live).Taken["en"]
	want := map[model.Field]model.Agreed{
		model.Title: {Managed: true, Local: "New", Remote: "New"},
		model.State: {Managed: true, Local: "draft", Remote: "draft"},
		model.Body:  {Managed: true, Local: "", Remote: "<p>x</p>"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
