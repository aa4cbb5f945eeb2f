package gather

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

func TestTeammates(t *testing.T) {
	got := teammates([]model.Admin{
		{ID: "1", Name: "Ana", Email: "ana@acme.test"},
		{ID: "2", Name: "Ben", Email: "ben@acme.test"},
		{ID: "3", Name: "Ana", Email: "ana@partner.test"},
		{ID: "4", Email: "cara@acme.test"},
		{ID: "5", Name: "Ana"},
		{ID: "6"},
	})
	want := map[string]string{"1": "Ana <ana@acme.test>", "2": "Ben", "3": "Ana <ana@partner.test>", "4": "cara@acme.test", "5": "Ana", "6": ""}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
