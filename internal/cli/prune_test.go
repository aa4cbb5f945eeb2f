package cli

import (
	"testing"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// The question names what cannot be taken back.
func TestQuestion(t *testing.T) {
	public := &model.Object{Contents: map[model.Locale]model.Content{"en": {Fields: map[model.Field]string{model.State: model.Published}}}}
	removal := func(k model.Kind) diff.Change {
		return diff.Change{About: diff.About{Kind: k}, Op: diff.Delete, Live: public}
	}
	state := func(v string) diff.Change {
		return diff.Change{Op: diff.Update, Live: public, Contents: []diff.LocaleChange{{Locale: "en", Fields: []diff.FieldChange{{Field: model.State, Send: v}}}}}
	}
	for _, tt := range []struct {
		changes []diff.Change
		want    string
	}{
		{[]diff.Change{{Op: diff.Create}}, "Apply 1 change to staging?"},
		{[]diff.Change{removal(model.Article), removal(model.Article), removal(model.Collection), state(model.Draft), state(model.Published)},
			"Apply 5 changes to staging (delete 2 articles and 1 collection, unpublish 1, publish 1)?"},
	} {
		if got := question(&diff.Plan{Changes: tt.changes}, "staging"); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestBrakeNamesEveryNumber(t *testing.T) {
	brakes := []diff.Brake{{What: diff.Removing, Count: 5, Of: 9}, {What: diff.Unpublishing, Count: 4, Of: 9}, {What: diff.Publishing, Count: 1, Of: 9}}
	err := brake(brakes, nil, "nothing was sent")
	const want = "this would remove 5 of 9 articles and collections, unpublish 4 of 9 pages; nothing was sent\n" +
		"a run stops above 30 %, or above 3 of fewer than 10; if it is meant, add `--allow 5,4`"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := brake(brakes, []int{5, 4}, ""); err != nil {
		t.Error(err)
	}
}
