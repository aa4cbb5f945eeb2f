package state

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hcsync/hcsync/internal/cachefile"
	"github.com/hcsync/hcsync/internal/model"
)

// whole loads the newest entries without the index.
func whole(t *testing.T, s *Store, h *History) map[model.Key]*model.BaseObject {
	t.Helper()
	var wants []Want
	for _, key := range h.Objects(h.Tip()) {
		wants = append(wants, h.Want(key, h.Tip()))
	}
	all, err := s.Load(t.Context(), h, wants, nil)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// bodies are the texts that a caller has at hand.
func bodies(s *Store, all map[model.Key]*model.BaseObject) Texts {
	known := Texts{}
	for _, b := range all {
		for _, c := range b.Contents {
			a := c.Fields[model.Body]
			known[s.BlobID(a.Local)], known[s.BlobID(a.Remote)] = a.Local, a.Remote
		}
	}
	return known
}

// sameAsGit compares what the index gives with what git says.
func sameAsGit(t *testing.T, s *Store) {
	t.Helper()
	got := history(t, s)
	name := s.indexFile()
	if err := os.Rename(name, name+".away"); err == nil {
		defer os.Rename(name+".away", name)
	}
	want := history(t, s)
	if want.indexedAt != -1 {
		t.Fatal("an index was read that is not there")
	}
	same := []cmp.Option{cmp.AllowUnexported(History{}, versions{}, version{}), cmpopts.IgnoreFields(History{}, "indexed", "indexedAt", "indexing"),
		cmpopts.SortSlices(func(a, b versions) bool { return a.name < b.name }), cmpopts.EquateEmpty()}
	if d := cmp.Diff(want, got, same...); d != "" {
		t.Error(d)
	}
	all := whole(t, s, want)
	for _, known := range []Texts{bodies(s, all), {}} {
		newest, err := s.Newest(t.Context(), got, known)
		if d := cmp.Diff(all, newest); d != "" || err != nil {
			t.Error(err, d)
		}
	}
}

func newest(t *testing.T, s *Store) *History {
	t.Helper()
	h := history(t, s)
	if _, err := s.Newest(t.Context(), h, nil); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestIndex(t *testing.T) {
	t.Parallel()
	s := open(t, clone(t, newRemote(t)))
	one, two := article("1", "x", "en", "fr"), article("2", "y", "en")
	two.LocalParents, two.RemoteParents, two.Kept = []string{"7"}, []string{"8", "9"}, "abc1234"
	one.Take("en", map[model.Field]model.Agreed{model.Body: {Managed: true, Local: "l", Remote: "r"}})
	commit(t, s, "pull", put(one, two)...)
	newest(t, s)
	if h := history(t, s); h.indexedAt != 0 || len(h.indexed) != 2 {
		t.Fatalf("the index holds %d objects as of %d", len(h.indexed), h.indexedAt)
	}
	sameAsGit(t, s)

	commit(t, s, Push, append(put(article("3", "z", "en")), Update{Object: two, Delete: true}, Update{File: "intent.json", Text: "{}"})...)
	sameAsGit(t, s) // an older index, continued
	newest(t, s)
	if h := history(t, s); h.indexedAt != 1 {
		t.Fatalf("the index is of commit %d", h.indexedAt)
	}
	sameAsGit(t, s)
	commit(t, s, Push, put(article("1", "again", "fr"))...)
	sameAsGit(t, s)
}

// An index that is broken anywhere is none.
func TestBrokenIndex(t *testing.T) {
	t.Parallel()
	s := open(t, clone(t, newRemote(t)))
	commit(t, s, "pull", put(article("1", "x", "en"))...)
	newest(t, s)
	whole, err := os.ReadFile(s.indexFile())
	if err != nil || s.remembered() == nil {
		t.Fatal("no index", err)
	}
	put := func(data []byte) {
		if err := os.WriteFile(s.indexFile(), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if s.remembered() != nil {
			t.Errorf("%q passes for an index", data)
		}
	}
	for n := range whole {
		put(whole[:n])
		changed := append([]byte{}, whole...)
		changed[n] ^= 0x41
		put(changed)
	}
	put(append(whole, 0))
	sameAsGit(t, s)
}

// An index of a history that was replaced is of no use.
func TestIndexOfAnotherHistory(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	s := open(t, dir)
	commit(t, s, "pull", put(article("1", "x", "en"))...)
	commit(t, s, Push, put(article("1", "y", "en"))...)
	newest(t, s)
	gitIn(t, dir, "update-ref", s.ref, gitIn(t, dir, "rev-parse", s.ref+"~1"))
	sameAsGit(t, s)
	gitIn(t, dir, "update-ref", "-d", s.ref)
	if h := history(t, s); h.Len() != 0 {
		t.Error("a history without a ref")
	}
}

// FuzzIndexReader reads anything without a panic and without asking for more
// memory than the bytes could fill.
func FuzzIndexReader(f *testing.F) {
	w := indexWriter{&cachefile.Writer{}}
	h := newHistory()
	h.add(Commit{Hash: "0123456789"})
	key := model.Key{Kind: model.Article, ID: "1"}
	h.objects[key] = entry{}.with("en.json", version{0, "ab"})
	w.history(h, map[model.Key]*model.BaseObject{key: article("1", "x", "en")})
	f.Add(w.String())
	f.Fuzz(func(_ *testing.T, text string) {
		r := indexReader{cachefile.NewReader(text)}
		h := r.history()
		for key := range h.objects {
			if !r.Broken() {
				h.fromIndex(key, Texts{"": "", "ab": ""})
				h.LastPush(key, "en")
			}
		}
	})
}
