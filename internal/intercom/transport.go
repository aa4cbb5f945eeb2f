package intercom

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"
)

const (
	readTimeout  = 30 * time.Second
	writeTimeout = 90 * time.Second // the server fetches the images of a body before it answers
	// slowest is how many timeouts an answer may take that keeps arriving, only
	// slowly.
	slowest = 10
	// largest bounds an answer. A page of 250 articles with all their
	// translations stays far below.
	largest = 512 << 20
	// believed bounds what is made room for before it arrives.
	believed = 16 << 20
)

// request is one call of the API; it may be sent several times.
type request struct {
	method, path string
	query        url.Values
	body         []byte
	// out is what the answer is decoded into; nil where the status says
	// everything.
	out any
	// bodies makes the texts of bodies, nil as they are; see [Options].
	bodies func(html []byte) string
	// attempt counts from 1.
	attempt int
}

func get(path string) *request { return &request{method: http.MethodGet, path: path} }

// op names the call in messages.
func (r *request) op() string { return r.method + " " + r.target() }

func (r *request) target() string {
	if len(r.query) == 0 {
		return r.path
	}
	return r.path + "?" + r.query.Encode()
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	// requestID is what Intercom's support asks for.
	requestID string
	// protocol is the version of HTTP, such as "HTTP/1.1".
	protocol string
	// tried says that the body was decoded, wrong why that failed.
	tried bool
	wrong error
}

func (a *answer) ok() bool { return a.status >= 200 && a.status < 300 }

// send is one layer of the way to the server and back. Its error is a *failure.
type send func(context.Context, *request) (*answer, error)

// failure is an exchange without an answer.
type failure struct {
	err error
	// sent says that the request may have reached the server.
	sent bool
	// withheld says that it was not, because it no longer may; see [While].
	withheld bool
	// lasting says that another attempt would fail the same way.
	lasting bool
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

var (
	errStalled  = errors.New("no answer in time")
	errClosed   = errors.New("the server closed the connection without an answer")
	errTooLarge = errors.New("the answer is larger than 512 MB")
)

// exchanger makes the innermost layer, the exchange itself.
func (c *Client) exchanger(transport http.RoundTripper) send {
	if transport == nil {
		transport = pool(cap(c.reading))
	}
	client := &http.Client{
		Transport: transport,
		// A redirect would carry the token to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, r *request) (*answer, error) {
		var conn connection
		a, err := c.exchange(conn.watch(ctx), client, r)
		if err != nil {
			f := &failure{err: err, sent: conn.maybeSent(), lasting: lasting(err)}
			if strings.Contains(err.Error(), c.token) { // a server may echo anything
				f.err = errors.New(c.clean(err.Error()))
			}
			return nil, f
		}
		return a, nil
	}
}

func pool(size int) http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = max(size, 16) // writers bring their own number
	return t
}

func (c *Client) exchange(ctx context.Context, client *http.Client, r *request) (*answer, error) {
	timeout := readTimeout
	if r.method != http.MethodGet {
		timeout = writeTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, slowest*timeout, errStalled)
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watchdog := time.AfterFunc(timeout, func() { stop(errStalled) })
	defer watchdog.Stop()

	req, err := c.newRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, because(ctx, err, timeout)
	}
	defer resp.Body.Close()
	body, err := readAll(resp.Body, resp.ContentLength, func() { watchdog.Reset(timeout) })
	if err != nil {
		return nil, because(ctx, fmt.Errorf("the answer (%d) broke off: %w", resp.StatusCode, err), timeout)
	}
	return &answer{status: resp.StatusCode, header: resp.Header, body: body, requestID: c.clean(resp.Header.Get("X-Request-Id")), protocol: resp.Proto}, nil
}

func (c *Client) newRequest(ctx context.Context, r *request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.target(), bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if r.body == nil {
		req.Body, req.GetBody, req.ContentLength = http.NoBody, nil, 0
	}
	req.Header = c.header()
	return req, nil
}

func (c *Client) header() http.Header {
	return http.Header{
		"Authorization":    {"Bearer " + c.token},
		"Accept":           {"application/json"},
		"Content-Type":     {"application/json"},
		"Intercom-Version": {c.version.String()},
		"User-Agent":       {"hcsync"},
	}
}

// readAll reads a body of so many bytes, -1 where nothing tells, to its end and
// calls progress after each piece of it.
func readAll(body io.Reader, size int64, progress func()) ([]byte, error) {
	watched := readerFunc(func(p []byte) (int, error) {
		n, err := body.Read(p)
		progress()
		return n, err
	})
	var b bytes.Buffer
	if size >= 0 && size < believed {
		b.Grow(int(size) + bytes.MinRead) // what is read next is the end
	}
	_, err := b.ReadFrom(io.LimitReader(watched, largest+1))
	if err == nil && b.Len() > largest {
		return nil, errTooLarge
	}
	return b.Bytes(), err
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// because tells what went wrong without the address, which the caller names.
func because(ctx context.Context, err error, timeout time.Duration) error {
	if errors.Is(context.Cause(ctx), errStalled) {
		return fmt.Errorf("%w (%v without a byte)", errStalled, timeout)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, io.EOF) { // "EOF" tells a reader nothing
		return errClosed
	}
	return err
}

func lasting(err error) bool {
	var cert *tls.CertificateVerificationError
	var dns *net.DNSError
	return errors.Is(err, errTooLarge) || errors.As(err, &cert) || (errors.As(err, &dns) && dns.IsNotFound)
}

// connection notes how far a request came. Only one that never had a connection
// is known not to have been sent; a transport that does not say is believed to
// have sent it.
type connection struct{ wanted, got bool }

func (c *connection) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { c.wanted = true },
		GotConn: func(httptrace.GotConnInfo) { c.got = true },
	})
}

func (c *connection) maybeSent() bool { return c.got || !c.wanted }
