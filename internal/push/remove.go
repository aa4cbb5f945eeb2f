package push

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// remove carries out a removal. What is gone already needs no call; what was
// edited since the plan was made stays.
func (e *Executor) remove(ctx context.Context, c *diff.Change) Outcome {
	fresh, err := e.Client.Get(ctx, c.Live.Key())
	switch {
	case errors.Is(err, intercom.ErrNotFound):
		return Outcome{Change: c, Status: Done, Deleted: true}
	case err != nil:
		return failed(c, err)
	}
	if edited := editedSince(c.Live, &fresh); edited != "" {
		return Outcome{Change: c, Status: Stopped, Live: &fresh, Message: edited + " changed in Intercom since the plan was made; plan again"}
	}
	switch {
	case c.Op == diff.Unpublish:
		return e.unpublish(ctx, c, &fresh)
	case c.Kind == model.Collection:
		return e.removeCollection(ctx, c)
	}
	return e.drop(ctx, c)
}

func (e *Executor) drop(ctx context.Context, c *diff.Change) Outcome {
	if err := e.Client.Delete(ctx, c.Live.Key()); err != nil {
		return cutOff(c, err)
	}
	return Outcome{Change: c, Status: Done, Deleted: true}
}

// editedSince names the first text that is not what the plan was made from. A
// removal touches all of them.
func editedSince(was, now *model.Object) string {
	for _, l := range now.Locales() {
		old, known := was.Contents[l]
		content := now.Contents[l]
		if !known || content.PendingDraft != nil && old.PendingDraft == nil {
			return string(l)
		}
		for _, f := range model.Fields(was.Kind) {
			v := content.Fields[f]
			if f == model.Body {
				v = markup.StripSignatures(v)
			}
			if !sameValue(f, old.Fields[f], v) {
				return string(l) + " " + string(f)
			}
		}
	}
	return ""
}

// unpublish takes an article off with one call, in all its locales.
func (e *Executor) unpublish(ctx context.Context, c *diff.Change, fresh *model.Object) Outcome {
	w := intercom.Write{Kind: c.Kind, Default: fresh.Default, Multilingual: e.multilingual(fresh.HelpCenter),
		Contents: map[model.Locale]map[model.Field]string{}}
	for _, l := range c.Contents {
		w.Contents[l.Locale] = map[model.Field]string{model.State: model.Draft}
	}
	e.keepAuthors(c, fresh, w)
	live, err := e.Client.Update(ctx, fresh.Key(), w)
	if err != nil {
		return cutOff(c, err)
	}
	o := Outcome{Change: c, Status: Done, Live: &live}
	var public []string
	for _, l := range c.Contents {
		if live.Contents[l.Locale].Fields[model.State] == model.Published {
			public = append(public, string(l.Locale))
		}
	}
	if len(public) > 0 {
		o.Status, o.Message = Partly, strings.Join(public, ", ")+" is still public; unpublish it in Intercom"
	}
	return o
}

// removeCollection deletes a collection that a read just before shows to be
// empty: what becomes of what is in it is not documented (intercom-api.md
// section 2.12). Collections of one level share the read.
func (e *Executor) removeCollection(ctx context.Context, c *diff.Change) Outcome {
	now, err := e.reread(ctx, c.Stage())
	if err != nil {
		return failed(c, err)
	}
	for i := range now.Objects {
		o := &now.Objects[i]
		if slices.ContainsFunc(o.Parents, func(r model.Ref) bool { return r.ID == c.Live.ID }) {
			return Outcome{Change: c, Status: Stopped,
				Message: fmt.Sprintf("it is not empty: %s “%s” is in it; move that away or remove it, then push again", o.Kind, o.Title())}
		}
	}
	return e.drop(ctx, c)
}

// reread reads the workspace once for a stage.
func (e *Executor) reread(ctx context.Context, stage int) (model.Snapshot, error) {
	e.mu.Lock()
	if e.reads == nil {
		e.reads = map[int]func() (model.Snapshot, error){}
	}
	read, ok := e.reads[stage]
	if !ok {
		read = sync.OnceValues(func() (model.Snapshot, error) { return e.Client.Snapshot(ctx) })
		e.reads[stage] = read
	}
	e.mu.Unlock()
	return read()
}

// Deleted lists the objects whose entries the state is to forget: those that
// were deleted, and those that both sides no longer have.
func Deleted(p *diff.Plan, outcomes []Outcome) []model.Key {
	list := slices.Clone(p.Dropped)
	for _, o := range outcomes {
		if o.Deleted {
			list = append(list, o.Change.Live.Key())
		}
	}
	return list
}

// tombstones gives the entries of articles that the files no longer have and
// that stay in Intercom: as they are there now.
func (r *recorder) tombstones(p *diff.Plan, outcomes []Outcome) []*model.BaseObject {
	ended := map[model.Key]*Outcome{}
	for i := range outcomes {
		if o := &outcomes[i]; o.Change.Op == diff.Unpublish && o.Status == Done && o.Live != nil {
			ended[o.Live.Key()] = o
		}
	}
	live := map[model.Key]*model.Object{}
	for _, pair := range p.Pairs {
		if pair.Remote != nil {
			live[pair.Remote.Key()] = pair.Remote
		}
	}
	var out []*model.BaseObject
	for _, removal := range p.Removals {
		key := model.Key{Kind: removal.Kind, ID: removal.ID}
		switch o := ended[key]; {
		case removal.Locale != "":
		case removal.Action == diff.Note:
			out = append(out, r.bury(live[key]))
		case removal.Action == diff.ToDraft && o != nil:
			e := r.bury(o.Live)
			e.Pushed = r.main
			out = append(out, e)
		}
	}
	return out
}

// bury makes a tombstone.
func (r *recorder) bury(live *model.Object) *model.BaseObject {
	e := live.Key().Next(r.tip[live.Key()])
	e.Removed = true
	for l, content := range live.Contents {
		e.Leave(l, unsigned(content))
	}
	return e
}

// buryLocales marks the translations that the files no longer have.
func (r *recorder) buryLocales(e *model.BaseObject, live *model.Object, o Outcome) {
	for _, removal := range r.plan.Removals {
		l := removal.Locale
		if l == "" || removal.ID != e.ID || removal.Kind != e.Kind {
			continue
		}
		content := live.Contents[l]
		done := o.Live != nil && content.Fields[model.State] != model.Published
		if removal.Action == diff.Note || removal.Action == diff.ToDraft && done {
			e.Leave(l, unsigned(content))
			e.Mark(l, true)
		}
	}
}

// unsigned is a live content as the state keeps it: signatures change at every
// read.
func unsigned(c model.Content) model.Content {
	if body, ok := c.Fields[model.Body]; ok {
		c.Fields = maps.Clone(c.Fields)
		c.Fields[model.Body] = markup.StripSignatures(body)
	}
	return c
}
