package status

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

func article(id, path string) diff.About {
	return diff.About{Kind: model.Article, ID: id, Path: path, Title: path}
}

func pair(id, path string) diff.Pair {
	return diff.Pair{Local: &model.Object{Kind: model.Article, ID: id, Path: path}, Remote: &model.Object{Kind: model.Article, ID: id}}
}

func TestOf(t *testing.T) {
	p := &diff.Plan{
		Changes: []diff.Change{
			{About: article("", "a/new.md"), Op: diff.Create, Contents: []diff.LocaleChange{{Locale: "en", New: true}}},
			{About: article("2", "a/edit.md"), Op: diff.Update, Contents: []diff.LocaleChange{
				{Locale: "en", Fields: []diff.FieldChange{{Field: model.Title}, {Field: model.Body}}}, {Locale: "fr", New: true}}},
			{About: article("3", "a/move.md"), Op: diff.Move},
			{About: article("8", "a/off.md"), Op: diff.Delete},
		},
		Drift: []diff.Drift{
			{About: article("2", "a/edit.md"), Locale: "fr", Field: model.Title, What: diff.Changed, By: "Ana"},
			{About: article("4", "a/back.md"), Locale: "en", Field: model.Body, What: diff.Reverted},
			{About: article("5", ""), What: diff.New},
			{About: article("6", "a/lost.md"), Locale: "fr", What: diff.LocaleOff},
		},
		Conflicts: []diff.Conflict{{About: article("2", "a/edit.md"), Locale: "en", Field: model.State}},
		Removals:  []diff.Removal{{About: article("7", "a/gone.md")}},
		Pairs:     []diff.Pair{pair("2", "a/edit.md"), pair("9", "a/same.md"), pair("10", "b/other.md"), {Remote: &model.Object{Kind: model.Article, ID: "7"}}},
	}
	got := map[string][]Finding{}
	var order []string
	objects := Of(p, func(a diff.About) bool { return a.Path != "b/other.md" })
	for _, o := range objects {
		got[o.Path] = o.Findings
		order = append(order, o.Path)
	}
	none := []Place{}
	want := map[string][]Finding{
		"":          {{State: NewThere, Places: none}},
		"a/new.md":  {{State: NewHere, Places: none}},
		"a/edit.md": {{State: Conflict, Places: []Place{{Locale: "en", Fields: []model.Field{model.State}}}}, {State: NewHere, Places: []Place{{Locale: "fr", Fields: []model.Field{}}}}, {State: ChangedHere, Places: []Place{{Locale: "en", Fields: []model.Field{model.Title, model.Body}}}}, {State: Changed, Places: []Place{{Locale: "fr", Fields: []model.Field{model.Title}}}, By: []string{"Ana"}}},
		"a/move.md": {{State: MovedHere, Places: none}},
		"a/off.md":  {{State: GoneHere, Places: none}},
		"a/back.md": {{State: Reverted, Places: []Place{{Locale: "en", Fields: []model.Field{model.Body}}}}},
		"a/lost.md": {{State: GoneThere, Places: []Place{{Locale: "fr", Fields: []model.Field{}}}}},
		"a/gone.md": {{State: GoneHere, Places: none}},
		"a/same.md": {{State: InSync, Places: none}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"", "a/back.md", "a/edit.md", "a/gone.md", "a/lost.md", "a/move.md", "a/new.md", "a/off.md", "a/same.md"}, order); diff != "" {
		t.Error(diff)
	}
	counts := Count(objects)
	if counts[GoneHere] != 2 || counts[NewHere] != 2 || counts[InSync] != 1 {
		t.Errorf("counts: %v", counts)
	}
	if sorted := Sorted(counts); sorted[0] != Conflict || sorted[len(sorted)-1] != InSync {
		t.Errorf("order: %v", sorted)
	}
}
