package diff

import (
	"fmt"
	"slices"

	"github.com/hcsync/hcsync/internal/model"
)

// Brake is something that a run would do to more of the help center than
// happens by intent: it stops, until it is given the very number.
type Brake struct {
	What Braked `json:"what"`
	// Count is how many it would be, Of how many there are.
	Count int `json:"count"`
	Of    int `json:"of"`
}

// Braked names what is limited, as a verb.
type Braked string

// What is limited. A page is an article in one locale.
const (
	Removing     Braked = "remove"
	Unpublishing Braked = "unpublish"
	Publishing   Braked = "publish"
	RemovingFile Braked = "remove files"
)

// String gives "unpublish 4 of 12 pages".
func (b Brake) String() string {
	verb, things := string(b.What), "pages"
	switch b.What {
	case Removing:
		things = "articles and collections"
	case RemovingFile:
		verb, things = "remove", "files"
	}
	return fmt.Sprintf("%s %d of %d %s", verb, b.Count, b.Of, things)
}

// The limits: a share in percent, and a number where there is too little for a
// share to mean anything.
const (
	brakeShare = 30
	brakeFew   = 3
	brakeSmall = 10
)

// Held says that the limit is passed.
func (b Brake) Held() bool {
	if b.Of < brakeSmall {
		return b.Count > brakeFew
	}
	return 100*b.Count > brakeShare*b.Of
}

// Held lists the brakes that stop a run, less those whose number was given.
func Held(brakes []Brake, allowed []int) []Brake {
	return slices.DeleteFunc(slices.Clone(brakes), func(b Brake) bool {
		return !b.Held() || slices.Contains(allowed, b.Count)
	})
}

// Brakes counts what is limited in a push. What is created counts for nothing:
// a new help center has to come from somewhere.
func (p *Plan) Brakes() []Brake {
	remove, unpublish, publish := Brake{What: Removing}, Brake{What: Unpublishing}, Brake{What: Publishing}
	for _, r := range p.Removals {
		if r.Action == ToDraft || r.Action == ToBeDeleted {
			remove.Count++
		}
	}
	for i := range p.Changes {
		on, off := p.Changes[i].published()
		publish.Count += on
		unpublish.Count += off
	}
	for _, pair := range p.Pairs {
		if pair.Remote == nil || pair.Base == nil || pair.Base.Removed && pair.Local == nil {
			continue
		}
		remove.Of++
		pages, public := pages(pair.Remote)
		publish.Of += pages
		unpublish.Of += public
	}
	return []Brake{remove, unpublish, publish}
}

// published counts the pages of what exists that go on and off by the files'
// word. Removals have a limit of their own.
func (c *Change) published() (on, off int) {
	for _, l := range c.Contents {
		if l.Override != nil && l.Override.Publishes {
			on++
		}
		for _, f := range l.Fields {
			switch {
			case f.Field == model.State && l.Override != nil && l.Override.Publishes: // counted
			case f.Field != model.State || c.Live == nil || l.New || l.Removed:
			case f.Send == model.Published:
				on++
			case c.Live.Contents[l.Locale].Fields[model.State] == model.Published:
				off++
			}
		}
	}
	return on, off
}

// pages counts the locales of an article, and how many of them are public.
func pages(o *model.Object) (all, public int) {
	if o.Kind != model.Article {
		return 0, 0
	}
	for _, c := range o.Contents {
		all++
		if c.Fields[model.State] == model.Published {
			public++
		}
	}
	return all, public
}

// Toll is what a push takes away or makes public, for the question before it.
type Toll struct {
	// Articles and Collections are deleted.
	Articles, Collections int
	// Unpublished and Published are pages of what exists.
	Unpublished, Published int
	// Overridden are pending drafts that give way.
	Overridden int
}

// Toll counts it.
func (p *Plan) Toll() Toll {
	var t Toll
	for i := range p.Changes {
		c := &p.Changes[i]
		on, off := c.published()
		t.Published += on
		t.Unpublished += off
		for _, l := range c.Contents {
			if l.Removed {
				t.Unpublished++
			}
			if l.Override != nil {
				t.Overridden++
			}
		}
		switch {
		case c.Op == Delete && c.Kind == model.Article:
			t.Articles++
		case c.Op == Delete:
			t.Collections++
		}
	}
	return t
}
