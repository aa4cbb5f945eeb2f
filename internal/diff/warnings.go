package diff

import (
	"slices"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// Warning is something that a text will not say in Intercom as it does in the
// file, or that Intercom will refuse.
type Warning struct {
	// Line is in the file; 0 where no line can be named.
	Line int `json:"line,omitempty"`
	// Code is a short name that does not change.
	Code    string `json:"code"`
	Message string `json:"message"`
}

// shift is the finding that only the whole body can tell: the Markdown does not
// show which headings the server knows.
const shift = "heading-shift"

// warnings looks at a body that is about to be sent, in the file's words and in
// the server's. What stood there before is not told again: only the change is
// the writer's concern now.
func warnings(first int, before, after, live, send string) []Warning {
	var out []Warning
	told := map[string]bool{}
	predicted := added(markup.Predict(live).Warnings, markup.Predict(send).Warnings)
	for _, f := range added(markup.Lint(before), markup.Lint(after)) {
		if f.Code == shift && !slices.ContainsFunc(predicted, func(p markup.Finding) bool { return p.Code == shift }) {
			continue // headings that the server has placed before stay where they are
		}
		told[f.Code] = true
		out = append(out, Warning{Line: first + f.Line - 1, Code: f.Code, Message: f.Message})
	}
	for _, f := range predicted {
		if !told[f.Code] {
			out = append(out, Warning{Code: f.Code, Message: f.Message})
		}
	}
	return out
}

// added gives the findings that are new, whatever line they moved to.
func added(before, after []markup.Finding) []markup.Finding {
	had := map[[2]string]int{}
	for _, f := range before {
		had[[2]string{f.Code, f.Message}]++
	}
	var out []markup.Finding
	for _, f := range after {
		key := [2]string{f.Code, f.Message}
		if had[key]--; had[key] < 0 {
			out = append(out, f)
		}
	}
	return out
}

// warn adds the warnings of a body's change.
func (fc *FieldChange) warn(content model.Content, before, live string) {
	fc.Warnings = warnings(content.Lines[model.Body], before, fc.After, live, fc.Send)
}
