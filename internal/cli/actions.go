package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/github"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

// actions tells GitHub what a command tells its reader: annotations, a summary
// and outputs. It is nil unless `--output github` was given.
type actions struct {
	step github.Step
	// commands takes workflow commands; everything else that is printed passes
	// a guard.
	commands io.Writer
	// home is the folder of hcsync.yaml from the root of the repository.
	home        string
	annotations []github.Annotation
	outputs     []github.Output
	summary     strings.Builder
}

// registerOutput gives a command `--output`. `--json` stays as the short form of
// `--output json`.
func registerOutput(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "write the result as JSON (docs/json.md)")
	cmd.Flags().String("output", "text", "`text`, json, or github: annotations, a summary and outputs for GitHub Actions")
}

// chooseOutput reads `--output` before a command runs.
func (e *Env) chooseOutput(cmd *cobra.Command, commands io.Writer) error {
	flag := cmd.Flags().Lookup("output")
	if flag == nil {
		return nil
	}
	switch flag.Value.String() {
	case "text":
		return nil
	case "json":
		return cmd.Flags().Set("json", "true")
	case "github":
		step, err := github.ReadStep(e.Getenv)
		e.actions = &actions{step: step, commands: commands}
		return err
	}
	return fmt.Errorf("--output %s: is text, json or github", flag.Value)
}

// guardLog keeps what is printed in a workflow from being taken for workflow
// commands: titles and bodies are anybody's. It gives the writer that is not
// guarded, and what to call at the end.
func (e *Env) guardLog() (commands io.Writer, done func() error) {
	commands = e.Stdout
	if e.Getenv("GITHUB_ACTIONS") != "true" {
		return commands, func() error { return nil }
	}
	out, errs := github.Guard(e.Stdout), github.Guard(e.Stderr)
	e.Stdout, e.Stderr = out, errs
	return commands, func() error { return errors.Join(out.Close(), errs.Close()) }
}

// in says where the configuration is, for the paths of annotations.
func (a *actions) in(ctx context.Context, dir string) {
	if a != nil {
		a.home = repositoryPrefix(ctx, dir)
	}
}

// repositoryPrefix gives a folder from the root of its repository. Outside one,
// paths begin at the folder.
func repositoryPrefix(ctx context.Context, dir string) string {
	repo, err := git.Open(ctx, dir)
	if err != nil {
		return ""
	}
	return repo.Prefix()
}

func (a *actions) output(name, value string) {
	if a == nil {
		return
	}
	a.outputs = append(a.outputs, github.Output{Name: name, Value: value})
}

// problems annotates what is wrong in the files, wherever in a run it is found.
func (a *actions) problems(list []model.Problem) {
	if a != nil {
		a.annotations = append(a.annotations, github.OfPlan(&diff.Plan{Problems: list}, a.home, "")...)
	}
}

// plan tells of a plan.
func (a *actions) plan(s *session, head report.Head, p *diff.Plan) {
	if a == nil {
		return
	}
	a.annotations = append(a.annotations, github.OfPlan(p, a.home, s.cfg.Content)...)
	n := p.Counts()
	a.counts(len(p.Changes), n.Conflict, n.Drift)
	a.output("summary", report.Summary(head, p))
	r := s.planReport(head, p)
	a.summary.WriteString(r.Markdown())
}

func (a *actions) counts(changes, conflicts, drift int) {
	a.output("changes", strconv.Itoa(changes))
	a.output("conflicts", strconv.Itoa(conflicts))
	a.output("drift", strconv.Itoa(drift))
}

// results tells how the changes of a push ended.
func (a *actions) results(list []report.Result) {
	if a == nil {
		return
	}
	var rows []github.Row
	for _, r := range list {
		rows = append(rows, github.Row{About: r.About, What: string(r.Op), Detail: strings.TrimSpace(r.Status + " " + r.Message), URL: r.URL})
		if r.Status != "done" {
			a.annotations = append(a.annotations, github.Annotation{Level: github.Error, Title: r.Status, Message: r.Path + ": " + r.Message})
		}
	}
	if len(rows) > 0 {
		a.summary.WriteString("\n#### What was done\n" + github.Table(rows))
	}
}

// pull tells what a pull wrote.
func (a *actions) pull(p report.Pulled, content string) {
	if a == nil {
		return
	}
	plan := &diff.Plan{Conflicts: p.Conflicts, Drift: p.Left}
	a.annotations = append(a.annotations, github.OfPlan(plan, a.home, content)...)
	a.counts(len(p.Files), len(p.Conflicts)+len(p.Skipped), len(p.Left))
	a.output("summary", fmt.Sprintf("%d files written, %d conflicts.", len(p.Files), len(p.Conflicts)))
	rows := github.Rows(plan)
	for _, f := range p.Files {
		rows = append(rows, github.Row{About: f.About, What: f.Why, Detail: f.Kept})
	}
	a.summary.WriteString("### hcsync pull\n" + github.Table(rows))
}

// lint annotates findings.
func (a *actions) lint(findings []report.Finding) {
	if a == nil {
		return
	}
	a.findings(findings)
	problems := 0
	var rows []github.Row
	for _, f := range findings {
		if f.Severity == report.SeverityProblem {
			problems++
		}
		rows = append(rows, github.Row{About: diff.About{Path: fmt.Sprintf("%s:%d", f.File, f.Line)}, What: string(f.Severity), Detail: f.Message})
	}
	a.output("summary", fmt.Sprintf("%d findings, %d problems.", len(findings), problems))
	a.summary.WriteString("### hcsync lint\n" + github.Table(rows))
}

func (a *actions) findings(list []report.Finding) {
	levels := map[report.Severity]github.Level{report.SeverityProblem: github.Error, report.SeverityWarning: github.Warning, report.SeverityNote: github.Notice}
	for _, f := range list {
		a.annotations = append(a.annotations, github.Annotation{Level: levels[f.Severity], File: path.Join(a.home, f.File), Line: f.Line, Title: f.Code, Message: f.Message})
	}
}

// linted tells of files that were not compared with anything.
func (a *actions) linted(r github.Report, findings []report.Finding) {
	if a == nil {
		return
	}
	a.findings(findings)
	a.counts(0, 0, 0)
	a.output("summary", "Nothing was compared, the files were only linted.")
	a.summary.WriteString(r.Markdown())
}

// planReport is a plan as GitHub is told of it.
func (s *session) planReport(head report.Head, p *diff.Plan) github.Report {
	r := github.Report{Plan: p, Target: head.Target, Workspace: head.Workspace, Content: s.cfg.Content, Secondary: head.Secondary}
	if s.env.actions != nil {
		r.Home, r.Step = s.env.actions.home, s.env.actions.step
	}
	return r
}

// finish writes everything down when the command has ended.
func (a *actions) finish(failed error, found []model.Problem) error {
	if a == nil {
		return nil
	}
	if a.summary.Len() == 0 && failed != nil {
		r := github.Report{Step: a.step, Home: a.home, Plan: &diff.Plan{Problems: found}, Unchecked: []string{report.Clean(failed.Error())}}
		a.summary.WriteString(r.Markdown())
	}
	if failed != nil && failed.Error() != "" {
		a.annotations = append(a.annotations, github.Annotation{Level: github.Error, Title: "hcsync", Message: report.Clean(failed.Error())})
	}
	return errors.Join(github.Annotate(a.commands, a.annotations),
		github.WriteOutputs(a.step.Output, a.outputs), github.WriteSummary(a.step.Summary, a.summary.String()))
}
