package preview

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

// desk is a tree on disk that a preview shows.
type desk struct {
	tb       testing.TB
	dir      string
	follower *content.Follower
	server   *Server
	gate     func(file string) // called before a text is looked at, if there is one
	url      string
}

const tree = `
-- content/acme/_help-center.md --
---
id: "1"
name: Acme Help
url: https://help.acme.test
locales: [en, fr, pt-BR, ar]
default_locale: en
---
-- content/acme/start/_collection.md --
---
id: "10"
title: Getting started
description: The first hour.
---
-- content/acme/start/_collection.fr.md --
---
title: Premiers pas
---
-- content/acme/start/deep/_collection.md --
---
title: Deeper
---
-- content/acme/start/deep/more.md --
---
title: More of it
also_in: [../../other]
---

Text.
-- content/acme/other/_collection.md --
---
title: Other
---
-- content/acme/start/install.md --
---
id: "100"
title: Install the app
description: Two minutes.
state: published
author: ana.lima@acme.test
---

# Before you begin

See [more](deep/more.md#x), [the collection](../other), [outside](https://example.com/x),
[its address](https://help.acme.test/fr/articles/100-install) and [mail](mailto:a@acme.test).

![A picture](images/shot.png)

## Steps

> [!NOTE]
> Worth knowing.

https://www.youtube.com/watch?v=abcdefghijk
-- content/acme/start/install.fr.md --
---
title: Installer l’appli
state: draft
---

Une réunion suffit.
-- content/acme/start/images/shot.png --
not really a picture
-- content/_unlisted/hidden.md --
---
title: Hidden away
---

Nobody lists this.
-- secret.txt --
not for the preview
-- hcsync.yaml --
version: 1
`

func newDesk(tb testing.TB, more ...string) *desk {
	tb.Helper()
	d := &desk{tb: tb, dir: tb.TempDir()}
	for _, text := range append([]string{tree}, more...) {
		for _, f := range txtar.Parse([]byte(text)).Files {
			d.write(f.Name, string(f.Data))
		}
	}
	t, err := content.Open(content.Options{Dir: d.dir, Content: "content"})
	if err != nil {
		tb.Fatal(err)
	}
	d.follower = t.Follow()
	d.server, err = New(Options{Dir: d.dir, Content: "content", Check: d.check})
	if err != nil {
		tb.Fatal(err)
	}
	web := httptest.NewServer(d.server)
	d.url = web.URL
	tb.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
		d.server.Close()
		t.Close()
	})
	d.show(".")
	return d
}

// check is what the command checks, less the state.
func (d *desk) check(links *gather.Links, o *model.Object, l model.Locale) []report.Finding {
	c := o.Contents[l]
	if d.gate != nil {
		d.gate(c.File)
	}
	var list []report.Finding
	for _, f := range markup.Lint(c.Fields[model.Body]) {
		list = append(list, report.Finding{File: c.File, Line: c.Lines[model.Body] + f.Line - 1, Code: f.Code, Severity: report.SeverityWarning, Message: f.Message})
	}
	exists := func(file string) bool {
		_, err := os.Stat(filepath.Join(d.dir, filepath.FromSlash(file)))
		return err == nil
	}
	for _, p := range links.CheckBody(c, l, c.Fields[model.Body], exists, true) {
		list = append(list, report.ProblemFinding("dead-link", p))
	}
	return list
}

func (d *desk) write(name, text string) {
	d.tb.Helper()
	file := filepath.Join(d.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		d.tb.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		d.tb.Fatal(err)
	}
}

// show reads what changed and shows it, as the command does.
func (d *desk) show(changed ...string) {
	d.tb.Helper()
	files, problems, err := d.follower.Read(d.tb.Context(), changed...)
	if err != nil {
		d.tb.Fatal(err)
	}
	d.server.Show(files, problems, false)
}

// save writes a file of the content folder and shows it.
func (d *desk) save(name, text string) {
	d.tb.Helper()
	d.write("content/"+name, text)
	d.show(name)
}

// settled waits until every text was looked at.
func (d *desk) settled() {
	d.server.showing.Lock()
	defer d.server.showing.Unlock()
	d.server.settle()
}

func (d *desk) do(path string, header ...string) (*http.Response, string) {
	d.tb.Helper()
	req, err := http.NewRequestWithContext(d.tb.Context(), http.MethodGet, d.url+path, nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		d.tb.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		d.tb.Fatal(err)
	}
	return res, string(body)
}

// page gets a page that must be there.
func (d *desk) page(path string) string {
	d.tb.Helper()
	res, body := d.do(path)
	if res.StatusCode != http.StatusOK {
		d.tb.Fatalf("%s answers %s", path, res.Status)
	}
	return body
}

func has(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(page, w) {
			t.Errorf("the page lacks %s:\n%s", w, page)
		}
	}
}

func hasNot(t *testing.T, page string, others ...string) {
	t.Helper()
	for _, o := range others {
		if strings.Contains(page, o) {
			t.Errorf("the page has %s:\n%s", o, page)
		}
	}
}

func TestHome(t *testing.T) {
	d := newDesk(t)
	res, _ := d.do("/")
	if to := res.Header.Get("Location"); to != "/en/" {
		t.Errorf("/ leads to %q", to)
	}
	has(t, d.page("/en/"), "Acme Help", `href="/en/acme/start/"`, "Getting started", "The first hour.", "2 articles",
		`href="/en/_unlisted/hidden"`, `href="/fr/"`, "Português (BR)", "العربية")
	has(t, d.page("/fr/"), "Premiers pas", `class="borrowed">`, "Not in Français")
}

func TestCollection(t *testing.T) {
	d := newDesk(t)
	has(t, d.page("/en/acme/start/"), "Deeper", `href="/en/acme/start/deep/"`, `href="/en/acme/start/install"`, "All collections")
	has(t, d.page("/en/acme/other/"), `href="/en/acme/start/deep/more"`) // also_in
	res, _ := d.do("/en/acme/start")
	if to := res.Header.Get("Location"); to != "/en/acme/start/" {
		t.Errorf("without its slash it leads to %q", to)
	}
}

func TestArticle(t *testing.T) {
	d := newDesk(t)
	page := d.page("/en/acme/start/install")
	has(t, page, `<h1 lang="en" dir="ltr">Install the app</h1>`, "Two minutes.", "ana.lima@acme.test", ">AL<", "Published",
		`<h2 class="level-1" id="section-before-you-begin">`, `<h3 class="level-2" id="section-steps">`, `href="#section-steps"`,
		`href="/en/acme/start/deep/more#x"`, `href="/en/acme/other/"`, `href="/fr/acme/start/install"`, `href="mailto:a@acme.test"`,
		`<a href="https://example.com/x" class="intercom-content-link" target="_blank" rel="noopener noreferrer">`,
		`src="/files/content/acme/start/images/shot.png"`, `class="intercom-interblocks-callout callout-blue"`,
		`data-embed="https://www.youtube.com/embed/abcdefghijk?rel=0"`)
	hasNot(t, page, "<iframe", "style=")
	has(t, d.page("/fr/acme/start/install"), `lang="fr"`, "Installer l’appli", "Draft", "Une réunion suffit.")
	has(t, d.page("/pt-BR/acme/start/install"), "There is no Português (BR) translation", `class="text borrowed" lang="en"`, "Worth knowing.")
	res, body := d.do("/en/acme/start/nothing")
	if res.StatusCode != http.StatusNotFound || !strings.Contains(body, "There is no page here") {
		t.Errorf("a page that is not there: %s", res.Status)
	}
}

func TestSearch(t *testing.T) {
	d := newDesk(t)
	has(t, d.page("/search?q=reunion&locale=fr"), "Installer", "<mark>réunion</mark>", "Premiers pas", "1 article")
	has(t, d.page("/search?q=INSTALL+knowing"), "/en/acme/start/install")
	hasNot(t, d.page("/search?q=install+nowhere"), `class="results"`)
	hasNot(t, d.page("/search?q=knowing"), "!NOTE")
	has(t, d.page("/search?q=%3Cscript%3E"), "&lt;script&gt;", "No article has all of these words")
	d.save("acme/start/deep/more.md", "---\ntitle: More\n---\n\nA fresh zebra.\n")
	has(t, d.page("/search?q=zebra"), "<mark>zebra.</mark>")
	has(t, d.page("/search?q=zebra&locale=fr"), "/search?locale=en&amp;q=zebra")
}

// TestProblems breaks a file and mends it again.
func TestProblems(t *testing.T) {
	d := newDesk(t)
	d.settled()
	hasNot(t, d.page("/en/acme/start/install"), `class="overlay`)
	const broken = "---\ntitle: [Install\n---\n\nNew text.\n"
	d.save("acme/start/install.md", broken)
	page := d.page("/en/acme/start/install")
	has(t, page, `class="overlay bad" open`, "content/acme/start/install.md:2", "Install the app", "Worth knowing.", "last text that could be read")
	hasNot(t, page, "New text.")
	d.save("acme/start/install.md", broken) // and still has it
	has(t, d.page("/en/acme/start/install"), "Worth knowing.")
	has(t, d.page("/problems"), "1 problem,", "content/acme/start/install.md:2", `href="/en/acme/start/install"`)
	d.save("acme/start/install.md", "---\ntitle: Install\n---\n\nText.\n\nA [link](nowhere.md).\n\n![x](none.png)\n\n> a quotation\n")
	page = d.page("/en/acme/start/install")
	has(t, page, "content/acme/start/install.md:7</code>", "content/acme/start/install.md:9</code>", "no quotations",
		`dead-link"`, `<span class="missing-image">Missing image: none.png</span>`)
	d.save("acme/start/install.md", "---\ntitle: Install\n---\n\nText.\n")
	hasNot(t, d.page("/en/acme/start/install"), `class="overlay`)
	has(t, d.page("/problems"), "All files are in order")
}

// TestLinksAwake shows that a link comes alive when its file comes, though the
// file that holds it did not change.
func TestLinksAwake(t *testing.T) {
	d := newDesk(t)
	d.save("acme/start/install.md", "---\ntitle: Install\n---\n\nA [link](later.md).\n")
	has(t, d.page("/en/acme/start/install"), `dead-link"`, `class="overlay bad"`)
	d.save("acme/start/later.md", "---\ntitle: Later\n---\n\nHere.\n")
	d.settled()
	page := d.page("/en/acme/start/install")
	has(t, page, `href="/en/acme/start/later"`)
	hasNot(t, page, `class="overlay`)
}

// TestLookInterrupted saves a file while all texts are being looked at: what
// that look would have found must not be forgotten.
func TestLookInterrupted(t *testing.T) {
	d := newDesk(t)
	d.save("acme/start/install.md", "---\ntitle: Install\n---\n\nA [link](later.md).\n")
	d.settled()
	begun, goOn, once := make(chan bool), make(chan bool), sync.Once{}
	d.gate = func(file string) {
		if !strings.HasSuffix(file, "later.md") { // which is looked at before it is shown
			once.Do(func() { begun <- true; <-goOn })
		}
	}
	d.save("acme/start/later.md", "---\ntitle: Later\n---\n\nHere.\n")
	<-begun
	time.AfterFunc(50*time.Millisecond, func() { close(goOn) }) // when the next save has called it off
	d.save("acme/start/deep/more.md", "---\ntitle: More\n---\n\nOther text.\n")
	d.settled()
	hasNot(t, d.page("/en/acme/start/install"), `class="overlay`)
}

// TestStray tells on the home page what no other page can tell.
func TestStray(t *testing.T) {
	d := newDesk(t, "-- content/acme/loose.md --\n---\ntitle: Loose\n---\n")
	has(t, d.page("/en/"), `class="overlay bad"`, "content/acme/loose.md", "stands in no collection")
}

func TestEmpty(t *testing.T) {
	s, err := New(Options{Dir: t.TempDir(), Content: "content"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/en/", nil))
	has(t, w.Body.String(), "There are no help centers here yet")
}

// events reads the versions that a page is told of.
func (d *desk) events(ctx context.Context) <-chan string {
	d.tb.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+"/events", nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.tb.Fatal(err)
	}
	versions := make(chan string, 16)
	go func() {
		defer close(versions)
		defer res.Body.Close()
		buf := make([]byte, 4096)
		for {
			n, err := res.Body.Read(buf)
			for line := range strings.Lines(string(buf[:n])) {
				if v, ok := strings.CutPrefix(strings.TrimSpace(line), "data: "); ok {
					versions <- v
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return versions
}

func TestEvents(t *testing.T) {
	d := newDesk(t)
	d.settled()
	ctx, cancel := context.WithCancel(t.Context())
	versions := d.events(ctx)
	first := <-versions
	if page := d.page("/en/acme/start/install"); !strings.Contains(page, `data-version="`+first+`"`) {
		t.Errorf("the page is not of the version %s that listeners are told of first", first)
	}
	d.save("acme/start/install.md", "---\ntitle: Install\n---\n\nA new sentence.\n")
	second := <-versions
	if first == second {
		t.Errorf("twice the version %s", first)
	}
	has(t, d.page("/en/acme/start/install"), "A new sentence.", `data-version="`+second+`"`)
	cancel()
	for range versions {
	}
}
