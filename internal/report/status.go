package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/status"
)

// Status writes where every object stands: one line for each thing to be said,
// the counts last. What is in sync is only counted, unless all is asked for.
func Status(w io.Writer, st Style, head Head, objects []status.Object, notes []string, all bool) {
	writeHead(w, st, head)
	listed := false
	for _, o := range objects {
		for _, f := range o.Findings {
			if f.State == status.InSync && !all {
				continue
			}
			listed = true
			label := fmt.Sprintf("%-22s", statusSymbol(f.State)+" "+string(f.State))
			fmt.Fprintf(w, "%s  %s%s\n", st.paint(statusColor(f.State), label), name(o.About), places(f.Places)+by(f.By...))
		}
	}
	for _, n := range notes {
		fmt.Fprintf(w, "note: %s\n", line(n))
	}
	if listed || len(notes) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, statusSummary(objects))
}

func statusSummary(objects []status.Object) string {
	counts := status.Count(objects)
	var parts []string
	for _, s := range status.Sorted(counts) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
	}
	if len(parts) == 0 {
		return "Nothing here yet."
	}
	return strings.Join(parts, ", ") + "."
}

func statusSymbol(s status.State) string {
	switch s {
	case status.Conflict, status.Behind, status.Reverted:
		return "!"
	case status.NewHere, status.NewThere:
		return "+"
	case status.MovedHere, status.MovedThere:
		return diff.Move.Symbol()
	case status.GoneHere, status.GoneThere:
		return "-"
	case status.InSync, status.RenamedHere:
		return "="
	}
	return "~"
}

func statusColor(s status.State) string {
	switch {
	case s == status.Conflict, s == status.Behind, s == status.Reverted:
		return magenta
	case s == status.NewHere:
		return green
	case s == status.GoneHere:
		return red
	case s.Here():
		return yellow
	case s.There():
		return blue
	}
	return dim
}

// places gives "  fr: body, title; pt-BR".
func places(list []status.Place) string {
	var parts []string
	for _, p := range list {
		s := string(p.Locale)
		if len(p.Fields) > 0 {
			s += ": " + joinFields(p.Fields)
		}
		if p.Draft != nil {
			s += whose(*p.Draft)
		}
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return ""
	}
	return "  " + strings.Join(parts, "; ")
}

func joinFields(fields []model.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

// statusDocument is the JSON of status.
type statusDocument struct {
	FormatVersion int                  `json:"format_version"`
	Command       string               `json:"command"`
	Target        target               `json:"target"`
	Objects       []status.Object      `json:"objects"`
	Problems      []problem            `json:"problems"`
	Notes         []string             `json:"notes"`
	Summary       map[status.State]int `json:"summary"`
}

// StatusJSON writes the same for machines, with the objects in sync if all are
// asked for.
func StatusJSON(w io.Writer, head Head, p *diff.Plan, objects []status.Object, all bool) error {
	d := statusDocument{
		FormatVersion: FormatVersion, Command: "status", Target: head.json(), Objects: []status.Object{},
		Problems: problems(p.Problems), Notes: list(p.Notes), Summary: status.Count(objects),
	}
	for _, o := range objects {
		if all || o.Findings[0].State != status.InSync {
			d.Objects = append(d.Objects, o)
		}
	}
	return encode(w, d)
}
