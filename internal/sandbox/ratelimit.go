package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limiter counts calls in windows that begin at multiples of their length, as
// the real one divides its minute (intercom-api.md section 7).
type limiter struct {
	mu    sync.Mutex
	until time.Time // the end of the current window
	used  int
}

// take counts a call, fills in the X-RateLimit headers, and refuses the call
// when its window is used up, or in any case.
func (l *limiter) take(rate string, now time.Time, h http.Header, inAnyCase bool) error {
	calls, window, err := parseRate(rate)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !now.Before(l.until) {
		l.until, l.used = now.Truncate(window).Add(window), 0
	}
	l.used++
	allowed := calls
	if calls == 0 {
		allowed = 10_000
	}
	refused := calls > 0 && l.used > calls
	remaining := max(allowed-l.used, 0)
	if inAnyCase {
		refused, remaining = true, 0
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(allowed))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(l.until.Unix(), 10))
	if !refused {
		return nil
	}
	message := fmt.Sprintf("Exceeded rate limit of %d in %d_seconds", allowed, int(window.Seconds()))
	return &apiError{http.StatusTooManyRequests, "rate_limit_exceeded", message, ""}
}
