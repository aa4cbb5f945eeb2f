package markup

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// A Finding is something in a text that a writer should know of.
type Finding struct {
	Line    int    // counts from 1 in the Markdown; 0 where there is no Markdown
	Code    string // a short name that does not change
	Message string // lower case, and what to do
}

// Lint finds the places of a Markdown text that do not mean what they seem to, or
// that Intercom will not take. The findings are in the order of their lines.
func Lint(md string) []Finding {
	source := []byte(plainText(md))
	l := linter{source: source, lines: newLineIndex(source)}
	doc := markdownParser().Parse(text.NewReader(source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			l.visit(n)
		}
		return ast.WalkContinue, nil
	})
	l.headings(doc)
	slices.SortStableFunc(l.found, func(a, b Finding) int { return a.Line - b.Line })
	return l.found
}

type linter struct {
	source []byte
	lines  lineIndex
	found  []Finding
}

func (l *linter) add(pos int, code, format string, args ...any) {
	l.found = append(l.found, Finding{l.lines.line(max(pos, 0)), code, fmt.Sprintf(format, args...)})
}

func (l *linter) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.Blockquote:
		l.quote(n)
	case *ast.List:
		if n.IsOrdered() && n.Start != 1 {
			l.add(n.Pos(), "list-start", "Intercom starts every numbered list at 1, not at %d", n.Start)
		}
	case *ast.Paragraph, *ast.TextBlock:
		l.paragraph(n)
	case *ast.HTMLBlock:
		l.htmlBlock(n)
	case *ast.RawHTML:
		l.inlineHTML(n)
	case *ast.Image:
		l.image(n)
	case *ast.Link:
		if bytes.HasPrefix(n.Destination, []byte("#")) {
			l.add(n.Pos(), "anchor-link", "Intercom gives headings ids of its own, so %s leads nowhere; link to the article", n.Destination)
		}
	case *extast.Strikethrough:
		l.add(n.Pos(), "strikethrough", "Intercom has no struck text and will show it plain")
	case *extast.Table:
		if standsIn(n, ast.KindListItem) {
			l.add(n.Pos(), "refused-table", "Intercom refuses a table inside a list; move it out of the item")
		}
	}
}

func standsIn(n ast.Node, kind ast.NodeKind) bool {
	for up := n.Parent(); up != nil; up = up.Parent() {
		if up.Kind() == kind {
			return true
		}
	}
	return false
}

func (l *linter) quote(n ast.Node) {
	first := n.FirstChild()
	if first == nil || first.Kind() != ast.KindParagraph {
		l.add(n.Pos(), "plain-quote", "Intercom has no quotations and keeps only the text; write a callout (> [!NOTE])")
		return
	}
	line := first.Lines().At(0)
	word := string(bytes.TrimSpace(line.Value(l.source)))
	isMark := strings.HasPrefix(word, "[!") && strings.HasSuffix(word, "]")
	switch {
	case calloutStyle(n, l.source) != "":
	case isMark && n.Parent().Kind() != ast.KindDocument:
		l.add(n.Pos(), "nested-alert", "%s is a callout at top level only; here it is a quotation with that text", word)
	case isMark:
		l.add(n.Pos(), "unknown-alert", "%s is no callout; use [!NOTE], [!TIP], [!IMPORTANT], [!WARNING] or [!CAUTION]", word)
	default:
		l.add(n.Pos(), "plain-quote", "Intercom has no quotations and keeps only the text; write a callout (> [!NOTE])")
	}
}

// paragraph looks for addresses that look like videos but stay text.
func (l *linter) paragraph(n ast.Node) {
	if n.Lines().Len() == 0 {
		return
	}
	line := n.Lines().At(0)
	address := string(bytes.TrimSpace(line.Value(l.source)))
	_, isVideo := videoFrame(address)
	lone := n.Lines().Len() == 1
	parent := n.Parent().Kind()
	switch {
	case lone && isVideo && (parent == ast.KindDocument || parent == ast.KindListItem && n.PreviousSibling() != nil):
	case lone && isVideo:
		l.add(line.Start, "video-as-text", "this address stays text here; a video stands alone in a paragraph at top level, or after the first block of a list item")
	case lone && isVideoPage(address):
		l.add(line.Start, "video-as-text", "this address stays text; use the form https://www.youtube.com/watch?v=…, https://www.loom.com/share/… or https://vimeo.com/…, or an <iframe>")
	}
	if parent == ast.KindListItem && n.PreviousSibling() == nil && (strings.HasPrefix(address, "[ ] ") || strings.HasPrefix(address, "[x] ")) {
		l.add(line.Start, "task-list", "Intercom has no check boxes; the brackets stay text")
	}
}

func isVideoPage(address string) bool {
	return !strings.ContainsAny(address, " <>()") && strings.HasPrefix(address, "http") && isKnownPlayer(address)
}

// htmlBlock looks at HTML that stands in lines of its own.
func (l *linter) htmlBlock(n *ast.HTMLBlock) {
	piece := htmlBlockText(n, l.source)
	pos := n.Pos()
	if isComment(piece) {
		return
	}
	lower := bytes.ToLower(piece)
	switch {
	case bytes.HasPrefix(lower, []byte("<!--")) && !bytes.Contains(lower, []byte("-->")):
		l.add(pos, "open-comment", "this comment is never closed, so all that follows is hidden; close it with -->")
	case bytes.HasPrefix(lower, []byte("<br")) && countBreaks(piece) == 0:
		l.add(pos, "break-beside-text", "<br> with text right below it is a line break in HTML, where Markdown is not read; put a blank line between them")
	case bytes.Contains(lower, []byte("<details")):
		l.details(lower, pos)
	}
	l.tags(piece, pos)
}

// details asks for the blank line behind the summary, without which the inside
// is HTML.
func (l *linter) details(piece []byte, pos int) {
	_, after, ok := bytes.Cut(piece, []byte("</summary>"))
	if !ok {
		l.add(pos, "details-summary", "<details> needs <summary>…</summary> in the line below it, before the first blank line")
		return
	}
	inside, _, _ := bytes.Cut(after, []byte("</details>"))
	if inside = bytes.TrimSpace(inside); len(inside) > 0 && inside[0] != '<' {
		l.add(pos, "details-blank-lines", "put a blank line after </summary> and before </details>, or the Markdown between them is not read")
	}
}

func (l *linter) inlineHTML(n *ast.RawHTML) {
	segment := n.Segments.At(0)
	piece := n.Segments.Value(l.source)
	if isComment(piece) {
		return
	}
	if countBreaks(piece) == 1 && l.aloneOnLine(segment.Start, segment.Stop) {
		l.add(segment.Start, "break-beside-text", "<br> next to text is a line break; for a blank paragraph put it between blank lines")
	}
	l.tags(piece, segment.Start)
}

// aloneOnLine reports whether only spaces and container marks stand beside
// source[start:end].
func (l *linter) aloneOnLine(start, end int) bool {
	before := l.source[lineStart(l.source, start):start]
	after, _, _ := bytes.Cut(l.source[end:], []byte("\n"))
	return len(bytes.Trim(before, " \t>")) == 0 && len(bytes.TrimSpace(after)) == 0
}

// tags names the tags that Intercom does not take.
func (l *linter) tags(piece []byte, pos int) {
	tokens := html.NewTokenizer(bytes.NewReader(piece))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return
		}
		size := len(tokens.Raw())
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			l.tag(tokens.Token(), pos)
		}
		pos += size
	}
}

func (l *linter) tag(token html.Token, pos int) {
	n := &html.Node{Type: html.ElementNode, Data: token.Data, Attr: token.Attr}
	switch f := fateOf(n); {
	case token.Data == "dl":
		l.add(pos, "refused-definition-list", "Intercom refuses definition lists; use a list or a table")
	case f == removed:
		l.add(pos, "dropped-element", "Intercom removes <%s> with all that is in it", token.Data)
	case f == unwrapped && token.Data != "blockquote":
		l.add(pos, "dropped-tag", "Intercom does not know <%s> and keeps only what is in it", token.Data)
	case token.Data == "iframe":
		if src, _ := attr(n, "src"); !isKnownPlayer(src) {
			l.add(pos, "refused-video", "Intercom embeds only YouTube, Wistia, Vimeo, Loom, Vidyard and StreamIO, not %q", src)
		}
	case token.Data == "img":
		if src, _ := attr(n, "src"); strings.HasPrefix(src, "data:") {
			l.add(pos, "refused-image", "Intercom refuses images inside the text; put the file beside the article")
		}
	}
}

func (l *linter) image(n *ast.Image) {
	if bytes.HasPrefix(n.Destination, []byte("data:")) {
		l.add(n.Pos(), "refused-image", "Intercom refuses images inside the text; put the file beside the article")
	}
	if n.Title != nil {
		l.add(n.Pos(), "image-title", "Intercom drops the title of an image")
	}
}

// headings warns where the server would move the headings (intercom-api.md
// section 6.2).
func (l *linter) headings(doc ast.Node) {
	var all []*ast.Heading
	top := 6
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			all = append(all, h)
			top = min(top, h.Level)
		}
		return ast.WalkContinue, nil
	})
	if len(all) > 0 && top > 1 {
		l.add(all[0].Pos(), "heading-shift", "no heading of level 1: when a new body is sent, its headings move up %d level(s)", top-1)
	}
	for _, h := range all {
		if h.Level-top+1 > 4 {
			l.add(h.Pos(), "heading-depth", "Intercom has four levels of headings at most; this one will be raised")
		}
	}
}
