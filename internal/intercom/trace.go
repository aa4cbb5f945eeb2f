package intercom

import (
	"context"
	"maps"
	"sync"
	"time"
)

// Call tells of one HTTP exchange.
type Call struct {
	Method string
	// Path is the path with its query, without the host.
	Path string
	// Status is 0 where there was no answer.
	Status    int
	Duration  time.Duration
	RequestID string
	// Attempt counts from 1; the second is the first repetition.
	Attempt int
	// Err is why there was no answer.
	Err error
}

// Counts is the number of requests by method, such as "GET".
type Counts map[string]int

// Total is the number of all requests.
func (c Counts) Total() int {
	n := 0
	for _, m := range c {
		n += m
	}
	return n
}

// counter counts exchanges and hands them on, one at a time. Counting has a lock
// of its own, so that whoever is told may ask for the counts.
type counter struct {
	mu        sync.Mutex
	byMethod  Counts
	reporting sync.Mutex
	report    func(Call)
}

func newCounter(report func(Call)) *counter {
	if report == nil {
		report = func(Call) {}
	}
	return &counter{byMethod: Counts{}, report: report}
}

func (c *counter) counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.byMethod)
}

func (c *counter) add(call Call) {
	c.mu.Lock()
	c.byMethod[call.Method]++
	c.mu.Unlock()
	c.reporting.Lock()
	defer c.reporting.Unlock()
	c.report(call)
}

// trace is the layer that tells of each exchange.
func trace(c *counter, next send) send {
	return func(ctx context.Context, r *request) (*answer, error) {
		start := time.Now()
		a, err := next(ctx, r)
		call := Call{Method: r.method, Path: r.target(), Duration: time.Since(start), Attempt: r.attempt, Err: err}
		if a != nil {
			call.Status, call.RequestID = a.status, a.requestID
		}
		c.add(call)
		return a, err
	}
}
