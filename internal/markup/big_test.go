package markup_test

import (
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
)

// huge makes bodies of about n bytes in shapes that make careless code quadratic.
func huge(n int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	nest := func(open, end string) string {
		depth := n / (len(open) + len(end))
		return strings.Repeat(open, depth) + "x" + strings.Repeat(end, depth)
	}
	return map[string]string{
		"paragraphs":       fill(`<p class="no-margin">Some <b>bold</b> text.</p>`),
		"list items":       "<ul>" + fill(`<li><p class="no-margin">item</p></li>`) + "</ul>",
		"bad list item":    "<ul><li><p>a<custom></custom></p><script>a\n\nb</script></li>" + fill(`<li><p class="no-margin">item</p></li>`) + "</ul>",
		"adjacent lists":   fill(`<ul><li>a</li></ul>`),
		"one line":         fill("word "),
		"brackets":         "<p>" + fill("[") + "</p>",
		"angles":           "<p>" + fill("&gt; ") + "</p>",
		"stars":            "<p>" + fill("*a ") + "</p>",
		"backticks":        "<p>" + fill("`") + "</p>",
		"entities":         "<p>" + fill("&amp;a;") + "</p>",
		"dashes":           "<p>" + fill("- ") + "</p>",
		"comments":         "<p>" + fill("a<!-- c -->") + "</p>",
		"bold":             "<p>" + fill("<b>a</b>") + "</p>",
		"breaks":           "<p>" + fill("a<br>") + "</p>",
		"code lines":       "<pre><code>" + fill("a<br>") + "</code></pre>",
		"images":           fill(`<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/1/a.png?expires=1&amp;signature=2&amp;req=3"></div>`),
		"table":            "<table>" + fill(`<tr><td>a</td><td>b</td></tr>`) + "</table>",
		"odd table":        "<table>" + fill(`<tr><td style="width: 2px">a</td><td>b</td></tr>`) + "</table>",
		"nested lists":     nest("<ul><li>", "</li></ul>"),
		"nested divs":      nest("<div>", "</div>"),
		"nested bold":      nest("<b>", "</b>"),
		"nested quotes":    nest("<blockquote>", "</blockquote>"),
		"nested details":   nest("<details><summary>s</summary>", "</details>"),
		"unclosed tags":    fill("<b><p>"),
		"attributes":       "<p " + fill("a=b ") + ">x</p>",
		"many attributes":  "<p " + numbered(n/12) + ">x</p>",
		"classes":          `<p class="` + fill("a ") + `">x</p>`,
		"styles":           `<p style="` + fill("a:b;") + `">x</p>`,
		"nearly too deep":  strings.Repeat("<div>", 500) + fill("<p>x</p>") + strings.Repeat("</div>", 500),
		"deep lists, long": strings.Repeat("<ul><li>", 100) + fill("<p>x</p>") + strings.Repeat("</li></ul>", 100),
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("a" + strconv.Itoa(1000000+i) + "=b ")
	}
	return b.String()
}

// TestLinear makes each body four times as large and asks that the memory it
// takes does not grow by much more. Time is for the benchmarks to measure: on a
// busy machine it says nothing; what is quadratic in time alone still ends this
// test by its size.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	const size = 20_000
	small, large := huge(size), huge(4*size)
	for name := range small {
		t.Run(name, func(t *testing.T) {
			linear(t, func() { roundTrip(t, small[name]) }, func() { roundTrip(t, large[name]) })
		})
	}
}

// TestLinearPatch does the same for one change in a long list.
func TestLinearPatch(t *testing.T) {
	const size = 2000
	edit := func(items int) {
		md := strings.Repeat("- item *a*\n", items/2) + "- here\n" + strings.Repeat("- item b\n\n  more\n", items/2)
		body := markup.Render(md, markup.Options{})
		sent := markup.PatchHTML(md, body, strings.Replace(md, "here", "there", 1), markup.Options{})
		if !strings.Contains(sent, ">there<") {
			t.Error("the change is not in the HTML")
		}
		back := markup.PatchMarkdown(md, body, sent, markup.Options{})
		if back != strings.Replace(md, "here", "there", 1) {
			t.Error("the change is not the only one in the Markdown")
		}
	}
	linear(t, func() { edit(size) }, func() { edit(4 * size) })
}

// TestHuge takes sizes at which anything quadratic would never end.
func TestHuge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	for name, body := range map[string]string{
		"5 MB":              strings.Repeat(`<p class="no-margin">Some <b>bold</b> text.</p>`, 5_000_000/47),
		"100,000 items":     "<ul>" + strings.Repeat(`<li><p class="no-margin">a</p></li>`, 100_000) + "</ul>",
		"10,000-fold lists": strings.Repeat("<ul><li>", 10_000) + "x" + strings.Repeat("</li></ul>", 10_000),
		"10,000-fold bold":  strings.Repeat("<b>", 10_000) + "x" + strings.Repeat("</b>", 10_000),
	} {
		t.Run(name, func(t *testing.T) { roundTrip(t, body) })
	}
}

// linear compares what two runs allocate, of which the second has four times the
// work.
func linear(t *testing.T, small, large func()) {
	t.Helper()
	small() // fills caches and pools
	a, b := allocated(small), allocated(large)
	if b > 8*a+1<<20 {
		t.Errorf("%d KB, and %d KB for four times as much: more than linear", a>>10, b>>10)
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func roundTrip(t *testing.T, body string) {
	t.Helper()
	md := markup.Markdown(body, markup.Options{})
	if !markup.Equal(markup.Render(md, markup.Options{}), body) {
		t.Errorf("does not come back")
	}
}
