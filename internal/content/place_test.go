package content

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

func collection(id, hc, title string, parents ...string) model.Object {
	return object(model.Collection, id, hc, title, parents)
}

func articleIn(id, title string, parents ...string) model.Object {
	return object(model.Article, id, "", title, parents)
}

func object(kind model.Kind, id, hc, title string, parents []string) model.Object {
	o := model.Object{Kind: kind, ID: id, HelpCenter: hc, Default: "en", Contents: map[model.Locale]model.Content{
		"en": {Fields: map[model.Field]string{model.Title: title}},
	}}
	for _, p := range parents {
		o.Parents = append(o.Parents, model.Ref{ID: p})
	}
	return o
}

func TestPlace(t *testing.T) {
	remote := model.Snapshot{
		HelpCenters: []model.HelpCenter{
			{ID: "9", Identifier: "labs"}, {ID: "10", Name: "Acme Help"}, {ID: "11", Name: "Acme help"}, {ID: "12"}, {ID: "13", Name: "Moved"},
		},
		Objects: []model.Object{
			collection("1", "10", "Start"),
			collection("2", "10", "More", "1"),
			collection("3", "10", "Start"),
			collection("4", "9", "Known elsewhere"),
			collection("5", "10", "Lost", "999"),
			collection("6", "10", "Circle A", "7"),
			collection("7", "10", "Circle B", "6"),
			collection("8", "", "Nowhere"),
			collection("100", "10", "Below a moved one", "4"),
			articleIn("20", "Install", "1", "2"),
			articleIn("21", "Install", "2"),
			articleIn("22", "INSTALL!", "2"),
			articleIn("23", "Loose"),
			articleIn("24", "Lost", "999"),
			articleIn("25", "Two of a depth", "3", "1"),
			articleIn("26", "Has a file", "1"),
			articleIn("27", "Draft", "1"),
		},
	}
	local := model.Snapshot{
		HelpCenters: []model.HelpCenter{{ID: "13", Path: "help"}},
		Objects: []model.Object{
			{Kind: model.Collection, ID: "4", Path: "help/own-name"},
			{Kind: model.Article, ID: "26", Path: "help/own-name/Mine.md"},
			{Kind: model.Article, Path: "acme-help/start/draft.md"},
		},
	}
	places := Place(local, remote, nil)
	paths, centers := places.Paths, places.HelpCenters
	if diff := cmp.Diff(map[string]string{"9": "labs", "10": "acme-help-2", "11": "acme-help-3", "12": "12", "13": "help"}, centers); diff != "" {
		t.Error(diff)
	}
	got := map[string]string{}
	for k, p := range paths {
		got[k.ID] = p
	}
	want := map[string]string{
		"1": "acme-help-2/start", "2": "acme-help-2/start/more", "3": "acme-help-2/start-2", "4": "help/own-name",
		"5": "acme-help-2/lost", "7": "acme-help-2/circle-b", "6": "acme-help-2/circle-b/circle-a", "8": "labs/nowhere", "100": "help/own-name/below-a-moved-one",
		"20": "acme-help-2/start/more/install.md", "21": "acme-help-2/start/more/install-2.md", "22": "acme-help-2/start/more/install-3.md",
		"23": "_unlisted/loose.md", "24": "_unlisted/lost.md", "25": "acme-help-2/start/two-of-a-depth.md",
		"26": "help/own-name/Mine.md", "27": "acme-help-2/start/draft.md",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlaceWithoutHelpCenter(t *testing.T) {
	places := Place(model.Snapshot{}, model.Snapshot{Objects: []model.Object{collection("1", "", "Start"), articleIn("2", "A", "1")}}, nil)
	paths, centers := places.Paths, places.HelpCenters
	want := map[model.Key]string{{Kind: model.Article, ID: "2"}: "_unlisted/a.md"}
	if diff := cmp.Diff(want, paths); diff != "" || len(centers) != 0 {
		t.Error(diff, centers)
	}
}

// TestPlaceBesideOtherFiles says that a new file never takes the place of one
// that the snapshot does not speak of.
func TestPlaceBesideOtherFiles(t *testing.T) {
	tree := newTree(t, Options{Exclude: []string{"acme/start/hidden.md"}})
	put(t, tree.Dir, "content/acme/start/Hidden.md", "---\nid: 33\ntitle: Hidden\n---\n")
	put(t, tree.Dir, "content/acme/start/Hidden.fr.md", "---\ntitle: [\n---\n")
	put(t, tree.Dir, "content/acme/start/plain.md", "no front matter\n")
	put(t, tree.Dir, "content/acme/pictures/x.png", "png")
	local, problems := reread(t, tree)
	if text := problemText(problems); strings.Contains(text, "idden") || len(local.Objects) != 2 {
		t.Errorf("what is excluded was read: %s", text)
	}
	paths := tree.Place(local, model.Snapshot{
		HelpCenters: []model.HelpCenter{{ID: "7"}},
		Objects: []model.Object{
			collection("10", "7", "Start"), collection("11", "7", "Pictures"),
			articleIn("30", "Hidden", "10"), articleIn("31", "Plain", "10"), articleIn("33", "Renamed", "10"),
		},
	}, nil).Paths
	got := map[string]string{}
	for k, p := range paths {
		got[k.ID] = p
	}
	want := map[string]string{"10": "acme/start", "11": "acme/pictures", "30": "acme/start/hidden-2.md", "31": "acme/start/plain-2.md", "33": "acme/start/Hidden.md"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHome(t *testing.T) {
	paths := map[model.Key]string{
		{Kind: model.Collection, ID: "1"}: "a", {Kind: model.Collection, ID: "2"}: "a/b", {Kind: model.Collection, ID: "9"}: "a/c", {Kind: model.Collection, ID: "10"}: "a/d",
	}
	for _, c := range []struct {
		current string
		parents []string
		want    string
	}{
		{"", nil, "_unlisted"},
		{"a", []string{"1", "2"}, "a"},
		{"x", []string{"1", "2"}, "a/b"},
		{"", []string{"10", "9"}, "a/c"},
		{"", []string{"404", "1"}, "a"},
		{"a", []string{"404"}, "_unlisted"},
	} {
		o := articleIn("5", "x", c.parents...)
		if got := Home(paths, &o, c.current); got != c.want {
			t.Errorf("in %s of %v: got %s, want %s", c.current, c.parents, got, c.want)
		}
	}
}
