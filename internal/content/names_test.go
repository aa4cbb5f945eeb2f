package content

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestSlug(t *testing.T) {
	for _, c := range []struct{ title, want string }{
		{"Install the app", "install-the-app"},
		{"  What's new?! (2024) ", "what-s-new-2024"},
		{"日本語のタイトル", "日本語のタイトル"},
		{"كيف أبدأ؟", "كيف-أبدأ"},
		{"हिन्दी में", "हिन्दी-में"},
		{"Cafe\u0301", "café"},
		{"ÉCOLE", "école"},
		{"🎉", "42"},
		{"🎉 Party ✌️ time", "party-time"},
		{"", "42"},
		{"...", "42"},
		{"../../etc/passwd", "etc-passwd"},
		{"a\x00b", "a-b"},
		{"a\xffb", "a-b"},
		{".md", "md"},
		{"Notes.fr", "notes-fr"},
		{"fr", "fr"},
		{"_x", "x"},
		{"Images", "images-42"},
		{"README", "readme-42"},
		{"CON", "con-42"},
		{"com¹", "com¹-42"},
		{"Aux.", "aux-42"},
		{"Console", "console"},
		{"\u0301x", "x"},
		{"\u3164", "42"},
		{strings.Repeat("a", 100), strings.Repeat("a", 60)},
		{strings.Repeat("é", 100), strings.Repeat("é", 30)},
		{strings.Repeat("x", 59) + " yy", strings.Repeat("x", 59)},
		{strings.Repeat("x", 59) + "日", strings.Repeat("x", 59)},
	} {
		if got := Slug(c.title, "42", maxArticleName); got != c.want {
			t.Errorf("%q: got %q, want %q", c.title, got, c.want)
		}
	}
	if got := Slug("!", "?", 40); got != "untitled" {
		t.Errorf("nothing usable: got %q", got)
	}
}

func FuzzSlug(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, 40)
	}
	f.Fuzz(func(t *testing.T, title string, limit int) {
		limit = 20 + max(0, limit%60)
		got := Slug(title, "123", limit)
		switch {
		case got == "", strings.ContainsAny(got, "./\\_:"), strings.HasPrefix(got, "-"), strings.HasSuffix(got, "-"):
			t.Errorf("%q gave %q", title, got)
		case !utf8.ValidString(got), !norm.NFC.IsNormalString(got), reserved(got), portable(got) != "":
			t.Errorf("%q gave %q", title, got)
		case len(got) > limit+len("-123"):
			t.Errorf("%q gave %d bytes", title, len(got))
		case Slug(title, "123", limit) != got:
			t.Errorf("%q gives two names", title)
		}
	})
}

func TestFold(t *testing.T) {
	for _, pair := range [][2]string{
		{"Café", "cafe\u0301"}, {"STRASSE", "straße"}, {"Ω", "\u2126"}, {"A.md", "a.MD"}, {"ﬁ", "FI"},
	} {
		if fold(pair[0]) != fold(pair[1]) {
			t.Errorf("%q and %q are told apart", pair[0], pair[1])
		}
	}
	if fold("a") == fold("á") {
		t.Error("an accent is lost")
	}
}

func TestManaged(t *testing.T) {
	for _, c := range []struct {
		include, exclude, path string
		want                   bool
	}{
		{"", "", "acme/start", true},
		{"acme/billing", "", "acme/billing/refund.md", true},
		{"acme/billing", "", "acme/billing", true},
		{"Acme/Billing", "", "acme/billing", true},
		{"acme/billing", "", "acme/billing-old", false},
		{"acme/billing", "", "acme", false},
		{"acme/*/refund.md", "", "acme/billing/refund.md", true},
		{"acme/*", "", "acme/billing/deep/refund.md", true},
		{"**/refund.md", "", "acme/billing/deep/refund.md", true},
		{"**/refund.md", "", "refund.md", true},
		{"acme/**", "", "acme/x", true},
		{"acme/**", "", "other/x", false},
		{"./acme", "", "acme/x", true},
		{".", "", "acme/x", true},
		{"", "acme/**/draft-*", "acme/a/b/draft-x.md", false},
		{"", "acme/**/draft-*", "acme/draft-x.md", false},
		{"acme", "acme/billing", "acme/billing/x.md", false},
		{"caf\u00e9", "", "cafe\u0301/x.md", true},
	} {
		tree := &Tree{Options: Options{Include: strings.Fields(c.include), Exclude: strings.Fields(c.exclude)}}
		if got := tree.Managed(c.path); got != c.want {
			t.Errorf("include %q exclude %q: %s is %v", c.include, c.exclude, c.path, got)
		}
	}
}

func TestSpelling(t *testing.T) {
	for in, want := range map[string]string{"PT-br": "pt-BR", "FR": "fr", "zh-tw": "zh-TW", "fr": "fr"} {
		if got, ok := spelling(in); !ok || string(got) != want {
			t.Errorf("%s: %s, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "1", "f", "pt_BR", "pt-", "français", "a/b"} {
		if _, ok := spelling(in); ok {
			t.Errorf("%q is taken for a locale", in)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{Name("article", "a/b.md", "en", "en"), "a/b.md"},
		{Name("article", "a/b.md", "pt-BR", "en"), "a/b.pt-BR.md"},
		{Name("collection", "a", "en", "en"), "a/_collection.md"},
		{Name("collection", "a", "fr", "en"), "a/_collection.fr.md"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
