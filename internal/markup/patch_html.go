package markup

import "strings"

// PatchHTML brings a change of the Markdown, from baseMD to newMD, into the HTML
// that the server holds. Every block whose Markdown did not change is sent as the
// server has it, with its ids, widths and attachments, wherever it stands now;
// lists, callouts and collapsible sections are gone into. A heading that takes
// the place of another keeps its id. What is new is written as Render writes it,
// in the levels to which the server moved the other headings.
func PatchHTML(baseMD, baseHTML, newMD string, o Options) string {
	blocks, ok3 := blocksOf(baseHTML)
	if baseMD == newMD {
		if !ok3 {
			return baseHTML
		}
		return htmlOf(blocks)
	}
	rendered := Render(newMD, o)
	base, ok := cut(baseMD, "", o)
	next, ok2 := cut(newMD, "", o)
	if !ok || !ok2 || !ok3 {
		return rendered
	}
	sent := Render(baseMD, o)
	p := htmlPatch{
		rewriting: rewritingOf(sent, baseHTML),
		options:   o,
		oldLinks:  definitionsOf(baseMD),
		newLinks:  definitionsOf(newMD),
	}
	patched := p.sequence(base.parts, blocks, next.parts)
	if Equal(sent, baseHTML) && !Equal(patched, rendered) {
		return rendered
	}
	return patched
}

func htmlOf(blocks []part) string {
	var b strings.Builder
	for i := range blocks {
		b.WriteString(blocks[i].html)
	}
	return b.String()
}

type htmlPatch struct {
	rewriting          rewriting
	options            Options
	oldLinks, newLinks string // link definitions
}

// sequence writes the parts of next, with the server's blocks for those that are
// parts of base.
func (p *htmlPatch) sequence(base, blocks, next []part) string {
	held := make([]bundle, len(base)) // the bundle of each part
	for _, b := range bundles(base, blocks) {
		for u := b.u0; u < b.u1; u++ {
			held[u] = b
		}
	}
	anywhere := map[string]int{}
	for u := range base {
		if _, ok := anywhere[base[u].key]; !ok && held[u].paired {
			anywhere[base[u].key] = u
		}
	}
	partner := map[int]pair{}
	for _, m := range pairs(next, base, exactName) {
		partner[m.i] = m
	}
	var out strings.Builder
	write := func(b bundle) { out.WriteString(htmlOf(blocks[b.b0:b.b1])) }
	for v := 0; v < len(next); v++ {
		m, matched := partner[v]
		switch moved, ok := anywhere[next[v].key]; {
		case matched && m.equal && held[m.j].paired:
			write(held[m.j])
		case matched && m.equal && keepsWhole(held[m.j], partner, v):
			write(held[m.j])
			v += held[m.j].u1 - held[m.j].u0 - 1
		case ok:
			write(bundle{b0: held[moved].b0, b1: held[moved].b0 + 1})
		case matched && held[m.j].paired:
			b := held[m.j]
			out.WriteString(p.block(&base[m.j], &blocks[b.b0], &next[v]))
			write(bundle{b0: b.b0 + 1, b1: b.b1})
		default:
			out.WriteString(p.rewriting.apply(next[v].html))
		}
	}
	return out.String()
}

// keepsWhole reports whether all parts of an unpaired bundle stand from v on.
func keepsWhole(b bundle, partner map[int]pair, v int) bool {
	for u := b.u0; u < b.u1; u++ {
		if m, ok := partner[v+u-b.u0]; !ok || !m.equal || m.j != u {
			return false
		}
	}
	return true
}

// block writes a part that changed, keeping what it can of the server's block.
func (p *htmlPatch) block(base, block, next *part) string {
	old, ok := base.insideMarkdown(p.oldLinks, p.options)
	new, ok2 := next.insideMarkdown(p.newLinks, p.options)
	was, ok3 := base.insideHTML()
	is, ok4 := next.insideHTML()
	held, ok5 := block.insideHTML()
	if !ok || !ok2 || !ok3 || !ok4 || !ok5 {
		return keepIDs(p.rewriting.apply(next.html), block.html)
	}
	if was.open != is.open {
		held.open, held.end = is.open, is.end
	}
	return held.open + p.sequence(old.parts, held.parts, new.parts) + held.end
}
