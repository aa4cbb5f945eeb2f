package intercom

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
)

const testToken = "dG9rOnNlY3JldC10b2tlbg=="

// client makes a client of a server on the loopback interface.
func client(t testing.TB, h http.Handler, change ...func(*Options)) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return newClient(t, s.URL, change...)
}

func newClient(t testing.TB, base string, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{BaseURL: base, Token: testToken}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func withVersion(v string) func(*Options) { return func(o *Options) { o.Version = v } }

// piped makes a client of a server that is reached through pipes in memory,
// which the fake clock of a synctest bubble waits for, as it does not for
// sockets.
func piped(t *testing.T, h http.Handler, change ...func(*Options)) *Client {
	t.Helper()
	l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	s := &http.Server{Handler: h}
	go s.Serve(l) //nolint:errcheck // it ends with Close
	transport := &http.Transport{
		DialContext:         l.dial,
		MaxIdleConnsPerHost: 16,
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		s.Close()
	})
	return newClient(t, "http://localhost", append([]func(*Options){func(o *Options) { o.Transport = transport }}, change...)...)
}

// pipes is a net.Listener without a network.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

// says answers every call the same way.
func says(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

func saysJSON(status int, body string) http.HandlerFunc {
	return says(status, "application/json; charset=utf-8", body)
}

// notFound is the API's own answer about an object that it does not have.
var notFound = saysJSON(404, `{"type":"error.list","request_id":"req-404","errors":[{"code":"not_found","message":"Resource Not Found"}]}`)

// recorded gives a recorded answer from the collection beside the project.
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../../shared/corpus/json/" + name)
	if err != nil {
		t.Skipf("the recorded answers are not beside this checkout: %v", err)
	}
	return b
}

// workspaceWithout answers one path with 404.
func workspaceWithout(h http.Handler, path string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(path, notFound)
	mux.Handle("/", h)
	return mux
}
