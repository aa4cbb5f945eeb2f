package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/saved"
)

// planning lists the flags that decide what is in a plan, not where it comes
// from or how it is shown. They are kept in a saved plan.
func planning() []string {
	var names []string
	probe := &cobra.Command{}
	(&planFlags{}).register(probe)
	registerPrune(probe, new(bool))
	registerOverride(probe, new(bool))
	probe.Flags().VisitAll(func(f *pflag.Flag) {
		if !slices.Contains([]string{"target", "api-url", "json", "output", "fail-on-drift", "quiet", "verbose", "trace"}, f.Name) {
			names = append(names, f.Name)
		}
	})
	return names
}

// chosen gives the flags that decide what is in the plan, as the user set them.
func chosen(cmd *cobra.Command) map[string][]string {
	out := map[string][]string{}
	for _, name := range planning() {
		f := cmd.Flags().Lookup(name)
		if f == nil || !f.Changed {
			continue
		}
		out[name] = []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			out[name] = list.GetSlice()
		}
	}
	return out
}

// source says what a plan of this run is computed from.
func (s *session) source(st *gather.States) saved.Source {
	from := saved.Source{Tool: version(), Target: s.target.Name, WorkspaceID: st.Workspace.ID, APIVersion: s.target.APIVersion, Head: st.Main, URL: s.apiURL}
	if u, err := url.Parse(s.apiURL); err == nil && s.apiURL != "" {
		u.User = nil // a password has no place in a file
		from.URL = u.String()
	}
	if st.Main == gather.NoCommit {
		from.Head = ""
	}
	if tip := st.History.Tip(); tip >= 0 {
		from.State = st.History.Commit(tip).Hash
	}
	return from
}

// savePlan writes a plan for a later push. One that a push would refuse is not
// worth keeping.
func (s *session) savePlan(ctx context.Context, st *gather.States, p *diff.Plan, f planFlags) error {
	switch {
	case len(p.Problems) > 0:
		return fail(exitInvalid, "%s: not written: the content is invalid", f.out)
	case len(p.Conflicts) > 0:
		return fail(exitConflict, "%s: not written: a push would refuse this plan\nsettle the conflicts, or limit the plan to other paths", f.out)
	}
	if err := s.committed(ctx, true); err != nil {
		return fmt.Errorf("%s: not written, since a push would refuse: %w", f.out, err)
	}
	data, err := saved.New(p, s.source(st), f.chosen).Encode()
	if err != nil {
		return err
	}
	if err := replaceFile(join(s.env.Dir, f.out), data); err != nil {
		return err
	}
	fmt.Fprintf(s.env.Stderr, "Saved to %s. `hcsync push %[1]s` carries out exactly this, or refuses.\n", f.out)
	return nil
}

// mayHold refuses, before anything is read, to put a plan among the content, or
// over anything else than an older plan.
func (s *session) mayHold(name string) error {
	if name == "" {
		return nil
	}
	file := join(s.env.Dir, name)
	dir, err := filepath.EvalSymlinks(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("%s: no such folder", filepath.Dir(name))
	}
	home, err := filepath.EvalSymlinks(s.cfg.ContentDir())
	if err == nil && within(home, dir) {
		return fmt.Errorf("%s: in the content folder, where it would be taken for content\nsave the plan elsewhere", name)
	}
	old, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, broken := saved.Decode(old); broken != nil && len(old) > 0 {
		return fmt.Errorf("%s: is there and is no saved plan\nremove it, or save the plan under another name", name)
	}
	return nil
}

// within says that a folder is another one or below it.
func within(outer, inner string) bool {
	rel, err := filepath.Rel(outer, inner)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// replaceFile writes a file in one rename.
func replaceFile(file string, data []byte) error {
	out, err := os.CreateTemp(filepath.Dir(file), ".hcsync-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone after the rename
	_, err = out.Write(data)
	if err = errors.Join(err, out.Chmod(0o644), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), file)
}

// loadPlan reads the saved plan that push was given instead of paths; nil where
// it was given none.
func loadPlan(env *Env, args []string) (*saved.Plan, error) {
	for _, arg := range args {
		file := join(env.Dir, arg)
		info, err := os.Stat(file)
		if err != nil || !info.Mode().IsRegular() || strings.HasSuffix(arg, ".md") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if !saved.Is(data) && filepath.Ext(arg) != ".json" {
			continue
		}
		if len(args) > 1 {
			return nil, fmt.Errorf("%s: a saved plan says itself what to push\nname it alone", arg)
		}
		p, err := saved.Decode(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, err)
		}
		return p, nil
	}
	return nil, nil
}

// fromFile gives the paths that a push is limited to; a saved plan in their
// place sets the push up to carry it out.
func (f *planFlags) fromFile(env *Env, cmd *cobra.Command, args []string) ([]string, error) {
	p, err := loadPlan(env, args)
	if p == nil || err != nil {
		return args, err
	}
	return nil, takePlan(cmd, p, f)
}

// takePlan sets up a push as the saved plan was made: its target, its flags, and
// its objects alone.
func takePlan(cmd *cobra.Command, p *saved.Plan, f *planFlags) error {
	for _, name := range planning() {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s: decides what is in a plan, and this one is made\nleave the flag out, or plan again with it", name)
		}
		values, set := p.Flags[name]
		if !set {
			continue
		}
		if err := setFlag(cmd.Flags().Lookup(name), values); err != nil {
			return fmt.Errorf("--%s: %w", name, err)
		}
	}
	if cmd.Flags().Changed("target") && f.target != p.Target {
		return fmt.Errorf("-t %s: the plan was made for %s", f.target, targetName(p.Target))
	}
	f.target, f.saved = p.Target, p
	return nil
}

func setFlag(f *pflag.Flag, values []string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(values)
	}
	return f.Value.Set(strings.Join(values, ","))
}

func targetName(name string) string {
	if name == "" {
		return "the workspace of hcsync.yaml"
	}
	return name
}

// unmoved refuses a saved plan that is no longer what a push would do.
func (s *session) unmoved(st *gather.States, p *diff.Plan, f planFlags) error {
	if f.saved == nil {
		return nil
	}
	moved := f.saved.Moved(p, s.source(st))
	if len(moved) == 0 {
		return nil
	}
	for i, m := range moved {
		moved[i] = strings.Join(strings.Fields(report.Clean(m)), " ")
		fmt.Fprintln(s.env.Stderr, moved[i])
	}
	if f.json {
		if err := report.MovedJSON(s.env.Stdout, s.head(st), p, moved); err != nil {
			return err
		}
	}
	return fail(exitConflict, "the plan no longer fits, and nothing was sent\nplan again with `hcsync plan --out`")
}
