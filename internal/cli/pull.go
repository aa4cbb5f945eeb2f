package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/pull"
	"github.com/hcsync/hcsync/internal/report"
)

func newPull(env *Env) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "pull [path or id]...",
		Short: "Bring home what changed in Intercom",
		Long: `Writes what changed in Intercom into the files. Texts that were edited on both
sides are left as they are and listed. The files' own spelling survives: only
what changed is rewritten.
` + exitHelp,
		Example: "  hcsync pull\n  hcsync pull content/acme/billing",
		RunE: func(cmd *cobra.Command, args []string) error {
			return runPull(cmd.Context(), env, f, args)
		},
	}
	f.targetFlags.register(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "write what was done as JSON (docs/json.md)")
	cmd.Flags().StringSliceVar(&f.locales, "locale", nil, "only these `locales`")
	return cmd
}

func runPull(ctx context.Context, env *Env, f planFlags, args []string) error {
	s, err := open(ctx, env, f.targetFlags)
	if err != nil {
		return err
	}
	defer s.close()
	st, plan, err := s.planForPull(ctx, f, args)
	if err != nil {
		return err
	}
	result := pull.Compute(plan, st, pull.Options{Content: s.cfg.Content, ImageBase: s.cfg.ImageBaseURL, Secondary: s.secondary(), Place: s.tree.Place})
	if err := s.record(ctx, st, "pull", result.Entries); err != nil {
		return fmt.Errorf("%w\nno file was touched; pull again", err)
	}
	marker, err := s.marker(ctx)
	if err != nil {
		return err
	}
	wrote, err := pull.Apply(result, s.tree, marker)
	if shown := s.showPull(st, result, wrote, f.json); err == nil {
		err = shown
	}
	if err == nil && len(result.Conflicts) > 0 {
		return fail(exitConflict, "")
	}
	return err
}

// planForPull compares the states. A pull also reads objects of which this
// checkout is behind, and does not mind what only a push would refuse.
func (s *session) planForPull(ctx context.Context, f planFlags, args []string) (*gather.States, *diff.Plan, error) {
	f.allowRollback = true
	return s.plan(ctx, f, args)
}

// marker names the newest state commit, as files write it.
func (s *session) marker(ctx context.Context) (string, error) {
	h, err := s.store.History(ctx)
	if err != nil || h.Tip() < 0 {
		return "", err
	}
	return h.Short(h.Tip()), nil
}

func (s *session) showPull(st *gather.States, r *pull.Result, wrote []pull.Wrote, asJSON bool) error {
	p := report.Pulled{Conflicts: r.Conflicts, Left: r.Left}
	for _, m := range r.Renames {
		p.Renames = append(p.Renames, report.Renamed{About: m.About, From: m.From, To: m.To})
	}
	for _, w := range wrote {
		f := report.PulledFile{About: w.About, File: filepath.ToSlash(filepath.Join(s.cfg.Content, w.Path)), Locale: w.Locale, Fields: w.Fields, Why: w.Why}
		if w.Kept != nil {
			f.Kept = w.Kept.Error()
		}
		p.Files = append(p.Files, f)
	}
	if asJSON {
		return report.PullJSON(s.env.Stdout, s.head(st), p)
	}
	report.Pull(s.env.Stdout, s.env.style(), s.head(st), p)
	return nil
}

// backup keeps the only copy of a text that git does not have: a file with
// changes that are not committed is copied before it is rewritten.
func (s *session) backup() func(file string, old []byte) error {
	run := time.Now().UTC().Format("20060102T150405Z")
	dirty := sync.OnceValues(func() ([]string, error) {
		if s.repo == nil {
			return nil, nil
		}
		return s.repo.Dirty(context.Background(), s.cfg.Content)
	})
	return func(file string, old []byte) error {
		changed, err := dirty()
		if err != nil {
			return err
		}
		if s.repo != nil && !slices.Contains(changed, file) {
			return nil
		}
		to := s.localDir("backup", run, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, old, 0o644)
	}
}
