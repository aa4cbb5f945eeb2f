// Package htmldiff sets two versions of an article's HTML side by side.
//
// [Rows] is for its readers: block beside block, as they are shown, with the
// words marked that differ. Blocks that mean the same are the same, however
// they are spelled (markup.Canonical), so that what a server has rewritten is
// no difference. [Source] is for those who want to see the HTML itself: the same
// bytes on many lines, which package textdiff can compare.
//
// What it is given may be hostile, and what it gives is no safer.
package htmldiff

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/textdiff"
)

// Row is a block beside the one that took its place; a side that has none is
// empty. What was removed stands in <del class="was">, what was added in
// <ins class="now">.
type Row struct {
	Same     bool
	Old, New string
	// Form says that all words are the same, and something else differs: a level
	// of heading, a colour, an alignment.
	Form bool
}

// Rows compares two bodies. An error is a body that is nested too deeply to be
// read.
func Rows(before, after string) ([]Row, error) {
	old, err := parse(before)
	if err != nil {
		return nil, err
	}
	now, err := parse(after)
	if err != nil {
		return nil, err
	}
	var out []Row
	for lines := textdiff.Lines(numbered(old, now)); len(lines) > 0; {
		n := slices.IndexFunc(lines, func(l textdiff.Line) bool { return l.Op != textdiff.Same })
		if n != 0 {
			n = cmp.Or(max(n, 0), len(lines))
			for i := range n {
				out = append(out, Row{Same: true, Old: old[i].html(), New: now[i].html()})
			}
			old, now, lines = old[n:], now[n:], lines[n:]
			continue
		}
		removed, added := run(lines, textdiff.Removed), 0
		added = run(lines[removed:], textdiff.Added)
		out = append(out, beside(old[:removed], now[:added])...)
		old, now, lines = old[removed:], now[added:], lines[removed+added:]
	}
	return out, nil
}

// run counts the lines at the start that have an operation.
func run(lines []textdiff.Line, op textdiff.Op) int {
	n := 0
	for n < len(lines) && lines[n].Op == op {
		n++
	}
	return n
}

// numbered makes lines of two lists of blocks: blocks that mean the same get
// the same number.
func numbered(old, now []*block) (before, after string) {
	numbers := map[string]int{}
	list := func(blocks []*block) string {
		var b strings.Builder
		for _, x := range blocks {
			n, ok := numbers[x.means]
			if !ok {
				n = len(numbers)
				numbers[x.means] = n
			}
			b.WriteString(strconv.Itoa(n) + "\n")
		}
		return b.String()
	}
	return list(old), list(now)
}

// block is one element at the top of a body, or words that stand in none.
type block struct {
	node  *html.Node
	means string
	words []word
	bag   map[string]int
}

func parse(body string) ([]*block, error) {
	nodes, err := html.ParseFragment(strings.NewReader(body), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return nil, err
	}
	var out []*block
	var loose *html.Node
	for _, n := range nodes {
		switch {
		case n.Type == html.CommentNode || n.Type == html.TextNode && strings.TrimSpace(n.Data) == "" && loose == nil:
			continue
		case n.Type == html.TextNode || n.Type == html.ElementNode && !isBlock(n):
			if loose == nil {
				loose = &html.Node{Type: html.ElementNode, Data: "p", DataAtom: atom.P}
				out = append(out, &block{node: loose})
			}
			loose.AppendChild(n)
			continue
		}
		loose = nil
		out = append(out, &block{node: n})
	}
	for _, b := range out {
		b.read()
	}
	return out, nil
}

// read takes down what the block means and its words. Ids are taken off: both
// sides may have the same, and a page has each only once.
func (b *block) read() {
	b.means = markup.Canonical(render(b.node))
	b.bag = map[string]int{}
	unmark(b.node)
	for n := range b.node.Descendants() {
		unmark(n)
		b.words = append(b.words, wordsOf(n, b.node)...)
	}
	for _, w := range b.words {
		if w.counts() {
			b.bag[w.text]++
		}
	}
}

// unmark takes off the ids, and classes that would pass for marks of this
// package.
func unmark(n *html.Node) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "id" || a.Key == "class" && slices.ContainsFunc(strings.Fields(a.Val), func(c string) bool { return c == was || c == now })
	})
}

func (b *block) html() string { return render(b.node) }

func render(n *html.Node) string {
	var out strings.Builder
	_ = html.Render(&out, n) // what was parsed can be written
	return out.String()
}

// isBlock says whether an element stands on lines of its own.
func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.S, atom.Del, atom.Ins, atom.Sub, atom.Sup, atom.Mark, atom.Small,
		atom.Code, atom.Kbd, atom.Span, atom.Br, atom.Img:
		return false
	}
	return n.Type == html.ElementNode
}
