package markup

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// An Inspection is what a conversion makes of one body.
type Inspection struct {
	// Exact says that the body comes back equal.
	Exact bool
	// Blocks counts the blocks at top level, Plain those of them that are plain
	// Markdown or one of the dialect's own forms.
	Blocks, Plain int
	// Kept are the blocks that stayed HTML, at any depth.
	Kept []Kept
}

// Kept is a block that Markdown cannot say.
type Kept struct {
	// Construct names its outermost element: "div.promo", "table".
	Construct string
	HTML      string
}

// Inspect converts a body and looks at the result.
func Inspect(body string) Inspection {
	md := Markdown(body, Options{})
	in := Inspection{Exact: Equal(Render(md, Options{}), body)}
	source := []byte(md)
	doc := markdownParser().Parse(text.NewReader(source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		kept, raw := keptBlock(n, source)
		if raw {
			in.Kept = append(in.Kept, kept)
		}
		if n.Parent() == ast.Node(doc) {
			in.Blocks++
			if !raw {
				in.Plain++
			}
		}
		return ast.WalkContinue, nil
	})
	return in
}

// dialectForms are the HTML forms of the dialect (design.md section 2), which
// count as plain.
var dialectForms = regexp.MustCompile(`^(<br>$|<p( align="\w+")?>(<a [^>]*>)?<(img|a class="intercom-h2b-button")[^>]*>|<iframe |</?details|<table>|<!---->$)`)

func keptBlock(n ast.Node, source []byte) (Kept, bool) {
	switch n := n.(type) {
	case *ast.HTMLBlock:
		raw := bytes.TrimSpace(n.Lines().Value(source))
		if dialectForms.Match(raw) {
			return Kept{}, false
		}
		return Kept{construct(raw), string(raw)}, true
	case *ast.FencedCodeBlock:
		if string(n.Language(source)) != opaqueFence {
			return Kept{}, false
		}
		raw := bytes.TrimSpace(n.Lines().Value(source))
		return Kept{construct(raw), string(raw)}, true
	}
	return Kept{}, false
}

var openingTag = regexp.MustCompile(`<([a-zA-Z][a-zA-Z0-9-]*)([^>]*)>`)
var classValue = regexp.MustCompile(`class="([^"]*)"`)

// construct names an element by its tag and classes.
func construct(raw []byte) string {
	m := openingTag.FindSubmatch(raw)
	if m == nil {
		return "text"
	}
	name := strings.ToLower(string(m[1]))
	if c := classValue.FindSubmatch(m[2]); c != nil {
		for class := range strings.FieldsSeq(string(c[1])) {
			name += "." + class
		}
	}
	return name
}
