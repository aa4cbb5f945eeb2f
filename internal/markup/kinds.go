package markup

import (
	"sync"

	"github.com/yuin/goldmark/ast"
)

// A kind is one sort of block or inline markup in both directions. To add one,
// write its file, list it in kinds, and add a fixture to testdata.
type kind struct {
	// html holds the writers for the goldmark nodes of this kind.
	html map[ast.NodeKind]nodeWriter
	// markdown holds the writers for its elements in the canonical tree. The
	// first writer of an element that does not decline has it; when all decline,
	// the element goes to html-to-markdown's own renderer or stays HTML.
	markdown map[string]elementWriter
}

var kinds = sync.OnceValue(func() []kind {
	return []kind{
		paragraphs(), headings(), lists(), pictures(), buttons(), videos(),
		callouts(), collapsibles(), tables(), codes(), rules(), rawHTML(),
		texts(), emphases(), links(),
	}
})

var elementWriters = sync.OnceValue(func() map[string][]elementWriter {
	writers := map[string][]elementWriter{}
	for _, k := range kinds() {
		for tag, write := range k.markdown {
			writers[tag] = append(writers[tag], write)
		}
	}
	return writers
})
