package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/state"
)

// purpose says whether Intercom is asked, and refuses what makes no sense
// without it.
func (f planFlags) purpose() (purpose, error) {
	switch {
	case !f.offline:
		return comparing, nil
	case f.out != "":
		return offline, errors.New("--out: a plan that was made --offline cannot be carried out, since nobody has looked at Intercom\nleave out one of the two")
	case f.overrideDrafts:
		return offline, errors.New("--override-drafts: which drafts are pending is not known --offline\nleave out one of the two")
	}
	return offline, nil
}

// unchecked says what a plan that was made without Intercom does not know.
func (s *session) unchecked(st *gather.States) []string {
	if s.purpose != offline {
		return nil
	}
	var out []string
	if st.Unreached != nil {
		out = append(out, s.unreached(st.Unreached))
	}
	if tip := st.History.Tip(); tip >= 0 {
		at := st.History.Commit(tip).Time.UTC().Format("2006-01-02 15:04 MST")
		return append(out, "not compared with Intercom: edits, drafts and conflicts there since "+at+" are not known",
			"authors were not checked: who is a teammate is known to Intercom alone")
	}
	return append(out, fmt.Sprintf("nothing was compared: there is no state at %s, so it is not known what Intercom holds; the files were only linted", s.store.Ref()))
}

func (s *session) unreached(err error) string {
	if errors.Is(err, state.ErrMissing) {
		return s.remote + " does not have the state; this is as this clone last saw it"
	}
	return s.remote + " cannot be reached; this is the state as this clone last saw it"
}

// lintOnly tells what the files alone tell, where no state says what they were
// pulled from.
func (s *session) lintOnly(ctx context.Context, st *gather.States, f planFlags, args []string) error {
	findings, count, err := lintFiles(ctx, s.env, args)
	if err != nil {
		return err
	}
	plan := &diff.Plan{Unchecked: s.unchecked(st)}
	for _, x := range findings {
		switch at := (model.Problem{File: x.File, Line: x.Line, Message: x.Message}); x.Severity {
		case report.SeverityProblem:
			plan.Problems = append(plan.Problems, at)
		default:
			plan.Notes = append(plan.Notes, at.String())
		}
	}
	r := s.planReport(s.head(st), plan)
	r.NothingCompared = true
	s.env.actions.linted(r, findings)
	if f.json {
		err = report.PlanJSON(s.env.Stdout, "plan", s.head(st), plan)
	} else {
		report.Linted(s.env.Stdout, s.env.style(), s.head(st), plan.Unchecked, findings, count)
	}
	if err == nil && f.comment {
		err = s.env.postComment(ctx, r)
	}
	return errors.Join(err, planCode(plan, false, false))
}
