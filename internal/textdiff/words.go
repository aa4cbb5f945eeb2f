package textdiff

import (
	"strings"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Span is a piece of text that both sides have, or one of them.
type Span struct {
	Op   Op
	Text string
}

// Words compares two texts by whole words: "five euros" and "six euros" differ
// in one word, not in the letters that five and six do not share. The spans
// that are not Added make up before, those that are not Removed make up after.
func Words(before, after string) []Span {
	var t tokens
	var out []Span
	for _, part := range compare(t.encode(before), t.encode(after)) {
		out = append(out, Span{op(part.Type), t.decode(part.Text)})
	}
	return joined(out)
}

// Marks compares two lists of words, whatever a word is to the caller, and says
// of each whether the other list lacks it.
func Marks(before, after []string) (removed, added []bool) {
	var t tokens
	for _, part := range compare(t.numbers(before), t.numbers(after)) {
		for range part.Text {
			if part.Type != diffmatchpatch.DiffInsert {
				removed = append(removed, part.Type != diffmatchpatch.DiffEqual)
			}
			if part.Type != diffmatchpatch.DiffDelete {
				added = append(added, part.Type != diffmatchpatch.DiffEqual)
			}
		}
	}
	return removed, added
}

// tooMany changed words take long to compare, and nobody follows that many marks:
// they are one change.
const tooMany = 12_000

func compare(a, b []rune) []diffmatchpatch.Diff {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the same texts always give the same difference
	first := d.DiffCommonPrefix(string(a), string(b))
	last := d.DiffCommonSuffix(string(a[first:]), string(b[first:]))
	before, after := a[first:len(a)-last], b[first:len(b)-last]
	if len(before)+len(after) <= tooMany {
		return d.DiffMainRunes(a, b, false)
	}
	return []diffmatchpatch.Diff{
		{Type: diffmatchpatch.DiffEqual, Text: string(a[:first])},
		{Type: diffmatchpatch.DiffDelete, Text: string(before)},
		{Type: diffmatchpatch.DiffInsert, Text: string(after)},
		{Type: diffmatchpatch.DiffEqual, Text: string(a[len(a)-last:])},
	}
}

// Split cuts a text into words, runs of space, and single other characters.
func Split(text string) []string {
	var out []string
	for len(text) > 0 {
		n := wordEnd(text)
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

// Pair is a line of a hunk beside the line that replaced it, each split into
// words; nil where the other side has none.
type Pair struct{ Old, New []Span }

// Pairs lines up the changed lines of a hunk, for two columns or for words
// marked inside lines. An unchanged line is in both columns.
func (h Hunk) Pairs() []Pair {
	var out []Pair
	for i := 0; i < len(h.Lines); {
		if h.Lines[i].Op == Same {
			s := []Span{{Same, h.Lines[i].Text}}
			out = append(out, Pair{s, s})
			i++
			continue
		}
		j := run(h.Lines, i, Removed)
		k := run(h.Lines, j, Added)
		out = append(out, pairs(h.Lines[i:j], h.Lines[j:k])...)
		i = k
	}
	return out
}

// Inline puts both sides of a pair into one line: what both have once, what was
// removed before what replaced it.
func (p Pair) Inline() []Span {
	var out []Span
	i := 0
	for _, s := range p.Old {
		for s.Op == Same && i < len(p.New) && p.New[i].Op == Added {
			out = append(out, p.New[i])
			i++
		}
		out = append(out, s)
		if s.Op == Same {
			i++
		}
	}
	return append(out, p.New[min(i, len(p.New)):]...)
}

// run gives the end of the lines from i on that have an operation.
func run(lines []Line, i int, op Op) int {
	for i < len(lines) && lines[i].Op == op {
		i++
	}
	return i
}

// pairs sets removed lines beside added ones. Only as many lines as there were
// are taken for edits of each other, word by word.
func pairs(removed, added []Line) []Pair {
	var out []Pair
	for i := range max(len(removed), len(added)) {
		switch {
		case i >= len(removed):
			out = append(out, Pair{New: []Span{{Added, added[i].Text}}})
		case i >= len(added):
			out = append(out, Pair{Old: []Span{{Removed, removed[i].Text}}})
		case len(removed) != len(added):
			out = append(out, Pair{[]Span{{Removed, removed[i].Text}}, []Span{{Added, added[i].Text}}})
		default:
			out = append(out, edit(removed[i].Text, added[i].Text))
		}
	}
	return out
}

func edit(before, after string) Pair {
	var p Pair
	for _, s := range Words(before, after) {
		if s.Op != Added {
			p.Old = append(p.Old, s)
		}
		if s.Op != Removed {
			p.New = append(p.New, s)
		}
	}
	return p
}

// joined takes the space between two changed words as changed with them, so
// that a phrase is one change and not one for each word.
func joined(spans []Span) []Span {
	var out []Span
	var removed, added strings.Builder
	flush := func() {
		if removed.Len() > 0 {
			out = append(out, Span{Removed, removed.String()})
		}
		if added.Len() > 0 {
			out = append(out, Span{Added, added.String()})
		}
		removed.Reset()
		added.Reset()
	}
	for i, s := range spans {
		switch {
		case s.Op == Removed:
			removed.WriteString(s.Text)
		case s.Op == Added:
			added.WriteString(s.Text)
		case strings.TrimSpace(s.Text) == "" && i > 0 && i < len(spans)-1:
			removed.WriteString(s.Text)
			added.WriteString(s.Text)
		default:
			flush()
			out = append(out, s)
		}
	}
	flush()
	return out
}

// tokens numbers words: the algorithm compares runes, so each distinct word
// stands for one.
type tokens struct {
	list  []string
	index map[string]rune
}

// surrogates are no runes: their numbers are left out.
const (
	surrogates    = 0xD800
	numSurrogates = 0x800
)

func (t *tokens) encode(text string) []rune { return t.numbers(Split(text)) }

func (t *tokens) numbers(words []string) []rune {
	if t.index == nil {
		t.index = map[string]rune{}
	}
	out := make([]rune, 0, len(words))
	for _, word := range words {
		r, ok := t.index[word]
		if !ok {
			r = rune(len(t.list) + 1)
			if r >= surrogates {
				r += numSurrogates
			}
			t.index[word] = r
			t.list = append(t.list, word)
		}
		out = append(out, r)
	}
	return out
}

func (t *tokens) decode(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r > surrogates {
			r -= numSurrogates
		}
		b.WriteString(t.list[r-1])
	}
	return b.String()
}

// wordEnd gives the length of the first token: a word, a run of space, or one
// character of anything else.
func wordEnd(text string) int {
	var class int
	for i, r := range text {
		switch c := classOf(r); {
		case i == 0:
			class = c
		case c != class || c == other:
			return i
		}
	}
	return len(text)
}

const (
	other = iota
	word
	space
)

func classOf(r rune) int {
	switch {
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r), r == '_', r == '’', r == '\'':
		return word
	case unicode.IsSpace(r):
		return space
	}
	return other
}
