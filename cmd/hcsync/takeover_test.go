//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/sandbox"
)

// on gives the same checkout to a machine of its own, on which runs wait as told.
func (w *killed) on(machine, times string) *killed {
	c := *w
	c.env = append(slices.Clone(w.env), machineEnv+"="+machine, timesEnv+"="+times)
	return &c
}

// started is a push that runs in the background.
type started struct {
	cmd  *exec.Cmd
	out  *bytes.Buffer
	done chan struct{}
}

func (w *killed) start(t *testing.T, args ...string) *started {
	t.Helper()
	s := &started{done: make(chan struct{})}
	s.cmd, s.out = w.command("hcsync", args...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.cmd.Wait(); close(s.done) }()
	t.Cleanup(func() { _ = s.cmd.Process.Kill(); <-s.done })
	return s
}

// ended waits for the end, and fails if the run says it went well.
func (s *started) ended(t *testing.T, says ...string) {
	t.Helper()
	select {
	case <-s.done:
	case <-time.After(time.Minute):
		t.Fatalf("still running after a minute\n%s", s.out)
	}
	if s.cmd.ProcessState.ExitCode() == 0 || !slices.ContainsFunc(says, func(text string) bool { return strings.Contains(s.out.String(), text) }) {
		t.Errorf("the first push ends with %d and says none of %q\n%s", s.cmd.ProcessState.ExitCode(), says, s.out)
	}
}

// agree fails unless the workspace is as an uninterrupted push leaves it, and
// neither clone has anything to do.
func agree(t *testing.T, want []string, clones ...*killed) {
	t.Helper()
	if d := cmp.Diff(want, clones[0].content(t)); d != "" {
		t.Fatalf("the workspace is not as it should be (-want +got)\n%s", d)
	}
	for _, w := range clones {
		w.must(t, "plan", "--detailed-exitcode", "--fail-on-drift")
	}
	clones[0].settled(t)
}

// TestTakeover freezes a push on one machine, as a laptop does that is closed.
// Another machine waits, takes over and finishes. The first one wakes up and
// writes nothing any more.
func TestTakeover(t *testing.T) {
	template := newKilled(t)
	whole := template.copy(t)
	whole.must(t, "push", "--yes")
	want := whole.content(t)

	w := template.copy(t)
	other, _ := w.shared(t)
	ana := w.on("ana", `{"Every": 1000000000, "GiveUp": 2000000000, "Retry": 200000000}`)
	ben := other.on("ben", `{"Patience": 5000000000, "Poll": 100000000, "UnderWay": 1000000000}`)
	// Every one of its four writers is waiting for an answer when it is frozen:
	// nobody can keep back what is asked for and not yet sent.
	if err := w.server.AddFault(sandbox.Fault{Kind: sandbox.FaultLatency, Method: "write", Skip: 20, Times: 4, Delay: "3s"}); err != nil {
		t.Fatal(err)
	}
	first := ana.start(t, "push", "--yes")
	for end := time.Now().Add(time.Minute); len(w.server.Faults()) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the push does not get as far as it should")
		}
	}
	if err := first.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	said := ben.must(t, "push", "--yes")
	if took := time.Since(began); took < 5*time.Second || !strings.Contains(said, "host ana") || !strings.Contains(said, "Waiting for it") || !strings.Contains(said, "did not end") {
		t.Errorf("took over after %s\n%s", took, said)
	}
	w.server.ForgetRequests()
	if err := first.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	first.ended(t, "another run may take over", "another run has taken over")
	if writes := w.server.Writes(); len(writes) > 0 {
		t.Errorf("the first push woke up and wrote %d times, first %s %s\n%s", len(writes), writes[0].Method, writes[0].Path, first.out)
	}
	agree(t, want, ben, ana)
}

// TestSteal takes over from a push that is alive: it stops at its next renewal,
// and what it was just creating is not created again.
func TestSteal(t *testing.T) {
	template := newKilled(t)
	whole := template.copy(t)
	whole.must(t, "push", "--yes")
	want := whole.content(t)

	w := template.copy(t)
	other, _ := w.shared(t)
	ana := w.on("ana", `{"Every": 500000000}`)
	ben := other.on("ben", `{"UnderWay": 5000000000}`)
	if err := w.server.AddFault(sandbox.Fault{Kind: sandbox.FaultLatency, Method: "POST", Delay: "700ms"}); err != nil {
		t.Fatal(err)
	}
	first := ana.start(t, "push", "--yes")
	awaitWrites(t, w.server, 3)
	second := ben.start(t, "push", "--yes", "--steal")
	first.ended(t, "another run has taken over")
	w.server.ClearFaults()
	<-second.done
	if said := second.out.String(); second.cmd.ProcessState.ExitCode() != 0 || !strings.Contains(said, "so that nothing is created twice") {
		t.Fatalf("exit code %d\n%s", second.cmd.ProcessState.ExitCode(), said)
	}
	agree(t, want, ben, ana)
}

// TestLapse takes the state's remote away from a push: it stops writing while
// others still wait for it. Another machine finishes when the remote is back.
func TestLapse(t *testing.T) {
	template := newKilled(t)
	whole := template.copy(t)
	whole.must(t, "push", "--yes")
	want, calls := whole.content(t), len(whole.server.Writes())

	w := template.copy(t)
	other, remote := w.shared(t)
	ana := w.on("ana", `{"Every": 500000000, "GiveUp": 1000000000, "Retry": 200000000}`)
	ben := other.on("ben", `{"Patience": 1000000000, "Poll": 100000000, "UnderWay": 1000000000}`)
	if err := w.server.AddFault(sandbox.Fault{Kind: sandbox.FaultLatency, Method: "write", Delay: "400ms"}); err != nil {
		t.Fatal(err)
	}
	first := ana.start(t, "push", "--yes")
	awaitWrites(t, w.server, 1)
	if err := os.Rename(remote, remote+"-away"); err != nil {
		t.Fatal(err)
	}
	first.ended(t, "the state could not be renewed")
	if got := len(w.server.Writes()); got >= calls {
		t.Errorf("%d writes, as many as without a fence", got)
	}
	if err := os.Rename(remote+"-away", remote); err != nil {
		t.Fatal(err)
	}
	w.server.ClearFaults()
	ben.must(t, "push", "--yes")
	agree(t, want, ben, ana)
}
