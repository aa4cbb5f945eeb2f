package markup_test

import (
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
)

// TestBlocksInPre: preformatted text may hold anything, and nothing in it is
// arranged.
func TestBlocksInPre(t *testing.T) {
	for _, body := range []string{
		"<pre><table ></table></pre>",
		"<pre><iframe src=\"https://www.youtube.com/embed/a?rel=0\"></iframe></pre>",
		"<pre><details><summary>a</summary><p>b</p></details></pre>",
		"<pre><div class=\"intercom-interblocks-table-container\"><table><tr><td>a</td></tr></table></div></pre>",
		"<pre><p class=\"no-margin\">a</p><ul><li>b</li></ul></pre>",
		"<ul><li><pre><code>a</code><table><tr><td>b</td></tr></table></pre></li></ul>",
	} {
		md := markup.Markdown(body, markup.Options{})
		if got, want := markup.Canonical(markup.Render(md, markup.Options{})), markup.Canonical(body); got != want {
			t.Errorf("%s\nmd   %q\ngot  %s\nwant %s", body, md, got, want)
		}
	}
}
