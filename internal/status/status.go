// Package status turns a plan round: from lists of what happened into a list of
// objects, each with all that is to be said of it. It decides nothing; every
// line of it stands in the plan.
package status

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// State is one thing to be said of an object.
type State string

// The states, the most urgent first.
const (
	Conflict    State = "conflict"
	Behind      State = "behind"
	NewHere     State = "new here"
	ChangedHere State = "changed here"
	MovedHere   State = "moved here"
	RenamedHere State = "renamed here"
	GoneHere    State = "gone from the files"
	Reverted    State = "reverted in Intercom"
	NewThere    State = "new in Intercom"
	Changed     State = "changed in Intercom"
	MovedThere  State = "moved in Intercom"
	GoneThere   State = "gone in Intercom"
	// Drafted has text in Intercom that waits to be published there.
	Drafted State = "pending draft"
	InSync  State = "in sync"
)

// order lists the states as they are shown.
func order() []State {
	return []State{Conflict, Behind, NewHere, ChangedHere, MovedHere, RenamedHere, GoneHere, Reverted, NewThere, Changed, MovedThere, GoneThere, Drafted, InSync}
}

// Here says that a state is work for a push, There that it is one for a pull.
func (s State) Here() bool {
	return slices.Contains([]State{NewHere, ChangedHere, MovedHere, GoneHere}, s)
}

// There says that something happened in Intercom.
func (s State) There() bool {
	return slices.Contains([]State{Reverted, NewThere, Changed, MovedThere, GoneThere}, s)
}

// Finding is a state with where it holds: nowhere in particular for an object
// as a whole.
type Finding struct {
	State  State   `json:"state"`
	Places []Place `json:"locales"`
	// By names the teammates who edited it in Intercom, as far as is known.
	By []string `json:"by,omitempty"`
}

// Place is a locale and the fields in it; none where the locale as a whole is
// meant.
type Place struct {
	Locale model.Locale  `json:"locale"`
	Fields []model.Field `json:"fields"`
	// Draft says whose a pending draft is; nil for everything else.
	Draft *diff.Origin `json:"draft,omitempty"`
}

// Object is one object with all its states.
type Object struct {
	diff.About
	Findings []Finding `json:"states"`
}

// Of lists the objects of a plan, those in sync too, collections first and then
// by path. selected limits those that the plan does not speak of; nil is all.
func Of(p *diff.Plan, selected func(diff.About) bool) []Object {
	c := collector{objects: map[identity]*Object{}}
	c.here(p)
	c.there(p)
	for _, pair := range p.Pairs {
		if pair.Local == nil || pair.Remote == nil {
			continue
		}
		about := diff.About{Kind: pair.Local.Kind, ID: pair.Remote.ID, Path: pair.Local.Path, Title: pair.Local.Title()}
		if _, told := c.objects[identify(about)]; !told && (selected == nil || selected(about)) {
			c.add(about, InSync, "", "")
		}
	}
	return c.sorted()
}

// Count counts objects by state; one in several states counts in each.
func Count(objects []Object) map[State]int {
	n := map[State]int{}
	for _, o := range objects {
		for _, f := range o.Findings {
			n[f.State]++
		}
	}
	return n
}

// Sorted lists the states that are counted, the most urgent first.
func Sorted(counts map[State]int) []State {
	return slices.DeleteFunc(order(), func(s State) bool { return counts[s] == 0 })
}

// identity is an object's id or, while it has none, its path.
type identity struct {
	kind model.Kind
	name string
}

func identify(a diff.About) identity { return identity{a.Kind, cmp.Or(a.ID, a.Path)} }

type collector struct{ objects map[identity]*Object }

func (c *collector) here(p *diff.Plan) {
	for _, x := range p.Conflicts {
		c.add(x.About, Conflict, x.Locale, x.Field).who(x.By)
	}
	for _, d := range p.Behind {
		c.add(d.About, Behind, d.Locale, d.Field)
	}
	for _, ch := range p.Changes {
		c.change(ch)
	}
	for _, r := range p.Renames {
		c.add(r.About, RenamedHere, "", "")
	}
	for _, r := range p.Removals {
		c.add(r.About, GoneHere, r.Locale, "")
	}
}

func (c *collector) change(ch diff.Change) {
	switch ch.Op {
	case diff.Create:
		c.add(ch.About, NewHere, "", "")
		return
	case diff.Delete:
		c.add(ch.About, GoneHere, "", "")
		return
	case diff.Move:
		c.add(ch.About, MovedHere, "", "")
	}
	for _, l := range ch.Contents {
		if l.New {
			c.add(ch.About, NewHere, l.Locale, "")
			continue
		}
		for _, f := range l.Fields {
			c.add(ch.About, ChangedHere, l.Locale, f.Field)
		}
	}
}

func (c *collector) there(p *diff.Plan) {
	words := map[diff.What]State{diff.Reverted: Reverted, diff.New: NewThere, diff.Moved: MovedThere, diff.Gone: GoneThere, diff.LocaleOff: GoneThere}
	for _, d := range p.Drift {
		c.add(d.About, cmp.Or(words[d.What], Changed), d.Locale, d.Field).who(d.By)
	}
	for _, d := range p.Drafts {
		c.add(d.About, Drafted, d.Locale, "").at(d.Locale).Draft = &d.Origin
	}
}

// add notes a state of an object, in one field of one locale, or of either as a
// whole.
func (c *collector) add(about diff.About, s State, l model.Locale, f model.Field) *Finding {
	id := identify(about)
	o := c.objects[id]
	if o == nil {
		o = &Object{About: about}
		c.objects[id] = o
	}
	i := slices.IndexFunc(o.Findings, func(x Finding) bool { return x.State == s })
	if i < 0 {
		i = len(o.Findings)
		o.Findings = append(o.Findings, Finding{State: s, Places: []Place{}})
	}
	if l != "" {
		o.Findings[i].note(l, f)
	}
	return &o.Findings[i]
}

// who adds a teammate; "" is nobody known.
func (x *Finding) who(name string) {
	if name != "" && !slices.Contains(x.By, name) {
		x.By = append(x.By, name)
	}
}

func (x *Finding) note(l model.Locale, f model.Field) {
	if p := x.at(l); f != "" && !slices.Contains(p.Fields, f) {
		p.Fields = append(p.Fields, f)
	}
}

// at gives the place of a locale.
func (x *Finding) at(l model.Locale) *Place {
	i := slices.IndexFunc(x.Places, func(p Place) bool { return p.Locale.Is(l) })
	if i < 0 {
		i = len(x.Places)
		x.Places = append(x.Places, Place{Locale: l, Fields: []model.Field{}})
	}
	return &x.Places[i]
}

func (c *collector) sorted() []Object {
	return slices.SortedFunc(func(yield func(Object) bool) {
		for o := range maps.Values(c.objects) {
			states := order()
			slices.SortFunc(o.Findings, func(a, b Finding) int {
				return cmp.Compare(slices.Index(states, a.State), slices.Index(states, b.State))
			})
			if !yield(*o) {
				return
			}
		}
	}, func(a, b Object) int {
		return cmp.Or(a.Kind.Compare(b.Kind), cmp.Compare(a.Path, b.Path), model.CompareID(a.ID, b.ID))
	})
}
