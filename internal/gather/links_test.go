package gather

import (
	"strings"
	"sync"
	"testing"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

const help = "https://help.acme.test"

// doc makes a local object with a file in each locale, the first being the
// default one.
func doc(kind model.Kind, id, p string, locales ...model.Locale) model.Object {
	o := model.Object{Kind: kind, ID: id, HelpCenter: "1", Path: p, Default: locales[0], Contents: map[model.Locale]model.Content{}}
	for i, l := range locales {
		file := p
		if kind == model.Collection {
			file += "/_collection.md"
		}
		if i > 0 {
			file = strings.TrimSuffix(file, ".md") + "." + string(l) + ".md"
		}
		o.Contents[l] = model.Content{File: "content/" + file}
	}
	return o
}

// published makes a live object with an address in each locale.
func published(kind model.Kind, id string, locales ...model.Locale) model.Object {
	o := model.Object{Kind: kind, ID: id, HelpCenter: "1", Default: locales[0], Contents: map[model.Locale]model.Content{}}
	for _, l := range locales {
		o.Contents[l] = model.Content{URL: help + "/" + string(l) + "/articles/" + id + "-slug"}
	}
	return o
}

func site() (*Links, model.Object) {
	draft := published(model.Article, "22", "en")
	draft.Contents["en"] = model.Content{}
	fresh := doc(model.Article, "", "acme/start/new.md", "en", "fr")
	local := model.Snapshot{Objects: []model.Object{
		doc(model.Collection, "10", "acme/start", "en"),
		doc(model.Collection, "11", "acme/more things", "en", "fr"),
		doc(model.Article, "20", "acme/start/install.md", "en", "fr"),
		doc(model.Article, "21", "acme/more things/été & (co).md", "en"),
		doc(model.Article, "22", "acme/start/draft.md", "en"),
		doc(model.Article, "", "acme/start/claimed.md", "en", "pt-BR"),
		doc(model.Article, "24", "_unlisted/alone.md", "en"),
		doc(model.Article, "25", "acme/start/translating.md", "en", "fr"),
		doc(model.Article, "26", "acme/start/only-english-here.md", "en"),
		fresh,
	}}
	remote := model.Snapshot{
		HelpCenters: []model.HelpCenter{{ID: "1", URL: help + "/"}},
		Objects: []model.Object{
			published(model.Collection, "10", "en"), published(model.Collection, "11", "en", "fr"),
			published(model.Article, "20", "en", "fr"), published(model.Article, "21", "en"), draft,
			published(model.Article, "23", "en", "pt-br"), published(model.Article, "24", "en"),
			published(model.Article, "25", "en"), published(model.Article, "26", "en", "fr"),
		},
	}
	claims := map[diff.Place]model.Key{{Kind: model.Article, Path: "acme/start/claimed.md"}: {Kind: model.Article, ID: "23"}}
	return NewLinks("content", "https://raw.acme.test/docs/", local, remote, claims), fresh
}

func TestResolve(t *testing.T) {
	const install, fr = "content/acme/start/install.md", "content/acme/start/install.fr.md"
	tests := []struct {
		name, file string
		locale     model.Locale
		dest, want string // want "" means dest
		verdict    Verdict
		oneWay     bool // ToMarkdown gives another path to the same address
	}{
		{name: "beside it", file: install, locale: "en", dest: "draft.md", want: help + "/en/articles/22", verdict: Resolved},
		{name: "by the path of the state", file: install, locale: "en", dest: "claimed.md", want: help + "/en/articles/23-slug", verdict: Resolved},
		{name: "itself", file: install, locale: "en", dest: "install.md", want: help + "/en/articles/20-slug", verdict: Resolved},
		{name: "up and down", file: install, locale: "en", dest: "../../_unlisted/alone.md", want: help + "/en/articles/24-slug", verdict: Resolved},
		{name: "escaped", file: install, locale: "en", dest: "../more%20things/%C3%A9t%C3%A9%20&%20(co).md", want: help + "/en/articles/21-slug", verdict: Resolved, oneWay: true},
		{name: "as it is written", file: install, locale: "en", dest: "../more%20things/été%20%26%20%28co%29.md", want: help + "/en/articles/21-slug", verdict: Resolved},
		{name: "decomposed letters, capitals", file: install, locale: "en", dest: "../More%20things/e\u0301te\u0301%20&%20(co).md", want: help + "/en/articles/21-slug", verdict: Resolved, oneWay: true},
		{name: "with a fragment", file: install, locale: "en", dest: "draft.md#höhe", want: help + "/en/articles/22#höhe", verdict: Resolved},
		{name: "with a query", file: install, locale: "en", dest: "draft.md?a=1&b#c", want: help + "/en/articles/22?a=1&b#c", verdict: Resolved},
		{name: "in the language of the file", file: fr, locale: "fr", dest: "install.md", want: help + "/fr/articles/20-slug", verdict: Resolved, oneWay: true},
		{name: "to the file in that language", file: fr, locale: "fr", dest: "install.fr.md", want: help + "/fr/articles/20-slug", verdict: Resolved},
		{name: "to another language", file: install, locale: "en", dest: "install.fr.md", want: help + "/fr/articles/20-slug", verdict: Resolved},
		{name: "not translated", file: fr, locale: "fr", dest: "draft.md", want: help + "/en/articles/22", verdict: Resolved},
		{name: "translated here, on its way", file: fr, locale: "fr", dest: "translating.md", want: help + "/fr/articles/25", verdict: Resolved, oneWay: true},
		{name: "translated in Intercom only", file: fr, locale: "fr", dest: "only-english-here.md", want: help + "/fr/articles/26-slug", verdict: Resolved},
		{name: "spelled otherwise by the server", file: "content/acme/start/claimed.pt-BR.md", locale: "pt-BR", dest: "claimed.pt-BR.md", want: help + "/pt-br/articles/23-slug", verdict: Resolved},
		{name: "a folder", file: install, locale: "en", dest: "../more%20things", want: help + "/en/collections/11", verdict: Resolved},
		{name: "a folder, with a slash", file: install, locale: "en", dest: "../more%20things/", want: help + "/en/collections/11", verdict: Resolved, oneWay: true},
		{name: "a folder in the language of the file", file: fr, locale: "fr", dest: "../more%20things", want: help + "/fr/collections/11", verdict: Resolved},
		{name: "a folder by its file", file: install, locale: "en", dest: "../more%20things/_collection.md", want: help + "/en/collections/11", verdict: Resolved, oneWay: true},
		{name: "the folder it is in", file: install, locale: "en", dest: ".", want: help + "/en/collections/10", verdict: Resolved},
		{name: "to be created", file: install, locale: "en", dest: "new.md#x", verdict: Pending},
		{name: "to be created, translated", file: install, locale: "en", dest: "new.fr.md", verdict: Pending},
		{name: "no such file", file: install, locale: "en", dest: "nothing.md", verdict: Dead},
		{name: "out of the tree", file: install, locale: "en", dest: "../../../../etc/passwd", verdict: Dead},
		{name: "an address", file: install, locale: "en", dest: "https://example.test/install.md", verdict: Foreign},
		{name: "an address without a scheme", file: install, locale: "en", dest: "//example.test/install.md", verdict: Foreign},
		{name: "mail", file: install, locale: "en", dest: "mailto:ann@acme.test", verdict: Foreign},
		{name: "from the root", file: install, locale: "en", dest: "/install.md", verdict: Foreign},
		{name: "an anchor", file: install, locale: "en", dest: "#install", verdict: Foreign},
		{name: "nothing", file: install, locale: "en", dest: "", verdict: Foreign},
		{name: "broken escapes", file: install, locale: "en", dest: "a%zz.md", verdict: Foreign},
	}
	links, _ := site()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want == "" {
				want = tt.dest
			}
			href, verdict := links.Resolve(tt.file, tt.locale, tt.dest)
			if href != want || verdict != tt.verdict {
				t.Fatalf("%s: %q (%d), want %q (%d)", tt.dest, href, verdict, want, tt.verdict)
			}
			back := links.ToMarkdown(tt.file, tt.locale).Link(href)
			if back != tt.dest && !tt.oneWay {
				t.Errorf("%s comes back as %s", tt.dest, back)
			}
			if again, _ := links.Resolve(tt.file, tt.locale, back); again != href {
				t.Errorf("%s comes back as %s, which leads to %s, not %s", tt.dest, back, again, href)
			}
		})
	}
}

func TestAddressesOfOthersStay(t *testing.T) {
	links, _ := site()
	for _, href := range []string{help, help + "/en/articles/20-old-slug", help + "/de/articles/20-slug", "https://other.test/en/articles/20-slug", "#x", ""} {
		if got := links.ToMarkdown("content/acme/start/install.md", "en").Link(href); got != href {
			t.Errorf("%s becomes %s", href, got)
		}
	}
}

// TestTwins: in a second workspace an address of the first leads to the same
// article there, and in the first workspace it is an address like any other.
func TestTwins(t *testing.T) {
	install, fresh := doc(model.Article, "", "acme/install.md", "en", "fr"), doc(model.Article, "", "acme/new.md", "en")
	start := doc(model.Collection, "", "acme/start", "en")
	install.Primary, fresh.Primary, start.Primary = "20", "21", "10"
	local := model.Snapshot{Objects: []model.Object{start, install, fresh}, HelpCenters: []model.HelpCenter{{ID: "1", URL: "https://first.test/docs/"}}}
	remote := model.Snapshot{HelpCenters: []model.HelpCenter{{ID: "1", URL: help}},
		Objects: []model.Object{published(model.Article, "70", "en", "fr"), published(model.Collection, "60", "en")}}
	claims := map[diff.Place]model.Key{
		{Kind: model.Article, Path: "acme/install.md"}: {Kind: model.Article, ID: "70"},
		{Kind: model.Collection, Path: "acme/start"}:   {Kind: model.Collection, ID: "60"},
	}
	links := NewLinks("content", "", local, remote, claims)
	const first = "https://first.test/docs"
	tests := []struct {
		dest, want string
		verdict    Verdict
	}{
		{first + "/en/articles/20-any-slug", help + "/en/articles/70-slug", Resolved},
		{first + "/fr/articles/20?q=1#h", help + "/fr/articles/70-slug?q=1#h", Resolved},
		{first + "/de/articles/20", help + "/en/articles/70-slug", Resolved},
		{first + "/en/collections/10-start", help + "/en/collections/60", Resolved},
		{first + "/en/articles/21-new", first + "/en/articles/21-new", Pending},
		{first + "/en/articles/99-unknown", first + "/en/articles/99-unknown", Foreign},
		{first + "/en/collections/20", first + "/en/collections/20", Foreign},
		{first + "/en/articles/20/more", first + "/en/articles/20/more", Foreign},
		{first + "/en", first + "/en", Foreign},
		{"https://first.test/en/articles/20", "https://first.test/en/articles/20", Foreign},
		{help + "/en/articles/20", help + "/en/articles/20", Foreign},
	}
	mirror, _ := site()
	for _, tt := range tests {
		if got, v := links.Resolve("content/acme/install.md", "en", tt.dest); got != tt.want || v != tt.verdict {
			t.Errorf("%s: %s (%d), want %s (%d)", tt.dest, got, v, tt.want, tt.verdict)
		}
		if got, v := mirror.Resolve("content/acme/start/install.md", "en", tt.dest); got != tt.dest || v != Foreign {
			t.Errorf("in the first workspace %s becomes %s (%d)", tt.dest, got, v)
		}
	}
}

func TestCreated(t *testing.T) {
	links, fresh := site()
	const file, md = "content/acme/start/install.md", "See [this](new.md).\n"
	if r := links.Render(file, "en", md); !r.Pending || !strings.Contains(r.HTML, `href="new.md"`) {
		t.Errorf("before: %+v", r)
	}
	made := published(model.Article, "30", "en", "fr")
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() { links.Created(&fresh, &made) })
		work.Go(func() { links.Render(file, "en", md) })
	}
	work.Wait()
	if r := links.Render(file, "en", md); r.Pending || !strings.Contains(r.HTML, help+"/en/articles/30-slug") {
		t.Errorf("after: %+v", r)
	}
}

func TestImage(t *testing.T) {
	tests := []struct{ file, src, want string }{
		{"content/acme/start/a.md", "images/x.png", "https://raw.acme.test/docs/content/acme/start/images/x.png"},
		{"content/acme/start/a.md", "../../../assets/x.png", "https://raw.acme.test/docs/assets/x.png"},
		{"content/acme/start/a.md", "../../../../x.png", "../../../../x.png"},
		{"content/acme/start/a.md", "my picture (1).png", "https://raw.acme.test/docs/content/acme/start/my%20picture%20%281%29.png"},
		{"content/acme/start/a.md", "my%20picture.png", "https://raw.acme.test/docs/content/acme/start/my%20picture.png"},
		{"content/acme/été/a.md", "été.png", "https://raw.acme.test/docs/content/acme/%C3%A9t%C3%A9/%C3%A9t%C3%A9.png"},
		{"content/acme/start/a.md", "x.png?v=2#top", "https://raw.acme.test/docs/content/acme/start/x.png?v=2"},
		{"content/acme/start/a.md", "https://cdn.test/x.png", "https://cdn.test/x.png"},
		{"content/acme/start/a.md", "//cdn.test/x.png", "//cdn.test/x.png"},
		{"content/acme/start/a.md", "data:image/png;base64,AAAA", "data:image/png;base64,AAAA"},
		{"content/acme/start/a.md", "/images/x.png", "/images/x.png"},
	}
	links, _ := site()
	for _, tt := range tests {
		if got := links.Image(tt.file, tt.src); got != tt.want {
			t.Errorf("%s in %s: %s, want %s", tt.src, tt.file, got, tt.want)
		}
	}
	nowhere := NewLinks("content", "", model.Snapshot{}, model.Snapshot{}, nil)
	if got := nowhere.Image("content/a.md", "x.png"); got != "x.png" {
		t.Errorf("without an image base: %s", got)
	}
}

func TestRelativePath(t *testing.T) {
	tests := []struct{ dir, to, want string }{
		{"a", "a/x.md", "x.md"},
		{"a/b", "a/x.md", "../x.md"},
		{"a", "a/b/x.md", "b/x.md"},
		{"a/b", "c/x.md", "../../c/x.md"},
		{".", "a/x.md", "a/x.md"},
		{"a/b", "a/b", "."},
		{"a/b/c", "a/b", ".."},
		{"a/b", "a", ".."},
		{"a", "a/1: 100%?.md", "1%3A%20100%25%3F.md"},
		{"a", "a/日本語.md", "日本語.md"},
	}
	for _, tt := range tests {
		if got := RelativePath(tt.dir, tt.to); got != tt.want {
			t.Errorf("from %s to %s: %s, want %s", tt.dir, tt.to, got, tt.want)
		}
	}
}

// FuzzLinks: whatever address comes out of a file's link goes back to a link
// with that very address.
func FuzzLinks(f *testing.F) {
	for _, s := range []string{"draft.md", "../more%20things/", "x.md?#", "./.", "..//start/install.fr.md#a?b", "%2e%2e/start"} {
		f.Add(s, "fr")
	}
	links, _ := site()
	f.Fuzz(func(t *testing.T, dest, locale string) {
		const file = "content/acme/start/install.md"
		href, v := links.Resolve(file, model.Locale(locale), dest)
		if v != Resolved {
			if href != dest {
				t.Fatalf("%q becomes %q without being resolved", dest, href)
			}
			return
		}
		back := links.ToMarkdown(file, model.Locale(locale)).Link(href)
		if again, _ := links.Resolve(file, model.Locale(locale), back); again != href {
			t.Fatalf("%q leads to %q, comes back as %q and leads to %q", dest, href, back, again)
		}
	})
}
