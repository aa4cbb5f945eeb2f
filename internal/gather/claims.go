package gather

import (
	"cmp"
	"maps"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Claims tells which objects files without an id belong to, as far as that
// needs no comparing of texts: those that the state last saw in their places. In
// a second workspace the id that a file names counts first, wherever the file
// stands now, because the state keeps the ids there under it. tip is the newest
// entry of every object.
func Claims(tip map[model.Key]*model.BaseObject, files []model.Object) map[diff.Place]model.Key {
	twins := map[model.Key]model.Key{}
	for key, e := range tip {
		if e.Primary != "" {
			claim(tip, twins, model.Key{Kind: key.Kind, ID: e.Primary}, key)
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
	claims := make(map[diff.Place]model.Key, len(tip))
	for key, e := range tip {
		if !e.Removed && e.Path != "" && !taken[key] {
			claim(tip, claims, diff.Place{Kind: key.Kind, Path: e.Path}, key)
		}
	}
	maps.Copy(claims, named)
	return claims
}

// claim gives a place to an entry. Of two entries for one place the newer is the
// one: what was deleted there and created again.
func claim[P comparable](tip map[model.Key]*model.BaseObject, claims map[P]model.Key, at P, key model.Key) {
	other, claimed := claims[at]
	if !claimed || cmp.Or(removedFirst(tip[other], tip[key]), other.Compare(key)) < 0 {
		claims[at] = key
	}
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
