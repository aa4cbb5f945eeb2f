// Package intercom is the client of Intercom's REST API for help centers:
// it reads a whole workspace as a [model.Snapshot], reads and writes single
// collections and articles, and knows what can be believed of an answer.
//
// The facts it rests on, each with its source, are in intercom-api.md. Three of
// them shape the code:
//
//   - The API is spoken in several versions and in several dialects: ids are
//     strings here and numbers there, empty things are null, missing or empty.
//     So decoding (wire.go) takes anything that has one meaning, and a value
//     without which an object cannot be told apart is an error.
//   - Lists are numbered pages, newest first, and move while they are read. So a
//     walk (pages.go) is checked against the list as it is afterwards, and a
//     [Client.Snapshot] is complete or an error.
//   - Nothing makes a POST repeatable. So only a POST that was refused for its
//     rate is repeated; every other lost answer is [ErrUnknownOutcome], and the
//     caller has to look for what it may have created.
//
// A call passes through six layers, outermost first: retry.go repeats what is
// safe to repeat, decode.go reads what the answer says, limit.go keeps to the
// rate that the server states, permit.go asks whether a write may still be sent,
// trace.go counts and reports each exchange, and transport.go does the exchange.
package intercom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/hcsync/hcsync/internal/model"
)

const (
	defaultVersion     = "2.16"
	defaultPerPage     = 150 // intercom-api.md section 4: honoured by every server seen
	defaultConcurrency = 4
)

// Options say which workspace a [Client] speaks to, and how.
type Options struct {
	// BaseURL is the address of the API, without a trailing slash; see [BaseURL].
	BaseURL string
	// Token is the workspace's access token. It is sent in the Authorization
	// header and never shown: not in an error, a trace, or when the options or
	// the client are printed.
	Token string `json:"-"`
	// Version is sent as Intercom-Version; see [CheckVersion]. Empty means 2.16.
	Version string
	// Transport carries the requests; nil means a pool of connections of its
	// own, with the proxy that the environment names.
	Transport http.RoundTripper
	// PerPage is how many items are asked for in one page of a list; 0 means
	// 150. A server may give fewer.
	PerPage int
	// Concurrency is how many pages are read at the same time; 0 means 4.
	Concurrency int
	// Trace, if not nil, is called once for each HTTP exchange, after it, never
	// twice at the same time.
	Trace func(Call)
	// Listed, if not nil, is called after each page of a list, such as
	// "/articles", with the number of items that were read of it, and of how
	// many; a total of 0 is not known. A list that moved is read again, from 0.
	Listed func(list string, read, total int)
	// Body, if not nil, makes the texts of the bodies that lists hold. It is called
	// with each while its page is being decoded, from several goroutines, and must not
	// keep the bytes: what it gives is all that stays in memory of a body.
	Body func(html []byte) string
	// Waiting, if not nil, is called before a call is held back, with the reason
	// and until when at most: "for the rate limit", "to try again". Several
	// calls may be waiting at the same time.
	Waiting func(why string, until time.Time)
}

// Format prints the options without the token.
func (o Options) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "intercom.Options{%s, version %s}", o.BaseURL, o.Version)
}

// Client speaks to one workspace. It may be used by several goroutines.
type Client struct {
	base    string
	host    string
	token   string
	version version
	perPage int
	// reading bounds the pages that are read at the same time.
	reading chan struct{}
	send    send
	counter *counter
	listed  func(list string, read, total int)
	body    func(html []byte) string

	mu sync.Mutex
	// places is what the last snapshot told about collections and locales; a
	// single article does not name its help center.
	places places
}

// New checks the options and makes a client; it sends nothing.
func New(o Options) (*Client, error) {
	if o.Version == "" {
		o.Version = defaultVersion
	}
	v, err := parseVersion(o.Version)
	if err != nil {
		return nil, err
	}
	base, err := checkBase(o.BaseURL)
	if err != nil {
		return nil, err
	}
	token := strings.TrimSpace(o.Token)
	if err := checkToken(token); err != nil {
		return nil, err
	}
	c := &Client{
		base:    strings.TrimRight(base.String(), "/"),
		host:    base.Hostname(),
		token:   token,
		version: v,
		perPage: orDefault(o.PerPage, defaultPerPage),
		reading: make(chan struct{}, orDefault(o.Concurrency, defaultConcurrency)),
		counter: newCounter(o.Trace),
		listed:  o.Listed,
		body:    o.Body,
		places:  newPlaces(),
	}
	if c.listed == nil {
		c.listed = func(string, int, int) {}
	}
	waiting := o.Waiting
	if waiting == nil {
		waiting = func(string, time.Time) {}
	}
	c.send = retry(waiting, decoded(limit(newLimiter(), waiting, permit(c.trace(c.exchanger(o.Transport))))))
	return c, nil
}

func orDefault(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}

// Format prints the client without the token.
func (c *Client) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "intercom.Client{%s, version %s}", c.base, c.version)
}

func checkBase(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return nil, errors.New("no address of the API: name a region (us, eu or au) or set INTERCOM_API_URL")
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return nil, errors.New("the address of the API must be a whole URL, such as https://api.intercom.io")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the address of the API (%s) must be scheme, host and path only", u.Host)
	case u.Scheme == "http" && !thisMachine(u.Hostname()):
		return nil, fmt.Errorf("the address of the API (http://%s) would carry the access token unencrypted: use https; http is for this machine only", u.Host)
	}
	return u, nil
}

// thisMachine says that what is sent to a host leaves it no more than a pipe
// would: the sandbox, a proxy of one's own.
func thisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

func checkToken(token string) error {
	if token == "" {
		return &Error{Op: "token", Message: "none given", kind: ErrAuth,
			Hint: "set INTERCOM_ACCESS_TOKEN to the access token of the workspace"}
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || r == 0x7f }) {
		return &Error{Op: "token", Message: "it holds a character that no token has", kind: ErrAuth,
			Hint: "copy it again into INTERCOM_ACCESS_TOKEN, without quotes or line breaks"}
	}
	return nil
}

// call sends one request and decodes the answer into out; nil where the answer
// says no more than its status.
func (c *Client) call(ctx context.Context, r *request, out any) error {
	r.out = out
	a, err := c.send(ctx, r)
	if err != nil {
		return c.lost(ctx, r, err)
	}
	if !a.ok() || (r.out != nil && !a.readable()) {
		return c.refused(r, a)
	}
	if a.wrong != nil {
		return c.malformed(r, a, a.wrong)
	}
	return nil
}

// Me tells whose token this is, and of which workspace
// (intercom-api.md section 1.4).
func (c *Client) Me(ctx context.Context) (model.Workspace, error) {
	var me me
	err := c.call(ctx, get("/me"), &me)
	return me.workspace(), err
}

// Admins lists the teammates of the workspace (intercom-api.md section 2.15).
func (c *Client) Admins(ctx context.Context) ([]model.Admin, error) {
	var list adminList
	if err := c.call(ctx, get("/admins"), &list); err != nil {
		return nil, err
	}
	return list.model(), nil
}

// Get reads one object. The error is [ErrNotFound] where the workspace has none
// of that id.
//
// The help center and, on a single-language workspace, the locale come from the
// last [Client.Snapshot]; without one the help center is empty and the locale
// "en".
func (c *Client) Get(ctx context.Context, key model.Key) (model.Object, error) {
	var found model.Object
	err := c.at(key, func(path string, section bool) error {
		o, err := c.object(ctx, get(path), Write{Kind: key.Kind}, key.ID)
		found = o
		c.noteSection(err, section, key.ID)
		return err
	})
	return found, err
}

// Delete removes an object for good. An object that is already gone is a
// success.
func (c *Client) Delete(ctx context.Context, key model.Key) error {
	err := c.at(key, func(path string, _ bool) error {
		return c.call(ctx, &request{method: http.MethodDelete, path: path}, nil)
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Calls tells how many requests were made so far, by method, repetitions
// included.
func (c *Client) Calls() Counts { return c.counter.counts() }
