package markup_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hcsync/hcsync/internal/markup"
)

// TestTooDeep: an element beyond the reach of the HTML parser is opaque, and the
// blocks beside it stay plain.
func TestTooDeep(t *testing.T) {
	deep := strings.Repeat("<div>", 10_000) + "x" + strings.Repeat("</div>", 10_000)
	body := `<p class="no-margin">a <b>b</b></p>` + deep + "\n<ul><li>c</li></ul>"
	want := "a **b**\n\n```intercom-html\n" + deep + "\n```\n\n- c"
	got := markup.Markdown(body, markup.Options{})
	if got != want {
		t.Errorf("got %.80q…", got)
	}
	if !markup.Equal(markup.Render(got, markup.Options{}), body) {
		t.Error("does not come back")
	}
	if c := markup.Canonical(body); markup.Canonical(c) != c {
		t.Error("Canonical is not idempotent")
	}
	if markup.Equal(body, strings.Replace(body, "x", "y", 1)) {
		t.Error("two bodies are taken for one")
	}
	if open := strings.Repeat("<div>", 10_000); !markup.Equal(markup.Render(markup.Markdown(open, markup.Options{}), markup.Options{}), open) {
		t.Error("tags that do not match do not come back")
	}
}

// TestLadder shows how far a block goes down when its plain form does not come
// back, and that the blocks beside it stay plain.
func TestLadder(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{
			"every mark escaped",
			`<p>*plain*</p><p>a | b<br>:- | -:</p><p>c</p>`,
			"\\*plain*\n\na \\| b\\\n\\:\\- \\| \\-\\:\n\nc",
		},
		{
			"the block as HTML, in its item alone",
			`<ul><li>a</li><li><p>b</p><section><p>c</p></section></li><li>d</li></ul>`,
			"- a\n\n- b\n\n  <section><p>c</p></section>\n\n- d",
		},
		{
			"an opaque code block, in its item alone",
			`<ul><li>a</li><li>b <svg><path d="x"></path></svg></li><li>c</li></ul>`,
			"- a\n- ```intercom-html\n  <p>b <svg><path d=\"x\"></path></svg></p>\n  ```\n- c",
		},
		{
			"too deep for a Markdown list",
			`<ul><li><ul><li><ul><li><ul><li><ul><li><ul><li><ul><li><ul><li><ul><li><ul><li><ul><li><ul><li><ul><li>x</li></ul></li></ul></li></ul></li></ul></li></ul></li></ul></li></ul></li></ul></li></ul></li></ul></li></ul></li></ul></li></ul>`,
			"- - - - - - - - - - - - <ul>\n                        <li>x</li>\n                        </ul>",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := markup.Markdown(test.html, markup.Options{})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !markup.Equal(markup.Render(got, markup.Options{}), test.html) {
				t.Errorf("%q does not come back", got)
			}
		})
	}
}
