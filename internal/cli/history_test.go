package cli_test

import (
	"flag"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	histories   = flag.Int("histories", 6, "how many random histories TestHistories plays")
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
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	templates := []string{team(t, true, ""), team(t, false, ""), team(t, false, stagingConfig(true)), team(t, false, stagingConfig(false))}
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

// TestChosenHistories plays the histories that a random one meets seldom, each
// against one guard.
func TestChosenHistories(t *testing.T) {
	alone, staged := team(t, false, ""), team(t, false, stagingConfig(false))
	for name, steps := range map[string][]step{
		"a teammate saves while a push runs":    {{10, "git edit", 0, 0, 0}, {11, "push", 1, 3, 1}},
		"a create whose answer is lost":         {{10, "git article", 0, 0, 0}, {11, "push", 5, 1, 2}, {12, "push", 1, 9, 1}},
		"a create that is cut off":              {{10, "git article", 0, 0, 0}, {11, "push", 5, 1, 1}, {12, "push", 1, 9, 1}},
		"a create that is stopped":              {{10, "git article", 0, 0, 0}, {11, "push", 1, 2, 2}, {12, "push", 1, 9, 1}},
		"one paragraph on both sides":           {{10, "git edit", 0, 0, 0}, {11, "live edit", 0, 0, 0}, {12, "pull", 2, 9, 0}, {13, "push", 1, 9, 1}},
		"edited here, deleted there":            {{10, "git edit", 0, 0, 0}, {11, "live delete", 0, 0, 0}, {12, "pull", 2, 9, 0}, {13, "push", 1, 9, 1}},
		"deleted here, edited there":            {{10, "git remove", 0, 1, 0}, {11, "live edit", 0, 0, 0}, {12, "push", 4, 9, 1}, {13, "pull", 2, 9, 0}},
		"unpublished there, edited here":        {{10, "live state", 0, 0, 0}, {11, "git edit", 0, 0, 0}, {12, "push", 1, 9, 1}, {13, "pull", 2, 9, 0}},
		"a draft waits there, edited here":      {{10, "live draft", 0, 0, 0}, {11, "git edit", 0, 0, 0}, {12, "push", 1, 9, 1}, {13, "pull", 2, 9, 0}},
		"moved on both sides":                   {{10, "live move", 0, 1, 0}, {11, "git move", 0, 1, 0}, {12, "push", 1, 9, 1}, {13, "pull", 2, 9, 0}},
		"pushed from a branch that is old":      {{10, "branch", 0, 0, 0}, {11, "branch", 0, 0, 0}, {12, "git edit", 0, 0, 0}, {13, "push", 1, 9, 1}, {14, "branch", 0, 0, 0}, {15, "push", 1, 9, 1}, {16, "pull", 2, 9, 0}},
		"a pull that is reverted":               {{10, "live edit", 0, 0, 0}, {11, "pull", 2, 9, 0}, {12, "commit", 0, 0, 0}, {13, "git edit", 7, 0, 0}, {14, "revert", 0, 0, 0}, {15, "push", 1, 9, 1}, {16, "pull", 2, 9, 0}},
		"moved there into what is removed here": {{10, "live move", 0, 0, 0}, {11, "git remove folder", 1, 0, 0}, {12, "pull", 2, 9, 0}},
		"a collection that is not empty":        {{10, "git remove folder", 0, 0, 0}, {11, "push", 4, 9, 1}, {12, "pull", 2, 9, 0}},
		"French is disabled":                    {{10, "settings", 2, 0, 0}, {11, "pull", 2, 9, 0}, {12, "commit", 0, 0, 0}, {13, "push", 4, 9, 1}},
		"French comes first":                    {{10, "settings", 0, 0, 0}, {11, "git edit", 0, 0, 0}, {12, "push", 1, 9, 1}, {13, "live edit", 0, 3, 0}, {14, "pull", 2, 9, 0}},
		"a saved plan that no longer fits":      {{10, "git edit", 0, 0, 0}, {11, "saved plan", 0, 9, 0}, {12, "pull", 2, 9, 0}},
		"restored after a push":                 {{10, "git edit", 0, 0, 0}, {11, "push", 1, 9, 1}, {12, "live edit", 0, 0, 1}, {13, "restore", 0, 3, 0}, {14, "push", 1, 9, 1}},
		"moved into what is nested":             {{10, "live move", 0, 1, 0}, {11, "live nest", 7, 0, 1}, {12, "pull", 2, 9, 0}},
		"French is off, and ours is kept":       {{10, "git state", 0, 3, 0}, {11, "live delete", 0, 0, 0}, {12, "settings", 2, 0, 0}, {13, "pull", 0, 9, 0}, {14, "push", 1, 9, 1}},
		"reverted under its translation":        {{10, "git article", 402, 878, 822}, {11, "push", 1, 9, 1}, {12, "git translation", 898, 714, 481}, {13, "revert", 447, 937, 270}},
		"each moved into the other":             {{10, "live nest", 7, 0, 1}, {11, "git folder", 0, 1, 2}, {12, "push", 1, 9, 1}},
		"a draft comes home":                    {{10, "live draft", 0, 0, 0}, {11, "pull", 2, 9, 3}, {12, "push", 1, 9, 16}},
		"a draft comes home, then goes live":    {{10, "live draft", 0, 0, 0}, {11, "git edit", 0, 0, 0}, {12, "pull", 2, 9, 3}, {13, "live publish draft", 0, 1, 0}, {14, "push", 1, 9, 1}},
		"a draft is replaced":                   {{10, "live draft", 0, 0, 0}, {11, "git edit", 0, 0, 0}, {12, "push", 1, 9, 16}, {13, "pull", 2, 9, 0}},
		"a folder goes, its article has two":    {{14, "git remove folder", 912, 400, 655}, {15, "live edit", 0, 0, 0}, {16, "live parents", 730, 297, 865}, {18, "pull", 829, 9, 865}, {19, "push", 1, 9, 1}},
		"staging keeps to itself":               {{10, "push staging", 1, 0, 0}, {11, "git article", 0, 0, 0}, {12, "push staging", 0, 0, 0}, {13, "read staging", 1, 0, 0}, {14, "push", 1, 9, 1}},
	} {
		template := alone
		if slices.ContainsFunc(steps, func(s step) bool { return s.kind == "push staging" }) {
			template = staged
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, last := range []int{10, 11}[:1+min(1, *histories/20)] {
				steps[len(steps)-1].a = last // neither number means a flag; an even one settles by --ours, an odd one by --theirs
				if _, story, err := play(t, template, steps); err != nil {
					t.Errorf("%v\n\nThe history:\n  %s", err, strings.Join(story, "\n  "))
				}
			}
		})
	}
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
