package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

func newFmt(env *Env) *cobra.Command {
	var check, tidy bool
	cmd := &cobra.Command{
		Use:   "fmt [path or id]...",
		Short: "Put Markdown into the house form",
		Long: `Rewrites bodies in the form in which a pull writes them: the same marks for
lists and emphasis, one blank line between blocks. What is sent stays the same,
and so do comments, reference links and the front matter.

--tidy also takes out the blank paragraphs that were used for spacing. That
changes the articles: the next plan shows it.

Exit codes: 0 done; 1 error, or --check found files to format; 4 the content is
invalid.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFmt(cmd.Context(), env, args, check, tidy)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing, list the files that would change")
	cmd.Flags().BoolVar(&tidy, "tidy", false, "remove blank paragraphs used for spacing")
	return cmd
}

func runFmt(ctx context.Context, env *Env, args []string, check, tidy bool) error {
	s := newSession(env, comparing)
	for _, step := range []func(context.Context, targetFlags) error{s.loadConfig, s.readFiles, s.openGit} {
		if err := step(ctx, targetFlags{}); err != nil {
			return err
		}
	}
	selected, err := s.selected(args, diff.Input{Local: s.files})
	if err != nil {
		return err
	}
	changed := 0
	for i := range s.files.Objects {
		o := &s.files.Objects[i]
		if o.Kind != model.Article || selected != nil && !selected(diff.About{Kind: o.Kind, ID: o.ID, Path: o.Path}) {
			continue
		}
		for _, l := range o.Locales() {
			did, err := s.format(o.Contents[l], check, tidy)
			if err != nil {
				return err
			}
			if did {
				changed++
			}
		}
	}
	if check && changed > 0 {
		return fail(exitError, "%s to format\nrun `hcsync fmt`", report.Plural(changed, "file"))
	}
	fmt.Fprintf(env.Stdout, "Formatted %s.\n", report.Plural(changed, "file"))
	return nil
}

// format rewrites one file's body, and says whether there was anything to do.
func (s *session) format(c model.Content, check, tidy bool) (bool, error) {
	body := c.Fields[model.Body]
	text := body
	if tidy {
		text = content.TrimBody(markup.Tidy(text))
	}
	if text = content.TrimBody(markup.Format(text)); text == body {
		return false, nil
	}
	fmt.Fprintln(s.env.Stdout, c.File)
	if check {
		return true, nil
	}
	_, err := s.tree.Write(content.Edit{Path: strings.TrimPrefix(c.File, s.cfg.Content+"/"), Body: &text})
	return true, err
}
