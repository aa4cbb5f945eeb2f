package content

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
)

// Move makes all moves, or none where one of them cannot be made. before is
// called with the new place of each, when the folders that are moved there are.
func (t *Tree) Move(moves map[string]string, before func(to string) error) error {
	steps := arrange(moves)
	for _, m := range steps {
		if err := t.mayMove(m, moves); err != nil {
			return t.unmoved(m.from, m.to, err)
		}
	}
	for _, m := range steps {
		if err := before(m.to); err != nil {
			return err
		}
		if err := t.Rename(m.from, m.to); err != nil {
			return err
		}
	}
	return nil
}

// mayMove says, before anything is moved, whether a file is as it was read and
// its new place is free by then.
func (t *Tree) mayMove(m step, moves map[string]string) error {
	if _, begins := moves[m.from]; begins {
		if err := t.movable(m.from); err != nil {
			return err
		}
	}
	for from := range moves {
		if within(m.to, from) {
			return nil // that leaves first
		}
	}
	return t.vacate(m.to)
}

// step is one rename, from where the file or folder is by then.
type step struct{ from, to string }

// arrange puts moves into an order that can be carried out: each takes along what
// it holds. Outer folders come first, then files, and main files before their
// translations. What stands in each other's way goes by a temporary name.
// Wherever the order is cut off, the tree can be read: a translation that has lost
// its main file is known by its id.
func arrange(moves map[string]string) []step {
	var a arrangement
	for _, from := range slices.Sorted(maps.Keys(moves)) {
		a.left = append(a.left, &leaving{at: from, to: moves[from]})
	}
	slices.SortStableFunc(a.left, func(x, y *leaving) int {
		return cmp.Or(cmp.Compare(rank(x.to), rank(y.to)), cmp.Compare(strings.Count(x.to, "/"), strings.Count(y.to, "/")))
	})
	for len(a.left) > 0 {
		i := slices.IndexFunc(a.left, a.free)
		if i >= 0 {
			a.step(a.left[i], a.left[i].to)
			a.left = slices.Delete(a.left, i, i+1)
			continue
		}
		i = slices.IndexFunc(a.left, func(l *leaving) bool { return !l.aside })
		a.left[i].aside = true
		a.step(a.left[i], asideOf(a.left[i].at))
	}
	return a.steps
}

func rank(name string) int {
	switch {
	case !isMarkdown(name):
		return 0
	case IsTranslation(name):
		return 2
	}
	return 1
}

// aside ends the temporary names.
const aside = "-hcsync-moving"

// asideOf is the name for the meantime. It can be read: a pull that is killed
// before the last step leaves nothing that looks as if it had been removed, and
// the next one moves it on.
func asideOf(at string) string {
	base, ext := path.Base(at), ""
	if isMarkdown(at) {
		base, _ = splitName(base)
		ext = path.Base(at)[len(base):]
	}
	return path.Join(path.Dir(at), base+aside+ext)
}

type arrangement struct {
	left  []*leaving
	steps []step
}

// leaving is a move to be made. aside says that it has a temporary name by now,
// and so is in nobody's way.
type leaving struct {
	at, to string
	aside  bool
}

// free says that nothing else has to be moved first: neither what stands in the
// new place, nor the folder around that.
func (a *arrangement) free(l *leaving) bool {
	for _, other := range a.left {
		if other != l && (within(l.to, other.at) || within(l.to, other.to)) {
			return false
		}
	}
	return true
}

// within says that a path is another one or below it.
func within(name, folder string) bool {
	return strings.HasPrefix(fold(name)+"/", fold(folder)+"/")
}

func (a *arrangement) step(l *leaving, to string) {
	from := l.at
	a.steps = append(a.steps, step{from, to})
	for _, other := range a.left {
		if rest, below := strings.CutPrefix(other.at, from+"/"); below {
			other.at = to + "/" + rest
		}
	}
	l.at = to
}
