package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
)

// Result is how one change of a push ended.
type Result struct {
	diff.About
	Op diff.Op `json:"op"`
	// Status is done, or what kept it from being done.
	Status  string `json:"status"`
	Message string `json:"message,omitempty"`
	URL     string `json:"url,omitempty"`
}

// Results writes what a push did: what went wrong object by object, the rest
// in numbers.
func Results(w io.Writer, st Style, list []Result) {
	done := map[diff.Op]int{}
	for _, r := range list {
		if r.Status == "done" {
			done[r.Op]++
			continue
		}
		fmt.Fprintf(w, "%s %s\n", st.paint(red, "! "+r.Status), name(r.About))
		for l := range strings.Lines(r.Message) {
			fmt.Fprintf(w, "    %s\n", line(l))
		}
	}
	if len(list) == 0 {
		return
	}
	s := fmt.Sprintf("Done: %d created, %d updated, %d moved, %d deleted", done[diff.Create], done[diff.Update], done[diff.Move], done[diff.Delete])
	if n := done[diff.Unpublish]; n > 0 {
		s += fmt.Sprintf(", %d unpublished", n)
	}
	fmt.Fprintln(w, s+".")
}
