package report

import (
	"fmt"
	"io"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// writeRemovals tells of what is gone from the files and stays in Intercom,
// and why; what goes there too is among the changes.
func writeRemovals(w io.Writer, st Style, list []diff.Removal) {
	acts, kept := false, []diff.Removal{}
	for _, r := range list {
		acts = acts || r.Action != diff.Keep
		if r.Action == diff.Keep || r.Reason != "" {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return
	}
	head := "Gone from the files, still in Intercom: nothing is removed without --prune"
	if acts || kept[0].Reason != "" {
		head = "Gone from the files, and stays in Intercom"
	}
	fmt.Fprintln(w, st.paint(bold, head))
	for _, r := range kept {
		fmt.Fprintf(w, "  %s%s", name(r.About), where(r.Locale, ""))
		if r.Reason != "" {
			fmt.Fprintf(w, "  %s", line(r.Reason))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// writeBrakes names the limits that a push would run into.
func writeBrakes(w io.Writer, st Style, list []diff.Brake) {
	held := diff.Held(list, nil)
	for _, b := range held {
		fmt.Fprintf(w, "%s would %s: push stops here without `--allow %d`\n", st.paint(magenta, "! brake"), b, b.Count)
	}
	if len(held) > 0 {
		fmt.Fprintln(w)
	}
}

// fate says what becomes of an article or collection without files.
func fate(c diff.Change) string {
	switch {
	case c.Op == diff.Unpublish:
		return "gone from the files; it stays in Intercom as a draft"
	case c.Op == diff.Delete && c.Kind == model.Collection:
		return "gone from the files; deleted if it is still empty then"
	case c.Op == diff.Delete:
		return "gone from the files; deleted for good: Intercom cannot bring it back"
	}
	return ""
}
