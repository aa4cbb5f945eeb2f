package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// values are the fields of one locale. A body is Markdown here; the constructors
// of live objects turn it into HTML.
type values map[model.Field]string

// texts are the fields of an object by locale.
type texts map[model.Locale]values

// in is the short way to write texts in English.
func in(v values) texts { return texts{"en": v} }

// file makes a local object. Its parent is the folder it stands in, by id
// where a collection of the test has one.
func file(kind model.Kind, id, p string, t texts) model.Object {
	o := model.Object{Kind: kind, ID: id, HelpCenter: "1", Path: p, Default: "en", Contents: map[model.Locale]model.Content{}, ParentsComplete: kind == model.Collection}
	if dir := path.Dir(p); dir == "_unlisted" {
		o.HelpCenter, o.ParentsComplete = "", true
	} else if strings.Contains(dir, "/") {
		o.Parents = []model.Ref{{Path: dir}}
	}
	for l, v := range t {
		name := p
		if kind == model.Collection {
			name = p + "/_collection.md"
		}
		if l != "en" {
			name = strings.TrimSuffix(name, ".md") + "." + string(l) + ".md"
		}
		o.Contents[l] = model.Content{Fields: maps.Clone(v), File: "content/" + name, Lines: map[model.Field]int{"id": 2, model.Title: 3}}
	}
	return o
}

func articleFile(id, p string, t texts) model.Object    { return file(model.Article, id, p, t) }
func collectionFile(id, p string, t texts) model.Object { return file(model.Collection, id, p, t) }

// live makes a remote object below some collections.
func live(kind model.Kind, id string, t texts, parents ...string) model.Object {
	o := model.Object{Kind: kind, ID: id, HelpCenter: "1", Default: "en", Contents: map[model.Locale]model.Content{}, ParentsComplete: true}
	for _, p := range parents {
		o.Parents = append(o.Parents, model.Ref{ID: p})
	}
	for l, v := range t {
		fields := map[model.Field]string{}
		for _, f := range model.Fields(kind) {
			fields[f] = v[f]
		}
		if kind == model.Article {
			fields[model.Body] = markup.Render(v[model.Body], markup.Options{})
		}
		o.Contents[l] = model.Content{Fields: fields}
	}
	return o
}

func article(id string, t texts, parents ...string) model.Object {
	return live(model.Article, id, t, parents...)
}

func collection(id string, t texts, parents ...string) model.Object {
	return live(model.Collection, id, t, parents...)
}

// agreedOn makes the base on which a file and a live object agreed.
func agreedOn(f, r model.Object) *model.BaseObject {
	b := model.Key{Kind: r.Kind, ID: r.ID}.Next(nil)
	b.Path = f.Path
	for l, local := range f.Contents {
		values := map[model.Field]model.Agreed{}
		for field, v := range local.Fields {
			values[field] = model.Agreed{Managed: true, Local: v, Remote: r.Contents[l].Fields[field]}
		}
		b.Agree(l, nil, local, r.Contents[l], values)
	}
	b.Settle(ids(r.Parents), &r)
	return b
}

// world is the input of a test: one help center with one collection, which is
// in sync.
type world struct {
	Input
	recorded bool
}

func newWorld() *world {
	w := &world{recorded: true}
	center := model.HelpCenter{ID: "1", Path: "acme", Default: "en", Locales: []model.Locale{"en", "fr", "pt-BR"}, Multilingual: true, IsDefault: true}
	w.Local.HelpCenters, w.Remote.HelpCenters = []model.HelpCenter{center}, []model.HelpCenter{center}
	w.Base, w.Claims = map[model.Key]*model.BaseObject{}, map[Place]model.Key{}
	w.Options = Options{
		Render: func(_ string, _ model.Locale, md string) Rendered {
			return Rendered{HTML: markup.Render(md, markup.Options{}), Pending: strings.Contains(md, "(new.md)")}
		},
		ToHTML:        func(string, model.Locale) markup.Options { return markup.Options{} },
		ToMarkdown:    func(string, model.Locale) markup.Options { return markup.Options{} },
		Authors:       map[string]string{"7": "7", "ann@acme.test": "7", "8": "8", "bob@acme.test": "8"},
		AuthorNames:   map[string]string{"7": "ann@acme.test", "8": "bob@acme.test"},
		Teammates:     map[string]string{"7": "Ann", "8": "Bob"},
		DefaultAuthor: "7",
		Recorded:      func(model.Key, model.Locale) bool { return w.recorded },
	}
	w.synced(collectionFile("10", "acme/start", in(values{model.Title: "Start"})), collection("10", in(values{model.Title: "Start"})))
	return w
}

// local, remote and base add objects to one state.
func (w *world) local(o model.Object)  { w.Local.Objects = append(w.Local.Objects, o) }
func (w *world) remote(o model.Object) { w.Remote.Objects = append(w.Remote.Objects, o) }
func (w *world) base(b *model.BaseObject) {
	w.Base[b.Key()] = b
	w.Claims[Place{b.Kind, b.Path}] = b.Key()
}

// synced adds an object on which all three agree.
func (w *world) synced(f, r model.Object) {
	w.local(f)
	w.remote(r)
	w.base(agreedOn(f, r))
}

// drop takes the local or remote object away again.
func drop(s *model.Snapshot, k model.Kind, id string) {
	s.Objects = slices.DeleteFunc(s.Objects, func(o model.Object) bool { return o.Kind == k && o.ID == id })
}

// got writes the parts of a plan that a reader sees, one line each.
func got(p *Plan) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, strings.TrimSpace(fmt.Sprintf(format, args...))) }
	for _, c := range p.Changes {
		line := fmt.Sprintf("%s %s", c.Op.Symbol(), name(c.About))
		if c.Parent != nil && (c.Op != Create || len(c.Parent.To) > 0) {
			line += " into " + refs(c.Parent.To)
		}
		for _, l := range c.Contents {
			line += " " + string(l.Locale)
			if l.New && c.Op != Create {
				line += "(new)"
			}
			for _, f := range l.Fields {
				line += fmt.Sprintf(" %s=%q", f.Field, f.Send)
			}
		}
		out = append(out, line)
	}
	for _, d := range p.Drift {
		say("drift %s %s %s: %s", name(d.About), d.Locale, d.Field, strings.TrimSpace(string(d.What)+" "+d.After))
	}
	for _, d := range p.Behind {
		say("behind %s", name(d.About))
	}
	for _, c := range p.Conflicts {
		say("conflict %s %s %s: %s", name(c.About), c.Locale, c.Field, c.Reason)
	}
	for _, r := range p.Removals {
		say("removed %s %s", name(r.About), r.Locale)
	}
	for _, r := range p.Renames {
		say("renamed %s from %s", name(r.About), r.From)
	}
	for _, a := range p.Agreed {
		say("agreed %s %s %s", a.Key, a.Locale, a.Field)
	}
	for _, pr := range p.Problems {
		say("problem %s", pr)
	}
	for _, n := range p.Notes {
		say("note %s", n)
	}
	for i, line := range out {
		out[i] = strings.Join(strings.Fields(line), " ")
	}
	return out
}

func name(a About) string {
	if a.Path == "" {
		return string(a.Kind) + " " + a.ID
	}
	return a.Path
}

func refs(list []model.Ref) string {
	var out []string
	for _, r := range list {
		if r.ID == "" {
			r.ID = r.Path
		}
		out = append(out, r.ID)
	}
	return "[" + strings.Join(out, " ") + "]"
}

// expect computes the plan and compares its lines.
func (w *world) expect(t *testing.T, want ...string) *Plan {
	t.Helper()
	p := Compute(w.Input)
	if d := cmp.Diff(want, got(p)); d != "" {
		t.Errorf("plan (-want +got):\n%s", d)
	}
	return p
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
