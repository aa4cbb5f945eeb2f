// Package diff compares three states of a help center and says what a push
// would do: the plan.
//
// Base, local and remote are values of package model before they get here, and
// [Compute] is a pure function of them: no clock, no network, no file, no
// colour. Its result is a [Plan], a value that is printed, written as JSON and
// executed as it stands; whoever executes it decides nothing again.
//
// Every field of every locale is compared on its own (design.md section 3).
// Each side is held against its own half of the base:
//
//	local vs base   remote vs base      outcome
//	same            same                nothing
//	changed         same                a [Change]: it will be sent
//	same            changed             drift: listed, left alone
//	changed         changed, equal      an [Agreement]: recorded, no call
//	changed         changed, different  a [Conflict]: never sent
package diff

import "github.com/hcsync/hcsync/internal/model"

// Op is what happens to an object, with the symbol that plans show for it.
type Op string

// The operations. An object that moves and changes otherwise too is one Move.
// Unpublish is what becomes of an article without files that stays in Intercom.
const (
	Create    Op = "create"
	Update    Op = "update"
	Move      Op = "move"
	Unpublish Op = "unpublish"
	Delete    Op = "delete"
)

// Symbol gives the mark in front of a line: + ~ » or -.
func (o Op) Symbol() string {
	switch o {
	case Create:
		return "+"
	case Delete, Unpublish:
		return "-"
	case Move:
		return "»"
	}
	return "~"
}

// Plan is what a push would do and what it would leave alone. All lists are
// ordered: the same input gives the same bytes.
type Plan struct {
	// Changes are in the order of execution: collections top-down, then new
	// articles, then the others by path.
	Changes   []Change
	Drift     []Drift
	Conflicts []Conflict
	// Removals are objects and locales that the files no longer have, and what
	// becomes of each; without [Prune] they all stay as they are.
	Removals []Removal
	Renames  []Rename
	// Behind lists objects whose last push came from a newer commit of the
	// default branch than this checkout holds.
	Behind []Drift
	// Agreed is recorded in the state by a push, without a call.
	Agreed []Agreement
	// Drafts are pending in Intercom, in whatever has a file here.
	Drafts []Draft
	// Dropped are objects that the files and Intercom both no longer have: the
	// state can forget them.
	Dropped []model.Key
	// Problems are things in the files that only the workspace can tell, such
	// as an author who is not a teammate. They stop a push like a file that
	// does not parse.
	Problems []model.Problem
	// Limited says that paths, ids or locales limited the plan: the rest was
	// not looked at.
	Limited bool
	// Unchecked says what could not be looked at, one sentence each: a plan that
	// was made without the workspace knows only what the state knows.
	Unchecked []string
	// Notes are remarks for the reader; nothing depends on them.
	Notes []string
	// Pairs are all objects, matched: what a push records as present and what
	// a pull writes to. Not part of the printed plan.
	Pairs []Pair
}

// Pair is one object in up to three states; nil where a state has none.
type Pair struct {
	Local  *model.Object
	Remote *model.Object
	Base   *model.BaseObject
}

// About names the object that an entry of a plan speaks of.
type About struct {
	Kind model.Kind `json:"kind"`
	// ID is empty for an object that is still to be created.
	ID string `json:"id,omitempty"`
	// Path is the file or folder, relative to the content folder; empty where
	// there is none.
	Path  string `json:"path,omitempty"`
	Title string `json:"title"`
}

// Change is one object that a push writes.
type Change struct {
	About
	Op Op `json:"op"`
	// HelpCenter is the id of the help center that a new collection goes to.
	HelpCenter string `json:"help_center,omitempty"`
	// Parent is nil where the parents stay.
	Parent *ParentChange `json:"parent,omitempty"`
	// Contents are the locales with changed fields, the default locale first.
	Contents []LocaleChange `json:"locales"`
	// Local, Live and Base are what the plan was computed from. Local is nil for
	// a removal, Live for a create, Base where there was none. Not part of the
	// printed plan.
	Local *model.Object     `json:"-"`
	Live  *model.Object     `json:"-"`
	Base  *model.BaseObject `json:"-"`
}

// ParentChange moves an object. Both lists begin with the primary parent; an
// empty list means the first level for a collection, and no collection at all
// for an article.
type ParentChange struct {
	From []model.Ref `json:"from"`
	To   []model.Ref `json:"to"`
}

// LocaleChange is what changes in one locale.
type LocaleChange struct {
	Locale model.Locale `json:"locale"`
	// New says that Intercom has no content in this locale yet.
	New bool `json:"new,omitempty"`
	// Removed says that the files no longer have this locale.
	Removed bool `json:"removed,omitempty"`
	// Override is nil where no pending draft gives way.
	Override *Override `json:"override,omitempty"`
	// File is empty where Removed is set.
	File   string        `json:"file"`
	Fields []FieldChange `json:"fields"`
}

// FieldChange is one field's way from what is live to what the file says.
type FieldChange struct {
	Field model.Field `json:"field"`
	// Before and After are what a reader compares: Markdown for a body, an
	// e-mail address for an author.
	Before string `json:"before"`
	After  string `json:"after"`
	// Send is the value for the API: HTML for a body, an id for an author.
	Send string `json:"send"`
	// Pending says that Send holds links to objects that are still to be
	// created; it is rendered again when they exist.
	Pending bool `json:"pending_links,omitempty"`
	// Warnings tell what of the change Intercom will rewrite, drop or refuse.
	Warnings []Warning `json:"warnings,omitempty"`
}

// Drift is something that changed in Intercom and not in the files.
type Drift struct {
	About
	Locale model.Locale `json:"locale,omitempty"`
	// Field is empty where the object or the locale as a whole is meant.
	Field model.Field `json:"field,omitempty"`
	What  What        `json:"what"`
	// Before and After are in the files' terms, as in a [FieldChange].
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	// By names the teammate who edited this locale last; empty where the API
	// does not tell, or names the one whom the token belongs to.
	By string `json:"by,omitempty"`
	// Live is the value as the API gave it, Agreed the one that it gave when both
	// sides agreed. Not part of the printed plan.
	Live   string `json:"-"`
	Agreed string `json:"-"`
}

// OfWorkspace says that a drift is the own affair of the workspace that it is in:
// whether a text is published, who wrote it, and that it was deleted. What files
// say of that comes from the workspace that they mirror alone.
func (d Drift) OfWorkspace() bool {
	return d.Field.OfWorkspace() || d.What == Gone || d.What == LocaleOff
}

// What says in words what happened in Intercom, or why an object is left
// alone.
type What string

// What can have happened.
const (
	Changed   What = "changed in Intercom"
	New       What = "new in Intercom"
	Gone      What = "deleted in Intercom"
	LocaleOff What = "removed in Intercom"
	Moved     What = "moved in Intercom"
	// Reverted is a live value that the last push had replaced: an editor that
	// was left open in Intercom has saved it over the push.
	Reverted What = "reverted in Intercom"
	// EditedThere is an object or a locale that is removed here.
	EditedThere What = "removed here and edited in Intercom"
	// HomeGone is what was moved here, or is new, in a collection that is deleted in
	// Intercom.
	HomeGone What = "its collection is deleted in Intercom"
	// Newer is an object of which this checkout is behind.
	Newer What = "pushed from a newer commit of the default branch"
)

// Conflict is something that a push must not decide.
type Conflict struct {
	About
	Locale model.Locale `json:"locale,omitempty"`
	Field  model.Field  `json:"field,omitempty"`
	File   string       `json:"file,omitempty"`
	Line   int          `json:"line,omitempty"`
	// Reason says what clashes, Hint what to do.
	Reason string `json:"reason"`
	Hint   string `json:"hint"`
	Base   string `json:"base,omitempty"`
	Local  string `json:"local,omitempty"`
	Remote string `json:"remote,omitempty"`
	// By names the teammate who edited this locale last in Intercom, as in
	// [Drift]; At is when, in Unix seconds, 0 where the API does not tell.
	By string `json:"by,omitempty"`
	At int64  `json:"-"`
	// Draft says that a pending draft is in the way; Remote is its text, which is
	// not live.
	Draft bool `json:"draft,omitempty"`
	// Both says that the field was changed on both sides, which a pull can
	// settle; Based that there is a text that both began with. Live is the
	// value as the API gave it, Send what a push would put in its place if it
	// went over it. Not part of the printed plan.
	Both  bool   `json:"-"`
	Based bool   `json:"-"`
	Live  string `json:"-"`
	Send  string `json:"-"`
	// What tells, where an object or a locale as a whole is in conflict, what
	// happened to it in Intercom: Gone, LocaleOff, EditedThere or HomeGone. Not part of
	// the printed plan.
	What What `json:"-"`
	// Unmatched says that it is not known which object the file belongs to. Not
	// part of the printed plan.
	Unmatched bool `json:"-"`
}

// Rename is a file or folder with a new name and the same place: no call.
type Rename struct {
	About
	From string `json:"from"`
}

// Agreement is a field on which both sides came to say the same, or an object
// matched for the first time.
type Agreement struct {
	Key    model.Key
	Path   string
	Locale model.Locale
	Field  model.Field
	Value  model.Agreed
}

// Counts is the plan's last line in numbers.
type Counts struct {
	Create int `json:"create"`
	Update int `json:"update"`
	Move   int `json:"move"`
	// Unpublish counts removed articles that stay as drafts.
	Unpublish int `json:"unpublish"`
	Delete    int `json:"delete"`
	// Override counts pending drafts that give way.
	Override int `json:"override"`
	Conflict int `json:"conflict"`
	Drift    int `json:"drift"`
}

// Counts counts objects, not fields.
func (p *Plan) Counts() Counts {
	n := Counts{Conflict: distinct(p.Conflicts, func(c Conflict) About { return c.About }), Drift: distinct(p.Drift, func(d Drift) About { return d.About })}
	for _, c := range p.Changes {
		for _, l := range c.Contents {
			if l.Override != nil {
				n.Override++
			}
		}
		switch c.Op {
		case Create:
			n.Create++
		case Update:
			n.Update++
		case Move:
			n.Move++
		case Unpublish:
			n.Unpublish++
		case Delete:
			n.Delete++
		}
	}
	return n
}

func distinct[T any](list []T, about func(T) About) int {
	seen := map[About]bool{}
	for _, x := range list {
		seen[about(x)] = true
	}
	return len(seen)
}

// Empty says that a push would send nothing and has nothing to refuse.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 && len(p.Conflicts) == 0 }
