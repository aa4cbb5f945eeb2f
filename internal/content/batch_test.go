package content

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// leftovers lists the temporary files in a tree.
func leftovers(t *testing.T, tree *Tree) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(tree.Dir, func(name string, _ fs.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(name), tempPrefix) {
			list = append(list, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// One edit that cannot be made does not keep the others of its batch back.
func TestWriteAll(t *testing.T) {
	tree := newTree(t, Options{})
	body := "text"
	title := []Pair{{Key: "title", Value: "New"}}
	edits := []Edit{
		{Path: "acme/start/a.md", Set: title},
		{Path: "acme/start/a.fr.md", Set: title, Body: &body, New: true},
		{Path: "acme/start/_collection.md", Set: []Pair{{Key: "title", Value: "Start"}}},
		{Path: "acme/start/_collection.md/x.md", Set: title},
		{Path: "acme/late/b.md", Set: title},
		{Path: "../out.md", Set: title},
	}
	put(t, tree.Dir, "content/acme/late/b.md", "somebody else's")
	for i := range 2 * worthAll {
		edits = append(edits, Edit{Path: "acme/more" + strconv.Itoa(i%3) + "/" + strconv.Itoa(i) + ".md", Set: title, New: true})
	}
	done := tree.WriteAll(edits)
	if !done[0].Changed || !done[1].Changed || done[2] != (Outcome{}) || done[3].Err == nil || done[5].Err == nil || !errors.Is(done[4].Err, ErrChangedSinceRead) {
		t.Errorf("%+v", done[:6])
	}
	for i, o := range done[6:] {
		if p := edits[6+i].Path; !o.Changed || o.Err != nil || get(t, tree, p) != "---\ntitle: New\n---\n" {
			t.Errorf("%s: %+v, %q", p, o, get(t, tree, p))
		}
	}
	if got := get(t, tree, "acme/late/b.md"); got != "somebody else's" {
		t.Errorf("overwritten: %q", got)
	}
	for i, o := range tree.WriteAll(edits[:3]) {
		if i != 1 && o != (Outcome{}) || i == 1 && !errors.Is(o.Err, ErrExists) {
			t.Errorf("again: %s: %+v", edits[i].Path, o)
		}
	}
	if left := leftovers(t, tree); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

// A file that is saved while the batch is under way keeps what was saved.
func TestSavedDuringBatch(t *testing.T) {
	var tree *Tree
	saved := "---\ntitle: Saved\n---\n"
	tree = newTree(t, Options{Backup: func(path string, _ []byte) error {
		if strings.HasSuffix(path, "_collection.md") { // the second edit: the first is written, not renamed
			put(t, tree.Dir, "content/acme/start/a.md", saved)
			put(t, tree.Dir, "content/acme/start/new.md", saved)
		}
		return nil
	}})
	title := []Pair{{Key: "title", Value: "New"}}
	done := tree.WriteAll([]Edit{
		{Path: "acme/start/a.md", Set: title},
		{Path: "acme/start/new.md", Set: title, New: true},
		{Path: "acme/start/_collection.md", Set: title},
	})
	if !errors.Is(done[0].Err, ErrChangedSinceRead) || !errors.Is(done[1].Err, ErrChangedSinceRead) || !done[2].Changed {
		t.Errorf("%+v", done)
	}
	for _, p := range []string{"acme/start/a.md", "acme/start/new.md"} {
		if got := get(t, tree, p); got != saved {
			t.Errorf("%s: %q", p, got)
		}
	}
	if left := leftovers(t, tree); left != nil {
		t.Errorf("left behind: %q", left)
	}
}
