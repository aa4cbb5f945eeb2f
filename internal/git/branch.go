package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Worktree is a second working tree of a repository, for the time of one run.
type Worktree struct {
	// Dir is its top folder.
	Dir  string
	repo *Repo
}

// AddWorktree checks a commit out into a folder of its own, outside any branch.
// The checkout that the user has, its index and its branches stay as they are.
func (r *Repo) AddWorktree(ctx context.Context, commit string) (*Worktree, error) {
	// What killed runs have left is forgotten once its folder is gone.
	if _, err := r.Output(ctx, nil, "worktree", "prune"); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "hcsync-worktree-")
	if err != nil {
		return nil, err
	}
	w := &Worktree{Dir: filepath.Join(dir, "tree"), repo: r}
	if _, err := r.Output(ctx, nil, "-c", "core.sparseCheckout=false", "worktree", "add", "--quiet", "--detach", "--", w.Dir, commit); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return w, nil
}

// Remove takes the working tree away, also when the run was cut short.
func (w *Worktree) Remove(ctx context.Context) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	_, err := w.repo.Output(ctx, nil, "worktree", "remove", "--force", "--", w.Dir)
	return errors.Join(err, os.RemoveAll(filepath.Dir(w.Dir)))
}

// MergeError is a merge that needs a person; it was not made.
type MergeError struct {
	// Files are what did not merge, relative to Dir.
	Files []string
}

func (e *MergeError) Error() string { return "does not merge: " + strings.Join(e.Files, ", ") }

// Merge merges a commit into what is checked out, with a commit of its own where
// that is not already the case. It gives a [*MergeError] where both sides changed
// the same lines. A shallow clone fetches its history first.
func (r *Repo) Merge(ctx context.Context, remote, commit, message string) error {
	if err := r.Deepen(ctx, remote); err != nil {
		return err
	}
	as := r.committing(ctx)
	_, err := as.Output(ctx, nil, "merge", "--quiet", "--no-ff", "--no-edit", "-m", message, "--end-of-options", commit)
	if err == nil {
		return nil
	}
	out, listErr := r.Output(ctx, nil, "diff", "-z", "--name-only", "--relative", "--diff-filter=U")
	if listErr != nil || out == "" {
		return err
	}
	_, _ = r.Output(ctx, nil, "merge", "--abort") // the working tree goes anyway
	return &MergeError{strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")}
}

// Change is a commit to be made.
type Change struct {
	Message string
	// Name and Email are the author; without a name it is who commits.
	Name, Email string
	// Time is when the author made the change, in Unix seconds; 0 is now.
	Time int64
	// Files are what it consists of, relative to Dir: written, new or gone.
	Files []string
}

// Commit commits the files of a change and nothing else. What the index held
// before goes along, so it is for a working tree of one's own.
func (r *Repo) Commit(ctx context.Context, c Change) error {
	list := strings.NewReader(strings.Join(c.Files, "\x00") + "\x00")
	if _, err := r.Output(ctx, list, "add", "--all", "--pathspec-from-file=-", "--pathspec-file-nul"); err != nil {
		return err
	}
	as := r.committing(ctx)
	if c.Name != "" {
		as.env = append(as.env, "GIT_AUTHOR_NAME="+c.Name, "GIT_AUTHOR_EMAIL="+c.Email)
	}
	if c.Time > 0 {
		as.env = append(as.env, "GIT_AUTHOR_DATE=@"+strconv.FormatInt(c.Time, 10)+" +0000")
	}
	_, err := as.Output(ctx, strings.NewReader(c.Message), "commit", "--quiet", "--cleanup=whitespace", "--file=-")
	return err
}

// committing is the repository with hcsync as the one who commits, where the
// user has not said who that is.
func (r *Repo) committing(ctx context.Context) *Repo {
	as := *r
	as.env = append([]string(nil), r.env...)
	if _, err := r.Output(ctx, nil, "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"); err != nil {
		for _, role := range []string{"AUTHOR", "COMMITTER"} {
			as.env = append(as.env, "GIT_"+role+"_NAME=hcsync", "GIT_"+role+"_EMAIL=hcsync@localhost")
		}
	}
	return &as
}

// PushBranch moves a remote's branch to a commit. It continues what is there; with
// anew it takes its place, if that still is the commit old ("" for no branch).
func (r *Repo) PushBranch(ctx context.Context, remote, branch, commit, old string, anew bool) error {
	ref := "refs/heads/" + branch
	args := []string{"push", "--quiet", "--no-follow-tags", "--no-signed", "--recurse-submodules=no"}
	if anew {
		args = append(args, "--force-with-lease="+ref+":"+old)
	}
	_, err := r.Output(ctx, nil, append(args, "--end-of-options", remote, commit+":"+ref)...)
	return err
}

// FileChange is one file that differs between two commits.
type FileChange struct {
	// Status is A, M, D or R, as git has it: added, modified, deleted, renamed.
	Status string
	// File is relative to Dir; From is the name before, of one that was renamed.
	File, From string
	// Ignored says that nothing but lines that were to be overlooked differ.
	Ignored bool
}

// Between lists what differs between two commits below a folder. Lines that match
// the pattern, an extended regular expression, are overlooked.
func (r *Repo) Between(ctx context.Context, before, after, folder, overlook string) ([]FileChange, error) {
	diff := func(args ...string) ([]string, error) {
		args = append([]string{"diff", "-z", "--find-renames", "--relative", "--no-ext-diff", "--no-textconv"}, append(args, before, after, "--", folder)...)
		out, err := r.Output(ctx, nil, args...)
		return strings.Split(out, "\x00"), err
	}
	seen, err := diff("--numstat", "--ignore-matching-lines="+overlook)
	if err != nil {
		return nil, err
	}
	differs := map[string]bool{}
	for _, token := range seen {
		differs[token[strings.LastIndexByte(token, '\t')+1:]] = true
	}
	tokens, err := diff("--name-status")
	if err != nil {
		return nil, err
	}
	var out []FileChange
	for i := 0; i+1 < len(tokens); i += 2 {
		c := FileChange{Status: tokens[i][:1], File: tokens[i+1]}
		if c.Status == "R" && i+2 < len(tokens) {
			c.From, c.File = c.File, tokens[i+2]
			i++
		}
		c.Ignored = c.Status == "M" && !differs[c.File]
		out = append(out, c)
	}
	return out, nil
}

// CheckBranch refuses what cannot be the name of a branch.
func (r *Repo) CheckBranch(ctx context.Context, name string) error {
	if _, err := r.Output(ctx, nil, "check-ref-format", "--branch", name); err != nil || strings.HasPrefix(name, "-") {
		return fmt.Errorf("%q cannot be the name of a branch", name)
	}
	return nil
}
