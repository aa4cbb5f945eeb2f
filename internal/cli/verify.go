package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

func newVerify(env *Env) *cobra.Command {
	var f targetFlags
	var remote, asJSON bool
	cmd := &cobra.Command{
		Use:   "verify [path or id]...",
		Short: "Prove that bodies survive the way through Markdown",
		Long: `Converts every body to Markdown and back, and compares what it means. It also
says how much of the text is plain Markdown, and what stays HTML.

Without --remote it looks at the files, offline. With it, it looks at what is
live, before the first pull for example. Nothing is written.

Exit codes: 0 only when every body comes back equal, else 1; 4, 5 and 6 as for
the other commands.`,
		Example: "  hcsync verify\n  hcsync verify --remote",
		RunE: func(cmd *cobra.Command, args []string) error {
			return runVerify(cmd.Context(), env, f, remote, asJSON, args)
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&remote, "remote", false, "look at the workspace instead of the files")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the result as JSON (docs/json.md)")
	return cmd
}

func runVerify(ctx context.Context, env *Env, f targetFlags, remote, asJSON bool, args []string) error {
	read := localBodies
	if remote {
		read = liveBodies
	}
	bodies, err := read(ctx, env, f, args)
	if err != nil {
		return err
	}
	v := report.Verification{Constructs: map[string]*report.Construct{}}
	for _, b := range bodies {
		v.Add(b.name, markup.Inspect(b.html))
	}
	if asJSON {
		err = report.VerifyJSON(env.Stdout, v)
	} else {
		report.Verify(env.Stdout, v)
	}
	if err == nil && v.Exact < v.Bodies {
		return fail(exitError, "%d of %d bodies do not come back equal\nplease report an example", v.Bodies-v.Exact, v.Bodies)
	}
	return err
}

// namedBody is a body and where it is.
type namedBody struct{ name, html string }

// localBodies are the texts of the files as they would be sent.
func localBodies(ctx context.Context, env *Env, f targetFlags, args []string) ([]namedBody, error) {
	s := newSession(env, comparing)
	for _, step := range []func(context.Context, targetFlags) error{s.loadConfig, s.readFiles} {
		if err := step(ctx, f); err != nil {
			return nil, err
		}
	}
	selected, err := s.selected(args, diff.Input{Local: s.files})
	if err != nil {
		return nil, err
	}
	return bodies(s.files, selected, func(o *model.Object, l model.Locale, c model.Content) namedBody {
		return namedBody{filepath.ToSlash(c.File), markup.Render(c.Fields[model.Body], markup.Options{})}
	}), nil
}

// liveBodies are the texts of the workspace.
func liveBodies(ctx context.Context, env *Env, f targetFlags, args []string) ([]namedBody, error) {
	s, err := open(ctx, env, f)
	if err != nil {
		return nil, err
	}
	defer s.close()
	s.env.progress.Begin(readingArticles)
	live, err := s.client.Snapshot(ctx)
	s.env.progress.End()
	if err != nil {
		return nil, err
	}
	selected, err := s.selected(args, diff.Input{Local: s.files, Remote: live})
	if err != nil {
		return nil, err
	}
	return bodies(live, selected, func(o *model.Object, l model.Locale, c model.Content) namedBody {
		return namedBody{fmt.Sprintf("article %s %s", o.ID, l), c.Fields[model.Body]}
	}), nil
}

func bodies(s model.Snapshot, selected func(diff.About) bool, name func(*model.Object, model.Locale, model.Content) namedBody) []namedBody {
	var out []namedBody
	for i := range s.Objects {
		o := &s.Objects[i]
		if o.Kind != model.Article || selected != nil && !selected(diff.About{Kind: o.Kind, ID: o.ID, Path: o.Path, Title: o.Title()}) {
			continue
		}
		for _, l := range o.Locales() {
			if c := o.Contents[l]; c.Fields[model.Body] != "" {
				out = append(out, name(o, l, c))
			}
		}
	}
	return out
}
