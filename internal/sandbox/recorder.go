package sandbox

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"sync"
	"time"
)

// Request is an API request as it came in, for tests to inspect.
type Request struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Query   url.Values  `json:"query,omitempty"`
	Header  http.Header `json:"-"`
	Version string      `json:"version,omitempty"`
	Body    string      `json:"body,omitempty"`
	Status  int         `json:"status"` // of the answer; 0 while there is none, or when it was withheld
	At      time.Time   `json:"at"`
}

// recorder keeps the latest requests, at most so many bytes of them.
type recorder struct {
	mu    sync.Mutex
	list  []*Request
	bytes int
	hook  func(Request)
}

const (
	recordedRequests = 20_000
	recordedBytes    = 64 << 20
)

func (rec *recorder) begin(r *http.Request, body []byte) *Request {
	entry := &Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(),
		Version: r.Header.Get("Intercom-Version"), Body: string(body), At: time.Now(),
	}
	rec.mu.Lock()
	rec.list = append(rec.list, entry)
	rec.bytes += len(body)
	for len(rec.list) > recordedRequests || rec.bytes > recordedBytes && len(rec.list) > 1 {
		rec.bytes -= len(rec.list[0].Body)
		rec.list = rec.list[1:]
	}
	hook, copied := rec.hook, *entry
	rec.mu.Unlock()
	if hook != nil {
		hook(copied)
	}
	return entry
}

func (rec *recorder) end(entry *Request, status int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	entry.Status = status
}

// Requests lists the API requests so far, oldest first. With method or pathGlob
// (as in [path.Match]) not empty, only those.
func (s *Server) Requests(method, pathGlob string) []Request {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	list := []Request{}
	for _, r := range s.seen.list {
		matched, _ := path.Match(pathGlob, r.Path)
		if (method == "" || method == r.Method) && (pathGlob == "" || matched) {
			list = append(list, *r)
		}
	}
	return slices.Clip(list)
}

// Writes lists the API requests so far that were not GET, oldest first.
func (s *Server) Writes() []Request {
	return slices.DeleteFunc(s.Requests("", ""), func(r Request) bool { return r.Method == http.MethodGet })
}

// ForgetRequests empties the list of requests.
func (s *Server) ForgetRequests() {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	s.seen.list, s.seen.bytes = nil, 0
}

// OnRequest has f called with every API request before it is acted on; f may
// use the server. One function at a time; nil ends it.
func (s *Server) OnRequest(f func(Request)) {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	s.seen.hook = f
}
