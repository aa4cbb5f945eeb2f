package cli_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	histories   = flag.Int("histories", 8, "how many random histories TestHistories plays")
	historySeed = flag.Uint64("history-seed", 1, "the seed of the first one; the others follow")
	historyLen  = flag.Int("history-steps", 12, "how many steps a history has before it settles")
)

// TestHistories plays random histories of a docs team: edits in git and in
// Intercom, branches, pulls and pushes, lost answers and killed runs. A
// reference model knows which words nobody has replaced, and finds any that is
// no longer where it was (design.md section 1: nothing is lost). After every
// history both sides settle and must then stay as they are.
//
// A history that fails is played again with fewer steps until each one counts.
func TestHistories(t *testing.T) {
	templates := []string{team(t, true), team(t, false), team(t, false), team(t, false)}
	start := time.Now()
	var mu sync.Mutex
	var total tally
	t.Run("seeds", func(t *testing.T) {
		for i := range *histories {
			seed := *historySeed + uint64(i)
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				template := templates[seed%4]
				steps := randomSteps(seed, *historyLen)
				n, story, err := play(t, template, steps)
				if err != nil {
					steps, story, err = shrink(t, template, steps, story, err)
					t.Errorf("seed %d: %v\n\nThe history:\n  %s\n\nThe steps:\n%s", seed, err, strings.Join(story, "\n  "), listed(steps))
				}
				mu.Lock()
				defer mu.Unlock()
				total.add(n)
			})
		}
	})
	t.Logf("%d histories, %d steps, %d commands, %d faults, %d kills, %d words, in %v", total.histories, total.steps, total.commands,
		total.faults, total.kills, total.tokens, time.Since(start).Round(time.Second))
}

func listed(steps []step) string {
	var out strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&out, "  %v,\n", s)
	}
	return out.String()
}

// play plays one history to its end.
func play(t *testing.T, template string, steps []step) (n tally, story []string, err error) {
	t.Run("play", func(t *testing.T) {
		var w *world
		if w, err = newWorld(t, template); err != nil {
			return
		}
		for _, s := range steps {
			if err = w.do(s); err != nil {
				break
			}
		}
		if err == nil {
			w.tell("settle:")
			last := steps[len(steps)-1]
			err = w.settle(last)
		}
		w.histories, w.tokens = 1, len(w.all)
		n, story = w.tally, w.story
	})
	return n, story, err
}

// class is the kind of a failure.
func class(err error) string {
	kind, _, _ := strings.Cut(err.Error(), ":")
	return kind
}

// shrink takes steps out of a failing history for as long as it fails in the
// same way.
func shrink(t *testing.T, template string, steps []step, story []string, failure error) ([]step, []string, error) {
	for smaller := true; smaller; {
		smaller = false
		for i := len(steps) - 2; i >= 0; i-- { // the last one says how it settles
			fewer := slices.Delete(slices.Clone(steps), i, i+1)
			if _, s, err := play(t, template, fewer); err != nil && class(err) == class(failure) {
				steps, story, failure, smaller = fewer, s, err, true
			}
		}
	}
	return steps, story, failure
}
