package markup_test

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// tableForms are the HTML forms of the dialect (design.md section 2): they count
// as plain Markdown.
var tableForms = regexp.MustCompile(`^(<br>$|<p( align="\w+")?>(<a [^>]*>)?<(img|a class="intercom-h2b-button")[^>]*>|<iframe |</?details|<table>|<!---->$)`)

// share counts the blocks of a Markdown text at top level and those among all
// blocks, however deep, that are verbatim HTML.
func share(md string) (blocks, verbatimTop, verbatim int, samples []string) {
	source := []byte(md)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		top := n.Parent() == ast.Node(doc)
		if top {
			blocks++
		}
		raw := false
		switch n := n.(type) {
		case *ast.HTMLBlock:
			raw = !tableForms.Match(bytes.TrimSpace(n.Lines().Value(source)))
			if raw {
				samples = append(samples, string(n.Lines().Value(source)))
			}
		case *ast.FencedCodeBlock:
			raw = string(n.Language(source)) == "intercom-html"
		}
		if raw {
			verbatim++
			if top {
				verbatimTop++
			}
		}
		return ast.WalkContinue, nil
	})
	return blocks, verbatimTop, verbatim, samples
}

// TestReadableShare holds the conversion to its goal: of the top-level blocks of
// real bodies at least 99.5 % are plain Markdown, and at least 97 % of the bodies
// hold no verbatim block at any depth.
func TestReadableShare(t *testing.T) {
	bodies := corpus(t, "bodies")
	blocks, raw, clean := 0, 0, 0
	for name, body := range bodies {
		n, top, all, samples := share(markup.Markdown(body, markup.Options{}))
		blocks, raw = blocks+n, raw+top
		if all == 0 {
			clean++
		}
		for _, sample := range samples {
			t.Logf("%s: verbatim: %.200s", name, sample)
		}
	}
	plain := 1 - float64(raw)/float64(blocks)
	whole := float64(clean) / float64(len(bodies))
	t.Logf("%.3f %% of %d blocks are plain, %.2f %% of %d bodies hold no verbatim block", 100*plain, blocks, 100*whole, len(bodies))
	if plain < 0.995 || whole < 0.97 {
		t.Errorf("below the goals of 99.5 %% and 97 %%")
	}
}
