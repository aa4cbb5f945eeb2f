package state

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hcsync/hcsync/internal/cachefile"
	"github.com/hcsync/hcsync/internal/model"
)

// The index is a file beside the repository's objects that holds what a history
// was found to be, and its newest entries without their bodies, so that neither
// has to be asked of git and decoded again. It is written for one commit, whose
// hash stands for all that is before it; later commits are read on top of it. It
// may be deleted at any time: an index that is not there, of another format,
// another ref or broken is as good as none.

// indexFormat begins the key of every index, and changes with what is in it and
// with what decoding an entry means.
const indexFormat = "state index 2 of "

// indexFile is where the index is, "" for a place that is not known.
func (s *Store) indexFile() string { return cachefile.Name(s.repo.CommonDir(), "index of "+s.ref) }

// remembered gives what the index holds, nil where it holds nothing of use.
func (s *Store) remembered() *History {
	r := indexReader{cachefile.Read(s.indexFile(), indexFormat+s.ref)}
	h := r.history()
	if !r.Done() || h.Len() == 0 {
		return nil
	}
	return h
}

// remember writes the index. Where it cannot, the next run does without.
func (s *Store) remember(h *History, newest map[model.Key]*model.BaseObject) {
	if name := s.indexFile(); name != "" {
		w := indexWriter{&cachefile.Writer{}}
		w.history(h, newest)
		_ = cachefile.Write(name, indexFormat+s.ref, w.Writer, nil)
	}
}

// indexWriter and indexReader write and read the parts of an index.
type (
	indexWriter struct{ *cachefile.Writer }
	indexReader struct{ *cachefile.Reader }
)

// Newest gives the newest entry of every object. It reads as [Store.Load] does,
// but takes from the index what that has, and keeps the index up to date.
func (s *Store) Newest(ctx context.Context, h *History, known Texts) (map[model.Key]*model.BaseObject, error) {
	tip := h.Tip()
	newest := make(map[model.Key]*model.BaseObject, len(h.objects))
	var wants []Want
	for key := range h.Each(tip) {
		if b := h.fromIndex(key, known); b != nil {
			newest[key] = b
		} else {
			wants = append(wants, h.Want(key, tip))
		}
	}
	slices.SortFunc(wants, func(a, b Want) int { return a.Key.Compare(b.Key) })
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
	if h.indexed[key] == "" || h.changedSince(key, h.indexedAt) {
		return nil
	}
	r := indexReader{cachefile.NewReader(h.indexed[key])}
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
	if !r.Done() {
		return nil
	}
	return b
}

// changedSince says whether a commit after the given one changed an object.
func (h *History) changedSince(key model.Key, seq int) bool {
	return slices.ContainsFunc(h.objects[key], func(f versions) bool { return f.list[len(f.list)-1].seq > seq })
}

// history writes all of a history.
func (w indexWriter) history(h *History, newest map[model.Key]*model.BaseObject) {
	w.Number(len(h.commits))
	for _, c := range h.commits {
		w.Texts(c.Hash, c.Action, c.Main, c.Subject)
		w.Number(int(c.Time.Unix()))
	}
	w.entry(h.files)
	w.Number(len(h.objects))
	for key, e := range h.objects {
		w.Texts(string(key.Kind), key.ID)
		w.entry(e)
		entry := indexWriter{&cachefile.Writer{}}
		if b := newest[key]; b != nil {
			entry.object(b)
		}
		w.Part(entry.Writer)
	}
}

func (r indexReader) history() *History {
	h := newHistory()
	for range r.Count() {
		c := Commit{Hash: r.Text(), Action: r.Text(), Main: r.Text(), Subject: r.Text()}
		c.Time = time.Unix(int64(r.Number()), 0).UTC()
		if len(c.Hash) < shortLen {
			r.Fail()
			return h
		}
		h.add(c)
	}
	h.files = r.entry(h.Len())
	n := r.Count()
	h.objects, h.indexed = make(map[model.Key]entry, n), make(map[model.Key]string, n)
	for range n {
		key := model.Key{Kind: model.Kind(r.Text()), ID: r.Text()}
		h.objects[key], h.indexed[key] = r.entry(h.Len()), r.Text()
	}
	h.indexedAt = h.Tip()
	return h
}

func (w indexWriter) entry(e entry) {
	w.Number(len(e))
	for _, f := range e {
		w.Text(f.name)
		w.Number(len(f.list))
		for _, v := range f.list {
			w.Number(v.seq)
			w.Text(v.blob)
		}
	}
}

// entry reads the files of an object in a history of so many commits.
func (r indexReader) entry(commits int) entry {
	e := make(entry, r.Count())
	for i := range e {
		e[i].name = r.Text()
		e[i].list = make([]version, r.Count())
		for j := range e[i].list {
			v := version{r.Number(), r.Text()}
			if e[i].list[j] = v; uint(v.seq) >= uint(commits) {
				r.Fail()
			}
		}
		if len(e[i].list) == 0 {
			r.Fail()
		}
	}
	return e
}

// object writes an entry but for the bodies, which git has under the ids that
// the history names.
func (w indexWriter) object(b *model.BaseObject) {
	w.Texts(b.Primary, b.Path, b.Pushed, b.Kept)
	w.Flag(b.Removed)
	w.List(b.LocalParents)
	w.List(b.RemoteParents)
	w.Number(len(b.Contents))
	for l, c := range b.Contents {
		w.Texts(string(l), c.Seen)
		w.Flag(c.Removed)
		w.agreed(c.Fields, model.Body)
		w.Flag(c.Taken != nil)
		w.agreed(c.Taken, "")
	}
}

func (r indexReader) object(key model.Key) *model.BaseObject {
	b := &model.BaseObject{Kind: key.Kind, ID: key.ID, Primary: r.Text(), Path: r.Text(), Pushed: r.Text(), Kept: r.Text(),
		Removed: r.Flag(), LocalParents: r.List(), RemoteParents: r.List(), Contents: map[model.Locale]model.BaseContent{}}
	for range r.Count() {
		l, c := model.Locale(r.Text()), model.BaseContent{Seen: r.Text(), Removed: r.Flag(), Fields: r.agreed()}
		taken, values := r.Flag(), r.agreed()
		if taken {
			c.Taken = values
		}
		b.Contents[l] = c
	}
	return b
}

// agreed writes fields, but for one.
func (w indexWriter) agreed(fields map[model.Field]model.Agreed, but model.Field) {
	n := len(fields)
	if _, has := fields[but]; has {
		n--
	}
	w.Number(n)
	for f, a := range fields {
		if f == but {
			continue
		}
		w.Text(string(f))
		w.Flag(a.Managed)
		w.Flag(a.Local == a.Remote)
		w.Text(a.Remote)
		if a.Local != a.Remote {
			w.Text(a.Local)
		}
	}
}

func (r indexReader) agreed() map[model.Field]model.Agreed {
	n := r.Count()
	fields := make(map[model.Field]model.Agreed, n)
	for range n {
		f, managed, equal, remote := model.Field(r.Text()), r.Flag(), r.Flag(), r.Text()
		a := model.Agreed{Managed: managed, Local: remote, Remote: remote}
		if !equal {
			a.Local = r.Text()
		}
		fields[f] = a
	}
	return fields
}
