package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/github"
)

// postComment tells the pull request of a plan. A pull request from a fork has a
// token that can only read; then the step's summary has to do.
func (e *Env) postComment(ctx context.Context, r github.Report) error {
	step, err := github.ReadStep(e.Getenv)
	if err != nil {
		return err
	}
	switch {
	case step.Pull == nil:
		return errors.New("--comment: this run belongs to no pull request\nuse it in a workflow that runs `on: pull_request`")
	case step.Token == "":
		return errors.New("--comment: GITHUB_TOKEN is not set\ngive the step `env: GITHUB_TOKEN: ${{ github.token }}`")
	}
	r.Step, r.Home = step, cmp.Or(r.Home, e.home(ctx))
	address, err := github.NewAPI(step).PostComment(ctx, step.Pull.Number, r)
	if errors.Is(err, github.ErrForbidden) && step.Pull.Fork {
		fmt.Fprintln(e.Stderr, "note: a pull request from a fork cannot be commented on; the plan is in the summary of the step")
		return nil
	}
	if err == nil && address != "" {
		fmt.Fprintf(e.Stderr, "The plan is on the pull request: %s\n", address)
	}
	return err
}

// commentInvalid tells the pull request that its files cannot be read, where
// that is why there is no plan.
func (e *Env) commentInvalid(ctx context.Context, f planFlags) error {
	if !f.comment || len(e.found) == 0 {
		return nil
	}
	r := github.Report{Target: cmp.Or(f.target, "intercom"), Plan: &diff.Plan{Problems: e.found},
		Unchecked: []string{"The files were not compared with Intercom, because they cannot be read as they are."}}
	return e.postComment(ctx, r)
}

// home is the folder of hcsync.yaml from the root of the repository.
func (e *Env) home(ctx context.Context) string {
	if file, err := config.Find(e.Dir); err == nil {
		return repositoryPrefix(ctx, filepath.Dir(file))
	}
	return ""
}
