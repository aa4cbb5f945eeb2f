package report

import (
	"fmt"
	"io"

	"github.com/hcsync/hcsync/internal/model"
)

// Severity says how bad a finding is.
type Severity string

// The severities. Only a problem makes the content invalid.
const (
	SeverityProblem Severity = "problem"
	SeverityWarning Severity = "warning"
	SeverityNote    Severity = "note"
)

// Finding is something in a file that its writer should know of.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
}

// ProblemFinding is a problem of a file as a finding.
func ProblemFinding(code string, p model.Problem) Finding {
	f := Finding{File: p.File, Line: p.Line, Code: code, Severity: SeverityProblem, Message: p.Message}
	if p.Note {
		f.Severity = SeverityNote
	}
	return f
}

// Lint writes findings one a line, in the form that editors jump to, and the
// counts last.
func Lint(w io.Writer, st Style, findings []Finding, files int) {
	Findings(w, st, findings)
	if len(findings) > 0 {
		fmt.Fprintln(w)
	}
	n := severities(findings)
	fmt.Fprintf(w, "%s: %s, %s, %s.\n", Plural(files, "file"),
		Plural(n[SeverityProblem], "problem"), Plural(n[SeverityWarning], "warning"), Plural(n[SeverityNote], "note"))
}

// Linted writes the findings in place of a plan that could not be made.
func Linted(w io.Writer, st Style, head Head, unchecked []string, findings []Finding, files int) {
	writeHead(w, st, head)
	writeUnchecked(w, st, unchecked)
	Lint(w, st, findings, files)
}

// Findings writes findings one a line.
func Findings(w io.Writer, st Style, findings []Finding) {
	colors := map[Severity]string{SeverityProblem: red, SeverityWarning: yellow, SeverityNote: dim}
	for _, f := range findings {
		fmt.Fprintf(w, "%s%s: %s\n", place(f.File, max(f.Line, 1)), st.paint(colors[f.Severity], f.Code), line(f.Message))
	}
}

func severities(findings []Finding) map[Severity]int {
	n := map[Severity]int{SeverityProblem: 0, SeverityWarning: 0, SeverityNote: 0}
	for _, f := range findings {
		n[f.Severity]++
	}
	return n
}

type lintDocument struct {
	FormatVersion int              `json:"format_version"`
	Command       string           `json:"command"`
	Findings      []Finding        `json:"findings"`
	Summary       map[Severity]int `json:"summary"`
}

// LintJSON writes the same for machines.
func LintJSON(w io.Writer, findings []Finding) error {
	return encode(w, lintDocument{FormatVersion, "lint", list(findings), severities(findings)})
}
