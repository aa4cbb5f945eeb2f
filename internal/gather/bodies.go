package gather

import (
	"sync"

	"github.com/hcsync/hcsync/internal/cachefile"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// Bodies keeps the live bodies from one run to the next, so that a body which is
// what it was need not be held in memory: the kept text, which says the same, takes
// its place and stays on the disk until somebody looks at it. It may be used by
// several goroutines.
type Bodies struct {
	name, key string
	blobID    func([]byte) string
	file      *cachefile.File
	// room is for bodies without signatures, of as many goroutines as there are.
	room sync.Pool
}

// bodiesFormat begins the key, and changes with what is done to a body before it is
// kept.
const bodiesFormat = "live bodies 1 "

// OpenBodies opens the cache file of a name. blobID gives the git blob id of a text.
func OpenBodies(name string, blobID func([]byte) string) *Bodies {
	key := bodiesFormat + blobID(nil)
	return &Bodies{name: name, key: key, blobID: blobID, file: cachefile.Open(name, key), room: sync.Pool{New: func() any { return new([]byte) }}}
}

// Settle takes the expiring part off the image addresses of a body, which changes at
// every read and means nothing (intercom-api.md section 6.3), and gives the kept text
// in the place of one that says the same. It does not keep the bytes that it is given.
func (b *Bodies) Settle(body []byte) string {
	room := b.room.Get().(*[]byte)
	defer b.room.Put(room)
	*room = markup.AppendUnsigned((*room)[:0], body)
	if b.file.Len() > 0 {
		if kept, ok := b.file.Text(b.blobID(*room)); ok {
			return kept
		}
	}
	return string(*room)
}

// ID gives the blob id of a kept text, without looking at it.
func (b *Bodies) ID(text string) (id string, ok bool) {
	if b == nil {
		return "", false
	}
	return b.file.ID(text)
}

// save keeps the bodies of a reading, if enough of them are new. Where they cannot
// be written the next run does without.
func (b *Bodies) save(live model.Snapshot) {
	if b == nil {
		return
	}
	fresh, all := 0, 0
	for body := range bodiesOf(live) {
		if _, kept := b.ID(body); !kept {
			fresh++
		}
		all++
	}
	if fresh <= max(all/64, 16) {
		return
	}
	texts := make(map[string]string, all)
	for body := range bodiesOf(live) {
		id, kept := b.ID(body)
		if !kept {
			id = b.blobID([]byte(body))
		}
		texts[id] = body
	}
	_ = cachefile.Write(b.name, b.key, &cachefile.Writer{}, texts)
}
