package diff

import (
	"testing"

	"github.com/hcsync/hcsync/internal/model"
)

// A live value that the last push had replaced is told apart from an edit, field
// by field, and a body by what it means.
func TestReverted(t *testing.T) {
	before, pushed := values{model.Title: "Old", model.Body: "Old."}, values{model.Title: "New", model.Body: "New."}
	tests := []struct {
		name        string
		live        values
		title, body What
	}{
		{"both put back", before, Reverted, Reverted},
		{"only the title", values{model.Title: "Old", model.Body: "Other."}, Reverted, Changed},
		{"neither", values{model.Title: "Third", model.Body: "Other."}, Changed, Changed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.synced(articleFile("20", "acme/start/a.md", in(pushed)), article("20", in(serverSide(pushed)), "10"))
			w.Remote.Objects[len(w.Remote.Objects)-1] = article("20", in(serverSide(tt.live)), "10")
			w.Previous = map[model.Key]map[model.Locale]map[model.Field]string{
				{Kind: model.Article, ID: "20"}: {"EN": {model.Title: "Old", model.Body: "<p>Old.</p>"}}}
			got := map[model.Field]What{}
			for _, d := range Compute(w.Input).Drift {
				got[d.Field] = d.What
			}
			if got[model.Title] != tt.title || got[model.Body] != tt.body {
				t.Errorf("title %q, body %q", got[model.Title], got[model.Body])
			}
		})
	}
}
