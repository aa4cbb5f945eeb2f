package state

import "encoding/binary"

// indexWriter writes the parts of an index: numbers, none negative, and texts
// behind their length.
type indexWriter struct{ out []byte }

func (w *indexWriter) number(n int) { w.out = binary.AppendUvarint(w.out, uint64(n)) }

func (w *indexWriter) text(s string) {
	w.number(len(s))
	w.out = append(w.out, s...)
}

func (w *indexWriter) texts(list ...string) {
	for _, s := range list {
		w.text(s)
	}
}

func (w *indexWriter) list(texts []string) {
	w.number(len(texts))
	w.texts(texts...)
}

func (w *indexWriter) flag(b bool) {
	n := 0
	if b {
		n = 1
	}
	w.number(n)
}

// indexReader reads them back. Texts are parts of the whole, so that reading
// copies nothing.
type indexReader struct {
	rest string
	// broken is set where the rest does not hold what was asked for; then every
	// part is empty.
	broken bool
}

func (r *indexReader) fail() { r.rest, r.broken = "", true }

func (r *indexReader) number() int {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return int(n)
		}
	}
	r.fail()
	return 0
}

// count gives a number of things, each of which takes a byte at least.
func (r *indexReader) count() int {
	n := r.number()
	if n < 0 || n > len(r.rest) {
		r.fail()
		return 0
	}
	return n
}

func (r *indexReader) text() string {
	n := r.count()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// list gives nil for no texts.
func (r *indexReader) list() []string {
	var texts []string
	for range r.count() {
		texts = append(texts, r.text())
	}
	return texts
}

func (r *indexReader) flag() bool { return r.number() == 1 }
