package browser

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "take the pictures of the docs and put them into this `folder`")

// TestShots takes pictures of this project's own help center, to be looked at.
func TestShots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("takes pictures where -screenshots names a folder for them")
	}
	p := &preview{t: t, dir: t.TempDir()}
	if err := os.CopyFS(p.file("content"), os.DirFS("../../content")); err != nil {
		t.Fatal(err)
	}
	p.write("hcsync.yaml", "version: 1\n")
	p.run("push", "--target", "sandbox", "--yes")
	p.serve("0", "--target", "sandbox")
	b := newTab(t, startBrowser(t), p)
	b.scheme("light")
	b.size(1200, 800, false)
	b.shoot("en/", "home.png")
	b.shoot("en/hcsync/getting-started/", "collection.png")
	b.shoot("en/hcsync/writing/formatting/links-and-images", "article.png")
	b.shoot("fr/hcsync/writing/check-your-files", "missing.png")
	b.shoot("search?q=link+draft", "search.png")
	b.shots(p)
	b.scheme("dark")
	b.shoot("en/hcsync/writing/preview-while-you-write", "dark.png")
	b.shoot("en/", "dark-home.png")
	b.size(390, 780, true)
	b.scheme("light")
	b.shoot("en/", "phone-home.png")
	b.shoot("en/hcsync/reference/front-matter", "phone.png")
}

// shots edits files, for pictures of what becomes of that.
func (b *tab) shots(p *preview) {
	const article = "content/hcsync/writing/preview-while-you-write.md"
	p.edit(article, "the open page changes at once", "the open page shows it at once")
	p.edit(article, "Press Ctrl-C to end it.", "Press Ctrl-C to end it. Nothing is left behind.")
	b.open("en/hcsync/writing/preview-while-you-write")
	b.says(".standing", "1 change")
	b.size(1200, 900, false)
	b.shoot("en/hcsync/writing/preview-while-you-write?changes", "changes.png")
	b.size(1200, 800, false)
	b.shoot("en/hcsync/writing/preview-while-you-write?changes=html", "changes-html.png")
	b.shoot("changes", "overview.png")
	p.edit(article, "check-your-files.md", "check-my-files.md")
	p.edit(article, "You need no token", "![The browser](images/browser.png)\n\nYou need no token")
	b.open("en/hcsync/writing/preview-while-you-write")
	b.says(".overlay.bad", "check-my-files.md")
	b.shoot("en/hcsync/writing/preview-while-you-write", "problems.png")
	b.shoot("problems", "problems-page.png")
	p.edit(article, "check-my-files.md", "check-your-files.md")
	p.edit(article, "![The browser](images/browser.png)", "")
	b.lacks(".overlay.bad")
}

// shoot opens a page and takes a picture of what a reader sees first.
func (b *tab) shoot(page, name string) {
	b.t.Helper()
	b.open(page)
	b.live()
	b.until("!document.querySelector('.standing.busy')")
	evaluate[any](b, "document.fonts.ready.then(() => null)")
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.MkdirAll(*screenshots, 0o777); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name), data, 0o666); err != nil {
		b.t.Fatal(err)
	}
}
