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
	for first := 0; first < len(r.Files); first += together {
		last := min(first+together, len(r.Files))
		g.Go(func() error {
			err := write(tree, r.Files[first:last], marker, wrote[first:last], done[first:last])
			progress(int(ended.Add(int64(last-first))), len(r.Files))
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

// The files of one batch wait for the disk together. Of several batches one can
// be computed while the others wait.
const (
	together = 256
	writers  = 4
)

// write makes the edits of some files, and says which it has dealt with.
// Removals come last, and one by one: folders that are empty then go too.
func write(tree *content.Tree, files []File, marker string, wrote []Wrote, done []bool) error {
	var edits []content.Edit
	var places []int
	for i, f := range files {
		if f.Marked {
			f.Set = append(f.Set, content.Pair{Key: "synced", Value: marker})
		}
		if wrote[i].File = f; !f.Remove {
			edits, places = append(edits, f.Edit), append(places, i)
		}
	}
	var errs []error
	for n, o := range tree.WriteAll(edits) {
		i := places[n]
		if errors.Is(o.Err, content.ErrChangedSinceRead) {
			wrote[i].Kept, done[i] = o.Err, true
			continue
		}
		done[i] = o.Changed
		errs = append(errs, o.Err)
	}
	return errors.Join(errs...)
}
