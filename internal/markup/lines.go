package markup

import (
	"slices"
)

// A lineIndex turns offsets into line numbers.
type lineIndex []int // the offset at which each line starts

func newLineIndex(source []byte) lineIndex {
	index := lineIndex{0}
	for i, b := range source {
		if b == '\n' {
			index = append(index, i+1)
		}
	}
	return index
}

// line gives the number of the line that holds offset, counted from 1.
func (x lineIndex) line(offset int) int {
	i, found := slices.BinarySearch(x, offset)
	if found {
		i++
	}
	return i
}
