package markup_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hcsync/hcsync/internal/markup"
)

func TestLint(t *testing.T) {
	tests := []struct {
		name, md string
		want     []string
	}{
		{"plain", "# T\n\ntext **b**\n\n<br>\n\n- a\n\n  <br>\n\n> [!NOTE]\n> x\n\nhttps://www.youtube.com/watch?v=abcdefghijk\n", nil},
		{"break in a line", "a<br>b\n\n<br>&#8203;\n", nil},
		{"break below text", "text\n<br>\nmore\n", []string{"2 break-beside-text"}},
		{"break above text", "a\n\n<br>\ntext\n", []string{"3 break-beside-text"}},
		{"details", "<details>\n<summary>t</summary>\n\na\n\n</details>\n", nil},
		{"details without blank lines", "<details>\n<summary>t</summary>\n**a**\n</details>\n", []string{"1 details-blank-lines"}},
		{"details without summary", "<details>\n\na\n\n</details>\n", []string{"1 details-summary"}},
		{"alert in item", "- a\n\n  > [!NOTE]\n  > x\n", []string{"3 nested-alert"}},
		{"unknown alert", "> [!DANGER]\n> x\n", []string{"1 unknown-alert"}},
		{"quotation", "a\n\n> x\n", []string{"3 plain-quote"}},
		{"tags", "a <kbd>b</kbd>\n\n<div>\n<form>\n</form>\n</div>\n", []string{"1 dropped-tag", "3 dropped-tag", "4 dropped-element"}},
		{"known tags", "<p align=\"center\"><img src=\"a.png\"></p>\n\n<table>\n<tr>\n<td style=\"width: 2px\">x</td>\n</tr>\n</table>\n\n<a class=\"intercom-h2b-button\" href=\"u\">x</a> <b>x </b>y\n", nil},
		{"video in item", "- https://www.youtube.com/watch?v=abcdefghijk\n", []string{"1 video-as-text"}},
		{"other form of video", "https://youtu.be/abcdefghijk\n", []string{"1 video-as-text"}},
		{"foreign frame", "<iframe src=\"https://example.com/\"></iframe>\n", []string{"1 refused-video"}},
		{"task", "- [ ] a\n", []string{"1 task-list"}},
		{"struck", "a ~~b~~\n", []string{"1 strikethrough"}},
		{"list start", "3. a\n4. b\n", []string{"1 list-start"}},
		{"table in item", "- a\n\n  | b |\n  | --- |\n  | c |\n", []string{"3 refused-table"}},
		{"headings", "## a\n\n### b\n\n###### c\n", []string{"1 heading-shift", "5 heading-depth"}},
		{"comment", "a <!-- b -->\n\n<!-- c\n\nd -->\n", nil},
		{"open comment", "<!-- c\n\ntext\n", []string{"1 open-comment"}},
		{"anchor", "a\n\n[b](#c)\n", []string{"3 anchor-link"}},
		{"data image", "![a](data:image/png;base64,AAAA)\n", []string{"1 refused-image"}},
		{"definition list", "<dl><dt>a</dt></dl>\n", []string{"1 refused-definition-list"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range markup.Lint(test.md) {
				got = append(got, fmt.Sprintf("%d %s", f.Line, f.Code))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDestinations(t *testing.T) {
	const md = `[a](b.md) and
![c](images/d%20e.png "t") [ref][r]

<p align="center"><a href="f.md">
<img src="g.png"></a></p>

- <https://h.i> text <a href="j&amp;k">l</a>

  [![m](n.png)](o.md)

| [p](q.md) | r |
| --- | --- |
| s | ![t](u.png) |

[r]: <v w.md> "x"

` + "`[no](code.md)`" + `
`
	want := []markup.Destination{
		{"b.md", false, 1}, {"images/d%20e.png", true, 2}, {"v w.md", false, 2},
		{"f.md", false, 4}, {"g.png", true, 5}, {"https://h.i", false, 7}, {"j&k", false, 7},
		{"o.md", false, 9}, {"n.png", true, 9}, {"q.md", false, 11}, {"u.png", true, 13},
	}
	if diff := cmp.Diff(want, markup.Destinations(md)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUndisplayable(t *testing.T) {
	if !markup.Undisplayable(`<p>a</p><p><b>Could not display content</b></p>`) {
		t.Error("Intercom's marker is not seen")
	}
	if markup.Undisplayable(`<p>If it says “Could not display content”, reload.</p>`) {
		t.Error("a text that quotes the marker is taken for it")
	}
}

func TestStripSignatures(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"image", `<img src="https://downloads.intercomcdn.com/i/o/1/a.png?expires=1&amp;signature=2&amp;req=3%0A" alt="x">`, `<img src="https://downloads.intercomcdn.com/i/o/1/a.png" alt="x">`},
		{"other parameters stay", `<img src="https://downloads.intercomcdn.eu/a.png?w=1&amp;expires=1&amp;signature=2&amp;req=3">`, `<img src="https://downloads.intercomcdn.eu/a.png?w=1">`},
		{"attachment", `<a href="https://x-1.intercom-attachments-7.com/i/o/1/a.pdf?expires=1&amp;signature=2">a</a>`, `<a href="https://x-1.intercom-attachments-7.com/i/o/1/a.pdf">a</a>`},
		{"after a bracket in quotes", `<img alt="a > b" src='https://downloads.intercomcdn.com/a.png?expires=1'> 1 < 2`, `<img alt="a > b" src='https://downloads.intercomcdn.com/a.png'> 1 < 2`},
		{"both spellings of the joint", `<img src="https://downloads.intercomcdn.com/a.png?expires=1&amp;x&expires=2?req=3&w=1&amp;signature=2&h=3#f">`, `<img src="https://downloads.intercomcdn.com/a.png?x&w=1&h=3#f">`},
		{"nothing but joints", `<img src="https://downloads.intercomcdn.com/a.png?&amp;expires=1&">`, `<img src="https://downloads.intercomcdn.com/a.png?&">`},
		{"other hosts", `<img src="https://example.com/a.png?expires=1&amp;signature=2">`, `<img src="https://example.com/a.png?expires=1&amp;signature=2">`},
		{"a host that only looks like one", `<img src="https://downloads.intercomcdn.com.evil.test/a.png?expires=1">`, `<img src="https://downloads.intercomcdn.com.evil.test/a.png?expires=1">`},
		{"text", `<pre><code>src="https://downloads.intercomcdn.com/a.png?expires=1"</code></pre>`, `<pre><code>src="https://downloads.intercomcdn.com/a.png?expires=1"</code></pre>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := markup.StripSignatures(test.body)
			if got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
			if again := markup.StripSignatures(got); again != got {
				t.Errorf("again %s\nwas %s", again, got)
			}
		})
	}
}
