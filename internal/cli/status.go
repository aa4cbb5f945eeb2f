package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/status"
)

type statusFlags struct {
	planFlags
	all, detailed bool
}

func newStatus(env *Env) *cobra.Command {
	var f statusFlags
	cmd := &cobra.Command{
		Use:   "status [path or id]...",
		Short: "Show where every article stands",
		Long: `Lists the articles and collections that are not in sync, with what changed on
which side, in which languages. Nothing is written.

"Reverted in Intercom" means that an article there is as it was before the last
push: somebody's open editor has saved the old text over it. Pull it, then take
the pushed text back with ` + "`hcsync restore`" + `, or leave it.

To have looked is no failure: without the flags below the exit code is 0 even
where there are changes or conflicts.
` + exitHelp,
		Example: "  hcsync status\n  hcsync status content/acme/billing\n  hcsync status --fail-on-drift     # for a nightly job",
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStatus(cmd.Context(), env, f, args)
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVarP(&f.all, "all", "a", false, "also list what is in sync")
	cmd.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "exit 2 when local changes are pending, 3 with conflicts")
	return cmd
}

func runStatus(ctx context.Context, env *Env, f statusFlags, args []string) error {
	s, err := open(ctx, env, f.targetFlags)
	if err != nil {
		return err
	}
	defer s.close()
	st, plan, err := s.plan(ctx, f.planFlags, args)
	if err != nil {
		return err
	}
	selected, err := s.selected(args, st.Input)
	if err != nil {
		return err
	}
	objects := status.Of(plan, selected)
	env.actions.plan(s, s.head(st), plan)
	if f.json {
		err = report.StatusJSON(env.Stdout, s.head(st), plan, objects, f.all)
	} else {
		for _, p := range plan.Problems {
			fmt.Fprintln(env.Stderr, report.Clean(p.String()))
		}
		report.Status(env.Stdout, env.style(), s.head(st), objects, plan.Notes, f.all)
	}
	if err != nil {
		return err
	}
	return statusCode(plan, f)
}

// statusCode is that of a plan where a flag asks for it; to have looked is no
// failure.
func statusCode(p *diff.Plan, f statusFlags) error {
	if len(p.Problems) == 0 && !f.detailed && !(f.failOnDrift && len(p.Drift) > 0) {
		return nil
	}
	return planCode(p, f.failOnDrift, f.detailed)
}
