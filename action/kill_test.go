package action

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/hcsync/hcsync/internal/sandbox"
)

var (
	kills    = flag.Int("kills", 3, "how many runners TestRunnerDies kills")
	killSeed = flag.Uint64("killseed", 0, "the seed of TestRunnerDies; 0 takes one of its own")
)

// TestRunnerDies ends everything that runs on a machine in the middle of a push,
// as a runner that is lost: nothing of its disk is left. The push of a fresh
// machine must finish, create nothing twice and see no conflict.
func TestRunnerDies(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("go test ./action -run TestRunnerDies -kills %d -killseed %d", *kills, seed)
	const creates, updates = 8, 2
	for i := range *kills {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		after, pause := r.IntN(creates+updates+1), time.Duration(r.Int64N(int64(40*time.Millisecond)))
		if after == 0 {
			pause *= 10 // before, while or after the intent is published
		}
		t.Run(fmt.Sprintf("%d writes and %s", after, pause.Round(time.Millisecond)), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.edit(t, "billing/invoices.md", "You get an invoice.", "You get one invoice.")
			w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
			for n := range creates {
				w.edit(t, fmt.Sprintf("billing/new-%d.md", n), "", fmt.Sprintf("---\ntitle: New %d\nstate: published\n---\n\nText of %[1]d.\n", n))
			}
			w.merge(t, "ten")
			if err := w.server.AddFault(sandbox.Fault{Kind: sandbox.FaultLatency, Delay: "20ms", Method: "write"}); err != nil {
				t.Fatal(err)
			}
			w.die(t, after, pause)
			w.server.ClearFaults()
			w.onMain(t).use(t, w.with("push")).ends(0).gives("conflicts", "0").gives("drift", "0")
			want := w.titles(t)
			slices.Sort(want)
			if len(slices.Compact(want)) != len(w.titles(t)) || count(want, "New 7") != 1 {
				t.Errorf("articles: %q", w.titles(t))
			}
			w.server.ForgetRequests()
			w.onMain(t).use(t, w.with("push")).ends(0).gives("changes", "0")
			if sent := w.server.Writes(); len(sent) > 0 {
				t.Errorf("sent again: %v", sent)
			}
			w.quiet(t)
		})
	}
}

// die runs a push on a machine that is lost some time after a number of writes.
func (w *world) die(t *testing.T, writes int, pause time.Duration) {
	t.Helper()
	r := w.onMain(t)
	ended := make(chan struct{})
	r.started = func(p *os.Process) {
		go func() {
			for end := time.Now().Add(time.Minute); len(w.server.Writes()) < writes && time.Now().Before(end); {
				select {
				case <-ended:
					return
				case <-time.After(time.Millisecond):
				}
			}
			time.Sleep(pause)
			_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
		}()
	}
	r.use(t, w.with("push", "args", "--concurrency 1")) // or all writes are one moment
	close(ended)
	if err := os.RemoveAll(r.home); err != nil {
		t.Fatal(err)
	}
}
