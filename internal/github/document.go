package github

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/textdiff"
)

// entry is one thing to tell, in full and in a line.
type entry struct{ full, short string }

// item is an entry that has one form only. A tag that begins a line begins a
// block of HTML, in which Markdown reads nothing.
func item(html string) entry { return entry{"<p>" + html + "</p>\n", "<p>" + html + "</p>\n"} }

// flat is an object in a line.
func flat(what string, a diff.About, says string) entry { return item(summary(what, a, says)) }

// folded is an object whose details unfold with a click.
func folded(what string, a diff.About, says, details string) entry {
	line := summary(what, a, says)
	if details == "" {
		return item(line)
	}
	return entry{
		full:  "<details><summary>" + line + "</summary>\n" + details + "</details>\n\n",
		short: item(line).short,
	}
}

func summary(what string, a diff.About, says string) string {
	if what != "" {
		what = "<code>" + literal(what) + "</code> "
	}
	s := what + string(a.Kind)
	if a.Title != "" {
		s += " <b>" + text(cut(a.Title, 80)) + "</b>"
	}
	if at := cmp.Or(a.Path, a.ID); at != "" {
		s += " <code>" + literal(at) + "</code>"
	}
	if says != "" {
		s += " " + text(says)
	}
	return s
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// document is a heading and sections of entries, to be cut to size.
type document struct {
	head string
	// more says where the rest is.
	more     string
	sections []section
}

type section struct {
	title   string
	entries []entry
}

func (d *document) add(title string, entries []entry) {
	if len(entries) > 0 {
		d.sections = append(d.sections, section{title, entries})
	}
}

// fit writes the document in at most limit characters. As many entries as
// possible are whole, in their order; of the others each is one line while
// there is room, and the last ones are only counted.
func (d *document) fit(limit int) string {
	room, kept := d.room(limit)
	var b strings.Builder
	b.WriteString(d.head)
	i, lines := 0, 0
	for _, s := range d.sections {
		if i < kept {
			fmt.Fprintf(&b, sectionHead, s.title)
		}
		for _, e := range s.entries[:min(len(s.entries), kept-i)] {
			i++
			if grow := runes(e.full) - runes(e.short); grow <= room {
				room -= grow
				b.WriteString(e.full)
				continue
			}
			lines++
			b.WriteString(e.short)
		}
	}
	return b.String() + d.rest(lines, d.count()-kept)
}

const sectionHead = "\n#### %s\n\n"

// room says how many entries can be told at least in a line each, and how many
// characters are free then.
func (d *document) room(limit int) (room, kept int) {
	room = limit - runes(d.head) - runes(d.rest(1<<30, 1<<30))
	for _, s := range d.sections {
		room -= runes(s.title) + len(sectionHead)
		for _, e := range s.entries {
			if runes(e.short) > room {
				return room, kept
			}
			room -= runes(e.short)
			kept++
		}
	}
	return room, kept
}

func (d *document) count() int {
	n := 0
	for _, s := range d.sections {
		n += len(s.entries)
	}
	return n
}

// rest says what was left out.
func (d *document) rest(lines, dropped int) string {
	var parts []string
	if lines > 0 {
		parts = append(parts, fmt.Sprintf("%d shown in one line", lines))
	}
	if dropped > 0 {
		parts = append(parts, fmt.Sprintf("%d not shown", dropped))
	}
	if len(parts) == 0 {
		return ""
	}
	return "\nToo long for one comment: " + strings.Join(parts, ", ") + ". " + d.more + "\n"
}

func runes(s string) int { return utf8.RuneCountInString(s) }

// paragraph writes HTML that Markdown leaves alone.
func paragraph(b *strings.Builder, html string) {
	fmt.Fprintf(b, "<p>%s</p>\n", html)
}

// fieldLimit is how many characters of one field's difference are shown.
const fieldLimit = 12_000

// writeChange shows how one text became another, word by word where it is
// prose, as a diff where it is code or differs in its spaces only.
func writeChange(b *strings.Builder, before, after string) {
	hunks := textdiff.Hunks(textdiff.Ended(before), textdiff.Ended(after))
	for i, h := range hunks {
		part := prose(h)
		if part == "" {
			part = code(h)
		}
		if left := len(hunks) - i; i > 0 && runes(b.String())+runes(part) > fieldLimit {
			paragraph(b, fmt.Sprintf("… and %d more places", left))
			return
		}
		b.WriteString(long(part, h))
	}
}

// long keeps one change from filling the comment alone.
func long(part string, h textdiff.Hunk) string {
	if runes(part) <= fieldLimit {
		return part
	}
	return fmt.Sprintf("<p>%d lines become %d: see the file</p>\n", h.OldCount, h.NewCount)
}

// prose gives a hunk as paragraphs with the changed words marked, or nothing
// where that would not show the difference.
func prose(h textdiff.Hunk) string {
	var b strings.Builder
	b.WriteString("<blockquote>\n")
	for _, p := range h.Pairs() {
		spans := p.Inline()
		line, visible := inline(spans)
		if !visible {
			return ""
		}
		if strings.TrimSpace(line) != "" {
			paragraph(&b, line)
		}
	}
	return b.String() + "</blockquote>\n"
}

// inline gives one line, and whether a reader would see what changed in it.
func inline(spans []textdiff.Span) (html string, visible bool) {
	var b strings.Builder
	for i, s := range spans {
		switch {
		case s.Op == textdiff.Same:
			b.WriteString(phrase(s.Text))
			continue
		case i == 0 && strings.HasPrefix(s.Text, "  "), strings.HasPrefix(s.Text, "\t"), strings.HasPrefix(s.Text, "|"), strings.HasPrefix(s.Text, "<"):
			return "", false
		case strings.TrimSpace(s.Text) == "" && s.Text != "":
			return "", false
		case s.Op == textdiff.Removed && s.Text != "":
			b.WriteString("<del>" + phrase(s.Text) + "</del>")
		case s.Text != "":
			if i > 0 && spans[i-1].Op == textdiff.Removed {
				b.WriteString(" ")
			}
			b.WriteString("<ins>" + phrase(s.Text) + "</ins>")
		}
	}
	return b.String(), true
}

func code(h textdiff.Hunk) string {
	var lines []string
	for _, l := range h.Lines {
		lines = append(lines, string(l.Op)+l.Text)
	}
	return "\n" + fence("diff", lines) + "\n"
}
