package content

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

const article = "---\r\n# ours\r\nid: '20'\r\ntitle: Old   # shown\r\nmood: fine\r\n---\r\n\r\n\r\nBody\r\n"

// newTree makes a tree with one article and reads it.
func newTree(t *testing.T, o Options) *Tree {
	t.Helper()
	o.Dir, o.Content = t.TempDir(), "content"
	put(t, o.Dir, "content/acme/_help-center.md", "---\nid: 7\nlocales: [en, fr]\ndefault_locale: en\n---\n")
	put(t, o.Dir, "content/acme/start/_collection.md", "---\nid: 10\ntitle: Start\n---\n")
	put(t, o.Dir, "content/acme/start/a.md", article)
	tree := openTree(t, o)
	reread(t, tree)
	return tree
}

func reread(t *testing.T, tree *Tree) (model.Snapshot, []model.Problem) {
	t.Helper()
	s, problems, err := tree.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s, problems
}

func get(t *testing.T, tree *Tree, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(tree.Dir, "content", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWriteKeepsTheRest(t *testing.T) {
	tree := newTree(t, Options{})
	body := "New\n\nbody\n"
	changed, err := tree.Write(Edit{Path: "acme/start/a.md", Body: &body, Set: []Pair{
		{Key: "title", Value: "New: title"}, {Key: "id", Value: "20"}, {Key: "synced", Value: "12345678"},
		{Key: "description", Value: ""}, {Key: "also_in", List: []string{"../x"}}, {Key: "nothing", Remove: true},
		{Key: "conflict", Map: [][2]string{{"title", "Theirs"}}},
	}})
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	want := "---\n# ours\nid: '20'\ntitle: \"New: title\"   # shown\ndescription: \"\"\nalso_in: [../x]\nsynced: \"12345678\"\n" +
		"conflict:\n  title: Theirs\nmood: fine\n---\n\n\nNew\n\nbody\n"
	if diff := cmp.Diff(strings.ReplaceAll(want, "\n", "\r\n"), get(t, tree, "acme/start/a.md")); diff != "" {
		t.Error(diff)
	}
}

// TestOtherSpelling says that a translation keeps the name the writer gave it.
func TestOtherSpelling(t *testing.T) {
	tree := newTree(t, Options{})
	put(t, tree.Dir, "content/acme/start/A.FR.md", "---\ntitle: Vieux\n---\n")
	reread(t, tree)
	if _, err := tree.Write(Edit{Path: "acme/start/a.fr.md", Set: []Pair{{Key: "title", Value: "Neuf"}}}); err != nil {
		t.Fatal(err)
	}
	onlyContent(t, filepath.Join(tree.Dir, "content/acme/start"), "A.FR.md", "_collection.md", "a.md")
	if _, err := tree.Write(Edit{Path: "acme/start/a.fr.md", New: true}); !errors.Is(err, ErrExists) {
		t.Errorf("a second spelling: %v", err)
	}
	if err := tree.Rename("acme/start/a.fr.md", "acme/start/a.fr.md"); err != nil {
		t.Fatal(err)
	}
	if err := tree.Remove("acme/start/A.fr.md"); err != nil {
		t.Fatal(err)
	}
	onlyContent(t, filepath.Join(tree.Dir, "content/acme/start"), "_collection.md", "a.md")
}

func TestWriteNothing(t *testing.T) {
	tree := newTree(t, Options{Backup: func(string, []byte) error { return errors.New("must not be called") }})
	file := filepath.Join(tree.Dir, "content/acme/start/a.md")
	past := time.Unix(1e9, 0)
	if err := os.Chtimes(file, past, past); err != nil {
		t.Fatal(err)
	}
	body := "Body"
	changed, err := tree.Write(Edit{Path: "acme/start/a.md", Body: &body, Set: []Pair{{Key: "title", Value: "Old"}, {Key: "id", Value: "20"}}})
	if err != nil || changed {
		t.Fatal(changed, err)
	}
	if info, err := os.Stat(file); err != nil || !info.ModTime().Equal(past) {
		t.Errorf("the file was touched: %v, %v", info.ModTime(), err)
	}
}

func TestWriteNewFiles(t *testing.T) {
	o := Options{Dir: t.TempDir(), Content: "docs/content"}
	tree := openTree(t, o)
	if s, problems := reread(t, tree); len(s.Objects)+len(problems) != 0 {
		t.Fatal("a missing folder is not empty")
	}
	body := "Text"
	for _, e := range []Edit{
		{Path: "acme/_help-center.md", Set: []Pair{{Key: "default_locale", Value: "en"}, {Key: "locales", List: []string{"en", "no"}}, {Key: "id", Value: "7"}}},
		{Path: "acme/a/b.md", Body: &body, New: true, Set: []Pair{{Key: "synced", Value: "ab"}, {Key: "author", Value: "a@x.test"}, {Key: "title", Value: "T"}, {Key: "id", Value: "5"}}},
	} {
		if changed, err := tree.Write(e); err != nil || !changed {
			t.Fatal(changed, err)
		}
	}
	for name, want := range map[string]string{
		"acme/a/b.md": "---\nid: \"5\"\ntitle: T\nauthor: a@x.test\nsynced: ab\n---\n\nText\n",
		"acme/_help-center.md": "---\nid: \"7\"\nlocales: [en, \"no\"]\ndefault_locale: en\n---\n\n" +
			"This file mirrors the help center's settings in Intercom. `hcsync pull` writes it; changes made here are not sent.\n",
	} {
		data, err := os.ReadFile(filepath.Join(o.Dir, o.Content, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(data)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWriteRefusesWhatChanged(t *testing.T) {
	tree := newTree(t, Options{})
	edit := Edit{Path: "acme/start/a.md", Set: []Pair{{Key: "title", Value: "Mine"}}}
	put(t, tree.Dir, "content/acme/start/a.md", article+"more\n")
	put(t, tree.Dir, "content/acme/start/late.md", article)
	if _, err := tree.Write(edit); !errors.Is(err, ErrChangedSinceRead) || !strings.HasPrefix(err.Error(), "content/acme/start/a.md: ") {
		t.Errorf("changed: %v", err)
	}
	if _, err := tree.Write(Edit{Path: "acme/start/late.md", Set: edit.Set}); !errors.Is(err, ErrChangedSinceRead) {
		t.Errorf("appeared: %v", err)
	}
	if err := tree.Remove("acme/start/a.md"); !errors.Is(err, ErrChangedSinceRead) {
		t.Errorf("removed: %v", err)
	}
	if err := tree.Rename("acme/start/a.md", "acme/start/b.md"); !errors.Is(err, ErrChangedSinceRead) {
		t.Errorf("renamed: %v", err)
	}
	if err := os.Remove(filepath.Join(tree.Dir, "content/acme/start/_collection.md")); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Write(Edit{Path: "acme/start/_collection.md", Set: edit.Set}); !errors.Is(err, ErrChangedSinceRead) {
		t.Errorf("gone: %v", err)
	}
	if get(t, tree, "acme/start/a.md") != article+"more\n" {
		t.Error("the file was written")
	}
	reread(t, tree)
	for range 2 {
		if _, err := tree.Write(edit); err != nil {
			t.Errorf("after another read: %v", err)
		}
	}
	if _, err := tree.Write(Edit{Path: "acme/start/a.md", New: true}); !errors.Is(err, ErrExists) {
		t.Errorf("new over an old file: %v", err)
	}
}

func TestBackup(t *testing.T) {
	var got []string
	fail := false
	tree := newTree(t, Options{Backup: func(p string, old []byte) error {
		if fail {
			return errors.New("disk full")
		}
		got = append(got, p+" "+string(old))
		return nil
	}})
	fail = true
	if _, err := tree.Write(Edit{Path: "acme/start/a.md", Set: []Pair{{Key: "title", Value: "New"}}}); err == nil {
		t.Error("written without a backup")
	}
	if err := tree.Remove("acme/start/a.md"); err == nil || get(t, tree, "acme/start/a.md") != article {
		t.Error("removed without a backup")
	}
	fail = false
	if err := tree.Remove("acme/start/a.md"); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Write(Edit{Path: "acme/start/new.md", Set: []Pair{{Key: "title", Value: "New"}}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"content/acme/start/a.md " + article}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHostilePaths(t *testing.T) {
	tree := newTree(t, Options{})
	body := "x"
	for _, p := range []string{"", ".", "..", "../x.md", "/x.md", "a/../../x.md", "a//b.md", `a\b.md`, ".git/x.md", "a/.x.md", "a/./b.md", "a/"} {
		if changed, err := tree.Write(Edit{Path: p, Body: &body}); err == nil || changed {
			t.Errorf("wrote %q", p)
		}
		if err := tree.Remove(p); err == nil {
			t.Errorf("removed %q", p)
		}
		if err := tree.Rename("acme/start/a.md", p); err == nil {
			t.Errorf("moved to %q", p)
		}
	}
	if get(t, tree, "acme/start/a.md") != article {
		t.Error("the article is gone")
	}
}

func TestSymbolicLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	outside := t.TempDir()
	put(t, outside, "secret.md", "---\nid: 99\ntitle: Secret\n---\n")
	tree := newTree(t, Options{})
	start := filepath.Join(tree.Dir, "content/acme/start")
	for link, to := range map[string]string{
		"out.md": filepath.Join(outside, "secret.md"), "in.md": "a.md", "dir": "../start", "images": outside,
		"escape": outside, "gone.md": "nowhere.md",
	} {
		if err := os.Symlink(to, filepath.Join(start, link)); err != nil {
			t.Fatal(err)
		}
	}
	s, problems := reread(t, tree)
	if len(s.Objects) != 2 {
		t.Errorf("followed a link: %d objects", len(s.Objects))
	}
	want := ""
	for _, name := range []string{"dir", "escape", "gone.md", "in.md", "out.md"} {
		want += "content/acme/start/" + name + ": is a symbolic link, which is not followed: put the file or folder itself here\n"
	}
	if diff := cmp.Diff(want, problemText(problems)); diff != "" {
		t.Error(diff)
	}
	body := "overwritten"
	for _, p := range []string{"acme/start/out.md", "acme/start/escape/new.md", "acme/start/images/secret.md"} {
		if _, err := tree.Write(Edit{Path: p, Body: &body}); err == nil {
			t.Errorf("wrote through %s", p)
		}
	}
	files, err := os.ReadDir(outside)
	if err != nil || len(files) != 1 {
		t.Errorf("something was made outside: %v, %v", files, err)
	}
}

func TestContentFolderOutside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	dir := t.TempDir()
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "content")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Dir: dir, Content: "content"}); err == nil {
		t.Error("opened a content folder outside of the project")
	}
}

func TestBadFiles(t *testing.T) {
	tree := newTree(t, Options{})
	put(t, tree.Dir, "content/acme/start/latin.md", "---\nid: 30\ntitle: caf\xe9\n---\n")
	put(t, tree.Dir, "content/acme/start/utf16.md", "\xff\xfe-\x00-\x00")
	put(t, tree.Dir, "content/acme/start/huge.md", "---\ntitle: Huge\n---\n"+strings.Repeat("0123456789\n", maxFile/10))
	put(t, tree.Dir, "content/acme/start/front.md", "---\nid: 31\nx: "+strings.Repeat("0123456789", 100_000)+"\n---\n")
	put(t, tree.Dir, "content/acme/start/bom.md", "\ufeff---\ntitle: BOM\n---\nText")
	put(t, tree.Dir, "content/acme/start/cafe\u0301.md", "---\ntitle: One\n---\n")
	put(t, tree.Dir, "content/acme/start/caf\u00e9.md", "---\ntitle: Two\n---\n")
	s, problems := reread(t, tree)
	want := "content/acme/start/caf\u00e9.md: must be renamed: other systems cannot hold it beside cafe\u0301.md\n" + `content/acme/start/front.md:1: the front matter is larger than 64 KB: shorten it, or close it with a line ` + "`---`" + `
content/acme/start/huge.md: is larger than 10 MB: no article can be; split it, or keep pictures in files
content/acme/start/latin.md:3: is not UTF-8: save the file as UTF-8
content/acme/start/utf16.md: is UTF-16: save it as UTF-8
`
	if runtime.GOOS == "linux" {
		if diff := cmp.Diff(want, problemText(problems)); diff != "" {
			t.Error(diff)
		}
	}
	ids := map[string]string{}
	for _, o := range s.Objects {
		ids[o.Path] = o.ID
	}
	if ids["acme/start/latin.md"] != "30" || ids["acme/start/front.md"] != "31" {
		t.Errorf("broken files lost their ids: %v", ids)
	}
	for _, o := range s.Objects {
		if o.Path == "acme/start/bom.md" && (o.Title() != "BOM" || o.Contents["en"].Fields[model.Body] != "Text") {
			t.Errorf("a byte order mark confuses: %+v", o)
		}
	}
	if _, err := tree.Write(Edit{Path: "acme/start/latin.md", Set: []Pair{{Key: "title", Value: "x"}}}); err == nil {
		t.Error("wrote into a file that cannot be read")
	}
}

func TestRenameAndRemove(t *testing.T) {
	tree := newTree(t, Options{})
	put(t, tree.Dir, "content/acme/start/images/x.png", "png")
	put(t, tree.Dir, "content/acme/other/_collection.md", "---\ntitle: Other\n---\n")
	reread(t, tree)
	if err := tree.Rename("acme/start", "acme/other"); !errors.Is(err, ErrExists) {
		t.Errorf("moved over a folder: %v", err)
	}
	if err := tree.Rename("acme/none.md", "acme/b.md"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("moved nothing: %v", err)
	}
	for _, step := range [][2]string{
		{"acme/start", "acme/other/below/start"}, {"acme/other/below/start/a.md", "acme/other/below/start/A.md"},
		{"acme/other/below/start/A.md", "acme/other/b.md"},
	} {
		if err := tree.Rename(step[0], step[1]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tree.Write(Edit{Path: "acme/other/b.md", Set: []Pair{{Key: "title", Value: "Moved"}}}); err != nil {
		t.Errorf("a moved file counts as changed: %v", err)
	}
	if err := tree.Remove("acme/other/below/start/_collection.md"); err != nil {
		t.Fatal(err)
	}
	if get(t, tree, "acme/other/below/start/images/x.png") != "png" {
		t.Error("an image is gone")
	}
	if err := tree.Remove("acme/other/b.md"); err != nil {
		t.Fatal(err)
	}
	if err := tree.Remove("acme/other/b.md"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed twice: %v", err)
	}
	s, problems := reread(t, tree)
	if len(s.Objects) != 1 || len(problems) != 0 {
		t.Errorf("left: %v, %v", s.Objects, problems)
	}
}

func TestKilledRun(t *testing.T) {
	tree := newTree(t, Options{})
	put(t, tree.Dir, "content/acme/start/"+tempPrefix+"x.tmp", "half a fi")
	if _, problems := reread(t, tree); len(problems) != 0 {
		t.Error(problems)
	}
	if _, err := tree.Write(Edit{Path: "acme/start/a.md", Set: []Pair{{Key: "title", Value: "New"}}}); err != nil {
		t.Fatal(err)
	}
	onlyContent(t, filepath.Join(tree.Dir, "content/acme/start"), "_collection.md", "a.md")
}

func onlyContent(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestModeStays(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	tree := newTree(t, Options{})
	file := filepath.Join(tree.Dir, "content/acme/start/a.md")
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Write(Edit{Path: "acme/start/a.md", Set: []Pair{{Key: "title", Value: "New"}}}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
