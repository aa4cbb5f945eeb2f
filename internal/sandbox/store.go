package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrInUse says that another process has the folder open.
var ErrInUse = errors.New("another hcsync process uses this sandbox: stop it, or talk to it over HTTP")

// store keeps the state in a folder: a snapshot, and a journal of the changes
// since. A change is on disk, synced, before its answer is sent; the journal's
// last record may be torn by a crash and is then dropped, because nobody was
// told of it. The zero store keeps nothing.
type store struct {
	dir     string
	lock    *os.File
	journal *os.File
	size    int64 // bytes of whole records in the journal
	failed  error // set when the journal could not be put right after a failed write
}

const (
	snapshotName = "snapshot.json"
	journalName  = "journal.jsonl"
	lockName     = "lock"
	// compactAt is the journal size at which opening it would take longer than
	// reading a new snapshot.
	compactAt = 32 << 20
)

// openStore takes the folder for this process and reads what it holds; the
// state is nil when it holds none.
func openStore(dir string) (*store, *state, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, fmt.Errorf("sandbox folder: %w", err)
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", dir, ErrInUse, err)
	}
	st := &store{dir: dir, lock: lock}
	state, err := st.load()
	if err != nil {
		st.close()
		return nil, nil, err
	}
	return st, state, nil
}

func (s *store) load() (*state, error) {
	var loaded *state
	data, err := os.ReadFile(s.path(snapshotName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		loaded = newState()
		if err := json.Unmarshal(data, loaded); err != nil {
			return nil, fmt.Errorf("%s: the sandbox's snapshot is damaged; move the folder away to start afresh: %w", s.path(snapshotName), err)
		}
	}
	s.journal, err = os.OpenFile(s.path(journalName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	return s.replay(loaded)
}

func (s *store) path(name string) string { return filepath.Join(s.dir, name) }

// replay applies the journal's whole records and cuts off a torn last one.
func (s *store) replay(loaded *state) (*state, error) {
	in := bufio.NewReader(s.journal)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, err
		}
		delta := readRecord(line)
		if delta == nil {
			if rest, _ := io.ReadAll(in); len(rest) > 0 {
				return nil, fmt.Errorf("%s: damaged at byte %d, with changes after it; move the folder away to start afresh", s.path(journalName), s.size)
			}
			break
		}
		if loaded == nil {
			loaded = newState()
		}
		loaded.apply(delta)
		s.size += int64(len(line))
	}
	return loaded, s.cut()
}

// cut drops what follows the journal's whole records.
func (s *store) cut() error {
	if err := s.journal.Truncate(s.size); err != nil {
		return err
	}
	_, err := s.journal.Seek(s.size, io.SeekStart)
	return err
}

// A record is one line: the checksum of the JSON in eight hex digits, a space,
// and the JSON of the change.
func record(delta *state) ([]byte, error) {
	data, err := json.Marshal(delta)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(data), data), nil
}

func readRecord(line []byte) *state {
	sum, data, ok := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
	if !ok || !bytes.HasSuffix(line, []byte("\n")) || fmt.Sprintf("%08x", crc32.ChecksumIEEE(data)) != string(sum) {
		return nil
	}
	var delta state
	if json.Unmarshal(data, &delta) != nil {
		return nil
	}
	return &delta
}

// append writes a change and waits for the disk.
func (s *store) append(delta *state) error {
	if s.dir == "" {
		return nil
	}
	if s.failed != nil {
		return s.failed
	}
	line, err := record(delta)
	if err != nil {
		return err
	}
	if _, err = s.journal.Write(line); err == nil {
		err = s.journal.Sync()
	}
	if err != nil {
		if cutErr := s.cut(); cutErr != nil {
			s.failed = fmt.Errorf("%s: cannot be written any more: %w", s.path(journalName), cutErr)
		}
		return err
	}
	s.size += int64(len(line))
	return nil
}

// snapshot writes the whole state in place of the old snapshot and empties the
// journal.
func (s *store) snapshot(whole *state) error {
	if s.dir == "" {
		return nil
	}
	data, err := json.Marshal(whole)
	if err != nil {
		return err
	}
	if err := writeFile(s.path(snapshotName), data); err != nil {
		return err
	}
	s.size = 0
	return s.cut()
}

// writeFile replaces a file so that a crash leaves the old or the new one.
func writeFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return syncDir(filepath.Dir(name))
}

func (s *store) close() error {
	var err error
	for _, f := range []*os.File{s.journal, s.lock} {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}
