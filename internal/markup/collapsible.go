package markup

import (
	"bytes"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"golang.org/x/net/html"
)

// Collapsible sections, with Markdown between blank lines inside. Reading needs
// no code: the two tags are HTML blocks, and tidying puts the section's div back.
//
//	<details><summary><h2>T</h2></summary><div class="collapsible-section-content">…</div></details>
//
//	<details>
//	<summary><h2>T</h2></summary>
//
//	…
//
//	</details>
func collapsibles() kind {
	return kind{markdown: map[string]elementWriter{"details": collapsibleMarkdown}}
}

func collapsibleMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	summary := n.FirstChild
	if !isElement(summary, "summary") || n.Parent.Data != "body" && n.Parent.Data != "li" && n.Parent.Data != "details" {
		return false
	}
	var head bytes.Buffer
	if !s.openTag(&head, n) || !s.verbatim(&head, summary) {
		return false
	}
	_, _ = w.WriteString("<details")
	_, _ = w.Write(bytes.TrimPrefix(bytes.Replace(head.Bytes(), []byte("<summary"), []byte("\n<summary"), 1), []byte("<details")))
	_, _ = w.WriteString("\n\n")
	if summary.NextSibling != nil {
		s.blocks(ctx, w, summary.NextSibling, false)
		_, _ = w.WriteString("\n\n")
	}
	_, _ = w.WriteString("</details>")
	return true
}
