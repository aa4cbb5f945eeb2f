package state

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/git"
)

// hook installs a hook that runs a shell script.
func hook(t testing.TB, gitDir, name, script string) {
	t.Helper()
	writeFile(t, filepath.Join(gitDir, "hooks", name), "#!/bin/sh\n"+script+"\n")
}

// wantError checks an error's kind and that its text has certain words.
func wantError(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

// tips gives where the clone and the remote have the ref, "" for nowhere.
func tips(t testing.TB, dir, remote string) (local, there string) {
	t.Helper()
	show := func(d string) string { return gitIn(t, d, "for-each-ref", "--format=%(objectname)", ref) }
	return show(dir), show(remote)
}

func TestColleague(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	mine, theirs := open(t, clone(t, remote)), open(t, clone(t, remote))
	if err := mine.Fetch(t.Context()); err != nil {
		t.Fatalf("neither side has a state yet: %v", err)
	}
	a, b := article("1", "mine", "en"), article("2", "theirs", "en")
	commit(t, mine, "pull", put(a)...)
	if err := theirs.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := commit(t, theirs, "pull", put(b)...)
	if err := mine.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := history(t, mine)
	if h.Commit(h.Tip()).Hash != second.Hash {
		t.Error("the colleague's commit is not the tip")
	}
	diff(t, "objects", byKey(a, b), all(t, mine, h, h.Tip()))
}

func TestRace(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	mine, theirs := open(t, dir), open(t, clone(t, remote))
	won := commit(t, theirs, "pull", put(article("1", "x", "en"))...)
	_, err := mine.Commit(t.Context(), "", Commit{Action: "pull"}, put(article("2", "x", "en")))
	wantError(t, err, ErrRaced, won.Hash[:12])
	if local, there := tips(t, dir, remote); local != "" || there != won.Hash {
		t.Errorf("after a lost creation: local %q, remote %q", local, there)
	}

	if err := mine.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := commit(t, theirs, "pull", put(article("3", "x", "en"))...)
	_, err = mine.Commit(t.Context(), won.Hash, Commit{Action: "pull"}, put(article("2", "x", "en")))
	wantError(t, err, ErrRaced)
	if local, there := tips(t, dir, remote); local != won.Hash || there != second.Hash {
		t.Errorf("after a lost update: local %q, remote %q", local, there)
	}
	if err := mine.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	commit(t, mine, "pull", put(article("2", "x", "en"))...)
	leaveNothing(t, dir, remote)
}

// A race can also be lost between the server's answer to the lease and its own
// lock, when only the server sees it.
func TestRaceInsideTheServer(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	s := open(t, dir)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	other := gitIn(t, remote, "rev-parse", "main")
	hook(t, remote, "pre-receive", `unset GIT_QUARANTINE_PATH; git update-ref `+ref+` `+other)
	_, err := s.Commit(t.Context(), first.Hash, Commit{Action: Push}, put(article("1", "y", "en")))
	wantError(t, err, ErrRaced)
	if local, _ := tips(t, dir, remote); local != first.Hash {
		t.Errorf("the local ref moved to %s", local)
	}
}

func TestRaceWithoutARemote(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	s := openWith(t, dir, Options{})
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	second := commit(t, s, "pull", put(article("1", "y", "en"))...)
	for _, parent := range []string{"", first.Hash} {
		_, err := s.Commit(t.Context(), parent, Commit{Action: "pull"}, put(article("1", "z", "en")))
		wantError(t, err, ErrRaced)
	}
	if local, there := tips(t, dir, dir); local != second.Hash || there != local {
		t.Errorf("the ref moved to %s", local)
	}
}

// Another run in the same clone fetches the commit before this one moves the
// local ref itself.
func TestFetchedInTheMeantime(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	hook(t, remote, "post-receive", "unset GIT_DIR; git -C '"+dir+"' fetch --quiet origin +"+ref+":"+ref)
	c := commit(t, open(t, dir), "pull", put(article("1", "x", "en"))...)
	if local, there := tips(t, dir, remote); local != c.Hash || there != c.Hash {
		t.Errorf("local %q, remote %q", local, there)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	s := open(t, dir)
	hook(t, remote, "pre-receive", "echo 'GH013: only branches, please'; exit 1")
	_, err := s.Commit(t.Context(), "", Commit{Action: "pull"}, put(article("1", "x", "en")))
	wantError(t, err, ErrRefused, ref, "GH013: only branches, please", "pre-receive hook declined")
	if local, there := tips(t, dir, remote); local != "" || there != "" {
		t.Errorf("local %q, remote %q", local, there)
	}
	leaveNothing(t, dir, remote)
}

func TestAcceptedButTheAnswerWasLost(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	s := open(t, dir)
	// The server dies after it has moved the ref, before it reports so.
	hook(t, remote, "post-receive", `kill -9 $PPID`)
	c := commit(t, s, "pull", put(article("1", "x", "en"))...)
	if local, there := tips(t, dir, remote); local != c.Hash || there != c.Hash {
		t.Errorf("local %q, remote %q, want both at %s", local, there, c.Hash)
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	s := open(t, dir)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	if err := os.Rename(remote, remote+".away"); err != nil {
		t.Fatal(err)
	}
	wantError(t, s.Fetch(t.Context()), ErrOffline, "origin", "docs.git")
	_, err := s.Commit(t.Context(), first.Hash, Commit{Action: Push}, put(article("1", "y", "en")))
	wantError(t, err, ErrOffline)
	if h := history(t, s); h.Len() != 1 {
		t.Errorf("offline the state has %d commits", h.Len())
	}
	_, err = Prove(t.Context(), s.repo, "origin", ref)
	wantError(t, err, ErrOffline)
	wantError(t, openWith(t, dir, Options{Remote: "upstream"}).Fetch(t.Context()), ErrOffline, "upstream")
	leaveNothing(t, dir, dir)
}

func TestCredentialsAreNotShown(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	gitIn(t, dir, "remote", "set-url", "origin", "https://bot:hunter2@127.0.0.1:1/docs.git")
	err := open(t, dir).Fetch(t.Context())
	wantError(t, err, ErrOffline)
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error shows a password: %v", err)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	root := strings.Repeat("1", 40)
	_, err := openWith(t, dir, Options{Root: root}).History(t.Context())
	wantError(t, err, ErrMissing, root[:12])
	wantError(t, openWith(t, dir, Options{Remote: "origin", Root: root}).Fetch(t.Context()), ErrMissing, "--rebuild")

	s := open(t, dir)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	gitIn(t, remote, "update-ref", "-d", ref)
	err = s.Fetch(t.Context())
	wantError(t, err, ErrMissing, "git push origin "+ref+":"+ref)
	if local, _ := tips(t, dir, remote); local != first.Hash {
		t.Error("the last copy is gone")
	}
	gitIn(t, dir, "push", "--quiet", "origin", ref+":"+ref)
	if err := s.Fetch(t.Context()); err != nil {
		t.Errorf("after the way on that the error names: %v", err)
	}
}

func TestDiverged(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	s := open(t, dir)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	second := commit(t, s, "pull", put(article("1", "y", "en"))...)
	for what, tip := range map[string]string{"rolled back": first.Hash, "replaced": gitIn(t, remote, "rev-parse", "main")} {
		t.Run(what, func(t *testing.T) {
			gitIn(t, remote, "update-ref", ref, tip)
			wantError(t, s.Fetch(t.Context()), ErrDiverged, tip[:12], second.Hash[:12])
			if local, _ := tips(t, dir, remote); local != second.Hash {
				t.Errorf("the local ref moved to %s", local)
			}
		})
	}
	if _, err := openWith(t, dir, Options{Root: first.Hash}).History(t.Context()); err != nil {
		t.Error(err)
	}
	_, err := openWith(t, dir, Options{Root: second.Hash}).History(t.Context())
	wantError(t, err, ErrDiverged, first.Hash[:12])
	leaveNothing(t, dir, remote)
}

func TestNotACommit(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	s := open(t, clone(t, remote))
	gitIn(t, remote, "update-ref", ref, gitIn(t, remote, "rev-parse", "main^{tree}"))
	wantError(t, s.Fetch(t.Context()), ErrDiverged, "something else than a commit")
}

// Whoever kills hcsync at any point leaves a state that the next run goes on
// from: the ref is either at the old or at the new commit.
func TestKilledInBetween(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	s := open(t, dir)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)

	t.Run("before the push", func(t *testing.T) {
		old, young := temporaryRefs+"1000000000-KILLED", temporary()
		gitIn(t, dir, "update-ref", old, first.Hash)
		gitIn(t, dir, "update-ref", young, first.Hash)
		commit(t, open(t, dir), Push, put(article("1", "y", "en"))...)
		if left := gitIn(t, dir, "for-each-ref", "--format=%(refname)", temporaryRefs); left != young {
			t.Errorf("temporary refs: %q; want only the young one, another run may need it", left)
		}
		gitIn(t, dir, "update-ref", "-d", young)
	})
	t.Run("after the push", func(t *testing.T) {
		tip := commit(t, s, Push, put(article("1", "z", "en"))...)
		gitIn(t, dir, "update-ref", ref, first.Hash)
		if err := s.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h := history(t, s); h.Commit(h.Tip()).Hash != tip.Hash {
			t.Error("the published commit was not taken up")
		}
	})
	t.Run("in the middle of a build", func(t *testing.T) {
		tip := history(t, s).Commit(2)
		b := build{repo: s.repo, who: s.identity(t.Context()), ref: temporary(), parent: tip.Hash, meta: tip}
		if _, _, err := b.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		gitIn(t, dir, "gc", "--quiet", "--prune=now")
		commit(t, s, Push, put(article("2", "z", "en"))...)
		gitIn(t, dir, "update-ref", "-d", b.ref)
	})
	leaveNothing(t, dir, remote)
}

func TestProve(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	repo := must(git.Open(t.Context(), dir))(t)
	before := gitIn(t, remote, "for-each-ref")
	leftover, err := Prove(t.Context(), repo, "origin", ref)
	if err != nil || leftover != "" {
		t.Fatalf("leftover %q, error %v", leftover, err)
	}
	leaveNothing(t, dir, remote)

	const zero = "0000000000000000000000000000000000000000"
	for rule, want := range map[string]string{
		`[ "$2" = ` + zero + ` ]`:  "creation of a ref",
		`[ "$2" != ` + zero + ` ]`: "update of a ref",
	} {
		hook(t, remote, "update", "if "+rule+" && [ \"$3\" != "+zero+" ]; then echo 'rule 7 forbids it'; exit 1; fi")
		leftover, err := Prove(t.Context(), repo, "origin", ref)
		wantError(t, err, ErrRefused, want, "rule 7 forbids it")
		if after := gitIn(t, remote, "for-each-ref"); leftover != "" || after != before {
			t.Errorf("%s: leftover %q, refs %s", want, leftover, after)
		}
	}
	hook(t, remote, "update", `[ "$3" != `+zero+` ]`)
	leftover, err = Prove(t.Context(), repo, "origin", ref)
	if err != nil || !strings.HasPrefix(leftover, ref+"-probe-") {
		t.Errorf("a remote without deletions: leftover %q, error %v", leftover, err)
	}
}
