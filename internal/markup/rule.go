package markup

import (
	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
)

// Horizontal rules.
//
//	<hr>   ---
func rules() kind {
	return kind{
		html:     map[ast.NodeKind]nodeWriter{ast.KindThematicBreak: enclose("<hr>", "")},
		markdown: map[string]elementWriter{"hr": ruleMarkdown},
	}
}

// ruleMarkdown writes the first rule of a list item with a character that no
// list marker has: `- ---` would be a rule in place of the list.
func ruleMarkdown(s *scribe, _ converter.Context, w converter.Writer, n *html.Node) bool {
	if len(n.Attr) > 0 {
		return false
	}
	if n.Parent.Data == "li" && n.PrevSibling == nil {
		_, _ = w.WriteString("___")
		return true
	}
	return s.stock()
}
