package markup

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// A Destination is the address of a link or image as a writer typed it, with
// escapes and entities resolved.
type Destination struct {
	URL   string
	Image bool
	Line  int // counts from 1 in the Markdown
}

// Destinations lists every link and image of a document in order, those in HTML
// included.
func Destinations(md string) []Destination {
	source := []byte(plainText(md))
	doc := markdownParser().Parse(text.NewReader(source))
	f := finder{source: source, lines: newLineIndex(source)}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			f.visit(n)
		}
		return ast.WalkContinue, nil
	})
	return f.found
}

type finder struct {
	source []byte
	lines  lineIndex
	found  []Destination
}

// visit adds the addresses of one node. A link stands where its text begins, one
// by reference too.
func (f *finder) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.Link:
		f.add(resolved(n.Destination), false, n.Pos())
	case *ast.Image:
		f.add(resolved(n.Destination), true, n.Pos())
	case *ast.AutoLink:
		f.add(autoLinkAddress(n, f.source), false, n.Pos())
	case *ast.RawHTML:
		f.tags(n.Segments.Value(f.source), n.Segments.At(0).Start)
	case *ast.HTMLBlock:
		f.tags(htmlBlockText(n, f.source), n.Pos())
	}
}

func (f *finder) add(url string, image bool, pos int) {
	f.found = append(f.found, Destination{URL: url, Image: image, Line: f.lines.line(max(pos, 0))})
}

// tags adds the addresses in a piece of HTML that stands at pos.
func (f *finder) tags(piece []byte, pos int) {
	tokens := html.NewTokenizer(bytes.NewReader(piece))
	for tokens.Next() != html.ErrorToken {
		raw := len(tokens.Raw())
		token := tokens.Token()
		for _, a := range token.Attr {
			if token.Data == "a" && a.Key == "href" || token.Data == "img" && a.Key == "src" {
				f.add(a.Val, token.Data == "img", pos)
			}
		}
		pos += raw
	}
}
