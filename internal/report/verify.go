package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/hcsync/hcsync/internal/markup"
)

// Verification is what became of a set of bodies on the way through Markdown.
type Verification struct {
	Bodies int `json:"bodies"`
	// Exact counts the bodies that come back equal, Whole those of which
	// nothing stays HTML.
	Exact int `json:"exact"`
	Whole int `json:"whole"`
	// Blocks counts blocks at top level, Plain those that are plain Markdown.
	Blocks int `json:"blocks"`
	Plain  int `json:"plain"`
	// Broken names the bodies that do not come back equal.
	Broken []string `json:"broken"`
	// Constructs are what stays HTML, by name.
	Constructs map[string]*Construct `json:"constructs"`
}

// Construct is one sort of block that stays HTML.
type Construct struct {
	Count int `json:"count"`
	// Where and Example show the first one.
	Where   string `json:"where"`
	Example string `json:"example"`
}

// Add counts one body.
func (v *Verification) Add(name string, in markup.Inspection) {
	v.Bodies++
	v.Blocks += in.Blocks
	v.Plain += in.Plain
	if in.Exact {
		v.Exact++
	} else {
		v.Broken = append(v.Broken, name)
	}
	if len(in.Kept) == 0 {
		v.Whole++
	}
	for _, k := range in.Kept {
		c := v.Constructs[k.Construct]
		if c == nil {
			c = &Construct{Where: name, Example: k.HTML}
			v.Constructs[k.Construct] = c
		}
		c.Count++
	}
}

// Verify writes a verification.
func Verify(w io.Writer, v Verification) {
	for _, name := range v.Broken {
		fmt.Fprintf(w, "! not equal %s\n", line(name))
	}
	fmt.Fprintf(w, "%d bodies checked, %d come back equal.\n", v.Bodies, v.Exact)
	if v.Blocks > 0 {
		fmt.Fprintf(w, "%.2f %% of %s are plain Markdown; in %.1f %% of the bodies nothing stays HTML.\n",
			percent(v.Plain, v.Blocks), Plural(v.Blocks, "block"), percent(v.Whole, v.Bodies))
	}
	names := slices.SortedFunc(maps.Keys(v.Constructs), func(a, b string) int {
		return cmp.Or(cmp.Compare(v.Constructs[b].Count, v.Constructs[a].Count), cmp.Compare(a, b))
	})
	for i, name := range names {
		if i == 0 {
			fmt.Fprintln(w, "\nStays HTML:")
		}
		c := v.Constructs[name]
		fmt.Fprintf(w, "%6d  %-24s %s\n        %s\n", c.Count, short(name, 24), line(c.Where), short(c.Example, 90))
	}
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

// VerifyJSON writes a verification for machines.
func VerifyJSON(w io.Writer, v Verification) error {
	v.Broken = list(v.Broken)
	return encode(w, struct {
		FormatVersion int    `json:"format_version"`
		Command       string `json:"command"`
		Verification
	}{FormatVersion, "verify", v})
}
