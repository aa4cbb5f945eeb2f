package intercom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/model"
)

// windows is a server that allows so many calls in each window of ten seconds.
type windows struct {
	calls   int
	latency time.Duration
	// floating windows begin with the first call after the last one's end, and
	// not at full tens of seconds.
	floating bool
	// ahead is how much the server's clock is ahead.
	ahead time.Duration
	// headers says whether the rate is stated.
	headers bool

	mu      sync.Mutex
	end     time.Time
	used    int
	served  int
	refused int
}

func (s *windows) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.latency / 2)
	allowed := s.take(w.Header(), time.Now().Add(s.ahead))
	time.Sleep(s.latency / 2)
	if !allowed {
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"type":"error.list","errors":[{"code":"rate_limit_exceeded","message":"Exceeded rate limit"}]}`)
		return
	}
	fmt.Fprintf(w, `{"id":%q,"title":"t"}`, r.PathValue("id"))
}

func (s *windows) take(h http.Header, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	const window = 10 * time.Second
	if !now.Before(s.end) {
		s.used, s.end = 0, now.Truncate(window).Add(window)
		if s.floating {
			s.end = now.Add(window)
		}
	}
	s.used++
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	if s.headers {
		h.Set("X-RateLimit-Limit", strconv.Itoa(s.calls))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(max(s.calls-s.used, 0)))
		h.Set("X-RateLimit-Reset", strconv.FormatInt(s.end.Unix(), 10))
	}
	if s.used > s.calls {
		s.refused++
		return false
	}
	s.served++
	return true
}

func TestRateIsUsedUpAndNotExceeded(t *testing.T) {
	const calls, writes = 167, 1000
	// A stated end has whole seconds. Where that, or the clocks, may be off, each
	// window may lose a second, and the first one may end in a refusal.
	const exact, coarse = 105, 115
	tests := []struct {
		name    string
		server  *windows
		writers int
		start   time.Duration // into the first window
		percent time.Duration
		refused int
	}{
		{"at once", &windows{}, 1, 0, exact, 0},
		{"one writer", &windows{latency: 40 * time.Millisecond}, 1, 0, exact, 0},
		{"eight writers", &windows{latency: 200 * time.Millisecond}, 8, 0, exact, 0},
		{"sixteen writers", &windows{latency: 80 * time.Millisecond}, 16, 0, exact, 0},
		{"late in a window", &windows{latency: 20 * time.Millisecond}, 8, 7 * time.Second, exact, 0},
		{"a clock an hour ahead", &windows{latency: 50 * time.Millisecond, ahead: time.Hour}, 8, 0, exact, 1},
		{"a clock an hour behind", &windows{latency: 50 * time.Millisecond, ahead: -time.Hour - 400*time.Millisecond}, 8, 0, coarse, 1},
		{"a clock a second behind", &windows{latency: 50 * time.Millisecond, ahead: -time.Second}, 8, 0, coarse, 1},
		{"windows that float", &windows{latency: 50 * time.Millisecond, floating: true}, 8, 300 * time.Millisecond, coarse, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := tt.server
				s.calls, s.headers = calls, true
				mux := http.NewServeMux()
				mux.Handle("PUT /articles/{id}", s)
				c := piped(t, mux)
				time.Sleep(tt.start)
				start := time.Now()
				var g errgroup.Group
				g.SetLimit(tt.writers)
				for i := range writes {
					g.Go(func() error {
						_, err := c.Update(t.Context(), model.Key{Kind: model.Article, ID: strconv.Itoa(i + 1)}, Write{})
						return err
					})
				}
				if err := g.Wait(); err != nil {
					t.Fatal(err)
				}
				took := time.Since(start)
				// Six windows are needed: five must pass, and the rest be written.
				ideal := 5*10*time.Second + (writes-5*calls)*s.latency/time.Duration(tt.writers)
				if !s.floating {
					ideal -= tt.start
				}
				most := ideal * tt.percent / 100
				t.Logf("%d writes took %v, %d refused", s.served, took, s.refused)
				if s.served != writes || took > most || s.refused > tt.refused {
					t.Errorf("%d of %d writes in %v, %d refused; want at most %v and %d", s.served, writes, took, s.refused, most, tt.refused)
				}
			})
		})
	}
}

func TestRateOfOthersIsRespected(t *testing.T) {
	// Half of each window goes to somebody else, in bursts.
	synctest.Test(t, func(t *testing.T) {
		s := &windows{calls: 100, headers: true, latency: 30 * time.Millisecond}
		mux := http.NewServeMux()
		mux.Handle("PUT /articles/{id}", s)
		refused := 0
		c := piped(t, mux, func(o *Options) {
			o.Trace = func(call Call) {
				if call.Status == http.StatusTooManyRequests {
					refused++
				}
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			for ctx.Err() == nil {
				for range 50 {
					s.take(http.Header{}, time.Now())
				}
				pause(ctx, 10*time.Second)
			}
		}()
		var g errgroup.Group
		g.SetLimit(8)
		for i := range 300 {
			g.Go(func() error {
				_, err := c.Update(ctx, model.Key{Kind: model.Article, ID: strconv.Itoa(i + 1)}, Write{})
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		// A burst that comes in the middle of a window is seen in the next answer;
		// only what is under way then can be refused.
		if refused > 8 {
			t.Errorf("%d calls refused", refused)
		}
	})
}

func TestNoStatedRateHoldsNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &windows{calls: 1 << 20}
		mux := http.NewServeMux()
		mux.Handle("PUT /articles/{id}", s)
		c := piped(t, mux)
		start := time.Now()
		for i := range 500 {
			if _, err := c.Update(t.Context(), model.Key{Kind: model.Article, ID: strconv.Itoa(i + 1)}, Write{}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("500 calls took %v", took)
		}
	})
}

func TestRateHeadersThatMeanNothing(t *testing.T) {
	tests := []struct{ name, limit, remaining, reset string }{
		{"a reset long ago", "83", "82", "1487332510"},
		{"no reset", "83", "82", ""},
		{"no number", "x", "y", "z"},
		{"a negative remainder of nothing", "", "", "-5"},
		{"milliseconds", "83", "82", "1800000000000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := piped(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("X-RateLimit-Limit", tt.limit)
					w.Header().Set("X-RateLimit-Remaining", tt.remaining)
					w.Header().Set("X-RateLimit-Reset", tt.reset)
					saysJSON(200, `{"app":{"id_code":"w"}}`)(w, r)
				}))
				start := time.Now()
				for range 100 {
					if _, err := c.Me(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if took := time.Since(start); took > time.Second {
					t.Errorf("100 calls took %v", took)
				}
			})
		})
	}
}

func Test429(t *testing.T) {
	now := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	tests := []struct {
		name     string
		header   func() map[string]string
		min, max time.Duration
	}{
		{"nothing stated", func() map[string]string { return nil }, time.Second, 2 * time.Second},
		{"a reset", func() map[string]string { return map[string]string{"X-RateLimit-Reset": now(7 * time.Second)} }, 7 * time.Second, 8 * time.Second},
		{"a reset in the past", func() map[string]string { return map[string]string{"X-RateLimit-Reset": now(-time.Hour)} }, time.Second, 2500 * time.Millisecond},
		{"a reset far away", func() map[string]string { return map[string]string{"X-RateLimit-Reset": now(24 * time.Hour)} }, time.Minute, 62 * time.Second},
		{"retry-after", func() map[string]string { return map[string]string{"Retry-After": "90"} }, 90 * time.Second, 91 * time.Second},
		{"retry-after as a date", func() map[string]string {
			return map[string]string{"Retry-After": time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)}
		}, 19 * time.Second, 21 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				c := piped(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if calls++; calls == 1 {
						for k, v := range tt.header() {
							w.Header().Set(k, v)
						}
						saysJSON(429, `{"type":"error.list","errors":[{"code":"rate_limit_exceeded"}]}`)(w, r)
						return
					}
					saysJSON(200, `{"id":"1"}`)(w, r)
				}))
				start := time.Now()
				if _, err := c.Create(t.Context(), Write{Kind: model.Article}); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took < tt.min || took > tt.max || calls != 2 {
					t.Errorf("waited %v for %d calls, want %v to %v for 2", took, calls, tt.min, tt.max)
				}
			})
		})
	}
}

func Test429ForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := piped(t, saysJSON(429, `{"type":"error.list","errors":[{"code":"rate_limit_exceeded","message":"Exceeded rate limit of 1 in 10_seconds"}]}`))
		_, err := c.Create(t.Context(), Write{Kind: model.Article})
		if !errors.Is(err, ErrRateLimited) {
			t.Errorf("got %v", err)
		}
	})
}

func TestWaitingForTheRateCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := piped(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "200")
			saysJSON(429, `{}`)(w, r)
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := c.Create(ctx, Write{Kind: model.Article})
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrUnknownOutcome) {
			t.Errorf("got %v", err)
		}
		// What was held back was not counted as under way.
		if n := c.Calls().Total(); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestWaitingIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &windows{calls: 2, headers: true}
		mux := http.NewServeMux()
		mux.Handle("PUT /articles/{id}", s)
		failing := 1
		mux.HandleFunc("GET /me", func(w http.ResponseWriter, _ *http.Request) {
			if failing--; failing >= 0 {
				w.Header().Set("Retry-After", "30")
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			fmt.Fprint(w, `{"id":"1","app":{"id_code":"a"}}`)
		})
		var told []string
		start := time.Now() // a multiple of ten seconds
		c := piped(t, mux, func(o *Options) {
			o.Waiting = func(why string, until time.Time) {
				told = append(told, fmt.Sprintf("%v %s %v", time.Since(start), why, until.Sub(start)))
			}
		})
		if _, err := c.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if _, err := c.Update(t.Context(), model.Key{Kind: model.Article, ID: strconv.Itoa(i + 1)}, Write{}); err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"0s to try again 30s", "30s for the rate limit 40s"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}
