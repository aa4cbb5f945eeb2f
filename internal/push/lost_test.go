package push

import (
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/sandbox"
)

// TestLostAnswer loses the answer to a create while teammates have the same
// idea: only what says the same as what was sent is taken for it.
func TestLostAnswer(t *testing.T) {
	const ours = "<h2>Tips</h2><p>Ours.</p><img src=\"https://example.com/a.png\">"
	tests := []struct {
		name      string
		fault     string
		teammates []string // bodies
		message   string   // "" for adopted
		unsure    bool
	}{
		{name: "arrived", fault: sandbox.FaultDropAfter},
		{name: "did not arrive", fault: sandbox.FaultDropBefore, message: "so far it is not in Intercom", unsure: true},
		{name: "a teammate's instead", fault: sandbox.FaultDropBefore, teammates: []string{"<p>Theirs.</p>"},
			message: "to take it over, write its number as `id:` into the file; to make a new one, change the title"},
		{name: "a teammate's that is empty", fault: sandbox.FaultDropBefore, teammates: []string{""}, message: "something else with this title"},
		{name: "a teammate's with the same text", fault: sandbox.FaultDropBefore, teammates: []string{ours}},
		{name: "beside a teammate's", fault: sandbox.FaultDropAfter, teammates: []string{"<p>Theirs.</p>"}, message: "has 2 new ones with this title", unsure: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server, url := sandbox.NewTest(t)
			if _, err := server.Import(strings.NewReader(small)); err != nil {
				t.Fatal(err)
			}
			client, err := intercom.New(intercom.Options{BaseURL: url, Token: "none"})
			if err != nil {
				t.Fatal(err)
			}
			now, err := client.Snapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			known := map[model.Key]bool{}
			for _, o := range now.Objects {
				known[o.Key()] = true
			}
			parent := "303"
			for _, body := range tt.teammates {
				fields := map[model.Field]string{model.Title: "Tips", model.Body: body, model.State: model.Draft, model.Author: "77"}
				w := intercom.Write{Kind: model.Article, Default: "en", Multilingual: true, Parent: &parent, Contents: map[model.Locale]map[model.Field]string{"en": fields}}
				if _, err := client.Create(t.Context(), w); err != nil {
					t.Fatal(err)
				}
			}
			if err := server.AddFault(sandbox.Fault{Kind: tt.fault, Method: "POST", Times: 1}); err != nil {
				t.Fatal(err)
			}
			e := &Executor{Client: client, Centers: now.HelpCenters, Links: gather.NewLinks("content", "", model.Snapshot{}, now, nil),
				Known: func(key model.Key) bool { return known[key] }}
			outcomes, err := e.Apply(t.Context(), &diff.Plan{Changes: []diff.Change{tips(ours)}})
			if err != nil {
				t.Fatal(err)
			}
			o := outcomes[0]
			if adopted := o.Status == Done; adopted != (tt.message == "") || !strings.Contains(o.Message, tt.message) || o.Unsure != tt.unsure {
				t.Errorf("%s, unsure %t: %s", o.Status, o.Unsure, o.Message)
			}
		})
	}
}

// tips makes the change that creates an article with this body in collection 303.
func tips(body string) diff.Change {
	local := &model.Object{Kind: model.Article, HelpCenter: "41", Path: "help/other/tips.md", Default: "en",
		Contents: map[model.Locale]model.Content{"en": said("title", "Tips", "body", "…")}}
	return diff.Change{About: diff.About{Kind: model.Article, Path: local.Path, Title: "Tips"}, Op: diff.Create, Local: local, HelpCenter: "41",
		Parent: &diff.ParentChange{To: []model.Ref{{ID: "303"}}},
		Contents: []diff.LocaleChange{{Locale: "en", New: true, Fields: []diff.FieldChange{
			{Field: model.Title, After: "Tips", Send: "Tips"}, {Field: model.Body, After: "…", Send: body},
			{Field: model.State, Send: model.Draft}, {Field: model.Author, Send: "77"}}}}}
}
