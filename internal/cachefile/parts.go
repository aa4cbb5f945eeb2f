package cachefile

import "encoding/binary"

// Writer writes the parts of a head: numbers, none negative, and texts behind their
// length.
type Writer struct{ out []byte }

// Number writes a number.
func (w *Writer) Number(n int) { w.out = binary.AppendUvarint(w.out, uint64(n)) }

// Text writes a text.
func (w *Writer) Text(s string) {
	w.Number(len(s))
	w.out = append(w.out, s...)
}

// Texts writes several, whose number the reader knows.
func (w *Writer) Texts(list ...string) {
	for _, s := range list {
		w.Text(s)
	}
}

// List writes several, and how many.
func (w *Writer) List(texts []string) {
	w.Number(len(texts))
	w.Texts(texts...)
}

// String gives what was written.
func (w *Writer) String() string { return string(w.out) }

// Append adds parts that another writer has.
func (w *Writer) Append(p *Writer) { w.out = append(w.out, p.out...) }

// Part writes parts as one text, to be read on their own.
func (w *Writer) Part(p *Writer) { w.Text(string(p.out)) }

// Flag writes a yes or no.
func (w *Writer) Flag(b bool) {
	n := 0
	if b {
		n = 1
	}
	w.Number(n)
}

// Reader reads them back in the order in which they were written. Texts are parts of
// the whole, so that reading copies nothing.
type Reader struct {
	rest string
	// broken is set where the rest does not hold what was asked for; then every
	// part is empty.
	broken bool
}

// NewReader reads what a [Writer] wrote.
func NewReader(s string) *Reader { return &Reader{rest: s} }

// Broken says that something was asked for that the parts do not hold.
func (r *Reader) Broken() bool { return r.broken }

// Done says that all parts were read, and none was missing.
func (r *Reader) Done() bool { return !r.broken && r.rest == "" }

// Fail makes the rest broken, for a part that cannot be what it should.
func (r *Reader) Fail() { r.rest, r.broken = "", true }

// Number reads a number.
func (r *Reader) Number() int {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return int(n)
		}
	}
	r.Fail()
	return 0
}

// Count reads a number of things, each of which takes a byte at least.
func (r *Reader) Count() int {
	n := r.Number()
	if n < 0 || n > len(r.rest) {
		r.Fail()
		return 0
	}
	return n
}

// Text reads a text.
func (r *Reader) Text() string {
	n := r.Count()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// List reads several; nil for no texts.
func (r *Reader) List() []string {
	var texts []string
	for range r.Count() {
		texts = append(texts, r.Text())
	}
	return texts
}

// Flag reads a yes or no.
func (r *Reader) Flag() bool { return r.Number() == 1 }
