package har

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// shape is what HAR 1.2 requires of each object, by the path to it: its members
// and their kinds. A list stands for each of its items.
var shape = map[string]map[string]string{
	"":                                {"log": "object"},
	"log":                             {"version": "string", "creator": "object", "entries": "list"},
	"log.creator":                     {"name": "string", "version": "string"},
	"log.entries":                     {"startedDateTime": "string", "time": "number", "request": "object", "response": "object", "cache": "object", "timings": "object"},
	"log.entries.timings":             {"send": "number", "wait": "number", "receive": "number"},
	"log.entries.request":             {"method": "string", "url": "string", "httpVersion": "string", "cookies": "list", "headers": "list", "queryString": "list", "headersSize": "number", "bodySize": "number"},
	"log.entries.request.headers":     {"name": "string", "value": "string"},
	"log.entries.request.queryString": {"name": "string", "value": "string"},
	"log.entries.request.postData":    {"mimeType": "string", "params": "list", "text": "string"},
	"log.entries.response":            {"status": "number", "statusText": "string", "httpVersion": "string", "cookies": "list", "headers": "list", "content": "object", "redirectURL": "string", "headersSize": "number", "bodySize": "number"},
	"log.entries.response.headers":    {"name": "string", "value": "string"},
	"log.entries.response.content":    {"size": "number", "mimeType": "string", "text": "string"},
}

// check holds a value against the shape, and counts the objects it has seen.
func check(t *testing.T, at string, v any, seen map[string]int) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			check(t, at, item, seen)
		}
	case map[string]any:
		seen[at]++
		for name, kind := range shape[at] {
			if got := kindOf(v[name]); got != kind {
				t.Errorf("%s.%s is %s, want %s", at, name, got, kind)
			}
		}
		for name, inner := range v {
			check(t, strings.TrimPrefix(at+"."+name, "."), inner, seen)
		}
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case []any:
		return "list"
	case map[string]any:
		return "object"
	}
	return fmt.Sprintf("%T", v)
}

var exchanges = []Exchange{
	{Start: time.Date(2026, 5, 1, 9, 30, 0, 0, time.UTC), Duration: 182 * time.Millisecond, Method: "GET", URL: "https://api.intercom.io/articles?page=1&per_page=150",
		Request: Message{Header: map[string][]string{"Authorization": {"Bearer dG9rOmFiYw=="}, "Accept": {"application/json"}}},
		Status:  200, Protocol: "HTTP/1.1", Attempt: 1,
		Response: Message{Header: map[string][]string{"Content-Type": {"application/json"}, "Set-Cookie": {"session=s3cret"}}, Body: []byte(`{"data":[]}`)}},
	{Method: "PUT", URL: "https://api.intercom.io/articles/1", Request: Message{Body: []byte(`{"title":"t"}`)}, Status: 503, Attempt: 2,
		Response: Message{Body: []byte("<html>\xff")}},
	{Method: "GET", URL: "https://api.intercom.io/me", Error: "no answer in time", Attempt: 1},
}

func open(t *testing.T) (*File, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace.har")
	h, err := Create(name, `1.0 "x"`)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h, name
}

func parse(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return v
}

// The archive is whole and of the right shape after every exchange, and before
// it is closed.
func TestShape(t *testing.T) {
	h, name := open(t)
	for i := 0; ; i++ {
		seen := map[string]int{}
		check(t, "", parse(t, name), seen)
		if seen["log.entries"] != i {
			t.Errorf("%d entries after %d exchanges", seen["log.entries"], i)
		}
		if i == len(exchanges) {
			for at := range shape {
				if seen[at] == 0 {
					t.Errorf("the exchanges of this test have no %s", at)
				}
			}
			return
		}
		if err := h.Add(exchanges[i]); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFileIsItsOwnersAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "trace.har")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := Create(name, "1")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestOnlyAnOlderTraceIsReplaced(t *testing.T) {
	h, name := open(t)
	if err := h.Add(exchanges[0]); err != nil {
		t.Fatal(err)
	}
	again, err := Create(name, "2")
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	seen := map[string]int{}
	check(t, "", parse(t, name), seen)
	if seen["log.entries"] != 0 {
		t.Error("the old entries are still there")
	}
	dir := t.TempDir()
	article := filepath.Join(dir, "install.md")
	if err := os.WriteFile(article, []byte("# Install\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(name, link); err != nil {
		t.Fatal(err)
	}
	for _, not := range []string{article, dir, link} {
		if _, err := Create(not, "1"); err == nil || !strings.HasPrefix(err.Error(), not) {
			t.Errorf("%s was taken: %v", not, err)
		}
	}
	if text, _ := os.ReadFile(article); string(text) != "# Install\n" {
		t.Errorf("%s is %q", article, text)
	}
}

func TestRedact(t *testing.T) {
	for _, s := range []string{
		`https://downloads.intercomcdn.com/i/o/1/a.png?expires=SECRET&signature=SECRET&req=SECRET%3D%3D`,
		`<img src="https://downloads.intercomcdn.com/i/o/1/a.png?expires=SECRET&amp;signature=SECRET&amp;req=SECRET/SECRET+SECRET==" width="1">`,
		`{"body":"<img src=\"https:\/\/x.test\/a.png?expires=SECRET\u0026signature=SECRET\u0026amp;req=SECRET\/SECRET\u002bSECRET\u003d\">"}`,
		`https://proxy.test/?u=https%3A%2F%2Fx.test%2Fa%3Fsignature%3DSECRET`,
		`https://b.s3.amazonaws.com/a?X-Amz-Credential=SECRET&X-Amz-Signature=SECRET&X-Amz-Security-Token=SECRET`,
		`/path?access_token=SECRET#top`,
		`{"access_token": "SECRET", "client_secret":"SECRET\"SECRET"}`,
		`Authorization: Bearer SECRETSECRET.SECRET`,
		`proxyconnect tcp: http://SECRET:SECRET@proxy.test:3128`,
	} {
		if got := redact(s); strings.Contains(got, "SECRET") || !strings.Contains(got, redacted) {
			t.Errorf("redact(%s) = %s", s, got)
		}
	}
	for _, s := range []string{
		`https://api.intercom.io/articles?page=1&per_page=150`, `{"title":"Reset a token","state":"published"}`,
		`<a href="https://x.test/?q=1#key">the bearer of it</a>`, `mail ops@acme.test`,
	} {
		if got := redact(s); got != s {
			t.Errorf("redact(%s) = %s", s, got)
		}
	}
}

func TestSecretsAreInNoPart(t *testing.T) {
	h, name := open(t)
	const address = "https://x.test/a?signature=SECRET"
	err := h.Add(Exchange{
		Method: "POST", URL: address, Error: address, Status: 302,
		Request:  Message{Header: map[string][]string{"Cookie": {"SECRET"}, "X-Api-Key": {"SECRET"}}, Body: []byte(address)},
		Response: Message{Header: map[string][]string{"Location": {address}, "Content-Type": {address}}, Body: []byte(address)},
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil || bytes.Contains(text, []byte("SECRET")) {
		t.Errorf("%v\n%s", err, text)
	}
}

// A long body keeps its beginning, without the half of a secret that the cut
// goes through.
func TestLongBodies(t *testing.T) {
	long := strings.Repeat("x ", longest/2-20) + `<img src="https://x.test/a?key=` + strings.Repeat("SECRET", 20) + `">`
	got, comment := text([]byte(long))
	if len(got) > longest || !strings.HasPrefix(got, "x x ") || strings.Contains(got, "SECRET") {
		t.Errorf("%d bytes that end in %q", len(got), got[max(len(got)-100, 0):])
	}
	if want := fmt.Sprintf("of %d bytes", len(long)); !strings.HasSuffix(comment, want) {
		t.Errorf("%q does not say %q", comment, want)
	}
	short := "short"
	if got, comment := text([]byte(short)); got != short || comment != "" {
		t.Errorf("%q, %q", got, comment)
	}
}

func TestQueryIsRepeatedApart(t *testing.T) {
	want := []pair{{"page", "1"}, {"per_page", "150"}}
	if got := newRequest(exchanges[0]).QueryString; !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}
