// Package relink changes where the links and images of a Markdown text lead, and
// not a byte of it beside that.
//
// What is a link is the Markdown parser's to say. A path can stand in a text, in
// a code block and in a link at once, so every place where it is written gets a
// mark of its own, and the parser tells which marks turn up as destinations.
package relink

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/markup"
)

// Move says where a text goes and what else moves. Paths have slashes and one
// root in common.
type Move struct {
	// From and To are the text's own file, the same where it stays.
	From, To string
	// Moved gives the new path of what a link leads to, itself where it stays.
	// ok is false for what is not there: such a link is left as it is.
	Moved func(target string) (to string, ok bool)
}

// Text gives a text whose relative links and images lead where they led before
// the move. left lists destinations that could not be rewritten.
func (m Move) Text(md string) (out string, left []markup.Destination) {
	before := markup.Destinations(md)
	to := map[string]string{}
	for _, d := range before {
		if p, _ := cut(d.URL); p != "" {
			if dest, changes := m.destination(p); changes {
				to[p] = dest
			}
		}
	}
	if len(to) == 0 {
		return md, nil
	}
	out = rewrite(md, to)
	return out, missed(before, markup.Destinations(out), to)
}

// destination gives what is to be written for a path, if that differs.
func (m Move) destination(dest string) (string, bool) {
	u, err := url.Parse(dest)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || path.IsAbs(u.Path) {
		return "", false
	}
	target := path.Join(path.Dir(m.From), u.Path)
	if target == ".." || strings.HasPrefix(target, "../") {
		return "", false
	}
	to, there := m.Moved(target)
	if !there || path.Join(path.Dir(m.To), u.Path) == to {
		return "", false
	}
	dest = gather.RelativePath(path.Dir(m.To), to)
	if strings.HasSuffix(u.Path, "/") {
		dest += "/"
	}
	return dest, true
}

// cut parts a destination from its query and fragment.
func cut(dest string) (p, suffix string) {
	if i := strings.IndexAny(dest, "?#"); i >= 0 {
		return dest[:i], dest[i:]
	}
	return dest, ""
}

// spot is a place in a text that may be a destination.
type spot struct {
	from, to int
	path     string
}

func rewrite(md string, to map[string]string) string {
	var spots []spot
	for p := range to {
		for _, at := range spelled(p).FindAllStringIndex(md, -1) {
			if delimited(md, at[0], at[1]) {
				spots = append(spots, spot{at[0], at[1], p})
			}
		}
	}
	slices.SortFunc(spots, func(a, b spot) int { return a.from - b.from })
	mark := "hcsync-link"
	for strings.Contains(md, mark) {
		mark += "-x"
	}
	name := func(i int) string { return fmt.Sprintf("%s-%d-", mark, i) }
	real := map[string]bool{}
	for _, d := range markup.Destinations(fill(md, spots, name)) {
		p, _ := cut(d.URL)
		real[p] = true
	}
	return fill(md, spots, func(i int) string {
		if real[name(i)] {
			return to[spots[i].path]
		}
		return md[spots[i].from:spots[i].to]
	})
}

// fill puts other texts into the spots, which do not overlap.
func fill(md string, spots []spot, text func(i int) string) string {
	var b strings.Builder
	at := 0
	for i, s := range spots {
		if s.from < at {
			continue
		}
		b.WriteString(md[at:s.from])
		b.WriteString(text(i))
		at = s.to
	}
	b.WriteString(md[at:])
	return b.String()
}

// spelled finds a path in a source, where Markdown may have a backslash before
// any sign, and HTML an entity for an ampersand.
func spelled(p string) *regexp.Regexp {
	var b strings.Builder
	for _, r := range p {
		switch quoted := regexp.QuoteMeta(string(r)); {
		case r == '&':
			b.WriteString(`(?:\\?&amp;|\\?&)`)
		case r < 0x80 && strings.ContainsRune("!\"#$%'()*+,-./:;<=>?@[\\]^_`{|}~", r):
			b.WriteString(`\\?` + quoted)
		default:
			b.WriteString(quoted)
		}
	}
	return regexp.MustCompile(b.String())
}

// delimited says that what stands around a path can surround a destination.
func delimited(md string, from, to int) bool {
	before := from == 0 || strings.ContainsRune("(<\"'= \t\n:", rune(md[from-1]))
	after := to == len(md) || strings.ContainsRune(")>\"' \t\n\r?#", rune(md[to]))
	return before && after
}

// missed compares the destinations before and after with what was to become of
// them.
func missed(before, after []markup.Destination, to map[string]string) []markup.Destination {
	var left []markup.Destination
	for i, d := range before {
		want := d.URL
		p, suffix := cut(d.URL)
		if dest, changes := to[p]; changes {
			want = dest + suffix
		}
		if i >= len(after) || after[i].URL != want {
			left = append(left, d)
		}
	}
	return left
}
