package watch

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// collecting runs a collector in a bubble of its own time.
func collecting(t *testing.T, do func(t *testing.T, in chan<- event, out <-chan Batch)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in, out := make(chan event), make(chan Batch)
		go pace{30 * time.Millisecond, 500 * time.Millisecond}.collect(ctx, in, out)
		do(t, in, out)
		cancel()
		synctest.Wait()
		if _, open := <-out; open {
			t.Error("the batches are not closed when the context ends")
		}
	})
}

func want(t *testing.T, got Batch, paths ...string) {
	t.Helper()
	if diff := cmp.Diff(Batch{Paths: paths}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCollectQuiet(t *testing.T) {
	collecting(t, func(t *testing.T, in chan<- event, out <-chan Batch) {
		start := time.Now()
		for _, p := range []string{"b", "a", "b"} {
			in <- event{p}
			time.Sleep(20 * time.Millisecond)
		}
		want(t, <-out, "a", "b")
		if after := time.Since(start); after != 70*time.Millisecond {
			t.Errorf("given after %v; the last event came at 40 ms, and 30 ms are quiet", after)
		}
	})
}

func TestCollectEndlessEvents(t *testing.T) {
	collecting(t, func(t *testing.T, in chan<- event, out <-chan Batch) {
		start := time.Now()
		for i := 0; ; i++ {
			select {
			case in <- event{fmt.Sprint(i % 10)}:
				time.Sleep(10 * time.Millisecond)
			case b := <-out:
				if after := time.Since(start); after > 600*time.Millisecond || len(b.Paths) != 10 {
					t.Errorf("after %v: %v", after, b)
				}
				return
			}
		}
	})
}

func TestCollectWhileBusy(t *testing.T) {
	collecting(t, func(t *testing.T, in chan<- event, out <-chan Batch) {
		in <- event{"a"}
		time.Sleep(time.Second) // nobody takes it
		in <- event{"b"}
		want(t, <-out, "a", "b")
		in <- event{"c"}
		want(t, <-out, "c")
	})
}

func TestCollectLoss(t *testing.T) {
	collecting(t, func(t *testing.T, in chan<- event, out <-chan Batch) {
		in <- event{"a"}
		in <- event{}
		in <- event{"b"}
		if b := <-out; !b.All {
			t.Errorf("after a loss: %v", b)
		}
		in <- event{"c"}
		want(t, <-out, "c")
	})
}

func TestIgnored(t *testing.T) {
	for p, is := range map[string]bool{
		"content/a.md": false, "content/a.md~": true, "content/.a.md.swp": true, ".git/index": true, "content/.git/x": true,
		".hcsync/sandbox/data": true, "content/#a.md#": true, "content/.#a.md": true, "content/4913": true, "content/a.md.tmp": true,
		"content/a.md___jb_tmp___": true, "content/node_modules/x.md": true, "content/x/images/p.png": false, "hcsync.yaml": false,
		"content/~$notes.md": true, "content/über.md": false,
	} {
		if ignored(p) != is {
			t.Errorf("ignored(%q) = %v", p, !is)
		}
	}
}
