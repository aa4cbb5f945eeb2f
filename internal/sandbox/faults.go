package sandbox

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault makes chosen API requests go wrong. The package comment lists the
// kinds.
type Fault struct {
	Kind   string `json:"kind"`
	Method string `json:"method,omitempty"` // empty: any; "write": all but GET
	// Path is matched as by [path.Match], so "/articles/*" is every call on one
	// article; empty matches any.
	Path  string `json:"path,omitempty"`
	Skip  int    `json:"skip,omitempty"`  // requests to let through first
	Times int    `json:"times,omitempty"` // requests to spoil; 0: every one from then on
	// Delay is for latency, late, stall and lost_answer, as "1.5s"; without one a
	// stall or lost answer lasts until the client gives up.
	Delay   string `json:"delay,omitempty"`
	Status  int    `json:"status,omitempty"` // for status
	Code    string `json:"code,omitempty"`   // for status
	Message string `json:"message,omitempty"`
}

// The kinds of Fault.
const (
	FaultRateLimit  = "429"
	FaultDown       = "503"
	FaultStatus     = "status"
	FaultHTML403    = "html_403"
	FaultCaptcha    = "captcha_405"
	FaultTruncated  = "truncated_json"
	FaultLostAnswer = "lost_answer"
	FaultDropBefore = "drop_before"
	FaultDropAfter  = "drop_after"
	FaultLate       = "late"
	FaultStall      = "stall"
	FaultLatency    = "latency"
	FaultShift      = "shift"
)

func faultKinds() []string {
	return []string{FaultRateLimit, FaultDown, FaultStatus, FaultHTML403, FaultCaptcha, FaultTruncated, FaultLostAnswer,
		FaultDropBefore, FaultDropAfter, FaultLate, FaultStall, FaultLatency, FaultShift}
}

// ParseFault reads a fault as the command line and hcsync.yaml have it, such as
// "kind=503,method=POST,times=1". The keys are those of its JSON; a value holds
// no comma.
func ParseFault(text string) (Fault, error) {
	var f Fault
	fields := map[string]any{
		"kind": &f.Kind, "method": &f.Method, "path": &f.Path, "delay": &f.Delay, "code": &f.Code, "message": &f.Message,
		"skip": &f.Skip, "times": &f.Times, "status": &f.Status,
	}
	for pair := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		switch field := fields[key].(type) {
		case *string:
			*field = value
		case *int:
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				return f, fmt.Errorf("fault %q: %s must be a number", text, key)
			}
			*field = n
		default:
			return f, fmt.Errorf("fault %q: it has no %q, only %s", text, key, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}
	}
	return f, f.check()
}

func (f Fault) check() error {
	if !slices.Contains(faultKinds(), f.Kind) {
		return fmt.Errorf("fault %q: there is none of that name, only %s", f.Kind, strings.Join(faultKinds(), ", "))
	}
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Errorf("fault %s: path %q: %w", f.Kind, f.Path, err)
	}
	if _, err := f.delay(); err != nil {
		return fmt.Errorf("fault %s: %w", f.Kind, err)
	}
	if f.Kind == FaultStatus && (f.Status < 400 || f.Status > 599) {
		return fmt.Errorf("fault status: give a status from 400 to 599, not %d", f.Status)
	}
	return nil
}

func (f Fault) delay() (time.Duration, error) {
	if f.Delay == "" {
		return 0, nil
	}
	return time.ParseDuration(f.Delay)
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Method != "" && f.Method != r.Method && !(f.Method == "write" && r.Method != http.MethodGet) {
		return false
	}
	ok, _ := path.Match(f.Path, r.URL.Path)
	return f.Path == "" || ok
}

func (f *Fault) note() string {
	if f == nil {
		return ""
	}
	return " (fault: " + f.Kind + ")"
}

type faults struct {
	mu    sync.Mutex
	rules []*Fault
}

// AddFault arms a fault; faults are tried in the order they were added, and a
// request suffers one at most.
func (s *Server) AddFault(f Fault) error {
	if err := f.check(); err != nil {
		return err
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = append(s.faults.rules, &f)
	return nil
}

// ClearFaults disarms all faults.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = nil
}

// Faults lists the faults that are still armed, with what is left of their
// Skip and Times.
func (s *Server) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	list := []Fault{}
	for _, f := range s.faults.rules {
		list = append(list, *f)
	}
	return list
}

// take picks the fault that this request suffers, if any.
func (fs *faults) take(s *Server, r *http.Request) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for i, f := range fs.rules {
		if !f.matches(r) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		hit := *f
		if f.Times == 1 {
			fs.rules = slices.Delete(fs.rules, i, i+1)
		} else if f.Times > 1 {
			f.Times--
		}
		return &hit
	}
	return chance(s.Switches())
}

// chance rolls the dice of the switches latency, error_rate and html_403_rate.
func chance(sw Switches) *Fault {
	hit := func(share string) bool {
		p, _ := strconv.ParseFloat(share, 64)
		return p > 0 && rand.Float64() < p
	}
	switch {
	case hit(sw.ErrorRate):
		return &Fault{Kind: FaultDown}
	case hit(sw.HTML403Rate):
		return &Fault{Kind: FaultHTML403}
	}
	if d, _ := time.ParseDuration(sw.Latency); d > 0 {
		return &Fault{Kind: FaultLatency, Delay: sw.Latency}
	}
	return nil
}

// deliver sends what act answers, spoiled by f, and says with which status; 0
// means that nothing was sent.
func (s *Server) deliver(w http.ResponseWriter, r *http.Request, f *Fault, act func() answer) int {
	if f == nil {
		f = &Fault{}
	}
	delay, _ := f.delay()
	switch f.Kind {
	case FaultDropBefore:
		return drop(w)
	case FaultDropAfter:
		act()
		return drop(w)
	case FaultLate:
		defer func() { time.Sleep(delay); act() }()
		return drop(w)
	case FaultLostAnswer:
		act()
		wait(r, delay)
		return drop(w)
	case FaultLatency:
		wait(r, delay)
	case FaultShift:
		s.shift(r)
	}
	a, ok := s.substitute(f)
	if !ok {
		a = act()
	}
	switch f.Kind {
	case FaultStall:
		return stall(w, r, a, delay)
	case FaultTruncated:
		a.body = a.body[:len(a.body)/2]
	}
	a.write(w)
	return a.status
}

// substitute is the answer of a fault that keeps the request from the API.
func (s *Server) substitute(f *Fault) (answer, bool) {
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	id := newUUID()
	switch f.Kind {
	case FaultRateLimit:
		h.Set("X-Request-Id", id)
		return errorAnswer(h, id, s.limit.take(s.Switches().RateLimit, s.now(), h, true)), true
	case FaultDown:
		h.Set("X-Request-Id", id)
		return errorAnswer(h, id, &apiError{http.StatusServiceUnavailable, "service_unavailable", "Sorry, the API service is temporarily unavailable", ""}), true
	case FaultStatus:
		h.Set("X-Request-Id", id)
		return errorAnswer(h, id, &apiError{f.Status, f.Code, f.Message, ""}), true
	case FaultHTML403:
		return htmlAnswer(http.StatusForbidden, "403 Forbidden"), true
	case FaultCaptcha:
		return htmlAnswer(http.StatusMethodNotAllowed, "Human Verification"), true
	}
	return answer{}, false
}

// htmlAnswer is what the edge before the API sends: a page, and none of the
// API's headers (intercom-api.md section 7).
func htmlAnswer(status int, title string) answer {
	page := "<html>\n<head><title>" + title + "</title></head>\n<body>\n<center><h1>" + title + "</h1></center>\n</body>\n</html>\n"
	return answer{status, http.Header{"Content-Type": {"text/html"}}, []byte(page)}
}

// drop closes the connection without an answer.
func drop(w http.ResponseWriter) int {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the documented way where the connection cannot be taken, as in HTTP/2
	}
	conn.Close()
	return 0
}

// stall sends half an answer and then nothing more.
func stall(w http.ResponseWriter, r *http.Request, a answer, delay time.Duration) int {
	whole := a.body
	w.Header().Set("Content-Type", a.header.Get("Content-Type"))
	w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
	w.WriteHeader(a.status)
	w.Write(whole[:len(whole)/2])
	http.NewResponseController(w).Flush()
	wait(r, delay)
	drop(w)
	return a.status
}

// wait returns after d, or without d when the client has gone.
func wait(r *http.Request, d time.Duration) {
	if d == 0 {
		d = 10 * time.Minute
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// shift is a teammate saving the last article of the list while a client walks
// it: the article jumps to the first page and everything before it moves one
// place down (intercom-api.md section 4).
func (s *Server) shift(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.state.listArticles()
	if len(list) == 0 {
		return
	}
	c := s.newCall()
	a := list[len(list)-1].clone()
	root := a.root()
	root.Updated = max(c.now, list[0].root().Updated+1)
	a.Texts[a.Locale] = root
	c.edit.Articles[a.ID] = a
	if err := s.commit(c.edit); err != nil {
		s.log("error: " + err.Error())
	}
}
