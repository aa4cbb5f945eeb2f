package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// send tries a request once, on a connection of its own: Go repeats requests
// whose reused connection breaks.
func (c *client) send(ctx context.Context, method, path, body string) (int, http.Header, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	req.Header.Set("Authorization", "Bearer x")
	req.Header.Set("Intercom-Version", "2.16")
	one := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := one.Do(req)
	if err != nil {
		return 0, nil, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, string(data), err
}

const newArticle = `{"title": "T", "author_id": 7100001}`

func TestFaults(t *testing.T) {
	tests := []struct {
		fault    Fault
		status   int    // of the answer; 0: none came
		contains string // of its body
		done     bool   // the article was made all the same
	}{
		{Fault{Kind: FaultRateLimit}, 429, "rate_limit_exceeded", false},
		{Fault{Kind: FaultDown}, 503, "service_unavailable", false},
		{Fault{Kind: FaultStatus, Status: 403, Code: "forbidden", Message: "no"}, 403, `"code":"forbidden"`, false},
		{Fault{Kind: FaultHTML403}, 403, "<html>", false},
		{Fault{Kind: FaultCaptcha}, 405, "<html>", false},
		{Fault{Kind: FaultDropBefore}, 0, "", false},
		{Fault{Kind: FaultDropAfter}, 0, "", true},
		{Fault{Kind: FaultLostAnswer, Delay: "1ms"}, 0, "", true},
		{Fault{Kind: FaultLatency, Delay: "1ms"}, 200, `"title":"T"`, true},
		{Fault{Kind: FaultTruncated}, 200, `{"id":`, true},
	}
	for _, test := range tests {
		t.Run(test.fault.Kind, func(t *testing.T) {
			s, c := newClient(t)
			test.fault.Method, test.fault.Path, test.fault.Times = "POST", "/articles", 1
			if err := s.AddFault(test.fault); err != nil {
				t.Fatal(err)
			}
			c.do("GET", "/articles", nil)
			status, _, body, err := c.send(t.Context(), "POST", "/articles", newArticle)
			if status != test.status || !strings.Contains(body, test.contains) || (err != nil) != (test.status == 0) {
				t.Errorf("answer %d %q, error %v", status, body, err)
			}
			if test.fault.Kind == FaultTruncated && json.Valid([]byte(body)) {
				t.Errorf("a whole document: %s", body)
			}
			if got := s.Status().Articles == 1; got != test.done {
				t.Errorf("the article is there: %v", got)
			}
			if status, _, _, _ := c.send(t.Context(), "POST", "/articles", newArticle); status != 200 {
				t.Errorf("the fault goes on: %d", status)
			}
		})
	}
}

func TestStallAndClientsPatience(t *testing.T) {
	for _, kind := range []string{FaultStall, FaultLostAnswer} {
		s, c := newClient(t)
		if err := s.AddFault(Fault{Kind: kind, Method: "write"}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if _, _, body, err := c.send(ctx, "POST", "/articles", newArticle); err == nil {
			t.Errorf("%s: a whole answer: %s", kind, body)
		}
		if s.Status().Articles != 1 {
			t.Errorf("%s: nothing was done", kind)
		}
	}
}

func TestSkipAndTimes(t *testing.T) {
	s, c := newClient(t)
	if err := s.AddFault(Fault{Kind: FaultDown, Path: "/articles/*", Skip: 1, Times: 2}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 5 {
		status, _, _, _ := c.send(t.Context(), "GET", "/articles/1", "")
		got = append(got, strconv.Itoa(status))
	}
	if all := strings.Join(got, " "); all != "404 503 503 404 404" {
		t.Errorf("answers %s", all)
	}
	for _, bad := range []Fault{{Kind: "fire"}, {Kind: FaultDown, Path: "["}, {Kind: FaultLatency, Delay: "soon"}, {Kind: FaultStatus}} {
		if s.AddFault(bad) == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

func TestParseFault(t *testing.T) {
	got, err := ParseFault("kind=status, method=write,path=/articles/*,skip=1,times=2,status=418,code=teapot,message=No tea,delay=1s")
	want := Fault{Kind: FaultStatus, Method: "write", Path: "/articles/*", Skip: 1, Times: 2, Status: 418, Code: "teapot", Message: "No tea", Delay: "1s"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for text, reason := range map[string]string{
		"kind=fire": "429, 503", "503": "only code, delay", "kind=503,times=-1": "times must be a number", "": "only code, delay", "kind=503,path=[": "path",
	} {
		if _, err := ParseFault(text); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestRateLimit(t *testing.T) {
	clock := time.Unix(1_700_000_003, 0)
	_, c := newClient(t, Options{Now: func() time.Time { return clock }, Switches: Switches{RateLimit: "3/10s"}})
	for i := range 5 {
		resp, data := c.raw("GET", "/me", nil)
		want := http.StatusOK
		if i >= 3 {
			want = http.StatusTooManyRequests
		}
		h := resp.Header
		if resp.StatusCode != want || h.Get("X-RateLimit-Limit") != "3" || h.Get("X-RateLimit-Reset") != "1700000010" || h.Get("X-RateLimit-Remaining") != strconv.Itoa(max(2-i, 0)) {
			t.Errorf("call %d: %d %v %s", i, resp.StatusCode, h, data)
		}
	}
	clock = clock.Add(7 * time.Second)
	c.do("GET", "/me", nil)
}

// TestShift shows why a walk of pages must be checked: the article that jumps
// to the front is missed.
func TestShift(t *testing.T) {
	clock := time.Unix(1_700_000_000, 0)
	s, c := newClient(t, Options{Now: func() time.Time { clock = clock.Add(time.Second); return clock }})
	for range 4 {
		c.article(nil)
	}
	if err := s.AddFault(Fault{Kind: FaultShift, Path: "/articles", Skip: 1, Times: 1}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, query := range []string{"page=1", "page=2"} {
		for _, a := range c.do("GET", "/articles?per_page=2&"+query, nil)["data"].([]any) {
			seen[id(a.(object))]++
		}
	}
	if len(seen) != 3 {
		t.Errorf("saw %v, want three articles and one of them twice", seen)
	}
}

func TestHook(t *testing.T) {
	s, c := newClient(t)
	a := id(c.article(nil))
	s.OnRequest(func(r Request) {
		if r.Method == "PUT" {
			if err := s.UIDelete(a); err != nil {
				t.Error(err)
			}
		}
	})
	c.refused(http.StatusNotFound, "PUT", "/articles/"+a, object{"title": "late"})
	if writes := s.Writes(); len(writes) != 2 || writes[1].Body != `{"title":"late"}` || writes[1].Status != 404 {
		t.Errorf("writes %+v", writes)
	}
	s.ForgetRequests()
	if n := len(s.Requests("", "")); n != 0 {
		t.Errorf("%d requests after forgetting", n)
	}
}
