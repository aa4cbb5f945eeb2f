package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// contextLines is how much unchanged text stands around a change.
const contextLines = 3

// Unified writes a unified diff of two texts, without file headers: hunks with
// three lines of context. On a terminal the changed words inside a changed
// line are marked. Every line is indented.
func Unified(w io.Writer, st Style, indent, before, after string) {
	lines := diffLines(Clean(before), Clean(after))
	for _, h := range hunks(lines) {
		fmt.Fprintln(w, indent+st.paint(dim, h.header()))
		writeHunk(w, st, indent, h.lines)
	}
}

// op is ' ', '-' or '+'.
type diffLine struct {
	op   byte
	text string
	// eof marks a last line without a newline.
	eof bool
}

func diffLines(before, after string) []diffLine {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	a, b, table := d.DiffLinesToRunes(before, after)
	var out []diffLine
	for _, part := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), table) {
		op := map[diffmatchpatch.Operation]byte{diffmatchpatch.DiffEqual: ' ', diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffInsert: '+'}[part.Type]
		for l := range strings.Lines(part.Text) {
			text, whole := strings.CutSuffix(l, "\n")
			out = append(out, diffLine{op, text, !whole})
		}
	}
	return deletionsFirst(out)
}

// deletionsFirst puts the removed lines of each change before the added ones,
// as readers expect.
func deletionsFirst(lines []diffLine) []diffLine {
	var out, added []diffLine
	for _, l := range lines {
		switch l.op {
		case '+':
			added = append(added, l)
		case '-':
			out = append(out, l)
		default:
			out = append(append(out, added...), l)
			added = nil
		}
	}
	return append(out, added...)
}

type hunk struct {
	oldStart, oldCount, newStart, newCount int
	lines                                  []diffLine
}

func (h hunk) header() string {
	return fmt.Sprintf("@@ -%s +%s @@", span(h.oldStart, h.oldCount), span(h.newStart, h.newCount))
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

// hunks groups changes that are at most two contexts apart.
func hunks(lines []diffLine) []hunk {
	var out []hunk
	oldLine, newLine := 1, 1
	last := -1
	for i, l := range lines {
		if l.op != ' ' {
			if last >= 0 && i-last <= 2*contextLines+1 {
				h := &out[len(out)-1]
				h.lines = append(h.lines, lines[last+1:i]...)
			} else {
				from := max(i-contextLines, last+1)
				trail(out, lines, last)
				out = append(out, hunk{oldStart: oldLine - (i - from), newStart: newLine - (i - from), lines: append([]diffLine(nil), lines[from:i]...)})
			}
			h := &out[len(out)-1]
			h.lines = append(h.lines, l)
			last = i
		}
		if l.op != '+' {
			oldLine++
		}
		if l.op != '-' {
			newLine++
		}
	}
	trail(out, lines, last)
	for i := range out {
		out[i].count()
	}
	return out
}

// trail adds the context after the last change to the last hunk.
func trail(out []hunk, lines []diffLine, last int) {
	if last < 0 {
		return
	}
	h := &out[len(out)-1]
	h.lines = append(h.lines, lines[last+1:min(last+1+contextLines, len(lines))]...)
}

func (h *hunk) count() {
	for _, l := range h.lines {
		if l.op != '+' {
			h.oldCount++
		}
		if l.op != '-' {
			h.newCount++
		}
	}
}

func writeHunk(w io.Writer, st Style, indent string, lines []diffLine) {
	for i := 0; i < len(lines); {
		j := i
		for j < len(lines) && lines[j].op == lines[i].op {
			j++
		}
		k := j
		for lines[i].op == '-' && k < len(lines) && lines[k].op == '+' {
			k++
		}
		if k > j && k-j == j-i && st.Color {
			writePairs(w, indent, lines[i:j], lines[j:k])
			i = k
			continue
		}
		for _, l := range lines[i:j] {
			writeLine(w, st, indent, l)
		}
		i = j
	}
}

// writePairs marks the words that differ between each removed line and the
// line that replaced it.
func writePairs(w io.Writer, indent string, old, new []diffLine) {
	after := make([]string, len(new))
	for i := range old {
		var before string
		before, after[i] = words(old[i].text, new[i].text)
		fmt.Fprintln(w, indent+before)
	}
	for i := range new {
		fmt.Fprintln(w, indent+after[i])
	}
}

func words(before, after string) (removed, added string) {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	var a, b strings.Builder
	a.WriteString("\x1b[" + red + "m-")
	b.WriteString("\x1b[" + green + "m+")
	for _, p := range d.DiffCleanupSemantic(d.DiffMain(before, after, false)) {
		marked := "\x1b[" + reverse + "m" + p.Text + "\x1b[27m"
		switch p.Type {
		case diffmatchpatch.DiffEqual:
			a.WriteString(p.Text)
			b.WriteString(p.Text)
		case diffmatchpatch.DiffDelete:
			a.WriteString(marked)
		case diffmatchpatch.DiffInsert:
			b.WriteString(marked)
		}
	}
	return a.String() + "\x1b[0m", b.String() + "\x1b[0m"
}

func writeLine(w io.Writer, st Style, indent string, l diffLine) {
	s := string(l.op) + l.text
	switch l.op {
	case '-':
		s = st.paint(red, s)
	case '+':
		s = st.paint(green, s)
	}
	fmt.Fprintln(w, indent+s)
	if l.eof && l.op != ' ' {
		fmt.Fprintln(w, indent+`\ no newline at the end`)
	}
}
