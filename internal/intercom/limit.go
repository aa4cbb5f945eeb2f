package intercom

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// shortestWait and longestWait bound what a server's clock can make us wait
	// for the end of a window; windows last 10 s (intercom-api.md section 7).
	shortestWait = time.Second
	longestWait  = time.Minute
	// usualWindow is what lies before the reset that a server does not state.
	usualWindow = 10 * time.Second
	// longestRetryAfter bounds Retry-After, which is meant as it stands.
	longestRetryAfter = 5 * time.Minute
	// probeEvery is how often a call is let through while nobody knows whether
	// a new window has begun.
	probeEvery = time.Second
	// skewAllowed is how far the server's Date may be off before its clock is
	// taken to differ; the header has whole seconds and was some time on the way.
	skewAllowed = 2 * time.Second
)

// limiter keeps to the rate that the server states in X-RateLimit-Limit,
// -Remaining and -Reset: so many calls until a moment, then as many again.
//
// Spreading the calls evenly would waste the part of the first window that has
// passed, so they go out as they come until the server's remainder is used up.
// Calls in flight count as not yet subtracted from it; that is exact as soon as
// they are back. When the window is over, one call asks whether the next has
// begun before the others follow.
type limiter struct {
	mu sync.Mutex
	// known is false until a server has stated a rate; then nothing is held back.
	known bool
	// remaining is the smallest remainder that the server has stated for the
	// window that ends at end, by our clock.
	remaining int
	end       time.Time
	inFlight  int
	// over says that the stated window has ended and no answer has told of the
	// next one.
	over bool
	// skew is the server's clock less ours.
	skew time.Duration
	// slack is waited beyond the end of a window. It is added once a server has
	// refused a call after the end that it had stated itself.
	slack time.Duration
	// changed is closed and replaced whenever a call has come back.
	changed chan struct{}
}

func newLimiter() *limiter { return &limiter{changed: make(chan struct{})} }

// limit is the layer that holds calls back.
func limit(l *limiter, waiting func(string, time.Time), next send) send {
	return func(ctx context.Context, r *request) (*answer, error) {
		if err := l.acquire(ctx, waiting); err != nil {
			return nil, &failure{err: err, lasting: true}
		}
		a, err := next(ctx, r)
		l.release(a, time.Now())
		return a, err
	}
}

// acquire waits until a call may be sent.
func (l *limiter) acquire(ctx context.Context, waiting func(string, time.Time)) error {
	for ctx.Err() == nil {
		now := time.Now()
		wait, changed := l.admit(now)
		if wait == 0 {
			return nil
		}
		waiting("for the rate limit", now.Add(wait))
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-t.C:
		case <-changed:
		}
		t.Stop()
	}
	return context.Cause(ctx)
}

// admit lets a call through (0), or says how long to wait at most and what
// would end the waiting earlier.
func (l *limiter) admit(now time.Time) (time.Duration, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known && !now.Before(l.end.Add(l.slack)) {
		l.over, l.remaining, l.end = true, l.inFlight+1, now.Add(probeEvery-l.slack)
	}
	if l.known && l.remaining <= l.inFlight {
		return max(l.end.Add(l.slack).Sub(now), time.Millisecond), l.changed
	}
	l.inFlight++
	return 0, nil
}

// release takes note of what came back; a is nil where nothing did.
func (l *limiter) release(a *answer, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
	if a != nil {
		l.note(a, now)
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *limiter) note(a *answer, now time.Time) {
	l.noteClock(a.header, now)
	remaining, err := strconv.Atoi(a.header.Get("X-RateLimit-Remaining"))
	stated := err == nil
	end, hasEnd := l.resetAt(a.header, now)
	switch {
	case a.status == http.StatusTooManyRequests:
		l.refuse(a.header, end, hasEnd, now)
	case !stated:
		l.known = l.known && !a.ok() // errors may come without the headers
	case !hasEnd:
		l.known, l.remaining, l.end = true, remaining, now.Add(usualWindow)
	case !l.known || end.After(l.end):
		l.known, l.over, l.remaining, l.end = true, false, remaining, end
	case end.Equal(l.end):
		l.remaining = min(l.remaining, remaining)
	}
}

// refuse shuts the gate after a 429, for all calls.
func (l *limiter) refuse(h http.Header, end time.Time, hasEnd bool, now time.Time) {
	until := now.Add(shortestWait)
	if hasEnd {
		until = later(until, end)
	}
	if l.over && !until.After(now.Add(probeEvery)) {
		l.slack = shortestWait
	}
	if after, ok := retryAfter(h, now); ok {
		until = later(now.Add(shortestWait), now.Add(after))
	}
	until = until.Add(rand.N(shortestWait / 4))
	if !l.known || until.After(l.end) {
		l.end = until
	}
	l.known, l.remaining = true, 0
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// noteClock learns how far the server's clock is from ours, if it is.
func (l *limiter) noteClock(h http.Header, now time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	if off := date.Sub(now) - l.skew; off > skewAllowed || off < -skewAllowed {
		l.skew += off
	}
}

// resetAt gives the end of the server's window by our clock, at most a minute
// away. What lies in the past is no end: the remainder that came with it holds
// for the moment.
func (l *limiter) resetAt(h http.Header, now time.Time) (time.Time, bool) {
	secs, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil || secs < 0 {
		return time.Time{}, false
	}
	end := time.Unix(secs, 0).Add(-l.skew)
	if furthest := now.Add(longestWait); end.After(furthest) {
		end = furthest
	}
	if end.Before(now) {
		return now.Add(probeEvery), true
	}
	return end, true
}

// retryAfter reads the Retry-After header: seconds, or a date.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if secs, err := strconv.ParseUint(v, 10, 31); err == nil {
		return min(time.Duration(secs)*time.Second, longestRetryAfter), true
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), longestRetryAfter), true
	}
	return 0, false
}
