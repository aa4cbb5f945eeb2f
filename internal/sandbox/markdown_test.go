package sandbox

import (
	"testing"
)

func TestMarkdown(t *testing.T) {
	tests := []struct{ name, markdown, stored, back string }{
		{"paragraphs", "one\ntwo\n\nthree  \nfour", `<p class="no-margin">one two</p><p class="no-margin">three<br>four</p>`, "one two\n\nthree\\\nfour\n"},
		{"headings", "# A\n## B", `<h1 id="*">A</h1><h2 id="*">B</h2>`, "# A\n\n## B\n"},
		{"emphasis", "**a** *b* `c < d`", `<p class="no-margin"><b>a</b> <i>b</i> <code>c &lt; d</code></p>`, "**a** *b* `c < d`\n"},
		{"link", "[a](https://a.test)", `<p class="no-margin"><a href="https://a.test" target="_blank" class="intercom-content-link">a</a></p>`, "[a](https://a.test)\n"},
		{"list", "- a\n- b\n  1. c\n\nd", `<ul><li><p class="no-margin">a</p></li><li><p class="no-margin">b</p><ol><li><p class="no-margin">c</p></li></ol></li></ul><p class="no-margin">d</p>`, "- a\n- b\n\n  1. c\n\nd\n"},
		{"code", "```sh\nls\n\npwd\n```\n\n---", `<pre><code>ls<br><br>pwd</code></pre><hr>`, "```\nls\n\npwd\n```\n\n---\n"},
		{"html", "<table><tr><td>a</td></tr></table>", `<div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr><td><p class="no-margin">a</p></td></tr></tbody></table></div>`, `<div class="intercom-interblocks-table-container"><table role="presentation"><tbody><tr><td><p class="no-margin">a</p></td></tr></tbody></table></div>` + "\n"},
		{"text like HTML", "a &lt;b> & c", `<p class="no-margin">a &lt;b&gt; &amp; c</p>`, "a &lt;b> &amp; c\n"},
		{"loose ends", "a ` b\n#no", `<p class="no-margin">a ` + "`" + ` b</p><p class="no-margin">#no</p>`, "a ` b\n\n#no\n"},
		{"nothing", "", "", ""},
	}
	_, c := newClient(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := c.do("POST", "/articles", object{"title": "T", "author_id": firstAdmin, "body_markdown": test.markdown})
			if got := anyID(a["body"].(string)); got != test.stored {
				t.Errorf("body %s\nwant %s", got, test.stored)
			}
			if got := a["body_markdown"]; got != test.back {
				t.Errorf("body_markdown %q, want %q", got, test.back)
			}
		})
	}
}

// FuzzMarkdown: no Markdown makes the server loop or stumble.
func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n\n- b\n  - c\n\n```\nd")
	f.Add("1) a\n\n   b\n* c\n\\\n<div>")
	f.Fuzz(func(t *testing.T, source string) {
		body, err := rewrite(t, fromMarkdown(source))
		if err == nil {
			toMarkdown(body)
		}
	})
}
