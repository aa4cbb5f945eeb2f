package markup_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hcsync/hcsync/internal/markup"
)

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
