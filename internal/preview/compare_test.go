package preview

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// compared shows a plan for the tree of the tests: install differs in English
// and has drifted in French, the collection is in sync.
func compared(d *desk, send string) {
	here := d.server.site.Load().articles["acme/start/install"]
	folder := d.server.site.Load().folders["acme/start"].object
	live := &model.Object{Kind: model.Article, ID: "100", Default: "en", Contents: map[model.Locale]model.Content{
		"en": {Fields: map[model.Field]string{model.Body: "<p>Pay five euros.</p>", model.Title: "Old title"}}}}
	about := diff.About{Kind: model.Article, ID: "100", Path: here.Path, Title: here.Title()}
	d.server.Compared(Comparison{Target: "sandbox", Workspace: "Acme", At: time.Unix(0, 0), Plan: &diff.Plan{
		Changes: []diff.Change{{About: about, Op: diff.Update, Local: here, Live: live, Contents: []diff.LocaleChange{{Locale: "en", Fields: []diff.FieldChange{
			{Field: model.Title, Before: "Old title", After: "New <script>alert(1)</script> title", Send: "x"},
			{Field: model.Body, Before: "Pay five euros.", After: "Pay six euros.", Send: send},
		}}}}},
		Drift: []diff.Drift{{About: about, Locale: "fr", Field: model.Title, What: diff.Changed, By: "Ana", Before: "Installer", After: "Installez"}},
		Pairs: []diff.Pair{{Local: here, Remote: live}, {Local: folder, Remote: &model.Object{Kind: model.Collection, ID: "10"}}},
	}})
}

// Without anybody who compares there is nothing of it on any page.
func TestNothingCompared(t *testing.T) {
	d := newDesk(t)
	for _, page := range []string{"/en/", "/en/acme/start/install", "/en/acme/start/install?changes"} {
		if text := d.page(page); strings.Contains(text, "badge state") || strings.Contains(text, `class="tabs"`) {
			t.Errorf("%s speaks of a comparison", page)
		}
	}
}

func TestBadges(t *testing.T) {
	d := newDesk(t)
	compared(d, "<p>Pay six euros.</p>")
	for _, c := range []struct{ page, want, not string }{
		{"/en/acme/start/install", `state changed">Changed<`, "Changed in Intercom<"},
		{"/fr/acme/start/install", `state there">Changed in Intercom<`, `state changed">Changed<`},
		{"/en/acme/start/", `state sync">In sync<`, "Conflict"},
		{"/en/acme/start/", `state changed">Changed<`, "Conflict"},
		{"/en/", `state changed">1 differs<`, "Conflict"},
		{"/en/", "1 change<", "Not compared"},
		{"/changes", "fr", "Conflict"},
		{"/changes", "by Ana", "Conflict"},
	} {
		if text := d.page(c.page); !strings.Contains(text, c.want) || strings.Contains(text, c.not) {
			t.Errorf("%s: want %q and not %q in\n%s", c.page, c.want, c.not, text)
		}
	}
}

func TestChangesTab(t *testing.T) {
	d := newDesk(t)
	compared(d, "<p>Pay six euros.</p>")
	for _, c := range []struct{ page, want string }{
		{"/en/acme/start/install?changes", `Pay <del class="was">five</del> euros`},
		{"/en/acme/start/install?changes", `Pay <ins class="now">six</ins> euros`},
		{"/en/acme/start/install?changes=html", `&lt;p&gt;Pay <ins class="now">six</ins> euros.&lt;/p&gt;`},
		{"/en/acme/start/install?changes", `href="/fr/acme/start/install?changes"`},
		{"/fr/acme/start/install?changes", "Changed in Intercom by Ana."},
		{"/fr/acme/start/install?changes", `<del class="was">Installez</del>`},
		{"/en/acme/start/?changes", "Nothing differs here"},
	} {
		if text := d.page(c.page); !strings.Contains(text, c.want) {
			t.Errorf("%s: want %q in\n%s", c.page, c.want, text)
		}
	}
}

// What is compared is as hostile as any text.
func TestHostileChanges(t *testing.T) {
	d := newDesk(t)
	compared(d, `<p class="was badge">six <img src=x onerror="alert(1)"><script>alert(2)</script><a href="javascript:alert(3)">l</a><iframe src="https://evil.test"></iframe></p><style>*{}</style>`)
	d.server.NotCompared("<script>alert(4)</script>")
	failed := d.page("/en/")
	compared(d, `<p class="was badge" onclick="alert(5)">six <img src=x onerror="alert(1)"><script>alert(2)</script><a href="javascript:alert(3)">l</a></p>`)
	d.server.Pushed(Pushed{Failed: "<script>alert(6)</script>", Changes: []PushedChange{{Title: "<script>alert(7)</script>", URL: "javascript:alert(8)"}}})
	reader := d.page("/en/acme/start/install?changes")
	source := d.page("/en/acme/start/install?changes=html")
	for _, text := range []string{failed, reader, source} {
		for _, bad := range []string{"<script>alert", "onerror=\"", "onclick=\"alert", `href="javascript:`, "evil.test\"></iframe"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q is on a page:\n%s", bad, text)
			}
		}
	}
}

// A workspace that cannot be read leaves the pages as they are without it, and
// says why; and the page of a push that failed says so.
func TestNotCompared(t *testing.T) {
	d := newDesk(t)
	compared(d, "<p>Pay six euros.</p>")
	d.server.NotCompared("no answer of the API")
	if text := d.page("/en/acme/start/install"); strings.Contains(text, "badge state") || !strings.Contains(text, "Not compared") || !strings.Contains(text, "no answer of the API") {
		t.Error(text)
	}
	d.server.Comparing()
	if text := d.page("/en/"); !strings.Contains(text, "no answer of the API") && !strings.Contains(text, "Comparing with Intercom") {
		t.Error(text)
	}
	d.server.Pushed(Pushed{At: time.Now(), Failed: "1 conflict"})
	if text := d.page("/en/"); !strings.Contains(text, "Not pushed") || !strings.Contains(text, "1 conflict") {
		t.Error(text)
	}
}

// The button works without a script, for our own pages only, and leads nowhere
// else.
func TestRefresh(t *testing.T) {
	d := newDesk(t)
	asked := 0
	d.server.Refresh = func() { asked++ }
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, c := range []struct {
		origin, back, to string
		status, asked    int
	}{
		{"", "/en/acme/start/install?changes", "/en/acme/start/install?changes", http.StatusSeeOther, 1},
		{d.url, "//evil.test/", "/changes", http.StatusSeeOther, 2},
		{d.url, `/\evil.test/`, "/changes", http.StatusSeeOther, 3},
		{"http://evil.test", "/", "", http.StatusForbidden, 3},
	} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+"/changes", strings.NewReader(url.Values{"back": {c.back}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != c.status || res.Header.Get("Location") != c.to || asked != c.asked {
			t.Errorf("%+v: %d to %q, asked %d", c, res.StatusCode, res.Header.Get("Location"), asked)
		}
	}
}

func TestFolded(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"~", "~"}, {"==~==", "[1]=~=[1]"}, {"~======~", "~=[4]=~"}, {"===~", "[2]=~"}, {"~===~", "~===~"}, {"======", "[6]"},
	} {
		var rows []row
		for _, x := range c.in {
			rows = append(rows, row{Same: x == '='})
		}
		var got strings.Builder
		for _, r := range folded(rows) {
			switch {
			case r.Folded != nil:
				got.WriteString("[" + string(rune('0'+len(r.Folded))) + "]")
			case r.Same:
				got.WriteString("=")
			default:
				got.WriteString("~")
			}
		}
		if want := strings.ReplaceAll(c.want, "[1]", "="); got.String() != want {
			t.Errorf("%s: %s, want %s", c.in, got.String(), want)
		}
	}
}
