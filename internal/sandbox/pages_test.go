package sandbox

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func (c *client) page(path string) (*http.Response, string) {
	c.t.Helper()
	c.token, c.version = "", ""
	resp, data := c.raw("GET", path, nil)
	return resp, string(data)
}

func TestPublicPages(t *testing.T) {
	s, c := newClient(t)
	if err := s.SeedHelpCenters([]HelpCenterSeed{{Identifier: "acme", Name: "Acme & Co", DefaultLocale: "en", Locales: []string{"en", "pt-BR"}}}); err != nil {
		t.Fatal(err)
	}
	k := c.do("POST", "/help_center/collections", object{"name": "Guides", "translated_content": object{"pt-BR": object{"name": "Guias"}}})
	live := c.article(object{"title": "Install <it>", "state": "published", "parent_id": id(k), "body": `<p>Hello</p><img src="https://a.test/b.png">`,
		"translated_content": object{"pt-BR": object{"title": "Instalar", "state": "published"}}})
	hidden := c.article(object{"title": "Secret plan", "parent_id": id(k)})

	address := live["url"].(string)
	if !strings.HasPrefix(address, c.url+"/en/articles/") {
		t.Fatalf("address %s is not on this server, %s", address, c.url)
	}
	resp, body := c.page(strings.TrimPrefix(address, c.url))
	for _, want := range []string{"Install &lt;it&gt;", "Hello", `src="https://a.test/b.png"`, "/pt-BR/articles/", "Guides", `lang="en"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "script-src") {
		t.Errorf("policy %s", policy)
	}
	for path, want := range map[string]string{"/": "Guides", "/pt-BR": "Guias", "/pt-BR/collections/" + id(k): "Instalar", "/en/collections/" + id(k) + "-x": "Install &lt;it&gt;"} {
		if resp, body := c.page(path); resp.StatusCode != 200 || !strings.Contains(body, want) || strings.Contains(body, "Secret") {
			t.Errorf("%s: %d\n%s", path, resp.StatusCode, body)
		}
	}
	for _, path := range []string{"/en/articles/" + id(hidden), "/en/articles/1", "/en/collections/x", "/en/else"} {
		if resp, body := c.page(path); resp.StatusCode != 404 || strings.Contains(body, "Secret") {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	if resp, _ := c.page("/xx/articles/" + id(live)); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a locale that there is not: %d", resp.StatusCode)
	}
	if resp, body := c.page(stylePath); resp.StatusCode != 200 || !strings.Contains(body, ".no-margin") {
		t.Errorf("style: %d", resp.StatusCode)
	}
}

// TestHostileBodies imports what no writer of good will has in an article.
func TestHostileBodies(t *testing.T) {
	runs := regexp.MustCompile(`(?i)<script|<svg|<object|<embed|<form|<meta|<base|<style|\son\w+\s*=|javascript:|srcdoc|url\(|evil`)
	for _, body := range []string{
		`<script>evil()</script>`, `<img src=x onerror=evil()>`, `<a href="javascript:evil()">a</a>`, "<a href=\"java\tscript:evil()\">a</a>",
		`<svg onload=evil()><script>evil()</script></svg>`, `<iframe srcdoc="<script>evil()</script>"></iframe>`,
		`<iframe src="https://evil.test"></iframe>`, `<iframe src="javascript:evil()"></iframe>`, `<p style="background-color: url(https://evil.test)">a</p>`,
		`<style>@import 'https://evil.test'</style>`, `<math><mtext><table><mglyph><style><img src=x onerror=evil()>`, `<base href="https://evil.test">`,
		`<p style="position: fixed; background-color: red">a</p><form action="https://evil.test"><button>b</button></form>`,
		`<details ontoggle=evil() open>a</details>`, `<object data="https://evil.test"></object><embed src="https://evil.test">`,
		`<a href="data:text/html,evil">a</a>`, `<noscript><p title="</noscript><img src=x onerror=evil()>">`, `<xmp></xmp><img src=x onerror=evil()></xmp>`,
	} {
		doc := encode(object{"type": "article", "id": 1, "title": "T</title><b>", "body": body, "author_id": 1, "state": "published", "url": "https://h.test/en/articles/1"})
		_, c, _ := imported(t, string(doc))
		stored := c.do("GET", "/articles/1", nil)["body"]
		if stored != body {
			t.Errorf("the import changed %q to %q", body, stored)
		}
		resp, page := c.page("/en/articles/1")
		_, shown, _ := strings.Cut(page, "<main>")
		if resp.StatusCode != 200 || runs.MatchString(shown) {
			t.Errorf("%s is shown as\n%s", body, shown)
		}
	}
}

func TestListenOnlyHere(t *testing.T) {
	s, c := newClient(t)
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:0", "nonsense"} {
		if _, _, err := s.Listen(t.Context(), addr); err == nil || !strings.Contains(err.Error(), addr) {
			t.Errorf("%s: error %v", addr, err)
		}
	}
	for header, value := range map[string]string{"Host": "evil.test", "Origin": "https://evil.test"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", c.url+"/_sandbox/reset", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(header, value)
		if header == "Host" {
			req.Host = value
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s: %d %s", header, value, resp.StatusCode, data)
		}
	}
}
