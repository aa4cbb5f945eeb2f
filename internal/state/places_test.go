package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/git"
)

// roundTrip makes a few commits from a folder and reads them back, there and
// from another clone. One object takes the place of another with the same
// texts, which git likes to call a rename.
func roundTrip(t *testing.T, s *Store, remote string) {
	t.Helper()
	a, b, c := article("12345678", "one", "en", "pt-BR"), article("3", "two", "en"), article("4", "two", "en")
	commit(t, s, "pull", put(a)...)
	commit(t, s, Push, put(b)...)
	tip, _, err := s.Tip(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	meta := Commit{Action: "pull", Subject: "pull: déplacé"}
	last := must(s.Commit(t.Context(), tip, meta, append(put(c), Update{Object: b, Delete: true})))(t)
	other := open(t, clone(t, remote))
	for _, s := range []*Store{s, other} {
		if err := s.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
		h := history(t, s)
		diff(t, "objects", byKey(a, c), all(t, s, h, h.Tip()))
		diff(t, "last commit", last, h.Commit(h.Tip()))
	}
}

func TestWorktree(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	tree := filepath.Join(t.TempDir(), "wt")
	gitIn(t, dir, "worktree", "add", "--quiet", "-b", "topic", tree)
	roundTrip(t, open(t, tree), remote)
	if h := history(t, open(t, dir)); h.Len() != 3 {
		t.Errorf("the main working tree sees %d commits", h.Len())
	}
	leaveNothing(t, tree, remote)
}

func TestSubfolder(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	gitIn(t, dir, "config", "diff.relative", "true")
	sub := filepath.Join(dir, "docs", "help")
	writeFile(t, filepath.Join(sub, "hcsync.yaml"), "version: 1\n")
	roundTrip(t, open(t, sub), remote)
}

func TestShallowClone(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	seed := clone(t, remote)
	gitIn(t, seed, "commit", "--quiet", "--allow-empty", "-m", "second")
	gitIn(t, seed, "push", "--quiet", "origin", "HEAD:main")
	s := open(t, seed)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	commit(t, s, "pull", put(article("1", "y", "en"))...)

	dir := clone(t, remote, "--depth=1")
	s = open(t, dir)
	if err := s.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := history(t, s); h.Len() != 2 || h.Commit(0).Hash != first.Hash {
		t.Errorf("the state's history is cut off: %d commits", h.Len())
	}
	commit(t, s, Push, put(article("1", "z", "en"))...)
	if gitIn(t, dir, "rev-parse", "--is-shallow-repository") != "true" {
		t.Error("the clone was deepened unasked")
	}
	gitIn(t, remote, "update-ref", ref, first.Hash)
	wantError(t, s.Fetch(t.Context()), ErrDiverged)

	gitIn(t, dir, "update-ref", "-d", ref)
	gitIn(t, remote, "update-ref", ref, gitIn(t, seed, "rev-parse", ref))
	gitIn(t, dir, "fetch", "--quiet", "--depth=1", "origin", ref+":"+ref)
	_, err := s.History(t.Context())
	wantError(t, err, git.ErrShallow, "cut off")
}

func TestPartialClone(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	gitIn(t, remote, "config", "uploadpack.allowFilter", "true")
	commit(t, open(t, clone(t, remote)), "pull", put(article("1", "x", "en"))...)
	dir := clone(t, remote, "--filter=blob:none")
	s := open(t, dir)
	if err := s.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if missing := gitIn(t, dir, "rev-list", "--objects", "--missing=print", ref); strings.Contains(missing, "?") {
		t.Errorf("texts were left behind: %s", missing)
	}
}

// What users and companies configure must not change what is stored.
func TestConfigurations(t *testing.T) {
	for name, config := range map[string][]string{
		"at its worst": {
			"commit.gpgSign=true", "tag.gpgSign=true", "push.gpgSign=if-asked", "gpg.program=false", "user.signingKey=nobody",
			"core.autocrlf=true", "core.eol=crlf", "core.safecrlf=true", "core.ignoreCase=true", "core.precomposeUnicode=true",
			"i18n.commitEncoding=ISO-8859-1", "i18n.logOutputEncoding=ISO-8859-1",
			"log.showRoot=false", "log.showSignature=true", "log.follow=true", "log.date=relative", "log.decorate=full", "log.diffMerges=off",
			"color.ui=always", "format.pretty=oneline", "diff.renames=copies", "diff.external=false", "core.abbrev=7", "notes.displayRef=refs/notes/*",
			"fetch.prune=true", "remote.origin.prune=true", "fetch.pruneTags=true", "remote.origin.tagOpt=--tags",
			"fetch.fsckObjects=true", "transfer.fsckObjects=true", "fetch.recurseSubmodules=true", "fetch.writeCommitGraph=true",
			"push.default=nothing", "push.followTags=true", "push.recurseSubmodules=only", "push.useForceIfIncludes=true", "push.negotiate=true",
			"fastimport.unpackLimit=1", "gc.auto=1", "core.compression=0", "core.logAllRefUpdates=always",
			"user.useConfigOnly=true", "safe.bareRepository=explicit", "protocol.version=1",
		},
		"an odd name": {"user.name=Zoë <\"x\"> O'Hara", "user.email=<z@acme.test>"},
	} {
		t.Run(name, func(t *testing.T) {
			remote := newRemote(t)
			dir := clone(t, remote)
			gitIn(t, remote, "config", "receive.certNonceSeed", "the server asks for signed pushes")
			gitIn(t, remote, "tag", "v1", "main")
			for _, who := range []string{"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"} {
				t.Setenv(who, "") // restores the value after the test
				if err := os.Unsetenv(who); err != nil {
					t.Fatal(err)
				}
			}
			for _, kv := range config {
				key, value, _ := strings.Cut(kv, "=")
				gitIn(t, dir, "config", key, value)
			}
			roundTrip(t, open(t, dir), remote)
			if tags := gitIn(t, dir, "tag"); tags != "" {
				t.Errorf("tags came along: %s", tags)
			}
			gitIn(t, remote, "fsck", "--strict", "--no-dangling")
		})
	}
}

// On a disk that ignores case a locale can still change its spelling.
func TestRespelledLocale(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	gitIn(t, dir, "config", "core.ignoreCase", "true")
	s := open(t, dir)
	commit(t, s, "pull", put(article("1", "x", "pt-br", "en"))...)
	b := article("1", "x", "pt-BR", "en")
	commit(t, s, "pull", put(b)...)
	h := history(t, s)
	diff(t, "objects", byKey(b), all(t, s, h, 1))
	gitIn(t, dir, "cat-file", "-e", ref+":obj/01/1/pt-BR.md")
}

// A clone may be configured to fetch the ref with everything else.
func TestFetchedWithEverythingElse(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	gitIn(t, dir, "config", "--add", "remote.origin.fetch", "+refs/hcsync/*:refs/hcsync/*")
	s := open(t, dir)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	second := commit(t, s, "pull", put(article("1", "y", "en"))...)
	gitIn(t, remote, "update-ref", ref, first.Hash)
	wantError(t, s.Fetch(t.Context()), ErrDiverged)
	if local, _ := tips(t, dir, remote); local != second.Hash {
		t.Error("the local ref went back")
	}
}

func TestClientHooksDoNotRun(t *testing.T) {
	t.Parallel()
	remote := newRemote(t)
	dir := clone(t, remote)
	ran := filepath.Join(t.TempDir(), "ran")
	for _, name := range []string{"pre-commit", "commit-msg", "post-commit", "pre-push", "reference-transaction", "post-rewrite", "pre-auto-gc", "fsmonitor-watchman"} {
		hook(t, filepath.Join(dir, ".git"), name, "echo "+name+" >> "+ran+"; exit 1")
	}
	shared := filepath.Join(t.TempDir(), "shared")
	hook(t, shared, "reference-transaction", "exit 1")
	gitIn(t, dir, "config", "core.hooksPath", filepath.Join(shared, "hooks"))
	s := open(t, dir)
	commit(t, s, "pull", put(article("1", "x", "en"))...)
	gitIn(t, dir, "config", "--unset", "core.hooksPath")
	commit(t, s, "pull", put(article("1", "y", "en"))...)
	if err := s.Fetch(t.Context()); err != nil {
		t.Error(err)
	}
	if which, err := os.ReadFile(ran); err == nil {
		t.Errorf("hooks ran: %s", which)
	}
}

// A hook or an alias of an outer git sets these for its children.
func TestInheritedLocation(t *testing.T) {
	remote := newRemote(t)
	dir, elsewhere := clone(t, remote), clone(t, remote)
	before := gitIn(t, elsewhere, "for-each-ref")
	outer := filepath.Join(elsewhere, ".git")
	t.Setenv("GIT_DIR", outer)
	t.Setenv("GIT_WORK_TREE", elsewhere)
	t.Setenv("GIT_COMMON_DIR", outer)
	t.Setenv("GIT_INDEX_FILE", filepath.Join(outer, "index.lock"))
	t.Setenv("GIT_OBJECT_DIRECTORY", filepath.Join(outer, "objects"))
	t.Setenv("GIT_PREFIX", "sub/")
	t.Setenv("GIT_NAMESPACE", "ns")
	t.Setenv("GIT_LITERAL_PATHSPECS", "0")
	s := open(t, dir)
	c := commit(t, s, "pull", put(article("1", "x", "en"))...)
	if err := s.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_NAMESPACE"} {
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	if after := gitIn(t, elsewhere, "for-each-ref"); after != before {
		t.Errorf("the outer repository got %s", after)
	}
	if local, there := tips(t, dir, remote); local != c.Hash || there != c.Hash {
		t.Errorf("local %q, remote %q", local, there)
	}
}

func TestSHA256(t *testing.T) {
	t.Parallel()
	remote := newRemote(t, "--object-format=sha256")
	dir := clone(t, remote)
	s := open(t, dir)
	roundTrip(t, s, remote)
	h := history(t, s)
	want := s.BlobID("# one\n")
	if got := h.Files(article("12345678", "").Key(), 1)["en.md"]; got != want || len(got) != 64 {
		t.Errorf("en.md is %s, BlobID says %s", got, want)
	}
}

// The repository belongs to somebody else: git's own words say what to do.
func TestForeignOwner(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	dir := clone(t, newRemote(t))
	for _, d := range []string{dir, filepath.Join(dir, ".git")} {
		if err := os.Chown(d, 12345, 12345); err != nil {
			t.Skip(err)
		}
	}
	_, err := git.Open(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "safe.directory") {
		t.Errorf("error: %v", err)
	}
}
