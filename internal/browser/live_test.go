package browser

import (
	"context"
	"net/url"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

const install = "content/acme/start/install.md"

// testEdit saves the open article: the text changes where the reader is, and
// nothing else does.
func testEdit(t *testing.T, browser context.Context) {
	p := newPreview(t)
	b := newTab(t, browser, p)
	b.open("en/acme/start/install")
	b.live()
	b.click("#text summary")
	evaluate[any](b, "window.same = true; scrollTo(0, 500); document.querySelector('#text table').mark = true; null")
	b.until("scrollY === 500")
	p.edit(install, "# Later\n", "# Later\n\nA sentence that was not there.\n")
	b.says("#text", "A sentence that was not there.")
	if y := evaluate[float64](b, "scrollY"); y != 500 {
		t.Errorf("the page scrolled to %v", y)
	}
	b.until("window.same && document.querySelector('#text table').mark && document.querySelector('#text details').open")
	b.until("document.querySelector('#text .fresh').innerText.includes('not there')")

	// Above what is read the page grows, and what is read stays where it is.
	b.do("scroll", chromedp.ScrollIntoView(chromedp.CSS("#section-last")))
	place := evaluate[float64](b, "document.querySelector('#section-watch-it').getBoundingClientRect().top")
	p.edit(install, "# Before you begin\n", "# Before you begin\n\nSomething.\n\nAbove.\n")
	b.says("#text", "Above.")
	if now := evaluate[float64](b, "document.querySelector('#section-watch-it').getBoundingClientRect().top"); now < place-2 || now > place+2 {
		t.Errorf("what was read at %v is at %v", place, now)
	}

	// An editor that writes another file and puts it in the place of this one.
	p.edit(install, "title: Install the app", "title: Install it now")
	b.says("h1", "Install it now")
	b.until("document.title.startsWith('Install it now')")
	p.write("content/acme/start/other", "---\ntitle: Renamed into place\n---\n\n# One\n\nText.\n\n# Two\n\nText.\n")
	if err := os.Rename(p.file("content/acme/start/other"), p.file(install)); err != nil {
		t.Fatal(err)
	}
	b.says("h1", "Renamed into place")
	b.says("#toc", "Two")
	b.until("window.same")
}

// testProblems breaks a file and mends it again.
func testProblems(t *testing.T, browser context.Context) {
	p := newPreview(t)
	b := newTab(t, browser, p)
	b.open("en/acme/start/install")
	b.live()
	b.lacks(".overlay.bad")
	p.edit(install, "title: Install the app", "title: [Install the app")
	b.says(".overlay.bad", install+":2")
	b.says(".overlay .hint", "last text that could be read")
	b.says("#text", "You need a phone")
	b.until("document.querySelector('.overlay').getBoundingClientRect().bottom <= innerHeight")
	b.click(".tally")
	b.at("problems?locale=en")
	b.says("main", install+":2")
	b.click(`.file-findings h2 a[href="/en/acme/start/install"]`)
	b.at("en/acme/start/install")
	p.edit(install, "title: [Install the app", "title: Install the other app")
	b.lacks(".overlay.bad")
	b.says("h1", "Install the other app")

	p.edit(install, "teams/invite.md", "teams/nobody.md")
	b.says(".overlay.bad", install+":10")
	b.says("#text .dead-link", "invite your team")
	p.edit(install, "teams/nobody.md", "teams/invite.md")
	b.lacks(".overlay.bad")
	b.lacks(".dead-link")

	b.open("en/acme/start/troubled")
	b.says(".overlay", "nowhere.md")
	b.says(".missing-image", "images/none.png")
	p.write("content/acme/start/nowhere.md", "---\ntitle: Somewhere\n---\n\nHere.\n")
	b.lacks(".dead-link")
}

// testComeAndGo adds, removes and renames while a page is open.
func testComeAndGo(t *testing.T, browser context.Context) {
	p := newPreview(t)
	b := newTab(t, browser, p)
	b.open("en/acme/start/")
	b.live()
	p.write("content/acme/start/fresh/_collection.md", "---\ntitle: Fresh collection\n---\n")
	p.write("content/acme/start/fresh/one.md", "---\ntitle: Fresh article\n---\n\nText.\n")
	b.says(".cards", "Fresh collection")
	b.click(`a[href="/en/acme/start/fresh/"]`)
	b.at("en/acme/start/fresh/")
	b.says(".list", "Fresh article")
	b.click(".list a")
	b.at("en/acme/start/fresh/one")
	b.live()
	if err := os.RemoveAll(p.file("content/acme/start/fresh")); err != nil {
		t.Fatal(err)
	}
	b.says("h1", "There is no page here")
	p.write("content/acme/start/fresh/one.md", "---\ntitle: Back again\n---\n\nText.\n")
	b.says("h1", "Back again")
	b.until("location.pathname === '/en/acme/start/fresh/one'")
}

// testRestart ends the program under an open page, and starts it again.
func testRestart(t *testing.T, browser context.Context) {
	p := newPreview(t)
	b := newTab(t, browser, p)
	b.open("en/acme/start/install")
	b.live()
	evaluate[any](b, "window.same = true; null")
	u, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	p.stop()
	b.says("#live.stopped", "Run hcsync watch again")
	p.edit(install, "You need a phone.", "You need two phones.")
	p.serve(u.Port())
	b.says("#text", "You need two phones.")
	b.live()
	p.edit(install, "two phones", "three phones")
	b.says("#text", "You need three phones.")
	b.until("window.same")
}
