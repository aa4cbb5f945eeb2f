package diff

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hcsync/hcsync/internal/model"
)

var hello = values{model.Title: "Hello", model.State: model.Draft, model.Author: "7", model.Body: "Hello.\n"}

// with gives values with one of them changed.
func with(v values, f model.Field, s string) values {
	out := values{}
	for k, old := range v {
		out[k] = old
	}
	out[f] = s
	return out
}

func TestCreate(t *testing.T) {
	w := newWorld()
	w.local(articleFile("", "acme/start/new.md", in(values{model.Title: "New", model.Body: "Text.\n"})))
	w.local(collectionFile("", "acme/start/deep", in(values{model.Title: "Deep"})))
	w.local(articleFile("", "acme/start/deep/x.md", texts{
		"fr": {model.Title: "X", model.State: model.Published},
		"en": {model.Title: "X", model.Author: "bob@acme.test", model.Description: "d"},
	}))
	w.local(articleFile("", "_unlisted/u.md", in(values{model.Title: "U"})))
	w.expect(t,
		`+ acme/start/deep into [10] en title="Deep"`,
		`+ _unlisted/u.md en title="U" state="draft" author="7"`,
		`+ acme/start/deep/x.md into [acme/start/deep] en title="X" description="d" state="draft" author="8" fr title="X" state="published" author="7"`,
		`+ acme/start/new.md into [10] en title="New" state="draft" author="7" body="<p class=\"no-margin\">Text.</p>"`)
}

func TestCreateRefused(t *testing.T) {
	t.Run("several collections", func(t *testing.T) {
		w := newWorld()
		o := articleFile("", "acme/start/new.md", in(hello))
		o.Parents, o.ParentsComplete = append(o.Parents, model.Ref{ID: "11"}), true
		w.local(o)
		w.expect(t, "conflict acme/start/new.md : this API version cannot put an article into several collections")
		w.ManyParents = true
		w.expect(t, `+ acme/start/new.md into [10 11] en title="Hello" state="draft" author="7" body="<p class=\"no-margin\">Hello.</p>"`)
	})
	t.Run("the default locale was changed in Intercom", func(t *testing.T) {
		w := newWorld()
		w.Remote.HelpCenters = []model.HelpCenter{{ID: "1", Default: "fr", Multilingual: true}}
		w.local(articleFile("", "acme/start/new.md", in(hello)))
		w.expect(t, "problem content/acme/start/new.md: is new and in en, but the default locale in Intercom is now fr, in which a new article begins: create it in Intercom, pull, then add this text",
			"note acme: the default locale is fr in Intercom and en here")
	})
}

// Before anything is created, Intercom is searched for an article that nobody
// claims with the same parent and title.
func TestSearchBeforeCreate(t *testing.T) {
	tests := []struct {
		name    string
		objects []model.Object
		want    []string
	}{
		{"the same text", []model.Object{article("20", in(hello), "10")}, []string{
			"agreed article 20 en author", "agreed article 20 en body", "agreed article 20 en state", "agreed article 20 en title"}},
		{"another state", []model.Object{article("20", in(with(hello, model.State, model.Published)), "10")}, []string{
			"conflict acme/start/new.md en state: changed here and in Intercom",
			"agreed article 20 en author", "agreed article 20 en body", "agreed article 20 en title"}},
		{"another text", []model.Object{article("20", in(with(hello, model.Body, "Bye.\n")), "10")}, []string{
			"conflict acme/start/new.md : Intercom has another text with this title in this place (id 20)"}},
		{"two of them", []model.Object{article("20", in(hello), "10"), article("5", in(hello), "10")}, []string{
			"conflict acme/start/new.md : Intercom has several with this title in this place (id 5, 20)"}},
		{"another place", []model.Object{article("20", in(hello))}, []string{
			`+ acme/start/new.md into [10] en title="Hello" state="draft" author="7" body="<p class=\"no-margin\">Hello.</p>"`,
			"drift article 20 : new in Intercom"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.local(articleFile("", "acme/start/new.md", in(hello)))
			w.Remote.Objects = append(w.Remote.Objects, tt.objects...)
			w.expect(t, tt.want...)
		})
	}
}

func TestCollectionsAreAdoptedWithWhatIsInThem(t *testing.T) {
	w := newWorld()
	w.local(collectionFile("", "acme/more", in(values{model.Title: "More", model.Description: "here"})))
	w.local(collectionFile("", "acme/more/sub", in(values{model.Title: "Sub"})))
	w.local(articleFile("", "acme/more/sub/a.md", in(hello)))
	w.remote(collection("11", in(values{model.Title: "More", model.Description: "there"})))
	w.remote(collection("12", in(values{model.Title: "Sub"}), "11"))
	w.remote(article("20", in(hello), "12"))
	w.expect(t, "conflict acme/more en description: changed here and in Intercom",
		"agreed collection 11 en title", "agreed collection 12 en title",
		"agreed article 20 en author", "agreed article 20 en body", "agreed article 20 en state", "agreed article 20 en title")
}

func TestAdoptionByID(t *testing.T) {
	w := newWorld()
	w.local(articleFile("20", "acme/start/a.md", in(with(hello, model.State, model.Published))))
	w.local(articleFile("21", "acme/start/b.md", in(hello)))
	w.remote(article("20", in(with(hello, model.Description, "only there")), "10"))
	w.remote(article("21", in(hello)))
	w.expect(t,
		"conflict acme/start/a.md en state: changed here and in Intercom",
		"conflict acme/start/b.md : stands elsewhere in Intercom",
		"agreed article 20 en author", "agreed article 20 en body", "agreed article 20 en title",
		"agreed article 21 en author", "agreed article 21 en body", "agreed article 21 en state", "agreed article 21 en title")
}

func TestUnknownID(t *testing.T) {
	w := newWorld()
	w.local(articleFile("99", "acme/start/a.md", in(hello)))
	w.expect(t, "problem content/acme/start/a.md:2: id 99 is not in this workspace; remove the line to create a new article, or correct the id")
}

// hidden adds a synced article whose file has no id.
func (w *world) hidden(id, p string, v values) {
	w.synced(articleFile("", p, in(v)), article(id, in(v), "10"))
}

func TestFilesWithoutID(t *testing.T) {
	t.Run("are found by their place", func(t *testing.T) {
		w := newWorld()
		w.hidden("20", "acme/start/a.md", hello)
		w.expect(t)
		w.Local.Objects[1].Contents["en"].Fields[model.Title] = "Bye"
		w.expect(t, `~ acme/start/a.md en title="Bye"`)
	})
	t.Run("unless another file has the id", func(t *testing.T) {
		w := newWorld()
		w.hidden("20", "acme/start/a.md", hello)
		w.Local.Objects[1] = articleFile("", "acme/start/a.md", in(values{model.Title: "Another"}))
		w.local(articleFile("20", "acme/start/b.md", in(hello)))
		w.expect(t, `+ acme/start/a.md into [10] en title="Another" state="draft" author="7"`, "renamed acme/start/b.md from acme/start/a.md")
	})
	t.Run("move with equal text", func(t *testing.T) {
		w := newWorld()
		w.hidden("20", "acme/start/a.md", hello)
		w.Local.Objects[1] = articleFile("", "acme/start/b.md", in(hello))
		w.expect(t, "renamed acme/start/b.md from acme/start/a.md")
	})
	t.Run("are refused when moved and edited", func(t *testing.T) {
		for _, edited := range []values{with(hello, model.Title, "Bye"), with(hello, model.Body, "Bye.\n")} {
			w := newWorld()
			w.hidden("20", "acme/start/a.md", hello)
			w.local(collectionFile("", "acme/other", in(values{model.Title: "Other"})))
			w.Local.Objects[1] = articleFile("", "acme/other/b.md", in(edited))
			w.expect(t, `+ acme/other en title="Other"`,
				"conflict acme/other/b.md : may be a file that was moved and edited, since one with this title or text is gone (id 20)")
		}
	})
	t.Run("are not taken for one another when a folder moves", func(t *testing.T) {
		w := newWorld()
		w.hidden("20", "acme/start/z.md", hello)
		drop(&w.Local, model.Collection, "10")
		w.Local.Objects = []model.Object{
			collectionFile("10", "acme/begin", in(values{model.Title: "Start"})),
			articleFile("", "acme/begin/a.md", in(with(hello, model.Body, "Another.\n"))),
			articleFile("", "acme/begin/z.md", in(hello)),
		}
		w.expect(t, `+ acme/begin/a.md into [10] en title="Hello" state="draft" author="7" body="<p class=\"no-margin\">Another.</p>"`,
			"renamed acme/begin from acme/start")
	})
	t.Run("are found in a folder that was renamed, though they were edited", func(t *testing.T) {
		w := newWorld()
		w.hidden("20", "acme/start/a.md", hello)
		w.Local.Objects = []model.Object{
			collectionFile("10", "acme/begin", in(values{model.Title: "Start"})),
			articleFile("", "acme/begin/a.md", in(with(hello, model.Title, "Bye"))),
		}
		w.expect(t, `~ acme/begin/a.md en title="Bye"`, "renamed acme/begin from acme/start")
	})
	t.Run("are not, where another file stands in the old place", func(t *testing.T) {
		w := newWorld()
		w.hidden("20", "acme/start/a.md", hello)
		drop(&w.Local, model.Collection, "10")
		w.local(collectionFile("10", "acme/begin", in(values{model.Title: "Start"})))
		w.local(collectionFile("", "acme/start", in(values{model.Title: "Anew"})))
		w.local(articleFile("", "acme/begin/a.md", in(values{model.Title: "Bye"})))
		w.expect(t, `+ acme/start en title="Anew"`, `+ acme/begin/a.md into [10] en title="Bye" state="draft" author="7"`,
			"» acme/start/a.md into [acme/start]", "renamed acme/begin from acme/start")
	})
	t.Run("are refused when two of the same text went away", func(t *testing.T) {
		w := newWorld()
		w.hidden("20", "acme/start/a.md", hello)
		w.hidden("21", "acme/start/b.md", hello)
		w.Local.Objects = append(w.Local.Objects[:1], articleFile("", "acme/start/c.md", in(hello)))
		w.expect(t, "conflict acme/start/c.md : the same text was removed from more than one place (id 20, 21)")
	})
	t.Run("a copy takes nothing from its original", func(t *testing.T) {
		w := newWorld()
		w.hidden("20", "acme/start/b.md", hello)
		w.local(articleFile("", "acme/start/a.md", in(hello)))
		w.expect(t, `+ acme/start/a.md into [10] en title="Hello" state="draft" author="7" body="<p class=\"no-margin\">Hello.</p>"`)
	})
}

func TestAbsence(t *testing.T) {
	w := newWorld()
	local, remote, base := w.one(hello)
	removed := *local

	drop(&w.Local, model.Article, "20")
	w.expect(t, "removed acme/start/a.md")
	w.recorded = false
	w.expect(t, "drift article 20 : new in Intercom")

	w.recorded, base.Removed = true, true
	w.expect(t)
	remote.Contents["en"].Fields[model.Title] = "Changed since"
	w.expect(t, "drift article 20 : new in Intercom")
	remote.Contents["en"].Fields[model.Title] = "Hello"
	w.local(removed)
	w.expect(t)

	drop(&w.Remote, model.Article, "20")
	w.expect(t, "drift acme/start/a.md : deleted in Intercom")
	w.Local.Objects[1].Contents["en"].Fields[model.Title] = "Edited"
	w.expect(t, "conflict acme/start/a.md : edited here and deleted in Intercom")
	drop(&w.Local, model.Article, "20")
	w.expect(t)
}

func TestBehind(t *testing.T) {
	w := newWorld()
	local, _, _ := w.one(hello)
	local.Contents["en"].Fields[model.Title] = "Older"
	w.Behind = map[model.Key]bool{{Kind: model.Article, ID: "20"}: true}
	w.expect(t, "behind acme/start/a.md")
	drop(&w.Local, model.Article, "20")
	w.expect(t, "behind acme/start/a.md")
}

func TestSelection(t *testing.T) {
	w := newWorld()
	w.one(hello)
	w.Local.Objects[1].Contents["en"].Fields[model.Title] = "New"
	w.local(collectionFile("", "acme/x", in(values{model.Title: "X"})))
	w.local(collectionFile("", "acme/x/y", in(values{model.Title: "Y"})))
	w.local(collectionFile("", "acme/x/z", in(values{model.Title: "Z"})))
	w.local(articleFile("", "acme/x/y/a.md", in(values{model.Title: "A"})))
	w.remote(article("30", in(values{model.Title: "Theirs"}), "10"))

	only := func(p string) { w.Selected = func(a About) bool { return a.Path == p || a.ID == p } }
	only("acme/x/y/a.md")
	w.expect(t, `+ acme/x en title="X"`, `+ acme/x/y into [acme/x] en title="Y"`, `+ acme/x/y/a.md into [acme/x/y] en title="A" state="draft" author="7"`)
	only("20")
	w.expect(t, `~ acme/start/a.md en title="New"`)
	only("30")
	w.expect(t, "drift article 30 : new in Intercom")
	w.Paths = map[model.Key]string{{Kind: model.Article, ID: "30"}: "acme/start/theirs.md"}
	only("acme/start/theirs.md")
	w.expect(t, "drift acme/start/theirs.md : new in Intercom")
	only("nowhere")
	w.expect(t)
}

func TestSelectedLocale(t *testing.T) {
	w := newWorld()
	local, _, _ := w.two("pt-BR", "pt-BR", "pt-BR")
	local.Contents["en"].Fields[model.Title] = "New"
	local.Contents["pt-BR"].Fields[model.Title] = "Novo"
	w.local(articleFile("", "acme/start/b.md", in(values{model.Title: "B"})))
	w.Locale = func(l model.Locale) bool { return l.Is("PT-br") }
	w.expect(t, `~ acme/start/a.md pt-BR title="Novo"`,
		"note acme/start/b.md is new and is created with its text in en, which was not asked for")
}

func TestOrder(t *testing.T) {
	w := newWorld()
	for _, p := range []string{"acme/b/b/b", "acme/a", "acme/b", "acme/b/b"} {
		w.local(collectionFile("", p, in(values{model.Title: p})))
	}
	w.hidden("20", "acme/start/a.md", hello)
	w.Local.Objects[len(w.Local.Objects)-1].Contents["en"].Fields[model.Title] = "Changed"
	w.local(articleFile("", "acme/b/z.md", in(values{model.Title: "Z"})))
	p := Compute(w.Input)
	var order []string
	for _, c := range p.Changes {
		order = append(order, c.Path)
	}
	want := []string{"acme/a", "acme/b", "acme/b/b", "acme/b/b/b", "acme/b/z.md", "acme/start/a.md"}
	if !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
}

func TestOrderOfInputDoesNotMatter(t *testing.T) {
	w := newWorld()
	w.two("pt-BR", "pt-br", "PT-BR")
	w.hidden("21", "acme/start/c.md", hello)
	w.hidden("22", "acme/start/d.md", hello)
	w.Local.Objects = slices.Delete(w.Local.Objects, 2, 4)
	for _, p := range []string{"e", "f", "g"} {
		w.local(articleFile("", "acme/start/"+p+".md", in(hello)))
		w.remote(article("3"+p, in(values{model.Title: p})))
	}
	want := asJSON(t, Compute(w.Input))
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(w.Local.Objects), func(i, j int) {
			w.Local.Objects[i], w.Local.Objects[j] = w.Local.Objects[j], w.Local.Objects[i]
		})
		r.Shuffle(len(w.Remote.Objects), func(i, j int) {
			w.Remote.Objects[i], w.Remote.Objects[j] = w.Remote.Objects[j], w.Remote.Objects[i]
		})
		if got := asJSON(t, Compute(w.Input)); got != want {
			t.Fatalf("seed %d:\n%s\nwant\n%s", seed, got, want)
		}
	}
}

func TestPartial(t *testing.T) {
	w := newWorld()
	w.remote(collection("11", in(values{model.Title: "Twice"})))
	w.remote(collection("12", in(values{model.Title: "Twice"})))
	w.local(collectionFile("", "acme/x", in(values{model.Title: "Twice"})))
	w.local(collectionFile("", "acme/x/y", in(values{model.Title: "Y"})))
	w.local(articleFile("", "acme/x/y/a.md", in(values{model.Title: "A"})))
	w.local(articleFile("", "acme/start/b.md", in(values{model.Title: "B"})))
	local, remote, _ := w.one(hello)
	local.Contents["en"].Fields[model.Title], remote.Contents["en"].Fields[model.Title] = "Mine", "Theirs"
	local.Contents["en"].Fields[model.State] = model.Published
	p := Partial(Compute(w.Input))
	if len(p.Changes) != 1 || p.Changes[0].Path != "acme/start/b.md" {
		t.Errorf("changes %v", got(p))
	}
}

func TestCounts(t *testing.T) {
	w := newWorld()
	local, remote, _ := w.one(hello)
	local.Contents["en"].Fields[model.Body], local.Contents["en"].Fields[model.State] = "New.\n", model.Published
	remote.Contents["en"].Fields[model.Title], remote.Contents["en"].Fields[model.Description] = "Theirs", "theirs"
	w.local(articleFile("", "acme/start/b.md", in(values{model.Title: "B"})))
	p := Compute(w.Input)
	if got, want := p.Counts(), (Counts{Create: 1, Update: 1, Drift: 1}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if p.Empty() {
		t.Error("is empty")
	}
}
