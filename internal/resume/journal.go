package resume

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hcsync/hcsync/internal/intent"
)

// Answers are on the disk after this many, or after this long.
const (
	syncEvery = 16
	syncAfter = 200 * time.Millisecond
)

// forgotten is how old a journal must be before it counts as left behind by a
// run that another machine has settled.
const forgotten = 7 * 24 * time.Hour

// Journal is the file in which a run notes every answer. A nil Journal takes
// everything and keeps nothing.
type Journal struct {
	mu    sync.Mutex
	file  *os.File
	dirty int
	timer *time.Timer
	err   error
}

// Create begins the journal of a run in a folder.
func Create(dir, run string) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	sweep(dir)
	f, err := os.OpenFile(journalFile(dir, run), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{file: f}
	j.timer = time.AfterFunc(time.Hour, j.flush)
	j.timer.Stop()
	return j, nil
}

// journalFile is safe for any run that [intent.Decode] has let pass.
func journalFile(dir, run string) string { return filepath.Join(dir, run+".jsonl") }

// sweep removes what nobody will ask for.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasSuffix(e.Name(), ".jsonl") && time.Since(info.ModTime()) > forgotten {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// Add appends an answer. After an error the journal takes no more: the intent
// alone is enough.
func (j *Journal) Add(a intent.Answer) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return nil
	}
	line, err := a.Line()
	if err == nil {
		_, err = j.file.WriteString(line)
	}
	if j.err = err; err != nil {
		return err
	}
	if j.dirty++; j.dirty == 1 {
		j.timer.Reset(syncAfter)
	}
	if j.dirty >= syncEvery {
		j.sync()
	}
	return j.err
}

func (j *Journal) flush() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sync()
}

func (j *Journal) sync() {
	if j.dirty > 0 {
		j.dirty = 0
		j.err = j.file.Sync()
	}
}

// Close ends the journal; with remove set nobody needs it any more.
func (j *Journal) Close(remove bool) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.timer.Stop()
	j.sync()
	_ = j.file.Close()
	if remove {
		_ = os.Remove(j.file.Name())
	}
}

// Answers reads what is left of a run's journal, which may be nothing.
func Answers(dir, run string) []intent.Answer {
	text, err := os.ReadFile(journalFile(dir, run))
	if err != nil {
		return nil
	}
	return intent.Answers(string(text))
}

// Forget removes a run's journal after the run was settled.
func Forget(dir, run string) { _ = os.Remove(journalFile(dir, run)) }
