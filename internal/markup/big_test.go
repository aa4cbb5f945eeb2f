package markup_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

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

// TestLinear doubles the size of each body and asks that the time does not grow
// by much more.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes on a busy machine")
	}
	const size = 40_000
	small, large := huge(size), huge(4*size)
	for name := range small {
		t.Run(name, func(t *testing.T) {
			a, b := roundTripTime(t, small[name]), roundTripTime(t, large[name])
			t.Logf("%v for %d KB, %v for four times as much", a, size/1000, b)
			if b > 12*a+200*time.Millisecond {
				t.Errorf("%v for %d KB, %v for four times as much: more than linear", a, size/1000, b)
			}
		})
	}
}

// TestLinearPatch does the same for one change in a long list.
func TestLinearPatch(t *testing.T) {
	const size = 2000
	edit := func(items int) time.Duration {
		md := strings.Repeat("- item *a*\n", items/2) + "- here\n" + strings.Repeat("- item b\n\n  more\n", items/2)
		body := markup.Render(md, markup.Options{})
		start := time.Now()
		sent := markup.PatchHTML(md, body, strings.Replace(md, "here", "there", 1), markup.Options{})
		if !strings.Contains(sent, ">there<") {
			t.Error("the change is not in the HTML")
		}
		back := markup.PatchMarkdown(md, body, sent, markup.Options{})
		if back != strings.Replace(md, "here", "there", 1) {
			t.Error("the change is not the only one in the Markdown")
		}
		return time.Since(start)
	}
	a, b := edit(size), edit(4*size)
	t.Logf("%v for %d items, %v for four times as many", a, size, b)
	if b > 12*a+200*time.Millisecond {
		t.Errorf("%v for %d items, %v for four times as many: more than linear", a, size, b)
	}
}

func roundTripTime(t *testing.T, body string) time.Duration {
	t.Helper()
	start := time.Now()
	md := markup.Markdown(body, markup.Options{})
	took := time.Since(start)
	if !markup.Equal(markup.Render(md, markup.Options{}), body) {
		t.Errorf("does not come back")
	}
	return took
}
