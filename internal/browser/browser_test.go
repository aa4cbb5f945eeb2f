package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hcsync/hcsync/internal/cli"
)

// patience is how long anything may take before a test gives up on it.
const patience = 15 * time.Second

// TestPreview opens one browser and gives every test a tab of it.
func TestPreview(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes half a minute")
	}
	browser := startBrowser(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, context.Context)
	}{
		{"Links", testLinks}, {"Languages", testLanguages}, {"Search", testSearch}, {"Colours", testColours},
		{"Phone", testPhone}, {"Keyboard", testKeyboard}, {"Collapsible", testCollapsible}, {"Video", testVideo}, {"NoScript", testNoScript},
		{"Edit", testEdit}, {"Problems", testProblems}, {"ComeAndGo", testComeAndGo}, {"Restart", testRestart},
		{"Compared", testCompared}, {"Pushed", testPushed},
		{"Hostile", testHostile}, {"HostileCorpus", testHostileCorpus}, {"Requests", testRequests},
		{"Access", testAccess},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, browser) })
	}
}

// startBrowser starts chromium, which ends with the test.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			program = p
			break
		}
	}
	if program == "" {
		t.Skip("there is no browser: apt-get install -y chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, // which root may not have, as in most containers
		chromedp.Flag("host-resolver-rules", "MAP rebound.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.WSURLReadTimeout(time.Minute),
		chromedp.WindowSize(1280, 900),
	)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	browser, cancel := chromedp.NewContext(allocator)
	// The context of the test ends before its cleanups, and takes the browser
	// along; to wait for that is to be able to remove its profile.
	t.Cleanup(func() { _ = chromedp.Cancel(browser); cancel(); stop() })
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("%s does not start: %v", program, err)
	}
	return browser
}

// tab is a page of the browser, with what happened on it.
type tab struct {
	t   *testing.T
	ctx context.Context
	on  *preview

	mu       sync.Mutex
	alarms   []string // dialogs, exceptions and errors on the console
	expected []string // parts of alarms that are none
	requests []string
}

// newTab opens a tab on the preview. That nothing ran that should not have, and
// that no script of the page failed, is checked when the test ends.
func newTab(t *testing.T, browser context.Context, on *preview) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, on: on}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	console := chromedp.Console(ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			// A page that leaves, or whose server ends, breaks off what it was
			// fetching; the browser reports every answer that is no success.
			if text := m.Text; (m.Type == chromedp.ConsoleError || m.IsException()) && !strings.HasPrefix(text, "Failed to load resource") {
				b.alarm("console: " + text)
			}
		}
	}()
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, a := range b.alarms {
			t.Error(a)
		}
	})
	b.size(1280, 900, false)
	return b
}

func (b *tab) hear(event any) {
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		b.alarm("a dialog opens: " + e.Message)
		go func() {
			_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		}()
	case *network.EventRequestWillBeSent:
		b.mu.Lock()
		defer b.mu.Unlock()
		b.requests = append(b.requests, e.Request.URL)
	}
}

// expect says that alarms with one of these texts are no surprise.
func (b *tab) expect(texts ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, texts...)
}

func (b *tab) alarm(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.expected {
		if strings.Contains(text, e) {
			return
		}
	}
	b.alarms = append(b.alarms, text)
}

// elsewhere gives the requests that went to others than the preview.
func (b *tab) elsewhere() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, r := range b.requests {
		if !strings.HasPrefix(r, b.on.url) && !strings.HasPrefix(r, "about:") {
			out = append(out, r)
		}
	}
	return out
}

func (b *tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// open goes to a page of the preview.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.on.url+path))
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

func (b *tab) press(keys string) {
	b.t.Helper()
	b.do("press a key", chromedp.KeyEvent(keys))
}

// evaluate gives the value of an expression in the page.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for an expression to be true, on whatever page the tab is by then.
func (b *tab) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		// A page that is just being left has no answer.
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("never true: %s\non %s", expression, evaluate[string](b, "location.href + '\\n' + document.body.innerText.replace(/\\s+/g, ' ').slice(0, 600)"))
		}
	}
}

// says waits until an element, the first of its kind, shows a text.
func (b *tab) says(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.querySelector(%s)?.innerText.includes(%s)", quote(selector), quote(text)))
}

// lacks waits until no element is left.
func (b *tab) lacks(selector string) {
	b.t.Helper()
	b.until("!document.querySelector(" + quote(selector) + ")")
}

// at waits until the tab is on a page and all of it is there.
func (b *tab) at(path string) {
	b.t.Helper()
	b.until("location.pathname + location.search === " + quote("/"+path) + " && document.readyState === 'complete'")
}

// live waits until the page listens.
func (b *tab) live() {
	b.t.Helper()
	b.until("!document.getElementById('live').hidden && !document.getElementById('live').classList.contains('stopped')")
}

func (b *tab) size(width, height int64, phone bool) {
	b.t.Helper()
	var as []chromedp.EmulateViewportOption
	if phone {
		as = append(as, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do("resize", chromedp.EmulateViewport(width, height, as...))
}

// scheme makes the system ask for light or dark.
func (b *tab) scheme(name string) {
	b.t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.t.Fatal(err)
	}
}

// quote writes a text as JavaScript.
func quote(s string) string {
	out, _ := json.Marshal(s) // a string has no error
	return string(out)
}

// preview is a running `hcsync watch`.
type preview struct {
	t    *testing.T
	dir  string
	url  string // with a slash at the end
	stop func()
}

// newPreview serves the site of testdata with more files over it.
func newPreview(t *testing.T, more ...txtar.File) *preview {
	t.Helper()
	p := newSite(t, more...)
	p.serve("0")
	return p
}

// newSite writes the files.
func newSite(t *testing.T, more ...txtar.File) *preview {
	t.Helper()
	site, err := txtar.ParseFile("testdata/site.txtar")
	if err != nil {
		t.Fatal(err)
	}
	p := &preview{t: t, dir: t.TempDir()}
	for _, f := range append(site.Files, more...) {
		p.write(f.Name, string(f.Data))
	}
	p.write("content/acme/start/images/app.png", picture(t))
	return p
}

// picture is one of 640 × 240 points.
func picture(t *testing.T) string {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, 640, 240), color.Palette{color.RGBA{0x5b, 0x68, 0xee, 0xff}})
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// serve runs the command until stop, or the test, ends it.
func (p *preview) serve(port string, args ...string) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	told := &output{lines: make(chan string, 100)}
	code := make(chan int, 1)
	go func() { code <- cli.Main(ctx, p.env(told, append([]string{"watch", "--port", port}, args...)...)) }()
	p.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case c := <-code:
			if c != 0 {
				p.t.Errorf("Ctrl-C ends it with %d", c)
			}
		case <-time.After(patience):
			p.t.Error("Ctrl-C does not end it")
		}
	})
	p.t.Cleanup(p.stop)
	p.url = strings.TrimSpace(strings.TrimPrefix(told.wait(p.t, "Preview: "), "Preview: "))
}

func (p *preview) env(out io.Writer, args ...string) cli.Env {
	return cli.Env{Args: args, Stdin: strings.NewReader(""), Stdout: out, Stderr: out, Getenv: func(string) string { return "" }, Dir: p.dir}
}

// run runs another command on the files.
func (p *preview) run(args ...string) {
	p.t.Helper()
	var out bytes.Buffer
	if code := cli.Main(p.t.Context(), p.env(&out, args...)); code != 0 {
		p.t.Fatalf("hcsync %q ends with %d:\n%s", args, code, out.String())
	}
}

func (p *preview) git(args ...string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "git", args...)
	cmd.Dir = p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// output gives what the command says line by line.
type output struct{ lines chan string }

func (o *output) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		select {
		case o.lines <- line:
		default: // nobody waits for that much
		}
	}
	return len(p), nil
}

// wait reads until a line begins like this.
func (o *output) wait(t *testing.T, prefix string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case line := <-o.lines:
			if strings.HasPrefix(line, prefix) {
				return line
			}
		case <-deadline:
			t.Fatalf("%q was never said", prefix)
		}
	}
}

func (p *preview) file(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *preview) write(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.file(name)), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.file(name), []byte(text), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

// edit puts one text in the place of another in a file.
func (p *preview) edit(name, old, with string) {
	p.t.Helper()
	text, err := os.ReadFile(p.file(name))
	if err != nil {
		p.t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(old)) {
		p.t.Fatalf("%s has no %q", name, old)
	}
	p.write(name, strings.Replace(string(text), old, with, 1))
}
