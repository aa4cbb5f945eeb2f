package markup_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hcsync/hcsync/internal/markup"
)

func TestPredict(t *testing.T) {
	const p = `<p class="no-margin">`
	tests := []struct {
		name, sent, want string
		codes            []string
	}{
		{"nothing to do", p + `a</p>`, p + `a</p>`, nil},
		{"bare text", `a <strong>b</strong>`, p + `a <b>b</b></p>`, nil},
		{"whitespace between blocks", "<p>a</p>\n<p>b</p>", p + `a</p>` + noText + p + `b</p>`, nil},
		{"line end after a blank paragraph", "<p></p>\n<p>b</p>", noText + p + `b</p>`, nil},
		{"headings move up", `<h2>a</h2><h3>b</h3>`, `<h1>a</h1><h2>b</h2>`, []string{"heading-shift"}},
		{"headings stay below an h1", `<h1>a</h1><h3>b</h3>`, `<h1>a</h1><h3>b</h3>`, nil},
		{"headings that were stored stay", `<h3 id="h_0123456789">a</h3><h4>b</h4>`, `<h3>a</h3><h4>b</h4>`, nil},
		{"headings too deep", `<h1>a</h1><h6>b</h6>`, `<h1>a</h1><h4>b</h4>`, []string{"heading-depth"}},
		{"unknown inline tags", `<p>a <span>b</span><kbd>c</kbd></p>`, p + `a bc</p>`, []string{"dropped-tag", "dropped-tag"}},
		{"unknown blocks", `<div>a</div><section>b</section>`, p + `a</p>` + p + `b</p>`, []string{"dropped-tag", "dropped-tag"}},
		{"quotation", `<blockquote><p>a</p></blockquote>`, p + `a</p>`, []string{"dropped-tag"}},
		{"form", `<p>a</p><form><p>b</p></form>`, p + `a</p>`, []string{"dropped-element"}},
		{"images in a paragraph", `<p class="intercom-align-center"><img src="https://e.com/a"> <img src="https://e.com/b"></p>`, `<div class="intercom-container intercom-align-center"><img src="https://e.com/a"></div><div class="intercom-container intercom-align-center"><img src="https://e.com/b"></div>`, []string{"image-block"}},
		{"image beside text", `<p>a <img src="https://e.com/a"></p>`, p + `a <img src="https://e.com/a"></p>`, nil},
		{"style and title of an image", `<img src="https://e.com/a" style="x" title="t">`, `<div class="intercom-container"><img src="https://e.com/a"></div>`, []string{"dropped-attribute"}},
		{"data image", `<img src="data:image/png;base64,AAAA">`, `<div class="intercom-container"><img src="data:image/png;base64,AAAA"></div>`, []string{"refused-image"}},
		{"numbered from seven", `<ol start="7"><li>a</li></ol>`, `<ol><li>` + p + `a</p></li></ol>`, []string{"list-start", "dropped-attribute"}},
		{"empty list", `<ul><li></li></ul>`, `<ul><li>` + noText + `</li></ul>`, []string{"refused-empty-list"}},
		{"table in a list", `<ul><li><table><tr><td>a</td></tr></table></li></ul>`, ``, []string{"refused-table"}},
		{"header cells", `<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>`, `<div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr><td>` + p + `a</p></td></tr><tr><td>` + p + `b</p></td></tr></tbody></table></div>`, nil},
		{"definition list", `<dl><dt>a</dt></dl>`, ``, []string{"refused-definition-list"}},
		{"video of another host", `<iframe src="https://evil.test/youtube.com/"></iframe>`, ``, []string{"refused-video"}},
		{"collapsible", `<details><summary>a</summary><p>b</p></details>`, `<details><summary>a</summary><div class="collapsible-section-content">` + p + `b</p></div></details>`, []string{"unsure-collapsible"}},
		{"too deep", strings.Repeat("<div>", 600), strings.Repeat("<div>", 600), []string{"refused-nesting"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := markup.Predict(test.sent)
			if test.want != "" && !markup.Equal(got.HTML, test.want) {
				t.Errorf("%s", cmp.Diff(markup.Canonical(test.want), markup.Canonical(got.HTML)))
			}
			var codes []string
			for _, w := range got.Warnings {
				codes = append(codes, w.Code)
			}
			if diff := cmp.Diff(test.codes, codes); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

const noText = `<p class="no-margin"></p>`

// TestPredictRealBodies: what the server has stored, it stores again as it is.
func TestPredictRealBodies(t *testing.T) {
	changed := 0
	for name, body := range corpus(t, "bodies") {
		md := markup.Markdown(body, markup.Options{})
		sent := markup.PatchHTML(md, body, md, markup.Options{}) // without line ends between blocks
		if got := markup.Predict(sent); !markup.Equal(got.HTML, body) {
			changed++
			t.Logf("%s: %v", name, slices.Collect(func(yield func(string) bool) {
				for _, w := range got.Warnings {
					yield(w.Code)
				}
			}))
		}
	}
	// Bodies of 2018 and those that a tool wrote are not in today's stored form.
	if changed > 8 {
		t.Errorf("%d stored bodies would be rewritten", changed)
	}
}
