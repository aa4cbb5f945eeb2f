package diff

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

func TestBrakeHeld(t *testing.T) {
	for _, tt := range []struct {
		count, of int
		want      bool
	}{
		{0, 0, false}, {3, 3, false}, {3, 9, false}, {4, 9, true}, {4, 4, true},
		{3, 10, false}, {4, 10, true}, {4, 13, true}, {4, 14, false},
		{30, 100, false}, {31, 100, true}, {300, 1000, false}, {301, 1000, true},
	} {
		if got := (Brake{Count: tt.count, Of: tt.of}).Held(); got != tt.want {
			t.Errorf("%d of %d: held %v", tt.count, tt.of, got)
		}
	}
}

func TestHeld(t *testing.T) {
	brakes := []Brake{{Removing, 4, 9}, {Unpublishing, 5, 9}, {Publishing, 1, 9}}
	for _, tt := range []struct {
		allowed []int
		want    string
	}{
		{nil, "[remove 4 of 9 articles and collections unpublish 5 of 9 pages]"},
		{[]int{4}, "[unpublish 5 of 9 pages]"},
		{[]int{3, 6, 100}, "[remove 4 of 9 articles and collections unpublish 5 of 9 pages]"},
		{[]int{5, 4}, "[]"},
	} {
		if got := fmt.Sprint(Held(brakes, tt.allowed)); got != tt.want {
			t.Errorf("allowed %v: %s, want %s", tt.allowed, got, tt.want)
		}
	}
}

// What is limited is what happens to what exists: creates and edits are free.
func TestBrakes(t *testing.T) {
	w := newWorld()
	public := with(hello, model.State, model.Published)
	for i, v := range []values{hello, hello, public, public, public} {
		id := fmt.Sprint(20 + i)
		both := texts{"en": v, "fr": v}
		w.synced(articleFile(id, "acme/start/"+id+".md", both), article(id, both, "10"))
	}
	set := func(i int, l model.Locale, f model.Field, v string) { w.Local.Objects[i].Contents[l].Fields[f] = v }
	set(1, "en", model.State, model.Published)
	set(2, "en", model.Title, "Another")
	set(3, "fr", model.State, model.Draft)
	delete(w.Local.Objects[4].Contents, "fr")
	w.Local.Objects = w.Local.Objects[:5]
	w.local(articleFile("", "acme/start/new.md", in(values{model.Title: "Quite new", model.Body: "Fresh.\n", model.State: model.Published})))
	w.remote(article("99", in(public), "10"))

	p := Compute(w.Input)
	if d := cmp.Diff([]Brake{{Removing, 0, 6}, {Unpublishing, 1, 6}, {Publishing, 1, 10}}, p.Brakes()); d != "" {
		t.Errorf("without --prune (-want +got):\n%s", d)
	}
	w.Prune.On = true
	p = Compute(w.Input)
	if d := cmp.Diff([]Brake{{Removing, 2, 6}, {Unpublishing, 1, 6}, {Publishing, 1, 10}}, p.Brakes()); d != "" {
		t.Errorf("to draft (-want +got):\n%s", d)
	}
	if got, want := p.Toll(), (Toll{Unpublished: 4, Published: 1}); got != want {
		t.Errorf("takes %+v, want %+v", got, want)
	}
	w.Prune.Delete = true
	p = Compute(w.Input)
	if got, want := p.Toll(), (Toll{Articles: 1, Unpublished: 2, Published: 1}); got != want {
		t.Errorf("takes %+v, want %+v", got, want)
	}
}
