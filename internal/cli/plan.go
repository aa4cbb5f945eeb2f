package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/saved"
)

// planFlags are what plan and push have in common.
type planFlags struct {
	targetFlags
	json          bool
	locales       []string
	failOnDrift   bool
	allowRollback bool
	prune         bool
	// overrideDrafts lets the files' text take the place of pending drafts,
	// takeDraft brings those home (pull).
	overrideDrafts, takeDraft bool
	// out is where plan saves the plan, chosen the flags to keep with it.
	out string
	// comment says that the pull request is told of the plan.
	comment bool
	// offline compares with what the state knows of Intercom.
	offline bool
	chosen  map[string][]string
	// saved is the plan that push was given; nil for a fresh one.
	saved *saved.Plan
}

func (f *planFlags) register(cmd *cobra.Command) {
	f.targetFlags.register(cmd)
	registerOutput(cmd, &f.json)
	cmd.Flags().StringSliceVar(&f.locales, "locale", nil, "only these `locales`")
	cmd.Flags().BoolVar(&f.failOnDrift, "fail-on-drift", false, "exit 3 when something changed in Intercom")
	cmd.Flags().BoolVar(&f.allowRollback, "allow-rollback", false, "push the texts of this older checkout over what a newer commit of the default branch has pushed")
}

func newPlan(env *Env) *cobra.Command {
	var f planFlags
	var detailed bool
	cmd := &cobra.Command{
		Use:     "plan [path or id]...",
		Aliases: []string{"diff"},
		Short:   "Show what a push would do",
		Long: `Compares the files with Intercom and shows what a push would change, what
changed in Intercom meanwhile, and what is in conflict. Nothing is written.

Paths and ids limit the plan: a folder stands for everything in it. With --out
the plan is also saved, to be reviewed and carried out later as it is.

--offline needs no token: it compares with what the last pull or push recorded of
Intercom, and says what it could not look at. It is for pull requests from forks,
which have no secrets.
` + exitHelp,
		Example: "  hcsync plan\n  hcsync plan content/acme/billing\n  hcsync plan --detailed-exitcode   # for CI: 2 when a push would do something\n  hcsync plan --out plan.json       # then: hcsync push plan.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			f.chosen = chosen(cmd)
			return runPlan(cmd.Context(), env, f, args, detailed)
		},
	}
	f.register(cmd)
	registerPrune(cmd, &f.prune)
	registerOverride(cmd, &f.overrideDrafts)
	cmd.Flags().StringVar(&f.out, "out", "", "save the plan to a `file`, for hcsync push FILE")
	cmd.Flags().BoolVar(&f.comment, "comment", false, "in GitHub Actions: write the plan into one comment on the pull request")
	cmd.Flags().BoolVar(&f.offline, "offline", false, "compare with the state instead of Intercom; no token is needed")
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit 2 when local changes are pending")
	return cmd
}

func registerOverride(cmd *cobra.Command, on *bool) {
	cmd.Flags().BoolVar(on, "override-drafts", false, "let what changed here take the place of pending drafts in Intercom, and publish it")
}

// maySeeDrafts refuses a flag where the API has no drafts to show.
func (s *session) maySeeDrafts(flag string) error {
	if intercom.SeesDrafts(s.target.APIVersion) {
		return nil
	}
	return fmt.Errorf("%s: API version %s neither shows nor publishes pending drafts\nset api_version to 2.16 in %s", flag, s.target.APIVersion, filepath.Base(s.cfg.File))
}

func runPlan(ctx context.Context, env *Env, f planFlags, args []string, detailed bool) error {
	why, err := f.purpose()
	if err != nil {
		return err
	}
	s, err := openFor(ctx, env, f.targetFlags, why)
	if err != nil {
		return errors.Join(err, env.commentInvalid(ctx, f))
	}
	defer s.close()
	if err := s.mayHold(f.out); err != nil {
		return err
	}
	st, plan, err := s.plan(ctx, f, args)
	if err != nil {
		return err
	}
	if why == offline && st.History.Len() == 0 {
		return s.lintOnly(ctx, st, f, args)
	}
	if err := s.show(st, plan, f.json, "plan"); err != nil {
		return err
	}
	if f.comment {
		if err := env.postComment(ctx, s.planReport(s.head(st), plan)); err != nil {
			return err
		}
	}
	if f.out != "" {
		if err := s.savePlan(ctx, st, plan, f); err != nil {
			return err
		}
		s.env.actions.output("plan-file", f.out)
	}
	return planCode(plan, f.failOnDrift, detailed)
}

// planCode turns a plan into the exit code that reports it.
func planCode(p *diff.Plan, failOnDrift, detailed bool) error {
	switch {
	case len(p.Problems) > 0:
		return fail(exitInvalid, "")
	case len(p.Conflicts) > 0, failOnDrift && len(p.Drift) > 0:
		return fail(exitConflict, "")
	case detailed && len(p.Changes) > 0:
		return fail(exitPending, "")
	}
	return nil
}

// plan reads the three states and compares them.
func (s *session) plan(ctx context.Context, f planFlags, args []string) (*gather.States, *diff.Plan, error) {
	s.rollback = f.allowRollback
	if f.saved != nil {
		s.imagesAt = f.saved.Head
	}
	if f.overrideDrafts {
		if err := s.maySeeDrafts("--override-drafts"); err != nil {
			return nil, nil, err
		}
	}
	s.drafts = s.purpose != pulling || f.takeDraft
	st, err := s.settled(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.env.progress.Begin("comparing")
	defer s.env.progress.End()
	p, err := s.compare(ctx, st, f, args)
	if err != nil {
		return nil, nil, err
	}
	return st, p, s.unmoved(st, p, f)
}

// compare makes the plan of states that were read.
func (s *session) compare(ctx context.Context, st *gather.States, f planFlags, args []string) (*diff.Plan, error) {
	in := st.Input
	if s.purpose == pulling {
		in.Behind = nil // a pull brings what this checkout has not seen
	}
	in.OverrideDrafts = f.overrideDrafts
	var err error
	if in.Selected, err = s.selected(args, in); err != nil {
		return nil, err
	}
	if in.Locale, err = locales(f.locales, in.Remote.HelpCenters); err != nil {
		return nil, err
	}
	if f.saved != nil {
		in.Selected = f.saved.Selects
	}
	if in.Prune, err = s.prune(ctx, f.prune); err != nil {
		return nil, err
	}
	p := diff.Compute(in)
	p.Notes = append(p.Notes, unfinished(st)...)
	p.Unchecked = s.unchecked(st)
	p.Limited = in.Selected != nil || in.Locale != nil
	s.addressed(p)
	p.Problems = append(p.Problems, st.Links.Check(p, s.imageExists, s.cfg.ImageBaseURL != "" || s.sandbox)...)
	return p, nil
}

// addressed names the target in the commands that conflicts advise, where that is
// not the one that a command without `-t` means.
func (s *session) addressed(p *diff.Plan) {
	if !s.secondary() {
		return
	}
	for i := range p.Conflicts {
		c := &p.Conflicts[i]
		pull := "`hcsync pull -t " + s.target.Name
		c.Hint = strings.ReplaceAll(c.Hint, "`hcsync pull", pull)
		if c.Both { // the files cannot say what they have seen of this workspace
			c.Hint = pull + "` brings that text into the file; " + pull + " --ours` lets the file win"
		}
	}
}

func (s *session) imageExists(file string) bool {
	info, err := os.Stat(filepath.Join(s.cfg.Dir, filepath.FromSlash(file)))
	return err == nil && info.Mode().IsRegular()
}

// selected turns arguments into a filter: ids, and paths as typed in a shell.
func (s *session) selected(args []string, in diff.Input) (func(diff.About) bool, error) {
	if len(args) == 0 {
		return nil, nil
	}
	ids := map[string]bool{}
	var paths []string
	for _, a := range args {
		if strings.Trim(a, "0123456789") == "" {
			has := func(o model.Object) bool { return o.ID == a }
			if !slices.ContainsFunc(in.Local.Objects, has) && !slices.ContainsFunc(in.Remote.Objects, has) {
				return nil, fmt.Errorf("%s: no article and no collection has this id", a)
			}
			ids[a] = true
			continue
		}
		p, err := s.treePath(a, in.Claims)
		if err != nil {
			return nil, err
		}
		paths = append(paths, p)
	}
	return func(a diff.About) bool {
		if ids[a.ID] {
			return true
		}
		for _, p := range paths {
			if p == "." || a.Path == p || strings.HasPrefix(a.Path, p+"/") {
				return true
			}
		}
		return false
	}, nil
}

// treePath makes a path as typed relative to the content folder; the file of a
// translation or of a collection stands for its object. What is gone from the
// files may be named as well.
func (s *session) treePath(arg string, recorded map[diff.Place]model.Key) (string, error) {
	rel, err := filepath.Rel(s.cfg.ContentDir(), join(s.env.Dir, arg))
	if err != nil {
		return "", err
	}
	p := filepath.ToSlash(rel)
	if p == ".." || strings.HasPrefix(p, "../") {
		if s.cfg.ContentDir() == join(s.env.Dir, arg) || strings.HasPrefix(s.cfg.ContentDir(), join(s.env.Dir, arg)+string(filepath.Separator)) {
			return ".", nil
		}
		return "", fmt.Errorf("%s: not in the content folder %s\nname a file or folder in it, or an id", arg, s.cfg.Content)
	}
	for _, o := range s.files.Objects {
		for _, c := range o.Contents {
			if c.File == path.Join(s.cfg.Content, p) {
				return o.Path, nil
			}
		}
	}
	for place := range recorded {
		if place.Path == p || strings.HasPrefix(place.Path, p+"/") {
			return p, nil
		}
	}
	if _, err := os.Stat(join(s.env.Dir, arg)); err != nil {
		return "", fmt.Errorf("%s: no such file or folder", arg)
	}
	return p, nil
}

func locales(names []string, centers []model.HelpCenter) (func(model.Locale) bool, error) {
	if len(names) == 0 {
		return nil, nil
	}
	for _, n := range names {
		has := func(hc model.HelpCenter) bool { _, ok := hc.Has(model.Locale(n)); return ok }
		if !slices.ContainsFunc(centers, has) {
			return nil, fmt.Errorf("--locale %s: no help center has this locale", n)
		}
	}
	return func(l model.Locale) bool {
		for _, n := range names {
			if l.Is(model.Locale(n)) {
				return true
			}
		}
		return false
	}, nil
}

// show prints a plan, and what is wrong in the files.
func (s *session) show(st *gather.States, p *diff.Plan, asJSON bool, command string) error {
	s.env.actions.plan(s, s.head(st), p)
	if asJSON {
		return report.PlanJSON(s.env.Stdout, command, s.head(st), p)
	}
	for _, problem := range p.Problems {
		fmt.Fprintln(s.env.Stderr, report.Clean(problem.String()))
	}
	report.Plan(s.env.Stdout, s.env.style(), s.head(st), p)
	return nil
}
