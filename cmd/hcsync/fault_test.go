package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/sandbox"
)

var everyFault = flag.Bool("faults", false, "let TestFaults go through all it knows, which takes a minute")

// TestFaults pushes the changes of TestKilled through an API that fails in the
// ways that networks and servers do. The push may end badly; run again, it
// must bring the workspace to where it belongs.
func TestFaults(t *testing.T) {
	template := newKilled(t)
	whole := template.copy(t)
	whole.must(t, "push", "--yes")
	want := whole.content(t)
	for name, faults := range map[string][]sandbox.Fault{
		"dropped before":        {{Kind: sandbox.FaultDropBefore, Method: "write", Skip: 5, Times: 9}},
		"dropped after":         {{Kind: sandbox.FaultDropAfter, Method: "write", Skip: 5, Times: 9}},
		"answers lost":          {{Kind: sandbox.FaultLostAnswer, Method: "write", Skip: 5, Times: 6, Delay: "50ms"}},
		"stalled":               {{Kind: sandbox.FaultStall, Method: "write", Skip: 5, Times: 6, Delay: "50ms"}},
		"half an answer":        {{Kind: sandbox.FaultTruncated, Method: "write", Skip: 5, Times: 9}},
		"503":                   {{Kind: sandbox.FaultDown, Method: "write", Skip: 5, Times: 9}},
		"429":                   {{Kind: sandbox.FaultRateLimit, Method: "write", Skip: 5, Times: 2}},
		"a page of the proxy":   {{Kind: sandbox.FaultHTML403, Method: "write", Skip: 5, Times: 9}},
		"a captcha":             {{Kind: sandbox.FaultCaptcha, Method: "write", Skip: 5, Times: 9}},
		"refused":               {{Kind: sandbox.FaultStatus, Status: 400, Code: "parameter_invalid", Method: "write", Skip: 5, Times: 9}},
		"no token any more":     {{Kind: sandbox.FaultStatus, Status: 401, Code: "unauthorized", Method: "write", Skip: 20}},
		"creates never answer":  {{Kind: sandbox.FaultDropAfter, Method: "POST"}},
		"creates never arrive":  {{Kind: sandbox.FaultDown, Method: "POST"}},
		"lists fail after":      {{Kind: sandbox.FaultDropAfter, Method: "POST", Skip: 2}, {Kind: sandbox.FaultDown, Method: "GET", Path: "/help_center/collections", Skip: 1}},
		"an update is unsure":   {{Kind: sandbox.FaultDropAfter, Method: "PUT", Path: "/articles/5015"}},
		"a new text is unsure":  {{Kind: sandbox.FaultDropAfter, Method: "PUT", Path: "/articles/5003"}, {Kind: sandbox.FaultLostAnswer, Method: "POST", Times: 3, Delay: "10ms"}},
		"a collection is gone?": {{Kind: sandbox.FaultDropBefore, Method: "PUT", Path: "/help_center/collections/3002"}},
	} {
		t.Run(name, func(t *testing.T) {
			if often := []string{"dropped after", "creates never answer", "an update is unsure"}; !*everyFault && !slices.Contains(often, name) {
				t.Skip("use -faults")
			}
			t.Parallel()
			w := template.copy(t)
			for _, f := range faults {
				if err := w.server.AddFault(f); err != nil {
					t.Fatal(err)
				}
			}
			cmd, out := w.command("hcsync", "push", "--yes")
			var exit *exec.ExitError
			if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			w.server.ClearFaults()
			if text := w.must(t, "push", "--yes"); t.Failed() {
				t.Logf("first:\n%s\nthen:\n%s", out, text)
			}
			if d := cmp.Diff(want, w.content(t)); d != "" {
				t.Fatalf("the workspace is not as it should be (-want +got)\n%s\n%s", d, out)
			}
			w.settled(t)
		})
	}
}

// shared gives the repository a remote, and a second clone of it that works
// with the same workspace.
func (w *killed) shared(t *testing.T) (other *killed, remote string) {
	t.Helper()
	remote = filepath.Join(t.TempDir(), "origin.git")
	w.git(t, "init", "--quiet", "--bare", "--initial-branch=main", remote)
	w.git(t, "remote", "add", "origin", remote)
	w.git(t, "push", "--quiet", "origin", "main", "refs/hcsync/acme1234")
	w.git(t, "remote", "set-head", "origin", "main")
	other = &killed{dir: filepath.Join(t.TempDir(), "other"), server: w.server, env: w.env}
	w.git(t, "clone", "--quiet", remote, other.dir)
	return other, remote
}

// TestTwoPushes starts two pushes at the same time, in one clone and in two.
// One of them may refuse; nothing is created twice, and a further run has
// nothing left to do.
func TestTwoPushes(t *testing.T) {
	template := newKilled(t)
	whole := template.copy(t)
	whole.must(t, "push", "--yes")
	want := whole.content(t)
	for name, clones := range map[string]int{"one clone": 1, "two clones": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := template.copy(t)
			other := w
			if clones == 2 {
				other, _ = w.shared(t)
			}
			first, out := w.command("hcsync", "push", "--yes")
			second, out2 := other.command("hcsync", "push", "--yes")
			for _, cmd := range []*exec.Cmd{first, second} {
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
			}
			err, err2 := first.Wait(), second.Wait()
			if err != nil && err2 != nil {
				t.Fatalf("neither went through: %v\n%s\n%v\n%s", err, out, err2, out2)
			}
			for _, w := range []*killed{w, other} {
				w.must(t, "push", "--yes")
				w.must(t, "plan", "--detailed-exitcode", "--fail-on-drift")
			}
			if d := cmp.Diff(want, w.content(t)); d != "" {
				t.Fatalf("(-want +got)\n%s", d)
			}
		})
	}
}

// TestFence holds a push on while others want to begin: on the same machine
// they are told to wait for the process. When it is dead they settle what it
// has left.
func TestFence(t *testing.T) {
	w := newKilled(t)
	other, _ := w.shared(t)
	if err := w.server.AddFault(sandbox.Fault{Kind: sandbox.FaultLatency, Method: "PUT", Delay: "2s"}); err != nil {
		t.Fatal(err)
	}
	first, out := w.command("hcsync", "push", "--yes")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- first.Wait() }()
	defer func() { _ = first.Process.Kill() }()
	awaitWrites(t, w.server, 1)
	for _, args := range [][]string{{"push", "--yes"}, {"push", "--yes", "--steal"}, {"pull"}} {
		cmd, refused := other.command("hcsync", args...)
		if err := cmd.Run(); err == nil || !strings.Contains(refused.String(), "is still running") {
			t.Errorf("%s beside a push: %v\n%s", args[0], err, refused)
		}
	}
	note := other.must(t, "plan")
	if !strings.Contains(note, "has not ended; the next push settles it") {
		t.Errorf("plan says nothing of the push\n%s", note)
	}
	w.server.ClearFaults()
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Errorf("ended before it was killed\n%s", out)
	}
	if said := other.must(t, "push", "--yes"); !strings.Contains(said, "did not end. Of the") {
		t.Errorf("settles silently\n%s", said)
	}
	other.must(t, "plan", "--detailed-exitcode", "--fail-on-drift")
	if got := len(other.content(t)); got != 59 {
		t.Errorf("%d objects, want 59", got)
	}
}

func awaitWrites(t *testing.T, s *sandbox.Server, n int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); len(s.Writes()) < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d writes after a minute", len(s.Writes()))
		}
	}
}

// TestRefusedIntent pushes where the remote takes no state: nothing is sent. It
// then lets the first commit pass and refuses the last: what was done is in
// Intercom, and a further run records it.
func TestRefusedIntent(t *testing.T) {
	w := newKilled(t)
	_, remote := w.shared(t)
	hook := func(script string) {
		w.write(t, filepath.Join(remote, "hooks", "update"), "#!/bin/sh\n"+script+"\n")
		if err := os.Chmod(filepath.Join(remote, "hooks", "update"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	push := func() (int, string) {
		cmd, out := w.command("hcsync", "push", "--yes")
		_ = cmd.Run()
		return cmd.ProcessState.ExitCode(), out.String()
	}
	hook(`echo "no state here" >&2; exit 1`)
	code, out := push()
	if code != 1 || !strings.Contains(out, "nothing was sent") || !strings.Contains(out, "no state here") || len(w.server.Writes()) > 0 {
		t.Fatalf("exit code %d, %d writes\n%s", code, len(w.server.Writes()), out)
	}
	away := remote + "-away"
	if err := os.Rename(remote, away); err != nil {
		t.Fatal(err)
	}
	if code, out = push(); code != 6 || len(w.server.Writes()) > 0 {
		t.Fatalf("offline: exit code %d, %d writes\n%s", code, len(w.server.Writes()), out)
	}
	if err := os.Rename(away, remote); err != nil {
		t.Fatal(err)
	}
	// The intent comes first; what follows it is refused.
	hook(`[ -e passed ] && exit 1; touch passed`)
	if code, out = push(); code != 1 || !strings.Contains(out, "what was done is in Intercom") || len(w.server.Writes()) == 0 {
		t.Fatalf("exit code %d, %d writes\n%s", code, len(w.server.Writes()), out)
	}
	hook(`exit 0`)
	w.server.ForgetRequests()
	if code, out = push(); code != 0 || len(w.server.Writes()) > 0 {
		t.Fatalf("again: exit code %d, %d writes\n%s", code, len(w.server.Writes()), out)
	}
	w.settled(t)
}

// TestFullDisk takes away the place of the journal: the push goes through.
func TestFullDisk(t *testing.T) {
	w := newKilled(t)
	// A file where the folder should be fails like a full disk.
	if err := os.RemoveAll(filepath.Join(w.dir, ".git", "hcsync")); err != nil {
		t.Fatal(err)
	}
	w.write(t, filepath.Join(w.dir, ".git", "hcsync"), "")
	var out bytes.Buffer
	out.WriteString(w.must(t, "push", "--yes"))
	if !strings.Contains(out.String(), "the journal of this push cannot be written") {
		t.Errorf("no warning\n%s", &out)
	}
	w.settled(t)
}

// TestFullDiskAnywhere pushes and pulls the changes of TestKilled while files
// cannot grow beyond some size, smaller and larger: the intent, the journal, the
// state or the files fail to be written, git's own files too. With room again,
// the same commands finish.
func TestFullDiskAnywhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs ulimit")
	}
	template := newKilled(t)
	whole := template.copy(t)
	whole.must(t, "push", "--yes")
	want := whole.content(t)
	sizes := []int{1, 8}
	if *everyFault {
		sizes = []int{0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128}
	}
	for _, blocks := range sizes {
		t.Run(fmt.Sprint(blocks), func(t *testing.T) {
			t.Parallel()
			w := template.copy(t)
			for _, args := range [][]string{{"push", "--yes"}, {"pull"}} {
				cmd, out := w.command("sh", append([]string{"-c", fmt.Sprintf(`ulimit -f %d; exec hcsync "$@"`, blocks), "sh"}, args...)...)
				err := cmd.Run()
				if cmd.ProcessState.ExitCode() < 0 || blocks <= 1 && args[0] == "push" && err == nil {
					t.Fatalf("%v: %v\n%s", args, err, out)
				}
				w.must(t, args...)
			}
			if d := cmp.Diff(want, w.content(t)); d != "" {
				t.Fatalf("the workspace is not as it should be (-want +got)\n%s", d)
			}
			w.settled(t)
		})
	}
}
