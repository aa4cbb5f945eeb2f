// Package har writes what a client and a server said to each other into a file
// that can be shown to others: an HTTP archive, version 1.2, which browsers'
// developer tools and HAR viewers open.
//
// The file is whole JSON after every exchange, so that a run may fail, or be
// killed, and still leave what it did. It is readable by its owner only, and
// what would let a reader of it into the workspace is left out (redact.go). One
// exchange is in memory at a time, and of a long body the beginning is kept.
//
// The format: http://www.softwareishard.com/blog/har-12-spec/.
package har

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"time"
)

// longest is how many bytes of a body are kept.
const longest = 1 << 20

// Exchange is a request with its answer.
type Exchange struct {
	Start    time.Time
	Duration time.Duration
	URL      string
	Method   string
	Request  Message
	// Status is 0 where there was no answer; Error then says why.
	Status   int
	Protocol string
	Response Message
	Error    string
	// Attempt counts from 1.
	Attempt int
}

// Message is one half of an exchange.
type Message struct {
	Header http.Header
	Body   []byte
}

// File is an archive that is being written. Its methods may not be called at the
// same time.
type File struct {
	f *os.File
	// size is that of the entries, without the end that makes them whole.
	size    int64
	entries int
}

const (
	head = `{"log":{"version":"1.2","creator":{"name":"hcsync","version":`
	tail = "\n]}}\n"
)

// Create begins an archive, empty and whole. It takes the place of an older one,
// but of no other file.
func Create(name, version string) (*File, error) {
	if err := replaceable(name); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	h := &File{f: f}
	quoted, err := json.Marshal(version)
	err = errors.Join(err, f.Chmod(0o600), h.append(append([]byte(head), append(quoted, `},"entries":[`...)...)))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return h, nil
}

// replaceable says whether nothing is lost when a file of this name is written.
func replaceable(name string) error {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: no regular file\nname another one for the trace", name)
	case info.Size() == 0:
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	begin := make([]byte, len(head))
	if _, err := f.Read(begin); err != nil || string(begin) != head {
		return fmt.Errorf("%s: is there and is no trace of hcsync\nremove it, or name another file", name)
	}
	return nil
}

// Add writes an exchange.
func (h *File) Add(x Exchange) error {
	text, err := encode(newEntry(x))
	if err != nil {
		return err
	}
	if h.entries++; h.entries > 1 {
		text = append([]byte(",\n"), text...)
	} else {
		text = append([]byte("\n"), text...)
	}
	return h.append(text)
}

// append writes text and the end after it in one call, over the end that is there.
func (h *File) append(text []byte) error {
	_, err := h.f.WriteAt(append(text, tail...), h.size)
	h.size += int64(len(text))
	return err
}

// encode makes JSON that a person can read too: < stays <.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// Close ends the archive, which is whole already.
func (h *File) Close() error { return h.f.Close() }
