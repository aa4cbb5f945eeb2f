package markup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/rogpeppe/go-internal/txtar"
)

// Inputs by hand that broke something, or would break a careless converter.
var htmlTraps = []string{
	``, ` `, `text`, `<p>`, `<p></p><p>&nbsp;</p>`, `<p><br></p>`, `<p><br><br></p>`, `<p>a <br> b</p>`,
	"<p>a</p>\n<p>b</p>", `<b>a</b><b>b</b>`, `<p>a<b> b </b>c</p>`, `<p><b>Note:</b>text</p>`, `<p>in<b>side</b>r</p>`,
	`<p><b><i>x</i></b><i><b>y</b></i></p>`, `<p>**a** _b_ ` + "`c`" + ` [d](e) ![f](g) <h> &amp;lt; \\</p>`,
	`<p># a</p><p>1. a</p><p>- a</p><p>+ a</p><p>&gt; a</p><p>---</p><p>===</p><p>| a | b |</p><p>    a</p>`,
	`<p>a<br># b<br>1. c<br>- d<br>===<br>---</p>`, `<p>&#7;&#xE041;&#xF002;&#x200b;&#xfeff;&#173;</p>`,
	`<ul><li>a</li></ul><ul><li>b</li></ul><ol><li>c</li></ol><ol><li>d</li></ol>`,
	`<ul><li></li><li><p></p><p>x</p></li><li><hr></li><li><h2>t</h2></li><li><ul><li>n</li></ul></li></ul>`,
	`<ol start="7"><li>a</li></ol><ol start="-1"><li>b</li></ol><ul>stray<li>c</li></ul>`,
	`<div class="intercom-container"><img src="a b(c.png" alt="x]y" width="3"></div><p>t <img src="i"> u</p><p><img src="lone"></p>`,
	`<div class="intercom-container intercom-align-center"><a href="l" target="_blank"><img src="s"></a></div>`,
	`<a class="intercom-h2b-button" href="u">Go</a><p><a class="intercom-h2b-button" href="u">Go</a></p>`,
	`<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0" frameborder="0" webkitallowfullscreen mozallowfullscreen allowfullscreen></iframe>`,
	`<p>https://www.youtube.com/watch?v=abcdefghijk</p>`,
	`<div class="intercom-interblocks-callout" style="background-color: #e3e7fa80; border-color: #334bfa33;"><p>a</p><ul><li>b</li></ul></div>`,
	`<div class="intercom-interblocks-callout" style="background-color:#123456"></div><blockquote><p>[!NOTE]<br>x</p></blockquote>`,
	`<details><summary><h2>T</h2></summary><div class="collapsible-section-content"><p>x</p><details><summary>U</summary></details></div></details>`,
	`<table role="presentation"><tbody><tr><td>a|b</td><td>c<br>d</td></tr><tr><td></td><td><code>x|y</code></td></tr></tbody></table>`,
	`<table><tr><td style="width: 3px;">a</td></tr></table><table><tr><th>h</th></tr></table><table></table>`,
	"<pre><code>a<br>  b<br><br>c```</code></pre><pre>\n\n x</pre><pre><code><b>x</b></code></pre>",
	`<p>a <code> b </code> <code>` + "`" + `</code><code></code></p>`, `<p><a>none</a> <a href="">empty</a> <a href="x y">space</a> <a href="a&amp;copy;b">e</a></p>`,
	`<h2></h2><h3><br></h3><h4 id="x">y</h4><h2 id="h_0123456789">z #</h2>`, `<script>a\n\nb</script><style>x</style><textarea> y </textarea>`,
	"<script>a\n\nb</script>", `<svg><path d="x"/></svg><math><mi>x</mi></math>`, `<b><p>x</p></b><a href="u"><div>y</div></a>`,
	`<p align="center">x</p><p class="intercom-align-right no-margin">y</p><div>z</div><span>s</span><!-- c --><p>a<!-- c -->b</p>`,
	`<plaintext>x`, "<p>\a<svg>\a\n\n\n</svg></p>", `<select><option>a</select>`, `<p>a</p><table><tr>foster<td>x</td></tr></table>`, "\xff\xfe\x00", `<p>字<b>「強調」</b>字</p>`,
}

var markdownTraps = []string{
	"a<br>b", "<br>", "a\n<br>\nb", "<br>\ntext", "<details>\n<summary>t</summary>\ntext\n</details>", "<details>\n<summary>t</summary>\n\n- a\n\n</details>",
	"- https://www.youtube.com/watch?v=abcdefghijk\n- a\n\n  https://www.youtube.com/watch?v=abcdefghijk", "- > [!NOTE]\n  > x", "> [!NOTE]\n> x", "> [!tip]", "> plain",
	"<!-- c -->", "a <!-- c --> b", "- <!-- c -->", "- a\n* b\n+ c", "1. a\n1) b", "```go\na\n```", "    code", "| a |\n| :-: |\n| b |", "~~x~~", "***a***",
	"[a](b \"c\") ![d](e \"f\") <https://x.y> <a@b.c> https://x.y", "[r]\n\n[r]: u 'v'", "a\\\nb  \nc", "&nbsp;", "# a\n\nb\n===", "<a class=\"intercom-h2b-button\" href=\"u\">**x**</a>",
	"<p align=\"center\"><img src=\"a\"></p>", "![a](b)", "[![a](b)](c)", "<div>\n\na\n\n</div>", "<b>a</b> <u>b</u>", "[!NOTE]", "- [ ] a", "\x00", "```intercom-html\n<p>\n```",
	"![a\"b](c\"d)", "1986\\. a", "* * *", "<script>\n\na</script>", "<plaintext>", "</p>", "<table><tr><td>\n\na\n\n</td></tr></table>",
}

// seedHTML adds the traps, the fixtures and real bodies.
func seedHTML(f *testing.F) {
	for _, body := range htmlTraps {
		f.Add(body)
	}
	for _, pair := range fixtures(f) {
		f.Add(pair.html)
	}
	files, err := filepath.Glob("../../../shared/corpus/bodies/*0.html")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil && len(body) < 20000 {
			f.Add(string(body))
		}
	}
}

// FuzzHTML holds every conversion to the laws that are promised for any HTML.
func FuzzHTML(f *testing.F) {
	seedHTML(f)
	f.Fuzz(func(t *testing.T, body string) {
		want := markup.Canonical(body)
		if again := markup.Canonical(want); again != want {
			t.Fatalf("Canonical is not idempotent:\n%q\n%q\n%q", body, want, again)
		}
		md := markup.Markdown(body, markup.Options{})
		if got := markup.Canonical(markup.Render(md, markup.Options{})); got != want {
			t.Fatalf("does not come back:\nhtml %q\nmd   %q\ngot  %q\nwant %q", body, md, got, want)
		}
		if again := markup.Markdown(markup.Render(md, markup.Options{}), markup.Options{}); again != md {
			t.Fatalf("the second pull writes it differently:\nhtml %q\nmd    %q\nagain %q", body, md, again)
		}
		if stripped := markup.StripSignatures(body); markup.StripSignatures(stripped) != stripped {
			t.Fatalf("StripSignatures is not idempotent on %q", body)
		}
	})
}

// FuzzMarkdown holds them to the laws that are promised for any Markdown.
func FuzzMarkdown(f *testing.F) {
	for _, md := range markdownTraps {
		f.Add(md)
	}
	for _, pair := range fixtures(f) {
		f.Add(pair.md)
	}
	f.Fuzz(func(t *testing.T, md string) {
		sent := markup.Render(md, markup.Options{})
		if strings.Contains(sent, "\n") && !strings.ContainsAny(md, "<&") && !strings.Contains(md, "intercom-html") {
			t.Fatalf("%q is sent in more than one line: %q", md, sent)
		}
		back := markup.Markdown(sent, markup.Options{})
		again := markup.Render(back, markup.Options{})
		if got, want := markup.Canonical(again), markup.Canonical(sent); got != want {
			t.Fatalf("does not come back:\nmd   %q\nhtml %q\nback %q\ngot  %q\nwant %q", md, sent, back, got, want)
		}
		for _, d := range markup.Destinations(md) {
			if lines := strings.Count(md, "\n") + strings.Count(md, "\r") + 1; d.Line < 1 || d.Line > lines {
				t.Fatalf("%q: destination %+v is on no line", md, d)
			}
		}
		for _, finding := range markup.Lint(md) {
			if finding.Line < 1 || finding.Code == "" || finding.Message == "" {
				t.Fatalf("%q: incomplete finding %+v", md, finding)
			}
		}
	})
}

type fixture struct{ name, md, html string }

// fixtures reads the pairs of testdata: NAME.md and NAME.html in each archive.
func fixtures(t testing.TB) []fixture {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures in testdata")
	}
	var pairs []fixture
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pending := map[string]string{}
		for _, part := range archive.Files {
			name := strings.TrimSuffix(part.Name, filepath.Ext(part.Name))
			data := strings.TrimSuffix(string(part.Data), "\n")
			if filepath.Ext(part.Name) == ".md" {
				pending[name] = data
				continue
			}
			md, ok := pending[name]
			if !ok {
				t.Fatalf("%s: %s has no Markdown before it", file, part.Name)
			}
			pairs = append(pairs, fixture{filepath.Base(file) + "/" + name, md, data})
		}
	}
	return pairs
}

// FuzzPatch holds the patches to theirs: whatever the three texts are, what is
// pulled renders to the server's HTML where the halves agreed, and what is pushed
// is what the text says.
func FuzzPatch(f *testing.F) {
	for i, md := range markdownTraps {
		f.Add(md, markdownTraps[(i+7)%len(markdownTraps)])
	}
	for _, pair := range fixtures(f) {
		f.Add(pair.md, written)
		f.Add(written, pair.md+"\n\n"+written)
	}
	f.Add(written, strings.Replace(written, "* two", "* deux", 1))
	f.Fuzz(func(t *testing.T, base, next string) {
		held, now := markup.Render(base, markup.Options{}), markup.Render(next, markup.Options{})
		sent := markup.PatchHTML(base, held, next, markup.Options{})
		if got, want := markup.Canonical(sent), markup.Canonical(now); got != want {
			t.Fatalf("PatchHTML(%q, …, %q)\ngot  %q\nwant %q", base, next, got, want)
		}
		rewritten := markup.Predict(held).HTML
		if got, want := markup.Canonical(markup.PatchHTML(base, rewritten, base, markup.Options{})), markup.Canonical(rewritten); got != want {
			t.Fatalf("nothing changed, but PatchHTML(%q, %q, …) sends %q", base, rewritten, got)
		}
		if markup.PatchMarkdown(base, rewritten, rewritten, markup.Options{}) != base {
			t.Fatalf("nothing changed, but PatchMarkdown(%q, %q, …) does", base, rewritten)
		}
		markup.PatchMarkdown(base, rewritten, markup.Predict(now).HTML, markup.Options{})
		markup.PatchHTML(base, rewritten, next, markup.Options{})
		pulled := markup.PatchMarkdown(base, held, now, markup.Options{})
		if got, want := markup.Canonical(markup.Render(pulled, markup.Options{})), markup.Canonical(now); got != want {
			t.Fatalf("PatchMarkdown(%q, …, %q) = %q\ngot  %q\nwant %q", base, now, pulled, got, want)
		}
	})
}
