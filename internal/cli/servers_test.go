package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hcsync/hcsync/internal/cli"
	"github.com/hcsync/hcsync/internal/resume"
	"github.com/hcsync/hcsync/internal/sandbox"
)

// workspace is a small help center as the API answers it.
const workspace = `
{"type":"list","data":[{"id":"41","identifier":"help","display_name":"Acme Help","url":"https://help.acme.test","website_turned_on":true,"workspace_id":"acme1234","default":true,"locales":["en","fr","de"],"default_locale":"en"}]}
{"type":"list","data":[
 {"id":"301","name":"Billing","description":"Money","help_center_id":41,"parent_id":null,"default_locale":"en","translated_content":{"type":"group_translated_content","fr":{"type":"group_content","name":"Facturation","description":""}}},
 {"id":"302","name":"Cards &amp; more","description":"","help_center_id":41,"parent_id":"301","default_locale":"en","translated_content":{"type":"group_translated_content"}},
 {"id":"303","name":"Setup","description":"","help_center_id":41,"parent_id":null,"default_locale":"en","translated_content":{"type":"group_translated_content"}}]}
{"type":"list","data":[
 {"id":"1001","parent_ids":[301],"title":"Invoices","description":"Where they are","body":"<p class=\"no-margin\">You get an <b>invoice</b>.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000100,"url":"https://help.acme.test/en/articles/1001-invoices","default_locale":"en",
  "translated_content":{"type":"article_translated_content","fr":{"type":"article_content","title":"Factures","description":null,"body":"<p class=\"no-margin\">Une facture.</p>","author_id":78,"state":"draft","created_at":1700000000,"updated_at":1700000100,"url":null}}},
 {"id":"1002","parent_ids":[],"title":"Internal","description":"","body":"","author_id":77,"state":"draft","created_at":1700000000,"updated_at":1700000000,"url":null,"default_locale":"en","translated_content":{"type":"article_translated_content"}},
 {"id":"1003","parent_ids":[302],"title":"Cards","description":"","body":"<p class=\"no-margin\">Ask us.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000003,"url":"https://help.acme.test/en/articles/1003-cards","default_locale":"en","translated_content":{"type":"article_translated_content"}},
 {"id":"1004","parent_ids":[303,301],"title":"Both","description":"","body":"<p class=\"no-margin\">Here and there.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000004,"url":"https://help.acme.test/en/articles/1004-both","default_locale":"en","translated_content":{"type":"article_translated_content"}}]}`

// TestServers runs a first day against servers that speak the API in all the
// ways that are known of it (intercom-api.md sections 2 to 5).
func TestServers(t *testing.T) {
	for name, c := range map[string]struct {
		switches []string
		rewrite  func(v any) any
	}{
		"as documented":           {},
		"small pages":             {switches: []string{"max_per_page=2"}},
		"next is an object":       {switches: []string{"max_per_page=1", "pages_next=object"}},
		"next is null":            {switches: []string{"max_per_page=1", "pages_next=null"}},
		"ids are numbers":         {rewrite: each("id", toNumber)},
		"ids are strings":         {rewrite: chain(each("author_id", toText), each("parent_id", toText), each("help_center_id", toText), eachList("parent_ids", toText))},
		"no pages":                {rewrite: each("pages", func(any) any { return nil })},
		"default locale repeated": {switches: []string{"tc_default_locale=include"}},
		"missing locales absent":  {switches: []string{"tc_missing=absent"}},
		"missing locales null":    {switches: []string{"tc_missing=null"}},
		"missing locales empty":   {switches: []string{"tc_missing=empty"}},
		"no parent_id":            {rewrite: drop("parent_id", "parent_type")},
		"parent_id lies":          {switches: []string{"parent_drift=on"}},
		"no type in translations": {rewrite: dropTypes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, target := serve(t, c.switches)
			firstDay(t, server, through(t, target, c.rewrite))
		})
	}
}

func serve(t *testing.T, switches []string) (*sandbox.Server, string) {
	t.Helper()
	var o sandbox.Options
	for _, kv := range switches {
		if err := o.Switches.Set(kv); err != nil {
			t.Fatal(err)
		}
	}
	server, url := sandbox.NewTest(t, o)
	if _, err := server.Import(strings.NewReader(workspace)); err != nil {
		t.Fatal(err)
	}
	return server, url
}

// firstDay connects, pulls, edits one translation and pushes it.
func firstDay(t *testing.T, server *sandbox.Server, url string) {
	t.Helper()
	r := runner{t: t, dir: t.TempDir(), url: url}
	r.git("init", "--quiet", "--initial-branch=main")
	r.run(0, "init", "--yes")
	r.run(0, "pull")
	r.run(0, "plan", "--detailed-exitcode")
	before := r.tree()
	r.run(0, "pull")
	if after := r.tree(); after != before {
		t.Errorf("a second pull changed files:\n%s\nwas\n%s", after, before)
	}
	r.edit("Une facture.", "Une belle facture.")
	r.git("add", "--all")
	r.git("commit", "--quiet", "-m", "edit")
	server.ForgetRequests()
	r.run(2, "plan", "--detailed-exitcode")
	r.run(0, "push", "--yes")
	writes := server.Writes()
	if len(writes) != 1 || writes[0].Method != "PUT" || writes[0].Path != "/articles/1001" ||
		!strings.Contains(writes[0].Body, "Une belle facture.") || strings.Contains(writes[0].Body, "state") {
		t.Errorf("calls that write: %+v", writes)
	}
	r.run(0, "plan", "--detailed-exitcode")
	r.run(0, "pull")
}

type runner struct {
	t        *testing.T
	dir, url string
}

func (r runner) run(want int, args ...string) {
	r.t.Helper()
	var out bytes.Buffer
	env := map[string]string{"INTERCOM_API_URL": r.url, "INTERCOM_ACCESS_TOKEN": "not-a-secret"}
	code := cli.Main(r.t.Context(), cli.Env{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(k string) string { return env[k] }, Dir: r.dir, Times: hasty()})
	if code != want {
		r.t.Fatalf("hcsync %s: exit %d, want %d\n%s", strings.Join(args, " "), code, want, out.String())
	}
}

func (r runner) git(args ...string) {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Docs", "-c", "user.email=docs@acme.test"}, args...)...)
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %s: %v\n%s", args, err, out)
	}
}

// tree lists every file with its content.
func (r runner) tree() string {
	r.t.Helper()
	var s strings.Builder
	err := filepath.WalkDir(filepath.Join(r.dir, "content"), func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(p)
		s.WriteString(p + " " + info.ModTime().String() + "\n" + string(text))
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return s.String()
}

func (r runner) edit(old, new string) {
	r.t.Helper()
	file := filepath.Join(r.dir, "content/help/billing/invoices.fr.md")
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		r.t.Fatalf("%s: %v, without %q", file, err, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// through puts a proxy before a server, which changes its answers.
func through(t *testing.T, target string, rewrite func(any) any) string {
	t.Helper()
	if rewrite == nil {
		return target
	}
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(u)
		r.Out.Header.Del("Accept-Encoding")
	}}
	proxy.ModifyResponse = func(res *http.Response) error {
		text, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		var v any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if d.Decode(&v) == nil && !strings.HasSuffix(res.Request.URL.Path, "/me") {
			if text, err = json.Marshal(rewrite(v)); err != nil {
				return err
			}
		}
		res.Body = io.NopCloser(bytes.NewReader(text))
		res.ContentLength = int64(len(text))
		res.Header.Set("Content-Length", strconv.Itoa(len(text)))
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// walk applies f to every JSON object, inner ones first.
func walk(v any, f func(map[string]any)) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = walk(v[i], f)
		}
	case map[string]any:
		for k := range v {
			v[k] = walk(v[k], f)
		}
		f(v)
	}
	return v
}

func each(key string, change func(any) any) func(any) any {
	return func(v any) any {
		return walk(v, func(o map[string]any) {
			if x, ok := o[key]; ok && x != nil {
				o[key] = change(x)
			}
		})
	}
}

func eachList(key string, change func(any) any) func(any) any {
	return each(key, func(v any) any {
		if l, ok := v.([]any); ok {
			for i := range l {
				l[i] = change(l[i])
			}
		}
		return v
	})
}

func chain(fs ...func(any) any) func(any) any {
	return func(v any) any {
		for _, f := range fs {
			v = f(v)
		}
		return v
	}
}

func toNumber(v any) any {
	if s, ok := v.(string); ok && strings.Trim(s, "0123456789") == "" && s != "" {
		return json.Number(s)
	}
	return v
}

func toText(v any) any {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	return v
}

// drop takes keys away from articles, which are what has parent_ids.
func drop(keys ...string) func(any) any {
	return func(v any) any {
		return walk(v, func(o map[string]any) {
			if _, article := o["parent_ids"]; article {
				for _, k := range keys {
					delete(o, k)
				}
			}
		})
	}
}

func dropTypes(v any) any {
	return walk(v, func(o map[string]any) {
		if tc, ok := o["translated_content"].(map[string]any); ok {
			delete(tc, "type")
			for _, c := range tc {
				if m, ok := c.(map[string]any); ok {
					delete(m, "type")
				}
			}
		}
	})
}

// hasty are the usual times, but that the servers of these tests carry a call out
// at once or not at all.
func hasty() *resume.Times {
	t := resume.Usual()
	t.UnderWay = 10 * time.Millisecond
	return &t
}
