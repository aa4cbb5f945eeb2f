package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/hcsync/hcsync/internal/textdiff"
)

// Unified writes a unified diff of two texts, without file headers: hunks with
// three lines of context. On a terminal the changed words inside a changed
// line are marked. Every line is indented.
func Unified(w io.Writer, st Style, indent, before, after string) {
	for _, h := range textdiff.Hunks(Clean(before), Clean(after)) {
		fmt.Fprintln(w, indent+st.paint(dim, h.Header()))
		writeHunk(w, st, indent, h.Lines)
	}
}

func writeHunk(w io.Writer, st Style, indent string, lines []textdiff.Line) {
	for i := 0; i < len(lines); {
		j := i
		for j < len(lines) && lines[j].Op == lines[i].Op {
			j++
		}
		k := j
		for lines[i].Op == textdiff.Removed && k < len(lines) && lines[k].Op == textdiff.Added {
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
func writePairs(w io.Writer, indent string, old, new []textdiff.Line) {
	after := make([]string, len(new))
	for i := range old {
		var before string
		before, after[i] = words(old[i].Text, new[i].Text)
		fmt.Fprintln(w, indent+before)
	}
	for i := range new {
		fmt.Fprintln(w, indent+after[i])
	}
}

func words(before, after string) (removed, added string) {
	var a, b strings.Builder
	a.WriteString("\x1b[" + red + "m-")
	b.WriteString("\x1b[" + green + "m+")
	for _, s := range textdiff.Words(before, after) {
		marked := "\x1b[" + reverse + "m" + s.Text + "\x1b[27m"
		switch s.Op {
		case textdiff.Same:
			a.WriteString(s.Text)
			b.WriteString(s.Text)
		case textdiff.Removed:
			a.WriteString(marked)
		case textdiff.Added:
			b.WriteString(marked)
		}
	}
	return a.String() + "\x1b[0m", b.String() + "\x1b[0m"
}

func writeLine(w io.Writer, st Style, indent string, l textdiff.Line) {
	s := string(l.Op) + l.Text
	switch l.Op {
	case textdiff.Removed:
		s = st.paint(red, s)
	case textdiff.Added:
		s = st.paint(green, s)
	}
	fmt.Fprintln(w, indent+s)
	if l.Unended && l.Op != textdiff.Same {
		fmt.Fprintln(w, indent+`\ no newline at the end`)
	}
}
