package preview

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	d := newDesk(t)
	own := strings.TrimPrefix(d.url, "http://")
	for _, c := range []struct {
		name   string
		header []string
		status int
	}{
		{"its own address", nil, 200},
		{"localhost", []string{"Host", "localhost:1234"}, 200},
		{"IPv6 loopback", []string{"Host", "[::1]:1234"}, 200},
		{"a name that was made to lead here", []string{"Host", "evil.test"}, 403},
		{"a name that begins like ours", []string{"Host", "localhost.evil.test"}, 403},
		{"an address of the network", []string{"Host", "192.168.1.7"}, 403},
		{"no host", []string{"Host", "."}, 403},
		{"its own script", []string{"Origin", "http://" + own}, 200},
		{"another site's script", []string{"Origin", "https://evil.test"}, 403},
		{"a file's script", []string{"Origin", "null"}, 403},
		{"another port's script", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"another site's picture", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 403},
		{"another site's frame", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"a link from a mail", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
	} {
		if res, _ := d.do("/en/", c.header...); res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.name, res.StatusCode, c.status)
		}
	}
	res, err := http.Post(d.url+"/en/", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a write answers %s", res.Status)
	}
}

func TestOurHost(t *testing.T) {
	for _, c := range []struct {
		listen, host string
		ours         bool
	}{
		{"127.0.0.1", "10.0.0.5:80", false},
		{"10.0.0.5", "10.0.0.5:80", true},
		{"10.0.0.5", "10.0.0.6", false},
		{"0.0.0.0", "10.0.0.5:80", true},
		{"::", "[fe80::1]:80", true},
		{"0.0.0.0", "evil.test", false},
		{"docs.acme.test", "DOCS.acme.test:80", true},
	} {
		if got := (&Server{Options: Options{Host: c.listen}}).isOurs(c.host); got != c.ours {
			t.Errorf("listening on %s, asked for %s: %v", c.listen, c.host, got)
		}
	}
}

// TestPolicy wants a fresh nonce in every answer, and no way round it.
func TestPolicy(t *testing.T) {
	d := newDesk(t)
	seen := map[string]bool{}
	for _, p := range []string{"/en/", "/en/", "/en/acme/start/install", "/search?q=x", "/problems", "/en/none", "/assets/live.js"} {
		res, body := d.do(p)
		policy := res.Header.Get("Content-Security-Policy")
		_, nonce, _ := strings.Cut(policy, "script-src 'nonce-")
		nonce, _, _ = strings.Cut(nonce, "'")
		if len(nonce) < 20 || seen[nonce] || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: policy %s", p, policy)
		}
		seen[nonce] = true
		for tag := range strings.SplitSeq(body, "<script") {
			if strings.HasPrefix(body, "<!doctype") && !strings.HasPrefix(tag, "<!doctype") && !strings.Contains(tag, nonce) {
				t.Errorf("%s: a script without the nonce: %.80s", p, tag)
			}
		}
	}
}

// TestPictures gives out pictures of the tree, and nothing else.
func TestPictures(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "out.png"), []byte("given away"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "out.png"), filepath.Join(d.dir, "content", "link.png")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	d.write(".git/x.png", "given away")
	d.write("content/.hcsync/x.png", "given away")
	d.write("content/pic.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
	if err := os.Mkdir(filepath.Join(d.dir, "folder.png"), 0o777); err != nil {
		t.Fatal(err)
	}
	for p, status := range map[string]int{
		"/files/content/acme/start/images/shot.png":        200,
		"/files/content/pic.svg":                           200,
		"/files/secret.txt":                                404,
		"/files/hcsync.yaml":                               404,
		"/files/content/acme/start/install.md":             404,
		"/files/content/link.png":                          404,
		"/files/.git/x.png":                                404,
		"/files/content/.hcsync/x.png":                     404,
		"/files/folder.png":                                404,
		"/files/..%2f..%2fetc%2fpasswd.png":                404,
		"/files/%2e%2e/%2e%2e/x.png":                       404,
		"/files/..%5c..%5cx.png":                           404,
		"/files//etc/x.png":                                404,
		"/files/content/acme/start/images/shot.png%00.txt": 404,
		"/assets/..%2ftemplates%2fpage.html":               404,
		"/assets/page.html":                                404,
		"/en/..%2f..%2fsecret":                             404,
	} {
		res, body := d.do(p)
		if res.StatusCode != status && !(status == 404 && res.StatusCode == http.StatusTemporaryRedirect || status == 404 && res.StatusCode == http.StatusMovedPermanently) {
			t.Errorf("%s: %d, want %d", p, res.StatusCode, status)
		}
		if status != 200 && (strings.Contains(body, "given away") || strings.Contains(body, "not for the preview")) {
			t.Errorf("%s gives a file away: %s", p, body)
		}
	}
	res, _ := d.do("/files/content/pic.svg")
	if p := res.Header.Get("Content-Security-Policy"); !strings.Contains(p, "sandbox") || !strings.Contains(p, "default-src 'none'") {
		t.Errorf("an SVG may act: %s", p)
	}
}
