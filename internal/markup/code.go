package markup

import (
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/marker"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Code. Intercom separates the lines of a code block with <br> and knows no
// language; one that a writer names stays in the file.
//
//	<pre><code>a<br>b</code></pre>   a fence
//	<code>a</code>                   `a`
func codes() kind {
	return kind{
		html: map[ast.NodeKind]nodeWriter{
			ast.KindCodeBlock:       codeBlockHTML,
			ast.KindFencedCodeBlock: codeBlockHTML,
		},
		markdown: map[string]elementWriter{"pre": codeBlockMarkdown, "code": codeMarkdown},
	}
}

// opaqueFence marks a code block whose text is HTML to be sent as it is: what
// neither Markdown nor an HTML block of CommonMark can hold.
const opaqueFence = "intercom-html"

func codeBlockHTML(p *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		return ast.WalkContinue
	}
	fence, _ := n.(*ast.FencedCodeBlock)
	var code strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		code.Write(line.Value(source))
	}
	text := strings.TrimSuffix(code.String(), "\n")
	if fence != nil && string(fence.Language(source)) == opaqueFence {
		p.raw = true
		_, _ = w.WriteString(text)
		return ast.WalkContinue
	}
	_, _ = w.WriteString("<pre><code>")
	for line, rest, more := "", text, true; more; {
		line, rest, more = strings.Cut(rest, "\n")
		_, _ = w.WriteString(codeEscaper().Replace(line))
		if more {
			_, _ = w.WriteString("<br>")
		}
	}
	_, _ = w.WriteString("</code></pre>")
	return ast.WalkContinue
}

func codeBlockMarkdown(_ *scribe, _ converter.Context, w converter.Writer, n *html.Node) bool {
	code := onlyChild(n)
	if len(n.Attr) > 0 || !isElement(code, "code") || len(code.Attr) > 0 {
		return false
	}
	text, ok := codeText(code)
	if !ok || strings.Contains(text, string(marker.MarkerCodeBlockNewline)) || hasPrivate(text) {
		return false
	}
	fence := fenceFor(text)
	newline := string(marker.MarkerCodeBlockNewline)
	_, _ = w.WriteString(fence + newline + strings.ReplaceAll(text, "\n", newline) + newline + fence)
	return true
}

// fenceFor gives a fence that text cannot close.
func fenceFor(text string) string {
	longest, run := 2, 0
	for i := range len(text) {
		if run++; text[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return strings.Repeat("`", longest+1)
}

// codeText joins the lines of code; false if there is markup in it.
func codeText(code *html.Node) (string, bool) {
	var b strings.Builder
	for c := code.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case isElement(c, "br"):
			b.WriteByte('\n')
		default:
			return "", false
		}
	}
	return b.String(), true
}

func codeMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	text := onlyChild(n)
	if len(n.Attr) > 0 || text == nil || text.Type != html.TextNode || !isPlainCode(text.Data) {
		return s.inlineTag(ctx, w, n)
	}
	if s.inCell && strings.Contains(text.Data, "|") {
		return s.inlineTag(ctx, w, n)
	}
	if next := n.NextSibling; next != nil && next.Data == "code" {
		return s.inlineTag(ctx, w, n)
	}
	return s.stock()
}

// isPlainCode reports text that a code span can show: nothing invisible, no
// space at the edges, no backtick.
func isPlainCode(text string) bool {
	return strings.TrimSpace(text) == text && !strings.Contains(text, "`") && !strings.ContainsFunc(text, isInvisible) && !hasPrivate(text)
}
