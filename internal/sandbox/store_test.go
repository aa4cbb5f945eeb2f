package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// killed is the folder as a process leaves it that is killed at this moment.
func killed(t *testing.T, dir string) string {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return copied
}

func export(t *testing.T, s *Server) string {
	t.Helper()
	var b strings.Builder
	if err := s.Export(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func reopen(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStateSurvives(t *testing.T) {
	dir := t.TempDir()
	s, c := newClient(t, Options{Dir: dir})
	k := c.do("POST", "/help_center/collections", object{"name": "K"})
	a := c.article(object{"parent_id": id(k), "state": "published"})
	c.do("PUT", "/articles/"+id(a), object{"title": "second"})
	gone := c.article(nil)
	c.do("DELETE", "/articles/"+id(gone), nil)
	want := export(t, s)

	afterKill := reopen(t, killed(t, dir))
	if diff := cmp.Diff(want, export(t, afterKill)); diff != "" {
		t.Errorf("after a kill (-before +after):\n%s", diff)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := reopen(t, dir)
	if diff := cmp.Diff(want, export(t, again)); diff != "" {
		t.Errorf("after closing (-before +after):\n%s", diff)
	}
	next := &client{t, mustListen(t, again), "2.16", "token"}
	if fresh := next.article(nil); id(fresh) <= id(gone) {
		t.Errorf("id %s was given before", id(fresh))
	}
	if v := next.do("GET", "/articles/"+id(a)+"/versions", nil); v["total_count"] != 2.0 {
		t.Errorf("history %v", v)
	}
}

func mustListen(t *testing.T, s *Server) string {
	t.Helper()
	url, _, err := s.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// TestTornJournal cuts the journal at every byte of its last record: the rest
// must be there, and the sandbox must go on from it.
func TestTornJournal(t *testing.T) {
	dir := t.TempDir()
	s, c := newClient(t, Options{Dir: dir})
	c.article(object{"title": "kept"})
	want := export(t, s)
	before, err := os.Stat(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	c.article(object{"title": "lost"})
	whole, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	for size := before.Size(); size < int64(len(whole)); size += 7 {
		copied := killed(t, dir)
		if err := os.Truncate(filepath.Join(copied, journalName), size); err != nil {
			t.Fatal(err)
		}
		torn, err := Open(Options{Dir: copied})
		if err != nil {
			t.Fatalf("cut at %d: %v", size, err)
		}
		if got := export(t, torn); got != want {
			t.Fatalf("cut at %d: %s", size, cmp.Diff(want, got))
		}
		if err := torn.uiChange(func(c *call) error { c.edit.Tags[1] = &tag{1, "after"}; return nil }); err != nil {
			t.Fatal(err)
		}
		further := reopen(t, killed(t, copied))
		if len(further.state.Tags) != 1 || len(further.state.Articles) != 1 {
			t.Fatalf("cut at %d: a change after the repair is lost", size)
		}
		torn.Close()
	}
}

func TestDamagedState(t *testing.T) {
	dir := t.TempDir()
	_, c := newClient(t, Options{Dir: dir})
	c.article(nil)
	c.article(nil)
	for name, damage := range map[string]func(string) string{
		journalName:  func(s string) string { return strings.Replace(s, "Install", "Instant", 1) },
		snapshotName: func(s string) string { return s[:len(s)/2] },
	} {
		copied := killed(t, dir)
		file := filepath.Join(copied, name)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(damage(string(data))), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Options{Dir: copied}); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestOneProcess(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	if _, err := Open(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another hcsync process") {
		t.Errorf("error %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	reopen(t, dir)
}

// TestSnapshotBeforeJournal is a crash between writing a snapshot and emptying
// the journal: the journal's changes are applied to what already has them.
func TestSnapshotBeforeJournal(t *testing.T) {
	dir := t.TempDir()
	s, c := newClient(t, Options{Dir: dir})
	a := c.article(nil)
	c.do("DELETE", "/articles/"+id(a), nil)
	c.article(object{"title": "last"})
	journal, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	want := export(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, journalName), journal, 0o644); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, export(t, reopen(t, dir))); diff != "" {
		t.Error(diff)
	}
}

func TestReset(t *testing.T) {
	dir := t.TempDir()
	s, c := newClient(t, Options{Dir: dir})
	if !s.Empty() {
		t.Error("a fresh sandbox is not empty")
	}
	c.article(nil)
	if s.Empty() || s.SeedHelpCenters([]HelpCenterSeed{{Locales: []string{"de"}}}) == nil {
		t.Error("a sandbox with content takes other help centers")
	}
	if err := s.Reset(); err != nil || !s.Empty() {
		t.Errorf("reset: %v, empty: %v", err, s.Empty())
	}
	if again := reopen(t, killed(t, dir)); !again.Empty() {
		t.Error("the reset did not last")
	}
}

// TestConcurrentUse is for the race detector; whatever the order, every answered
// write is on disk.
func TestConcurrentUse(t *testing.T) {
	dir := t.TempDir()
	s, c := newClient(t, Options{Dir: dir})
	a := id(c.article(nil))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 5 {
				c.article(object{"title": strings.Repeat("x", i+1)})
				c.do("PUT", "/articles/"+a, object{"body": "<p>b</p>"})
				c.do("GET", "/articles", nil)
				c.do("GET", "/_sandbox/status", nil)
				c.do("PATCH", "/_sandbox/switches", object{"callouts": "keep"})
			}
		})
	}
	all.Wait()
	if got := reopen(t, killed(t, dir)).Status(); got.Articles != 21 || s.Status().Articles != 21 {
		t.Errorf("after a kill %+v", got)
	}
}
