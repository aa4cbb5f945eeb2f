// Package push carries out a plan, call for call.
//
// [Apply] never decides what to change; that is in the plan. It decides only
// whether it still may: before a write the object is read again, and a field
// that is no longer what the plan was made from stops that object. After a
// write it looks at the answer, because the API can accept a call and keep the
// old value (intercom-api.md section 2.6). What the answer shows is what
// [Record] puts into the state.
//
// The order is the plan's: collections from the outside in, new articles,
// everything else, removals. A new article that links to another new one is
// first created as a draft and gets its links, and its state, in a second call.
package push

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// Status says how one change ended.
type Status string

// The ends of a change. Everything but Done leaves work for a later run.
const (
	Done Status = "done"
	// Partly means that the server accepted the call and kept old values.
	Partly Status = "not taken"
	// Stopped means that the object is no longer what the plan was made from.
	Stopped Status = "stopped"
	Failed  Status = "failed"
	// Skipped means that something it depends on did not get done.
	Skipped Status = "skipped"
)

// Outcome is one change with its end.
type Outcome struct {
	Change *diff.Change
	Status Status
	// Message says what went wrong and what to do.
	Message string
	Err     error
	// Live is the server's last answer; nil when there was none.
	Live *model.Object
	// Taken lists what the answer shows, by locale: the values to record.
	Taken map[model.Locale]map[model.Field]model.Agreed
	// ParentTaken says that the planned parent is the live one.
	ParentTaken bool
	// Deleted says that Intercom no longer has the object.
	Deleted bool
	// Unsure says that a call was made and nobody knows how it ended.
	Unsure bool
}

// Executor holds what the calls need.
type Executor struct {
	Client *intercom.Client
	Links  *gather.Links
	// Centers are the live help centers.
	Centers []model.HelpCenter
	// Known are the objects that the plan was made from: anything else that
	// shows up was created since.
	Known func(model.Key) bool
	// Concurrency bounds the calls of one level; 0 means 4.
	Concurrency int
	// Done is told about each finished change, in the order of finishing.
	Done func(Outcome)

	mu      sync.Mutex
	created map[string]string // folder → id of a collection made by this run
	made    map[model.Key]bool
	reads   map[int]func() (model.Snapshot, error) // of the whole workspace, by stage
}

// Apply runs the changes. It goes on after a failed object and leaves out what
// depends on it. The error is for what ends the run as a whole: a cancelled
// context, or credentials that stopped working.
func (e *Executor) Apply(ctx context.Context, p *diff.Plan) ([]Outcome, error) {
	e.created, e.made = map[string]string{}, map[model.Key]bool{}
	outcomes := make([]Outcome, len(p.Changes))
	writes, removals := split(levels(p.Changes), p.Changes)
	ended := e.all(ctx, p, writes, outcomes)
	if ended == nil {
		ended = e.level(ctx, p, linked(outcomes), outcomes, e.finishLinks)
	}
	if ended == nil {
		ended = e.all(ctx, p, removals, outcomes)
	}
	for i := range outcomes {
		if outcomes[i].Status == "" {
			outcomes[i] = Outcome{Change: &p.Changes[i], Status: Skipped, Message: "not started"}
		}
	}
	return outcomes, ended
}

// all runs one level after the other.
func (e *Executor) all(ctx context.Context, p *diff.Plan, levels [][]int, outcomes []Outcome) error {
	for _, level := range levels {
		if err := e.level(ctx, p, level, outcomes, e.change); err != nil {
			return err
		}
	}
	return nil
}

// split tells the levels of removals from those before them.
func split(levels [][]int, changes []diff.Change) (writes, removals [][]int) {
	i := slices.IndexFunc(levels, func(level []int) bool { return changes[level[0]].Removes() })
	if i < 0 {
		return levels, nil
	}
	return levels[:i], levels[i:]
}

// levels groups indexes of changes that do not depend on each other.
func levels(changes []diff.Change) [][]int {
	var out [][]int
	last := -1
	for i := range changes {
		if s := changes[i].Stage(); s != last || len(out) == 0 {
			out = append(out, nil)
			last = s
		}
		out[len(out)-1] = append(out[len(out)-1], i)
	}
	return out
}

// linked lists new articles whose text waits for addresses.
func linked(outcomes []Outcome) []int {
	var out []int
	for i, o := range outcomes {
		if o.Status == Done && o.Change.Op == diff.Create && waits(o.Change) {
			out = append(out, i)
		}
	}
	return out
}

func waits(c *diff.Change) bool {
	for _, l := range c.Contents {
		for _, f := range l.Fields {
			if f.Pending {
				return true
			}
		}
	}
	return false
}

func (e *Executor) level(ctx context.Context, p *diff.Plan, indexes []int, outcomes []Outcome, run func(context.Context, *diff.Change, Outcome) Outcome) error {
	g := new(errgroup.Group)
	g.SetLimit(max(e.Concurrency, 1))
	if e.Concurrency == 0 {
		g.SetLimit(4)
	}
	for _, i := range indexes {
		g.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			outcomes[i] = run(ctx, &p.Changes[i], outcomes[i])
			e.tell(outcomes[i])
			if errors.Is(outcomes[i].Err, intercom.ErrAuth) {
				return outcomes[i].Err
			}
			return nil
		})
	}
	return g.Wait()
}

func (e *Executor) tell(o Outcome) {
	if e.Done == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.Done(o)
}

// change runs one change of the plan.
func (e *Executor) change(ctx context.Context, c *diff.Change, _ Outcome) Outcome {
	switch {
	case c.Op == diff.Create:
		return e.create(ctx, c)
	case c.Removes():
		return e.remove(ctx, c)
	}
	return e.update(ctx, c)
}

func (e *Executor) create(ctx context.Context, c *diff.Change) Outcome {
	w, err := e.write(c)
	if err != nil {
		return Outcome{Change: c, Status: Skipped, Message: err.Error(), Err: err}
	}
	w.HelpCenter = c.HelpCenter
	if waits(c) {
		for _, fields := range w.Contents {
			fields[model.State] = model.Draft
		}
	}
	live, err := e.Client.Create(ctx, w)
	if errors.Is(err, intercom.ErrUnknownOutcome) {
		live, err = e.lost(ctx, c, w, err)
	}
	if err != nil {
		// Of a POST the client knows whether it was sent.
		o := failed(c, err)
		o.Unsure = errors.Is(err, intercom.ErrUnknownOutcome) && !errors.Is(err, errUnlike)
		return o
	}
	e.Links.Created(c.Local, &live)
	e.mu.Lock()
	e.made[live.Key()] = true
	if c.Kind == model.Collection {
		e.created[c.Path] = live.ID
	}
	e.mu.Unlock()
	return e.judge(c, w, nil, &live)
}

// finishLinks sends the texts of a new article again, with the links that the
// first call could not have, and its state.
func (e *Executor) finishLinks(ctx context.Context, c *diff.Change, before Outcome) Outcome {
	unfinished := func(status Status, err error) Outcome {
		return Outcome{Change: c, Status: status, Message: err.Error(), Err: err, Live: before.Live, Taken: before.Taken, ParentTaken: before.ParentTaken}
	}
	w := intercom.Write{Kind: c.Kind, Default: before.Live.Default, Multilingual: e.multilingual(before.Live.HelpCenter), Contents: map[model.Locale]map[model.Field]string{}}
	for _, l := range c.Contents {
		w.Contents[l.Locale] = map[model.Field]string{model.Author: before.Live.Contents[l.Locale].Fields[model.Author]}
		for _, f := range l.Fields {
			switch f.Field {
			case model.Body:
				html, err := e.body(c, l, f)
				if err != nil {
					return unfinished(Skipped, err)
				}
				w.Contents[l.Locale][f.Field] = html
			case model.State:
				w.Contents[l.Locale][f.Field] = f.Send
			}
		}
	}
	live, err := e.Client.Update(ctx, before.Live.Key(), w)
	if err != nil {
		o := unfinished(Failed, err)
		o.Unsure = unsure(err)
		return o
	}
	o := e.judge(c, w, before.Live, &live)
	for l, taken := range before.Taken {
		merged := maps.Clone(taken)
		maps.Copy(merged, o.Taken[l])
		o.Taken[l] = merged
	}
	o.ParentTaken = before.ParentTaken
	return o
}

// body gives the HTML of a text, once more where the plan could not resolve
// its links. Links to what was not created after all hold the text back: they
// would lead readers nowhere.
func (e *Executor) body(c *diff.Change, l diff.LocaleChange, f diff.FieldChange) (string, error) {
	if !f.Pending {
		return f.Send, nil
	}
	r := e.Links.Render(l.File, l.Locale, f.After)
	if r.Pending {
		return "", fmt.Errorf("%s links to something that is not in Intercom yet; push that too", l.File)
	}
	if c.Base != nil && c.Live != nil {
		if a := c.Base.Contents[l.Locale].Fields[f.Field]; a.Managed {
			return markup.PatchHTML(a.Local, c.Live.Contents[l.Locale].Fields[f.Field], f.After, e.Links.ToHTML(l.File, l.Locale)), nil
		}
	}
	return r.HTML, nil
}

func (e *Executor) update(ctx context.Context, c *diff.Change) Outcome {
	fresh, err := e.Client.Get(ctx, c.Live.Key())
	if err != nil {
		return failed(c, err)
	}
	if moved := moved(c, &fresh); moved != "" {
		return Outcome{Change: c, Status: Stopped, Live: &fresh, Message: moved + " changed in Intercom since the plan was made; plan again"}
	}
	switch moved, err := e.draftMoved(ctx, c, &fresh); {
	case err != nil:
		return failed(c, err)
	case moved != "":
		return Outcome{Change: c, Status: Stopped, Live: &fresh, Message: moved + " since the plan was made; plan again"}
	}
	w, err := e.write(c)
	if err != nil {
		return Outcome{Change: c, Status: Skipped, Message: err.Error(), Err: err}
	}
	staged, rest := parted(c, &fresh, w)
	e.keepAuthors(c, &fresh, rest)
	if len(staged.Contents) > 0 {
		e.keepAuthors(c, &fresh, staged)
		return e.override(ctx, c, &fresh, w, staged, rest)
	}
	live, err := e.Client.Update(ctx, fresh.Key(), rest)
	if err != nil {
		return cutOff(c, err)
	}
	return e.judge(c, w, &fresh, &live)
}

// keepAuthors sends the live author of every locale that is touched: the API
// may put the token's admin there otherwise (intercom-api.md section 2.6).
func (e *Executor) keepAuthors(c *diff.Change, fresh *model.Object, w intercom.Write) {
	if c.Kind != model.Article {
		return
	}
	for l, fields := range w.Contents {
		if _, ok := fields[model.Author]; !ok {
			if id := fresh.Contents[l].Fields[model.Author]; id != "" {
				fields[model.Author] = id
			}
		}
	}
	if c.Parent != nil && len(w.Contents) == 0 {
		w.Contents[fresh.Default] = map[model.Field]string{model.Author: fresh.Contents[fresh.Default].Fields[model.Author]}
	}
}

// write turns a change into the body of a call.
func (e *Executor) write(c *diff.Change) (intercom.Write, error) {
	w := intercom.Write{Kind: c.Kind, Contents: map[model.Locale]map[model.Field]string{}}
	center := c.HelpCenter
	w.Default = c.Local.Default
	if c.Live != nil {
		center, w.Default = c.Live.HelpCenter, c.Live.Default
	}
	w.Multilingual = e.multilingual(center)
	for _, l := range c.Contents {
		fields := map[model.Field]string{}
		for _, f := range l.Fields {
			fields[f.Field] = f.Send
			if !f.Pending || c.Op == diff.Create {
				continue // a new article's links are sent once all new ones exist
			}
			html, err := e.body(c, l, f)
			if err != nil {
				return w, err
			}
			fields[f.Field] = html
		}
		complete(fields, l.Override)
		w.Contents[l.Locale] = fields
	}
	return w, e.parent(c, &w)
}

// parent puts the planned parents into a call.
func (e *Executor) parent(c *diff.Change, w *intercom.Write) error {
	if c.Parent == nil {
		return nil
	}
	ids, err := e.ids(c.Parent.To)
	if err != nil {
		return err
	}
	switch {
	case len(ids) > 1 || c.Op != diff.Create && c.Kind == model.Article && (len(ids) == 0 || len(c.Parent.From) > 1):
		w.Parents = append([]string{}, ids...)
	case len(ids) == 1:
		w.Parent = &ids[0]
	case c.Op != diff.Create:
		w.Parent = new(string)
	}
	return nil
}

// ids resolves folders to the collections that they became.
func (e *Executor) ids(refs []model.Ref) ([]string, error) {
	var out []string
	for _, r := range refs {
		id := r.ID
		if id == "" {
			e.mu.Lock()
			id = e.created[r.Path]
			e.mu.Unlock()
		}
		if id == "" {
			return nil, fmt.Errorf("its collection %s was not created", r.Path)
		}
		out = append(out, id)
	}
	return out, nil
}

func (e *Executor) multilingual(center string) bool {
	any := false
	for _, hc := range e.Centers {
		if hc.ID == center {
			return hc.Multilingual
		}
		any = any || hc.Multilingual
	}
	return any
}

func failed(c *diff.Change, err error) Outcome {
	return Outcome{Change: c, Status: Failed, Message: err.Error(), Err: err}
}

// cutOff is the end of a change whose call failed.
func cutOff(c *diff.Change, err error) Outcome {
	o := failed(c, err)
	o.Unsure = unsure(err)
	return o
}

// unsure says that a call may have been carried out all the same: anything but
// a refusal by the API itself.
func unsure(err error) bool {
	for _, refusal := range []error{intercom.ErrInvalid, intercom.ErrAuth, intercom.ErrNotFound, intercom.ErrRateLimited} {
		if errors.Is(err, refusal) {
			return false
		}
	}
	return true
}
