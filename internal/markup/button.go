package markup

import (
	"bytes"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
)

// Buttons, as the shortest HTML that GitHub shows as a link.
//
//	<div class="intercom-container"><a class="intercom-h2b-button" …>Go</a></div>   <a class="intercom-h2b-button" href="u">Go</a>
//	<div class="intercom-container intercom-align-center">…                         <p align="center"><a class="intercom-h2b-button" href="u">Go</a></p>
func buttons() kind {
	return kind{markdown: map[string]elementWriter{"div": buttonMarkdown}}
}

// isLoneButton reports a paragraph that is one button tag, from its first byte
// to its last.
func isLoneButton(source []byte, n ast.Node) bool {
	first, ok := n.FirstChild().(*ast.RawHTML)
	if !ok {
		return false
	}
	last, ok := n.LastChild().(*ast.RawHTML)
	if !ok || !bytes.Equal(last.Segments.Value(source), []byte("</a>")) {
		return false
	}
	for c := first.NextSibling(); c != ast.Node(last) && c != nil; c = c.NextSibling() {
		if raw, ok := c.(*ast.RawHTML); ok && bytes.HasPrefix(bytes.ToLower(raw.Segments.Value(source)), []byte("</a")) {
			return false
		}
	}
	root, ok := parse(string(first.Segments.Value(source)) + "x</a>")
	return ok && root.FirstChild != nil && isButton(onlyOrNil(root.FirstChild))
}

func buttonMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	child, align, ok := container(n)
	switch {
	case !ok || !isButton(child):
		return false
	case align == "":
		return s.inlineTag(ctx, w, child)
	}
	return s.framed(w, child, align)
}
