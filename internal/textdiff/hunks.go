// Package textdiff compares two texts for a reader: line by line as hunks of a
// unified diff, and word by word inside the lines that changed.
//
// It gives values and writes nothing, so that a terminal, a comment on a pull
// request and a page of the preview each show the same difference in their own
// way.
package textdiff

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// context is how many unchanged lines stand around a change.
const context = 3

// Op says what happened to a line or a piece of one.
type Op byte

// The operations, as a unified diff marks them.
const (
	Same    Op = ' '
	Removed Op = '-'
	Added   Op = '+'
)

// Line is one line without its newline.
type Line struct {
	Op   Op
	Text string
	// Unended marks a last line that has no newline.
	Unended bool
}

// Hunk is a group of changes that stand close together, with the lines around
// them. Lines are counted from 1.
type Hunk struct {
	OldStart, OldCount, NewStart, NewCount int
	Lines                                  []Line
}

// Header gives "@@ -1,4 +1,5 @@".
func (h Hunk) Header() string {
	return fmt.Sprintf("@@ -%s +%s @@", span(h.OldStart, h.OldCount), span(h.NewStart, h.NewCount))
}

func span(start, count int) string {
	if count == 0 {
		start--
	}
	if count == 1 {
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}

// Ended ends a text with a newline, so that a difference speaks of content alone.
func Ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// Hunks compares two texts. Equal texts have none.
func Hunks(before, after string) []Hunk {
	lines := Lines(before, after)
	var out []Hunk
	oldLine, newLine := 1, 1
	last := -1
	for i, l := range lines {
		if l.Op != Same {
			if last >= 0 && i-last <= 2*context+1 {
				h := &out[len(out)-1]
				h.Lines = append(h.Lines, lines[last+1:i]...)
			} else {
				from := max(i-context, last+1)
				trail(out, lines, last)
				out = append(out, Hunk{OldStart: oldLine - (i - from), NewStart: newLine - (i - from), Lines: append([]Line(nil), lines[from:i]...)})
			}
			h := &out[len(out)-1]
			h.Lines = append(h.Lines, l)
			last = i
		}
		if l.Op != Added {
			oldLine++
		}
		if l.Op != Removed {
			newLine++
		}
	}
	trail(out, lines, last)
	for i := range out {
		out[i].count()
	}
	return out
}

// Lines compares two texts and gives all their lines, removed ones before those
// that replaced them.
func Lines(before, after string) []Line {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the same texts always give the same difference
	a, b, table := d.DiffLinesToRunes(before, after)
	var out []Line
	for _, part := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), table) {
		for l := range strings.Lines(part.Text) {
			text, whole := strings.CutSuffix(l, "\n")
			out = append(out, Line{op(part.Type), text, !whole})
		}
	}
	return removedFirst(out)
}

func op(t diffmatchpatch.Operation) Op {
	switch t {
	case diffmatchpatch.DiffDelete:
		return Removed
	case diffmatchpatch.DiffInsert:
		return Added
	}
	return Same
}

// removedFirst puts the removed lines of each change before the added ones, as
// readers expect.
func removedFirst(lines []Line) []Line {
	var out, added []Line
	for _, l := range lines {
		switch l.Op {
		case Added:
			added = append(added, l)
		case Removed:
			out = append(out, l)
		default:
			out = append(append(out, added...), l)
			added = nil
		}
	}
	return append(out, added...)
}

// trail adds the lines after the last change to the last hunk.
func trail(out []Hunk, lines []Line, last int) {
	if last < 0 {
		return
	}
	h := &out[len(out)-1]
	h.Lines = append(h.Lines, lines[last+1:min(last+1+context, len(lines))]...)
}

func (h *Hunk) count() {
	for _, l := range h.Lines {
		if l.Op != Added {
			h.OldCount++
		}
		if l.Op != Removed {
			h.NewCount++
		}
	}
}
