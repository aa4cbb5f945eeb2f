package browser

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hcsync/hcsync/internal/markup"
)

// attack is what every one of the texts below would do, if anything did.
const attack = `window.__xss=1;alert(1)`

// attacks are texts that would run a script, take over the page, or tell
// somebody of the reader, if they came through as they are.
func attacks() []string {
	const run = attack
	return []string{
		`<script>` + run + `</script>`,
		`"><img src=x onerror="` + run + `">`,
		`'></title></textarea></style></noscript><svg onload="` + run + `">`,
		`<details open ontoggle="` + run + `"><summary>a</summary>b</details>`,
		`<input autofocus onfocus="` + run + `"><select autofocus onfocus="` + run + `"></select>`,
		`<iframe srcdoc="<script>parent.` + run + `</script>"></iframe>`,
		`<iframe src="javascript:parent.` + run + `"></iframe>`,
		`<iframe src="https://www.youtube.com.evil.test/embed/x"></iframe>`,
		`<object data="data:text/html,<script>` + run + `</script>"></object><embed src="javascript:` + run + `">`,
		`<a href="javascript:` + run + `">here</a> [there](javascript:` + run + `) <javascript:` + run + `>`,
		`<a href="jav&#x09;ascript:` + run + `">tab</a> <a href=" &#14; javascript:` + run + `">space</a> <a href="JaVaScRiPt:` + run + `">case</a>`,
		`<a href="data:text/html,<script>` + run + `</script>">data</a> <a href="vbscript:` + run + `">vb</a>`,
		`![a](javascript:` + run + `) ![b](data:image/svg+xml,<svg/onload=` + run + `>)`,
		`<svg><style><img src=x onerror="` + run + `"></style></svg>`,
		`<noscript><p title="</noscript><img src=x onerror=` + run + `>"></noscript>`,
		`<template><img src=x onerror="` + run + `"></template><xmp><img src=x onerror="` + run + `"></xmp>`,
		`<form action="javascript:` + run + `"><button formaction="javascript:` + run + `">send</button></form>`,
		`<base href="https://evil.test/"><meta http-equiv="refresh" content="0;url=javascript:` + run + `">`,
		`<link rel="stylesheet" href="https://evil.test/x.css"><style>@import "https://evil.test/y.css"; body { display: none }</style>`,
		`<p style="position:fixed;inset:0;background:url(https://evil.test/z.png)">all over the page</p>`,
		`<a class="video" data-embed="javascript:` + run + `" href="#">Play video</a>`,
		`<a class="video" data-embed="https://evil.test/embed" href="https://evil.test/">Play video</a>`,
		`<p id="main">m</p><p id="text">t</p><p id="live">l</p><p id="theme">b</p><form id="overlay"><input name="q" id="q"></form><img name="getElementById">`,
		`<p class="overlay bad toast skip">looks like the page</p>`,
		`<audio src=x onerror="` + run + `"></audio><video><source onerror="` + run + `"></video><marquee onstart="` + run + `">m</marquee><body onload="` + run + `">`,
		`<a href="https://example.com/" ping="https://evil.test/ping" onclick="` + run + `">ping</a>`,
		"{{.Nonce}} {{template \"page.html\"}} ${" + run + "} \u2028 \u202e right to left \x7f",
		"```html\n<script>" + run + "</script>\n```",
		`<details><summary><img src=x onerror="` + run + `"></summary>` + "\n\n<script>" + run + "</script>\n\n</details>",
		`<table><tr><td onclick="` + run + `" style="width:expression(` + run + `)"><script>` + run + `</script></td></tr></table>`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=` + run + `&gt;">`, // last, for it swallows what follows
	}
}

// harmless are facts about a page that no text may change.
const harmless = `(() => {
	const wrong = [];
	const check = (is, what) => { if (!is) wrong.push(what); };
	check(window.__xss === undefined, "a script ran");
	for (const e of document.querySelectorAll("*")) {
		for (const a of e.attributes) check(!/^on|^style$|^formaction$|^srcdoc$|^ping$/i.test(a.name), e.outerHTML.slice(0, 200));
		for (const a of ["href", "src", "action", "data", "data-embed"]) {
			const value = e.getAttribute(a);
			if (value !== null) check(/^(https?:|mailto:|tel:)/.test(new URL(value, location.href).protocol), e.outerHTML.slice(0, 200));
		}
		if (e.id) check(document.querySelectorAll("#" + CSS.escape(e.id)).length === 1, "twice the id " + e.id);
	}
	check(document.querySelectorAll("script").length === 2, "scripts: " + document.querySelectorAll("script").length);
	check(document.querySelectorAll("iframe, object, embed, base, meta[http-equiv], main form:not(.refresh), main input:not([name=back]), main style, main svg:not(.glyph), main math, template").length === 0, "elements that no text has");
	for (const e of document.querySelectorAll("#text *")) check(!["fixed", "sticky"].includes(getComputedStyle(e).position), "over the page: " + e.outerHTML.slice(0, 200));
	return wrong;
})()`

// unharmed checks the page, and then plays every video that a text has made up.
func (b *tab) unharmed(page string) {
	b.t.Helper()
	for _, wrong := range evaluate[[]string](b, harmless) {
		b.t.Errorf("%s: %s", page, wrong)
	}
	evaluate[any](b, "for (const v of document.querySelectorAll('a.video')) v.click(); null")
	for _, src := range evaluate[[]string](b, "[...document.querySelectorAll('iframe')].map((f) => f.src)") {
		if u, err := url.Parse(src); err != nil || u.Scheme != "https" || strings.HasSuffix(u.Host, "evil.test") {
			b.t.Errorf("%s: plays %s", page, src)
		}
	}
}

// testHostile puts attacks wherever a text can stand.
func testHostile(t *testing.T, browser context.Context) {
	var all []txtar.File
	add := func(name, text string) { all = append(all, txtar.File{Name: name, Data: []byte(text)}) }
	var bodies, titles strings.Builder
	for i, a := range attacks() {
		add(fmt.Sprintf("content/acme/c%02d/_collection.md", i), fmt.Sprintf("---\ntitle: %s\ndescription: %s\n---\n", quote(a), quote(a)))
		bodies.WriteString("\n\n" + a)
		titles.WriteString("\n\n# " + strings.ReplaceAll(a, "\n", " "))
	}
	var articles []string
	for several := range slices.Chunk(attacks(), 5) {
		together := quote(strings.Join(several, " "))
		name := fmt.Sprintf("acme/start/hostile-%d", len(articles))
		articles = append(articles, "en/"+name)
		add("content/"+name+".md", fmt.Sprintf("---\ntitle: %s\ndescription: %s\nauthor: %s\n---\n\n%s\n", together, together, together, strings.Join(several, "\n\n")))
	}
	add("content/acme/start/hostile-bodies.md", "---\ntitle: Bodies\n---\n"+bodies.String())
	add("content/acme/start/hostile-titles.md", "---\ntitle: Titles\n---\n"+titles.String())
	add("content/acme/start/hostile-key.md", "---\ntitle: x\n"+quote(attacks()[1])+": "+quote(attacks()[0])+"\n---\n\nText.\n")
	add("content/acme/start/\"><img src=x onerror="+attack+">.md", "---\nstate: published\n---\n\nText.\n")
	add("content/acme/start/install.<img src=x onerror="+attack+">.md", "---\ntitle: x\n---\n\nText.\n")
	add("content/acme/<img src=x onerror="+attack+">/_collection.md", "---\ndescription: x\n---\n")
	add("content/<svg onload="+attack+">/_help-center.md", "---\nname: "+quote(attacks()[1])+"\nurl: "+quote("javascript:"+attack)+"\nlocales: [en, "+quote(attacks()[1])+"]\ndefault_locale: en\n---\n")
	add("content/acme/start/images/evil.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="`+attack+`"><script>`+attack+`</script></svg>`)
	b := newTab(t, browser, newPreview(t, all...))
	look := func(page string) {
		t.Helper()
		b.open(page)
		b.unharmed(page)
	}
	for _, page := range append(articles, "en/", "fr/", "en/acme/start/", "problems", "en/acme/start/hostile-bodies", "en/acme/start/hostile-titles", "fr/acme/start/hostile-bodies", "search?q=img") {
		look(page)
	}
	for _, a := range attacks()[:3] {
		look("search?q=" + url.QueryEscape(a) + "&locale=" + url.QueryEscape(a))
		look("en/" + url.PathEscape(a) + "?changes=" + url.QueryEscape(a))
	}

	// The same through the script that brings a page up to date.
	b.open("en/acme/start/install")
	b.live()
	b.on.write(install, "---\ntitle: "+quote(attacks()[1])+"\n---\n\nAnother text.\n"+bodies.String()+"\n")
	b.says("#text", "Another text.")
	b.unharmed("a page brought up to date")

	b.expect("Blocked script execution") // which the browser says of the picture
	b.open("files/content/acme/start/images/evil.svg")
	b.until("window.__xss === undefined && document.documentElement.localName === 'svg'")
	for _, r := range b.elsewhere() {
		if strings.Contains(r, "evil.test") {
			t.Errorf("a text made the browser ask for %s", r)
		}
	}
}

// testHostileCorpus shows what real help centers hold, as pull would write it:
// nothing of it runs, and no page asks anybody but for its pictures.
func testHostileCorpus(t *testing.T, browser context.Context) {
	names, _ := filepath.Glob("../../../shared/corpus/fragments/*.html")
	if len(names) == 0 {
		t.Skip("the corpus is not beside the project")
	}
	var all []txtar.File
	for several := range slices.Chunk(names, 60) {
		var text strings.Builder
		for _, name := range several {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text.WriteString(markup.Markdown(string(body), markup.Options{}) + "\n\n")
		}
		all = append(all, txtar.File{Name: fmt.Sprintf("content/acme/start/corpus-%03d.md", len(all)), Data: []byte("---\ntitle: x\n---\n\n" + text.String())})
	}
	b := newTab(t, browser, newPreview(t, all...))
	for i := range all {
		page := fmt.Sprintf("en/acme/start/corpus-%03d", i)
		b.open(page)
		b.unharmed(page)
	}
}

// testRequests asks the running program for what it must not give.
func testRequests(t *testing.T, browser context.Context) {
	p := newPreview(t)
	p.write("outside.png", "no picture of the content, but one of the repository")
	p.write(".git/hidden.png", "what git keeps")
	secret := filepath.Join(t.TempDir(), "secret.png")
	if err := os.WriteFile(secret, []byte("top secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, p.file("content/acme/start/images/link.png")); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), "/")
	for _, target := range []string{"/files/../../../../etc/passwd", "/files/%2e%2e/%2e%2e/etc/passwd", "/files/..%2f..%2fetc%2fpasswd", "/files//etc/passwd", `/files/..\..\etc\passwd`,
		"/files/hcsync.yaml", "/files/content/acme/start/install.md", "/files/.git/hidden.png", "/files/content/../.git/hidden.png", "/files/content/acme/start/images/link.png",
		"/files/%00.png", "/files/content/acme/start/images/app.png/x.png", "/assets/../templates/page.html", "/assets/%2e%2e%2ftemplates%2fpage.html", "/en/../../etc/passwd", "/files/content"} {
		status, body := ask(t, host, "GET "+target+" HTTP/1.1", "Host: "+host)
		if status == http.StatusOK || strings.Contains(body, "root:") || strings.Contains(body, "secret") || strings.Contains(body, "what git keeps") {
			t.Errorf("%s answers %d:\n%s", target, status, body)
		}
	}
	for _, test := range []struct {
		line, header string
		want         int
	}{
		{"GET /en/ HTTP/1.1", "Host: " + host, http.StatusOK},
		{"GET /en/ HTTP/1.1", "Host: localhost:1", http.StatusOK},
		{"GET /en/ HTTP/1.1", "Host: evil.test", http.StatusForbidden},
		{"GET /en/ HTTP/1.1", "Host: 127.0.0.1.evil.test", http.StatusForbidden},
		{"GET http://evil.test/en/ HTTP/1.1", "Host: " + host, http.StatusForbidden},
		{"GET /events HTTP/1.1", "Host: evil.test", http.StatusForbidden},
		{"GET /en/ HTTP/1.1", "Host: " + host + "\r\nOrigin: https://evil.test", http.StatusForbidden},
		{"GET /en/ HTTP/1.1", "Host: " + host + "\r\nOrigin: null", http.StatusForbidden},
		{"GET /en/ HTTP/1.1", "Host: " + host + "\r\nOrigin: http://" + host, http.StatusOK},
		{"GET /en/ HTTP/1.1", "Host: " + host + "\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image", http.StatusForbidden},
		{"POST /en/ HTTP/1.1", "Host: " + host, http.StatusMethodNotAllowed},
		{"DELETE /en/ HTTP/1.1", "Host: " + host, http.StatusMethodNotAllowed},
	} {
		if status, _ := ask(t, host, test.line, test.header); status != test.want {
			t.Errorf("%s with %q answers %d, want %d", test.line, test.header, status, test.want)
		}
	}
	testOtherOrigin(t, browser, p)
}

// ask sends a request as it stands, which no client would.
func ask(t *testing.T, host, line, header string) (status int, body string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s\r\n%s\r\nConnection: close\r\n\r\n", line, header)
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(string(answer), "HTTP/1.1 %d", &status); err != nil {
		t.Fatalf("%s: no answer: %q", line, answer)
	}
	return status, string(answer)
}

// testOtherOrigin opens a page of somebody else, which tries to take the preview
// in, and a name of somebody else that leads to the preview.
func testOtherOrigin(t *testing.T, browser context.Context, p *preview) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><title>Other</title><body>
<img id="img" src="%[1]sfiles/content/acme/start/images/app.png"><iframe id="frame" src="%[1]sen/"></iframe><script src="%[1]sassets/live.js"></script>
<script>
const tried = { opened: false };
fetch("%[1]sen/").then(() => tried.read = "read", () => tried.read = "refused");
const events = new EventSource("%[1]sevents");
events.onopen = () => tried.events = "open";
events.onerror = () => tried.events ??= "refused";
</script>`, p.url)
	}))
	defer other.Close()
	b := newTab(t, browser, p)
	b.expect("CORS policy", "Refused to frame", "MIME", "ERR_BLOCKED")
	b.do("open the other page", chromedp.Navigate(other.URL))
	b.until("tried.read && tried.events && document.readyState === 'complete'")
	if got, want := evaluate[string](b, "[tried.read, tried.events, document.getElementById('img').naturalWidth].join()"), "refused,refused,0"; got != want {
		t.Errorf("the other page gets %s, want %s", got, want)
	}
	u, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	b.do("open the other name", chromedp.Navigate("http://rebound.test:"+u.Port()+"/en/"))
	b.says("body", "the preview answers to localhost only")
}
