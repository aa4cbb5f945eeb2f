package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/intent"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/resume"
	"github.com/hcsync/hcsync/internal/state"
)

func registerSteal(cmd *cobra.Command, steal *bool) {
	cmd.Flags().BoolVar(steal, "steal", false, "take over from a push on another machine that has not ended, without waiting for it")
}

// times are how long this run waits for others. The built-in sandbox is on this
// machine and answers at once.
func (s *session) times() resume.Times {
	t := resume.Usual()
	if s.env.Times != nil {
		t = *s.env.Times
	}
	if s.sandbox {
		t.UnderWay = 0
	}
	return t
}

// settled reads the three states. A run that is going to write does not begin
// on what another push has left: it first records what became of that, and
// reads again.
func (s *session) settled(ctx context.Context) (*gather.States, error) {
	still := ""
	for {
		st, err := s.gather(ctx)
		if err != nil || st.Unsettled == nil || !s.writing {
			return st, err
		}
		u := st.Unsettled
		verdict := resume.Judge(u.Intent, s.env.self(), s.store.Own())
		switch {
		case verdict == resume.Busy:
			err = fmt.Errorf("%s is still running\nwait until it has ended; if it hangs, end process %d and run this again", began(u.Intent), u.Intent.PID)
		case still == u.Commit, len(u.Found.Open) == 0 && (s.steal || verdict == resume.Over):
			err = s.settle(ctx, u, nil)
		case verdict == resume.Elsewhere && !s.steal:
			still, err = s.watch(ctx, u)
		case !u.Intent.Ended:
			err = s.settle(ctx, u, u.Found.Open)
		default:
			still, err = s.linger(ctx, u)
		}
		if err != nil && !errors.Is(err, state.ErrRaced) {
			return nil, err
		}
	}
}

// settle records what became of a push that was cut off, but for what is open.
func (s *session) settle(ctx context.Context, u *gather.Unsettled, open []intent.Change) error {
	if err := resume.Settle(ctx, s.store, u.Commit, u.Intent, u.Found, open); err != nil {
		return err
	}
	resume.Forget(s.journals(), u.Intent.Run)
	fmt.Fprintf(s.env.Stderr, "%s did not end. Of the %s left open, %d had reached Intercom; that is recorded now.\n",
		began(u.Intent), report.Plural(len(u.Intent.Changes), "change"), len(u.Found.Entries)+len(u.Found.Gone))
	return nil
}

// linger gives creates whose answer was lost the time to be carried out: one that
// is made again too early is made twice. It gives the commit that was waited for.
func (s *session) linger(ctx context.Context, u *gather.Unsettled) (string, error) {
	err := resume.Linger(ctx, u.Intent, s.env.self(), u.At, s.times(), func(left time.Duration) {
		fmt.Fprintf(s.env.Stderr, "%s of it may still be on the way to Intercom. Looking again in %s, so that nothing is created twice.\n",
			report.Plural(len(u.Found.Open), "new object"), left.Round(time.Second))
	})
	return u.Commit, err
}

// watch waits for a run on another machine. It gives the commit at which the
// state has stood still for long enough, or "" where it moved.
func (s *session) watch(ctx context.Context, u *gather.Unsettled) (string, error) {
	next := time.Now()
	still, err := resume.Watch(ctx, s.store, u.Commit, s.times(), func(left time.Duration) {
		if time.Now().Before(next) {
			return
		}
		next = time.Now().Add(30 * time.Second)
		fmt.Fprintf(s.env.Stderr, "%s may still be running. Waiting for it, at most %s more; --steal takes over now.\n", began(u.Intent), left.Round(time.Second))
	})
	if err != nil || !still {
		return "", err
	}
	return u.Commit, nil
}

// unfinished is the remark of a plan that was made while a push had not ended.
func unfinished(st *gather.States) []string {
	if st.Unsettled == nil {
		return nil
	}
	return []string{began(st.Unsettled.Intent) + " has not ended; the next push settles it"}
}

// began names a run.
func began(in *intent.Intent) string {
	return fmt.Sprintf("the push that host %s (pid %d) began on %s", report.Clean(in.Host), in.PID, time.Unix(in.Start, 0).Format("2006-01-02 15:04"))
}

// journals is the folder in which pushes on this machine note their answers.
func (s *session) journals() string {
	if !s.store.Own() {
		return filepath.Join(s.repo.CommonDir(), "hcsync", "journal")
	}
	return s.localDir("journal")
}
