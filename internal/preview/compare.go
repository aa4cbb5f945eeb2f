package preview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/status"
)

// Comparison is a plan, with what it was made for.
type Comparison struct {
	Plan *diff.Plan
	// Target and Workspace name what the files were compared with.
	Target, Workspace string
	// At is when the workspace was read.
	At time.Time
}

// Pushed is how a push on save ended.
type Pushed struct {
	At      time.Time
	Changes []PushedChange
	// Failed says why nothing was sent, or not all of it; empty where all is well.
	Failed string
}

// PushedChange is one object that a push wrote, or could not write.
type PushedChange struct {
	Title, Did string
	// URL is the public page; empty for a draft.
	URL string
}

// comparison is what there is to say of Intercom at one moment. It never
// changes.
type comparison struct {
	Comparison
	version int
	running bool
	failed  string // why there is nothing newer
	objects map[diff.Place]*status.Object
	pairs   map[diff.Place]*diff.Pair
	changes map[diff.Place]*diff.Change
	list    []status.Object
	pushed  *Pushed
}

// Comparing says that the workspace is being read.
func (s *Server) Comparing() {
	s.recompare(func(c *comparison) { c.running = true })
}

// NotCompared says why the workspace could not be read. What was known of it
// before is no longer shown: nobody knows whether it still holds.
func (s *Server) NotCompared(reason string) {
	s.recompare(func(c *comparison) {
		*c = comparison{version: c.version, failed: reason, pushed: c.pushed}
	})
}

// Compared shows a plan.
func (s *Server) Compared(with Comparison) {
	next := byPlace(with)
	s.recompare(func(c *comparison) {
		next.version, next.pushed = c.version, c.pushed
		*c = next
	})
}

// Pushed shows how a push ended, until another one has.
func (s *Server) Pushed(p Pushed) {
	s.recompare(func(c *comparison) { c.pushed = &p })
}

// recompare makes the next comparison out of the last, and tells every open
// page.
func (s *Server) recompare(change func(*comparison)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.compared.Load()
	change(&next)
	next.version++
	s.compared.Store(&next)
	close(s.changed)
	s.changed = make(chan struct{})
}

// byPlace finds a plan's entries by the place of the file.
func byPlace(with Comparison) comparison {
	c := comparison{Comparison: with, objects: map[diff.Place]*status.Object{}, pairs: map[diff.Place]*diff.Pair{}, changes: map[diff.Place]*diff.Change{}}
	c.list = status.Of(with.Plan, nil)
	for i := range c.list {
		c.objects[c.list[i].Place()] = &c.list[i]
	}
	for i := range with.Plan.Changes {
		ch := &with.Plan.Changes[i]
		c.changes[ch.Place()] = ch
	}
	for i := range with.Plan.Pairs {
		if p := &with.Plan.Pairs[i]; p.Local != nil {
			c.pairs[placeOf(p.Local)] = p
		}
	}
	return c
}

func placeOf(o *model.Object) diff.Place { return diff.Place{Kind: o.Kind, Path: o.Path} }

// badge is a state in a word.
type badge struct {
	Text string
	// Class is how it looks: new, changed, there, conflict, waiting or sync.
	Class string
}

// badges tells how an object stands in one locale, the most urgent first.
func (c *comparison) badges(o *model.Object, l model.Locale) []badge {
	known := c.objects[placeOf(o)]
	if known == nil {
		return nil
	}
	var out []badge
	for _, f := range known.Findings {
		if f.State != status.InSync && holds(f, l) {
			out = append(out, badge{stateText(f.State), stateClass(f.State)})
		}
	}
	if _, here := model.In(o.Contents, l); here && len(out) == 0 {
		out = append(out, badge{"In sync", "sync"})
	}
	return out
}

// holds says whether a finding is about a locale, or about the object whole.
func holds(f status.Finding, l model.Locale) bool {
	return len(f.Places) == 0 || slices.ContainsFunc(f.Places, func(p status.Place) bool { return p.Locale.Is(l) })
}

// stateText is a state as a badge says it: on a page of the files "new here" is
// just new.
func stateText(s status.State) string {
	text := strings.TrimSuffix(string(s), " here")
	return sentenceCase(text)
}

func stateClass(s status.State) string {
	switch {
	case s == status.Conflict:
		return "conflict"
	case s == status.InSync:
		return "sync"
	case s == status.NewHere:
		return "new"
	case s == status.Behind, s == status.Drafted, s.There():
		return "there"
	}
	return "changed"
}

// differs says that a locale of an object is not in sync.
func (c *comparison) differs(o *model.Object, l model.Locale) bool {
	list := c.badges(o, l)
	return len(list) > 0 && list[0].Class != "sync"
}

// standing is what every page says of the comparison.
type standing struct {
	Text string
	// Class is quiet, busy, changed or bad.
	Class string
	// Why is the reason where nothing was compared.
	Why string
}

// standing gives nil where nobody compares.
func (c *comparison) standing() *standing {
	switch {
	case c.running && c.Plan == nil:
		return &standing{Text: "Comparing with Intercom…", Class: "busy"}
	case c.failed != "":
		return &standing{Text: "Not compared", Class: "quiet", Why: c.failed}
	case c.Plan == nil:
		return nil
	}
	counts := status.Count(c.list)
	here := len(c.Plan.Changes)
	switch {
	case counts[status.Conflict] > 0:
		return &standing{Text: plural(counts[status.Conflict], "conflict"), Class: "bad"}
	case here > 0:
		return &standing{Text: plural(here, "change"), Class: "changed"}
	case len(c.Plan.Drift) > 0:
		return &standing{Text: "Changed in Intercom", Class: "changed"}
	}
	return &standing{Text: "In sync", Class: "quiet"}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
