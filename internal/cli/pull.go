package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/pull"
	"github.com/hcsync/hcsync/internal/report"
)

func newPull(env *Env) *cobra.Command {
	var f pullFlags
	cmd := &cobra.Command{
		Use:   "pull [path or id]...",
		Short: "Bring home what changed in Intercom",
		Long: `Writes what changed in Intercom into the files. The files' own spelling
survives: only what changed is rewritten.

Texts that were edited on both sides are merged line by line. Where both edited
the same lines, the file gets conflict markers, is listed, and the exit code is
3. --ours keeps the files' version of such texts whole, --theirs takes that of
Intercom.

--take-draft also merges pending drafts of Intercom into the files. They are not
live, so what they bring is an edit here: push it with --override-drafts, or
once the draft is published or discarded.

What was deleted in Intercom and not touched here is removed here too. What one
side edited and the other removed is a conflict: settle it with the same flags.

--pull-request is for a nightly job on GitHub. It touches neither the checkout
nor the default branch: each article that changed in Intercom is a commit of its
own on the branch hcsync/pull, or the one that is named, and one pull request is
kept open for it. What is not merged comes again.
` + exitHelp,
		Example: "  hcsync pull\n  hcsync pull content/acme/billing\n  hcsync pull --take-draft content/acme/billing/refunds.md",
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.branch != "" {
				return runPullRequest(cmd.Context(), env, f, args)
			}
			return runPull(cmd.Context(), env, f, args)
		},
	}
	f.targetFlags.register(cmd)
	registerOutput(cmd, &f.json)
	cmd.Flags().StringSliceVar(&f.locales, "locale", nil, "only these `locales`")
	cmd.Flags().BoolVar(&f.ours, "ours", false, "keep the files' side of what both sides changed")
	cmd.Flags().BoolVar(&f.theirs, "theirs", false, "take Intercom's side of what both sides changed")
	cmd.Flags().BoolVar(&f.takeDraft, "take-draft", false, "also merge the pending drafts in Intercom into the files")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask before --theirs replaces changes that are not committed")
	cmd.Flags().StringVar(&f.branch, "pull-request", "", "in GitHub Actions: leave this checkout alone, and bring the changes home on a `branch` with a pull request")
	cmd.Flags().Lookup("pull-request").NoOptDefVal = pullBranch
	registerSteal(cmd, &f.steal)
	registerAllow(cmd, &f.allow)
	cmd.MarkFlagsMutuallyExclusive("ours", "theirs")
	return cmd
}

type pullFlags struct {
	planFlags
	ours, theirs, yes, steal bool
	allow                    []int
	// branch is where a pull request is to be made from, "" for none.
	branch string
}

func (f pullFlags) side() pull.Side {
	switch {
	case f.ours:
		return pull.Ours
	case f.theirs:
		return pull.Theirs
	}
	return pull.Merge
}

func runPull(ctx context.Context, env *Env, f pullFlags, args []string) error {
	s, err := openFor(ctx, env, f.targetFlags, pulling)
	if err != nil {
		return err
	}
	defer s.close()
	got, err := s.pull(ctx, f, args)
	if got == nil {
		return err
	}
	if err != nil && len(got.wrote)+len(got.result.Renames) == 0 {
		return err
	}
	return errors.Join(err, s.showPull(got, f.json, nil), got.code(err))
}

// pulled is what a pull has read, and what it did.
type pulled struct {
	st     *gather.States
	result *pull.Result
	wrote  []pull.Wrote
}

// code is the exit code of a pull that went well.
func (p *pulled) code(err error) error {
	if err == nil && len(p.result.Conflicts)+len(p.result.Skipped) > 0 {
		return fail(exitConflict, "")
	}
	return nil
}

// pull brings the files of a session up to date. What it gives is nil where no
// file was touched.
func (s *session) pull(ctx context.Context, f pullFlags, args []string) (*pulled, error) {
	st, result, err := s.incoming(ctx, f, args)
	if err != nil {
		return nil, err
	}
	s.env.progress.Begin("recording what was read")
	defer s.env.progress.End()
	marker, err := s.record(ctx, st, "pull", updates(result.Entries, result.Forget))
	if err != nil {
		return nil, fmt.Errorf("%w\nno file was touched; pull again", err)
	}
	s.env.progress.Begin(writingFiles)
	wrote, err := pull.Apply(result, s.tree, marker, s.counts(writingFiles))
	return &pulled{st, result, wrote}, cutOff(err)
}

// cutOff is the error of a pull that could not write all its files.
func cutOff(err error) error {
	cure := "put that right"
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) {
			cure = "make room on the disk"
		}
	}
	if err != nil {
		err = fmt.Errorf("%w\n%s, then pull again: it goes on from here, and no file is cut short", err, cure)
	}
	return err
}

// incoming reads everything and decides what the pull has to write.
func (s *session) incoming(ctx context.Context, f pullFlags, args []string) (*gather.States, *pull.Result, error) {
	if err := s.mayTakeDrafts(f); err != nil {
		return nil, nil, err
	}
	s.writing, s.steal = true, f.steal
	s.tree.Sweep()
	st, plan, err := s.plan(ctx, f.planFlags, args)
	if err != nil {
		return nil, nil, err
	}
	if f.takeDraft && len(plan.Drafts) == 0 {
		fmt.Fprintln(s.env.Stderr, "--take-draft: no draft is pending in what was asked for")
	}
	options := s.pullOptions(ctx, f)
	if options.Confirmed, err = gather.Confirm(ctx, s.client, plan); err != nil {
		return nil, nil, err
	}
	s.env.progress.Begin(converting)
	result, err := pull.Compute(plan, st, options)
	s.env.progress.End()
	if err != nil {
		return nil, nil, err
	}
	if err := brake([]diff.Brake{result.Brake(st.Input.Local)}, f.allow, "no file was touched"); err != nil {
		return nil, nil, err
	}
	return st, result, s.confirmTheirs(ctx, f, result)
}

func (s *session) mayTakeDrafts(f pullFlags) error {
	switch {
	case !f.takeDraft:
		return nil
	case s.secondary():
		return errors.New("--take-draft: brings home drafts of the workspace that the files mirror\nleave out -t")
	}
	return s.maySeeDrafts("--take-draft")
}

func (s *session) pullOptions(ctx context.Context, f pullFlags) pull.Options {
	docs := sync.OnceValue(func() string {
		if s.repo == nil {
			return "docs"
		}
		branch, err := s.repo.Line(ctx, "symbolic-ref", "--short", "HEAD")
		if err != nil {
			return "docs"
		}
		return "docs (" + branch + ")"
	})
	unmanaged := map[model.Key]string{}
	if !s.secondary() { // whose ids the files do not hold
		unmanaged = s.tree.Unmanaged()
	}
	return pull.Options{
		Content: s.cfg.Content, ImageBase: s.cfg.ImageBaseURL, Secondary: s.secondary(), Place: s.tree.Place,
		Unmanaged: unmanaged,
		Progress:  s.counts(converting),
		Exists: func(p string) bool {
			_, err := os.Stat(filepath.Join(s.cfg.Dir, filepath.FromSlash(p)))
			return err == nil
		},
		Side: f.side(), InConflict: func(file string) bool { return s.standing[file] },
		TakeDrafts: f.takeDraft,
		MergeText: func(x diff.Conflict) (string, int, error) {
			labels := [3]string{"before", docs(), "Intercom (" + edited(x, time.Now()) + ")"}
			if x.Draft {
				labels[2] = "draft in " + labels[2]
			}
			return s.mergeRepo().MergeFile(ctx, x.Base+"\n", x.Local+"\n", x.Remote+"\n", labels)
		},
	}
}

// edited says when Intercom's side of a conflict was written, and by whom if the
// API tells. Where it tells no time, now is when it was read.
func edited(x diff.Conflict, now time.Time) string {
	if x.At > 0 {
		now = time.Unix(x.At, 0)
	}
	label := now.UTC().Format(time.DateOnly)
	if x.By != "" {
		label += ", " + report.Name(x.By)
	}
	return label
}

// mergeRepo runs git's merge, which needs no repository.
func (s *session) mergeRepo() *git.Repo {
	if s.repo != nil {
		return s.repo
	}
	return &git.Repo{Dir: s.cfg.Dir}
}

// confirmTheirs asks before edits that no commit holds are replaced.
func (s *session) confirmTheirs(ctx context.Context, f pullFlags, r *pull.Result) error {
	if !f.theirs || f.yes || s.repo == nil {
		return nil
	}
	dirty, err := s.repo.Dirty(ctx, s.cfg.Content)
	if err != nil {
		return err
	}
	for _, file := range r.Files {
		if name := s.tree.File(file.Path); (file.Why == "changed" || file.Why == "draft taken" || file.Remove) && slices.Contains(dirty, name) {
			return s.env.confirm(ctx, fmt.Sprintf("%s has changes that are not committed. Take Intercom's version all the same?", name))
		}
	}
	return nil
}

// showPull tells what a pull did, and of the pull request that it is in, if any.
func (s *session) showPull(got *pulled, asJSON bool, request *report.PullRequest) error {
	r := got.result
	p := report.Pulled{Conflicts: r.Conflicts, Left: r.Left, Skipped: r.Skipped, PullRequest: request}
	for _, m := range r.Renames {
		p.Renames = append(p.Renames, report.Renamed{About: m.About, From: m.From, To: m.To})
	}
	for _, w := range got.wrote {
		f := report.PulledFile{About: w.About, File: filepath.ToSlash(filepath.Join(s.cfg.Content, w.Path)), Locale: w.Locale, Fields: w.Fields, Why: w.Why}
		if w.Kept != nil {
			f.Kept = w.Kept.Error()
		}
		f.Backup = s.backups[f.File]
		p.Files = append(p.Files, f)
	}
	s.env.actions.pull(p, s.cfg.Content)
	if asJSON {
		return report.PullJSON(s.env.Stdout, s.head(got.st), p)
	}
	report.Pull(s.env.Stdout, s.env.style(), s.head(got.st), p)
	return nil
}

// backup keeps the only copy of a text that git does not have: a file with
// changes that are not committed is copied before it is rewritten.
func (s *session) backup() func(file string, old []byte) error {
	run := time.Now().UTC().Format("20060102T150405.000000Z") // two runs in one second keep apart
	dirty := sync.OnceValues(func() ([]string, error) {
		if s.repo == nil {
			return nil, nil
		}
		return s.repo.Dirty(context.Background(), s.cfg.Content)
	})
	var mu sync.Mutex
	s.backups = map[string]string{}
	return func(file string, old []byte) error {
		changed, err := dirty()
		if err != nil {
			return err
		}
		if s.repo != nil && !slices.Contains(changed, file) {
			return nil
		}
		to := s.localDir("backup", run, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		mu.Lock()
		s.backups[file] = filepath.ToSlash(filepath.Join(".hcsync", "backup", run, filepath.FromSlash(file)))
		mu.Unlock()
		if err := os.WriteFile(to, old, 0o644); err != nil {
			return errors.Join(err, os.Remove(to))
		}
		return nil
	}
}
