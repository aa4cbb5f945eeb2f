package push

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// script makes choices out of the bytes of a fuzz input; when they are used up
// it always chooses the first.
type script struct{ bytes []byte }

func (s *script) below(n int) int {
	if len(s.bytes) == 0 || n < 2 {
		return 0
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return int(b) % n
}

func pick[T any](s *script, list ...T) T { return list[s.below(len(list))] }

// site is a workspace that takes whatever it is sent, the files beside it, and
// what the state recorded.
type site struct {
	local, remote model.Snapshot
	tip           map[model.Key]*model.BaseObject
	many          bool
	prune         diff.Prune
	next          int
}

func fields(s *script, k model.Kind) map[model.Field]string {
	f := map[model.Field]string{
		model.Title:       pick(s, "One", "Two", "Three"),
		model.Description: pick(s, "", "About"),
	}
	if k == model.Article {
		f[model.State] = pick(s, model.Draft, model.Published)
		f[model.Author] = pick(s, "7", "8")
		f[model.Body] = pick(s, "Text.\n", "* a\n* b\n", "One.\n\nTwo.\n", "")
	}
	return f
}

// add makes an object that is in sync, in one to three locales. Its file may
// be silent about some fields, and may have no id yet.
func (w *site) add(s *script, k model.Kind, dir string, parent []model.Ref) {
	w.next++
	id := strconv.Itoa(w.next)
	r := model.Object{Kind: k, ID: id, HelpCenter: "1", Default: "en", Parents: justIDs(parent), ParentsComplete: true, Contents: map[model.Locale]model.Content{}}
	f := model.Object{Kind: k, ID: id, HelpCenter: "1", Default: "en", Parents: parent, ParentsComplete: k == model.Collection || len(parent) == 0, Contents: map[model.Locale]model.Content{}}
	base := r.Key().Next(nil)
	for _, l := range []model.Locale{"en", "fr", "pt-BR"}[:1+s.below(3)] {
		ours := fields(s, k)
		theirs := maps.Clone(ours)
		if k == model.Article {
			theirs[model.Body] = markup.Render(ours[model.Body], markup.Options{})
		}
		if s.below(3) == 1 {
			delete(ours, pick(s, model.Description, model.State, model.Author))
		}
		agreed := map[model.Field]model.Agreed{}
		for field, v := range ours {
			agreed[field] = model.Agreed{Managed: true, Local: v, Remote: theirs[field]}
		}
		f.Contents[l], r.Contents[l] = model.Content{Fields: ours}, model.Content{Fields: theirs}
		base.Agree(l, nil, f.Contents[l], r.Contents[l], agreed)
	}
	place(&f, path.Join(dir, string(k[:1])+id+map[model.Kind]string{model.Article: ".md"}[k]))
	if s.below(4) == 1 {
		f.ID = ""
	}
	base.Path = f.Path
	base.Settle(nil, &r)
	base.LocalParents = base.RemoteParents
	w.local.Objects, w.remote.Objects = append(w.local.Objects, f), append(w.remote.Objects, r)
	w.tip[base.Key()] = base
}

func justIDs(refs []model.Ref) []model.Ref {
	var out []model.Ref
	for _, r := range refs {
		out = append(out, model.Ref{ID: r.ID})
	}
	return out
}

// place names an object's files.
func place(o *model.Object, p string) {
	o.Path = p
	for l, c := range o.Contents {
		file := p
		if o.Kind == model.Collection {
			file += "/_collection.md"
		}
		if l != "en" {
			file = strings.TrimSuffix(file, ".md") + "." + string(l) + ".md"
		}
		c.File = "content/" + file
		o.Contents[l] = c
	}
}

func newSite(s *script) *site {
	center := model.HelpCenter{ID: "1", Path: "acme", Default: "en", URL: "https://help.test", Locales: []model.Locale{"en", "fr", "pt-BR"}, Multilingual: true}
	w := &site{tip: map[model.Key]*model.BaseObject{}, next: 10, many: s.below(2) == 1}
	w.local.HelpCenters, w.remote.HelpCenters = []model.HelpCenter{center}, []model.HelpCenter{center}
	w.add(s, model.Collection, "acme", nil)
	for range s.below(3) {
		dir, parent := w.folder(s)
		w.add(s, model.Collection, dir, parent)
	}
	for range 1 + s.below(4) {
		dir, parent := w.folder(s)
		if parent == nil {
			dir = "_unlisted"
		}
		w.add(s, model.Article, dir, parent)
	}
	return w
}

// folder picks a collection that has a folder, or none.
func (w *site) folder(s *script) (string, []model.Ref) {
	dirs, parents := []string{"acme"}, [][]model.Ref{nil}
	for _, o := range w.local.Objects {
		if o.Kind == model.Collection && strings.Count(o.Path, "/") < 3 {
			id := o.ID
			for key, b := range w.tip {
				if key.Kind == o.Kind && b.Path == o.Path {
					id = key.ID
				}
			}
			dirs, parents = append(dirs, o.Path), append(parents, []model.Ref{{ID: id, Path: o.Path}})
		}
	}
	i := s.below(len(dirs))
	return dirs[i], parents[i]
}

// editFiles and editLive do one thing that people do.
func (w *site) editFiles(s *script) {
	i := s.below(len(w.local.Objects) + 1)
	if i == len(w.local.Objects) {
		w.newFile(s)
		return
	}
	o := &w.local.Objects[i]
	l := pick(s, o.Locales()...)
	switch field, values := pick(s, model.Fields(o.Kind)...), fields(s, o.Kind); s.below(6) {
	case 0, 1:
		o.Contents[l].Fields[field] = values[field]
	case 2:
		if field != model.Title {
			delete(o.Contents[l].Fields, field)
		}
	case 3:
		if _, there := o.Contents["fr"]; !there {
			o.Contents["fr"] = model.Content{Fields: values}
		} else {
			delete(o.Contents, "fr")
		}
		place(o, o.Path)
	case 4:
		if o.Kind == model.Article {
			dir, parent := w.folder(s)
			if parent == nil {
				dir = "_unlisted"
			}
			o.Parents, o.ParentsComplete = parent, parent == nil
			place(o, path.Join(dir, path.Base(o.Path)))
		} else {
			w.rename(o.Path, o.Path+"x")
		}
	case 5:
		if o.Kind == model.Article || !w.inhabited(o.Path) {
			w.local.Objects = slices.Delete(w.local.Objects, i, i+1)
		}
	}
}

func (w *site) newFile(s *script) {
	dir, parent := w.folder(s)
	w.next++
	k := pick(s, model.Article, model.Collection)
	o := model.Object{Kind: k, HelpCenter: "1", Default: "en", Parents: parent, ParentsComplete: k == model.Collection || parent == nil,
		Contents: map[model.Locale]model.Content{"en": {Fields: fields(s, k)}}}
	if k == model.Article && parent == nil {
		dir, o.HelpCenter = "_unlisted", ""
	}
	place(&o, path.Join(dir, fmt.Sprintf("new%d%s", w.next, map[model.Kind]string{model.Article: ".md"}[k])))
	w.local.Objects = append(w.local.Objects, o)
}

// rename gives a folder another name, with everything that is in it.
func (w *site) rename(from, to string) {
	moved := func(p string) string {
		if rest, ok := strings.CutPrefix(p+"/", from+"/"); ok {
			return strings.TrimSuffix(to+"/"+rest, "/")
		}
		return p
	}
	for i := range w.local.Objects {
		o := &w.local.Objects[i]
		o.Parents = slices.Clone(o.Parents)
		for j := range o.Parents {
			o.Parents[j].Path = moved(o.Parents[j].Path)
		}
		place(o, moved(o.Path))
	}
}

func (w *site) editLive(s *script) {
	i := s.below(len(w.remote.Objects))
	o := &w.remote.Objects[i]
	l := pick(s, o.Locales()...)
	switch field, values := pick(s, model.Fields(o.Kind)...), fields(s, o.Kind); s.below(6) {
	case 0, 1, 2:
		v := values[field]
		if field == model.Body {
			v = markup.Render(v, markup.Options{})
		}
		o.Contents[l].Fields[field] = v
	case 3:
		if o.Kind == model.Article {
			o.Parents = append([]model.Ref{}, pick(s, nil, []model.Ref{{ID: "11"}}, []model.Ref{{ID: "11"}, {ID: "12"}})...)
		}
	case 4:
		if o.Kind == model.Article {
			w.remote.Objects = slices.Delete(w.remote.Objects, i, i+1)
		}
	case 5:
		delete(o.Contents, "fr")
	}
}

// link gives parents the ids that the files of their folders have.
func (w *site) link() {
	ids := map[string]string{}
	for _, o := range w.local.Objects {
		if o.Kind == model.Collection {
			ids[o.Path] = o.ID
		}
	}
	for i := range w.local.Objects {
		o := &w.local.Objects[i]
		o.Parents = slices.Clone(o.Parents)
		for j := range o.Parents {
			o.Parents[j].ID = ids[o.Parents[j].Path]
		}
	}
}

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
