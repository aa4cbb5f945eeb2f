package intent

import (
	"maps"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// Answer is what one call of a run achieved, as the run's own journal has it.
type Answer struct {
	Kind model.Kind `json:"kind"`
	Path string     `json:"path"`
	// Of is the change's id, empty for a create; ID is the object's.
	Of string `json:"of,omitempty"`
	ID string `json:"id"`
	// Placed says that the object is in the collections that the change names.
	Placed bool `json:"placed,omitempty"`
	// Taken lists the values that the answer showed.
	Taken map[model.Locale]map[model.Field]Value `json:"taken"`
}

// Line gives an answer as a line of a journal, with its line end.
func (a Answer) Line() (string, error) { return encode(a, "") }

// Answers reads the lines of a journal. One that is torn, as the last may be
// after a crash, is left out: the live workspace tells then.
func Answers(text string) []Answer {
	var out []Answer
	for line := range strings.Lines(text) {
		var a Answer
		if strings.HasSuffix(line, "\n") && decode(line, &a) == nil && a.valid() {
			out = append(out, a)
		}
	}
	return out
}

func (a Answer) valid() bool {
	return a.Path != "" && a.ID != "" && strings.Trim(a.ID, "0123456789") == ""
}

func (a Answer) place() place { return place{a.Kind, a.Path, a.Of} }

// and gives the answers of two calls about one object as one.
func (a Answer) and(next Answer) Answer {
	taken := maps.Clone(next.Taken)
	for l, before := range a.Taken {
		fields := maps.Clone(before)
		maps.Copy(fields, taken[l])
		if taken == nil {
			taken = map[model.Locale]map[model.Field]Value{}
		}
		taken[l] = fields
	}
	next.Taken, next.Placed = taken, next.Placed || a.Placed
	return next
}

// values gives what was taken in a locale; answered is false where there was no
// answer at all.
func (a Answer) values(l model.Locale) (values map[model.Field]model.Agreed, answered bool) {
	values = map[model.Field]model.Agreed{}
	for f, v := range a.Taken[l] {
		values[f] = model.Agreed(v)
	}
	return values, a.ID != ""
}
