package markup

import "strings"

// deepest is how deeply an element may be nested to be read; the HTML parser
// gives up at 512 open elements, some of which it adds by itself.
const deepest = 400

// shallow cuts HTML that is too deep for the parser into stretches that it takes
// and the elements that it does not, so that one such element leaves the rest of
// the body what it is. It reports false for HTML whose tags do not match.
func shallow(body string) (pieces []deepPiece, ok bool) {
	root, ok := cutHTML(body)
	if !ok {
		return nil, false
	}
	start := 0
	flush := func(end int) {
		if end > start {
			pieces = append(pieces, deepPiece{body[start:end], false})
		}
	}
	for _, c := range root.children {
		if c.depth(deepest+1) > deepest {
			flush(c.start)
			pieces = append(pieces, deepPiece{body[c.start:c.end], true})
			start = c.end
		}
	}
	flush(len(body))
	return pieces, true
}

type deepPiece struct {
	html string
	deep bool
}

// depth counts the levels of e, up to limit.
func (e *elementSource) depth(limit int) int {
	deepest := 0
	for _, c := range e.children {
		if limit > 1 {
			deepest = max(deepest, c.depth(limit-1))
		}
	}
	return deepest + 1
}

// eachShallow applies f to the stretches of a deep body and keeps the elements
// that are too deep; it reports false if f does, or if nothing is too deep.
func eachShallow(body string, f func(string) (string, bool)) (string, bool) {
	pieces, ok := shallow(body)
	deep := false
	var b strings.Builder
	for _, piece := range pieces {
		if piece.deep {
			deep = true
			b.WriteString(piece.html)
			continue
		}
		done, fits := f(piece.html)
		ok = ok && fits
		b.WriteString(done)
	}
	return b.String(), ok && deep
}

// deepMarkdown writes a body that is too deep for the parser: each element that
// is too deep as an opaque code block.
func deepMarkdown(body string, o Options) string {
	pieces, _ := shallow(body)
	var parts []string
	for _, piece := range pieces {
		md := ""
		if piece.deep {
			md = fenced(piece.html)
		} else {
			md = Markdown(piece.html, o)
		}
		if md != "" {
			parts = append(parts, md)
		}
	}
	return strings.Join(parts, "\n\n")
}
