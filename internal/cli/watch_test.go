package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// watched is a running `hcsync watch`.
type watched struct {
	tb     testing.TB
	dir    string
	url    string
	stderr *lineWriter
	stop   context.CancelFunc
	code   chan int
}

// lineWriter keeps what was written, and can be waited for.
type lineWriter struct{ lines chan string }

func (w *lineWriter) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		select {
		case w.lines <- line:
		default:
		}
	}
	return len(p), nil
}

// wait reads lines until one has the text.
func (w *lineWriter) wait(tb testing.TB, text string) string {
	tb.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case line := <-w.lines:
			if strings.Contains(line, text) {
				return line
			}
		case <-deadline:
			tb.Fatalf("%q was never said", text)
		}
	}
}

const watchedTree = `content/acme/_help-center.md
---
id: "1"
name: Acme
locales: [en, fr]
default_locale: en
---
content/acme/start/_collection.md
---
title: Start
---
content/acme/start/a.md
---
title: First
---

First text.
hcsync.yaml
version: 1
`

func startWatch(tb testing.TB, dir string, args ...string) *watched {
	tb.Helper()
	w := &watched{tb: tb, dir: dir, stderr: &lineWriter{make(chan string, 1000)}, code: make(chan int, 1)}
	out := &lineWriter{make(chan string, 1000)}
	ctx, cancel := context.WithCancel(tb.Context())
	w.stop = cancel
	env := Env{Args: append([]string{"watch", "--port", "0"}, args...), Stdin: strings.NewReader(""), Stdout: out, Stderr: w.stderr, Getenv: func(string) string { return "" }, Dir: dir}
	go func() { w.code <- Main(ctx, env) }()
	line := out.wait(tb, "Preview: ")
	w.url = strings.TrimSpace(strings.TrimPrefix(line, "Preview: "))
	tb.Cleanup(func() { w.end() })
	return w
}

// end presses Ctrl-C.
func (w *watched) end() {
	w.tb.Helper()
	w.stop()
	select {
	case code := <-w.code:
		w.code <- code
		if code != 0 {
			w.tb.Errorf("Ctrl-C ends it with %d", code)
		}
	case <-time.After(5 * time.Second):
		w.tb.Error("Ctrl-C does not end it")
	}
}

func (w *watched) write(name, text string) {
	w.tb.Helper()
	file := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		w.tb.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		w.tb.Fatal(err)
	}
}

func (w *watched) page(p string) string {
	w.tb.Helper()
	res, err := http.Get(w.url + p)
	if err != nil {
		w.tb.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.tb.Fatal(err)
	}
	return string(body)
}

// events gives the versions that an open page is told of.
func (w *watched) events() <-chan string {
	w.tb.Helper()
	res, err := http.Get(w.url + "events")
	if err != nil {
		w.tb.Fatal(err)
	}
	versions := make(chan string, 100)
	go func() {
		defer res.Body.Close()
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			if v, ok := strings.CutPrefix(in.Text(), "data: "); ok {
				versions <- v
			}
		}
		close(versions)
	}()
	return versions
}

// until looks at a page at each event until it has the text.
func (w *watched) until(events <-chan string, page, text string) {
	w.tb.Helper()
	deadline := time.After(20 * time.Second)
	for !strings.Contains(w.page(page), text) {
		select {
		case _, open := <-events:
			if !open {
				w.tb.Fatal("the events have ended")
			}
		case <-deadline:
			w.tb.Fatalf("%s never shows %q:\n%s", page, text, w.page(page))
		}
	}
}

func unpackTree(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	w := &watched{tb: tb, dir: dir}
	name, text := "", ""
	flush := func() {
		if name != "" {
			w.write(name, text)
		}
	}
	for line := range strings.Lines(watchedTree) {
		if strings.HasPrefix(line, "content/") || strings.HasPrefix(line, "hcsync.yaml") {
			flush()
			name, text = strings.TrimSpace(line), ""
			continue
		}
		text += line
	}
	flush()
	return dir
}

func TestWatch(t *testing.T) {
	w := startWatch(t, unpackTree(t))
	events := w.events()
	w.until(events, "en/acme/start/a", "First text.")
	w.write("content/acme/start/a.md", "---\ntitle: First\n---\n\nSecond text.\n")
	w.until(events, "en/acme/start/a", "Second text.")
	w.write("content/acme/more/_collection.md", "---\ntitle: More\n---\n")
	w.write("content/acme/more/deep/_collection.md", "---\ntitle: Deep\n---\n")
	w.write("content/acme/more/deep/b.md", "---\ntitle: B\n---\n\nIn a new folder.\n")
	w.until(events, "en/acme/more/deep/b", "In a new folder.")
	w.write("content/acme/start/a.md", "---\ntitle: [First\n---\n\nThird text.\n")
	w.until(events, "en/acme/start/a", "content/acme/start/a.md:2")
	if page := w.page("en/acme/start/a"); !strings.Contains(page, "Second text.") {
		t.Errorf("the last text that could be read is gone:\n%s", page)
	}
	w.stderr.wait(t, "content/acme/start/a.md:2: content: ")
	w.write("content/acme/start/a.md", "---\ntitle: First\n---\n\nFourth text.\n")
	w.until(events, "en/acme/start/a", "Fourth text.")
	w.stderr.wait(t, "all files are in order again")
	if err := os.RemoveAll(filepath.Join(w.dir, "content")); err != nil {
		t.Fatal(err)
	}
	w.until(events, "en/", "There are no help centers here yet")
	w.end()
	for range events { // which end with it
	}
}

func TestWatchBusyPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	w := startWatch(t, unpackTree(t), "--port", fmt.Sprint(port))
	w.stderr.wait(t, fmt.Sprintf("port %d is taken", port))
	if !strings.Contains(w.page("en/"), "Acme") {
		t.Error("the preview does not answer")
	}
}

// BenchmarkWatch measures the time from a save to the event, in a tree of
// 10,000 articles.
func BenchmarkWatch(b *testing.B) {
	dir := unpackTree(b)
	w := &watched{tb: b, dir: dir}
	body := strings.Repeat(strings.Repeat("Some words that an article has. ", 10)+"\n\n", 19)
	for i := range 10_000 {
		folder := fmt.Sprintf("content/acme/c%d", i%100)
		if i < 100 {
			w.write(folder+"/_collection.md", "---\ntitle: Collection\n---\n")
		}
		w.write(fmt.Sprintf("%s/a%d.md", folder, i), fmt.Sprintf("---\nid: \"%d\"\ntitle: Article %d\nstate: published\n---\n\n%s", i+100, i, body))
	}
	w = startWatch(b, dir)
	events := w.events()
	w.until(events, "en/acme/c7/a7", "Article 7")
	for quiet := false; !quiet; { // until all texts were looked at
		select {
		case <-events:
		case <-time.After(3 * time.Second):
			quiet = true
		}
	}
	n := 0
	for b.Loop() {
		n++
		w.write("content/acme/c7/a7.md", fmt.Sprintf("---\nid: \"107\"\ntitle: Version %d\n---\n\n%s", n, body))
		<-events
	}
}
