package pull

import (
	"slices"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Side is the way in which a pull settles fields that both sides changed.
type Side int

// The ways: by merging, which leaves to the user what does not merge, or by
// taking one side whole.
const (
	Merge Side = iota
	Ours
	Theirs
)

// settle deals with one field that both sides changed. Whatever comes of it,
// Intercom's value is then known to this checkout, and what the file says
// beyond it is an edit for the next push. Without a text that both began with
// there is nothing to merge: the user has to take a side.
func (c *computation) settle(e *edit, x diff.Conflict) error {
	switch {
	case !x.Both:
		return nil
	case c.Side == Theirs && c.taken(x.Field):
		e.take(x.Field, x.Remote, x.Live)
	case c.Side == Ours, !c.taken(x.Field):
		e.seen(x)
		e.Why = "kept ours"
		e.Fields = append(e.Fields, x.Field)
	case !x.Based:
		c.open(x)
	case x.Field == model.Body:
		return c.merge(e, x)
	default:
		c.mark(e, x)
	}
	return nil
}

// taken says that files may take a field from this workspace. Whether an article
// is published, and who wrote it, is for the workspace that they mirror to say.
func (c *computation) taken(f model.Field) bool {
	return !c.Secondary || !f.OfWorkspace()
}

// open lists a conflict that stands.
func (c *computation) open(x diff.Conflict) { c.result.Conflicts = append(c.result.Conflicts, x) }

// merge merges the two texts line by line. Where both changed the same lines
// the file gets conflict markers.
func (c *computation) merge(e *edit, x diff.Conflict) error {
	text, conflicts, err := c.MergeText(x)
	if err != nil {
		return err
	}
	text = content.TrimBody(text)
	e.Body = &text
	e.seen(x)
	e.Why = "merged"
	e.Fields = append(e.Fields, x.Field)
	if conflicts > 0 {
		x.Hint = "settle the marked lines in the file, then push"
		c.open(x)
	}
	return nil
}

// mark notes Intercom's value of a small field beside the file's own. Front
// matter never gets conflict markers: it has to stay readable.
func (c *computation) mark(e *edit, x diff.Conflict) {
	x.Hint = e.note(x)
	e.finish(x)
	c.open(x)
}

// note writes a value beside the file's own, and says how to settle that.
func (e *edit) note(x diff.Conflict) (hint string) {
	const settle = "keep or change the value in the file, remove the line `conflict:`, then push"
	value := [2]string{string(x.Field), x.Remote}
	for i := range e.Set {
		if e.Set[i].Key == "conflict" {
			e.Set[i].Map = append(e.Set[i].Map, value)
			return settle
		}
	}
	e.Set = append(e.Set, content.Pair{Key: "conflict", Map: [][2]string{value}})
	return settle
}

func (e *edit) finish(x diff.Conflict) {
	e.seen(x)
	e.Why = "merged"
	e.Fields = append(e.Fields, x.Field)
}

// skipped says that a file of the object still holds a conflict of an earlier
// pull, and lists it. Writing into it would bury that.
func (c *computation) skipped(o *model.Object) bool {
	for _, l := range o.Locales() {
		if file := o.Contents[l].File; c.standing(file) {
			c.result.Skipped = append(c.result.Skipped, file)
		}
	}
	return c.inConflict(o)
}

func (c *computation) inConflict(o *model.Object) bool {
	return slices.ContainsFunc(o.Locales(), func(l model.Locale) bool { return c.standing(o.Contents[l].File) })
}

func (c *computation) standing(file string) bool { return c.InConflict != nil && c.InConflict(file) }

// rename names what the user has to see to where it is after the pull.
func (c *computation) rename() {
	for i := range c.result.Conflicts {
		x := &c.result.Conflicts[i]
		x.Path, x.File = c.places.After(x.Path), c.inTree(x.File, c.places.After)
	}
	for i, file := range c.result.Skipped {
		c.result.Skipped[i] = c.inTree(file, c.places.After)
	}
}
