// Package cachefile keeps what was found out for the next run: a file that may be
// deleted at any time, and in which a run finds either all that another one has
// written or nothing.
//
// A file has two parts. The head is whatever its owner writes, a sequence of
// numbers and texts (see [Writer]). Behind it stand texts, each under its git blob
// id. The whole is mapped into memory where the system can do that and the file is on
// a disk of this machine (see [Local]): a text of it is an ordinary string, but its
// bytes are brought from the disk only when somebody looks at them, and take no place
// in the heap. Most runs look at few of them. Elsewhere it is read.
//
// A file is not believed unless its checksum is right and its key is the one that is
// asked for. The key names everything that the contents depend on: the format, the
// folder, the program. Files are replaced by a rename and never written to, so what
// is mapped stays as it was when it was checked.
package cachefile

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"
	"unsafe"
)

// magic begins every file, and changes with the layout that this package gives it:
//
//	magic, checksum of the rest, length of key and head, number of texts,
//	key and head, table of texts by id, the texts in the same order
const magic = "hcsync cache 1\n"

const (
	prelude = len(magic) + 4 + 8 + 8
	// idSize holds the longest blob id that git has, in hexadecimal; a row adds the
	// place where the text begins, and its length.
	idSize = 64
	row    = idSize + 8 + 8
)

// File is a file as it was when it was opened. A nil File holds nothing.
type File struct {
	head  string
	table string // rows, by id and so by place
	texts string
}

// Name gives the path of the cache file about something, "" without a git directory.
func Name(gitDir, about string) string {
	if gitDir == "" {
		return ""
	}
	name := sha256.Sum256([]byte(about))
	return filepath.Join(gitDir, "hcsync", "cache", hex.EncodeToString(name[:8]))
}

// Open gives a file, nil where there is none of that key or where it is broken.
// What it gave stays valid for as long as the program runs.
func Open(name, key string) *File {
	if !plain(name) {
		return nil
	}
	in, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() < int64(prelude) || !intact(in) {
		return nil
	}
	read := whole
	if Local(filepath.Dir(name)) {
		read = mapped
	}
	data, err := read(in, info.Size())
	if err != nil {
		return nil
	}
	return parse(data, key)
}

// plain says that there is a file: a pipe would never be read to its end.
func plain(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

// Read gives a file's head without mapping anything, for a file without texts that
// is read again and again. The reader is broken where there is no such file.
func Read(name, key string) *Reader {
	if !plain(name) {
		return (*File)(nil).Head()
	}
	data, err := os.ReadFile(name)
	if err != nil || len(data) < prelude || !intact(bytes.NewReader(data)) {
		return (*File)(nil).Head()
	}
	return parse(unsafe.String(unsafe.SliceData(data), len(data)), key).Head() // nobody else has the bytes
}

// whole gives the bytes of a file by reading them.
func whole(in *os.File, size int64) (string, error) {
	data := make([]byte, size)
	_, err := io.ReadFull(io.NewSectionReader(in, 0, size), data)
	return unsafe.String(unsafe.SliceData(data), len(data)), err // nobody else has the bytes
}

// intact reads the file once, past the mapping: what is only checked need not stay
// in memory.
func intact(in io.Reader) bool {
	start := make([]byte, len(magic)+4)
	if _, err := io.ReadFull(in, start); err != nil || string(start[:len(magic)]) != magic {
		return false
	}
	sum := checksum()
	_, err := io.CopyBuffer(sum, struct{ io.Reader }{in}, make([]byte, 1<<18))
	return err == nil && sum.Sum32() == binary.LittleEndian.Uint32(start[len(magic):])
}

func checksum() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

func parse(data, key string) *File {
	rest := data[len(magic)+4:]
	head, count := number(rest), number(rest[8:])
	rest = rest[16:]
	if head > uint64(len(rest)) || count > (uint64(len(rest))-head)/row {
		return nil
	}
	r := NewReader(rest[:head])
	if r.Text() != key || r.Broken() {
		return nil
	}
	return &File{head: r.rest, table: rest[head : head+count*row], texts: rest[head+count*row:]}
}

func number(s string) uint64 { return binary.LittleEndian.Uint64([]byte(s[:8])) }

// Head gives a reader of the owner's part. That of a nil file is broken.
func (f *File) Head() *Reader {
	if f == nil {
		return &Reader{broken: true}
	}
	return NewReader(f.head)
}

// Len counts the texts.
func (f *File) Len() int {
	if f == nil {
		return 0
	}
	return len(f.table) / row
}

// row gives a text's id and the text; ok is false where the file does not hold that.
func (f *File) row(i int) (id, text string, ok bool) {
	r := f.table[i*row : (i+1)*row]
	from, size := number(r[idSize:]), number(r[idSize+8:])
	if from > uint64(len(f.texts)) || size > uint64(len(f.texts))-from {
		return "", "", false
	}
	return strings.TrimRight(r[:idSize], "\x00"), f.texts[from : from+size], true
}

// Text gives the text of a blob id.
func (f *File) Text(id string) (string, bool) {
	if !isID(id) {
		return "", false
	}
	n := f.Len()
	i := sort.Search(n, func(i int) bool { return f.table[i*row:i*row+len(id)] >= id })
	if i == n {
		return "", false
	}
	if have, text, ok := f.row(i); ok && have == id {
		return text, true
	}
	return "", false
}

// isID says that a text is as long as a blob id of SHA-1 or SHA-256.
func isID(id string) bool { return len(id) == 40 || len(id) == idSize }

// ID gives the blob id of a text of this file, without looking at the text: what
// stands in the place of one of its texts is that text. ok is false for any other
// string, also one that says the same.
func (f *File) ID(text string) (id string, ok bool) {
	if f.Len() == 0 || text == "" || len(f.texts) == 0 {
		return "", false
	}
	at := uintptr(unsafe.Pointer(unsafe.StringData(text))) - uintptr(unsafe.Pointer(unsafe.StringData(f.texts)))
	if at >= uintptr(len(f.texts)) {
		return "", false
	}
	n := f.Len()
	i := sort.Search(n, func(i int) bool { return number(f.table[i*row+idSize:]) > uint64(at) }) - 1
	for ; i >= 0 && number(f.table[i*row+idSize:]) == uint64(at); i-- { // an empty text begins where the next does
		if id, have, ok := f.row(i); ok && len(have) == len(text) {
			return id, true
		}
	}
	return "", false
}

// Write puts a file in the place of the one that is there. Texts are by their blob
// ids; one whose id is none is an error of the caller and is left out. Where the
// file cannot be written the next run does without. Files beside it that are a month
// old are removed: the folder holds nothing but cache files.
func Write(name, key string, head *Writer, texts map[string]string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	temporary := name + "." + rand.Text()
	out, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	err = write(out, key, head, texts)
	if closing := out.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary, name)
	}
	if err != nil {
		os.Remove(temporary)
		return err
	}
	sweep(filepath.Dir(name), time.Now().Add(-oldest))
	return nil
}

// oldest is how long a file stays that nobody has written anew. One that was still
// of use costs a single slow run.
const oldest = 30 * 24 * time.Hour

// sweep removes the files of a folder that were written before a time: those about
// worktrees and targets that are gone, and what killed runs have left half-written.
func sweep(dir string, before time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

func write(out *os.File, key string, head *Writer, texts map[string]string) error {
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(texts)), func(id string) bool { return !isID(id) })
	top := &Writer{}
	top.Text(key)
	top.out = append(top.out, head.out...)
	sum := checksum()
	w := bufio.NewWriterSize(io.MultiWriter(out, sum), 1<<18)
	if _, err := out.WriteString(magic + "\x00\x00\x00\x00"); err != nil {
		return err
	}
	w.Write(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, uint64(len(top.out))), uint64(len(ids))))
	w.Write(top.out)
	at := uint64(0)
	for _, id := range ids {
		w.WriteString(id + strings.Repeat("\x00", idSize-len(id)))
		w.Write(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, at), uint64(len(texts[id]))))
		at += uint64(len(texts[id]))
	}
	for _, id := range ids {
		w.WriteString(texts[id])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := out.WriteAt(binary.LittleEndian.AppendUint32(nil, sum.Sum32()), int64(len(magic)))
	return err
}
