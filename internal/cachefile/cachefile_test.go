package cachefile

import (
	"crypto/sha1" //nolint:gosec // git's object ids, not a secret
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

func id(text string) string {
	sum := sha1.Sum([]byte(text)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

func written(t *testing.T, head []string, texts ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "deep", "file")
	w, byID := &Writer{}, map[string]string{}
	w.List(head)
	for _, text := range texts {
		byID[id(text)] = text
	}
	if err := Write(name, "key", w, byID); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestFile(t *testing.T) {
	head := []string{"a", "", "é"}
	var texts []string
	for n := range 300 {
		texts = append(texts, fmt.Sprint("text ", n))
	}
	texts = append(texts, "", strings.Repeat("long ", 1<<16))
	name := written(t, head, texts...)
	f := Open(name, "key")
	if f.Len() != len(texts) {
		t.Fatalf("%d texts", f.Len())
	}
	for range 2 { // the second time with another file in its place
		r := f.Head()
		if d := cmp.Diff(head, r.List()); d != "" || !r.Done() {
			t.Error(d)
		}
		for _, text := range texts {
			got, ok := f.Text(id(text))
			if !ok || got != text {
				t.Errorf("%.10q is %.10q", text, got)
			}
			if known, ok := f.ID(got); text != "" && (!ok || known != id(text)) {
				t.Errorf("%.10q has the id %s", text, known)
			}
		}
		if err := Write(name, "key", &Writer{}, map[string]string{id("x"): "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if r := Read(name, "key"); !r.Done() {
		t.Error("a head that holds nothing")
	}
}

// TestWhole: a file that is not mapped says the same.
func TestWhole(t *testing.T) {
	in, err := os.Open(written(t, []string{"a"}, "one text", "another text"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		t.Fatal(err)
	}
	want, err := mapped(in, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := whole(in, info.Size()); err != nil || got != want {
		t.Errorf("%v: %q, want %q", err, got, want)
	}
	if _, err := whole(in, info.Size()+1); err == nil {
		t.Error("more was read than there is")
	}
}

func TestLocal(t *testing.T) {
	for _, dir := range []string{"/proc", filepath.Join(t.TempDir(), "none")} {
		if Local(dir) {
			t.Errorf("%s passes for a disk", dir)
		}
	}
}

// TestSweep: what killed runs and folders that are gone have left does not stay for
// ever; what another run is writing now does.
func TestSweep(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cache", "file")
	dir := filepath.Dir(name)
	if err := os.MkdirAll(filepath.Join(dir, "a-folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	age := func(name string, days int) {
		t.Helper()
		at := time.Now().AddDate(0, 0, -days)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for name, days := range map[string]int{"file.HALF": 90, "clock-1": 90, "of-a-worktree": 90, "file.NOW": 0, "other": 20} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		age(name, days)
	}
	age("a-folder", 90)
	if err := Write(name, "key", &Writer{}, nil); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if d := cmp.Diff([]string{"a-folder", "file", "file.NOW", "other"}, left); d != "" {
		t.Error(d)
	}
}

// TestID: only what stands in the place of a text is known by it.
func TestID(t *testing.T) {
	f := Open(written(t, nil, "one text", "another text"), "key")
	whole, _ := f.Text(id("one text"))
	for _, text := range []string{strings.Clone(whole), whole[:3], whole[1:], "", unsafe.String(unsafe.StringData(whole), len(whole)+1)} {
		if known, ok := f.ID(text); ok {
			t.Errorf("%q passes for %s", text, known)
		}
	}
	for _, other := range []*File{nil, Open(written(t, nil, "one text"), "key"), Open(written(t, nil), "key")} {
		if known, ok := other.ID(whole); ok {
			t.Errorf("another file takes it for its %s", known)
		}
	}
	for _, wrong := range []string{"", "zz", id("x"), strings.Repeat("x", 40), strings.Repeat("x", 64), id("one text")[:39], id("one text") + strings.Repeat("0", 24)} {
		if text, ok := f.Text(wrong); ok || text != "" {
			t.Errorf("%q has the text %q", wrong, text)
		}
	}
}

// TestBroken: a file with any byte changed, cut anywhere, or of another key is none.
func TestBroken(t *testing.T) {
	name := written(t, []string{"a"}, "one text", "another text")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "file")
	refused := func(what, key string, data []byte) {
		t.Helper()
		if err := os.WriteFile(other, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if f := Open(other, key); f != nil || !f.Head().Broken() || f.Len() > 0 || !Read(other, key).Broken() {
			t.Errorf("%s passes", what)
		}
	}
	for n := range whole {
		refused(fmt.Sprint("cut at ", n), "key", whole[:n])
		changed := append([]byte{}, whole...)
		changed[n] ^= 0x41
		refused(fmt.Sprint("changed at ", n), "key", changed)
	}
	refused("more than there was", "key", append(append([]byte{}, whole...), 0))
	refused("another key", "kez", whole)
	if f := Open(filepath.Join(t.TempDir(), "none"), "key"); f != nil {
		t.Error("a file that is not there")
	}
	if link := other + ".link"; os.Symlink(name, link) == nil && (Open(link, "key") != nil || !Read(link, "key").Broken()) {
		t.Error("a link, which may lead to what never ends")
	}
	if f := Open(t.TempDir(), "key"); f != nil {
		t.Error("a folder")
	}
}

// FuzzParse reads anything, checksum aside, without a panic, and gives only texts
// that lie within it.
func FuzzParse(f *testing.F) {
	w := &Writer{}
	w.Texts("a", "b")
	name := filepath.Join(f.TempDir(), "file")
	if err := Write(name, "key", w, map[string]string{id("x"): "x", id("yy"): "yy"}); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data[prelude-16:]))
	f.Fuzz(func(t *testing.T, rest string) {
		if len(rest) < 16 {
			return
		}
		file := parse(magic+"sum "+rest, "key")
		for i := range file.Len() {
			id, text, ok := file.row(i)
			if !ok {
				continue
			}
			if got, _ := file.Text(id); len(got) > len(rest) {
				t.Fatalf("%d bytes of %d", len(got), len(rest))
			}
			file.ID(text)
		}
		r := file.Head()
		for range r.Count() {
			r.Text()
			r.Flag()
		}
	})
}
