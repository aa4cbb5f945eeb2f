package resume

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intent"
	"github.com/hcsync/hcsync/internal/model"
)

// TestStolen takes the lease away from a run that is alive. It notices at its next
// renewal. What it may just be creating stays open, and is settled when that must
// have arrived.
func TestStolen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tm := newTeam(t)
		l := tm.held(t)
		tip, in := standing(t, tm.ben)
		open := []intent.Change{{Kind: model.Article, Path: "c.md", Title: "C", Op: diff.Create, Locales: []intent.Locale{}}}
		if err := Settle(t.Context(), tm.ben, tip, in, intent.Result{Entries: []*model.BaseObject{entry("20")}}, open); err != nil {
			t.Fatal(err)
		}
		if err := l.Holds(); err != nil {
			t.Errorf("Holds = %v before anybody could know", err)
		}
		if err := l.Keep(t.Context(), func() Progress { return Progress{} }); !errors.Is(err, ErrTaken) {
			t.Errorf("Keep = %v", err)
		}
		after, rest := standing(t, tm.ben)
		if rest == nil || !rest.Ended || rest.Run == in.Run || len(rest.Changes) != 1 || rest.Changes[0].Path != "c.md" {
			t.Fatalf("what is open did not stay: %+v", rest)
		}
		began, asked := time.Now(), time.Duration(0)
		if err := Linger(t.Context(), rest, intent.Owner{Host: "elsewhere", Boot: "x"}, began, Usual(), func(left time.Duration) { asked = left }); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != Usual().UnderWay || asked != took {
			t.Errorf("lingered %s and said %s", took, asked)
		}
		if err := Settle(t.Context(), tm.ben, after, rest, intent.Result{}, nil); err != nil {
			t.Fatal(err)
		}
		if _, in := standing(t, tm.ben); in != nil {
			t.Errorf("still standing: %+v", in)
		}
	})
}

// TestLinger believes the clock of this machine alone.
func TestLinger(t *testing.T) {
	here := intent.Owner{Host: "h", Boot: "b"}
	tests := []struct {
		name string
		of   intent.Owner
		ago  time.Duration
		want time.Duration
	}{
		{"just now", here, time.Second, 30 * time.Second},
		{"a while ago", here, 20 * time.Second, 11 * time.Second},
		{"long ago", here, time.Hour, 0},
		{"in the future", here, -time.Hour, 30 * time.Second},
		{"on another machine", intent.Owner{Host: "other", Boot: "b"}, time.Hour, 30 * time.Second},
		{"before the machine was started anew", intent.Owner{Host: "h", Boot: "a"}, time.Hour, 30 * time.Second},
		{"nobody knows", intent.Owner{Host: "h"}, time.Hour, 30 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				if err := Linger(t.Context(), &intent.Intent{Owner: tt.of}, here, began.Add(-tt.ago), Usual(), func(time.Duration) {}); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took != tt.want {
					t.Errorf("lingered %s, want %s", took, tt.want)
				}
			})
		})
	}
}

// TestHolds lets the machine sleep: the lease is over before anybody has noticed.
func TestHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &Lease{times: Usual(), renewed: time.Now()}
		time.Sleep(l.times.Every + l.times.GiveUp - time.Nanosecond)
		if err := l.Holds(); err != nil {
			t.Errorf("Holds = %v in time", err)
		}
		time.Sleep(time.Nanosecond)
		if err := l.Holds(); !errors.Is(err, ErrLapsed) {
			t.Errorf("Holds = %v", err)
		}
	})
}
