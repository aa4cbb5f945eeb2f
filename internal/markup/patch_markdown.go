package markup

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// PatchMarkdown brings a change of the server's HTML, from baseHTML to newHTML,
// into the Markdown. Only the blocks whose HTML changed are written anew, inside
// lists, callouts and collapsible sections too; every other byte stays the
// writer's, and comments and link definitions always stay. The result is proved:
// it renders to newHTML, less what the server had rewritten before; where the
// proof fails the whole body is written anew.
//
// The options go from HTML to Markdown, as in the function Markdown.
func PatchMarkdown(baseMD, baseHTML, newHTML string, o Options) string {
	if Equal(baseHTML, newHTML) {
		return baseMD
	}
	afresh := func() string { return Markdown(newHTML, o) }
	base, ok := cut(baseMD, "", Options{})
	blocks, ok2 := blocksOf(mapHTML(baseHTML, o))
	next, ok3 := blocksOf(mapHTML(newHTML, o))
	if !ok || !ok2 || !ok3 {
		return afresh()
	}
	p := markdownPatch{
		rewriting: rewritingOf(Render(baseMD, Options{}), mapHTML(baseHTML, o)).inverse(),
		links:     definitionsOf(baseMD),
	}
	md, want, ok := p.sequence(nest{document: base}, blocks, next, freshBlocks)
	if !ok {
		return afresh()
	}
	if got, ok := canonicalPass(Render(md, Options{})); !ok || got != want {
		return afresh()
	}
	return md
}

// mapHTML passes the addresses of a body through the options.
func mapHTML(body string, o Options) string {
	p := page{options: o}
	return p.mapped([]byte(body))
}

type markdownPatch struct {
	rewriting rewriting // from the server's form to the writer's
	links     string    // the link definitions of the document
}

// A fresh function writes a part that the Markdown does not have yet, in the
// manner of the part before it (nil at the start).
type fresh func(p *markdownPatch, n *part, before *part) string

// A piece is one part of the patched text.
type piece struct {
	text, gap string
	unit      int // the part of the base that it is, or -1
}

// sequence gives the Markdown of next, with the writer's own text for the parts
// that did not change, and the canonical form that it must have.
func (p *markdownPatch) sequence(base nest, blocks, next []part, write fresh) (md, want string, ok bool) {
	w := weaver{
		markdownPatch: p, write: write,
		units: base.parts, blocks: blocks, next: next,
		bundles: bundles(base.parts, blocks),
		bundle:  make([]int, len(blocks)),
		partner: map[int]pair{},
		lead:    leads{parts: base.parts},
	}
	w.written = make([]bool, len(w.bundles))
	for i, b := range w.bundles {
		for j := b.b0; j < b.b1; j++ {
			w.bundle[j] = i
		}
	}
	for _, m := range pairs(next, blocks, exactName) {
		w.partner[m.i] = m
	}
	for v := 0; v < len(next); {
		taken, ok := w.take(v)
		if !ok {
			return "", "", false
		}
		v += taken
	}
	return base.join(w.pieces, w.lead.upTo(len(base.parts))), w.want.String(), true
}

// A weaver puts one sequence together, part by part.
type weaver struct {
	*markdownPatch
	write               fresh
	units, blocks, next []part
	bundles             []bundle
	bundle              []int        // the bundle of each block
	written             []bool       // the bundles that are in the text already
	partner             map[int]pair // the block that each part of next was
	lead                leads
	pieces              []piece
	want                strings.Builder
}

// take writes what stands at v and reports how many parts of next that were.
func (w *weaver) take(v int) (taken int, ok bool) {
	m, matched := w.partner[v]
	if !matched {
		return 1, w.add(v)
	}
	i := w.bundle[m.j]
	b := w.bundles[i]
	first := m.j == b.b0 && !w.written[i]
	switch {
	case m.equal && b.paired && w.written[i]:
		return 1, true // a block that the server put after one that is there
	case m.equal && b.paired && first:
		w.keep(i)
		return 1, true
	case m.equal && keepsBlocks(b, w.partner, v):
		w.keep(i)
		return b.b1 - b.b0, true
	case b.paired && first:
		return 1, w.change(v, m.j, i)
	}
	return 1, w.add(v)
}

// keep leaves the parts of a bundle as the writer has them.
func (w *weaver) keep(i int) {
	w.written[i] = true
	for u := w.bundles[i].u0; u < w.bundles[i].u1; u++ {
		unit := &w.units[u]
		w.pieces = append(w.pieces, piece{w.lead.upTo(u) + unit.text, unit.gap, u})
		w.want.WriteString(unit.key)
	}
}

// goal gives the part at v in the form that the writer's text is to have.
func (w *weaver) goal(v int) (part, bool) {
	n := w.next[v]
	n.html = w.rewriting.apply(n.html)
	ok := n.describe()
	w.want.WriteString(n.key)
	return n, ok
}

// change writes the part at v in place of the one that it was.
func (w *weaver) change(v, block, i int) bool {
	n, ok := w.goal(v)
	if !ok {
		return false
	}
	w.written[i] = true
	u := w.bundles[i].u0
	unit := &w.units[u]
	md, ok := w.block(unit, &w.blocks[block], &w.next[v], &n)
	if !ok {
		if md = w.write(w.markdownPatch, &n, unit); unit.kind != "li" {
			md = commentsIn(unit.text) + md
		}
	}
	w.pieces = append(w.pieces, piece{w.lead.upTo(u) + md, unit.gap, u})
	return true
}

// add writes a part that is new.
func (w *weaver) add(v int) bool {
	n, ok := w.goal(v)
	var before *part
	if last := len(w.pieces) - 1; last >= 0 && w.pieces[last].unit >= 0 {
		before = &w.units[w.pieces[last].unit]
	}
	if ok {
		w.pieces = append(w.pieces, piece{w.write(w.markdownPatch, &n, before), "", -1})
	}
	return ok
}

// keepsBlocks reports whether all blocks of a bundle stand from v on.
func keepsBlocks(b bundle, partner map[int]pair, v int) bool {
	for j := b.b0; j < b.b1; j++ {
		if m, ok := partner[v+j-b.b0]; !ok || !m.equal || m.j != j {
			return false
		}
	}
	return true
}

var comment = regexp.MustCompile(`(?s)<!--.*?-->`)

// commentsIn gives the comments inside a block that is written anew, to stand
// above it.
func commentsIn(md string) string {
	if !strings.Contains(md, "<!--") {
		return ""
	}
	source := []byte(md)
	var b strings.Builder
	_ = ast.Walk(markdownParser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		var piece []byte
		switch n := n.(type) {
		case *ast.RawHTML:
			piece = n.Segments.Value(source)
		case *ast.HTMLBlock:
			piece = htmlBlockText(n, source)
		}
		if entering {
			for _, c := range comment.FindAll(piece, -1) {
				b.Write(c)
				b.WriteString("\n\n")
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// leads hands out what stands above the parts, once each, so that nothing a
// writer noted is lost with a part.
type leads struct {
	parts []part
	done  int
}

func (l *leads) upTo(unit int) string {
	var b strings.Builder
	for ; l.done < len(l.parts) && l.done <= unit; l.done++ {
		b.WriteString(l.parts[l.done].lead)
	}
	return b.String()
}

// join puts the pieces together: with the blank lines that the writer has
// between them, where they stood together before.
func (n *nest) join(pieces []piece, rest string) string {
	usual := "\n\n"
	if len(n.parts) > 1 && n.parts[0].kind == "li" {
		usual = n.parts[0].gap
	}
	var b strings.Builder
	b.WriteString(n.head)
	for i, piece := range pieces {
		b.WriteString(piece.text)
		last := i == len(pieces)-1
		switch {
		case last:
		case piece.unit >= 0 && pieces[i+1].unit == piece.unit+1:
			b.WriteString(piece.gap)
		case startsList(piece.text) && startsList(pieces[i+1].text) && usual == "\n\n":
			b.WriteString("\n\n<!-- -->\n\n")
		default:
			b.WriteString(usual)
		}
	}
	tail := rest + n.tail
	end := ""
	if len(n.parts) > 0 {
		end = n.parts[len(n.parts)-1].gap
	}
	if tail == "" || len(pieces) == 0 {
		return b.String() + tail + end[:min(len(end), 1)]
	}
	return b.String() + usual + tail
}

func startsList(text string) bool { return markerPattern.MatchString(text) }

// block changes the inside of a part, and reports whether that is proved to give
// the part it should.
func (p *markdownPatch) block(unit, block, next, want *part) (string, bool) {
	if unit.kind == "pre" {
		return refenced(unit.text, want)
	}
	old, ok := unit.insideMarkdown(p.links, Options{})
	held, ok2 := block.insideHTML()
	is, ok3 := next.insideHTML()
	if !ok || !ok2 || !ok3 || unit.kind != want.kind {
		return "", false
	}
	write := freshNested
	if unit.kind == "ul" || unit.kind == "ol" {
		write = freshItem
	}
	inside, _, ok := p.sequence(old, held.parts, is.parts, write)
	if !ok {
		return "", false
	}
	text := old.wrap(strings.TrimRight(inside, "\n"))
	back := text
	if unit.kind == "li" {
		got, ok := canonicalPass(Render(text+"\n\n"+p.links, Options{}))
		return text, ok && (got == "<ul>"+want.key+"</ul>" || got == "<ol>"+want.key+"</ol>" || strings.HasSuffix(got, `">`+want.key+"</ol>"))
	}
	got, ok := canonicalPass(Render(back+"\n\n"+p.links, Options{}))
	return text, ok && got == want.key
}

// fenceLine matches the line that opens a code block, with its language.
var fenceLine = regexp.MustCompile("^(`{3,}|~{3,})[^`\n]*\n")

// refenced puts new code between the fences that the writer has.
func refenced(old string, want *part) (string, bool) {
	open := fenceLine.FindStringSubmatch(old)
	root, ok := parse(want.html)
	if open == nil || !ok {
		return "", false
	}
	code, ok := codeText(onlyOrNil(onlyOrNil(root)))
	md := open[0] + code + "\n" + open[1]
	got, ok2 := canonicalPass(Render(md, Options{}))
	return md, ok && ok2 && got == want.key
}

func freshBlocks(_ *markdownPatch, n *part, _ *part) string { return Markdown(n.html, Options{}) }

// freshNested writes a block that is not at top level, where some forms of the
// dialect do not hold.
func freshNested(_ *markdownPatch, n *part, _ *part) string {
	root, ok := parse(n.html)
	if !ok {
		return fenced(n.html)
	}
	s := newScribe(Options{})
	s.nested = true
	return s.write(root, n.html)
}

// freshItem writes a list item with a marker like that of the item before it.
func freshItem(p *markdownPatch, n *part, before *part) string {
	prefix := "- "
	if before != nil {
		if old, _, ok := itemMarker(before.text); ok {
			prefix = nextMarker(old)
		}
	}
	inside := ""
	if held, ok := n.insideHTML(); ok {
		var b bytes.Buffer
		for i := range held.parts {
			if i > 0 {
				b.WriteString("\n\n")
			}
			b.WriteString(freshNested(p, &held.parts[i], nil))
		}
		inside = b.String()
	}
	item := nest{prefix: prefix, indent: strings.Repeat(" ", len(prefix))}
	return item.wrap(inside)
}

// nextMarker counts on.
func nextMarker(prefix string) string {
	digits := strings.TrimLeft(prefix, " ")
	number, err := strconv.Atoi(strings.TrimRight(digits, ".) "))
	if err != nil {
		return prefix
	}
	at := len(prefix) - len(digits)
	return prefix[:at] + strconv.Itoa(number+1) + strings.TrimLeft(digits, "0123456789")
}
