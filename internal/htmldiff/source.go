package htmldiff

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Source puts every block of a body on a line of its own, indented by its
// depth. Nothing else changes, and nothing inside of pre.
func Source(body string) string {
	var out strings.Builder
	depth, pre := 0, 0
	fresh := true // nothing stands on the line yet
	line := func() {
		if !fresh {
			out.WriteString("\n")
		}
		out.WriteString(strings.Repeat("  ", depth))
		fresh = true
	}
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		kind := z.Next()
		raw := string(z.Raw())
		name, _ := z.TagName()
		tag := atom.Lookup(name)
		opens := kind == html.StartTagToken && lines(tag)
		closes := kind == html.EndTagToken && lines(tag)
		if closes {
			depth = max(depth-1, 0)
		}
		if pre == 0 && (opens || closes && holdsBlocks(tag)) {
			line()
		}
		out.WriteString(raw)
		fresh = fresh && raw == ""
		if opens {
			depth = min(depth+1, deepest)
		}
		if tag == atom.Pre && opens {
			pre++
		}
		if tag == atom.Pre && closes {
			pre = max(pre-1, 0)
		}
		if kind == html.ErrorToken {
			return strings.TrimPrefix(out.String(), "\n")
		}
	}
}

// deepest is how far lines are indented: a body may nest as deep as it likes.
const deepest = 12

// lines says whether an element begins a line.
func lines(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Li, atom.Pre, atom.Td, atom.Th, atom.Summary, atom.Iframe:
		return true
	}
	return holdsBlocks(tag)
}

// holdsBlocks says whether the end of an element stands on a line of its own.
func holdsBlocks(tag atom.Atom) bool {
	switch tag {
	case atom.Ul, atom.Ol, atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Div, atom.Details, atom.Blockquote, atom.Section, atom.Figure:
		return true
	}
	return false
}
