package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// FormatVersion is raised when a reader of the JSON has to change; new keys do
// not raise it (docs/json.md).
const FormatVersion = 1

// document is the JSON of plan, push and pull. Lists are never null.
type document struct {
	FormatVersion int             `json:"format_version"`
	Command       string          `json:"command"`
	Target        target          `json:"target"`
	Changes       []diff.Change   `json:"changes"`
	Conflicts     []diff.Conflict `json:"conflicts"`
	Drift         []diff.Drift    `json:"drift"`
	Removals      []diff.Removal  `json:"removals"`
	Renames       []diff.Rename   `json:"renames"`
	Brakes        []diff.Brake    `json:"brakes"`
	Behind        []diff.Drift    `json:"behind"`
	Drafts        []diff.Draft    `json:"drafts"`
	Problems      []problem       `json:"problems"`
	Notes         []string        `json:"notes"`
	Unchecked     []string        `json:"unchecked"`
	Summary       diff.Counts     `json:"summary"`
	Results       []Result        `json:"results,omitzero"`
	Moved         []string        `json:"moved,omitzero"`
}

type target struct {
	Name        string `json:"name"`
	Workspace   string `json:"workspace"`
	WorkspaceID string `json:"workspace_id"`
	Region      string `json:"region,omitempty"`
	URL         string `json:"url,omitempty"`
	APIVersion  string `json:"api_version"`
}

type problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}

// PlanJSON writes a plan for machines.
func PlanJSON(w io.Writer, command string, head Head, p *diff.Plan) error {
	return encode(w, planDocument(command, head, p))
}

// PushJSON writes a plan together with what became of it.
func PushJSON(w io.Writer, head Head, p *diff.Plan, results []Result) error {
	d := planDocument("push", head, p)
	d.Results = list(results)
	return encode(w, d)
}

// MovedJSON writes the plan that a push would make now in place of a saved one,
// and why that one is refused.
func MovedJSON(w io.Writer, head Head, p *diff.Plan, moved []string) error {
	d := planDocument("push", head, p)
	d.Moved = moved
	return encode(w, d)
}

func planDocument(command string, h Head, p *diff.Plan) document {
	return document{
		FormatVersion: FormatVersion, Command: command,
		Target:  h.json(),
		Changes: list(p.Changes), Conflicts: list(p.Conflicts), Drift: list(p.Drift), Removals: list(p.Removals),
		Brakes: list(diff.Held(p.Brakes(), nil)), Renames: list(p.Renames), Behind: list(p.Behind), Drafts: list(p.Drafts), Problems: problems(p.Problems), Notes: list(p.Notes), Unchecked: list(p.Unchecked),
		Summary: p.Counts(),
	}
}

func (h Head) json() target {
	return target{h.Target, h.Workspace, h.WorkspaceID, h.Region, h.URL, h.APIVersion}
}

func problems(in []model.Problem) []problem {
	out := []problem{}
	for _, p := range in {
		out = append(out, problem{p.File, p.Line, p.Message})
	}
	return out
}

func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

// encode writes a document for people to read too. The log of a GitHub workflow
// takes "##[" for a command wherever it stands, so that has an escape in it.
func encode(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte("##["), []byte(`#\u0023[`)))
	return err
}
