package markup_test

import (
	"bytes"
	"strings"
	"testing"

	htmltomarkdown "github.com/JohannesKaufmann/html-to-markdown/v2"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
)

// benchBody is an article of some 10 KB with the mixture of blocks that real
// ones have.
func benchBody() string {
	const section = `<h2 id="h_0f1e2d3c4b">Step %: Choose a plan</h2><p class="no-margin">Open <b>Settings</b> and click <b>Billing </b>in the <a href="https://example.com/a?b=1&amp;c=2" target="_blank" class="intercom-content-link">account menu</a> -&gt; then wait (about 2 minutes).</p><p class="no-margin"></p>
<ol><li><p class="no-margin">Click on the <b>Plans</b> tab, and a popup will appear.</p><p class="no-margin"></p>
<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/abc/1234567/0123456789/image.png?expires=1768114800&amp;signature=0123456789abcdef&amp;req=dSclFMt%2Bm4"></div><p class="no-margin"></p>
</li><li><h3 id="h_1111111111">Confirm</h3><p class="no-margin">Enter your <i>e-mail</i> address; it’s the one you signed up with.</p></li></ol><div class="intercom-container intercom-align-center"><img src="https://downloads.intercomcdn.com/i/o/abc/7654321/0123456789/image.png" width="500"></div><hr>`
	var b strings.Builder
	for range 9 {
		b.WriteString(section)
	}
	return b.String()
}

func BenchmarkMarkdown(b *testing.B) {
	body := benchBody()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		markup.Markdown(body, markup.Options{})
	}
}

// BenchmarkStock is what the proof is measured against: one conversion by
// html-to-markdown, one rendering by goldmark, two parses of the body.
func BenchmarkStock(b *testing.B) {
	body := benchBody()
	md := markup.Markdown(body, markup.Options{})
	gfm := goldmark.New(goldmark.WithExtensions(extension.GFM))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := htmltomarkdown.ConvertString(body); err != nil {
			b.Fatal(err)
		}
		if err := gfm.Convert([]byte(md), new(bytes.Buffer)); err != nil {
			b.Fatal(err)
		}
		for range 2 {
			if _, err := html.Parse(strings.NewReader(body)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkRender(b *testing.B) {
	md := markup.Markdown(benchBody(), markup.Options{})
	b.ReportAllocs()
	for b.Loop() {
		markup.Render(md, markup.Options{})
	}
}

func BenchmarkCanonical(b *testing.B) {
	body := benchBody()
	b.ReportAllocs()
	for b.Loop() {
		markup.Canonical(body)
	}
}

func BenchmarkStripSignatures(b *testing.B) {
	body := benchBody()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		markup.StripSignatures(body)
	}
}
