package browser

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const axeFile = "testdata/node/node_modules/axe-core/axe.min.js"

// violation is a rule that a page breaks.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// testAccess has axe-core look at every kind of page: in light colours, in dark
// ones, and on a phone, where there are other menus.
func testAccess(t *testing.T, browser context.Context) {
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		t.Skip("axe-core is missing: run npm ci in internal/browser/testdata/node")
	}
	b := newTab(t, browser, newPreview(t))
	check := func(how, page, options string) {
		t.Helper()
		b.open(page)
		evaluate[any](b, string(axe)+"; null")
		for _, v := range b.axe(options) {
			for _, n := range v.Nodes {
				t.Errorf("%s, %s: %s (%s): %s\n%s\n%s", page, how, v.ID, v.Impact, v.Help, n.HTML, n.FailureSummary)
			}
		}
	}
	b.scheme("light")
	for _, p := range pages() {
		if !strings.HasPrefix(p, "ja/") && !strings.HasPrefix(p, "fr/") { // which are built like those in Arabic and English
			check("light", p, "{}")
		}
	}
	check("light", "fr/acme/start/", "{}") // but for what is missing there
	b.scheme("dark")
	for _, p := range []string{"en/", "fr/acme/start/", "en/acme/start/install", "en/acme/start/troubled", "search?q=install", "problems"} { // only the colours are others
		check("dark", p, "{runOnly: ['color-contrast']}")
	}
	b.size(360, 740, true)
	for _, p := range []string{"en/", "en/acme/start/install"} {
		check("phone", p, "{}")
	}

	b = newTab(t, browser, newPushed(t))
	b.on.serve("0", "--target", "sandbox")
	b.open("en/acme/start/install")
	b.says(".standing", "In sync")
	b.on.edit(install, "You need a phone.", "You need a new phone.")
	b.on.edit(install, "Two minutes", "One minute")
	b.says(".standing", "1 change")
	for _, p := range []string{"en/", "en/acme/start/", "en/acme/start/install?changes", "en/acme/start/install?changes=html", "changes"} {
		b.scheme("light")
		check("compared, light", p, "{}")
		b.scheme("dark")
		check("compared, dark", p, "{runOnly: ['color-contrast']}")
	}
}

func (b *tab) axe(options string) []violation {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string]("axe.run(document, "+options+").then((r) => JSON.stringify(r.violations))",
		func(p *runtime.EvaluateParams) { chromedp.EvalAwaitPromise(p) }))
	if err != nil {
		b.t.Fatal(err)
	}
	var out []violation
	if err := json.Unmarshal([]byte(found), &out); err != nil {
		b.t.Fatal(err)
	}
	return out
}
