package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/push"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/resume"
	"github.com/hcsync/hcsync/internal/state"
)

type pushFlags struct {
	planFlags
	yes, dryRun, partial, fromBranch, steal bool
	allow                                   []int
}

func newPush(env *Env) *cobra.Command {
	var f pushFlags
	cmd := &cobra.Command{
		Use:     "push [path or id]... | [plan file]",
		Aliases: []string{"apply"},
		Short:   "Apply the plan to Intercom",
		Long: `Makes the plan, shows it, asks, and carries it out. Only changed fields of
changed locales are sent. What changed in Intercom meanwhile is left alone.

A push to Intercom sends committed content of the default branch only; the
sandbox takes uncommitted files too.

A teammate's pending draft in Intercom blocks its language. --override-drafts
shows the draft's text that gives way, sends the whole text of that language and
publishes exactly it.

A plan that ` + "`hcsync plan --out`" + ` saved is carried out as it is, also from another
commit with the same files, such as the squash merge of the branch that it was
made on. If a file, an article in Intercom, what the state says of them or a
version is no longer what it was made from, the push says what moved and sends
nothing.
` + exitHelp,
		Example: "  hcsync push\n  hcsync push --yes                 # in CI\n  hcsync push plan.json --yes       # a saved plan\n  hcsync push -t sandbox",
		RunE: func(cmd *cobra.Command, args []string) error {
			args, err := f.fromFile(env, cmd, args)
			if err != nil {
				return err
			}
			return runPush(cmd.Context(), env, f, args)
		},
	}
	f.register(cmd)
	registerPrune(cmd, &f.prune)
	registerOverride(cmd, &f.overrideDrafts)
	registerAllow(cmd, &f.allow)
	registerSteal(cmd, &f.steal)
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask; needed where nobody can answer")
	cmd.Flags().BoolVarP(&f.dryRun, "dry-run", "n", false, "show the plan and stop, as hcsync plan does")
	cmd.Flags().BoolVar(&f.partial, "partial", false, "leave out objects in conflict instead of refusing")
	cmd.Flags().BoolVar(&f.fromBranch, "from-branch", false, "push from a branch other than the default one")
	return cmd
}

func runPush(ctx context.Context, env *Env, f pushFlags, args []string) error {
	if f.dryRun {
		return runPlan(ctx, env, f.planFlags, args, false)
	}
	s, err := open(ctx, env, f.targetFlags)
	if err != nil {
		return err
	}
	defer s.close()
	s.writing, s.steal = true, f.steal
	if err := s.committed(ctx, f.fromBranch); err != nil {
		return err
	}
	st, plan, err := s.plan(ctx, f.planFlags, args)
	if err != nil {
		return err
	}
	whole := plan
	if f.partial {
		plan = diff.Partial(plan)
	}
	if f.json {
		s.env.actions.plan(s, s.head(st), plan)
	} else if err := s.show(st, plan, false, "push"); err != nil {
		return err
	}
	if err := s.refused(ctx, st, plan, f); err != nil {
		return err
	}
	outcomes, err := s.apply(ctx, st, plan)
	if err := s.finish(st, plan, outcomes, f.json); err != nil {
		return err
	}
	return pushCode(whole, outcomes, err, f.failOnDrift)
}

// refused stops a push before its first write: invalid content, conflicts,
// nobody to ask, or the answer no.
func (s *session) refused(ctx context.Context, st *gather.States, p *diff.Plan, f pushFlags) error {
	code := 0
	switch {
	case len(p.Problems) > 0:
		code = exitInvalid
	case len(p.Conflicts) > 0 && !f.partial:
		code = exitConflict
	}
	if code != 0 {
		if f.json {
			if err := s.finish(st, p, nil, true); err != nil {
				return err
			}
		}
		return fail(code, "nothing was sent")
	}
	if err := brake(p.Brakes(), f.allow, "nothing was sent"); err != nil {
		if f.json {
			err = errors.Join(s.finish(st, p, nil, true), err)
		}
		return err
	}
	if len(p.Changes) == 0 || f.yes {
		return nil
	}
	return s.env.confirm(ctx, question(p, s.head(st).Target))
}

// committed refuses to send to a live target what is not on the default
// branch of the repository: the record of what was pushed names a commit.
func (s *session) committed(ctx context.Context, fromBranch bool) error {
	if s.repo == nil || !s.target.IsLive() {
		return nil
	}
	dirty, err := s.repo.Dirty(ctx, s.cfg.Content)
	if err != nil {
		return err
	}
	if len(dirty) > 0 {
		return fmt.Errorf("%s: has changes that are not committed\ncommit them first, or try them with `-t sandbox`", dirty[0])
	}
	if fromBranch || s.remote == "" {
		return nil
	}
	on, err := s.repo.OnDefaultBranch(ctx, s.remote)
	if err != nil {
		return err
	}
	if !on {
		return errors.New("this is not the default branch\nmerge first, or push from here with `--from-branch`")
	}
	return nil
}

// record commits entries to the state. When somebody else was faster, their
// commit comes first and this one follows it: entries of other objects stay. It
// gives the newest commit, as files write it.
func (s *session) record(ctx context.Context, st *gather.States, action string, updates []state.Update) (marker string, err error) {
	history := st.History
	if len(updates) == 0 {
		if history.Tip() < 0 {
			return "", nil
		}
		return history.Short(history.Tip()), nil
	}
	meta := state.Commit{Action: action, Subject: fmt.Sprintf("%s: %s", action, report.Plural(len(updates), "object"))}
	if action == "push" {
		meta.Main = st.Main
	}
	for try := 0; ; try++ {
		parent := ""
		if tip := history.Tip(); tip >= 0 {
			parent = history.Commit(tip).Hash
		}
		c, err := s.store.Commit(ctx, parent, meta, updates)
		if err == nil {
			return history.ShortOf(c.Hash), nil
		}
		if !errors.Is(err, state.ErrRaced) || try == 5 {
			return "", err
		}
		if err := s.store.Fetch(ctx); err != nil {
			return "", err
		}
		if history, err = s.store.History(ctx); err != nil {
			return "", err
		}
		if _, in, err := resume.Standing(ctx, s.store); err != nil || in != nil {
			return "", errors.Join(err, errors.New("a push has begun in the meantime; run this again when it has ended"))
		}
	}
}

// finish tells what was done.
func (s *session) finish(st *gather.States, p *diff.Plan, outcomes []push.Outcome, asJSON bool) error {
	s.env.actions.results(results(outcomes))
	if asJSON {
		return report.PushJSON(s.env.Stdout, s.head(st), p, results(outcomes))
	}
	report.Results(s.env.Stdout, s.env.style(), results(outcomes))
	if s.sandbox && len(outcomes) > 0 {
		fmt.Fprintln(s.env.Stdout, "Look at it: `hcsync sandbox serve`, then open the address it prints.")
	}
	return nil
}

func results(outcomes []push.Outcome) []report.Result {
	list := make([]report.Result, 0, len(outcomes))
	for _, o := range outcomes {
		r := report.Result{About: o.Change.About, Op: o.Change.Op, Status: string(o.Status), Message: o.Message}
		if o.Live != nil {
			r.ID = o.Live.ID
			r.URL = o.Live.Contents[o.Live.Default].URL
		}
		list = append(list, r)
	}
	return list
}

// pushCode gives the exit code of a push that was carried out.
func pushCode(p *diff.Plan, outcomes []push.Outcome, err error, failOnDrift bool) error {
	if err != nil {
		return err
	}
	done := 0
	var first error
	for _, o := range outcomes {
		if o.Status == push.Done {
			done++
		} else if first == nil && o.Err != nil {
			first = o.Err
		}
	}
	switch {
	case done < len(outcomes) && done == 0 && len(outcomes) == 1 && first != nil:
		return first
	case done < len(outcomes):
		return fail(exitPartial, "%d of %s not done\nrun `hcsync push` again: what is done stays done", len(outcomes)-done, report.Plural(len(outcomes), "change"))
	case len(p.Conflicts) > 0, failOnDrift && len(p.Drift) > 0:
		return fail(exitConflict, "")
	}
	return nil
}
