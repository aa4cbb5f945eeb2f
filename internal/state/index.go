package state

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hcsync/hcsync/internal/model"
)

// The index is a file beside the repository's objects that holds what a history
// was found to be, and its newest entries without their bodies, so that neither
// has to be asked of git and decoded again. It is written for one commit, whose
// hash stands for all that is before it; later commits are read on top of it. It
// may be deleted at any time: an index that is not there, of another format,
// another ref or broken is as good as none.

// indexFormat begins every index, and changes with what is in it and with what
// decoding an entry means.
const indexFormat = "hcsync state index 1\n"

// indexFile is where the index is, "" for a place that is not known.
func (s *Store) indexFile() string {
	if s.repo.CommonDir() == "" {
		return ""
	}
	name := sha256.Sum256([]byte(s.ref))
	return filepath.Join(s.repo.CommonDir(), "hcsync", "cache", hex.EncodeToString(name[:8])+".index")
}

// remembered gives what the index holds, nil where it holds nothing of use.
func (s *Store) remembered() *History {
	data, err := os.ReadFile(s.indexFile())
	if err != nil {
		return nil
	}
	rest, ok := bytes.CutPrefix(data, []byte(indexFormat))
	if !ok || len(rest) < sha256.Size || sha256.Sum256(rest[sha256.Size:]) != [sha256.Size]byte(rest[:sha256.Size]) {
		return nil
	}
	r := &indexReader{rest: string(rest[sha256.Size:])}
	if r.text() != s.ref {
		return nil
	}
	h := r.history()
	if r.broken || r.rest != "" || h.Len() == 0 {
		return nil
	}
	return h
}

// remember writes the index. Where it cannot, the next run does without.
func (s *Store) remember(h *History, newest map[model.Key]*model.BaseObject) {
	name := s.indexFile()
	if name == "" || os.MkdirAll(filepath.Dir(name), 0o755) != nil {
		return
	}
	w := &indexWriter{}
	w.text(s.ref)
	w.history(h, newest)
	sum := sha256.Sum256(w.out)
	temporary := name + "." + rand.Text()
	err := os.WriteFile(temporary, slices.Concat([]byte(indexFormat), sum[:], w.out), 0o644)
	if err == nil {
		err = os.Rename(temporary, name)
	}
	if err != nil {
		os.Remove(temporary)
	}
}

// Newest gives the newest entry of every object. It reads as [Store.Load] does,
// but takes from the index what that has, and keeps the index up to date.
func (s *Store) Newest(ctx context.Context, h *History, known Texts) (map[model.Key]*model.BaseObject, error) {
	tip := h.Tip()
	newest := make(map[model.Key]*model.BaseObject, len(h.objects))
	var wants []Want
	for _, key := range h.Objects(max(tip, 0)) {
		if b := h.fromIndex(key, known); b != nil {
			newest[key] = b
		} else {
			wants = append(wants, h.Want(key, tip))
		}
	}
	loaded, err := s.Load(ctx, h, wants, known)
	if err != nil {
		return nil, err
	}
	maps.Copy(newest, loaded)
	if tip >= 0 && h.indexedAt != tip {
		h.indexing.Do(func() { s.remember(h, newest) })
	}
	return newest, nil
}

// fromIndex gives the newest entry of an object, nil where the index has it not
// or a body is not at hand.
func (h *History) fromIndex(key model.Key, known Texts) *model.BaseObject {
	r := indexReader{rest: h.indexed[key]}
	if r.rest == "" || h.changedSince(key, h.indexedAt) {
		return nil
	}
	b := r.object(key)
	for _, f := range h.objects[key] {
		l, ext := splitName(f.name)
		blob := f.list[len(f.list)-1].blob
		if blob == "" || ext == "json" {
			continue
		}
		text, ok := known[blob]
		if c, listed := b.Contents[l]; !ok || !listed {
			return nil
		} else if a := c.Fields[model.Body]; ext == "md" {
			c.Fields[model.Body] = model.Agreed{Managed: true, Local: text, Remote: a.Remote}
		} else {
			c.Fields[model.Body] = model.Agreed{Managed: a.Managed, Local: a.Local, Remote: text}
		}
	}
	if r.broken {
		return nil
	}
	return b
}

// changedSince says whether a commit after the given one changed an object.
func (h *History) changedSince(key model.Key, seq int) bool {
	return slices.ContainsFunc(h.objects[key], func(f versions) bool { return f.list[len(f.list)-1].seq > seq })
}

// history writes all of a history.
func (w *indexWriter) history(h *History, newest map[model.Key]*model.BaseObject) {
	w.number(len(h.commits))
	for _, c := range h.commits {
		w.texts(c.Hash, c.Action, c.Main, c.Subject)
		w.number(int(c.Time.Unix()))
	}
	w.entry(h.files)
	w.number(len(h.objects))
	for key, e := range h.objects {
		w.texts(string(key.Kind), key.ID)
		w.entry(e)
		entry := indexWriter{}
		if b := newest[key]; b != nil {
			entry.object(b)
		}
		w.text(string(entry.out))
	}
}

func (r *indexReader) history() *History {
	h := newHistory()
	for range r.count() {
		c := Commit{Hash: r.text(), Action: r.text(), Main: r.text(), Subject: r.text()}
		c.Time = time.Unix(int64(r.number()), 0).UTC()
		if len(c.Hash) < shortLen {
			r.fail()
			return h
		}
		h.add(c)
	}
	h.files = r.entry(h.Len())
	n := r.count()
	h.objects, h.indexed = make(map[model.Key]entry, n), make(map[model.Key]string, n)
	for range n {
		key := model.Key{Kind: model.Kind(r.text()), ID: r.text()}
		h.objects[key], h.indexed[key] = r.entry(h.Len()), r.text()
	}
	h.indexedAt = h.Tip()
	return h
}

func (w *indexWriter) entry(e entry) {
	w.number(len(e))
	for _, f := range e {
		w.text(f.name)
		w.number(len(f.list))
		for _, v := range f.list {
			w.number(v.seq)
			w.text(v.blob)
		}
	}
}

// entry reads the files of an object in a history of so many commits.
func (r *indexReader) entry(commits int) entry {
	e := make(entry, r.count())
	for i := range e {
		e[i].name = r.text()
		e[i].list = make([]version, r.count())
		for j := range e[i].list {
			v := version{r.number(), r.text()}
			if e[i].list[j] = v; uint(v.seq) >= uint(commits) {
				r.fail()
			}
		}
		if len(e[i].list) == 0 {
			r.fail()
		}
	}
	return e
}

// object writes an entry but for the bodies, which git has under the ids that
// the history names.
func (w *indexWriter) object(b *model.BaseObject) {
	w.texts(b.Primary, b.Path, b.Pushed, b.Kept)
	w.flag(b.Removed)
	w.list(b.LocalParents)
	w.list(b.RemoteParents)
	w.number(len(b.Contents))
	for l, c := range b.Contents {
		w.texts(string(l), c.Seen)
		w.flag(c.Removed)
		w.agreed(c.Fields, model.Body)
		w.flag(c.Taken != nil)
		w.agreed(c.Taken, "")
	}
}

func (r *indexReader) object(key model.Key) *model.BaseObject {
	b := &model.BaseObject{Kind: key.Kind, ID: key.ID, Primary: r.text(), Path: r.text(), Pushed: r.text(), Kept: r.text(),
		Removed: r.flag(), LocalParents: r.list(), RemoteParents: r.list(), Contents: map[model.Locale]model.BaseContent{}}
	for range r.count() {
		l, c := model.Locale(r.text()), model.BaseContent{Seen: r.text(), Removed: r.flag(), Fields: r.agreed()}
		taken, values := r.flag(), r.agreed()
		if taken {
			c.Taken = values
		}
		b.Contents[l] = c
	}
	return b
}

// agreed writes fields, but for one.
func (w *indexWriter) agreed(fields map[model.Field]model.Agreed, but model.Field) {
	n := len(fields)
	if _, has := fields[but]; has {
		n--
	}
	w.number(n)
	for f, a := range fields {
		if f == but {
			continue
		}
		w.text(string(f))
		w.flag(a.Managed)
		w.flag(a.Local == a.Remote)
		w.text(a.Remote)
		if a.Local != a.Remote {
			w.text(a.Local)
		}
	}
}

func (r *indexReader) agreed() map[model.Field]model.Agreed {
	n := r.count()
	fields := make(map[model.Field]model.Agreed, n)
	for range n {
		f, managed, equal, remote := model.Field(r.text()), r.flag(), r.flag(), r.text()
		a := model.Agreed{Managed: managed, Local: remote, Remote: remote}
		if !equal {
			a.Local = r.text()
		}
		fields[f] = a
	}
	return fields
}
