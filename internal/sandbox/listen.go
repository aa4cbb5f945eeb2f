package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Listen serves on a loopback address such as "127.0.0.1:0" until ctx ends, and
// gives the URL to reach it at. wait returns when the server has stopped.
// Requests that were addressed to another host are refused, so that no web page
// can reach the sandbox through a name of its own.
func (s *Server) Listen(ctx context.Context, addr string) (url string, wait func() error, err error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return "", nil, fmt.Errorf("sandbox address %q: %w", addr, err)
	}
	if !isLoopback(host) {
		return "", nil, fmt.Errorf("sandbox address %q: it listens on this machine only; use 127.0.0.1 or localhost", addr)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("sandbox address %q: %w", addr, err)
	}
	server := &http.Server{Handler: localOnly(s), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	stop := context.AfterFunc(ctx, func() { shutdown(server) })
	wait = func() error {
		err := <-done
		stop()
		done <- err // for the next caller
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	}
	return "http://" + l.Addr().String(), wait, nil
}

// shutdown lets requests in hand finish for a moment, then ends them.
func shutdown(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// localOnly refuses requests for a host that is not this machine, and writes
// that a page of another origin sends.
func localOnly(next http.Handler) http.Handler {
	guarded := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if !isLoopback(host) {
			http.Error(w, "the sandbox answers on localhost only", http.StatusForbidden)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// TB is the part of testing.TB that [NewTest] needs; the package testing itself
// stays out of the program.
type TB interface {
	Helper()
	Fatal(args ...any)
	Cleanup(func())
}

// NewTest runs a sandbox on a free port until the test ends. Without Options it
// is in memory, with the documented defaults except that the rate limit never
// refuses.
func NewTest(tb TB, opts ...Options) (*Server, string) {
	tb.Helper()
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.Switches.RateLimit == "" {
		o.Switches.RateLimit = "off"
	}
	s, err := Open(o)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	url, wait, err := s.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		cancel()
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		cancel()
		wait()
		s.Close()
	})
	return s, url
}
