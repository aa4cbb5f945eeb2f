package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/state"
)

func registerPrune(cmd *cobra.Command, prune *bool) {
	cmd.Flags().BoolVar(prune, "prune", false, "also take off what the files no longer have: back to draft, or deleted where hcsync.yaml says on_delete: delete")
}

func registerAllow(cmd *cobra.Command, allow *[]int) {
	cmd.Flags().IntSliceVar(allow, "allow", nil, "go beyond a limit on removals and changes of state: the `number` that the refusal names")
}

// prune says what becomes of removals. Files that git left out of the checkout
// are not removed, they are only not here.
func (s *session) prune(ctx context.Context, on bool) (diff.Prune, error) {
	p := diff.Prune{On: on, Delete: s.cfg.OnDelete == config.OnDeleteDelete}
	if !on || s.repo == nil {
		return p, nil
	}
	absent, err := s.repo.Absent(ctx, s.cfg.Content)
	if err == nil && absent {
		p.Incomplete = "this is a sparse checkout, which does not hold all files"
	}
	return p, err
}

// brake refuses a run that goes beyond a limit without the number for it.
func brake(brakes []diff.Brake, allow []int, nothing string) error {
	held := diff.Held(brakes, allow)
	if len(held) == 0 {
		return nil
	}
	var what, numbers []string
	for _, b := range held {
		what = append(what, b.String())
		numbers = append(numbers, strconv.Itoa(b.Count))
	}
	return fmt.Errorf("this would %s; %s\na run stops above 30 %%, or above 3 of fewer than 10; if it is meant, add `--allow %s`",
		strings.Join(what, ", "), nothing, strings.Join(numbers, ","))
}

// question names what a push takes away or makes public.
func question(p *diff.Plan, target string) string {
	t := p.Toll()
	var deleted, parts []string
	if t.Articles > 0 {
		deleted = append(deleted, report.Plural(t.Articles, "article"))
	}
	if t.Collections > 0 {
		deleted = append(deleted, report.Plural(t.Collections, "collection"))
	}
	if len(deleted) > 0 {
		parts = append(parts, "delete "+strings.Join(deleted, " and "))
	}
	if t.Unpublished > 0 {
		parts = append(parts, "unpublish "+strconv.Itoa(t.Unpublished))
	}
	if t.Published > 0 {
		parts = append(parts, "publish "+strconv.Itoa(t.Published))
	}
	if t.Overridden > 0 {
		parts = append(parts, "replace "+report.Plural(t.Overridden, "pending draft"))
	}
	q := fmt.Sprintf("Apply %s to %s", report.Plural(len(p.Changes), "change"), target)
	if len(parts) > 0 {
		q += " (" + strings.Join(parts, ", ") + ")"
	}
	return q + "?"
}

// updates turns entries and the keys of forgotten ones into changes of the
// state.
func updates(entries []*model.BaseObject, forget []model.Key) []state.Update {
	var out []state.Update
	for _, e := range entries {
		out = append(out, state.Update{Object: e})
	}
	for _, k := range forget {
		out = append(out, state.Update{Object: &model.BaseObject{Kind: k.Kind, ID: k.ID}, Delete: true})
	}
	return out
}
