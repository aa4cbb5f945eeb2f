package htmldiff

// alike is how much of the words two blocks must share to be taken for versions
// of each other, at least.
const alike = 0.35

// mostPairs is how many pairs of blocks are weighed; beyond, they are set side
// by side in their order.
const mostPairs = 40_000

// beside lines up blocks that were replaced with those that replaced them: each
// with the one it is most like, in their order.
func beside(old, now []*block) []Row {
	partner := partners(old, now)
	var out []Row
	j := 0
	for i, b := range old {
		if partner[i] < 0 {
			out = append(out, whole(b, nil))
			continue
		}
		for ; j < partner[i]; j++ {
			out = append(out, whole(nil, now[j]))
		}
		out = append(out, pair(b, now[j]))
		j++
	}
	for ; j < len(now); j++ {
		out = append(out, whole(nil, now[j]))
	}
	return out
}

// partners gives for every old block the number of the new one that took its
// place, -1 for none: the choice whose likenesses add up to the most.
func partners(old, now []*block) []int {
	partner := make([]int, len(old))
	if len(old)*len(now) > mostPairs {
		for i := range partner {
			partner[i] = -1
			if i < len(now) {
				partner[i] = i
			}
		}
		return partner
	}
	best := make([][]float64, len(old)+1) // of the blocks from i and from j on
	for i := range best {
		best[i] = make([]float64, len(now)+1)
	}
	likeness := make([][]float64, len(old))
	for i := len(old) - 1; i >= 0; i-- {
		likeness[i] = make([]float64, len(now))
		for j := len(now) - 1; j >= 0; j-- {
			likeness[i][j] = similar(old[i], now[j])
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if l := likeness[i][j]; l >= alike {
				best[i][j] = max(best[i][j], l+best[i+1][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(old); i++ {
		for j < len(now) && best[i][j] == best[i][j+1] {
			j++
		}
		partner[i] = -1
		if j < len(now) && best[i][j] != best[i+1][j] {
			partner[i] = j
			j++
		}
	}
	return partner
}

// similar is the share of words that two blocks have in common, from 0 to 1.
// Blocks of one kind without words are alike.
func similar(a, b *block) float64 {
	common, total := 0, 0
	for w, n := range a.bag {
		common += min(n, b.bag[w])
		total += n
	}
	for _, n := range b.bag {
		total += n
	}
	switch {
	case total > 0:
		return 2 * float64(common) / float64(total)
	case a.node.DataAtom == b.node.DataAtom:
		return 1
	}
	return 0
}
