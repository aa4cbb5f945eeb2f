package push

import (
	"cmp"
	"maps"
	"reflect"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Record makes the state's entries out of what a run achieved: the fields that
// answers showed, the fields on which both sides turned out to agree, and the
// objects that this push saw in the files. Entries that would not change are
// left out. tip is the newest entry of each object, main the commit pushed.
func Record(p *diff.Plan, outcomes []Outcome, tip map[model.Key]*model.BaseObject, main string) []*model.BaseObject {
	r := &recorder{tip: tip, main: main, done: map[*model.Object]Outcome{}, agreed: map[model.Key][]diff.Agreement{}, folders: map[string]string{}}
	for _, o := range outcomes {
		if o.Live != nil && o.Change.Local != nil && o.Taken != nil {
			r.done[o.Change.Local] = o
		}
	}
	for _, a := range p.Agreed {
		r.agreed[a.Key] = append(r.agreed[a.Key], a)
	}
	r.index()
	var out []*model.BaseObject
	for i := range p.Pairs {
		pair := &p.Pairs[i]
		if pair.Local == nil {
			continue
		}
		if e := r.entry(pair); e != nil && !reflect.DeepEqual(e, tip[e.Key()]) {
			out = append(out, e)
		}
	}
	return out
}

type recorder struct {
	tip    map[model.Key]*model.BaseObject
	main   string
	done   map[*model.Object]Outcome
	agreed map[model.Key][]diff.Agreement
	// folders maps a collection's folder to its id.
	folders map[string]string
}

// entry is an object's new entry, nil where nothing is known of it.
func (r *recorder) entry(p *diff.Pair) *model.BaseObject {
	o, pushed := r.done[p.Local]
	live := p.Remote
	if pushed {
		live = o.Live
	}
	if live == nil {
		return nil
	}
	key := live.Key()
	if r.tip[key] == nil && !pushed && len(r.agreed[key]) == 0 {
		return nil
	}
	e := key.Next(r.tip[key])
	e.Path, e.Removed = p.Local.Path, false
	for l, values := range r.values(o, key) {
		e.Agree(l, p.Base, p.Local.Contents[l], live.Contents[l], values)
	}
	if p.Base == nil || pushed && o.ParentTaken && o.Change.Parent != nil {
		e.Settle(r.parents(p.Local), live)
	}
	if pushed {
		e.Pushed = r.main
	}
	r.see(e, p.Local)
	return e
}

// values gathers by locale what is to be recorded for one object.
func (r *recorder) values(o Outcome, key model.Key) map[model.Locale]map[model.Field]model.Agreed {
	all := map[model.Locale]map[model.Field]model.Agreed{}
	for l, taken := range o.Taken {
		all[l] = maps.Clone(taken)
	}
	for _, a := range r.agreed[key] {
		if all[a.Locale] == nil {
			all[a.Locale] = map[model.Field]model.Agreed{}
		}
		all[a.Locale][a.Field] = a.Value
	}
	return all
}

// parents gives the ids of the folders that hold an object.
func (r *recorder) parents(o *model.Object) []string {
	var out []string
	for _, ref := range o.Parents {
		if id := cmp.Or(ref.ID, r.folders[ref.Path]); id != "" {
			out = append(out, id)
		}
	}
	return out
}

// index notes which collection each folder is: as the state has it, and as
// this run created it.
func (r *recorder) index() {
	for key, e := range r.tip {
		if key.Kind == model.Collection && !e.Removed {
			r.folders[e.Path] = key.ID
		}
	}
	for local, o := range r.done {
		if local.Kind == model.Collection {
			r.folders[local.Path] = o.Live.ID
		}
	}
}

// see marks the locales that this push found in the files for the first time.
func (r *recorder) see(e *model.BaseObject, local *model.Object) {
	for l := range local.Contents {
		if c, ok := e.Contents[l]; ok && c.Seen == "" {
			c.Seen = r.main
			e.Contents[l] = c
		}
	}
}
