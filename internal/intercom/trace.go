package intercom

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Call tells of one HTTP exchange. The token is in no part of it: it reads
// "[token]", also where the server echoes it.
type Call struct {
	Method string
	// URL is the whole address, Path its path with the query.
	URL, Path string
	Start     time.Time
	// Status is 0 where there was no answer.
	Status    int
	Duration  time.Duration
	RequestID string
	// Attempt counts from 1; the second is the first repetition.
	Attempt int
	// Err is why there was no answer.
	Err error
	// Protocol is the answer's, such as "HTTP/1.1".
	Protocol string
	// Request and Response are what went over the wire, the latter unpacked. They
	// belong to the client: keep no part of them.
	Request, Response Message
}

// Message is one half of an exchange.
type Message struct {
	Header http.Header
	Body   []byte
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
	report    func(Call) // nil where nobody asked for it
}

func newCounter(report func(Call)) *counter {
	return &counter{byMethod: Counts{}, report: report}
}

func (c *counter) counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.byMethod)
}

func (c *counter) add(method string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byMethod[method]++
}

func (c *counter) tell(call Call) {
	c.reporting.Lock()
	defer c.reporting.Unlock()
	c.report(call)
}

// trace is the layer that tells of each exchange.
func (c *Client) trace(next send) send {
	return func(ctx context.Context, r *request) (*answer, error) {
		start := time.Now()
		a, err := next(ctx, r)
		took := time.Since(start)
		c.counter.add(r.method)
		if c.counter.report != nil {
			call := c.told(r, a, err)
			call.Start, call.Duration = start, took
			c.counter.tell(call)
		}
		return a, err
	}
}

func (c *Client) told(r *request, a *answer, err error) Call {
	call := Call{Method: r.method, URL: c.base + r.target(), Path: r.target(), Attempt: r.attempt, Err: err, Request: c.message(c.header(), r.body)}
	if a != nil {
		call.Status, call.RequestID, call.Protocol, call.Response = a.status, a.requestID, a.protocol, c.message(a.header, a.body)
	}
	return call
}

// message is a half of an exchange without the token, as it is and as JSON and
// addresses may spell it.
func (c *Client) message(h http.Header, body []byte) Message {
	for _, spelling := range []string{
		c.token, url.QueryEscape(c.token), strings.ReplaceAll(c.token, "/", `\/`), strings.ReplaceAll(c.token, "=", `\u003d`),
	} {
		if bytes.Contains(body, []byte(spelling)) {
			body = bytes.ReplaceAll(body, []byte(spelling), []byte("[token]"))
		}
	}
	clean := make(http.Header, len(h))
	for name, values := range h {
		for _, v := range values {
			clean[name] = append(clean[name], strings.ReplaceAll(v, c.token, "[token]"))
		}
	}
	return Message{clean, body}
}
