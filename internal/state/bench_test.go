package state

import (
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/model"
)

// helpCenter gives n articles of a usual length in three locales.
func helpCenter(n int) []*model.BaseObject {
	var objects []*model.BaseObject
	for i := range n {
		b := article(strconv.Itoa(13000000+i), strconv.Itoa(i), "en", "fr", "pt-BR")
		for l, c := range b.Contents {
			text := strings.Repeat("Open the menu "+strconv.Itoa(i)+string(l)+".\n", 150)
			c.Fields[model.Body] = model.Agreed{Managed: true, Local: text, Remote: "<p>" + text + "</p>"}
		}
		objects = append(objects, b)
	}
	return objects
}

func own(b *testing.B) *Store {
	return must(Open(Options{OwnDir: filepath.Join(b.TempDir(), "state.git"), Ref: ref}))(b)
}

func benchFirst(b *testing.B, n int) {
	objects := helpCenter(n)
	for b.Loop() {
		commit(b, own(b), "pull", put(objects...)...)
	}
}

func BenchmarkFirstCommit1000(b *testing.B)  { benchFirst(b, 1000) }
func BenchmarkFirstCommit10000(b *testing.B) { benchFirst(b, 10000) }

func BenchmarkSmallCommit(b *testing.B) {
	s, objects := own(b), helpCenter(1000)
	commit(b, s, "pull", put(objects...)...)
	i := 0
	for b.Loop() {
		i++
		objects[0].Path = strconv.Itoa(i)
		commit(b, s, Push, put(objects[0])...)
	}
}

func benchRead(b *testing.B, n int, bodies bool) {
	s, objects := own(b), helpCenter(n)
	commit(b, s, "pull", put(objects...)...)
	known := Texts{}
	for _, o := range objects {
		for _, c := range o.Contents {
			known[s.BlobID(c.Fields[model.Body].Local)] = c.Fields[model.Body].Local
			known[s.BlobID(c.Fields[model.Body].Remote)] = c.Fields[model.Body].Remote
		}
	}
	if !bodies {
		clear(known)
	}
	for b.Loop() {
		h := history(b, s)
		var wants []Want
		for _, key := range h.Objects(0) {
			wants = append(wants, h.Want(key, 0))
		}
		if got := must(s.Load(b.Context(), h, wants, maps.Clone(known)))(b); len(got) != n {
			b.Fatalf("%d objects", len(got))
		}
	}
}

func BenchmarkRead1000(b *testing.B)  { benchRead(b, 1000, false) }
func BenchmarkRead10000(b *testing.B) { benchRead(b, 10000, false) }

func BenchmarkReadKnown1000(b *testing.B) {
	benchRead(b, 1000, true)
}

func BenchmarkFind(b *testing.B) {
	s := own(b)
	h := history(b, s)
	for i := range 5000 {
		hash := BlobID(strconv.Itoa(i))
		h.prefixes[hash[:shortLen]] = append(h.prefixes[hash[:shortLen]], i)
		h.commits = append(h.commits, Commit{Hash: hash})
	}
	for b.Loop() {
		for i := range h.commits {
			if _, ok := h.Find(h.Short(i)); !ok {
				b.Fatal(i)
			}
		}
	}
}
