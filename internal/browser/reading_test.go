package browser

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// testLinks walks from the home page to an article and back.
func testLinks(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	b.open("")
	b.at("en/")
	b.says("h1", "How can we help?")
	b.says(".cards", "Getting started")
	b.says(".cards", "4 articles")
	b.click(`.card a[href="/en/acme/start/"]`)
	b.at("en/acme/start/")
	b.click(`a[href="/en/acme/start/teams/"]`)
	b.at("en/acme/start/teams/")
	b.click(`.list a`)
	b.at("en/acme/start/teams/invite")
	b.click(`.text a`)
	b.at("en/acme/start/install")
	for selector, text := range map[string]string{
		".byline": "ana.lima@acme.test", ".badge.published": "Published", ".callout-blue": "A note", ".callout-yellow": "A warning.",
		"#text table": "Refrigerators", "#text pre": "acme install", "#text ol": "Open the store.", ".intercom-h2b-button": "Open the store",
	} {
		b.says(selector, text)
	}
	b.until("document.querySelector('#text img').naturalWidth === 640")
	b.click(`#toc a[href="#section-much-later"]`)
	b.until("document.getElementById('section-much-later').getBoundingClientRect().top < innerHeight - 100 && scrollY > 200")
	b.do("back to the top", chromedp.ScrollIntoView(chromedp.CSS(".crumbs")))
	b.click(".crumbs li:nth-child(2) a")
	b.at("en/acme/start/")
	b.click(".brand")
	b.at("en/")
	b.open("en/acme/start/nothing")
	b.says("h1", "There is no page here")
	if away := b.elsewhere(); len(away) > 0 {
		t.Errorf("pages ask others for %q", away)
	}
}

// testLanguages switches the language: to one that is there, to one that is
// written from right to left, and on a page that has no text in it.
func testLanguages(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	b.open("en/acme/start/install")
	choose := func(locale string) {
		t.Helper()
		b.click("details.locales > summary")
		b.click(fmt.Sprintf("details.locales a[hreflang=%s]", locale))
	}
	choose("fr")
	b.at("fr/acme/start/install")
	b.says("h1", "Installer l’appli")
	b.says(".badge.draft", "Draft")
	b.says(".crumbs", "Premiers pas")
	choose("ar")
	b.at("ar/acme/start/install")
	b.until("getComputedStyle(document.getElementById('text')).direction === 'rtl'")
	b.until("document.querySelector('#text li').getBoundingClientRect().right > document.getElementById('text').getBoundingClientRect().left + 300")
	b.open("ja/acme/start/install")
	b.says("#text", "電話が必要です")
	b.open("en/acme/start/teams/invite")
	b.says("details.locales a[hreflang=fr] small", "")
	choose("fr")
	b.at("fr/acme/start/teams/invite")
	b.says(".notice", "There is no Français translation of this article")
	b.says("#text.borrowed[lang=en]", "Everybody with the link")
	plain := evaluate[string](b, "getComputedStyle(document.body).color")
	if borrowed := evaluate[string](b, "getComputedStyle(document.getElementById('text')).color"); borrowed == plain {
		t.Errorf("a text in another language is as dark as any: %s", borrowed)
	}
	b.open("fr/acme/start/")
	b.says(".list", "Not in Français")
}

func testSearch(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	b.open("en/")
	b.shortcut("/")
	b.until("document.activeElement.id === 'q'")
	b.press("other PHONE" + kb.Enter)
	b.at("search?q=other+PHONE&locale=en")
	b.says("h1", "other PHONE")
	b.says(".results mark", "phone")
	b.click(`.results a[href="/en/acme/start/install"]`)
	b.at("en/acme/start/install")
	b.open("search?q=telephone&locale=fr")
	b.says(".results", "Installer l’appli")
	b.open("search?q=nothing-has-this")
	b.says(".empty", "No article has all of these words")
	b.open("search")
	b.says(".empty", "Type a few words")
}

// shortcut presses a key as a keyboard does: what it types goes nowhere if the
// page takes the key for something else.
func (b *tab) shortcut(key string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key}); err != nil {
		b.t.Fatal(err)
	}
}

// testColours follows the system, until the reader chooses, and then the reader.
func testColours(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	const ground = "getComputedStyle(document.body).backgroundColor"
	bright := func() int {
		var r, g, blue int
		if _, err := fmt.Sscanf(evaluate[string](b, ground), "rgb(%d, %d, %d)", &r, &g, &blue); err != nil {
			t.Fatal(err)
		}
		return r + g + blue
	}
	b.scheme("light")
	b.open("en/acme/start/install")
	if bright() < 600 {
		t.Errorf("light is %s", evaluate[string](b, ground))
	}
	b.scheme("dark")
	b.until("document.documentElement.dataset.theme === 'dark' && document.getElementById('theme').ariaPressed === 'true'")
	if bright() > 200 {
		t.Errorf("dark is %s", evaluate[string](b, ground))
	}
	b.click("#theme")
	b.until("document.documentElement.dataset.theme === 'light' && document.getElementById('theme').ariaPressed === 'false'")
	b.open("en/")
	if bright() < 600 {
		t.Error("the reader's choice is forgotten on the next page")
	}
}

// pages is one of each kind.
func pages() []string {
	return []string{"en/", "en/acme/start/", "fr/acme/start/", "en/acme/empty/", "en/acme/start/install", "ar/acme/start/install", "ja/acme/start/install",
		"en/acme/start/long", "fr/acme/start/long", "en/acme/start/troubled", "search?q=install", "search?q=x-y-z", "problems", "en/nothing"}
}

// testPhone wants no page wider than the phone, and menus within reach.
func testPhone(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	b.size(360, 740, true)
	for _, p := range pages() {
		b.open(p)
		if wide := evaluate[[]string](b, `[...document.querySelectorAll("body *")].filter((e) => {
			const box = e.getBoundingClientRect(), style = getComputedStyle(e);
			const inside = (e) => e && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(e).overflowX) || inside(e.parentElement));
			return box.width && box.right > innerWidth + 1 && style.position !== "absolute" && !inside(e.parentElement);
		}).map((e) => e.outerHTML.slice(0, 100))`); len(wide) > 0 {
			t.Errorf("%s: wider than the phone: %q", p, wide)
		}
		if w := evaluate[int](b, "document.documentElement.scrollWidth"); w > 360 {
			t.Errorf("%s: scrolls sideways: %d points wide", p, w)
		}
	}
	b.open("en/acme/start/install")
	b.until("document.querySelector('.tools').getBoundingClientRect().height < 60")              // in one row
	b.until("document.querySelector('.intercom-interblocks-table-container').scrollWidth > 360") // the table scrolls by itself
	b.click("details.locales > summary")
	for _, side := range []string{"r.left >= 0", "r.right <= innerWidth", "r.bottom <= innerHeight", "r.height >= 40"} {
		b.until("[...document.querySelectorAll('details.locales a')].every((a) => { const r = a.getBoundingClientRect(); return " + side + "; })")
	}
	b.click("details.locales a[hreflang=fr]")
	b.at("fr/acme/start/install")
	b.open("en/acme/start/install")
	b.click(".toc-fold summary")
	b.click(`.toc-fold a[href="#section-last"]`)
	b.until("scrollY > 400")
}

// testKeyboard goes through pages by Tab alone: what has the focus can be seen.
func testKeyboard(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	b.scheme("light")
	b.open("en/")
	b.press(kb.Tab)
	b.until("document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0")
	b.press(kb.Enter)
	b.until("document.activeElement.id === 'main' || location.hash === '#main'")
	for _, p := range []string{"en/", "en/acme/start/install", "en/acme/start/troubled"} {
		b.open(p)
		stops := b.walk()
		for _, want := range []string{"brand", "tool", "q", "theme"} {
			if !slices.ContainsFunc(stops, func(s string) bool { return strings.Contains(s, want) }) {
				t.Errorf("%s: Tab never comes to %s, only to %q", p, want, stops)
			}
		}
	}
	b.open("en/")
	b.do("focus", chromedp.Focus(chromedp.CSS("details.locales > summary")))
	b.press(kb.Enter)
	b.until("document.querySelector('details.locales').open")
	b.press(kb.Tab)
	b.until("document.activeElement.closest('details.locales a')")
	b.press(kb.Escape)
	b.until("!document.querySelector('details.locales').open && document.activeElement.matches('summary')")
}

// walk presses Tab until it is through the page, and gives where it stopped.
func (b *tab) walk() []string {
	b.t.Helper()
	var stops []string
	for range 100 {
		b.press(kb.Tab)
		stop := evaluate[string](b, `(() => {
			const e = document.activeElement;
			if (e === document.body || e.dataset.visited) return "";
			e.dataset.visited = "yes";
			const ring = (e) => e && (getComputedStyle(e).outlineStyle !== "none" && parseFloat(getComputedStyle(e).outlineWidth) >= 2);
			return [e.localName, e.id, e.className, ring(e) || ring(e.closest("li")) ? "ring" : "unseen"].join(" ");
		})()`)
		if stop == "" {
			return stops
		}
		if strings.HasSuffix(stop, "unseen") {
			b.t.Errorf("the focus cannot be seen on %s", stop)
		}
		stops = append(stops, stop)
	}
	b.t.Errorf("Tab never comes to an end: %q", stops)
	return stops
}

func testCollapsible(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	b.open("en/acme/start/install")
	const shown = "document.querySelector('#text details > :not(summary)').checkVisibility()"
	b.until("!" + shown)
	b.click("#text summary")
	b.until(shown)
	b.do("focus", chromedp.Focus(chromedp.CSS("#text summary")))
	b.press(kb.Enter)
	b.until("!document.querySelector('#text details').open")
}

// testVideo wants no request to anybody before the reader plays the video.
func testVideo(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	b.open("en/acme/start/install")
	b.live()
	if away := b.elsewhere(); len(away) > 0 {
		t.Errorf("before the click it asks for %q", away)
	}
	b.until("!document.querySelector('iframe')")
	b.click("a.video")
	b.until("document.querySelector('iframe.player')?.src.startsWith('https://www.youtube.com/embed/abcdefghijk?')")
	b.at("en/acme/start/install")
	b.heard("https://www.youtube.com/embed/abcdefghijk")
}

// heard waits until something was asked for.
func (b *tab) heard(address string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for !slices.ContainsFunc(b.elsewhere(), func(r string) bool { return strings.HasPrefix(r, address) }) {
		b.until("true") // a round through the browser, whose events come in order
		if time.Now().After(deadline) {
			b.t.Fatalf("%s was never asked for, only %q", address, b.elsewhere())
		}
	}
}

// testNoScript reads without scripts: everything but the live part works.
func testNoScript(t *testing.T, browser context.Context) {
	b := newTab(t, browser, newPreview(t))
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.scheme("dark")
	b.open("en/")
	b.until("getComputedStyle(document.body).backgroundColor === 'rgb(18, 20, 26)'")
	b.until("document.getElementById('theme').hidden && document.getElementById('live').hidden")
	b.click(`.card a[href="/en/acme/start/"]`)
	b.at("en/acme/start/")
	b.click("details.locales > summary")
	b.click("details.locales a[hreflang=fr]")
	b.at("fr/acme/start/")
	b.do("search", chromedp.SendKeys(chromedp.CSS("#q"), "facultatif"+kb.Enter))
	b.at("search?q=facultatif&locale=fr")
	b.click(".results a")
	b.at("fr/acme/start/install")
	b.open("en/acme/start/troubled")
	b.says(".overlay", "content/acme/start/troubled.md:5")
	b.open("en/acme/start/install")
	b.click("#text summary")
	b.until("document.querySelector('#text details').open")
	b.until("document.querySelector('a.video').href.startsWith('https://www.youtube.com/')")
}
