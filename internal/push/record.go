package push

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Record makes the state's entries out of what a run achieved: the fields that
// answers showed, the fields on which both sides turned out to agree, and the
// objects that this push saw in the files. Entries that would not change are
// left out. tip is the newest entry of each object, main the commit pushed.
func Record(p *diff.Plan, outcomes []Outcome, tip map[model.Key]*model.BaseObject, main string) []*model.BaseObject {
	r := &recorder{plan: p, tip: tip, main: main, done: map[*model.Object]Outcome{}, agreed: map[model.Key][]diff.Agreement{}, folders: map[string]string{}}
	for _, o := range outcomes {
		if o.Live != nil && o.Change.Local != nil && o.Taken != nil {
			r.done[o.Change.Local] = o
		}
	}
	for _, a := range p.Agreed {
		r.agreed[a.Key] = append(r.agreed[a.Key], a)
	}
	r.index(p)
	behind := map[model.Key]bool{}
	for _, d := range p.Behind {
		behind[model.Key{Kind: d.Kind, ID: d.ID}] = true
	}
	var out []*model.BaseObject
	for i := range p.Pairs {
		pair := &p.Pairs[i]
		if pair.Local == nil || pair.Remote != nil && behind[pair.Remote.Key()] {
			continue // gone here, or this checkout knows less of it than the state
		}
		if e := r.entry(pair); e != nil && !reflect.DeepEqual(e, tip[e.Key()]) {
			out = append(out, e)
		}
	}
	return append(out, r.tombstones(p, outcomes)...)
}

type recorder struct {
	plan   *diff.Plan
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
	e.Path, e.Primary, e.Removed = p.Local.Path, cmp.Or(p.Local.Primary, e.Primary), false
	values := r.values(o, key)
	for l, values := range values {
		e.Agree(l, p.Base, p.Local.Contents[l], live.Contents[l], values)
	}
	switch local := r.parents(p.Local); {
	case standsAt(live, local, p.Local.ParentsComplete):
		e.Settle(local, live)
	case p.Base != nil:
		// A move that a colleague has pulled is not this checkout's agreement
		// either: the file's old folder must not pass for a move back.
		e.LocalParents, e.RemoteParents = p.Base.LocalParents, p.Base.RemoteParents
	}
	if pushed {
		e.Pushed = r.main
	}
	r.see(e, p, values)
	r.buryLocales(e, live, o)
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

// parents gives the ids of the folders that hold an object, "" for one that is
// no collection yet.
func (r *recorder) parents(o *model.Object) []string {
	var out []string
	for _, ref := range o.Parents {
		out = append(out, cmp.Or(r.folders[ref.Path], ref.ID))
	}
	return out
}

// standsAt says that an object is in the collections that its file names.
func standsAt(live *model.Object, local []string, complete bool) bool {
	for _, id := range local {
		if !slices.ContainsFunc(live.Parents, func(r model.Ref) bool { return r.ID == id }) {
			return false
		}
	}
	return len(local) > 0 && !complete || len(local) == len(live.Parents)
}

// index notes which collection each folder is: as the plan matched it, and as
// this run created it.
func (r *recorder) index(p *diff.Plan) {
	for _, pair := range p.Pairs {
		if pair.Local != nil && pair.Remote != nil && pair.Local.Kind == model.Collection {
			r.folders[pair.Local.Path] = pair.Remote.ID
		}
	}
	for local, o := range r.done {
		if local.Kind == model.Collection {
			r.folders[local.Path] = o.Live.ID
		}
	}
}

// see marks the locales that this push found in the files: for the first time,
// or again. One of which somebody else has recorded more than this checkout has
// seen is left alone: written by this push, it would pass for its agreement.
func (r *recorder) see(e *model.BaseObject, p *diff.Pair, agreed map[model.Locale]map[model.Field]model.Agreed) {
	for l := range p.Local.Contents {
		c, ok := e.Contents[l]
		if !ok || agreed[l] == nil && p.Base != nil && !maps.Equal(c.Fields, p.Base.Contents[l].Fields) {
			continue
		}
		c.Seen = cmp.Or(c.Seen, r.main)
		e.Contents[l] = c
		e.Mark(l, false)
	}
}
