// Package markup carries article bodies between Intercom's HTML and Markdown,
// and proves that nothing is lost on the way.
//
// Three functions are the heart. [Canonical] gives the one spelling that all
// spellings of the same body share; two bodies are equal exactly when their
// canonical forms are the same bytes. [Render] turns the Markdown of a content
// file into the HTML that is sent. [Markdown] is its inverse, with a proof: for
// every input h,
//
//	Canonical(Render(Markdown(h))) == Canonical(h)
//
// holds because it is checked. The whole document is written and rendered back
// first; only where that fails the document is taken apart, and the smallest
// block that does not come back is written in a plainer way, in the end as the
// very HTML it was.
//
// [PatchMarkdown] and [PatchHTML] change one side where the other one changed
// and leave every other block as its owner wrote it.
//
// goldmark reads Markdown and html-to-markdown writes it; each kind of block is
// one file that holds both of its directions, listed in kinds.go. The dialect is
// the table in section 2 of design.md; what Intercom stores and accepts is
// section 6 of intercom-api.md.
package markup
