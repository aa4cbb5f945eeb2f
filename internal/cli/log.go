package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/history"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/state"
)

type logFlags struct {
	targetFlags
	json, patch bool
	number      int
}

func newLog(env *Env) *cobra.Command {
	var f logFlags
	cmd := &cobra.Command{
		Use:   "log path|id",
		Short: "Show the live history of an article",
		Long: `Lists what changed in an article or collection as far as readers saw it, newest
first: what each push sent, and what each pull found changed in Intercom. It
comes out of the state, so Intercom is not asked.

The commits are those of the state. ` + "`hcsync restore`" + ` goes back to any of them.

Exit codes:
  0  done
  1  error, or the state does not know the article`,
		Example: "  hcsync log content/acme/billing/invoices.md\n  hcsync log -p 13256978",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLog(cmd.Context(), env, f, args[0])
		},
	}
	cmd.Flags().StringVarP(&f.target, "target", "t", "", "the `name` of the workspace whose state is meant: a target of hcsync.yaml, or sandbox")
	cmd.Flags().BoolVarP(&f.patch, "patch", "p", false, "show what changed in each text")
	cmd.Flags().BoolVar(&f.json, "json", false, "write the history as JSON (docs/json.md)")
	cmd.Flags().IntVarP(&f.number, "max-count", "n", 0, "at most this `number` of entries")
	return cmd
}

func runLog(ctx context.Context, env *Env, f logFlags, arg string) error {
	s, h, err := openRecord(ctx, env, f.targetFlags)
	if err != nil {
		return err
	}
	defer s.close()
	key, about, err := s.named(ctx, h, arg)
	if err != nil {
		return err
	}
	versions, err := history.Load(ctx, s.store, h, []model.Key{key}, nil)
	if err != nil {
		return err
	}
	entries := history.Entries(versions[key])
	if f.number > 0 {
		entries = entries[:min(f.number, len(entries))]
	}
	subjects := s.subjects(ctx, entries)
	if f.json {
		return report.LogJSON(env.Stdout, about, entries, subjects)
	}
	report.Log(env.Stdout, env.style(), about, entries, subjects, f.patch)
	return nil
}

// named finds the one object that an argument means. A folder means its
// collection.
func (s *session) named(ctx context.Context, h *state.History, arg string) (model.Key, diff.About, error) {
	if h.Len() == 0 {
		return model.Key{}, diff.About{}, fmt.Errorf("%s: there is no state yet; `hcsync pull` makes it", arg)
	}
	r, err := s.openEntries(ctx, h, h.Tip())
	if err != nil {
		return model.Key{}, diff.About{}, err
	}
	keys, err := r.find(s, h, arg)
	if err != nil {
		return model.Key{}, diff.About{}, err
	}
	local := r.local(s)
	abouts := make([]diff.About, len(keys))
	for i, key := range keys {
		abouts[i] = diff.About{Kind: key.Kind, ID: key.ID, Path: r.home(key)}
		if o := local[key]; o != nil {
			abouts[i].Path, abouts[i].Title = o.Path, o.Title()
		}
	}
	i := 0
	if len(keys) > 1 {
		i = s.meant(abouts, arg)
	}
	if i < 0 {
		return model.Key{}, diff.About{}, fmt.Errorf("%s: stands for %d articles and collections; name one file", arg, len(keys))
	}
	return keys[i], abouts[i], nil
}

// meant chooses the object whose own place was named, -1 for none or several.
func (s *session) meant(abouts []diff.About, arg string) int {
	p, err := s.treePath(arg, nil)
	if err != nil {
		return -1
	}
	return slices.IndexFunc(abouts, func(a diff.About) bool { return a.Path == p })
}

// subjects gives the first lines of the main commits that were pushed, as far as
// this clone has them.
func (s *session) subjects(ctx context.Context, entries []history.Entry) map[string]string {
	out := map[string]string{}
	for _, e := range entries {
		main := e.Commit.Main
		if _, known := out[main]; known || main == "" || s.repo == nil {
			continue
		}
		line, err := s.repo.Line(ctx, "log", "-1", "--no-show-signature", "--format=%s", "--end-of-options", main, "--")
		if err != nil {
			line = "" // another branch's commit, or one of another repository
		}
		out[main] = strings.TrimSpace(line)
	}
	return out
}
