package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// call is one request at work, or one change from the outside. It reads the
// committed state and collects the rows that it will put in place; nothing is
// changed when it fails.
type call struct {
	s    *Server
	st   *state // committed; its rows are never written to
	edit *state // what this call changes
	sw   Switches
	now  int64
	v    version
	base string // scheme and host that the caller reached us at
	via  string // "api" or "web", for the versions list
	by   int64  // who does it; 0 for the token's admin

	r      *http.Request
	query  url.Values
	vars   map[string]string // the path's {names}
	params params            // the JSON body
}

// newCall begins a change that no API request asked for. The caller holds s.mu.
func (s *Server) newCall() *call {
	return &call{s: s, st: s.state, edit: newState(), sw: s.sw, now: s.now().Unix(), v: preview, via: "web"}
}

// next takes the next id of a kind: one increasing counter for each.
func (c *call) next(kind string) int64 {
	n := max(c.counter(kind)+1, firstID(kind))
	c.edit.Counters[kind] = n
	return n
}

// reserve keeps later ids above one that came from outside.
func (c *call) reserve(kind string, id int64) {
	c.edit.Counters[kind] = max(c.counter(kind), id)
}

func (c *call) counter(kind string) int64 { return max(c.edit.Counters[kind], c.st.Counters[kind]) }

// id reads a path variable; what is not a number names nothing.
func (c *call) id(name string) int64 {
	n, err := strconv.ParseInt(c.vars[name], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// params is a JSON object with the difference between absent and null kept.
type params map[string]json.RawMessage

func parseParams(body []byte) (params, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return params{}, nil
	}
	var p params
	if err := json.Unmarshal(body, &p); err != nil || p == nil {
		return nil, &apiError{http.StatusBadRequest, "bad_request", "The request body is not a JSON object", ""}
	}
	return p, nil
}

func (p params) has(name string) bool { _, ok := p[name]; return ok }

func (p params) null(name string) bool { return string(p[name]) == "null" }

// set says whether the name is there with a value.
func (p params) set(name string) bool { return p.has(name) && !p.null(name) }

// str is nil where the name is absent or null.
func (p params) str(name string) (*string, error) {
	if !p.set(name) {
		return nil, nil
	}
	var v string
	if json.Unmarshal(p[name], &v) != nil {
		return nil, mistyped(name, "a string")
	}
	return &v, nil
}

// num takes a number or a numeric string, as the API does for parent_id; zero
// where the name is absent or null.
func (p params) num(name string) (int64, error) {
	if !p.set(name) {
		return 0, nil
	}
	var v flexID
	if json.Unmarshal(p[name], &v) != nil {
		return 0, mistyped(name, "an integer")
	}
	n, err := v.parse()
	if err != nil {
		return 0, mistyped(name, "an integer")
	}
	return n, nil
}

func (p params) nums(name string) ([]int64, error) {
	if !p.set(name) {
		return nil, nil
	}
	var raw []flexID
	if json.Unmarshal(p[name], &raw) != nil {
		return nil, mistyped(name, "an array of integers")
	}
	var ids []int64
	for _, r := range raw {
		n, err := r.parse()
		if err != nil {
			return nil, mistyped(name, "an array of integers")
		}
		if !slices.Contains(ids, n) {
			ids = append(ids, n)
		}
	}
	return ids, nil
}

func (p params) flag(name string) (*bool, error) {
	if !p.set(name) {
		return nil, nil
	}
	var v bool
	if json.Unmarshal(p[name], &v) != nil {
		return nil, mistyped(name, "a boolean")
	}
	return &v, nil
}

func (p params) object(name string) (params, error) {
	if !p.set(name) {
		return nil, nil
	}
	var v params
	if json.Unmarshal(p[name], &v) != nil {
		return nil, mistyped(name, "an object")
	}
	return v, nil
}

// flexID is an id as a string, a number or null: the API mixes them.
type flexID string

// UnmarshalJSON keeps the digits of a string or a number.
func (f *flexID) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*f = ""
		return nil
	}
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*f = flexID(strings.TrimSpace(text))
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return fmt.Errorf("want an id, not %s", data)
	}
	*f = flexID(n)
	return nil
}

// parse gives zero for an empty id.
func (f flexID) parse() (int64, error) {
	if f == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(f), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not an id", string(f))
	}
	return n, nil
}

// page is where in a list a request wants to be.
type page struct{ number, size int }

func (c *call) page(defaultSize int) (page, error) {
	p := page{1, defaultSize}
	limit, _ := strconv.Atoi(c.sw.MaxPerPage)
	for name, field := range map[string]*int{"page": &p.number, "per_page": &p.size} {
		if v := c.query.Get(name); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 {
				return p, invalid("%s must be a number", name)
			}
			*field = n
		}
	}
	if p.size == 0 {
		p.size = defaultSize
	}
	p.size = min(p.size, limit)
	return p, nil
}

// cut takes the page's part of a list and describes it. Page 0 is a recorded
// oddity: it holds what page 1 holds and points to page 1.
func cut[T any](c *call, p page, rows []T) ([]T, *wirePages) {
	from := min((max(p.number, 1)-1)*p.size, len(rows))
	to := min(from+p.size, len(rows))
	pages := &wirePages{Type: "pages", Page: p.number, PerPage: p.size, TotalPages: (len(rows) + p.size - 1) / p.size}
	if p.number < pages.TotalPages {
		pages.Next = c.nextPage(p)
	} else if c.sw.PagesNext == "null" {
		pages.Next = json.RawMessage("null")
	}
	return rows[from:to], pages
}

// nextPage is a whole URL on the wire although the specification says object
// (intercom-api.md section 4).
func (c *call) nextPage(p page) any {
	switch c.sw.PagesNext {
	case "object":
		return map[string]any{"page": p.number + 1, "per_page": p.size, "starting_after": strconv.Itoa(p.number * p.size)}
	case "null":
		return json.RawMessage("null")
	}
	q := url.Values{}
	for k, v := range c.query {
		q[k] = v
	}
	q.Set("per_page", strconv.Itoa(p.size))
	q.Set("page", strconv.Itoa(p.number+1))
	return c.base + c.r.URL.Path + "?" + q.Encode()
}
