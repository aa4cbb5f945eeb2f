package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/github"
	"github.com/hcsync/hcsync/internal/report"
)

// pullBranch is the branch of `pull --pull-request` where none is named.
const pullBranch = "hcsync/pull"

// proposal is the pull request that a pull is to be brought home in.
type proposal struct {
	step github.Step
	api  *github.API
	// repo is the checkout that the command was started in, remote where its
	// branches are.
	repo   *git.Repo
	remote string
	// base is the default branch and main its newest commit; branch is that of the
	// pull request and old its newest commit, "" where the remote has none.
	base, main, branch, old string
	// open is nil where no pull request is open. Then the branch starts anew.
	open *github.OpenRequest
}

// goesOn says that the branch holds what an open pull request proposes already.
func (p *proposal) goesOn() bool { return p.open != nil && p.old != "" }

// runPullRequest pulls in a working tree of its own, and proposes what it brought.
//
// The pull records what it read before it writes files, as always. Should the run
// end before the branch is pushed, or the pull request be closed, nothing is lost:
// the files of the default branch still say which version they have seen, so the
// next run finds the same changes again.
func runPullRequest(ctx context.Context, env *Env, f pullFlags, args []string) (err error) {
	p := &proposal{branch: f.branch}
	if p.step, err = env.pullStep(); err != nil {
		return err
	}
	p.api = github.NewAPI(p.step)
	s := newSession(env, pulling)
	for _, step := range []func(context.Context, targetFlags) error{s.loadConfig, s.chooseTarget, s.openGit} {
		if err := step(ctx, f.targetFlags); err != nil {
			return err
		}
	}
	switch {
	case s.sandbox:
		return errors.New("--pull-request: the sandbox belongs to this checkout alone\nuse `hcsync pull`")
	case s.repo == nil || s.remote == "":
		return errors.New("--pull-request: this is no clone of a repository on GitHub\nuse `hcsync pull`")
	}
	p.repo, p.remote = s.repo, s.remote
	if err := p.find(ctx); err != nil {
		return err
	}
	tree, err := p.checkOut(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tree.Remove(ctx)) }()
	if env.Dir, err = inTree(p.repo, tree, env.Dir); err != nil {
		return err
	}
	w, err := openFor(ctx, env, f.targetFlags, pulling)
	if err != nil {
		return err
	}
	defer w.close()
	return w.propose(ctx, p, f, args)
}

// pullStep reads what a step on GitHub knows of itself, as far as it takes a pull
// request.
func (e *Env) pullStep() (github.Step, error) {
	step, err := github.ReadStep(e.Getenv)
	if err != nil {
		return step, err
	}
	var missing []string
	for _, v := range []struct{ name, value string }{{"GITHUB_REPOSITORY", step.Repository}, {"GITHUB_TOKEN", step.Token}} {
		if v.value == "" {
			missing = append(missing, v.name)
		}
	}
	if len(missing) == 0 {
		return step, nil
	}
	return step, fmt.Errorf("--pull-request: missing: %s\nit is for workflows of GitHub: give the step `env: GITHUB_TOKEN: ${{ github.token }}`; elsewhere use `hcsync pull` on a branch", strings.Join(missing, ", "))
}

// find asks the remote and GitHub where the branch has to begin.
func (p *proposal) find(ctx context.Context) error {
	if err := p.repo.CheckBranch(ctx, p.branch); err != nil {
		return fmt.Errorf("--pull-request: %w", err)
	}
	tracking, ok, err := p.repo.DefaultBranch(ctx, p.remote)
	if err == nil && !ok {
		err = fmt.Errorf("%s names no default branch", p.remote)
	}
	if err != nil {
		return err
	}
	of := "refs/remotes/" + p.remote + "/"
	p.base = strings.TrimPrefix(tracking, of)
	if p.branch == p.base {
		return fmt.Errorf("--pull-request: %s is the default branch\nname another one", p.branch)
	}
	if p.main, err = p.repo.RemoteTip(ctx, p.remote, tracking); err != nil {
		return err
	}
	if p.old, err = p.repo.RemoteTip(ctx, p.remote, of+p.branch); err != nil {
		return err
	}
	if !git.IsHash(p.main) {
		return fmt.Errorf("%s has no branch %s", p.remote, p.base)
	}
	if !git.IsHash(p.old) {
		p.old = ""
	}
	p.open, err = p.api.FindPull(ctx, p.branch, p.base)
	return err
}

// checkOut makes the working tree that the pull works in: the default branch, or
// the branch of the open pull request with the default branch merged into it.
func (p *proposal) checkOut(ctx context.Context) (*git.Worktree, error) {
	if !p.goesOn() {
		return p.repo.AddWorktree(ctx, p.main)
	}
	tree, err := p.repo.AddWorktree(ctx, p.old)
	if err != nil {
		return nil, err
	}
	err = (&git.Repo{Dir: tree.Dir}).Merge(ctx, p.remote, p.main, "Merge "+p.base)
	var conflict *git.MergeError
	if errors.As(err, &conflict) {
		err = fail(exitConflict, "%s: %s does not merge into it: %s\nmerge it on that branch by hand, or close %s; nothing was pulled", p.branch, p.base, strings.Join(conflict.Files, ", "), p.open.URL)
	}
	if err != nil {
		return nil, errors.Join(err, tree.Remove(ctx))
	}
	return tree, nil
}

// inTree gives the folder of a working tree that stands for one of the checkout.
func inTree(repo *git.Repo, tree *git.Worktree, dir string) (string, error) {
	rel, err := filepath.Rel(repo.Dir, dir)
	return filepath.Join(tree.Dir, filepath.FromSlash(repo.Prefix()), rel), err
}

// propose pulls, commits, pushes the branch and opens the pull request.
func (s *session) propose(ctx context.Context, p *proposal, f pullFlags, args []string) error {
	got, err := s.pull(ctx, f, args)
	if err != nil {
		return err
	}
	request := &report.PullRequest{Branch: p.branch}
	if request.Commits, err = s.commitPulled(ctx, got); err == nil {
		err = s.publish(ctx, p, got, request)
	}
	s.env.actions.output("pull-request", request.URL)
	if err != nil {
		request = nil // what the pull found is told all the same
	}
	return errors.Join(err, s.showPull(got, f.json, request), got.code(err))
}

// publish pushes the branch, if the pull added to it, and brings the pull request
// up to date.
func (s *session) publish(ctx context.Context, p *proposal, got *pulled, request *report.PullRequest) error {
	if request.Commits == 0 && p.open == nil {
		return nil
	}
	s.env.progress.Begin("opening the pull request")
	defer s.env.progress.End()
	head, _, err := s.repo.Head(ctx)
	if err != nil {
		return err
	}
	at := p.old
	if request.Commits > 0 {
		if err := p.repo.PushBranch(ctx, p.remote, p.branch, head, p.old, !p.goesOn()); err != nil {
			return fmt.Errorf("%s: the branch could not be pushed: %w\nnothing is lost: the next pull finds the same changes again", p.branch, err)
		}
		at = head
	}
	told, err := s.told(ctx, p, got, head, at)
	if err != nil {
		return err
	}
	request.URL, request.Opened, err = p.api.OpenPull(ctx, github.PullRequest{Head: p.branch, Base: p.base, Title: told.Title(), Body: told.Body()})
	if err != nil {
		return fmt.Errorf("%s: the branch is pushed, but the pull request is not up to date: %w", p.branch, err)
	}
	return nil
}
