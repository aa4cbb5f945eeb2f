package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// API speaks the part of GitHub's REST API that concerns comments and pull
// requests.
type API struct {
	// Base is the address without a slash at its end, Repository "owner/name".
	Base, Repository, Token string
	HTTP                    *http.Client
	// Wait is how long the first repetition waits for GitHub to recover.
	Wait time.Duration
}

// NewAPI makes a client for the repository of a step.
func NewAPI(s Step) *API {
	return &API{Base: s.API, Repository: s.Repository, Token: s.Token, HTTP: &http.Client{Timeout: 30 * time.Second}, Wait: time.Second}
}

// ErrForbidden is a token that may not do what was asked: in a pull request
// from a fork it can only read.
var ErrForbidden = errors.New("the token may not do this")

// PostComment puts a report on a pull request: into the comment that an earlier
// run has made, or else into a new one. It gives the comment's address. A plan
// that says nothing makes no comment, and changes one that is there.
func (a *API) PostComment(ctx context.Context, number int, r Report) (string, error) {
	body, mark := r.Comment(), marker(r.Target)
	old, err := a.findComment(ctx, number, mark)
	if err != nil {
		return "", err
	}
	var made struct {
		URL string `json:"html_url"`
	}
	switch {
	case old == nil && r.silent():
		return "", nil
	case old == nil:
		err = a.call(ctx, http.MethodPost, fmt.Sprintf("issues/%d/comments", number), map[string]string{"body": body}, &made)
	case old.Body == body:
		return old.URL, nil
	default:
		err = a.call(ctx, http.MethodPatch, fmt.Sprintf("issues/comments/%d", old.ID), map[string]string{"body": body}, &made)
	}
	return made.URL, err
}

// silent says that there is nothing that a reviewer would have to know.
func (r Report) silent() bool {
	p := r.Plan
	return p.Empty() && len(p.Drift)+len(p.Behind)+len(p.Problems)+len(p.Removals)+len(r.Unchecked) == 0 && !r.NothingCompared
}

type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	URL  string `json:"html_url"`
	User struct {
		Login string `json:"login"`
		Type  string `json:"type"`
	} `json:"user"`
}

const perPage = 100

// findComment looks for the comment that begins with a marker and is our own:
// anybody can write the marker.
func (a *API) findComment(ctx context.Context, number int, mark string) (*comment, error) {
	login := a.login(ctx)
	for page := 1; ; page++ {
		var list []comment
		if err := a.call(ctx, http.MethodGet, fmt.Sprintf("issues/%d/comments?per_page=%d&page=%d", number, perPage, page), nil, &list); err != nil {
			return nil, err
		}
		for _, c := range list {
			if first, _, _ := strings.Cut(c.Body, "\n"); strings.TrimSpace(first) == mark && c.isOf(login) {
				return &c, nil
			}
		}
		if len(list) < perPage {
			return nil, nil
		}
	}
}

func (c comment) isOf(login string) bool {
	if login == "" {
		return c.User.Type == "Bot"
	}
	return c.User.Login == login
}

// login names the token's user. The token of a workflow belongs to no user and
// may not ask; it writes as a bot.
func (a *API) login(ctx context.Context) string {
	var user struct {
		Login string `json:"login"`
	}
	if err := a.do(ctx, http.MethodGet, a.Base+"/user", nil, &user); err != nil {
		return ""
	}
	return user.Login
}

// PullRequest is a pull request to open, or to bring up to date.
type PullRequest struct {
	// Head and Base are branches of the repository.
	Head, Base  string
	Title, Body string
}

// OpenRequest is a pull request that is open.
type OpenRequest struct {
	Number int    `json:"number"`
	URL    string `json:"html_url"`
	Title  string `json:"title"`
	Body   string `json:"body"`
}

// FindPull gives the open pull request between two branches of the repository,
// nil where there is none.
func (a *API) FindPull(ctx context.Context, head, base string) (*OpenRequest, error) {
	owner, _, _ := strings.Cut(a.Repository, "/")
	query := url.Values{"state": {"open"}, "head": {owner + ":" + head}, "base": {base}}
	var open []OpenRequest
	if err := a.call(ctx, http.MethodGet, "pulls?"+query.Encode(), nil, &open); err != nil || len(open) == 0 {
		return nil, err
	}
	return &open[0], nil
}

// OpenPull opens a pull request, or gives the open one between the same
// branches the new title and text. It gives its address.
func (a *API) OpenPull(ctx context.Context, pr PullRequest) (address string, created bool, err error) {
	open, err := a.FindPull(ctx, pr.Head, pr.Base)
	switch {
	case err != nil:
		return "", false, err
	case open != nil && open.Title == pr.Title && open.Body == pr.Body:
		return open.URL, false, nil
	case open != nil:
		change := map[string]string{"title": pr.Title, "body": pr.Body}
		return open.URL, false, a.call(ctx, http.MethodPatch, fmt.Sprintf("pulls/%d", open.Number), change, nil)
	}
	var made OpenRequest
	err = a.call(ctx, http.MethodPost, "pulls", map[string]string{"title": pr.Title, "body": pr.Body, "head": pr.Head, "base": pr.Base}, &made)
	return made.URL, true, err
}

// call speaks of the repository. What can be repeated without harm is tried
// again when GitHub stumbles.
func (a *API) call(ctx context.Context, method, at string, in, out any) error {
	var err error
	for try := range 3 {
		if try > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(try) * a.Wait):
			}
		}
		err = a.do(ctx, method, a.Base+"/repos/"+a.Repository+"/"+at, in, out)
		var failed *failure
		if err == nil || method == http.MethodPost || errors.As(err, &failed) && failed.status < http.StatusInternalServerError {
			return err
		}
	}
	return err
}

func (a *API) do(ctx context.Context, method, address string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	if a.Token != "" {
		req.Header.Set("Authorization", "Bearer "+a.Token)
	}
	res, err := a.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("github: %w", err)
	}
	defer res.Body.Close()
	return decode(res, req, out)
}

// answerLimit is more than a hundred of the longest comments take.
const answerLimit = 64 << 20

func decode(res *http.Response, req *http.Request, out any) error {
	raw, err := io.ReadAll(io.LimitReader(res.Body, answerLimit))
	if err != nil {
		return fmt.Errorf("github: %s %s: %w", req.Method, req.URL.Path, err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return &failure{call: req.Method + " " + req.URL.Path, status: res.StatusCode, body: raw}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("github: %s %s: not the JSON that was expected: %w", req.Method, req.URL.Path, err)
	}
	return nil
}

// failure is an answer of GitHub that is not the one that was asked for.
type failure struct {
	call   string
	status int
	body   []byte
}

func (f *failure) Error() string {
	var said struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(f.body, &said) // a page instead of JSON has no message
	s := fmt.Sprintf("github: %s: %d %s", f.call, f.status, said.Message)
	if errors.Is(f, ErrForbidden) {
		s += "\ngive the job `permissions: pull-requests: write` (and `contents: write` for a pull request); a pull request from a fork cannot have them\nif it may not open a pull request all the same: Settings, Actions, General, `Allow GitHub Actions to create and approve pull requests`"
	}
	return s
}

// Is makes a refusal an [ErrForbidden]. GitHub answers 404 where a token may
// not even see.
func (f *failure) Is(target error) bool {
	return target == ErrForbidden && (f.status == http.StatusForbidden || f.status == http.StatusNotFound || f.status == http.StatusUnauthorized)
}
