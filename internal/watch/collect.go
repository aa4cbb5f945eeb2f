package watch

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Batch is what changed since the last one.
type Batch struct {
	// Paths are files and folders below the watched one, with slashes, sorted,
	// each once. A folder stands for all that is in it.
	Paths []string
	// All says that more changed than anybody can tell: look at everything.
	All bool
}

// event is one hint; an empty path is the loss of some.
type event struct{ path string }

// pace says how long to wait for more.
type pace struct {
	quiet time.Duration // since the last event
	most  time.Duration // since the first, while events go on
}

// maxPaths is how many paths a batch names before it says All.
const maxPaths = 20_000

// collect makes batches of events until there are no more or ctx ends, then
// closes out. Events that come while nobody takes the batch join it.
func (p pace) collect(ctx context.Context, in <-chan event, out chan<- Batch) {
	defer close(out)
	pending := map[string]bool{}
	var quiet, most <-chan time.Time
	var ready chan<- Batch // out once it is time
	all := false
	for {
		select {
		case e, ok := <-in:
			if !ok {
				return
			}
			if most == nil && ready == nil {
				most = time.After(p.most)
			}
			quiet = time.After(p.quiet)
			if all = all || e.path == "" || len(pending) >= maxPaths; !all {
				pending[e.path] = true
			}
		case <-quiet:
			quiet, most, ready = nil, nil, out
		case <-most:
			most, ready = nil, out
		case ready <- batch(pending, all):
			pending, all = map[string]bool{}, false
			quiet, most, ready = nil, nil, nil
		case <-ctx.Done():
			return
		}
	}
}

func batch(pending map[string]bool, all bool) Batch {
	if all {
		return Batch{All: true}
	}
	return Batch{Paths: slices.Sorted(maps.Keys(pending))}
}
