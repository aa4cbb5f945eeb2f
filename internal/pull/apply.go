package pull

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/model"
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
//
// Whenever it is cut off, what is there can be read, and the next pull goes on:
// a collection stands before what is in it, an article before its translations,
// and they go the other way round.
func Apply(r *Result, tree *content.Tree, marker string, progress func(done, total int)) ([]Wrote, error) {
	a := &application{Result: r, tree: tree, marker: marker, progress: progress,
		wrote: make([]Wrote, len(r.Files)), done: make([]bool, len(r.Files)), begun: map[int]bool{}}
	err := a.all()
	var out []Wrote
	for i := range a.wrote {
		if a.done[i] {
			out = append(out, a.wrote[i])
		}
	}
	return out, err
}

// application is a pull under way.
type application struct {
	*Result
	tree     *content.Tree
	marker   string
	progress func(done, total int)
	ended    atomic.Int64
	// By file: what came of it, whether that is to be told, and whether its turn
	// has come.
	wrote []Wrote
	done  []bool
	begun map[int]bool
}

func (a *application) all() error {
	moves := map[string]string{}
	for _, m := range a.Renames {
		moves[m.From] = m.To
	}
	if err := a.tree.Move(moves, a.found); err != nil {
		a.Renames = nil // so that none is reported
		return err
	}
	byRank := map[int][]int{}
	for i, f := range a.Files {
		if !a.begun[i] {
			byRank[f.rank()] = append(byRank[f.rank()], i)
		}
	}
	for _, rank := range slices.Sorted(maps.Keys(byRank)) {
		if err := a.files(byRank[rank]); err != nil {
			return err
		}
	}
	return nil
}

// rank says when a file's turn is: removals come last, from the inside out.
func (f File) rank() int {
	rank := 2 * strings.Count(f.Path, "/")
	if f.About.Kind == model.Article {
		rank = 1000
	}
	if content.IsTranslation(f.Path) {
		rank++
	}
	switch {
	case f.Remove:
		return 10_000 - rank
	case f.Last:
		return 5_000
	}
	return rank
}

// found writes the collections that are new around a place to which something
// is about to be moved.
func (a *application) found(to string) error {
	var list []int
	for i, f := range a.Files {
		if f.New && f.About.Kind == model.Collection && !content.IsTranslation(f.Path) && strings.HasPrefix(to, path.Dir(f.Path)+"/") && !a.begun[i] {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(i, j int) int { return a.Files[i].rank() - a.Files[j].rank() })
	for _, i := range list {
		if err := a.files([]int{i}); err != nil {
			return err
		}
	}
	return nil
}

// The files of one batch wait for the disk together. Of several batches one can
// be computed while the others wait.
const (
	together = 256
	writers  = 4
)

// files writes files of one rank, or removes them one by one: folders that are
// empty then go too.
func (a *application) files(list []int) error {
	var g errgroup.Group
	g.SetLimit(writers)
	for batch := range slices.Chunk(list, together) {
		var removed, written []int
		for _, i := range batch {
			a.begun[i] = true
			if a.Files[i].Remove {
				removed = append(removed, i)
			} else {
				written = append(written, i)
			}
		}
		if err := a.remove(removed); err != nil {
			return err
		}
		g.Go(func() error {
			err := a.write(written)
			a.progress(int(a.ended.Add(int64(len(batch)))), len(a.Files))
			return err
		})
	}
	return g.Wait()
}

// write makes the edits of some files, and says which it has dealt with.
func (a *application) write(list []int) error {
	var edits []content.Edit
	for _, i := range list {
		f := a.Files[i]
		if f.Marked {
			f.Set = append(f.Set, content.Pair{Key: "synced", Value: a.marker})
		}
		a.wrote[i].File = f
		edits = append(edits, f.Edit)
	}
	var errs []error
	for n, o := range a.tree.WriteAll(edits) {
		i := list[n]
		if errors.Is(o.Err, content.ErrChangedSinceRead) {
			a.wrote[i].Kept, a.done[i] = o.Err, true
			continue
		}
		a.done[i] = o.Changed
		if o.Err != nil {
			errs = append(errs, o.Err)
		}
	}
	return several(errs)
}

// several names the first of some errors: when the disk is full, all say the same.
func several(errs []error) error {
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	return fmt.Errorf("%w, and so it was with %d more", errs[0], len(errs)-1)
}

func (a *application) remove(list []int) (err error) {
	for _, i := range list {
		if err == nil {
			a.wrote[i], a.done[i], err = remove(a.tree, a.Files[i])
		}
	}
	return err
}
