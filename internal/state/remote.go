package state

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/git"
)

// Fetch brings the local ref up to date with the remote's. It only ever moves
// forward. [ErrOffline]: the remote could not be asked, the local ref may be
// old. [ErrMissing]: the remote lacks a state that
// hcsync.yaml names or that this clone has a copy of. [ErrDiverged]: the remote
// has another history than this clone. Neither side having any is no error.
func (s *Store) Fetch(ctx context.Context) error {
	if s.remote == "" {
		return nil
	}
	if err := s.create(ctx); err != nil {
		return err
	}
	tmp := temporary()
	// An empty --refmap keeps remote-tracking refs where they are; --no-filter
	// because a partial clone would fetch each text on its own later.
	_, err := s.repo.Output(ctx, nil, "fetch", "--quiet", "--no-tags", "--no-prune", "--no-filter", "--no-write-fetch-head",
		"--no-recurse-submodules", "--no-auto-maintenance", "--refmap=", "--end-of-options", s.remote, "+"+s.ref+":"+tmp)
	if err != nil {
		return s.explain(ctx, err)
	}
	return s.follow(ctx, tmp)
}

// explain finds out why a fetch failed by looking at what the remote has.
func (s *Store) explain(ctx context.Context, fetchErr error) error {
	if ctx.Err() != nil {
		return fetchErr
	}
	there, err := remoteTip(ctx, s.repo, s.remote, s.ref)
	if err != nil {
		return err
	}
	if there != "" {
		return fmt.Errorf("%s: %w", s.ref, fetchErr)
	}
	local, ok, err := s.Tip(ctx)
	switch {
	case err != nil:
		return err
	case ok:
		return fmt.Errorf("%s: %w at %s, but this clone has a copy (%.12s): publish it with `git push %s %s:%s`, or run `hcsync init --rebuild`",
			s.ref, ErrMissing, s.remote, local, s.remote, s.ref, s.ref)
	case s.root != "":
		return fmt.Errorf("%s: %w at %s, and hcsync.yaml says that it begins with commit %.12s: push it back from a clone that has a copy, or run `hcsync init --rebuild`",
			s.ref, ErrMissing, s.remote, s.root)
	}
	return nil
}

// follow moves the local ref to what was fetched, if that continues it.
func (s *Store) follow(ctx context.Context, tmp string) error {
	refs, err := s.repo.Output(ctx, nil, "for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", tmp, s.ref)
	if err != nil {
		return fmt.Errorf("%s: %w", s.ref, err)
	}
	ours, theirs := "", ""
	for line := range strings.Lines(refs) {
		switch f := strings.Fields(line); {
		case f[2] != "commit":
		case f[0] == tmp:
			theirs = f[1]
		case f[0] == s.ref:
			ours = f[1]
		}
	}
	switch {
	case theirs == "":
		err = fmt.Errorf("%s: %s has something else than a commit there: %w", s.ref, s.remote, ErrDiverged)
	case ours != "" && ours != theirs:
		err = s.continues(ctx, ours, theirs)
	}
	if err != nil || ours == theirs {
		s.drop(ctx, tmp)
		return err
	}
	return s.advance(ctx, ours, theirs, tmp)
}

// continues is nil where one commit is in the history of the other.
func (s *Store) continues(ctx context.Context, ours, theirs string) error {
	in, err := s.repo.IsAncestor(ctx, ours, theirs)
	if err != nil {
		return fmt.Errorf("%s: %w", s.ref, err)
	}
	if !in {
		return fmt.Errorf("%s: %w: %s has %.12s, which does not continue this clone's %.12s", s.ref, ErrDiverged, s.remote, theirs, ours)
	}
	return nil
}

// remoteTip gives the object that a remote's ref points at, "" for none.
func remoteTip(ctx context.Context, r *git.Repo, remote, ref string) (string, error) {
	out, err := r.Output(ctx, nil, "ls-remote", "--quiet", "--refs", "--end-of-options", remote, ref)
	if err != nil {
		return "", fmt.Errorf("%s: %w: %w", remote, ErrOffline, err)
	}
	// The pattern matches the ends of names too.
	for line := range strings.Lines(out) {
		if hash, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); name == ref {
			return hash, nil
		}
	}
	return "", nil
}

// push moves a remote's ref from old to hash, or creates it where old is "", or
// deletes it where hash is "". What went wrong is read off the remote itself,
// not out of messages: a connection that broke after the remote had accepted
// is a success.
func push(ctx context.Context, r *git.Repo, remote, ref, old, hash string) error {
	answer, err := r.Output(ctx, nil, "push", "--porcelain", "--no-follow-tags", "--no-signed", "--recurse-submodules=no",
		"--force-with-lease="+ref+":"+old, "--end-of-options", remote, hash+":"+ref)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	now, tipErr := remoteTip(ctx, r, remote, ref)
	switch {
	case tipErr != nil:
		return fmt.Errorf("%s: %w", ref, tipErr)
	case now == hash:
		return nil
	case now != old:
		return fmt.Errorf("%s: %w (%s has %.12s)", ref, ErrRaced, remote, now)
	}
	return fmt.Errorf("%s: %w: %s", ref, ErrRefused, refusal(answer, err))
}

// refusal gives the server's own words: what its hooks wrote, which git shows
// behind "remote:", and the reason in the porcelain answer, "!\tfrom:to\t[remote
// rejected] (reason)".
func refusal(answer string, err error) string {
	failed, ok := errors.AsType[*git.Error](err)
	if !ok {
		return err.Error()
	}
	var words []string
	for line := range strings.Lines(failed.Stderr) {
		if said, ok := strings.CutPrefix(line, "remote: "); ok {
			words = append(words, strings.TrimSpace(said))
		}
	}
	for line := range strings.Lines(answer) {
		if parts := strings.Split(strings.TrimSpace(line), "\t"); parts[0] == "!" && len(parts) == 3 {
			words = append(words, parts[2])
		}
	}
	if len(words) == 0 {
		return failed.Stderr
	}
	return strings.Join(words, "\n")
}

// Prove finds out whether a remote takes a state: it creates a ref beside the
// given one, updates it, and removes it again. The error is [ErrRefused], with
// the server's words and which of the two it refused, or [ErrOffline]. A remote
// that forbids to remove a ref is good for a state, but then the probe stays
// there: its name is returned as leftover.
func Prove(ctx context.Context, r *git.Repo, remote, ref string) (leftover string, err error) {
	if err := checkRef(ref); err != nil {
		return "", err
	}
	s := &Store{repo: r}
	probe := ref + "-probe-" + strings.ToLower(rand.Text()[:8])
	first, second := temporary(), temporary()
	defer s.drop(ctx, first)
	defer s.drop(ctx, second)
	tip := ""
	for i, ref := range []string{first, second} {
		meta := Commit{Action: "init", Subject: "init: may this ref be written?", Time: time.Now()}
		b := build{repo: r, who: s.identity(ctx), ref: ref, parent: tip, meta: meta}
		hash, _, err := b.run(ctx)
		if err != nil {
			return "", err
		}
		if err := push(ctx, r, remote, probe, tip, hash); err != nil {
			return unprobe(ctx, r, remote, probe, tip), fmt.Errorf("%s of a ref: %w", []string{"creation", "update"}[i], err)
		}
		tip = hash
	}
	return unprobe(ctx, r, remote, probe, tip), nil
}

// unprobe removes the probe, and gives its name if it is still there.
func unprobe(ctx context.Context, r *git.Repo, remote, probe, tip string) string {
	if tip == "" {
		return ""
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	if push(ctx, r, remote, probe, tip, "") != nil {
		return probe
	}
	return ""
}
