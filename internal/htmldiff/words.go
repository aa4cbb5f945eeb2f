package htmldiff

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/hcsync/hcsync/internal/textdiff"
)

// The classes of the marks.
const (
	was = "was"
	now = "now"
)

// word is what is compared inside a block: a word of the text, or something
// that stands among the words, such as a picture.
type word struct {
	node *html.Node
	text string
	// marks are what makes the same word another one: it is bold, or leads
	// elsewhere.
	marks string
	// edge is where a block inside the block begins; it is compared, and there
	// is nothing of it to mark.
	edge bool
}

func (w word) key() string { return w.marks + "\x00" + w.text }

func (w word) blank() bool { return strings.TrimSpace(w.text) == "" }

// counts says that the word tells something about what a block is about.
func (w word) counts() bool { return !w.edge && !w.blank() }

// wordsOf gives what a node itself brings to the words of a block.
func wordsOf(n, block *html.Node) []word {
	switch {
	case n.Type == html.TextNode:
		marks := marksOn(n, block)
		var out []word
		for _, text := range textdiff.Split(n.Data) {
			out = append(out, word{node: n, text: text, marks: marks})
		}
		return out
	case n.Type != html.ElementNode:
		return nil
	case n.DataAtom == atom.Img, n.DataAtom == atom.Iframe, n.DataAtom == atom.Hr:
		return []word{{node: n, text: "<" + n.Data + " " + attr(n, "src") + " " + attr(n, "alt") + " " + attr(n, "width") + ">", marks: marksOn(n, block)}}
	case n.DataAtom == atom.Br || isBlock(n):
		return []word{{node: n, text: "<" + n.Data + ">", edge: true}}
	}
	return nil
}

// marksOn describes the formatting and the links around a node.
func marksOn(n, block *html.Node) string {
	var list []string
	for up := n.Parent; up != nil && up != block; up = up.Parent {
		switch {
		case up.DataAtom == atom.A:
			list = append(list, "a "+attr(up, "href"))
		case up.DataAtom == atom.B:
			list = append(list, "strong")
		case up.DataAtom == atom.I:
			list = append(list, "em")
		case !isBlock(up) && up.DataAtom != atom.Span:
			list = append(list, up.Data)
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ",")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// whole is a block that only one side has; all of it is marked.
func whole(old, new *block) Row {
	var r Row
	if old != nil {
		mark(old.words, all(len(old.words)), atom.Del, was)
		r.Old = old.html()
	}
	if new != nil {
		mark(new.words, all(len(new.words)), atom.Ins, now)
		r.New = new.html()
	}
	return r
}

func all(n int) []bool {
	out := make([]bool, n)
	for i := range out {
		out[i] = true
	}
	return out
}

// mostWords is how long two blocks may be together for their words to be
// compared. Longer ones that share little would take seconds.
const mostWords = 12_000

// pair marks what differs between two versions of a block.
func pair(old, new *block) Row {
	if len(old.words)+len(new.words) > mostWords {
		return whole(old, new)
	}
	removed, added := textdiff.Marks(keys(old.words), keys(new.words))
	form := !visible(old.words, removed) && !visible(new.words, added)
	mark(old.words, joined(old.words, removed), atom.Del, was)
	mark(new.words, joined(new.words, added), atom.Ins, now)
	return Row{Old: old.html(), New: new.html(), Form: form}
}

func keys(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.key()
	}
	return out
}

// visible says that there is something to mark.
func visible(words []word, changed []bool) bool {
	for i, w := range words {
		if changed[i] && !w.edge {
			return true
		}
	}
	return false
}

// joined takes the space between two changed words as changed with them.
func joined(words []word, changed []bool) []bool {
	out := slices.Clone(changed)
	for i := 1; i+1 < len(words); i++ {
		if words[i].blank() && changed[i-1] && changed[i+1] {
			out[i] = true
		}
	}
	return out
}

// mark puts an element around each run of changed words.
func mark(words []word, changed []bool, tag atom.Atom, class string) {
	for i := 0; i < len(words); {
		n, j := words[i].node, i+1
		for j < len(words) && words[j].node == n {
			j++
		}
		if words[i].edge {
			i = j
			continue
		}
		for _, piece := range pieces(words[i:j], changed[i:j]) {
			n.Parent.InsertBefore(piece.wrapped(tag, class), n)
		}
		n.Parent.RemoveChild(n)
		i = j
	}
}

// piece is a part of a node that changed as a whole, or did not.
type piece struct {
	node    *html.Node
	changed bool
}

// pieces cuts a node where changed words meet others.
func pieces(words []word, changed []bool) []piece {
	n := words[0].node
	if n.Type != html.TextNode {
		return []piece{{alone(n), changed[0]}}
	}
	var out []piece
	for i, w := range words {
		if i == 0 || changed[i] != changed[i-1] {
			out = append(out, piece{&html.Node{Type: html.TextNode}, changed[i]})
		}
		out[len(out)-1].node.Data += w.text
	}
	return out
}

// alone is a copy of an element that has no content.
func alone(n *html.Node) *html.Node {
	return &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace, Attr: n.Attr}
}

func (p piece) wrapped(tag atom.Atom, class string) *html.Node {
	if !p.changed || p.node.Type == html.TextNode && strings.TrimSpace(p.node.Data) == "" {
		return p.node
	}
	around := &html.Node{Type: html.ElementNode, Data: tag.String(), DataAtom: tag, Attr: []html.Attribute{{Key: "class", Val: class}}}
	around.AppendChild(p.node)
	return around
}
