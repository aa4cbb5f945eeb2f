package report

import (
	"fmt"
	"io"

	"github.com/hcsync/hcsync/internal/diff"
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
		fmt.Fprintf(w, "%s would %s %d of %d: push stops here without `--allow %d`\n", st.paint(magenta, "! brake"), b.What, b.Count, b.Of, b.Count)
	}
	if len(held) > 0 {
		fmt.Fprintln(w)
	}
}
