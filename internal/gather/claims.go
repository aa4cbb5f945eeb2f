package gather

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Claims tells which objects files without an id belong to, as far as that
// needs no comparing of texts: those that the state last saw in their places. In
// a second workspace the id that a file names counts first, wherever the file
// stands now, because the state keeps the ids there under it. tip is the newest
// entry of every object.
func Claims(tip map[model.Key]*model.BaseObject, files []model.Object) map[diff.Place]model.Key {
	// Of two entries for one file the newer is the one: what was deleted there
	// and created again.
	keys := slices.SortedFunc(maps.Keys(tip), func(a, b model.Key) int {
		return cmp.Or(removedFirst(tip[a], tip[b]), a.Compare(b))
	})
	twins := map[model.Key]model.Key{}
	for _, key := range keys {
		if primary := tip[key].Primary; primary != "" {
			twins[model.Key{Kind: key.Kind, ID: primary}] = key
		}
	}
	named := map[diff.Place]model.Key{}
	taken := map[model.Key]bool{}
	for _, o := range files {
		if twin, ok := twins[model.Key{Kind: o.Kind, ID: o.Primary}]; ok && o.Primary != "" {
			named[diff.Place{Kind: o.Kind, Path: o.Path}] = twin
			taken[twin] = true
		}
	}
	claims := map[diff.Place]model.Key{}
	for _, key := range keys {
		if e := tip[key]; !e.Removed && e.Path != "" && !taken[key] {
			claims[diff.Place{Kind: key.Kind, Path: e.Path}] = key
		}
	}
	maps.Copy(claims, named)
	return claims
}

func removedFirst(a, b *model.BaseObject) int {
	switch {
	case a.Removed == b.Removed:
		return 0
	case a.Removed:
		return -1
	}
	return 1
}
