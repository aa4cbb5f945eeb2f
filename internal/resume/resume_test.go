package resume

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/intent"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// team is a remote with two clones that share a state.
type team struct {
	remote   string
	ana, ben *state.Store
}

func newTeam(t *testing.T) team {
	t.Helper()
	dir := t.TempDir()
	tm := team{remote: filepath.Join(dir, "origin.git")}
	run(t, dir, "init", "--quiet", "--bare", "origin.git")
	open := func(name string) *state.Store {
		run(t, dir, "clone", "--quiet", "origin.git", name)
		repo, err := git.Open(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		s, err := state.Open(state.Options{Repo: repo, Remote: "origin", Ref: "refs/hcsync/acme"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	tm.ana, tm.ben = open("ana"), open("ben")
	return tm
}

// held is the lease that ana has taken.
func (tm team) held(t *testing.T) *Lease {
	t.Helper()
	l, err := Take(t.Context(), tm.ana, "", plan(), Usual())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func run(t *testing.T, dir string, args ...string) {
	t.Helper()
	if _, err := (&git.Repo{Dir: dir}).Output(t.Context(), nil, args...); err != nil {
		t.Fatal(err)
	}
}

func plan() intent.Intent {
	return intent.Intent{Run: "ABC", Owner: intent.Owner{Host: "h", PID: 1}, Main: "m2", Changes: []intent.Change{
		{Kind: model.Article, ID: "20", Path: "a.md", Title: "A", Op: diff.Update, Locales: []intent.Locale{}},
		{Kind: model.Article, ID: "21", Path: "b.md", Title: "B", Op: diff.Update, Locales: []intent.Locale{}},
	}}
}

func entry(id string) *model.BaseObject {
	return &model.BaseObject{Kind: model.Article, ID: id, Path: "a.md", Pushed: "m2", Contents: map[model.Locale]model.BaseContent{}}
}

// standing fetches and gives the tip and the intent there.
func standing(t *testing.T, s *state.Store) (string, *intent.Intent) {
	t.Helper()
	if err := s.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	tip, in, err := Standing(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return tip, in
}

// TestLease takes, renews and releases a lease, as the other clone sees it.
func TestLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tm := newTeam(t)
		l := tm.held(t)
		other := plan()
		other.Run = "DEF"
		if _, err := Take(t.Context(), tm.ben, "", other, Usual()); !errors.Is(err, state.ErrRaced) {
			t.Fatalf("a second one took it too: %v", err)
		}
		if _, in := standing(t, tm.ben); in == nil || in.Beat != 0 || len(in.Changes) != 2 {
			t.Fatalf("standing: %+v", in)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- l.Keep(ctx, func() Progress {
				return Progress{Entries: []*model.BaseObject{entry("20")}, Left: plan().Changes[1:]}
			})
		}()
		time.Sleep(2*Usual().Every + 10*time.Second)
		_, in := standing(t, tm.ben)
		if in == nil || in.Beat != 2 || len(in.Changes) != 1 || in.Changes[0].ID != "21" {
			t.Errorf("after two renewals: %+v", in)
		}
		stop()
		if err := <-done; err != nil {
			t.Errorf("Keep = %v", err)
		}
		p := Progress{Entries: []*model.BaseObject{entry("20"), entry("21")}, Gone: []model.Key{{Kind: model.Article, ID: "9"}}}
		if err := l.Release(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if _, in := standing(t, tm.ben); in != nil {
			t.Errorf("still standing: %+v", in)
		}
		h, err := tm.ben.History(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		for seq := range h.Len() {
			actions = append(actions, h.Commit(seq).Action+" "+h.Commit(seq).Main)
		}
		if d := cmp.Diff([]string{"intent ", "push m2", "intent ", "push m2"}, collapse(actions)); d != "" {
			t.Errorf("commits (-want +got)\n%s\n%q", d, actions)
		}
	})
}

// collapse accepts that a renewal whose entries are recorded already counts as
// one that records nothing.
func collapse(actions []string) []string {
	if len(actions) == 4 && actions[2] == "push m2" {
		actions[2] = "intent "
	}
	return actions
}

// TestLeaseLapses stops writing when the remote has been away for a minute.
func TestLeaseLapses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tm := newTeam(t)
		l := tm.held(t)
		if err := os.Rename(tm.remote, tm.remote+"-away"); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		err := l.Keep(t.Context(), func() Progress { return Progress{Left: plan().Changes} })
		if !errors.Is(err, ErrLapsed) {
			t.Errorf("Keep = %v", err)
		}
		if took := time.Since(began); took < Usual().Every+Usual().GiveUp || took > Usual().Every+Usual().GiveUp+5*time.Second {
			t.Errorf("gave up after %s", took)
		}
	})
}

// TestLeaseRecovers goes on when the remote comes back in time.
func TestLeaseRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tm := newTeam(t)
		l := tm.held(t)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Keep(ctx, func() Progress { return Progress{Left: plan().Changes} }) }()
		if err := os.Rename(tm.remote, tm.remote+"-away"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(Usual().Every + Usual().GiveUp/2)
		if err := os.Rename(tm.remote+"-away", tm.remote); err != nil {
			t.Fatal(err)
		}
		time.Sleep(Usual().GiveUp)
		stop()
		if err := <-done; err != nil {
			t.Errorf("Keep = %v", err)
		}
		if _, in := standing(t, tm.ben); in == nil || in.Beat == 0 {
			t.Errorf("not renewed: %+v", in)
		}
	})
}

// TestTakeover lets another clone take the lease away: the holder notices at
// its next commit, and changes nothing any more.
func TestTakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tm := newTeam(t)
		l := tm.held(t)
		tip, in := standing(t, tm.ben)
		if still, err := Watch(t.Context(), tm.ben, tip, Usual(), func(time.Duration) {}); err != nil || !still {
			t.Fatalf("Watch = %v, %v", still, err)
		}
		found := intent.Result{Entries: []*model.BaseObject{entry("20")}, Gone: []model.Key{{Kind: model.Article, ID: "9"}}}
		if err := Settle(t.Context(), tm.ben, tip, in, found, nil); err != nil {
			t.Fatal(err)
		}
		if err := Settle(t.Context(), tm.ana, tip, in, intent.Result{}, nil); !errors.Is(err, state.ErrRaced) {
			t.Errorf("settled twice: %v", err)
		}
		after, _ := standing(t, tm.ben)
		if err := l.Holds(); !errors.Is(err, ErrLapsed) {
			t.Errorf("Holds = %v", err)
		}
		if err := l.Keep(t.Context(), func() Progress { return Progress{} }); !errors.Is(err, ErrLapsed) {
			t.Errorf("Keep = %v", err)
		}
		if err := l.Release(t.Context(), Progress{Entries: []*model.BaseObject{entry("21")}}); !errors.Is(err, ErrTaken) {
			t.Errorf("Release = %v", err)
		}
		if now, in := standing(t, tm.ben); now != after || in != nil {
			t.Errorf("the old holder wrote: %s, %+v", now, in)
		}
	})
}

// TestWatchMoves stops waiting as soon as the other run shows itself.
func TestWatchMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tm := newTeam(t)
		l := tm.held(t)
		tip, _ := standing(t, tm.ben)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { _ = l.Keep(ctx, func() Progress { return Progress{Left: plan().Changes} }) }()
		began := time.Now()
		still, err := Watch(t.Context(), tm.ben, tip, Usual(), func(time.Duration) {})
		if err != nil || still || time.Since(began) > Usual().Every+2*Usual().Poll {
			t.Errorf("Watch = %v, %v after %s", still, err, time.Since(began))
		}
	})
}

// TestFollow keeps what somebody else committed while the lease stood.
func TestFollow(t *testing.T) {
	tm := newTeam(t)
	l := tm.held(t)
	tip, _ := standing(t, tm.ben)
	if _, err := tm.ben.Commit(t.Context(), tip, state.Commit{Action: "pull"}, []state.Update{{Object: entry("77")}}); err != nil {
		t.Fatal(err)
	}
	if err := l.Release(t.Context(), Progress{Entries: []*model.BaseObject{entry("20")}, Left: plan().Changes[1:]}); err != nil {
		t.Fatal(err)
	}
	_, in := standing(t, tm.ben)
	if in == nil || !in.Ended || len(in.Changes) != 1 {
		t.Errorf("what is unknown did not stay: %+v", in)
	}
	h, err := tm.ben.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := len(h.Objects(h.Tip())); got != 2 {
		t.Errorf("%d objects, want both", got)
	}
}

func TestJudge(t *testing.T) {
	self := Self()
	if self.Boot == "" || self.Born == "" {
		t.Skip("this system does not tell one start of a machine or process from another")
	}
	alive := intent.Owner{Host: self.Host, Boot: self.Boot, PID: os.Getppid()}
	alive.Born, _ = process(alive.PID)
	tests := []struct {
		name string
		edit func(*intent.Intent)
		own  bool
		want Verdict
	}{
		{name: "running", want: Busy},
		{name: "running, own state", own: true, want: Busy},
		{name: "ended", edit: func(in *intent.Intent) { in.Ended = true }, want: Over},
		{name: "no such process", edit: func(in *intent.Intent) { in.PID = 1 << 30 }, want: Over},
		{name: "another process with its number", edit: func(in *intent.Intent) { in.Born = "1" }, want: Over},
		{name: "this process, in an earlier run", edit: func(in *intent.Intent) { in.PID = self.PID }, want: Over},
		{name: "another machine", edit: func(in *intent.Intent) { in.Host = "elsewhere" }, want: Elsewhere},
		{name: "started anew", edit: func(in *intent.Intent) { in.Boot = "before" }, want: Elsewhere},
		{name: "not known when started", edit: func(in *intent.Intent) { in.Boot = "" }, want: Elsewhere},
		{name: "own state, machine started anew", own: true, edit: func(in *intent.Intent) { in.Boot = "before" }, want: Over},
		{name: "own state, machine renamed", own: true, edit: func(in *intent.Intent) { in.Host = "elsewhere" }, want: Busy},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := &intent.Intent{Owner: alive}
			if tt.edit != nil {
				tt.edit(in)
			}
			if got := Judge(in, self, tt.own); got != tt.want {
				t.Errorf("Judge = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestJournal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	j, err := Create(dir, "ABC")
	if err != nil {
		t.Fatal(err)
	}
	var want []intent.Answer
	for i := range syncEvery + 3 {
		a := intent.Answer{Kind: model.Article, Path: strings.Repeat("a", i+1), ID: "7", Taken: map[model.Locale]map[model.Field]intent.Value{}}
		want = append(want, a)
		if err := j.Add(a); err != nil {
			t.Fatal(err)
		}
	}
	// A process that is killed here leaves this behind.
	if d := cmp.Diff(want, Answers(dir, "ABC")); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if got := Answers(dir, "OTHER"); got != nil {
		t.Errorf("answers of nobody: %v", got)
	}
	j.Close(true)
	if _, err := os.Stat(journalFile(dir, "ABC")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

// TestJournalSweeps forgets runs that nobody has asked for in a week.
func TestJournalSweeps(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"OLD.jsonl", "NEW.jsonl", "other.txt"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if name != "NEW.jsonl" {
			long := time.Now().Add(-2 * forgotten)
			if err := os.Chtimes(file, long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	j, err := Create(dir, "ABC")
	if err != nil {
		t.Fatal(err)
	}
	j.Close(false)
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if d := cmp.Diff([]string{"ABC.jsonl", "NEW.jsonl", "other.txt"}, names); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestJournalFull says once that the disk is full, and then keeps silent.
func TestJournalFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	j := &Journal{file: full, timer: time.AfterFunc(time.Hour, func() {})}
	if err := j.Add(intent.Answer{Path: "a", ID: "1"}); err == nil {
		t.Error("the disk is full and nobody says so")
	}
	if err := j.Add(intent.Answer{Path: "b", ID: "2"}); err != nil {
		t.Errorf("said twice: %v", err)
	}
	j.Close(false)
	var none *Journal
	if err := none.Add(intent.Answer{}); err != nil {
		t.Error(err)
	}
	none.Close(true)
}
