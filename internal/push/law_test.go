package push

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
)

func (w *site) input() diff.Input {
	w.link()
	claims := map[diff.Place]model.Key{}
	for key, b := range w.tip {
		claims[diff.Place{Kind: b.Kind, Path: b.Path}] = key
	}
	links := gather.NewLinks("content", "", w.local, w.remote, claims)
	return diff.Input{Local: w.local, Remote: w.remote, Base: w.tip, Claims: claims, Options: diff.Options{
		Render: links.Render, ToHTML: links.ToHTML, ToMarkdown: links.ToMarkdown, ManyParents: w.many, Prune: w.prune,
		Authors: map[string]string{"7": "7", "8": "8"}, AuthorNames: map[string]string{}, DefaultAuthor: "7",
		Recorded: func(model.Key, model.Locale) bool { return true },
	}}
}

// push carries a plan out: every write is taken as it is sent.
func (w *site) push(t *testing.T, p *diff.Plan) {
	t.Helper()
	e := &Executor{Centers: w.remote.HelpCenters, created: map[string]string{}}
	var outcomes []Outcome
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Removes() {
			outcomes = append(outcomes, w.removed(c))
			continue
		}
		write, err := e.write(c)
		if err != nil {
			t.Fatalf("%s: %v", c.Path, err)
		}
		before, live := w.take(c, write)
		if c.Kind == model.Collection && before == nil {
			e.created[c.Path] = live.ID
		}
		o := e.judge(c, write, before, live)
		if o.Status != Done {
			t.Fatalf("%s: %s", c.Path, o.Message)
		}
		outcomes = append(outcomes, o)
	}
	for _, entry := range Record(p, outcomes, maps.Clone(w.tip), "main") {
		w.tip[entry.Key()] = entry
	}
	for _, key := range Deleted(p, outcomes) {
		delete(w.tip, key)
	}
}

// take is the server's side of one call.
func (w *site) take(c *diff.Change, write intercom.Write) (before, live *model.Object) {
	i := slices.IndexFunc(w.remote.Objects, func(o model.Object) bool { return c.Live != nil && o.Key() == c.Live.Key() })
	o := model.Object{Kind: c.Kind, HelpCenter: "1", Default: "en", ParentsComplete: true}
	if i < 0 {
		w.next++
		o.ID = strconv.Itoa(w.next)
	} else {
		o = w.remote.Objects[i]
		copied := o
		before = &copied
	}
	o.Contents = maps.Clone(o.Contents)
	if o.Contents == nil {
		o.Contents = map[model.Locale]model.Content{}
	}
	for l, sent := range write.Contents {
		all := map[model.Field]string{}
		for _, f := range model.Fields(c.Kind) {
			all[f] = o.Contents[l].Fields[f]
		}
		maps.Copy(all, sent)
		o.Contents[l] = model.Content{Fields: all}
	}
	parents := write.Parents
	if write.Parent != nil {
		parents = slices.DeleteFunc([]string{*write.Parent}, func(id string) bool { return id == "" })
	}
	if write.Parents != nil || write.Parent != nil {
		o.Parents = nil
		for _, id := range parents {
			o.Parents = append(o.Parents, model.Ref{ID: id})
		}
	}
	if i < 0 {
		w.remote.Objects = append(w.remote.Objects, o)
	} else {
		w.remote.Objects[i] = o
	}
	return before, &o
}

// left lists what a push does not touch, in the order of the plan.
func left(p *diff.Plan) []string {
	out := []string{}
	for _, d := range p.Drift {
		out = append(out, fmt.Sprint("drift ", d.Kind, d.ID, d.Locale, d.Field, d.What))
	}
	for _, c := range p.Conflicts {
		out = append(out, fmt.Sprint("conflict ", c.Kind, c.Path, c.Locale, c.Field))
	}
	for _, r := range p.Removals {
		if r.Action != diff.Keep {
			continue
		}
		out = append(out, fmt.Sprint("removal ", r.Kind, r.ID, r.Locale))
	}
	slices.Sort(out)
	return out
}

func TestPushThenPlan(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 7))
		b := make([]byte, 120)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		pushThenPlan(t, b)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzPushThenPlan(f *testing.F) {
	f.Add([]byte("a push that is carried out leaves nothing to push"))
	f.Fuzz(pushThenPlan)
}

// pushThenPlan checks the laws of a plan: the same input gives the same bytes;
// only what the files manage is sent, and a state only where the files changed
// it; nothing is removed unless that was asked for; and after a push has been carried out and recorded,
// there is nothing to push, and everything that it left alone is still there.
func pushThenPlan(t *testing.T, b []byte) {
	s := &script{b}
	w := newSite(s)
	w.prune = pick(s, diff.Prune{}, diff.Prune{On: true}, diff.Prune{On: true, Delete: true})
	if p := diff.Compute(w.input()); len(p.Changes)+len(p.Conflicts)+len(p.Drift)+len(p.Removals)+len(p.Agreed) > 0 {
		t.Fatalf("in sync, and yet: %s", encode(t, p))
	}
	for range s.below(8) {
		if s.below(3) == 0 {
			w.editLive(s)
		} else {
			w.editFiles(s)
		}
	}
	p := diff.Compute(w.input())
	sameWhateverTheOrder(t, w, p)
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Removes() {
			w.lawfulRemoval(t, c)
		} else {
			lawful(t, c)
		}
	}
	w.push(t, diff.Partial(p))
	again := diff.Compute(w.input())
	if rest := diff.Partial(again); len(rest.Changes)+len(rest.Agreed) > 0 {
		t.Errorf("after a push there is still to do:\n%s\n%v\nthe push was:\n%s", encode(t, rest.Changes), rest.Agreed, encode(t, p))
	}
	if d := cmp.Diff(left(p), left(again)); d != "" {
		t.Errorf("what a push leaves alone (-before +after):\n%s\nthe push was:\n%s", d, encode(t, p))
	}
}

func sameWhateverTheOrder(t *testing.T, w *site, p *diff.Plan) {
	t.Helper()
	in := w.input()
	in.Local.Objects, in.Remote.Objects = slices.Clone(in.Local.Objects), slices.Clone(in.Remote.Objects)
	slices.Reverse(in.Local.Objects)
	slices.Reverse(in.Remote.Objects)
	if d := cmp.Diff(encode(t, p), encode(t, diff.Compute(in))); d != "" {
		t.Errorf("the order of the input matters:\n%s", d)
	}
}

// encode gives the printed part of a value.
func encode(t *testing.T, v any) string {
	t.Helper()
	if p, ok := v.(*diff.Plan); ok {
		shown := *p
		shown.Pairs = nil
		v = shown
	}
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
