package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

type newFlags struct{ title, description, state string }

func newNew(env *Env) *cobra.Command {
	var f newFlags
	cmd := &cobra.Command{
		Use:   "new path --title title",
		Short: "Begin an article, a translation or a collection",
		Long: `Creates a file with front matter. A path that ends with .md is an article, or
with a language before the .md a translation of the article beside it; any other
path is the folder of a collection. The next push creates it in Intercom, an
article as a draft unless --state says otherwise.

Exit codes:
  0  done
  1  error; nothing was created
  4  the content is invalid`,
		Example: "  hcsync new content/acme/billing/refunds.md --title \"Get a refund\"\n  hcsync new content/acme/billing/refunds.fr.md --title \"Se faire rembourser\"\n  hcsync new content/acme/shipping --title Shipping",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runNew(cmd.Context(), env, f, args[0])
		},
	}
	cmd.Flags().StringVar(&f.title, "title", "", "the `title` that readers see (required)")
	cmd.Flags().StringVar(&f.description, "description", "", "the `line` below the title")
	cmd.Flags().StringVar(&f.state, "state", "", "draft or published, for an article")
	return cmd
}

func runNew(ctx context.Context, env *Env, f newFlags, arg string) error {
	if strings.TrimSpace(f.title) == "" {
		return errors.New("--title is missing: what readers will see above the text")
	}
	s := newSession(env, comparing)
	for _, step := range []func(context.Context, targetFlags) error{s.loadConfig, s.readFiles} {
		if err := step(ctx, targetFlags{}); err != nil {
			return err
		}
	}
	p, err := s.treeFile(arg)
	if err != nil {
		return err
	}
	e, err := s.begin(p, arg, f)
	if err != nil {
		return err
	}
	if _, err := s.tree.Write(e); err != nil {
		return err
	}
	after := newSession(env, comparing)
	after.cfg = s.cfg
	if err := after.readFiles(ctx, targetFlags{}); err != nil {
		return errors.Join(err, os.Remove(filepath.Join(s.cfg.ContentDir(), filepath.FromSlash(e.Path))))
	}
	_, err = fmt.Fprintln(env.Stdout, report.Clean(s.tree.File(e.Path)))
	return err
}

// begin gives the file to create for a path, after looking at its place.
func (s *session) begin(p, arg string, f newFlags) (content.Edit, error) {
	e := content.Edit{Path: p, New: true, Set: []content.Pair{{Key: "title", Value: f.title}}}
	if f.description != "" {
		e.Set = append(e.Set, content.Pair{Key: "description", Value: f.description})
	}
	folder := path.Dir(p)
	if path.Ext(p) != ".md" {
		e.Path = path.Join(p, content.CollectionFile)
		if f.state != "" {
			return e, fmt.Errorf("--state %s: a collection has no state", f.state)
		}
		if !s.holds(folder, true) {
			return e, fmt.Errorf("%s: %s is neither a help center nor a collection", arg, s.tree.File(folder))
		}
		return e, s.vacant(e.Path)
	}
	if strings.HasPrefix(path.Base(p), "_") {
		return e, fmt.Errorf("%s: names with _ in front have a meaning; for a collection name its folder", arg)
	}
	if !s.holds(folder, false) && folder != content.Unlisted {
		return e, fmt.Errorf("%s: %s is no collection\nbegin it with `hcsync new %[2]s --title …`", arg, s.tree.File(folder))
	}
	state := f.state
	if state == "" {
		state = model.Draft
	}
	if state != model.Draft && state != model.Published {
		return e, fmt.Errorf("--state %s: must be %s or %s", state, model.Draft, model.Published)
	}
	e.Set = append(e.Set, content.Pair{Key: "state", Value: state})
	text := ""
	e.Body = &text
	return e, s.vacant(e.Path)
}

// holds says that a folder is a collection, or with top set, a help center.
func (s *session) holds(folder string, top bool) bool {
	return slices.ContainsFunc(s.files.Objects, func(o model.Object) bool { return o.Kind == model.Collection && o.Path == folder }) ||
		top && slices.ContainsFunc(s.files.HelpCenters, func(hc model.HelpCenter) bool { return hc.Path == folder })
}

// vacant refuses a file that is there.
func (s *session) vacant(p string) error {
	if _, err := os.Lstat(filepath.Join(s.cfg.ContentDir(), filepath.FromSlash(p))); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: is there already", s.tree.File(p))
	}
	return nil
}
