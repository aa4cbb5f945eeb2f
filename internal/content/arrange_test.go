package content

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArrange(t *testing.T) {
	for _, c := range []struct {
		name  string
		moves map[string]string
		want  []step
	}{
		{"nothing", nil, nil},
		{"a file into a folder that moves", map[string]string{"h/a/x.md": "h/b/c/x.md", "h/c": "h/b/c"}, []step{{"h/c", "h/b/c"}, {"h/a/x.md", "h/b/c/x.md"}}},
		{"a file out of a folder that moves", map[string]string{"h/a/x.md": "h/c/x.md", "h/a": "h/b/a"}, []step{{"h/a", "h/b/a"}, {"h/b/a/x.md", "h/c/x.md"}}},
		{"outer before inner", map[string]string{"h/a": "h/c/b/a", "h/b": "h/c/b"}, []step{{"h/b", "h/c/b"}, {"h/a", "h/c/b/a"}}},
		{"a folder and its parent change places", map[string]string{"h/a/b": "h/b", "h/a": "h/b/a"}, []step{{"h/a/b", "h/b"}, {"h/a", "h/b/a"}}},
		{"one after the other", map[string]string{"h/a/x.md": "h/b/x.md", "h/b/x.md": "h/c/x.md"}, []step{{"h/b/x.md", "h/c/x.md"}, {"h/a/x.md", "h/b/x.md"}}},
		{"a swap", map[string]string{"h/a/x.md": "h/b/x.md", "h/b/x.md": "h/a/x.md"},
			[]step{{"h/a/x.md", "h/a/x-hcsync-moving.md"}, {"h/b/x.md", "h/a/x.md"}, {"h/a/x-hcsync-moving.md", "h/b/x.md"}}},
		{"a swap of folders of one name", map[string]string{"h/s": "h/s/s", "h/t/s": "h/s"},
			[]step{{"h/t/s", "h/t/s-hcsync-moving"}, {"h/s", "h/s-hcsync-moving"}, {"h/t/s-hcsync-moving", "h/s"}, {"h/s-hcsync-moving", "h/s/s"}}},
	} {
		if diff := cmp.Diff(c.want, arrange(c.moves), cmp.AllowUnexported(step{})); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// TestArrangeEnds moves at random what Intercom can move, one folder or file
// under another, and holds the steps against a tree of names: each finds its
// place free and in a folder that is there, and in the end everything is where
// it was to go.
func TestArrangeEnds(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		before, after := randomFolders(r), map[string]string{}
		rearrange(r, before, after)
		moves := map[string]string{}
		for _, id := range slices.Sorted(maps.Keys(before)) {
			if carried(before, after, moves, before[id]) != after[id] {
				moves[before[id]] = after[id]
			}
		}
		now := maps.Clone(before)
		for _, s := range arrange(moves) {
			if err := carryOut(now, s); err != nil {
				t.Fatalf("seed %d: %v\nbefore %v\nafter %v\nmoves %v\nsteps %v", seed, err, before, after, moves, arrange(moves))
			}
		}
		if diff := cmp.Diff(after, now); diff != "" {
			t.Fatalf("seed %d: %s\nsteps %v", seed, diff, arrange(moves))
		}
	}
}

// randomFolders names some folders and files, all in a folder h that is there.
func randomFolders(r *rand.Rand) map[string]string {
	out := map[string]string{}
	folders := []string{"h"}
	for i := range 2 + r.IntN(6) {
		name := path.Join(folders[r.IntN(len(folders))], string(rune('a'+r.IntN(3))))
		if r.IntN(3) == 0 {
			name += ".md"
		}
		if slices.Contains(slices.Collect(maps.Values(out)), name) {
			continue
		}
		out[fmt.Sprint(i)] = name
		if !isMarkdown(name) {
			folders = append(folders, name)
		}
	}
	return out
}

// rearrange gives each a new parent, never itself or what is in it, in places
// that are free.
func rearrange(r *rand.Rand, before, after map[string]string) {
	left := slices.Sorted(maps.Keys(before))
	folders, taken := []string{"h"}, map[string]bool{}
	for len(left) > 0 {
		i := r.IntN(len(left))
		name := path.Join(folders[r.IntN(len(folders))], path.Base(before[left[i]]))
		for taken[name] {
			name = strings.TrimSuffix(name, path.Ext(name)) + "-2" + path.Ext(name)
		}
		after[left[i]], taken[name] = name, true
		if !isMarkdown(name) {
			folders = append(folders, name)
		}
		left = slices.Delete(left, i, i+1)
	}
}

// carried gives where a path goes by the moves of the folders around it.
func carried(before, after, moves map[string]string, name string) string {
	for at := path.Dir(name); at != "."; at = path.Dir(at) {
		for id, p := range before {
			if p == at {
				return after[id] + name[len(at):]
			}
		}
	}
	return name
}

func carryOut(now map[string]string, s step) error {
	found := false
	for id, p := range now {
		switch {
		case p == s.to:
			return fmt.Errorf("%v: is in the way", s)
		case strings.HasPrefix(s.to, s.from+"/"):
			return fmt.Errorf("%v: into itself", s)
		case p == s.from || strings.HasPrefix(p, s.from+"/"):
			now[id], found = s.to+p[len(s.from):], true
		}
	}
	parent := path.Dir(s.to)
	if parent != "h" && !slices.Contains(slices.Collect(maps.Values(now)), parent) {
		return fmt.Errorf("%v: into no folder", s)
	}
	if !found {
		return fmt.Errorf("%v: nothing is there", s)
	}
	return nil
}
