package content

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

// TestStrays moves main files away from their translations: those are read as
// what their id says, and a pull brings them after.
func TestStrays(t *testing.T) {
	head := map[string]string{
		"h/_help-center.md":  "---\nid: \"41\"\nname: H\nlocales: [en, fr]\ndefault_locale: en\n---\n",
		"h/a/_collection.md": "---\nid: \"1\"\ntitle: A\n---\n",
		"h/b/_collection.md": "---\nid: \"2\"\ntitle: B\n---\n",
	}
	file := func(id string) string { return "---\nid: \"" + id + "\"\ntitle: T\n---\n\nText.\n" }
	for _, c := range []struct {
		name     string
		files    map[string]string
		moves    map[string]string
		problems []string
	}{
		{"the main file went ahead", map[string]string{"h/b/x.md": file("7"), "h/a/x.fr.md": file("7")},
			map[string]string{"h/a/x.fr.md": "h/b/x.fr.md"},
			[]string{"content/h/a/x.fr.md: is a translation of content/h/b/x.md: `hcsync pull` moves it there"}},
		{"under another name", map[string]string{"h/a/y.md": file("7"), "h/a/x.fr.md": file("7")},
			map[string]string{"h/a/x.fr.md": "h/a/y.fr.md"},
			[]string{"content/h/a/x.fr.md: is a translation of content/h/a/y.md: `hcsync pull` moves it there"}},
		{"two past each other", map[string]string{"h/a/x.md": file("7"), "h/a/x.fr.md": file("8"), "h/b/x.md": file("8"), "h/b/x.fr.md": file("7")},
			map[string]string{"h/a/x.fr.md": "h/b/x.fr.md", "h/b/x.fr.md": "h/a/x.fr.md"},
			[]string{"content/h/a/x.fr.md: is a translation of content/h/b/x.md: `hcsync pull` moves it there", "content/h/b/x.fr.md: is a translation of content/h/a/x.md: `hcsync pull` moves it there"}},
		{"something new took the place", map[string]string{"h/b/x.md": file("7"), "h/a/x.md": "---\ntitle: New\n---\n", "h/a/x.fr.md": file("7")},
			map[string]string{"h/a/x.fr.md": "h/b/x.fr.md"},
			[]string{"content/h/a/x.fr.md: is a translation of content/h/b/x.md: `hcsync pull` moves it there"}},
		{"a copy of what is there stays a mistake", map[string]string{"h/b/x.md": file("7"), "h/b/x.fr.md": file("7"), "h/a/x.fr.md": file("7")}, nil,
			[]string{"content/h/a/x.fr.md: is a translation without its x.md: add it in the default locale en, or rename this file",
				"content/h/a/x.fr.md:2: has the id 7, like content/h/b/x.md: if one is a copy, remove the id from the copy"}},
		{"of nobody", map[string]string{"h/a/x.md": file("7"), "h/a/x.fr.md": file("9")}, nil,
			[]string{"content/h/a/x.fr.md:2: has the id 9, but x.md has 7: give both the same"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := newTree(t, Options{})
			for _, files := range []map[string]string{head, c.files} {
				for name, text := range files {
					put(t, tree.Dir, "content/"+name, text)
				}
			}
			local, problems := reread(t, tree)
			var said []string
			for _, p := range problems {
				said = append(said, p.String())
			}
			if d := cmp.Diff(c.problems, said); d != "" {
				t.Errorf("problems (-want +got)\n%s", d)
			}
			if c.moves == nil {
				return
			}
			var remote model.Snapshot
			for _, o := range local.Objects {
				remote.Objects = append(remote.Objects, model.Object{Kind: o.Kind, ID: o.ID, HelpCenter: "41", Parents: o.Parents})
			}
			if d := cmp.Diff(c.moves, tree.Place(local, remote, nil).Moves); d != "" {
				t.Errorf("moves (-want +got)\n%s", d)
			}
		})
	}
}
