package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hcsync/hcsync/internal/cli"
	"github.com/hcsync/hcsync/internal/sandbox"
)

// desk is a writer with a clone, and a workspace in memory that the requests
// reach without a network: a fake clock waits for it.
type desk struct {
	runner
	server                         *sandbox.Server
	perPage, articles, collections int

	mu      sync.Mutex
	calls   map[string]int // by method
	refused int
}

func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls[r.Method]++
	if w.Code == http.StatusTooManyRequests {
		d.refused++
	}
	return w.Result(), nil
}

// newDesk fills a workspace, pulls it, and forgets the calls.
func newDesk(t *testing.T, articles, collections int) *desk {
	t.Helper()
	server, err := sandbox.Open(sandbox.Options{Switches: sandbox.Switches{RateLimit: "off"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	d := &desk{runner: runner{t: t, dir: t.TempDir(), url: "https://api.test"}, server: server, perPage: 150, articles: articles, collections: collections, calls: map[string]int{}}
	if _, err := server.Import(strings.NewReader(manyArticles(articles, collections))); err != nil {
		t.Fatal(err)
	}
	d.git("init", "--quiet", "--initial-branch=main")
	d.hcsync(0, "init", "--yes")
	d.hcsync(0, "pull")
	d.commit()
	d.forget()
	return d
}

// manyArticles gives lists as the API does.
func manyArticles(articles, collections int) string {
	var b strings.Builder
	b.WriteString(`{"type":"list","data":[{"id":"41","identifier":"help","display_name":"Help","url":"https://help.acme.test","website_turned_on":true,"workspace_id":"acme1234","default":true,"locales":["en"],"default_locale":"en"}]}`)
	b.WriteString(`{"type":"list","data":[`)
	for i := range collections {
		fmt.Fprintf(&b, `%s{"id":"%d","name":"Topic %d","description":"","help_center_id":41,"parent_id":null,"default_locale":"en"}`, comma(i), 300+i, i)
	}
	b.WriteString(`]}{"type":"list","data":[`)
	for i := range articles {
		fmt.Fprintf(&b, `%s{"id":"%d","parent_ids":[%d],"title":"Article %d","description":"","body":"<p class=\"no-margin\">The old text.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":%d,"url":"https://help.acme.test/en/articles/%d-a","default_locale":"en"}`,
			comma(i), 1000+i, 300+i%collections, i, 1700000000+i, 1000+i)
	}
	b.WriteString(`]}`)
	return b.String()
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

func (d *desk) hcsync(want int, args ...string) string {
	d.t.Helper()
	var out bytes.Buffer
	env := map[string]string{"INTERCOM_API_URL": d.url, "INTERCOM_ACCESS_TOKEN": "not-a-secret"}
	code := cli.Main(context.WithoutCancel(d.t.Context()), cli.Env{Args: args, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &out,
		Getenv: func(k string) string { return env[k] }, Dir: d.dir, Transport: d})
	if code != want {
		d.t.Fatalf("hcsync %s: exit %d, want %d\n%.3000s", strings.Join(args, " "), code, want, out.String())
	}
	return out.String()
}

func (d *desk) commit() {
	d.git("add", "--all")
	d.git("commit", "--quiet", "-m", "edit")
}

func (d *desk) forget() { d.calls, d.refused = map[string]int{}, 0 }

func (d *desk) total() int {
	n := 0
	for _, c := range d.calls {
		n += c
	}
	return n
}

// walk is how many calls it takes to read the workspace: the lists, three calls
// about it, and one more look at each list of several pages.
func (d *desk) walk() int {
	n := 3
	for _, items := range []int{d.articles, d.collections} {
		pages := (items + d.perPage - 1) / d.perPage
		n += pages
		if pages > 1 {
			n++
		}
	}
	return n
}

// editAll changes the text of the first n articles, and commits it.
func (d *desk) editAll(n int) {
	d.t.Helper()
	edited := 0
	err := filepath.WalkDir(filepath.Join(d.dir, "content"), func(name string, e os.DirEntry, err error) error {
		if err != nil || edited == n || !strings.HasPrefix(e.Name(), "article-") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		edited++
		return os.WriteFile(name, bytes.Replace(text, []byte("The old text."), []byte("The new text."), 1), 0o644)
	})
	if err != nil || edited != n {
		d.t.Fatal(edited, err)
	}
	d.commit()
}

// TestPushKeepsToTheRate runs whole pushes on a fake clock.
func TestPushKeepsToTheRate(t *testing.T) {
	const latency = 200 * time.Millisecond
	for _, tt := range []struct {
		name                 string
		changes, concurrency int
		rate                 int // calls in ten seconds
		latency              time.Duration
	}{
		{"a low limit", 1000, 8, 167, 0},
		{"a low limit, far away", 1000, 8, 167, latency},
		{"a high limit, few requests at a time", 400, 4, 1667, latency},
		{"a high limit, many requests at a time", 1000, 64, 1667, latency},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && tt.changes > 500 {
				t.Skip("1,000 changes")
			}
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, tt.changes, 1)
				d.editAll(tt.changes)
				sw := d.server.Switches()
				sw.RateLimit, sw.Latency = strconv.Itoa(tt.rate)+"/10s", tt.latency.String()
				if err := d.server.SetSwitches(sw); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Until(time.Now().Truncate(10 * time.Second).Add(10 * time.Second))) // a window begins
				start := time.Now()
				d.hcsync(0, "push", "--yes", "--allow", strconv.Itoa(tt.changes), "--concurrency", strconv.Itoa(tt.concurrency))
				took := time.Since(start)
				if d.calls["PUT"] != tt.changes+d.refused || d.total() > d.walk()+2*tt.changes+d.refused || d.refused > 1 {
					t.Errorf("calls %v, %d refused; want %d and at most one refused", d.calls, d.refused, d.walk()+2*tt.changes)
				}
				least := max(byLimit(d.walk()+2*tt.changes, tt.rate), time.Duration(2*tt.changes/tt.concurrency)*tt.latency)
				reading := 6 * tt.latency // one after the other before the first write: who, first page, pages, recheck
				t.Logf("%d calls in %v, the least is %v", d.total(), took, least)
				if took > least*105/100+reading {
					t.Errorf("took %v, want at most 1.05 times %v", took, least)
				}
			})
		})
	}
}

// byLimit is the least time for so many calls, when a window begins with the
// first.
func byLimit(calls, rate int) time.Duration {
	return time.Duration((calls-1)/rate) * 10 * time.Second
}
