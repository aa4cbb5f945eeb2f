package markup

import (
	"strconv"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Headings. Ids are not written: the server makes them (intercom-api.md section
// 6.2), and PatchHTML keeps the ones that are there.
//
//	<h2 id="h_0f…">Title</h2>   ## Title
//	<h2></h2>                   ##
func headings() kind {
	markdown := map[string]elementWriter{}
	for _, tag := range []string{"h1", "h2", "h3", "h4", "h5", "h6"} {
		markdown[tag] = headingMarkdown
	}
	return kind{html: map[ast.NodeKind]nodeWriter{ast.KindHeading: headingHTML}, markdown: markdown}
}

func headingHTML(_ *page, w util.BufWriter, _ []byte, n ast.Node, entering bool) ast.WalkStatus {
	slash := ""
	if !entering {
		slash = "/"
	}
	_, _ = w.WriteString("<" + slash + "h" + strconv.Itoa(n.(*ast.Heading).Level) + ">")
	return ast.WalkContinue
}

func headingMarkdown(s *scribe, _ converter.Context, w converter.Writer, n *html.Node) bool {
	switch {
	case len(n.Attr) > 0:
		return s.alignedLine(w, n)
	case n.FirstChild == nil:
		_, _ = w.WriteString(strings.Repeat("#", int(n.Data[1]-'0')))
		return true
	}
	return s.stock()
}
