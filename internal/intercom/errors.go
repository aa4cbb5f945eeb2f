package intercom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// What an [Error] is, for errors.Is. An error is at most one of them.
var (
	// ErrAuth: the token is not accepted (401), or not for this call (403).
	ErrAuth = errors.New("not authorized")
	// ErrNotFound: the workspace has no such object (404).
	ErrNotFound = errors.New("not found")
	// ErrInvalid: the content was refused (400, 413, 422), or the version of the
	// API has no way to say it.
	ErrInvalid = errors.New("refused as invalid")
	// ErrRateLimited: still refused for the rate after all waiting (429).
	ErrRateLimited = errors.New("rate limit exceeded")
	// ErrNetwork: no answer of the API after all repetitions: no connection, a
	// 5xx, or something that is no JSON.
	ErrNetwork = errors.New("no answer of the API")
	// ErrUnknownOutcome: a POST was sent and its answer was lost, so that the
	// object may exist. Look for it before creating it again.
	ErrUnknownOutcome = errors.New("the outcome is not known")
)

// Error is a call that failed. Its text names the call, the status, what the
// API said and the id of the request, and has a hint on a line of its own.
type Error struct {
	// Op is the call, such as "PUT /articles/123".
	Op string
	// Status is the HTTP status, 0 where there was no answer.
	Status int
	// Code and Message are the API's own, of its first and of all errors.
	Code, Message string
	// RequestID is what Intercom's support asks for.
	RequestID string
	// Attempts is how often the call was made.
	Attempts int
	// Hint says what to do next; it may be empty.
	Hint string

	kind, cause error
}

// Error gives one line, and a second with the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + ":")
	if e.Status != 0 {
		fmt.Fprintf(&b, " %d", e.Status)
	}
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.Status != 0 || e.Code != "" {
		b.WriteString(":")
	}
	b.WriteString(" " + e.Message)
	var notes []string
	if e.Attempts > 1 {
		notes = append(notes, fmt.Sprintf("%d attempts", e.Attempts))
	}
	if e.RequestID != "" {
		notes = append(notes, "request "+e.RequestID)
	}
	if notes != nil {
		b.WriteString(" (" + strings.Join(notes, ", ") + ")")
	}
	if e.Hint != "" {
		b.WriteString("\nhint: " + e.Hint)
	}
	return b.String()
}

// Unwrap gives what the error is and what caused it, such as the end of a
// context.
func (e *Error) Unwrap() []error {
	var errs []error
	for _, err := range []error{e.kind, e.cause} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// lost is the error of a call without an answer.
func (c *Client) lost(ctx context.Context, r *request, err error) error {
	e := &Error{Op: r.op(), Message: c.clean(err.Error()), Attempts: r.attempt, kind: ErrNetwork, cause: err}
	var f *failure
	switch {
	case errors.As(err, &f) && f.sent && r.method == http.MethodPost:
		e.kind, e.Hint = ErrUnknownOutcome, lookFirst(e.Op)
	case errors.As(err, &f) && f.withheld:
		e.kind = nil
	case ctx.Err() != nil:
		e.kind, e.cause = nil, ctx.Err()
	default:
		e.Hint = "check the connection, and that " + c.base + " is the address of the API"
	}
	return e
}

// lookFirst is the hint where a POST may have been carried out.
func lookFirst(op string) string {
	if strings.HasSuffix(op, "/draft/publish") {
		return "it may have been published all the same: plan again to see"
	}
	return "it may have been created all the same; run push again, which looks for it before it creates it"
}

// refused is the error of an answer that is not the one hoped for.
func (c *Client) refused(r *request, a *answer) error {
	env := c.envelope(a)
	e := &Error{
		Op: r.op(), Status: a.status, Code: env.code, Message: env.message,
		RequestID: cmp.Or(env.requestID, a.requestID), Attempts: r.attempt, kind: kindOf(r, a),
	}
	if isRedirect(a) {
		e.Message = "redirected to " + c.clean(hostOf(a.header.Get("Location")))
	}
	e.Hint = c.hint(e)
	return e
}

// kindOf judges an answer. A page of HTML does not come from the API, so that
// it says nothing about an object, least of all that it was deleted.
func kindOf(r *request, a *answer) error {
	switch {
	case a.status == http.StatusUnauthorized:
		return ErrAuth
	case a.status == http.StatusTooManyRequests:
		return ErrRateLimited
	case a.status == http.StatusRequestEntityTooLarge:
		return ErrInvalid
	case isRedirect(a):
		return nil
	case a.status == http.StatusNotFound && !isPage(a):
		return ErrNotFound
	case a.status >= 400 && a.status < 500 && a.status != http.StatusRequestTimeout && a.readable():
		return kindOfStatus(a.status)
	case r.method == http.MethodPost:
		return ErrUnknownOutcome
	}
	return ErrNetwork
}

func kindOfStatus(status int) error {
	switch status {
	case http.StatusForbidden:
		return ErrAuth
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return ErrInvalid
	}
	return nil
}

func isRedirect(a *answer) bool { return a.status >= 300 && a.status < 400 }

func isPage(a *answer) bool { return strings.HasPrefix(strings.TrimSpace(string(a.body)), "<") }

func hostOf(location string) string {
	if u, err := url.Parse(location); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return "another path"
}

func (c *Client) hint(e *Error) string {
	switch {
	case e.Status >= 300 && e.Status < 400:
		return "the redirect was not followed and the token not sent there: set the address of the API itself"
	case e.kind == ErrUnknownOutcome:
		return lookFirst(e.Op)
	case e.Status == http.StatusUnauthorized:
		return c.tokenHint()
	case e.Code == "api_plan_restricted":
		return "the workspace's plan does not include this"
	case e.kind == ErrAuth:
		return "give the token the rights to read and write articles and the help center, in Intercom's Developer Hub"
	case e.Code == "intercom_version_invalid":
		return fmt.Sprintf("set another api_version than %s", c.version)
	case e.kind == ErrRateLimited:
		return "other programs use up the rate of this app or workspace: try again later"
	case e.kind == ErrNetwork && e.Status < 500 && e.Status != http.StatusRequestTimeout:
		return "this does not come from the API: check that " + c.base + " is its address, and that no proxy stands before it"
	case e.kind == ErrNetwork:
		return "try again later; https://www.intercomstatus.com tells of outages"
	}
	return ""
}

func (c *Client) tokenHint() string {
	const check = "check the token in INTERCOM_ACCESS_TOKEN"
	if r := regionOf(c.host); r != "" {
		return fmt.Sprintf("%s; it was used in region %s, and there are us, eu and au", check, r)
	}
	return check
}

// malformed is the error of an answer that is JSON but not what was asked for.
func (c *Client) malformed(r *request, a *answer, err error) error {
	e := &Error{
		Op: r.op(), Status: a.status, Message: "the answer is not what the API documents: " + c.clean(err.Error()),
		RequestID: a.requestID, kind: ErrNetwork, cause: err,
	}
	if r.method == http.MethodPost {
		e.kind, e.Hint = ErrUnknownOutcome, lookFirst(e.Op)
	}
	return e
}

// envelope is what an answer says went wrong.
type envelope struct{ code, message, requestID string }

// envelope reads an error: the documented list, else a lone message, else the
// beginning of whatever it is (intercom-api.md section 1.5).
func (c *Client) envelope(a *answer) envelope {
	var list struct {
		RequestID text `json:"request_id"`
		Message   text `json:"message"`
		Errors    []struct {
			Code    text `json:"code"`
			Message text `json:"message"`
			Field   text `json:"field"`
		} `json:"errors"`
	}
	if !a.readable() || unmarshal(a.body, &list) != nil {
		return envelope{message: c.excerpt(a)}
	}
	e := envelope{message: c.clean(string(list.Message)), requestID: c.clean(string(list.RequestID))}
	var messages []string
	for _, one := range list.Errors {
		e.code = cmp.Or(e.code, c.clean(string(one.Code)))
		m := cmp.Or(string(one.Message), string(one.Code))
		if one.Field != "" {
			m += " (field " + string(one.Field) + ")"
		}
		messages = append(messages, c.clean(m))
	}
	if messages != nil {
		e.message = strings.Join(messages, "; ")
	}
	e.message = cmp.Or(e.message, c.excerpt(a))
	return e
}

// excerpt describes an answer that explains nothing.
func (c *Client) excerpt(a *answer) string {
	if len(a.body) == 0 {
		return "the answer is empty"
	}
	kind := cmp.Or(a.header.Get("Content-Type"), "no content type")
	start := c.clean(string(a.body[:min(len(a.body), 4096)])) // before it is cut, lest half a token remain
	what := "no error of the API"
	if a.ok() {
		what = "no whole JSON object"
	}
	return fmt.Sprintf("the answer is %s (%s): %.200q", what, c.clean(kind), start)
}

// clean makes foreign text fit for a message: without the token, control
// characters or endless length.
func (c *Client) clean(s string) string {
	s = strings.ReplaceAll(s, c.token, "[token]")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 500 {
		return string(r[:500]) + "…"
	}
	return s
}
