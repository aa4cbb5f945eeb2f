package git

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ErrShallow means that a question about history cannot be decided because the
// clone is shallow: see [Repo.Deepen].
var ErrShallow = errors.New("the clone is shallow, so this cannot be decided: fetch the whole history (git fetch --unshallow, or fetch-depth: 0 in CI)")

// ErrOffline means that a remote could not be reached or did not let us in.
var ErrOffline = errors.New("the remote cannot be reached")

var fullHash = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// IsHash says whether s is a full object id, SHA-1 or SHA-256.
func IsHash(s string) bool { return fullHash.MatchString(s) }

// Ancestors says of each commit, named by its full hash, whether it is tip or
// one of its ancestors. What is no commit of this repository is none. It takes
// one process where all of them are commits, a few otherwise, however many are
// asked for. In a shallow clone everything that is not found is undecided, and
// the error is [ErrShallow].
func (r *Repo) Ancestors(ctx context.Context, tip string, commits []string) (map[string]bool, error) {
	in := make(map[string]bool, len(commits))
	for _, c := range commits {
		in[c] = false
	}
	if len(in) == 0 {
		return in, nil
	}
	head, err := tip, error(nil)
	if !IsHash(tip) {
		var ok bool
		if head, ok, err = r.Resolve(ctx, tip); err != nil || !ok {
			return in, err
		}
	}
	known := slices.DeleteFunc(slices.Clone(commits), func(c string) bool { return !IsHash(c) })
	outside, err := r.outside(ctx, head, known)
	if exitCode(err) > 0 { // some are no commits of this repository
		if known, err = r.commits(ctx, known); err == nil {
			outside, err = r.outside(ctx, head, known)
		}
	}
	if err != nil {
		return nil, err
	}
	for _, c := range known {
		in[c] = !outside[c]
	}
	return in, r.decided(ctx, in)
}

// IsAncestor says whether the commit old is tip or one of its ancestors, going
// by the history that this clone has.
func (r *Repo) IsAncestor(ctx context.Context, old, tip string) (bool, error) {
	_, err := r.Output(ctx, nil, "merge-base", "--is-ancestor", "--end-of-options", old, tip)
	if exitCode(err) == 1 {
		return false, nil
	}
	return err == nil, err
}

// commits keeps what names a commit that the repository has.
func (r *Repo) commits(ctx context.Context, names []string) ([]string, error) {
	names = slices.DeleteFunc(slices.Clone(names), func(c string) bool { return !IsHash(c) })
	if len(names) == 0 {
		return nil, nil
	}
	out, err := r.here().Output(ctx, strings.NewReader(strings.Join(names, "\n")+"\n"), "cat-file", "--batch-check=%(objectname) %(objecttype)")
	if err != nil {
		return nil, err
	}
	var known []string
	for line := range strings.Lines(out) {
		if hash, ok := strings.CutSuffix(line, " commit\n"); ok {
			known = append(known, hash)
		}
	}
	return known, nil
}

// here is the repository without what only its server has: in a partial clone
// git would ask there for each name that it does not know.
func (r *Repo) here() *Repo {
	here := *r
	here.env = []string{"GIT_NO_LAZY_FETCH=1"}
	return &here
}

// outside walks from the commits down to what tip reaches, and gives all that
// it meets on the way: usually nothing.
func (r *Repo) outside(ctx context.Context, tip string, commits []string) (map[string]bool, error) {
	met := map[string]bool{}
	if len(commits) == 0 {
		return met, nil
	}
	stdin := strings.Join(commits, "^{commit}\n") + "^{commit}\n^" + tip + "\n"
	out, err := r.here().Output(ctx, strings.NewReader(stdin), "rev-list", "--stdin")
	for line := range strings.Lines(out) {
		met[strings.TrimSuffix(line, "\n")] = true
	}
	return met, err
}

func (r *Repo) decided(ctx context.Context, in map[string]bool) error {
	for commit, found := range in {
		if found || !IsHash(commit) {
			continue
		}
		shallow, err := r.Shallow(ctx)
		if err == nil && shallow {
			err = fmt.Errorf("commit %.12s: %w", commit, ErrShallow)
		}
		return err
	}
	return nil
}

// Deepen fetches the history that a shallow clone lacks. In a full clone it
// does nothing. No branch moves.
func (r *Repo) Deepen(ctx context.Context, remote string) error {
	shallow, err := r.Shallow(ctx)
	if err != nil || !shallow {
		return err
	}
	fetch := []string{"fetch", "--quiet", "--unshallow", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"}
	head, ok, err := r.Head(ctx)
	if err != nil {
		return err
	}
	if ok {
		if _, err := r.Output(ctx, nil, append(slices.Clone(fetch), "--refmap=", "--end-of-options", remote, head)...); err == nil {
			return nil
		}
	}
	// A server may refuse a bare hash: the branches of an ordinary fetch bring
	// the history just as well.
	_, err = r.Output(ctx, nil, append(fetch, "--end-of-options", remote)...)
	return err
}

// DefaultBranch gives the remote-tracking ref of a remote's default branch,
// such as "refs/remotes/origin/main". It asks the remote only where the clone
// does not record it, as in many CI checkouts. ok is false without that remote.
func (r *Repo) DefaultBranch(ctx context.Context, remote string) (ref string, ok bool, err error) {
	tracking := "refs/remotes/" + remote + "/"
	ref, err = r.Line(ctx, "symbolic-ref", "--quiet", tracking+"HEAD")
	if err == nil || exitCode(err) != 1 {
		return ref, err == nil, err
	}
	if has, err := r.Remote(ctx, remote); err != nil || !has {
		return "", false, err
	}
	out, err := r.Output(ctx, nil, "ls-remote", "--symref", "--end-of-options", remote, "HEAD")
	if err != nil {
		return "", false, fmt.Errorf("%s: %w: %w", remote, ErrOffline, err)
	}
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(line, "ref: refs/heads/"); ok {
			name, _, _ = strings.Cut(name, "\t")
			return tracking + name, true, nil
		}
	}
	return "", false, nil
}

// RemoteTip gives the newest commit of the branch that a remote-tracking ref
// follows, and fetches it where it is not here; the ref itself where the remote
// has no such branch. No ref moves, so that `git push --force-with-lease` still
// protects what nobody has looked at.
func (r *Repo) RemoteTip(ctx context.Context, remote, tracking string) (string, error) {
	branch := "refs/heads/" + strings.TrimPrefix(tracking, "refs/remotes/"+remote+"/")
	line, err := r.Line(ctx, "ls-remote", "--quiet", "--refs", "--end-of-options", remote, branch)
	if err != nil {
		return "", fmt.Errorf("%s: %w: %w", remote, ErrOffline, err)
	}
	tip, _, _ := strings.Cut(line, "\t")
	if !IsHash(tip) {
		return tracking, nil
	}
	if known, err := r.commits(ctx, []string{tip}); err != nil || len(known) == 1 {
		return tip, err
	}
	_, err = r.Output(ctx, nil, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
		"--no-auto-maintenance", "--refmap=", "--end-of-options", remote, branch)
	return tip, err
}

// OnDefaultBranch says whether the checkout is of the remote's default branch:
// the branch of that name is checked out, or HEAD is a commit that it has, as
// in a CI checkout without a branch. Without that remote the answer is yes:
// there is no other branch that counts.
func (r *Repo) OnDefaultBranch(ctx context.Context, remote string) (bool, error) {
	ref, ok, err := r.DefaultBranch(ctx, remote)
	if err != nil || !ok {
		return err == nil, err
	}
	branch, err := r.Line(ctx, "symbolic-ref", "--quiet", "HEAD")
	if err != nil && exitCode(err) != 1 {
		return false, err
	}
	if branch == "refs/heads/"+strings.TrimPrefix(ref, "refs/remotes/"+remote+"/") {
		return true, nil
	}
	head, ok, err := r.Head(ctx)
	if err != nil || !ok {
		return false, err
	}
	in, err := r.Ancestors(ctx, ref, []string{head})
	if errors.Is(err, ErrShallow) {
		return false, fmt.Errorf("whether HEAD is on %s: %w", ref, err)
	}
	return in[head], err
}

// LastText gives the newest version that HEAD's history has of a file, whether
// it is there still or not; "" where there never was one. The path is relative
// to Dir, with slashes.
func (r *Repo) LastText(ctx context.Context, file string) (string, error) {
	commit, err := r.Line(ctx, "log", "-1", "--format=%H", "--", file)
	if err != nil || commit == "" {
		return "", err
	}
	for _, revision := range []string{commit, commit + "^1", commit + "^2"} {
		text, err := r.Output(ctx, nil, "cat-file", "blob", revision+":./"+file)
		if err == nil {
			return text, nil
		}
		if ctx.Err() != nil {
			return "", err
		}
	}
	return "", nil
}
