// Package githubtest is a stand-in for the part of GitHub's REST API that
// hcsync speaks: comments and pull requests of one repository, with GitHub's
// limits, pages and refusals. It listens on loopback and stops with its test.
package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Server is a repository on GitHub. Its fields may be set before it is asked
// anything; use [Server.Comments] and [Server.Pulls] to look at it.
type Server struct {
	*httptest.Server
	// Token is the token that is accepted.
	Token string
	// Login is the token's user; empty stands for the token of a workflow, which
	// is nobody's and writes as github-actions[bot].
	Login string
	// ReadOnly is what a pull request from a fork gets.
	ReadOnly bool
	// Fail makes that many requests end with 502 first.
	Fail int

	mu       sync.Mutex
	comments []Comment
	pulls    []Pull
	requests []string
}

// Comment is a comment on an issue or pull request.
type Comment struct {
	ID     int64  `json:"id"`
	Number int    `json:"-"`
	Body   string `json:"body"`
	URL    string `json:"html_url"`
	User   User   `json:"user"`
}

// User wrote a comment.
type User struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

// Pull is a pull request.
type Pull struct {
	Number int    `json:"number"`
	URL    string `json:"html_url"`
	State  string `json:"state"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	Head   string `json:"-"`
	Base   string `json:"-"`
}

// Start starts a repository without comments and pull requests.
func Start(token string) *Server {
	s := &Server{Token: token}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /user", s.user)
	mux.HandleFunc("GET /repos/{owner}/{repo}/issues/{number}/comments", s.listComments)
	mux.HandleFunc("POST /repos/{owner}/{repo}/issues/{number}/comments", s.addComment)
	mux.HandleFunc("PATCH /repos/{owner}/{repo}/issues/comments/{id}", s.editComment)
	mux.HandleFunc("GET /repos/{owner}/{repo}/pulls", s.listPulls)
	mux.HandleFunc("POST /repos/{owner}/{repo}/pulls", s.addPull)
	mux.HandleFunc("PATCH /repos/{owner}/{repo}/pulls/{number}", s.editPull)
	s.Server = httptest.NewServer(s.guarded(mux))
	return s
}

// Comments gives all comments.
func (s *Server) Comments() []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Comment(nil), s.comments...)
}

// Pulls gives all pull requests.
func (s *Server) Pulls() []Pull {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Pull(nil), s.pulls...)
}

// Requests gives what was asked, as "GET /user".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// EndPull closes a pull request, or merges it.
func (s *Server) EndPull(number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulls[number-1].State = "closed"
}

// Write adds a comment of somebody else.
func (s *Server) Write(number int, user User, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(number, user, body)
}

func (s *Server) add(number int, user User, body string) Comment {
	id := int64(len(s.comments) + 1)
	c := Comment{ID: id, Number: number, Body: body, User: user, URL: fmt.Sprintf("%s/acme/docs/pull/%d#issuecomment-%d", s.URL, number, id)}
	s.comments = append(s.comments, c)
	return c
}

// guarded answers what GitHub answers before it looks at a request.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		switch {
		case s.Fail > 0:
			s.Fail--
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, "<html>Unicorn!</html>")
		case r.Header.Get("Authorization") != "Bearer "+s.Token:
			answer(w, http.StatusUnauthorized, message("Bad credentials"))
		case s.ReadOnly && r.Method != http.MethodGet:
			answer(w, http.StatusForbidden, message("Resource not accessible by integration"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func message(text string) map[string]string { return map[string]string{"message": text} }

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *Server) user(w http.ResponseWriter, _ *http.Request) {
	if s.Login == "" {
		answer(w, http.StatusForbidden, message("Resource not accessible by integration"))
		return
	}
	answer(w, http.StatusOK, User{s.Login, "User"})
}

func (s *Server) self() User {
	if s.Login == "" {
		return User{"github-actions[bot]", "Bot"}
	}
	return User{s.Login, "User"}
}

func (s *Server) listComments(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	list := []Comment{}
	for _, c := range s.comments {
		if c.Number == number {
			list = append(list, c)
		}
	}
	answer(w, http.StatusOK, page(list, r))
}

func page[T any](list []T, r *http.Request) []T {
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	if size < 1 || size > 100 {
		size = 30
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min(max(n-1, 0)*size, len(list))
	return list[from:min(from+size, len(list))]
}

// text reads a request with a text, within GitHub's limit.
func text(w http.ResponseWriter, r *http.Request) (map[string]string, bool) {
	var in map[string]string
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		answer(w, http.StatusBadRequest, message("Problems parsing JSON"))
		return nil, false
	}
	if in["body"] == "" && in["title"] == "" || utf8.RuneCountInString(in["body"]) > 65_536 {
		answer(w, http.StatusUnprocessableEntity, message("Validation Failed: body is too long (maximum is 65536 characters)"))
		return nil, false
	}
	return in, true
}

func (s *Server) addComment(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	if in, ok := text(w, r); ok {
		answer(w, http.StatusCreated, s.add(number, s.self(), in["body"]))
	}
}

func (s *Server) editComment(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	if id < 1 || id > len(s.comments) {
		answer(w, http.StatusNotFound, message("Not Found"))
		return
	}
	if in, ok := text(w, r); ok {
		s.comments[id-1].Body = in["body"]
		answer(w, http.StatusOK, s.comments[id-1])
	}
}

func (s *Server) listPulls(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	list := []Pull{}
	for _, p := range s.pulls {
		if p.State == q.Get("state") && q.Get("head") == r.PathValue("owner")+":"+p.Head && q.Get("base") == p.Base {
			list = append(list, p)
		}
	}
	answer(w, http.StatusOK, page(list, r))
}

func (s *Server) addPull(w http.ResponseWriter, r *http.Request) {
	in, ok := text(w, r)
	if !ok {
		return
	}
	for _, p := range s.pulls {
		if p.Head == in["head"] && p.Base == in["base"] && p.State == "open" {
			answer(w, http.StatusUnprocessableEntity, message("A pull request already exists"))
			return
		}
	}
	n := len(s.pulls) + 1
	p := Pull{Number: n, State: "open", Title: in["title"], Body: in["body"], Head: strings.TrimPrefix(in["head"], r.PathValue("owner")+":"), Base: in["base"], URL: fmt.Sprintf("%s/acme/docs/pull/%d", s.URL, n)}
	s.pulls = append(s.pulls, p)
	answer(w, http.StatusCreated, p)
}

func (s *Server) editPull(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.PathValue("number"))
	if n < 1 || n > len(s.pulls) {
		answer(w, http.StatusNotFound, message("Not Found"))
		return
	}
	if in, ok := text(w, r); ok {
		p := &s.pulls[n-1]
		p.Title, p.Body = in["title"], in["body"]
		answer(w, http.StatusOK, p)
	}
}
