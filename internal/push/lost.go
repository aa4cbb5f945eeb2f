package push

import (
	"context"
	"errors"
	"fmt"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// errUnlike is a create that is not to be tried again as it is: what stands in
// its place may be somebody else's.
var errUnlike = errors.New("something else with this title is in this place in Intercom by now")

// settleUnlike is how to go on after it; the planner says the same.
const settleUnlike = "to take it over, write its number as `id:` into the file; to make a new one, change the title"

// lost deals with a create whose answer did not arrive. The API has no way to
// ask for it again (intercom-api.md section 7), so the workspace is read: one
// object that was not there before, with this title in this place and the text
// that was sent, is ours. Another text may be a teammate's, who had the same
// idea at the same moment, so that is for the user to settle. Where nothing is
// found the next run looks again before it creates.
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
	switch {
	case len(found) == 0:
		return model.Object{}, fmt.Errorf("%w\nso far it is not in Intercom", cause)
	case len(found) > 1:
		return model.Object{}, fmt.Errorf("%w\nIntercom has %d new ones with this title; delete all but one there, then run push again", cause, len(found))
	case !says(&found[0], w):
		return model.Object{}, fmt.Errorf("%w: %w (id %s)\n%s", cause, errUnlike, found[0].ID, settleUnlike)
	}
	return found[0], nil
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

// says says that an object has the texts of a call, up to what the server makes
// of them.
func says(o *model.Object, w intercom.Write) bool {
	for l, fields := range w.Contents {
		sent, ok := fields[model.Body]
		if !ok {
			continue
		}
		live, there := model.In(o.Contents, l)
		if v, _ := markup.Landed("", sent, markup.StripSignatures(live.Fields[model.Body])); there && v != markup.AsSent {
			return false
		}
	}
	return true
}

// ours says that this run created an object.
func (e *Executor) ours(key model.Key) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.made[key]
}
