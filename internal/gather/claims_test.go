package gather

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

func TestClaims(t *testing.T) {
	type entry struct {
		id, primary, path string
		removed           bool
	}
	type file struct{ path, primary string }
	tests := []struct {
		name  string
		tip   []entry
		files []file
		want  map[string]string // id by path
	}{
		{"by place", []entry{{id: "7", path: "a.md"}}, []file{{path: "a.md"}}, map[string]string{"a.md": "7"}},
		{"a tombstone claims no place", []entry{{id: "7", path: "a.md", removed: true}}, []file{{path: "a.md"}}, map[string]string{}},
		{"moved", []entry{{id: "7", primary: "1", path: "a.md"}}, []file{{"b.md", "1"}}, map[string]string{"b.md": "7"}},
		{"swapped", []entry{{id: "7", primary: "1", path: "a.md"}, {id: "8", primary: "2", path: "b.md"}},
			[]file{{"a.md", "2"}, {"b.md", "1"}}, map[string]string{"a.md": "8", "b.md": "7"}},
		{"moved, and a new file in its place", []entry{{id: "7", primary: "1", path: "a.md"}},
			[]file{{"b.md", "1"}, {path: "a.md"}}, map[string]string{"b.md": "7"}},
		{"an id that came later", []entry{{id: "7", path: "a.md"}}, []file{{"a.md", "1"}}, map[string]string{"a.md": "7"}},
		{"another id in the place of one that is gone", []entry{{id: "7", primary: "1", path: "a.md"}}, []file{{"a.md", "2"}}, map[string]string{"a.md": "7"}},
		{"removed, and back elsewhere", []entry{{id: "7", primary: "1", path: "a.md", removed: true}}, []file{{"b.md", "1"}}, map[string]string{"b.md": "7"}},
		{"created again", []entry{{id: "9", primary: "1", path: "a.md"}, {id: "10", primary: "1", path: "a.md"}}, []file{{"a.md", "1"}}, map[string]string{"a.md": "10"}},
		{"created again after a removal", []entry{{id: "9", primary: "1", path: "a.md"}, {id: "10", primary: "1", path: "a.md", removed: true}},
			[]file{{"c.md", "1"}}, map[string]string{"a.md": "", "c.md": "9"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tip := map[model.Key]*model.BaseObject{}
			for _, e := range tt.tip {
				key := model.Key{Kind: model.Article, ID: e.id}
				b := key.Next(nil)
				b.Primary, b.Path, b.Removed = e.primary, e.path, e.removed
				tip[key] = b
			}
			var files []model.Object
			for _, f := range tt.files {
				files = append(files, model.Object{Kind: model.Article, Path: f.path, Primary: f.primary})
			}
			claims := Claims(tip, files)
			got := map[string]string{}
			for _, p := range []string{"a.md", "b.md", "c.md"} {
				if key, ok := claims[diff.Place{Kind: model.Article, Path: p}]; ok {
					got[p] = key.ID
				} else if _, listed := tt.want[p]; listed {
					got[p] = ""
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestCollectionAndArticle: their ids are separate numbers.
func TestCollectionAndArticle(t *testing.T) {
	c, a := model.Key{Kind: model.Collection, ID: "7"}, model.Key{Kind: model.Article, ID: "7"}
	tip := map[model.Key]*model.BaseObject{c: {Kind: c.Kind, ID: c.ID, Primary: "1", Path: "x"}, a: {Kind: a.Kind, ID: a.ID, Primary: "1", Path: "x.md"}}
	claims := Claims(tip, []model.Object{{Kind: model.Collection, Path: "y", Primary: "1"}})
	want := map[diff.Place]model.Key{{Kind: model.Collection, Path: "y"}: c, {Kind: model.Article, Path: "x.md"}: a}
	if d := cmp.Diff(want, claims); d != "" {
		t.Error(d)
	}
}
