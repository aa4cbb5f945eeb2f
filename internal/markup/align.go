package markup

import (
	"cmp"
	"slices"
	"strings"
)

// A pair says that part i of one sequence is part j of another.
type pair struct {
	i, j  int
	equal bool
}

// pairs matches two sequences of parts in order: first those with the same name,
// then, in the gaps, those that look like each other. It takes about n log n
// steps, whatever the input.
func pairs(a, b []part, name func(*part) string) []pair {
	m := matcher{a: a, b: b, name: name}
	m.match(0, len(a), 0, len(b))
	slices.SortFunc(m.pairs, func(x, y pair) int { return cmp.Compare(x.i, y.i) })
	return m.pairs
}

type matcher struct {
	a, b  []part
	name  func(*part) string
	pairs []pair
}

func (m *matcher) same(i, j int) bool { return m.name(&m.a[i]) == m.name(&m.b[j]) }

// match pairs a[a0:a1] with b[b0:b1] by the patience method: what is equal at
// both ends, then what occurs once on either side, then the stretches between.
func (m *matcher) match(a0, a1, b0, b1 int) {
	for a0 < a1 && b0 < b1 && m.same(a0, b0) {
		m.pairs = append(m.pairs, pair{a0, b0, true})
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && m.same(a1-1, b1-1) {
		a1, b1 = a1-1, b1-1
		m.pairs = append(m.pairs, pair{a1, b1, true})
	}
	if a0 == a1 || b0 == b1 {
		return
	}
	anchors := m.anchors(a0, a1, b0, b1)
	if len(anchors) == 0 {
		m.similar(a0, a1, b0, b1)
		return
	}
	for _, anchor := range append(anchors, pair{i: a1, j: b1}) {
		m.match(a0, anchor.i, b0, anchor.j)
		if anchor.i < a1 {
			m.pairs = append(m.pairs, anchor)
		}
		a0, b0 = anchor.i+1, anchor.j+1
	}
}

// anchors gives the longest increasing run of parts that occur exactly once on
// both sides.
func (m *matcher) anchors(a0, a1, b0, b1 int) []pair {
	type place struct{ inA, inB, i, j int }
	places := map[string]*place{}
	for i := a0; i < a1; i++ {
		name := m.name(&m.a[i])
		if places[name] == nil {
			places[name] = &place{}
		}
		places[name].inA++
		places[name].i = i
	}
	for j := b0; j < b1; j++ {
		if p := places[m.name(&m.b[j])]; p != nil {
			p.inB++
			p.j = j
		}
	}
	var unique []pair
	for i := a0; i < a1; i++ {
		if p := places[m.name(&m.a[i])]; p.inA == 1 && p.inB == 1 {
			unique = append(unique, pair{i, p.j, true})
		}
	}
	return increasing(unique)
}

// increasing gives a longest subsequence whose j increase; the i do already.
func increasing(all []pair) []pair {
	var tails []int // tails[k]: the pair that ends the best run of k+1 pairs
	before := make([]int, len(all))
	for n, p := range all {
		k, _ := slices.BinarySearchFunc(tails, p.j, func(t, j int) int { return cmp.Compare(all[t].j, j) })
		before[n] = -1
		if k > 0 {
			before[n] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, n)
		} else {
			tails[k] = n
		}
	}
	out := make([]pair, len(tails))
	if len(tails) == 0 {
		return out
	}
	for k, n := len(tails)-1, tails[len(tails)-1]; k >= 0; k, n = k-1, before[n] {
		out[k] = all[n]
	}
	return out
}

// maxGap bounds the table that similar fills; longer gaps are not looked into.
const maxGap = 60

// similar pairs the parts of a gap so that the sum of their likeness is greatest.
func (m *matcher) similar(a0, a1, b0, b1 int) {
	rows, columns := a1-a0, b1-b0
	if rows > maxGap || columns > maxGap {
		return
	}
	best := make([][]float64, rows+1)
	for i := range best {
		best[i] = make([]float64, columns+1)
	}
	like := func(i, j int) float64 { return likeness(&m.a[a0+i], &m.b[b0+j]) }
	for i := rows - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if s := like(i, j); s > 0 {
				best[i][j] = max(best[i][j], s+best[i+1][j+1])
			}
		}
	}
	for i, j := 0, 0; i < rows && j < columns; {
		s := like(i, j)
		switch {
		case s > 0 && best[i][j] == s+best[i+1][j+1]:
			m.pairs = append(m.pairs, pair{a0 + i, b0 + j, m.same(a0+i, b0+j)})
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
}

// likeness rates two parts of one kind by the words they share; 0 for parts of
// two kinds.
func likeness(a, b *part) float64 {
	if a.kind != b.kind || a.kind == manyBlocks {
		return 0
	}
	if a.words == nil {
		a.words = strings.Fields(a.weak)
	}
	if b.words == nil {
		b.words = strings.Fields(b.weak)
	}
	const enough = 400 // words of a part that are compared
	seen := map[string]int{}
	for _, w := range a.words[:min(len(a.words), enough)] {
		seen[w]++
	}
	shared := 0
	for _, w := range b.words[:min(len(b.words), enough)] {
		if seen[w] > 0 {
			seen[w]--
			shared++
		}
	}
	return 0.1 + float64(2*shared)/float64(len(a.words)+len(b.words)+1)
}

// A bundle is a stretch of Markdown parts and the stretch of blocks that the
// server keeps for them. If paired, it is one part and its block, perhaps
// followed by blocks that the server added.
type bundle struct {
	u0, u1, b0, b1 int
	paired         bool
}

// bundles covers both sequences with bundles, in order.
func bundles(units, blocks []part) []bundle {
	var out []bundle
	u, b := 0, 0
	gap := func(u1, b1 int) {
		switch {
		case u == u1 && b == b1:
		case u == u1 && len(out) > 0:
			out[len(out)-1].b1 = b1
		default:
			out = append(out, bundle{u, u1, b, b1, false})
		}
		u, b = u1, b1
	}
	for _, p := range pairs(units, blocks, weakName) {
		gap(p.i, p.j)
		out = append(out, bundle{u, u + 1, b, b + 1, true})
		u, b = u+1, b+1
	}
	gap(len(units), len(blocks))
	return out
}

func weakName(p *part) string { return p.kind + p.weak }

func exactName(p *part) string { return p.key }
