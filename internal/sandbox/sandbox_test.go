package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// client talks to a sandbox over HTTP as the API's users do.
type client struct {
	t       testing.TB
	url     string
	version string
	token   string
}

func newClient(t testing.TB, opts ...Options) (*Server, *client) {
	t.Helper()
	s, url := NewTest(t, opts...)
	return s, &client{t, url, "2.16", "token"}
}

func (c *client) at(version string) *client {
	copied := *c
	copied.version = version
	return &copied
}

// raw sends a request and gives the answer whatever it is.
func (c *client) raw(method, path string, body any) (*http.Response, []byte) {
	c.t.Helper()
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.version != "" {
		req.Header.Set("Intercom-Version", c.version)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp, data
}

type object = map[string]any

// do sends a request that must be answered with 200 and an object.
func (c *client) do(method, path string, body any) object {
	c.t.Helper()
	return c.want(http.StatusOK, method, path, body)
}

func (c *client) want(status int, method, path string, body any) object {
	c.t.Helper()
	resp, data := c.raw(method, path, body)
	if resp.StatusCode != status {
		c.t.Fatalf("%s %s: status %d, want %d\n%s", method, path, resp.StatusCode, status, data)
	}
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		c.t.Fatalf("%s %s: %v\n%s", method, path, err, data)
	}
	return o
}

// refused gives the code of an error answer.
func (c *client) refused(status int, method, path string, body any) string {
	c.t.Helper()
	o := c.want(status, method, path, body)
	if o["type"] != "error.list" || o["request_id"] == "" {
		c.t.Fatalf("%s %s: not an error list: %v", method, path, o)
	}
	return o["errors"].([]any)[0].(object)["code"].(string)
}

// seeded is a sandbox whose help center has these locales, the first of them
// the default.
func seeded(t testing.TB, locales ...string) (*Server, *client) {
	t.Helper()
	s, c := newClient(t)
	seed := HelpCenterSeed{ID: "501", Identifier: "acme", Name: "Acme", URL: "https://help.acme.test", DefaultLocale: locales[0], Locales: locales}
	if err := s.SeedHelpCenters([]HelpCenterSeed{seed}); err != nil {
		t.Fatal(err)
	}
	return s, c
}

func (c *client) article(fields object) object {
	c.t.Helper()
	whole := object{"title": "Install", "body": "<p>Hello</p>", "author_id": firstAdmin}
	for k, v := range fields {
		whole[k] = v
	}
	return c.do("POST", "/articles", whole)
}

func id(o object) string { return o["id"].(string) }

func TestCreateReadUpdateDelete(t *testing.T) {
	_, c := seeded(t, "en")
	k := c.do("POST", "/help_center/collections", object{"name": "Guides & more"})
	if k["name"] != "Guides &amp; more" || k["parent_id"] != nil || k["help_center_id"] != 501.0 {
		t.Errorf("collection %v", k)
	}
	a := c.article(object{"parent_id": id(k), "parent_type": "collection", "state": "published"})
	if a["body"] != `<p class="no-margin">Hello</p>` || a["state"] != "published" {
		t.Errorf("article %v", a)
	}
	if want := "https://help.acme.test/en/articles/" + id(a) + "-install"; a["url"] != want {
		t.Errorf("url %v, want %s", a["url"], want)
	}
	b := c.do("PUT", "/articles/"+id(a), object{"title": "Set up"})
	if b["title"] != "Set up" || b["state"] != "published" || !strings.HasSuffix(b["url"].(string), "-set-up") {
		t.Errorf("after update %v", b)
	}
	if gone := c.do("DELETE", "/articles/"+id(a), nil); gone["deleted"] != true || gone["object"] != "article" {
		t.Errorf("delete answer %v", gone)
	}
	if code := c.refused(http.StatusNotFound, "GET", "/articles/"+id(a), nil); code != "not_found" {
		t.Errorf("code %s", code)
	}
}
