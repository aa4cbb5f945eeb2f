package intent

import (
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// early is how many seconds before the intent by the run's clock an object may
// have been created by the server's.
const early = 5 * 60

// find looks for the object that a create has made: one that nobody claims, in
// this place, with this title, and made since the run began. Several that fit
// are left alone; the next plan names them and refuses.
func (s *settlement) find(c *Change) string {
	if c.Op != diff.Create || c.Move == nil {
		return ""
	}
	parents := s.ids(c.Move.To)
	if slices.Contains(parents, "") {
		return "" // what holds it was not created
	}
	rivals := s.rivals(c)
	var found []string
	for key, o := range s.live {
		if key.Kind == c.Kind && s.unclaimed(key) && o.CreatedAt >= s.in.Start-early && o.Title() == c.Title &&
			c.stands(o, parents) && (!rivals || s.shown(c, o)) {
			found = append(found, key.ID)
		}
	}
	if len(found) == 0 || len(found) > 1 && !rivals {
		return ""
	}
	return slices.MinFunc(found, model.CompareID)
}

func (s *settlement) unclaimed(key model.Key) bool {
	return s.Tip[key] == nil && !s.adopted[key] && (s.Claimed == nil || !s.Claimed(key))
}

func (c *Change) stands(o *model.Object, parents []string) bool {
	if len(parents) == 0 {
		return len(o.Parents) == 0 && (c.HelpCenter == "" || o.HelpCenter == "" || c.HelpCenter == o.HelpCenter)
	}
	return subset(parents, ids(o.Parents))
}

// rivals says that the run was to create another object with the same title in
// the same place. Then only the whole content tells which one was made.
func (s *settlement) rivals(c *Change) bool {
	for i := range s.in.Changes {
		if r := &s.in.Changes[i]; r != c && r.Op == diff.Create && r.Kind == c.Kind && r.Title == c.Title && r.Move != nil &&
			r.HelpCenter == c.HelpCenter && slices.Equal(s.ids(r.Move.To), s.ids(c.Move.To)) {
			return true
		}
	}
	return false
}

// shown says that an object is just what the change makes.
func (s *settlement) shown(c *Change, o *model.Object) bool {
	for i := range c.Locales {
		if l := &c.Locales[i]; len(s.landed(c, l, nil, o)) < len(l.Fields) {
			return false
		}
	}
	return true
}
