package content

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/cachefile"
	"github.com/hcsync/hcsync/internal/model"
)

// What files were found to say is kept from one reading to the next, as git keeps
// in its index what it knows of files, so that a file that nobody has touched is
// not opened. A file is taken for the one that was read only where size, both
// times, inode and device are the same: a write moves the time of the inode's
// change, and nothing can set that back. What was changed so shortly before it was
// read that another change could bear the same times is not kept, and read again. So
// is all that lies on a file system of another machine, or one that knows no such
// time (see [cachefile.Local]).
//
// Only articles of which nothing has to be said are kept: no problem or note, and
// no key that means something beyond its own file. All others are read each time.

// Keep says where to keep what files were found to say. The zero Keep keeps nothing.
type Keep struct {
	// File is the name of the cache file; see package cachefile.
	File string
	// Program tells this program from any other build of it, which might read a
	// file in another way; see [Identity].
	Program string
	// BlobID gives the git blob id of a text.
	BlobID func(text string) string
	// now is the clock; nil is that of the machine.
	now func() time.Time
	// local is [cachefile.Local] unless a test puts another in its place.
	local func(dir string) bool
}

// Identity tells a file from any other, and from what it was before it was last
// changed or put in its place; "" where the system knows nothing like that.
func Identity(info fs.FileInfo) string {
	id, ok := identityOf(info)
	if !ok {
		return ""
	}
	return fmt.Sprint(id)
}

// keptFormat begins the key, and changes with what an entry holds.
const keptFormat = "content 1"

// margin is how old a change has to be for any file system to tell it from a later
// one: they count in steps of up to a second, by the clock of this machine, which may
// itself be a few milliseconds late.
const margin = 2100 * time.Millisecond

// key names all that an entry depends on but the file itself.
func (t *Tree) keepKey() string {
	w := &cachefile.Writer{}
	w.Texts(keptFormat, t.Keep.Program, t.Keep.BlobID(""), t.Dir, t.Content)
	return w.String()
}

// identity is what tells an untouched file: the times of the last change of its text
// and of its inode, in nanoseconds, then size, inode and device.
type identity [5]uint64

// keeper is the cache during one reading.
type keeper struct {
	file  *cachefile.File
	from  map[string]string // parts of entries by path
	began time.Time
	// listed are the identities of files when their folders were read.
	listed map[string]identity
	// local says of folders whether what the system says of their files is true now.
	local map[string]bool
}

// keeper opens the cache; nil where nothing is kept.
func (t *Tree) keeper() *keeper {
	if t.Keep.File == "" {
		return nil
	}
	now := t.Keep.now
	if now == nil {
		now = time.Now
	}
	k := &keeper{file: cachefile.Open(t.Keep.File, t.keepKey()), began: now(), local: map[string]bool{}}
	r := k.file.Head()
	n := r.Count()
	k.from, k.listed = make(map[string]string, n), make(map[string]identity, n)
	for range n {
		p := r.Text()
		k.from[p] = r.Text()
	}
	if k.file != nil && !r.Done() {
		k.file, k.from = nil, map[string]string{}
	}
	return k
}

// texts gives the texts that are kept.
func (k *keeper) texts() *cachefile.File {
	if k == nil {
		return nil
	}
	return k.file
}

// list notes a file as it is before anything of it is read.
func (k *keeper) list(t *Tree, p string, e fs.DirEntry) {
	if k == nil || !k.trusts(t, path.Dir(p)) {
		return
	}
	if info, err := e.Info(); err == nil {
		if id, ok := identityOf(info); ok {
			k.listed[p] = id
		}
	}
}

// trusts says whether the files of a folder can be known without opening them. Each
// folder may be on a file system of its own.
func (k *keeper) trusts(t *Tree, dir string) bool {
	local, known := k.local[dir]
	if !known {
		is := t.Keep.local
		if is == nil {
			is = cachefile.Local
		}
		local = is(filepath.Join(t.Dir, filepath.FromSlash(t.File(dir))))
		k.local[dir] = local
	}
	return local
}

// write makes the entry of a file, and [keeper.restore] reads it.
func (f *file) write(w *cachefile.Writer, id identity, blob string) {
	for _, n := range id {
		w.Number(int(n))
	}
	s := f.said
	w.Texts(string(f.sum[:]), s.id)
	w.Number(s.line)
	w.Text(s.content.Synced)
	fields := maps.Clone(s.content.Fields)
	delete(fields, model.Body)
	w.Number(len(fields))
	for name, value := range fields {
		w.Texts(string(name), value)
	}
	w.Number(len(s.content.Lines))
	for name, line := range s.content.Lines {
		w.Text(string(name))
		w.Number(line)
	}
	w.Text(blob)
}

// restore gives a file without opening it, nil where it has to be read.
func (k *keeper) restore(t *Tree, p string) *file {
	if k == nil || k.from[p] == "" {
		return nil
	}
	r := cachefile.NewReader(k.from[p])
	now, ok := k.listed[p]
	if !ok || readIdentity(r) != now {
		return nil
	}
	f := &file{path: p, kept: true, said: &statement{kind: model.Article}}
	copy(f.sum[:], r.Text())
	s := f.said
	s.id, s.line, s.content.Synced = r.Text(), r.Number(), r.Text()
	s.content.File = t.File(p)
	n := r.Count()
	s.content.Fields = make(map[model.Field]string, n+1)
	for range n {
		s.content.Fields[model.Field(r.Text())] = r.Text()
	}
	n = r.Count()
	s.content.Lines = make(map[model.Field]int, n)
	for range n {
		s.content.Lines[model.Field(r.Text())] = r.Number()
	}
	body, ok := k.body(r)
	if !ok || !r.Done() {
		return nil
	}
	s.content.Fields[model.Body] = body
	return f
}

// body finds the text of an entry. An empty one has no place of its own.
func (k *keeper) body(r *cachefile.Reader) (string, bool) {
	id := r.Text()
	if id == "" {
		return "", true
	}
	return k.file.Text(id)
}

// keepable says that an entry can stand for the file: it was read as a whole after
// its folder was, is still the same, and says nothing that needs more than its
// statement.
func (k *keeper) keepable(f *file) (identity, bool) {
	s := f.said
	if f.doc == nil || s == nil || !f.doc.Has() || len(f.marks)+len(s.problems) > 0 || s.kind != model.Article || strings.HasPrefix(path.Base(f.path), "_") {
		return identity{}, false
	}
	for _, key := range []string{"also_in", "locale", "conflict"} {
		if f.doc.KeyLine(key) > 0 {
			return identity{}, false
		}
	}
	if f.doc.KeyLine("title") == 0 && !f.pulled() { // a problem in the default locale, and none in others
		return identity{}, false
	}
	id, listed := k.listed[f.path]
	return id, listed && f.stat == id && id.before(k.began)
}

// before says that a file was last changed before a time.
func (i identity) before(latest time.Time) bool {
	at := uint64(latest.Add(-margin).UnixNano())
	return i[0] < at && i[1] < at
}

func readIdentity(r *cachefile.Reader) identity {
	var i identity
	for n := range i {
		i[n] = uint64(r.Number())
	}
	return i
}

// save writes the cache anew if enough files were read that need not be next time.
// Reading some again costs less than writing all.
func (k *keeper) save(t *Tree, files map[string]*file) {
	if k == nil || !k.worthwhile(files) {
		return
	}
	w, texts, n := &cachefile.Writer{}, map[string]string{}, 0
	for p, f := range files {
		id, fresh := k.keepable(f)
		body := ""
		if f.said != nil {
			body = f.said.content.Fields[model.Body]
		}
		switch {
		case f.kept:
			w.Texts(p, k.from[p])
			if blob, ok := k.file.ID(body); ok {
				texts[blob] = body
			}
		case fresh:
			entry := &cachefile.Writer{}
			blob := ""
			if body != "" {
				blob = t.Keep.BlobID(body)
				texts[blob] = body
			}
			f.write(entry, id, blob)
			w.Text(p)
			w.Part(entry)
		default:
			continue
		}
		n++
	}
	head := &cachefile.Writer{}
	head.Number(n)
	head.Append(w)
	_ = cachefile.Write(t.Keep.File, t.keepKey(), head, texts)
}

// worthwhile counts the files that were read and could be kept.
func (k *keeper) worthwhile(files map[string]*file) bool {
	fresh := 0
	for _, f := range files {
		if _, ok := k.keepable(f); ok {
			fresh++
		}
	}
	return fresh > max(len(files)/64, 16)
}
