package markup_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hcsync/hcsync/internal/markup"
)

// written is Markdown in a writer's own manner, none of which Markdown() would
// write; held is what a server keeps for it.
const written = `<!-- owner: ops -->
Install
=======

A first paragraph that is
wrapped by hand, with __bold__ and *italics*
and [a reference][docs].

* one
* two  
  with a break
* three

<!-- keep in step with the price list -->

Second paragraph.



***

+ a

  more of a
+ b

> [!note]
> Mind the *gap*.
>
> + x
> + y

<details><summary>More</summary>

Inside *this*.

* i
* j

</details>

` + "~~~json\n{}\n~~~" + `

[docs]: https://example.com/docs

The <!-- sic --> end.
`

const held = `<h1 id="h_0a0a0a0a0a">Install</h1>` +
	`<p class="no-margin">A first paragraph that is wrapped by hand, with <b>bold</b> and <i>italics</i> and <a href="https://example.com/docs" target="_blank" class="intercom-content-link">a reference</a>.</p>` +
	`<ul><li><p class="no-margin">one</p></li><li><p class="no-margin">two<br>with a break</p></li><li><p class="no-margin">three</p></li></ul>` +
	`<p class="no-margin">Second paragraph.</p><hr>` +
	`<ul><li><p class="no-margin">a</p><p class="no-margin">more of a</p></li><li><p class="no-margin">b</p></li></ul>` +
	`<div class="intercom-interblocks-callout" style="background-color: #e3e7fa80; border-color: #334bfa33;"><p class="no-margin">Mind the <i>gap</i>.</p><ul><li><p class="no-margin">x</p></li><li><p class="no-margin">y</p></li></ul></div>` +
	`<details><summary>More</summary><div class="collapsible-section-content"><p class="no-margin">Inside <i>this</i>.</p><ul><li><p class="no-margin">i</p></li><li><p class="no-margin">j</p></li></ul></div></details>` +
	`<pre><code>{}</code></pre><p class="no-margin">The end.</p>`

// TestPatchMarkdown changes the server's HTML in one place and expects exactly
// one place of the writer's text to change.
func TestPatchMarkdown(t *testing.T) {
	if !markup.Equal(markup.Render(written, markup.Options{}), held) {
		t.Fatalf("the two halves do not agree:\n%s\n%s", markup.Canonical(markup.Render(written, markup.Options{})), markup.Canonical(held))
	}
	tests := []struct{ name, old, new, oldMD, newMD string }{
		{"nothing", "x", "x", "", ""},
		{"heading", ">Install<", ">Set up<", "Install\n=======", "# Set up"},
		{"paragraph", "Second paragraph", "Second <b>one</b>", "Second paragraph.", "Second **one**."},
		{"comment in a paragraph", "The end.", "The very end.", "The <!-- sic --> end.", "<!-- sic -->\n\nThe very end."},
		{"item", ">one<", ">uno<", "* one", "* uno"},
		{"item with a break", "with a break", "with no break", "two  \n  with a break", "two\\\n  with no break"},
		{"item added", `<li><p class="no-margin">three`, `<li><p class="no-margin">two and a half</p></li><li><p class="no-margin">three`, "* three", "* two and a half\n* three"},
		{"item removed", `<li><p class="no-margin">three</p></li>`, ``, "* three\n", ""},
		{"block in item", "more of a", "less of a", "  more of a", "  less of a"},
		{"block added to item", "more of a</p>", "more of a</p><hr>", "  more of a", "  more of a\n\n  ---"},
		{"in callout", "Mind the", "Mind <b>the</b>", "Mind the *gap*.", "Mind **the** _gap_."},
		{"item in callout", ">x<", ">xx<", "> + x", "> + xx"},
		{"in section", "Inside ", "In ", "Inside *this*.", "In _this_."},
		{"item in section", ">j<", ">jj<", "* j", "* jj"},
		{"code", "{}", "{<br>}", "~~~json\n{}\n~~~", "~~~json\n{\n}\n~~~"},
		{"block removed", `<p class="no-margin">Second paragraph.</p>`, ``, "Second paragraph.\n\n\n\n", ""},
		{"block added", `<hr>`, `<hr><p class="no-margin">New.</p>`, "***\n\n", "***\n\nNew.\n\n"},
		{"block added at the end", `The end.</p>`, `The end.</p><p class="no-margin">Really.</p>`, "The <!-- sic --> end.\n", "The <!-- sic --> end.\n\nReally.\n"},
		{"paragraph with reference", "a reference</a>.", "a reference</a>!", "A first paragraph that is\nwrapped by hand, with __bold__ and *italics*\nand [a reference][docs].", "A first paragraph that is wrapped by hand, with **bold** and _italics_ and [a reference](https://example.com/docs)!"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(held, test.old) || !strings.Contains(written, test.oldMD) {
				t.Fatal("the test changes nothing")
			}
			now := strings.Replace(held, test.old, test.new, 1)
			want := strings.Replace(written, test.oldMD, test.newMD, 1)
			got := markup.PatchMarkdown(written, held, now, markup.Options{})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !markup.Equal(markup.Render(got, markup.Options{}), now) {
				t.Errorf("does not render to the server's HTML")
			}
		})
	}
}

// TestPatchHTML changes one place of the writer's text and expects exactly one
// place of the server's HTML to change.
func TestPatchHTML(t *testing.T) {
	held := strings.NewReplacer("</li>", "</li>\n", `<hr>`, "<hr>\n").Replace(held)
	tests := []struct{ name, oldMD, newMD, old, new string }{
		{"nothing", "", "", "", ""},
		{"only manner", "__bold__ and *italics*", "**bold** and _italics_", "", ""},
		{"reflowed", "that is\nwrapped", "that\nis wrapped", "", ""},
		{"heading", "Install\n=======", "## Set up", `<h1 id="h_0a0a0a0a0a">Install</h1>`, `<h2 id="h_0a0a0a0a0a">Set up</h2>`},
		{"item", "* one", "* uno", ">one<", ">uno<"},
		{"item added", "* three", "* new\n* three", `<li><p class="no-margin">three`, `<li><p class="no-margin">new</p></li><li><p class="no-margin">three`},
		{"item in callout", "> + x", "> + xx", ">x<", ">xx<"},
		{"in section", "* j", "* jj", ">j<", ">jj<"},
		{"title of section", "More", "Less", ">More<", ">Less<"},
		{"colour of callout", "[!note]", "[!TIP]", "#e3e7fa80; border-color: #334bfa33", "#d7efdc80; border-color: #1bb15733"},
		{"removed", "Second paragraph.", "", `<p class="no-margin">Second paragraph.</p>`, ""},
		{"added", "***\n\n", "***\n\nNew.\n\n", `<hr>`, `<hr><p class="no-margin">New.</p>`},
		{"comment", "<!-- keep", "<!-- do keep", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := strings.Replace(written, test.oldMD, test.newMD, 1)
			want := strings.ReplaceAll(strings.Replace(held, test.old, test.new, 1), "\n", "")
			if diff := cmp.Diff(want, markup.PatchHTML(written, held, now, markup.Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestPatchKeepsWhatOnlyTheServerHas moves and copies blocks that carry what
// Markdown does not say.
func TestPatchKeepsWhatOnlyTheServerHas(t *testing.T) {
	const baseMD = "## A\n\ntext\n\n![](https://example.com/a.png)\n\n## B\n"
	const baseHTML = `<h2 id="h_aaaaaaaaaa">A</h2><p class="no-margin">text</p>` + "\n" +
		`<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/1/a.png?expires=1&amp;signature=2&amp;req=3" style="height: auto;"></div><h2 id="h_bbbbbbbbbb">B</h2>`
	const a, text, image, b = `<h2 id="h_aaaaaaaaaa">A</h2>`, `<p class="no-margin">text</p>`, `<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/1/a.png?expires=1&amp;signature=2&amp;req=3" style="height: auto;"></div>`, `<h2 id="h_bbbbbbbbbb">B</h2>`
	tests := []struct{ name, md, want string }{
		{"moved", "## B\n\n## A\n\ntext\n\n![](https://example.com/a.png)\n", b + a + text + image},
		{"copied", baseMD + "\n![](https://example.com/a.png)\n", a + text + image + b + image},
		{"beside a change", "## A\n\nother\n\n![](https://example.com/a.png)\n\n## B\n", a + `<p class="no-margin">other</p>` + image + b},
		{"everything new", "new\n", `<p class="no-margin">new</p>`},
		{"emptied", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, markup.PatchHTML(baseMD, baseHTML, test.md, markup.Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestPatchAfterRewriting works on a pair of which the server rewrote its half:
// headings one level up, an image on its own host, a blank paragraph added.
func TestPatchAfterRewriting(t *testing.T) {
	const md = "## One\n\nText *by* hand.\n\n- ![](https://example.com/a.png)\n- b\n\n### Two\n\nEnd.\n"
	const html = `<h1 id="h_1111111111">One</h1><p class="no-margin">Text <i>by</i> hand.</p><ul><li><div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/1/a.png"></div></li><li><p class="no-margin">b</p></li></ul><p class="no-margin"></p><h2 id="h_2222222222">Two</h2><p class="no-margin">End.</p>`
	push := []struct{ name, oldMD, newMD, old, new string }{
		{"heading", "### Two", "### Zwei\n\n## Drei", `Two</h2>`, `Zwei</h2><h1>Drei</h1>`},
		{"item", "- b", "- c\n- d", `<li><p class="no-margin">b</p></li>`, `<li><p class="no-margin">c</p></li><li><p class="no-margin">d</p></li>`},
		{"text", "by* hand", "by* foot", "by</i> hand", "by</i> foot"},
		{"beside the image", "a.png)", "a.png)\n\n  under it", `a.png"></div>`, `a.png"></div><p class="no-margin">under it</p>`},
	}
	for _, test := range push {
		t.Run("push "+test.name, func(t *testing.T) {
			want := strings.Replace(html, test.old, test.new, 1)
			if diff := cmp.Diff(want, markup.PatchHTML(md, html, strings.Replace(md, test.oldMD, test.newMD, 1), markup.Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	pull := []struct{ name, old, new, oldMD, newMD string }{
		{"heading", `Two</h2>`, `Zwei</h2><h1>Drei</h1>`, "### Two", "### Zwei\n\n## Drei"},
		{"item", ">b<", ">c<", "- b", "- c"},
		{"text", "End.", "Ende.", "End.", "Ende."},
		{"beside the image", `a.png"></div>`, `a.png"></div><p class="no-margin">under it</p>`, "a.png)\n", "a.png)\n\n  under it\n"},
	}
	for _, test := range pull {
		t.Run("pull "+test.name, func(t *testing.T) {
			want := strings.Replace(md, test.oldMD, test.newMD, 1)
			if diff := cmp.Diff(want, markup.PatchMarkdown(md, html, strings.Replace(html, test.old, test.new, 1), markup.Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestPatchManyBlocksInOne works on one piece of Markdown that makes several
// blocks: it is kept whole, or written anew whole.
func TestPatchManyBlocksInOne(t *testing.T) {
	const md = "a\n\n<br>\n<br>\n\nb\n"
	const html = `<p class="no-margin">a</p><p class="no-margin"></p><p class="no-margin"></p><p class="no-margin">b</p>`
	if got, want := markup.PatchHTML(md, html, strings.Replace(md, "b\n", "c\n", 1), markup.Options{}), strings.Replace(html, ">b<", ">c<", 1); got != want {
		t.Errorf("PatchHTML: got %s, want %s", got, want)
	}
	if got, want := markup.PatchMarkdown(md, html, strings.Replace(html, ">b<", ">c<", 1), markup.Options{}), strings.Replace(md, "b\n", "c\n", 1); got != want {
		t.Errorf("PatchMarkdown: got %q, want %q", got, want)
	}
	if got, want := markup.PatchMarkdown(md, html, strings.Replace(html, noText, "", 1), markup.Options{}), "a\n\n<br>\n\nb\n"; got != want {
		t.Errorf("PatchMarkdown: got %q, want %q", got, want)
	}
}

// TestPatchRealBodies changes real bodies block by block and holds both patches
// to their laws.
func TestPatchRealBodies(t *testing.T) {
	changed := 0
	for name, body := range corpus(t, "bodies") {
		md := markup.Markdown(body, markup.Options{})
		if got := markup.PatchHTML(md, body, md, markup.Options{}); !markup.Equal(got, body) || strings.Contains(got, ">\n<") {
			t.Errorf("%s: nothing changed, but the HTML did", name)
		}
		at := strings.LastIndex(md[:len(md)/2], "\n") + 1
		end := at + strings.IndexByte(md[at:]+"\n", '\n')
		edited := md[:end] + " etwas" + md[end:]
		sent := markup.PatchHTML(md, body, edited, markup.Options{})
		if !markup.Equal(sent, markup.Render(edited, markup.Options{})) {
			t.Errorf("%s: the patch sends something else than the text says", name)
		}
		back := markup.PatchMarkdown(md, body, sent, markup.Options{})
		if !markup.Equal(markup.Render(back, markup.Options{}), sent) {
			t.Errorf("%s: the patched Markdown is not what the server has", name)
		}
		if lost := lostLines(md, back); lost > 8 {
			t.Logf("%s: %d lines changed for one edit", name, lost)
			changed++
		}
	}
	if changed > 10 {
		t.Errorf("%d bodies were rewritten for one edit", changed)
	}
}

// lostLines counts the lines of a that b does not have.
func lostLines(a, b string) int {
	have := map[string]int{}
	for line := range strings.Lines(b) {
		have[line]++
	}
	lost := 0
	for line := range strings.Lines(a) {
		if have[line]--; have[line] < 0 {
			lost++
		}
	}
	return lost
}
