package pull

import (
	"errors"

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
// say what they should are not touched and not reported.
func Apply(r *Result, tree *content.Tree, marker string) ([]Wrote, error) {
	for _, m := range r.Renames {
		if err := tree.Rename(m.From, m.To); err != nil {
			return nil, err
		}
	}
	var out []Wrote
	for _, f := range r.Files {
		if f.Marked {
			f.Set = append(f.Set, content.Pair{Key: "synced", Value: marker})
		}
		changed, err := tree.Write(f.Edit)
		switch {
		case errors.Is(err, content.ErrChangedSinceRead):
			out = append(out, Wrote{f, err})
		case err != nil:
			return out, err
		case changed:
			out = append(out, Wrote{f, nil})
		}
	}
	return out, nil
}
