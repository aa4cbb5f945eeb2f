package browser

import (
	"context"
	"os"
	"testing"
)

const invite = "content/acme/start/teams/invite.md"

// newPushed serves a site that the sandbox has, all of it.
func newPushed(t *testing.T) *preview {
	t.Helper()
	p := newSite(t)
	if err := os.Remove(p.file("content/acme/start/troubled.md")); err != nil {
		t.Fatal(err)
	}
	p.edit(install, "author: ana.lima@acme.test\n", "") // who is no teammate there
	p.git("init", "-q")
	p.git("add", ".")
	p.git("-c", "user.name=Docs", "-c", "user.email=docs@acme.test", "commit", "-qm", "site")
	p.run("push", "--target", "sandbox", "--yes")
	return p
}

// testCompared edits what Intercom has, and reads of it on the pages.
func testCompared(t *testing.T, browser context.Context) {
	p := newPushed(t)
	p.serve("0", "--target", "sandbox")
	b := newTab(t, browser, p)
	b.open("en/acme/start/install")
	b.live()
	b.says(".standing", "In sync")
	b.says(".badge.state.sync", "In sync")
	p.edit(install, "You need a phone.", "You need a <b>new</b> phone.")
	b.says(".badge.state.changed", "Changed")
	b.says(".standing.changed", "1 change")
	b.click(".tabs li:nth-child(2) a")
	b.at("en/acme/start/install?changes")
	b.says(".compare ins.now", "new")
	b.says(".row:not(.same) .old", "You need a phone.")
	b.unharmed("changes as readers see them")
	b.click(".switch li:nth-child(2) a")
	b.at("en/acme/start/install?changes=html")
	b.says(".compare.source ins.now", "<b>new</b>")
	b.unharmed("changes as HTML")
	b.open("en/")
	b.says(".cards", "1 differs")
	b.lacks(".card:has(.badge.changed) .synced")
	p.write("content/acme/start/teams/more.md", "---\ntitle: More teams\n---\n\nText.\n")
	b.says(".standing", "2 changes")
	b.click(".standing")
	b.at("changes?locale=en")
	b.says("main", "More teams")
	p.edit(install, "You need a <b>new</b> phone.", "You need a phone.")
	b.says(".standing", "1 change")
	b.open("en/acme/start/teams/")
	b.says(".list .badge.new", "New")
	b.says(".list .synced", "")
}

// testPushed pushes what is saved to the sandbox.
func testPushed(t *testing.T, browser context.Context) {
	p := newPushed(t)
	p.serve("0", "--target", "sandbox", "--push")
	b := newTab(t, browser, p)
	b.open("en/acme/start/teams/invite")
	b.live()
	b.says(".badge.state.sync", "In sync")
	p.edit(invite, "Everybody with the link", "Everybody")
	b.says("#pushed", "Invite your team")
	b.says(".badge.state.sync", "In sync")
	b.says("#text", "Everybody can join")
	p.edit(invite, "title: Invite", "title: [Invite")
	b.says(".overlay.bad", invite+":2")
}
