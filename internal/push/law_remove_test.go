package push

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// inhabited says that files stand in a folder.
func (w *site) inhabited(folder string) bool {
	return slices.ContainsFunc(w.local.Objects, func(o model.Object) bool { return strings.HasPrefix(o.Path, folder+"/") })
}

// removed is what a server makes of a removal.
func (w *site) removed(c *diff.Change) Outcome {
	i := slices.IndexFunc(w.remote.Objects, func(o model.Object) bool { return o.Key() == c.Live.Key() })
	if c.Op == diff.Delete {
		w.remote.Objects = slices.Delete(slices.Clone(w.remote.Objects), i, i+1) // the plan points into it
		return Outcome{Change: c, Status: Done, Deleted: true}
	}
	o := w.remote.Objects[i]
	o.Contents = maps.Clone(o.Contents)
	for _, l := range c.Contents {
		content := o.Contents[l.Locale]
		content.Fields = maps.Clone(content.Fields)
		content.Fields[model.State] = l.Fields[0].Send
		o.Contents[l.Locale] = content
	}
	w.remote.Objects[i] = o
	return Outcome{Change: c, Status: Done, Live: &o}
}

// lawfulRemoval checks that a removal was asked for, that the state knew the
// object, that nobody edited it since, and that nothing is lost with it.
func (w *site) lawfulRemoval(t *testing.T, c *diff.Change) {
	t.Helper()
	switch {
	case !w.prune.On:
		t.Errorf("%s: is removed without --prune", c.Path)
	case c.Base == nil || c.Local != nil:
		t.Errorf("%s: is removed, and was never in the files, or still is", c.Path)
	case c.Op == diff.Delete && c.Kind == model.Article && !w.prune.Delete:
		t.Errorf("%s: is deleted without on_delete: delete", c.Path)
	}
	for l, content := range c.Live.Contents {
		if a := c.Base.Contents[l].Fields[model.Title]; a.Remote != content.Fields[model.Title] {
			t.Errorf("%s %s: is removed, and its title was edited", c.Path, l)
		}
	}
}

// lawful checks that only what the files manage is sent.
func lawful(t *testing.T, c *diff.Change) {
	t.Helper()
	for _, l := range c.Contents {
		if l.Removed {
			continue // not the files' word
		}
		for _, f := range l.Fields {
			v, managed := c.Local.Contents[l.Locale].Fields[f.Field]
			if !managed && (!l.New || f.Field != model.State && f.Field != model.Author) {
				t.Errorf("%s %s: %s is sent, which the file says nothing about", c.Path, l.Locale, f.Field)
			}
			if f.Field != model.State || l.New {
				continue
			}
			if a := c.Base.Contents[l.Locale].Fields[model.State]; a.Managed && a.Local == v {
				t.Errorf("%s %s: the state is sent, which nobody changed here", c.Path, l.Locale)
			}
		}
	}
}
