package markup

import (
	"unicode"
	"unicode/utf8"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Bold, italic and struck text. CommonMark reads a delimiter only where letters
// and spaces stand round it in the right way; elsewhere the tag is written.
//
//	<b>x</b> <i>y</i>     **x** _y_
//	<b>Note: </b>text     <b>Note: </b>text
func emphases() kind {
	return kind{
		html: map[ast.NodeKind]nodeWriter{
			ast.KindEmphasis:         emphasisHTML,
			extast.KindStrikethrough: enclose("<del>", "</del>"),
		},
		markdown: map[string]elementWriter{"b": emphasisMarkdown, "i": emphasisMarkdown, "del": emphasisMarkdown, "s": tagMarkdown, "strike": tagMarkdown},
	}
}

func emphasisHTML(_ *page, w util.BufWriter, _ []byte, n ast.Node, entering bool) ast.WalkStatus {
	tag := "i>"
	if n.(*ast.Emphasis).Level == 2 {
		tag = "b>"
	}
	if entering {
		_, _ = w.WriteString("<" + tag)
	} else {
		_, _ = w.WriteString("</" + tag)
	}
	return ast.WalkContinue
}

func emphasisMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	if s.cautious || len(n.Attr) > 0 || !delimits(n) {
		return s.inlineTag(ctx, w, n)
	}
	return s.stock()
}

func tagMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	return s.inlineTag(ctx, w, n)
}

// What stands beside a delimiter, as the flanking rules of CommonMark see it.
type neighbour int

const (
	nothing neighbour = iota // a space or the end of the line
	punctuation
	letter
	clash // a delimiter of the same sort, which would run into this one
)

// delimits reports whether the delimiters of n would be read as such.
func delimits(n *html.Node) bool {
	if n.FirstChild == nil {
		return false
	}
	before, after := outside(n, n.PrevSibling, true), outside(n, n.NextSibling, false)
	first, last := look(n, n.FirstChild, false, util.IsPunctRune), look(n, n.LastChild, true, util.IsPunctRune)
	if before == clash || after == clash || first == clash || last == clash || first == nothing || last == nothing {
		return false
	}
	if n.Data == "i" && (before == letter || after == letter) {
		return false // the underscore does not work inside a word
	}
	return (first == letter || before != letter) && (last == letter || after != letter)
}

// outside looks at what stands before or after n. There a symbol is no punctuation:
// the version of CommonMark that GitHub follows does not count it.
func outside(n, sibling *html.Node, before bool) neighbour {
	switch {
	case sibling != nil:
		return look(n, sibling, before, func(r rune) bool { return unicode.IsPunct(r) || r < 0x7f && util.IsPunct(byte(r)) })
	case shapeOf(n.Parent) == shapeInline:
		return punctuation
	}
	return nothing
}

// look classifies the end of node (or its start) as the Markdown will show it.
func look(n, node *html.Node, atEnd bool, isPunctuation func(rune) bool) neighbour {
	if node.Type == html.ElementNode {
		if node.Data == n.Data {
			return clash
		}
		return punctuation
	}
	r, _ := utf8.DecodeRuneInString(node.Data)
	if atEnd {
		r, _ = utf8.DecodeLastRuneInString(node.Data)
	}
	switch {
	case r == ' ':
		return nothing
	case isInvisible(r) || unicode.IsSpace(r) || isPunctuation(r):
		return punctuation
	}
	return letter
}
