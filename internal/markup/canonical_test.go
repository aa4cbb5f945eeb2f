package markup_test

import (
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
)

// TestEqual lists spellings of one body that the server and its clients use for
// each other (intercom-api.md section 6.4).
func TestEqual(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{"bare text", `text`, `<p class="no-margin">text</p>`},
		{"names of tags", `<strong>a</strong><em>b</em>`, `<b>a</b><i>b</i>`},
		{"what links gain", `<a href="u">a</a>`, `<a href="u" target="_blank" rel="nofollow noopener" class="intercom-content-link">a</a>`},
		{"items and cells", `<ul><li>a</li></ul><table><tr><td>b</td></tr></table>`, `<ul><li><p class="no-margin">a</p></li></ul><div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr><td><p class="no-margin">b</p></td></tr></tbody></table></div>`},
		{"containers", `<img src="s"><a class="intercom-h2b-button" href="u">b</a>`, `<p><img src="s"><a class="intercom-h2b-button" href="u">b</a></p>`},
		{"container of an image", `<h1>a</h1><img src="s"><h1>b</h1>`, `<h1>a</h1><div class="intercom-container"><img src="s" style="height: auto;"></div><h1>b</h1>`},
		{"video", `<iframe src="s"></iframe>`, `<div class="intercom-h2b-video"><iframe src="s"></iframe></div>`},
		{"collapsible", `<details><summary>a</summary>b</details>`, `<details><summary>a</summary><div class="collapsible-section-content"><p class="no-margin">b</p></div></details>`},
		{"whitespace between blocks", "<p>a</p>\n  <ul>\n<li>b</li>\n</ul>", `<p>a</p><ul><li>b</li></ul>`},
		{"whitespace in text", "<p> a\n b <b> c</b> <br> d </p>", `<p>a b <b>c</b><br>d</p>`},
		{"blank paragraphs", `<p>&nbsp;</p>`, `<p class="no-margin"></p>`},
		{"order of attributes and classes", `<td style="x"></td><p class="b a" id="c">x</p>`, `<td style="x"></td><p id="c" class="a b">x</p>`},
		{"colours", `<table><tr><td style="background-color:rgba(227, 231, 250, 0.5)">a</td></tr></table>`, `<table><tr><td style="background-color: #E3E7FA80;">a</td></tr></table>`},
		{"short colours", `<p style="color: #FFF; border-color: rgb(1 2 3 / 1)">a</p>`, `<p style="color:#ffffff;border-color:#010203ff">a</p>`},
		{"signatures", `<img src="https://downloads.intercomcdn.com/a.png?expires=1&amp;signature=2&amp;req=3">`, `<img src="https://downloads.intercomcdn.com/a.png">`},
		{"lines of code", "<pre><code>a\nb</code></pre>", `<pre><code>a<br>b</code></pre>`},
		{"alignment in HTML 4", `<p align="center">a</p>`, `<p class="intercom-align-center no-margin">a</p>`},
		{"entities and quotes", `<p>&quot;a&quot; &#38; b&#160;c</p>`, "<p>\"a\" &amp; b\u00a0c</p>"},
		{"line ends", "<p>a\r\nb</p>", "<p>a\nb</p>"},
		{"comments", `<p>a<!-- c --></p><!-- d -->`, `<p>a</p>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !markup.Equal(test.a, test.b) {
				t.Errorf("not equal:\n%s\n%s", markup.Canonical(test.a), markup.Canonical(test.b))
			}
		})
	}
}

// TestKnownLosses is the whole list of what a body may carry that its Markdown
// does not say: Canonical passes over it on purpose. PatchHTML still sends it
// with every block that did not change. An entry that no longer holds must go.
func TestKnownLosses(t *testing.T) {
	losses := []struct{ name, with, without string }{
		{"id that a server gave to a heading", `<h2 id="h_0123456789">a</h2>`, `<h2>a</h2>`},
		{"style of an image", `<img src="s" style="height: auto;">`, `<img src="s">`},
		{"rel of a link", `<a href="u" rel="nofollow">a</a>`, `<a href="u">a</a>`},
		{"signature of a file address", `<img src="https://uploads.intercomcdn.com/a?expires=1">`, `<img src="https://uploads.intercomcdn.com/a">`},
		{"left alignment, the default", `<p class="intercom-align-left">a</p>`, `<p>a</p>`},
		{"margin of a paragraph", `<p>a</p>`, `<p class="no-margin">a</p>`},
		{"no-break spaces of a blank paragraph", `<p>&nbsp;&nbsp;</p>`, `<p></p>`},
		{"line end or br in code", "<pre><code>a\nb</code></pre>", `<pre><code>a<br>b</code></pre>`},
		{"comment", `<p>a</p><!-- b -->`, `<p>a</p>`},
		{"processing instruction", `<p>a</p><?b?>`, `<p>a</p>`},
	}
	for _, loss := range losses {
		if !markup.Equal(loss.with, loss.without) {
			t.Errorf("%s: no longer lost; take it off the list", loss.name)
		}
	}
}

// TestCanonicalTellsApart lists pairs that mean two things, however alike.
func TestCanonicalTellsApart(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{"heading levels", `<h1>a</h1><h2>b</h2>`, `<h2>a</h2><h3>b</h3>`},
		{"count of blank paragraphs", `<p></p><p></p>`, `<p></p>`},
		{"blank paragraph and line break", `<p><br></p>`, `<p></p>`},
		{"bold and italic", `<p><b>a</b></p>`, `<p><i>a</i></p>`},
		{"where bold ends", `<p><b>a </b>b</p>`, `<p><b>a</b> b</p>`},
		{"own heading id", `<h2 id="install">a</h2>`, `<h2>a</h2>`},
		{"no-break space", `<p>a&nbsp;b</p>`, `<p>a b</p>`},
		{"zero-width space", `<p>a&#8203;</p>`, `<p>a</p>`},
		{"image in a paragraph", `<p><img src="s"></p>`, `<div class="intercom-container"><img src="s"></div>`},
		{"width", `<img src="s" width="2">`, `<img src="s">`},
		{"alternative text", `<img src="s" alt="a">`, `<img src="s">`},
		{"alignment of an image", `<div class="intercom-container intercom-align-center"><img src="s"></div>`, `<div class="intercom-container"><img src="s"></div>`},
		{"no address and an empty one", `<a>a</a>`, `<a href="">a</a>`},
		{"address", `<a href="u">a</a>`, `<a href="v">a</a>`},
		{"other parameters of a file address", `<img src="https://downloads.intercomcdn.com/a?w=1">`, `<img src="https://downloads.intercomcdn.com/a">`},
		{"colour of a callout", `<div class="intercom-interblocks-callout" style="background-color: #e3e7fa80">a</div>`, `<div class="intercom-interblocks-callout" style="background-color: #d7efdc80">a</div>`},
		{"one list and two", `<ul><li>a</li><li>b</li></ul>`, `<ul><li>a</li></ul><ul><li>b</li></ul>`},
		{"start of a list", `<ol start="2"><li>a</li></ol>`, `<ol><li>a</li></ol>`},
		{"spaces in code", `<pre><code>a  b</code></pre>`, `<pre><code>a b</code></pre>`},
		{"frame attributes", `<iframe src="s" allow="autoplay"></iframe>`, `<iframe src="s"></iframe>`},
		{"header cell", `<table><tr><th>a</th></tr></table>`, `<table><tr><td>a</td></tr></table>`},
		{"letter case", `<p>A</p>`, `<p>a</p>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if markup.Equal(test.a, test.b) {
				t.Errorf("both are %s", markup.Canonical(test.a))
			}
			for _, body := range []string{test.a, test.b} {
				if md := markup.Markdown(body, markup.Options{}); !markup.Equal(markup.Render(md, markup.Options{}), body) || strings.Contains(md, "intercom-html") {
					t.Errorf("%s does not come back from %q", body, md)
				}
			}
		})
	}
}
