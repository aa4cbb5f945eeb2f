package intercom

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// maxRetries bounds the repetitions of a call that failed.
	maxRetries = 3
	// maxLimited bounds how often one call is refused for its rate; between two
	// refusals lies at least a second, mostly a whole window.
	maxLimited   = 10
	firstBackoff = 500 * time.Millisecond
)

// retry is the layer that repeats what is safe to repeat: after a 429 any call,
// for it was not carried out; after a fault of the way or the server all but
// POST (intercom-api.md section 7).
func retry(waiting func(string, time.Time), next send) send {
	return func(ctx context.Context, r *request) (*answer, error) {
		limited, failed := 0, 0
		for r.attempt = 1; ; r.attempt++ {
			a, err := next(ctx, r)
			if a != nil && a.status == http.StatusTooManyRequests {
				if limited++; limited == maxLimited {
					return a, nil
				}
				continue // the limiter holds the next attempt back
			}
			if failed++; failed > maxRetries || !repeatable(r, a, err) {
				return a, err
			}
			wait := backoff(failed, a)
			waiting("to try again", time.Now().Add(wait))
			if !pause(ctx, wait) {
				return nil, &failure{err: context.Cause(ctx), sent: true}
			}
		}
	}
}

func repeatable(r *request, a *answer, err error) bool {
	if r.method == http.MethodPost {
		return false
	}
	var f *failure
	if errors.As(err, &f) {
		return !f.lasting
	}
	return passing(r, a)
}

// passing says whether an answer tells of the moment rather than of the call.
func passing(r *request, a *answer) bool {
	switch {
	case a.status >= 500, a.status == http.StatusRequestTimeout:
		return true
	case a.status == http.StatusForbidden, a.status == http.StatusMethodNotAllowed:
		return !a.readable() // a page of the load balancer or a captcha
	}
	return a.ok() && r.out != nil && !a.readable()
}

// backoff is 0.5, 1.5 and 4.5 s, each with up to half more, or longer where the
// server says how long.
func backoff(failed int, a *answer) time.Duration {
	d := firstBackoff
	for range failed - 1 {
		d *= 3
	}
	d += rand.N(d / 2)
	if a != nil {
		if after, ok := retryAfter(a.header, time.Now()); ok {
			return max(d, after)
		}
	}
	return d
}

// pause waits and says whether the context still stands.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
