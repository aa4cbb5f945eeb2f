package cli_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hcsync/hcsync/internal/sandbox"
)

func (w *world) commitAll() error {
	w.tell("git commit")
	return w.commit("work")
}

// other is the branch that is not checked out.
func (w *world) other() string {
	return map[string]string{"main": "side", "side": "main"}[w.branch]
}

// switchBranch commits and goes to the other branch. Nothing is lost with it:
// the other branch's files come back with it.
func (w *world) switchBranch(s step) error {
	if w.mate != "" {
		w.turn(w.dir, w.mate)
		w.dir, w.mate = w.mate, w.dir
		w.tell("cd ../%s", filepath.Base(w.dir))
		return w.begin()
	}
	if err := w.commitAll(); err != nil {
		return err
	}
	here, err := w.here()
	if err != nil {
		return err
	}
	to := w.other()
	args := []string{"checkout", "--quiet", to}
	if _, ok := w.away[to]; !ok {
		args = []string{"checkout", "--quiet", "-b", to}
	}
	if _, err := w.git(args...); err != nil {
		return err
	}
	w.tell("git checkout %s", to)
	w.turn(w.branch, to)
	w.away[w.branch], w.branch = here, to
	delete(w.away, to)
	return w.begin()
}

// merge brings the other branch in; where both changed the same lines, somebody
// takes a side.
func (w *world) merge(s step) error {
	if w.mate != "" {
		return w.share(s)
	}
	theirs, ok := w.away[w.other()]
	if !ok {
		return nil
	}
	if err := w.commitAll(); err != nil {
		return err
	}
	return w.mergeWith(s, w.other(), theirs)
}

// mergeWith merges a branch that holds these files.
func (w *world) mergeWith(s step, branch string, theirs *side) error {
	return w.byHand("merged", func() error {
		strategy := []string{"ours", "theirs"}[s.a%2]
		w.tell("git merge -X %s %s", strategy, branch)
		if _, err := w.git("merge", "--quiet", "--no-edit", "-X", strategy, branch); err != nil {
			w.tell("  does not merge, so ours it is")
			if _, err := w.git("merge", "--abort"); err != nil {
				return err
			}
			if _, err := w.git("merge", "--quiet", "--no-edit", "-s", "ours", branch); err != nil {
				return err
			}
		}
		after, err := w.here()
		if err != nil {
			return err
		}
		for word := range theirs.tokens {
			if !after.tokens[word] {
				w.overHere[word] = "merged"
			}
		}
		w.noteEdits(theirs, after) // to keep ours is to edit theirs
		return nil
	})
}

// share is git pull and git push, by one of two clones.
func (w *world) share(s step) error {
	if err := w.commitAll(); err != nil {
		return err
	}
	if _, err := w.git("fetch", "--quiet", "origin"); err != nil {
		return err
	}
	if err := w.mergeWith(s, "origin/main", w.away["origin"]); err != nil {
		return err
	}
	w.tell("git push")
	if _, err := w.git("push", "--quiet", "origin", "main"); err != nil {
		return err
	}
	here, err := w.here()
	if err == nil {
		w.away["origin"] = here
	}
	return err
}

// revert takes one of the last commits back.
func (w *world) revert(s step) error {
	if err := w.commitAll(); err != nil {
		return err
	}
	commit := fmt.Sprintf("HEAD~%d", 1+s.a%3)
	if _, err := w.git("rev-parse", "--verify", "--quiet", commit+"~1"); err != nil {
		return nil // the first pull stays
	}
	return w.byHand("reverted", func() error {
		w.tell("git revert %s", commit)
		if _, err := w.git("revert", "--no-edit", commit); err != nil {
			w.tell("  does not revert")
			w.git("revert", "--abort")
		}
		return nil
	})
}

func (w *world) plan(s step) error {
	_, _, err := w.command(s, []string{"plan", "status"}[s.a%2])
	return err
}

func (w *world) pull(s step) error {
	args := []string{"pull"}
	switch s.a % 6 {
	case 0:
		args = append(args, "--ours")
	case 1:
		args = append(args, "--theirs", "--yes")
	}
	if s.c%5 == 3 {
		args = append(args, "--take-draft")
	}
	_, _, err := w.command(s, args...)
	return err
}

func (w *world) push(s step) error {
	if s.c%5 > 0 {
		if err := w.commitAll(); err != nil {
			return err
		}
	}
	args := []string{"push", "--yes"}
	if s.a%3 == 0 {
		args = append(args, "--partial")
	}
	if s.a%4 == 0 {
		args = append(args, "--prune")
	}
	if s.c/5%5 == 3 {
		args = append(args, "--override-drafts")
	}
	_, _, err := w.command(s, args...)
	return err
}

var allowed = regexp.MustCompile(`--allow ([0-9,]+)`)

// command runs a command, with a fault or a kill if the step's numbers say so,
// and goes beyond a limit when it is told how.
func (w *world) command(s step, args ...string) (int, string, error) {
	code, out, err := w.checked(func() (int, string) { return w.spoiled(s, args) }, args...)
	if m := allowed.FindStringSubmatch(out); err == nil && m != nil {
		args = append(args, "--allow", m[1])
		code, out, err = w.checked(func() (int, string) { return w.hcsync(w.t.Context(), args...) }, args...)
	}
	return code, out, err
}

// spoiled runs a command in the weather that the step chooses.
func (w *world) spoiled(s step, args []string) (int, string) {
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	defer w.server.ClearFaults()
	defer w.server.OnRequest(nil)
	switch weather := s.b % 10; {
	case weather < 2:
		w.fault(s)
	case weather == 2:
		w.kill(s, cancel)
	case weather < 5 && args[0] == "push":
		w.meanwhile(s)
	}
	return w.hcsync(ctx, args...)
}

func (w *world) fault(s step) {
	kinds := []string{sandbox.FaultDropBefore, sandbox.FaultDropAfter, sandbox.FaultLostAnswer, sandbox.FaultDown, sandbox.FaultRateLimit, sandbox.FaultTruncated}
	f := sandbox.Fault{Kind: kinds[s.c%len(kinds)], Method: "write", Skip: s.c / 7 % 3, Times: 1 + s.c/23%2}
	switch s.a / 3 % 4 {
	case 0:
		f.Method, f.Skip = "GET", s.c/7%8
	case 1, 2:
		f.Method, f.Skip = "POST", 0
	}
	if f.Kind == sandbox.FaultLostAnswer {
		f.Delay = "20ms"
	}
	if err := w.server.AddFault(f); err != nil {
		w.tell("%v", err)
	}
	w.faults++
	w.tell("fault: %s on %s, after %d, %d times", f.Kind, f.Method, f.Skip, f.Times)
}

// kill stops the program at its nth request, before Intercom acts on it or
// while it does.
func (w *world) kill(s step, cancel func()) {
	var seen atomic.Int64
	writes, at := s.c%2 == 0, int64(s.c/2%8)
	if !writes {
		at = int64(s.c / 2 % 16)
	}
	w.server.OnRequest(func(r sandbox.Request) {
		if (!writes || r.Method != "GET") && seen.Add(1) == at+1 {
			cancel()
		}
	})
	w.kills++
	w.tell("kill at request %d (writes only: %t)", at, writes)
}

var oneArticle = regexp.MustCompile(`^/articles/([0-9]+)$`)

// meanwhile has a teammate save an article after the plan was made, just before
// the push looks at it once more.
func (w *world) meanwhile(s step) {
	var once sync.Once
	w.server.OnRequest(func(r sandbox.Request) {
		m := oneArticle.FindStringSubmatch(r.Path)
		if r.Method != "GET" || m == nil {
			return
		}
		once.Do(func() {
			before, err := w.live()
			articles, _, err2 := w.export()
			if err != nil || err2 != nil {
				return
			}
			for _, o := range articles {
				if o.ID == m[1] {
					w.tell("during the push:")
					title, body := "Name "+s.token()+"000", s.otherParagraph("body", o.Body)
					err = w.uiEdit(o, sandbox.UIEdit{Locale: o.Default, Title: &title, Body: &body})
				}
			}
			after, err2 := w.live()
			if err != nil || err2 != nil {
				return
			}
			w.noteThere(before, after, "edited during a push")
			w.during = &change{before.tokens, after.tokens}
		})
	})
}

// settle ends a history: conflicts are settled by one side, everything is
// committed, and then both sides must agree and stay as they are.
func (w *world) settle(s step) error {
	if err := w.unite(s); err != nil {
		return err
	}
	side := []string{"--ours", "--theirs"}[s.a%2]
	calm := step{c: s.c, b: 9}
	last := ""
	for range 6 {
		if err := w.settleMarkers(s); err != nil {
			return err
		}
		if err := w.settleBroken(); err != nil {
			return err
		}
		if err := w.settleLinks(); err != nil {
			return err
		}
		if err := w.commitAll(); err != nil {
			return err
		}
		pull := []string{"pull", side}
		if side == "--theirs" {
			pull = append(pull, "--yes")
		}
		for _, args := range [][]string{pull, {"push", "--yes", "--prune"}} {
			_, out, err := w.command(calm, args...)
			if err != nil {
				return err
			}
			last += "$ " + strings.Join(args, " ") + "\n" + out
			if err := errors.Join(w.settlePlaces(out), w.settleIDs(out), w.settleTitles(out), w.commitAll()); err != nil {
				return err
			}
		}
		done, out, err := w.quiet(calm)
		if done && err == nil {
			return errors.Join(w.sameForMate(calm), w.settleStaging(calm))
		}
		if err != nil {
			return err
		}
		last += out
	}
	return fmt.Errorf("unsettled: six rounds did not bring both sides together\n%s", last)
}

// unite publishes or discards what is pending and merges the branches.
func (w *world) unite(s step) error {
	articles, _, err := w.export()
	if err != nil {
		return err
	}
	for _, o := range articles {
		if err := w.byTeammate("settled", func() error { return w.endDraft(s, o) }); err != nil {
			return err
		}
	}
	if err := w.languages("en", []string{"en", "fr"}); err != nil {
		return err
	}
	if w.mate != "" {
		if err := w.share(s); err != nil {
			return err
		}
	}
	if w.branch != "main" || w.mate != "" {
		if err := w.switchBranch(s); err != nil {
			return err
		}
	}
	return w.merge(step{})
}

// quiet says whether a plan is empty and a pull touches nothing.
func (w *world) quiet(calm step) (bool, string, error) {
	code, out, err := w.command(calm, "plan", "--detailed-exitcode", "--prune")
	if err != nil || code != 0 {
		return false, out, err
	}
	code, more, err := w.command(calm, "pull")
	if err != nil || code != 0 || !w.clean() {
		return false, out + more, err
	}
	m, err := w.now()
	if err != nil {
		return false, "", err
	}
	return true, "", w.settled(m)
}

// sameForMate says that the other clone, once it has what this one shared, is
// as quiet.
func (w *world) sameForMate(calm step) error {
	if w.mate == "" {
		return nil
	}
	for _, do := range []func(step) error{w.share, w.switchBranch, w.share} {
		if err := do(calm); err != nil {
			return err
		}
	}
	done, out, err := w.quiet(calm)
	if err == nil && !done {
		err = fmt.Errorf("unsettled: the other clone has something to do\n%s", out)
	}
	return err
}
