package cli

import (
	"cmp"
	"context"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/state"
)

func newLint(env *Env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "lint [path or id]...",
		Aliases: []string{"validate"},
		Short:   "Check the files without asking Intercom",
		Long: `Lists what is wrong in the files and what may surprise: front matter that does
not read, folders that are no collections, links and images that lead nowhere,
and Markdown that Intercom will drop, change or refuse. Needs no token and no
network.

Exit codes:
  0  no problems; warnings and notes are listed
  1  error
  4  the content is invalid: a push would refuse it`,
		Example: "  hcsync lint\n  hcsync lint content/acme/billing\n  hcsync lint --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLint(cmd.Context(), env, asJSON, args)
		},
	}
	registerOutput(cmd, &asJSON)
	return cmd
}

func runLint(ctx context.Context, env *Env, asJSON bool, args []string) error {
	findings, count, err := lintFiles(ctx, env, args)
	if err != nil {
		return err
	}
	env.actions.lint(findings)
	if asJSON {
		err = report.LintJSON(env.Stdout, findings)
	} else {
		report.Lint(env.Stdout, env.style(), findings, count)
	}
	if err == nil && slices.ContainsFunc(findings, func(f report.Finding) bool { return f.Severity == report.SeverityProblem }) {
		return fail(exitInvalid, "")
	}
	return err
}

// lintFiles gives what there is to say of the files, and how many it looked at.
func lintFiles(ctx context.Context, env *Env, args []string) ([]report.Finding, int, error) {
	l := linter{session: newSession(env, comparing)}
	if err := l.read(ctx); err != nil {
		return nil, 0, err
	}
	in, err := l.limits(args)
	if err != nil {
		return nil, 0, err
	}
	l.texts(ctx, in)
	return l.sorted(in), l.count, nil
}

// linter collects what there is to say of the files.
type linter struct {
	*session
	findings []report.Finding
	count    int
}

// read reads configuration and files, and takes their problems down instead of
// stopping at them.
func (l *linter) read(ctx context.Context) error {
	err := l.open()
	if err != nil {
		return err
	}
	l.env.actions.in(ctx, l.cfg.Dir)
	var problems []model.Problem
	l.files, problems, err = l.tree.Read(ctx)
	l.problems("content", problems)
	return err
}

// open reads the configuration and opens the tree.
func (l *linter) open() error {
	file, err := config.Find(l.env.Dir)
	if err != nil {
		return err
	}
	cfg, problems, err := config.Load(file)
	if err != nil {
		return err
	}
	l.cfg = cfg
	l.problems("config", problems)
	l.tree, err = content.Open(content.Options{Dir: cfg.Dir, Content: cfg.Content, Include: cfg.Include, Exclude: cfg.Exclude})
	return err
}

func (l *linter) problems(code string, list []model.Problem) {
	for _, p := range list {
		l.findings = append(l.findings, report.ProblemFinding(code, p))
	}
}

// limits says which files are asked for. A file that cannot be read is named by
// its path.
func (l *linter) limits(args []string) (func(file string) bool, error) {
	if len(args) == 0 {
		return func(string) bool { return true }, nil
	}
	var places []string
	for _, arg := range args {
		if strings.Trim(arg, "0123456789") == "" {
			i := slices.IndexFunc(l.files.Objects, func(o model.Object) bool { return o.ID == arg })
			if i < 0 {
				return nil, fail(exitError, "%s: no file has this id", arg)
			}
			for _, c := range l.files.Objects[i].Contents {
				places = append(places, c.File)
			}
			continue
		}
		p, err := l.treeFile(arg)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(join(l.env.Dir, arg)); err != nil {
			return nil, fail(exitError, "%s: no such file or folder", arg)
		}
		places = append(places, path.Join(l.cfg.Content, p))
	}
	return func(file string) bool {
		return slices.ContainsFunc(places, func(p string) bool { return file == p || strings.HasPrefix(file, p+"/") })
	}, nil
}

// texts looks at every body.
func (l *linter) texts(ctx context.Context, in func(string) bool) {
	links := gather.NewLinks(l.cfg.Content, l.cfg.ImageBaseURL, l.files, model.Snapshot{HelpCenters: l.files.HelpCenters}, nil)
	untouched := l.untouched(ctx)
	for i := range l.files.Objects {
		o := &l.files.Objects[i]
		for _, locale := range o.Locales() {
			c := o.Contents[locale]
			if !in(c.File) {
				continue
			}
			l.count++
			l.findings = append(l.findings, l.text(links, o, locale, untouched)...)
		}
	}
}

// text looks at the body of one file.
func (l *linter) text(links *gather.Links, o *model.Object, locale model.Locale, untouched func(*model.Object, model.Locale) bool) []report.Finding {
	c := o.Contents[locale]
	body, has := c.Fields[model.Body]
	if !has {
		return nil
	}
	var found []report.Finding
	for _, f := range markup.Lint(body) {
		found = append(found, report.Finding{File: c.File, Line: c.Lines[model.Body] + max(f.Line, 1) - 1, Code: f.Code, Severity: report.SeverityWarning, Message: f.Message})
	}
	published := l.cfg.ImageBaseURL != "" || l.cfg.Workspace == ""
	for _, p := range links.CheckBody(c, locale, body, l.imageExists, published) {
		p.Note = untouched(o, locale)
		found = append(found, report.ProblemFinding("dead-link", p))
	}
	return found
}

// untouched tells what was pulled or pushed and not edited since, as far as this clone has
// the state: a push would not send it, so it cannot be invalid.
func (l *linter) untouched(ctx context.Context) func(*model.Object, model.Locale) bool {
	h := l.recorded(ctx)
	return func(o *model.Object, locale model.Locale) bool {
		c := o.Contents[locale]
		if h == nil || o.ID == "" {
			return false
		}
		seen, ok := h.Find(c.Synced)
		pushed, sent := h.LastPush(o.Key(), locale)
		return (ok || sent) && h.Files(o.Key(), diff.BaseSeq(seen, pushed))[string(locale)+".md"] == l.store.BlobID(c.Fields[model.Body])
	}
}

// recorded gives the state's history where there is one to be had offline.
func (l *linter) recorded(ctx context.Context) *state.History {
	for _, step := range []func(context.Context, targetFlags) error{l.chooseTarget, l.openGit, l.openStore} {
		if step(ctx, targetFlags{}) != nil {
			return nil
		}
	}
	h, err := l.store.History(ctx)
	if err != nil || l.secondary() {
		return nil
	}
	return h
}

func (l *linter) sorted(in func(string) bool) []report.Finding {
	list := slices.DeleteFunc(l.findings, func(f report.Finding) bool { return f.Code != "config" && !in(f.File) })
	slices.SortStableFunc(list, func(a, b report.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(list)
}
