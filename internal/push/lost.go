package push

import (
	"context"
	"errors"
	"fmt"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
)

// lost deals with a create whose answer did not arrive. The API has no way to
// ask for it again (intercom-api.md section 7), so the workspace is read: one
// object that was not there before, with this title in this place, is ours.
// Anything else is left to the next run, which looks again before it creates.
func (e *Executor) lost(ctx context.Context, c *diff.Change, w intercom.Write, cause error) (model.Object, error) {
	now, err := e.Client.Snapshot(ctx)
	if err != nil {
		return model.Object{}, errors.Join(cause, err)
	}
	var found []model.Object
	for _, o := range now.Objects {
		if o.Kind == c.Kind && !e.Known(o.Key()) && !e.ours(o.Key()) && o.Title() == c.Title && inPlace(&o, w) {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return model.Object{}, fmt.Errorf("%w\nit is not in Intercom so far; run push again, which looks for it before it creates it", cause)
	}
	return model.Object{}, fmt.Errorf("%w\nIntercom has %d new ones with this title; delete all but one there, then run push again", cause, len(found))
}

// inPlace says that an object has the parent that the call named.
func inPlace(o *model.Object, w intercom.Write) bool {
	if w.Parent == nil || *w.Parent == "" {
		return len(o.Parents) == len(w.Parents)
	}
	for _, r := range o.Parents {
		if r.ID == *w.Parent {
			return true
		}
	}
	return false
}

// ours says that this run created an object.
func (e *Executor) ours(key model.Key) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.made[key]
}
