package htmldiff

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/hcsync/hcsync/internal/markup"
)

// shown writes rows as lines, "=" for those that are the same.
func shown(rows []Row) string {
	var out strings.Builder
	for _, r := range rows {
		switch {
		case r.Same:
			out.WriteString("= " + r.New + "\n")
		case r.Form:
			out.WriteString("f " + r.Old + " | " + r.New + "\n")
		default:
			out.WriteString("~ " + r.Old + " | " + r.New + "\n")
		}
	}
	return out.String()
}

func TestRows(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"both empty", "", "", ""},
		{"same", "<p>a</p>", "<p>a</p>", "= <p>a</p>\n"},
		{"spelled otherwise", `<h2 id="h_1">a</h2>`, "<h2>a</h2>", "= <h2>a</h2>\n"},
		{"a word", "<p>five euros a month</p>", "<p>six euros a month</p>",
			`~ <p><del class="was">five</del> euros a month</p> | <p><ins class="now">six</ins> euros a month</p>` + "\n"},
		{"a phrase is one mark", "<p>Pay by credit card at the end of each month.</p>", "<p>Pay by bank transfer at the end of each month.</p>",
			`~ <p>Pay by <del class="was">credit card</del> at the end of each month.</p> | <p>Pay by <ins class="now">bank transfer</ins> at the end of each month.</p>` + "\n"},
		{"a block more", "<p>a</p><p>c</p>", "<p>a</p><p>b</p><p>c</p>", "= <p>a</p>\n~  | <p><ins class=\"now\">b</ins></p>\n= <p>c</p>\n"},
		{"a block less", "<p>a</p><p>b</p>", "<p>a</p>", "= <p>a</p>\n~ <p><del class=\"was\">b</del></p> | \n"},
		{"bold", "<p>press save now</p>", "<p>press <b>save</b> now</p>",
			`~ <p>press <del class="was">save</del> now</p> | <p>press <b><ins class="now">save</ins></b> now</p>` + "\n"},
		{"another link", `<p>see <a href="/a">the guide</a></p>`, `<p>see <a href="/b">the guide</a></p>`,
			`~ <p>see <a href="/a"><del class="was">the guide</del></a></p> | <p>see <a href="/b"><ins class="now">the guide</ins></a></p>` + "\n"},
		{"a level", "<h2>title of it</h2>", "<h3>title of it</h3>", "f <h2>title of it</h2> | <h3>title of it</h3>\n"},
		{"a picture", `<p>look: <img src="a.png"></p>`, `<p>look: <img src="b.png"></p>`,
			`~ <p>look: <del class="was"><img src="a.png"/></del></p> | <p>look: <ins class="now"><img src="b.png"/></ins></p>` + "\n"},
		{"an item", "<ul><li>one apple</li><li>two</li></ul>", "<ul><li>one pear</li><li>two</li></ul>",
			`~ <ul><li>one <del class="was">apple</del></li><li>two</li></ul> | <ul><li>one <ins class="now">pear</ins></li><li>two</li></ul>` + "\n"},
		{"nothing alike", "<p>apples and pears</p>", "<p>quite another sentence</p>",
			"~ <p><del class=\"was\">apples and pears</del></p> | \n~  | <p><ins class=\"now\">quite another sentence</ins></p>\n"},
		{"marks that are not ours", `<p><ins class="now">a b c</ins></p>`, `<p><ins class="now">a b d</ins></p>`,
			`~ <p><ins>a b <del class="was">c</del></ins></p> | <p><ins>a b <ins class="now">d</ins></ins></p>` + "\n"},
		{"words in no block", "just words", "just a few words", `~ <p>just words</p> | <p>just <ins class="now">a few </ins>words</p>` + "\n"},
	} {
		rows, err := Rows(c.before, c.after)
		if got := shown(rows); err != nil || got != c.want {
			t.Errorf("%s: %v\n%s\nand not\n%s", c.name, err, got, c.want)
		}
	}
}

// Versions of blocks find each other, though others came between.
func TestRowsFindEachOther(t *testing.T) {
	before := "<p>The quick brown fox jumps.</p><p>The lazy dog sleeps all day.</p>"
	after := "<p>New words altogether here.</p><p>The quick red fox jumps.</p><p>The lazy dog sleeps all night.</p>"
	rows, err := Rows(before, after)
	if err != nil || len(rows) != 3 || rows[0].Old != "" || !strings.Contains(rows[1].New, "red") || !strings.Contains(rows[1].Old, "brown") || !strings.Contains(rows[2].Old, "day") {
		t.Errorf("%v %s", err, shown(rows))
	}
}

func TestSource(t *testing.T) {
	body := "<h2>a</h2><ul><li>b</li><li><p>c <b>d</b></p></li></ul><pre>x\n<p>y</p></pre><p>e<br>f</p>"
	want := "<h2>a</h2>\n<ul>\n  <li>b</li>\n  <li>\n    <p>c <b>d</b></p></li>\n</ul>\n<pre>x\n<p>y</p></pre>\n<p>e<br>f</p>"
	if got := Source(body); got != want {
		t.Errorf("%s\nand not\n%s", got, want)
	}
}

// FuzzRows: whatever the bodies, the columns are the bodies, and the rows that
// are not the same are there exactly when the bodies differ.
func FuzzRows(f *testing.F) {
	f.Add("<p>a b</p><ul><li>c</li></ul>", "<p>a c</p><p>d</p>")
	f.Add(`<p>x<img src="a">`, "<table><tr><td>1</td></tr></table>")
	f.Add("<details><summary>s</summary><p>t</p></details>", "a<p>b</p>c")
	f.Fuzz(func(t *testing.T, before, after string) {
		rows, err := Rows(before, after)
		if err != nil {
			t.Skip()
		}
		var old, now strings.Builder
		for _, r := range rows {
			old.WriteString(r.Old)
			now.WriteString(r.New)
			if r.Same && !markup.Equal(r.Old, r.New) {
				t.Errorf("said to be the same: %q and %q", r.Old, r.New)
			}
		}
		for _, c := range []struct{ got, want string }{{old.String(), before}, {now.String(), after}} {
			if got, want := letters(t, c.got), letters(t, c.want); got != want {
				t.Errorf("the column says %q, the body %q", got, want)
			}
		}
		if strings.Join(strings.Fields(Source(before)), "") != strings.Join(strings.Fields(before), "") {
			t.Errorf("the source of %q is %q", before, Source(before))
		}
	})
}

// letters gives all text of a body, without the space around it.
func letters(t *testing.T, body string) string {
	doc, err := html.Parse(strings.NewReader("<body><div>" + body))
	if err != nil {
		t.Skip()
	}
	var out strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			out.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(out.String()), "")
}
