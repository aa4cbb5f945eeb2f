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
	pos    int // where the last piece of text that was visited ended
	found  []Destination
}

func (f *finder) visit(n ast.Node) {
	if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		f.pos = n.Lines().At(0).Start
	}
	switch n := n.(type) {
	case *ast.Text:
		f.pos = n.Segment.Stop
	case *ast.Link:
		f.add(resolved(n.Destination), false, f.locate(n, n.Destination))
	case *ast.Image:
		f.add(resolved(n.Destination), true, f.locate(n, n.Destination))
	case *ast.AutoLink:
		f.add(autoLinkAddress(n, f.source), false, f.locate(n, n.Label(f.source)))
	case *ast.RawHTML:
		f.pos = n.Segments.At(0).Start
		f.tags(n.Segments.Value(f.source), f.pos)
	case *ast.HTMLBlock:
		f.tags(htmlBlockText(n, f.source), f.pos)
	}
}

// locate finds where a destination stands: at or after its text, or, for a
// reference, wherever its text is.
func (f *finder) locate(n ast.Node, destination []byte) int {
	start := f.pos
	if first, ok := n.FirstChild().(*ast.Text); ok {
		start = first.Segment.Start
	}
	end := min(len(f.source), start+len(destination)+2000)
	if i := bytes.Index(f.source[start:end], destination); i >= 0 && len(destination) > 0 {
		return start + i
	}
	return start
}

func (f *finder) add(url string, image bool, pos int) {
	f.found = append(f.found, Destination{URL: url, Image: image, Line: f.lines.line(pos)})
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
