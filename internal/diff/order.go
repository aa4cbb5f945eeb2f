package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// sort puts every list into its fixed order.
func (p *Plan) sort() {
	slices.SortStableFunc(p.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Stage(), b.Stage()), compareAbout(a.About, b.About))
	})
	slices.SortStableFunc(p.Drift, func(a, b Drift) int { return compareAbout(a.About, b.About) })
	slices.SortStableFunc(p.Behind, func(a, b Drift) int { return compareAbout(a.About, b.About) })
	slices.SortStableFunc(p.Drafts, func(a, b Draft) int { return compareAbout(a.About, b.About) })
	slices.SortStableFunc(p.Conflicts, func(a, b Conflict) int { return compareAbout(a.About, b.About) })
	slices.SortStableFunc(p.Removals, func(a, b Removal) int { return compareAbout(a.About, b.About) })
	slices.SortStableFunc(p.Renames, func(a, b Rename) int { return compareAbout(a.About, b.About) })
	slices.SortStableFunc(p.Agreed, func(a, b Agreement) int {
		return cmp.Or(a.Key.Compare(b.Key), cmp.Compare(a.Locale, b.Locale), cmp.Compare(a.Field, b.Field))
	})
	slices.SortStableFunc(p.Problems, func(a, b model.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Message, b.Message))
	})
	slices.Sort(p.Notes)
}

// Stage is a change's place in the order of execution; changes of one stage do
// not depend on each other. Collections come before articles, and among them
// the outer ones first, so that a parent exists before its children; new
// articles come before changed ones, so that links to them resolve. Removals
// come last, collections from the inside out.
func (c *Change) Stage() int {
	switch {
	case c.Op == Delete && c.Kind == model.Collection:
		return 300 - strings.Count(c.Path, "/")
	case c.Op == Delete, c.Op == Unpublish:
		return 200
	case c.Kind == model.Collection:
		return strings.Count(c.Path, "/")
	case c.Op == Create:
		return 100
	}
	return 101
}

func compareAbout(a, b About) int {
	return cmp.Or(a.Kind.Compare(b.Kind), cmp.Compare(a.Path, b.Path), model.CompareID(a.ID, b.ID))
}
