package diff

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// samples gives three values of each field, in the order base, one edit,
// another edit: as the file writes them and as they are sent.
var samples = map[model.Field][3][2]string{
	model.Title:       {{"Old", "Old"}, {"New", "New"}, {"Other", "Other"}},
	model.Description: {{"old", "old"}, {"", ""}, {"other", "other"}},
	model.State:       {{"draft", "draft"}, {"published", "published"}, {"archived", "archived"}},
	model.Author:      {{"ann@acme.test", "7"}, {"bob@acme.test", "8"}, {"9", "9"}},
	model.Body:        {{"Old.\n", `<p class="no-margin">Old.</p>`}, {"New.\n", `<p class="no-margin">New.</p>`}, {"Other.\n", `<p class="no-margin">Other.</p>`}},
}

// rows is the table of design.md section 3, with one row for each way to get
// there: which sample each side has.
var rows = []struct {
	base, local, remote int // an index into samples; -1: no base, or not managed
	want                string
}{
	{0, 0, 0, ""},
	{0, 1, 0, "change"},
	{0, 0, 1, "drift"},
	{0, 1, 1, "agreed"},
	{0, 1, 2, "conflict"},
	{0, -1, 1, ""},
	{-1, 0, 0, "agreed"},
	{-1, 1, 0, "conflict"},
	{-1, -1, 0, ""},
}

func TestThreeWayTable(t *testing.T) {
	for _, kind := range []model.Kind{model.Article, model.Collection} {
		for _, field := range model.Fields(kind) {
			for _, row := range rows {
				t.Run(fmt.Sprintf("%s/%s/base %d local %d remote %d", kind, field, row.base, row.local, row.remote), func(t *testing.T) {
					threeWay(t, kind, field, row.base, row.local, row.remote, row.want)
				})
			}
		}
	}
}

func threeWay(t *testing.T, kind model.Kind, field model.Field, base, local, remote int, want string) {
	fileSays := func(i int) texts {
		if i < 0 {
			return in(values{model.Title: "T"})
		}
		v := in(values{model.Title: "T"})
		v["en"][field] = samples[field][i][0]
		return v
	}
	liveSays := func(i int) model.Object {
		r := live(kind, "20", in(values{model.Title: "T"}), "10")
		r.Contents["en"].Fields[field] = samples[field][i][1]
		return r
	}
	place := map[model.Kind]string{model.Article: "acme/start/a.md", model.Collection: "acme/start/a"}[kind]
	w := newWorld()
	w.Authors["9"] = "9"
	if base >= 0 {
		w.base(agreedOn(file(kind, "20", place, fileSays(base)), liveSays(base)))
	} else {
		b := agreedOn(file(kind, "20", place, in(values{model.Title: "T"})), liveSays(0))
		delete(b.Contents["en"].Fields, field)
		w.base(b)
	}
	w.local(file(kind, "20", place, fileSays(local)))
	w.remote(liveSays(remote))
	if field == model.Title && local < 0 {
		delete(w.Local.Objects[len(w.Local.Objects)-1].Contents["en"].Fields, field)
	}
	switch want {
	case "":
		w.expect(t)
	case "change":
		w.expect(t, fmt.Sprintf("~ %s en %s=%q", place, field, samples[field][local][1]))
	case "drift":
		w.expect(t, strings.TrimSpace(fmt.Sprintf("drift %s en %s: changed in Intercom %s", place, field, strings.TrimSpace(samples[field][remote][0]))))
	case "agreed":
		w.expect(t, fmt.Sprintf("agreed %s 20 en %s", kind, field))
	case "conflict":
		w.expect(t, fmt.Sprintf("conflict %s en %s: changed here and in Intercom", place, field))
	}
}

// one adds an article that is in sync and gives its three states for editing.
func (w *world) one(v values) (local, remote *model.Object, base *model.BaseObject) {
	w.synced(articleFile("20", "acme/start/a.md", in(v)), article("20", in(serverSide(v)), "10"))
	return &w.Local.Objects[len(w.Local.Objects)-1], &w.Remote.Objects[len(w.Remote.Objects)-1], w.Base[model.Key{Kind: model.Article, ID: "20"}]
}

func serverSide(v values) values {
	out := values{model.State: model.Draft}
	for f, s := range v {
		out[f] = s
	}
	return out
}

func TestLineAddedLater(t *testing.T) {
	t.Run("says what is live", func(t *testing.T) {
		w := newWorld()
		local, _, _ := w.one(values{model.Title: "T"})
		local.Contents["en"].Fields[model.Description] = ""
		w.expect(t, "agreed article 20 en description")
	})
	t.Run("says something else", func(t *testing.T) {
		w := newWorld()
		local, _, _ := w.one(values{model.Title: "T"})
		local.Contents["en"].Fields[model.State] = model.Published
		w.expect(t, `~ acme/start/a.md en state="published"`)
	})
	t.Run("something else was changed in Intercom meanwhile", func(t *testing.T) {
		w := newWorld()
		local, remote, _ := w.one(values{model.Title: "T"})
		local.Contents["en"].Fields[model.Description] = "here"
		remote.Contents["en"].Fields[model.Description] = "there"
		w.expect(t, "conflict acme/start/a.md en description: changed here and in Intercom")
	})
}

// TestDescriptionAddedThere: what a file has no line for because it was empty is
// news when somebody fills it in; a line that was taken out is not missed.
func TestDescriptionAddedThere(t *testing.T) {
	tests := []struct {
		name  string
		base  map[model.Field]model.Agreed
		there string
		want  []string
	}{
		{"never a line, filled in", map[model.Field]model.Agreed{model.Description: {}}, "there", []string{"drift acme/start/a.md en description: changed in Intercom there"}},
		{"never a line, still empty", map[model.Field]model.Agreed{model.Description: {}}, "", nil},
		{"a line taken out", map[model.Field]model.Agreed{model.Description: {Managed: true, Local: "old", Remote: "old"}}, "there", nil},
		{"an empty line taken out", map[model.Field]model.Agreed{model.Description: {Managed: true}}, "there", nil},
		{"a line left out of what was there", map[model.Field]model.Agreed{model.Description: {Remote: "old"}}, "there", nil},
		{"nothing known", nil, "there", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			_, remote, base := w.one(values{model.Title: "T"})
			delete(base.Contents["en"].Fields, model.Description)
			maps.Copy(base.Contents["en"].Fields, tt.base)
			remote.Contents["en"].Fields[model.Description] = tt.there
			w.expect(t, tt.want...)
		})
	}
}

func TestServerThatRewrites(t *testing.T) {
	w := newWorld()
	local, remote, base := w.one(values{model.Title: "T", model.Body: "## Hi\n"})
	held := "<h3>Hi</h3>"
	remote.Contents["en"].Fields[model.Body] = held
	a := base.Contents["en"].Fields[model.Body]
	a.Remote = held
	base.Contents["en"].Fields[model.Body] = a
	w.expect(t)
	local.Contents["en"].Fields[model.Title] = "U"
	w.expect(t, `~ acme/start/a.md en title="U"`)
}

func TestBodyWrittenDifferently(t *testing.T) {
	w := newWorld()
	local, remote, _ := w.one(values{model.Title: "T", model.Body: "* a\n* b\n\nEnd.\n"})
	local.Contents["en"].Fields[model.Body] = "- a\n- b\n\nEnd.\n"
	w.expect(t)

	remote.Contents["en"].Fields[model.Body] = markup.Render("* a\n* b\n\nThe end.\n", markup.Options{})
	p := w.expect(t, "drift acme/start/a.md en body: changed in Intercom - a - b The end.")
	if p.Drift[0].Before != "- a\n- b\n\nEnd.\n" {
		t.Errorf("the drift starts from %q, not from what the file says", p.Drift[0].Before)
	}
}

// An edit in Intercom of one block must not count as reached because the
// files made the same edit in another.
func TestHalfTheSameEdit(t *testing.T) {
	w := newWorld()
	local, remote, _ := w.one(values{model.Title: "T", model.Body: "One.\n\nTwo.\n\nThree.\n"})
	local.Contents["en"].Fields[model.Body] = "One.\n\nSecond.\n\nThree.\n"
	remote.Contents["en"].Fields[model.Body] = "<p>One.</p><p>Second.</p><p>Third!</p>"
	w.expect(t, "conflict acme/start/a.md en body: changed here and in Intercom")
}

func TestBlocksAreReused(t *testing.T) {
	w := newWorld()
	local, remote, base := w.one(values{model.Title: "T", model.Body: "One.\n\nTwo.\n"})
	held := `<p id="a1">One.</p><p>Two.</p>`
	remote.Contents["en"].Fields[model.Body] = held
	base.Contents["en"].Fields[model.Body] = model.Agreed{Managed: true, Local: "One.\n\nTwo.\n", Remote: held}
	local.Contents["en"].Fields[model.Body] = "One.\n\n[Two](new.md).\n"
	p := Compute(w.Input)
	f := p.Changes[0].Contents[0].Fields[0]
	if want := markup.PatchHTML("One.\n\nTwo.\n", held, f.After, markup.Options{}); f.Send != want || !f.Pending {
		t.Errorf("sends %q (pending %v), want %q", f.Send, f.Pending, want)
	}
}

func TestUndisplayable(t *testing.T) {
	w := newWorld()
	local, remote, base := w.one(values{model.Title: "T", model.State: model.Draft, model.Body: "One.\n"})
	held := "<p>One.</p><p>Could not display content</p>"
	remote.Contents["en"].Fields[model.Body] = held
	base.Contents["en"].Fields[model.Body] = model.Agreed{Managed: true, Local: "One.\n", Remote: held}
	w.expect(t)
	fields := local.Contents["en"].Fields
	fields[model.Title], fields[model.State] = "U", model.Published
	w.expect(t, `~ acme/start/a.md en title="U" state="published"`)
	fields[model.Body] = "Two.\n"
	w.expect(t, `~ acme/start/a.md en title="U" state="published"`,
		"conflict acme/start/a.md en body: the article holds a block that the API cannot carry (`Could not display content`); sending the body would destroy it")
}

func TestPendingDraft(t *testing.T) {
	const reason = "a teammate has unpublished changes in Intercom; the edit would end up in their draft, or publish it"
	for f, v := range map[model.Field]string{model.Title: "U", model.Body: "Two.\n", model.State: model.Published, model.Author: "bob@acme.test", model.Description: "d"} {
		w := newWorld()
		local, remote, _ := w.one(values{model.Title: "T", model.Description: "", model.State: model.Draft, model.Author: "7", model.Body: "One.\n"})
		live := remote.Contents["en"]
		live.PendingDraft = &model.PendingDraft{}
		remote.Contents["en"] = live
		w.expect(t)
		local.Contents["en"].Fields[f] = v
		w.expect(t, fmt.Sprintf("conflict acme/start/a.md en %s: %s", f, reason))
	}
}

func TestPendingDraftBlocksItsLocaleOnly(t *testing.T) {
	w := newWorld()
	local, remote, _ := w.two("fr", "fr", "fr")
	live := remote.Contents["en"]
	live.PendingDraft = &model.PendingDraft{}
	remote.Contents["en"] = live
	local.Contents["fr"].Fields[model.Title] = "Neuf"
	w.expect(t, `~ acme/start/a.md fr title="Neuf"`)
}

func TestAuthors(t *testing.T) {
	tests := []struct {
		name                string
		base, local, remote string // as the file writes it; remote is an id
		baseRemote          string
		want                []string
	}{
		{"spelled in another case", "Ann@acme.test", "ann@ACME.test", "7", "7", nil},
		{"the same teammate by id", "ann@acme.test", "7", "7", "7", []string{"agreed article 20 en author"}},
		{"left, and nothing changed", "gone@acme.test", "gone@acme.test", "99", "99", nil},
		{"left, by id, and nothing changed", "99", "99", "99", "99", nil},
		{"left, and now written as the id", "gone@acme.test", "99", "99", "99", []string{"agreed article 20 en author"}},
		{"replaced in Intercom after leaving", "gone@acme.test", "gone@acme.test", "8", "99", []string{"drift acme/start/a.md en author: changed in Intercom bob@acme.test"}},
		{"never was a teammate", "7", "who@acme.test", "7", "7", []string{
			`~ acme/start/a.md en author=""`,
			"problem content/acme/start/a.md: author who@acme.test is not a teammate of this workspace; use the e-mail address of one, or leave the line out"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			local, remote, base := w.one(values{model.Title: "T", model.Author: tt.base})
			local.Contents["en"].Fields[model.Author] = tt.local
			remote.Contents["en"].Fields[model.Author] = tt.remote
			base.Contents["en"].Fields[model.Author] = model.Agreed{Managed: true, Local: tt.base, Remote: tt.baseRemote}
			w.expect(t, tt.want...)
		})
	}
}

// two adds an article in English and one more locale, spelled differently on
// each side.
func (w *world) two(local, remote, base model.Locale) (l, r *model.Object, b *model.BaseObject) {
	v := values{model.Title: "Old", model.State: model.Draft, model.Body: "Old.\n"}
	f := articleFile("20", "acme/start/a.md", texts{"en": v, base: v})
	b = agreedOn(f, article("20", texts{"en": v, base: v}, "10"))
	w.base(b)
	w.local(articleFile("20", "acme/start/a.md", texts{"en": v, local: v}))
	w.remote(article("20", texts{"en": v, remote: v}, "10"))
	return &w.Local.Objects[len(w.Local.Objects)-1], &w.Remote.Objects[len(w.Remote.Objects)-1], b
}

func TestLocaleSpelling(t *testing.T) {
	for _, remoteSpells := range []model.Locale{"pt-br", "pt-BR"} {
		for _, baseSpells := range []model.Locale{"pt-br", "PT-BR", "pt-BR"} {
			w := newWorld()
			local, remote, _ := w.two("pt-BR", remoteSpells, baseSpells)
			w.expect(t)
			local.Contents["pt-BR"].Fields[model.Title] = "Novo"
			w.expect(t, `~ acme/start/a.md pt-BR title="Novo"`)
			remote.Contents[remoteSpells].Fields[model.Title] = "Outro"
			w.expect(t, "conflict acme/start/a.md pt-BR title: changed here and in Intercom")
			delete(remote.Contents, remoteSpells)
			w.expect(t, "conflict acme/start/a.md pt-BR : edited here and removed in Intercom")
		}
	}
}

func TestLocales(t *testing.T) {
	fr := values{model.Title: "Neuf", model.Body: "Neuf.\n"}
	t.Run("new here", func(t *testing.T) {
		w := newWorld()
		w.one(values{model.Title: "T"})
		w.Local.Objects[1] = articleFile("20", "acme/start/a.md", texts{"en": values{model.Title: "T"}, "fr": fr})
		w.expect(t, `~ acme/start/a.md fr(new) title="Neuf" state="draft" author="7" body="<p class=\"no-margin\">Neuf.</p>"`)
	})
	t.Run("new here without a title", func(t *testing.T) {
		w := newWorld()
		w.one(values{model.Title: "T"})
		w.Local.Objects[1] = articleFile("20", "acme/start/a.md", texts{"en": values{model.Title: "T"}, "fr": {model.Body: "x"}})
		w.expect(t, "problem content/acme/start/a.fr.md:1: a new translation needs a title; add a `title:` line")
	})
	t.Run("new in Intercom", func(t *testing.T) {
		w := newWorld()
		_, remote, _ := w.one(values{model.Title: "T"})
		remote.Contents["fr"] = article("20", texts{"fr": fr}).Contents["fr"]
		w.expect(t, "drift acme/start/a.md fr : new in Intercom")
	})
	t.Run("removed here", func(t *testing.T) {
		w := newWorld()
		local, _, _ := w.two("fr", "fr", "fr")
		delete(local.Contents, "fr")
		w.expect(t, "removed acme/start/a.md fr")
		w.recorded = false
		w.expect(t, "drift acme/start/a.md fr : new in Intercom")
	})
	t.Run("removed in Intercom", func(t *testing.T) {
		w := newWorld()
		_, remote, _ := w.two("fr", "fr", "fr")
		delete(remote.Contents, "fr")
		w.expect(t, "drift acme/start/a.md fr : removed in Intercom")
	})
	t.Run("removed on both sides", func(t *testing.T) {
		w := newWorld()
		local, remote, _ := w.two("fr", "fr", "fr")
		delete(remote.Contents, "fr")
		delete(local.Contents, "fr")
		w.expect(t)
	})
	t.Run("multi-language is off", func(t *testing.T) {
		w := newWorld()
		local, _, _ := w.two("fr", "fr", "fr")
		w.Remote.HelpCenters[0].Multilingual = false
		local.Contents["fr"].Fields[model.Title] = "Neuf"
		local.Contents["en"].Fields[model.Title] = "New"
		w.expect(t, `~ acme/start/a.md en title="New"`, "note multi-language is off in this workspace: translations are left alone")
	})
}
