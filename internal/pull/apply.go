package pull

import (
	"errors"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/content"
)

// Wrote is a file that a pull wrote.
type Wrote struct {
	File
	// Kept is set where the file was left alone, with the reason.
	Kept error
}

// Apply renames and writes the files. marker names the state commit that the
// marked files have now seen. A file that was changed while the pull ran is
// left alone and reported; the next pull takes it up again. Files that already
// say what they should are not touched and not reported. progress is told how
// many files are dealt with, of how many.
func Apply(r *Result, tree *content.Tree, marker string, progress func(done, total int)) ([]Wrote, error) {
	for _, m := range r.Renames {
		if err := tree.Rename(m.From, m.To); err != nil {
			return nil, err
		}
	}
	wrote := make([]Wrote, len(r.Files))
	done := make([]bool, len(r.Files))
	var ended atomic.Int64
	g := new(errgroup.Group)
	g.SetLimit(writers)
	for i, f := range r.Files {
		if f.Remove {
			continue // last, and one by one: folders that are empty then go too
		}
		g.Go(func() (err error) {
			wrote[i], done[i], err = write(tree, f, marker)
			progress(int(ended.Add(1)), len(r.Files))
			return err
		})
	}
	err := g.Wait()
	for i, f := range r.Files {
		if err == nil && f.Remove {
			wrote[i], done[i], err = remove(tree, f)
		}
	}
	var out []Wrote
	for i := range wrote {
		if done[i] {
			out = append(out, wrote[i])
		}
	}
	return out, err
}

// writers is how many files are written at once: each waits for the disk.
const writers = 8

func write(tree *content.Tree, f File, marker string) (w Wrote, done bool, err error) {
	if f.Marked {
		f.Set = append(f.Set, content.Pair{Key: "synced", Value: marker})
	}
	changed, err := tree.Write(f.Edit)
	if errors.Is(err, content.ErrChangedSinceRead) {
		return Wrote{f, err}, true, nil
	}
	return Wrote{f, nil}, changed && err == nil, err
}
