package content

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/frontmatter"
)

// file is one Markdown file as it was read.
type file struct {
	path string
	// doc is nil for a file that cannot be understood; then id is what the text
	// seems to say, and wrong tells why.
	doc   *frontmatter.Doc
	id    string
	wrong *frontmatter.Error
	// marks are the lines of conflict markers.
	marks []int
	sum   [32]byte
	// said is what the file was found to say.
	said *statement
	// kept says that it was found so by an earlier run, and the file was not
	// opened; then there is no doc. See kept.go.
	kept bool
	// stat is the file as it was after it had been read.
	stat identity
}

// pulled says whether a pull has seen to a file. What Intercom itself holds must
// not make the files invalid, or the first pull could not be followed by a
// plan; there it is only noted.
func (f *file) pulled() bool {
	if f.kept {
		return f.said.content.Lines["synced"] > 0
	}
	return f.doc != nil && f.doc.KeyLine("synced") > 0
}

// load reads batches of files at once, as many as there are processors.
func (r *reader) load(ctx context.Context, paths []string) error {
	var unread []string
	for _, p := range paths {
		if r.follower != nil && r.follower.files[p] != nil {
			r.files[p] = r.follower.files[p]
			continue
		}
		if f := r.keeper.restore(r.t, p); f != nil {
			r.files[p] = f
			continue
		}
		unread = append(unread, p)
	}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for len(unread) > 0 {
		n := together(unread)
		paths := unread[:n]
		unread = unread[n:]
		g.Go(func() error {
			files, err := r.t.loadBatch(ctx, paths)
			mu.Lock()
			defer mu.Unlock()
			for _, f := range files {
				r.files[f.path] = f
			}
			return err
		})
	}
	return g.Wait()
}

// together says how many of the first paths lie in one folder, 64 at most.
func together(paths []string) int {
	n := 1
	for n < min(len(paths), 64) && path.Dir(paths[n]) == path.Dir(paths[0]) {
		n++
	}
	return n
}

// loadBatch reads files of one folder, which it opens once: an os.Root opens
// every folder on the way to a file.
func (t *Tree) loadBatch(ctx context.Context, paths []string) ([]*file, error) {
	dir, err := t.root.OpenRoot(filepath.FromSlash(path.Dir(paths[0])))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var files []*file
	var text bytes.Buffer
	for _, p := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		text.Reset()
		f, err := loadFile(dir, p, &text)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// loadFile gives an error only where the file cannot be read. The text is for
// its bytes.
func loadFile(dir *os.Root, p string, text *bytes.Buffer) (*file, error) {
	in, err := dir.Open(path.Base(p))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if _, err := text.ReadFrom(io.LimitReader(in, maxFile+1)); err != nil {
		return nil, err
	}
	data := text.Bytes()
	f := &file{path: p, sum: sha256.Sum256(data)}
	if info, err := in.Stat(); err == nil {
		f.stat, _ = identityOf(info)
	}
	if len(data) > maxFile {
		f.wrong = &frontmatter.Error{Message: "is larger than 10 MB: no article can be; split it, or keep pictures in files"}
		return f, nil
	}
	f.doc, err = frontmatter.Parse(data)
	head := ""
	if err != nil {
		f.doc = nil
		errors.As(err, &f.wrong)
		head = string(data[:min(len(data), frontmatter.MaxSize)])
		f.id = guessID(head)
		f.marks = conflictMarks(head, 1, false)
		return f, nil
	}
	f.marks = conflictMarks(f.doc.Body(), f.doc.BodyLine(), true)
	return f, nil
}

var idLine = regexp.MustCompile(`(?m)^id:[ \t]*["']?([1-9][0-9]*)["']?[ \t]*(?:#.*)?\r?$`)

// guessID finds the id in front matter that is broken.
func guessID(text string) string {
	if m := idLine.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// conflictMarks gives the lines of git's conflict markers. A line of equal
// signs alone is no sign: in Markdown it makes a heading. With fences, what
// stands in a fenced code block is text about conflicts.
func conflictMarks(text string, first int, fences bool) []int {
	marker := func(in string, has func(string, string) bool) bool {
		return has(in, "<<<<<<< ") || has(in, ">>>>>>> ") || has(in, "||||||| ")
	}
	if !marker(text, strings.Contains) {
		return nil
	}
	var marks []int
	fence := ""
	for line := range strings.Lines(text) {
		if fences {
			fence = nextFence(fence, line)
		}
		if fence == "" && marker(line, strings.HasPrefix) {
			marks = append(marks, first)
		}
		first++
	}
	return marks
}

// nextFence gives the fence that is open after a line, "" for none.
func nextFence(open, line string) string {
	line = strings.TrimLeft(line, " \t")
	run := ""
	for _, c := range []string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, c)); n >= 3 {
			run = line[:n]
		}
	}
	rest := strings.TrimSpace(line[len(run):])
	switch {
	case run == "":
		return open
	case open == "" && !(run[0] == '`' && strings.Contains(rest, "`")):
		return run
	case open != "" && run[0] == open[0] && len(run) >= len(open) && rest == "":
		return ""
	}
	return open
}
