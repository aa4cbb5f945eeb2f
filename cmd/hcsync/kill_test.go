package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/sandbox"
)

var (
	kills    = flag.Int("kills", 3, "how many pushes TestKilled kills")
	killSeed = flag.Uint64("killseed", 0, "the seed of TestKilled; 0 takes one of its own")
)

// TestKilled kills the program in the middle of a push of some sixty changes,
// at random moments, with and without its journal surviving. Run again it must
// bring the workspace to where a push without interruption brings it, create
// nothing twice, and leave nothing to push or to pull.
func TestKilled(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("go test ./cmd/hcsync -run 'TestKilled$' -kills %d -killseed %d", *kills, seed)
	template := newKilled(t)
	whole := template.copy(t)
	began := time.Now()
	whole.must(t, "push", "--yes")
	took := time.Since(began)
	whole.must(t, "plan", "--detailed-exitcode")
	want := whole.content(t)
	calls := len(whole.server.Writes())
	t.Logf("without interruption: %s, %d writes, %d objects", took.Round(time.Millisecond), calls, len(want))
	var mu sync.Mutex
	met := map[string]int{}
	t.Cleanup(func() { t.Logf("the pushes that were killed: %v", met) })
	for i := range *kills {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		// Most moments lie between two writes, whatever the machine's speed; the
		// others may be before the first or after the last.
		m := moment{writes: 1 + r.IntN(calls), after: time.Duration(r.Int64N(int64(15 * time.Millisecond)))}
		if i%5 == 0 {
			m = moment{after: time.Duration(r.Int64N(int64(took)))}
		}
		journal := r.IntN(2) == 0
		t.Run(fmt.Sprintf("%d %s journal %t", i, m, journal), func(t *testing.T) {
			t.Parallel()
			w := template.copy(t)
			w.kill(t, m)
			mu.Lock()
			met[w.stage(calls)]++
			mu.Unlock()
			if !journal {
				if err := os.RemoveAll(filepath.Join(w.dir, ".git", "hcsync")); err != nil {
					t.Fatal(err)
				}
			}
			w.must(t, "push", "--yes")
			if d := cmp.Diff(want, w.content(t)); d != "" {
				t.Fatalf("the workspace is not as it should be (-want +got)\n%s", d)
			}
			w.settled(t)
		})
	}
}

// moment is when a push is killed: some time after a number of writes.
type moment struct {
	writes int
	after  time.Duration
}

func (m moment) String() string {
	return fmt.Sprintf("%d writes, %s", m.writes, m.after.Round(time.Millisecond))
}

// killed is a checkout with a workspace of its own.
type killed struct {
	dir    string
	server *sandbox.Server
	url    string
	env    []string
}

// newKilled makes a workspace, a checkout of it, and commits changes to that.
func newKilled(t *testing.T) *killed {
	t.Helper()
	w := &killed{dir: t.TempDir()}
	w.serve(t)
	w.git(t, "init", "--quiet", "--initial-branch=main")
	w.must(t, "init", "--yes")
	w.must(t, "pull")
	w.commit(t)
	w.edit(t)
	w.commit(t)
	return w
}

// copy gives the same once more, with a server of its own.
func (w *killed) copy(t *testing.T) *killed {
	t.Helper()
	c := &killed{dir: t.TempDir()}
	if err := os.CopyFS(c.dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	c.serve(t)
	return c
}

// serve starts the workspace. Its answers take a few milliseconds, so that
// there is something to interrupt.
func (w *killed) serve(t *testing.T) {
	t.Helper()
	var o sandbox.Options
	if err := o.Switches.Set("latency=5ms"); err != nil {
		t.Fatal(err)
	}
	server, url := sandbox.NewTest(t, o)
	if _, err := server.Import(strings.NewReader(helpCenter())); err != nil {
		t.Fatal(err)
	}
	w.server, w.url = server, url
	w.env = append(os.Environ(), "HOME="+w.dir, "GIT_CONFIG_NOSYSTEM=1", timesEnv+"="+hasty, "INTERCOM_API_URL="+url, "INTERCOM_ACCESS_TOKEN=none",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@acme.test", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@acme.test")
}

func (w *killed) command(name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	out := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, out
	return cmd, out
}

func (w *killed) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd, out := w.command(name, args...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out.String()
}

func (w *killed) must(t *testing.T, args ...string) string {
	t.Helper()
	return w.run(t, "hcsync", args...)
}

func (w *killed) git(t *testing.T, args ...string) string {
	t.Helper()
	return w.run(t, "git", args...)
}

func (w *killed) commit(t *testing.T) {
	t.Helper()
	w.git(t, "add", "--all")
	w.git(t, "commit", "--quiet", "--message", "edit")
}

// kill runs a push and ends it without a warning.
func (w *killed) kill(t *testing.T, m moment) {
	t.Helper()
	cmd, out := w.command("hcsync", "push", "--yes")
	// What git still writes must not keep the output open.
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		for len(w.server.Writes()) < m.writes && !closed(ended) {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(m.after)
		_ = cmd.Process.Kill()
	}()
	err := cmd.Wait()
	close(ended)
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == -1) && !errors.Is(err, exec.ErrWaitDelay) {
		t.Fatalf("the push was not killed, it failed: %v\n%s", err, out)
	}
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// stage says how far a push has come that makes so many calls.
func (w *killed) stage(calls int) string {
	switch made := len(w.server.Writes()); {
	case made == 0:
		return "before the first write"
	case made < calls:
		return "between writes"
	}
	return "after the last write"
}

// settled fails unless there is nothing left to do.
func (w *killed) settled(t *testing.T) {
	t.Helper()
	w.must(t, "plan", "--detailed-exitcode", "--fail-on-drift")
	w.must(t, "pull") // brings the ids of new articles
	w.git(t, "add", "--all")
	w.must(t, "pull")
	if changed := w.git(t, "diff", "--name-only"); changed != "" {
		t.Errorf("a second pull touched %s", changed)
	}
	w.git(t, "commit", "--quiet", "--message", "ids")
	w.must(t, "plan", "--detailed-exitcode", "--fail-on-drift")
}

// content is what the workspace says, each object under its title, without
// what differs from one server to the next: ids, times, addresses of images.
func (w *killed) content(t *testing.T) []string {
	t.Helper()
	var export bytes.Buffer
	if err := w.server.Export(&export); err != nil {
		t.Fatal(err)
	}
	var objects []map[string]any
	for dec := json.NewDecoder(&export); ; {
		var doc struct{ Data []map[string]any }
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, doc.Data...)
	}
	titles := map[string]string{}
	for _, o := range objects {
		for _, key := range []string{"title", "name"} {
			if title, ok := o[key].(string); ok {
				titles[fmt.Sprint(o["id"])] = title
			}
		}
	}
	var out []string
	for _, o := range objects {
		text, err := json.Marshal(plainly(o, titles))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	slices.Sort(out)
	return out
}

var (
	linked  = regexp.MustCompile(`/(articles|collections)/([0-9]+)[^"]*`)
	minted  = regexp.MustCompile(`h_[0-9a-f]{10}|/i/o/[0-9]+/[0-9a-f]+`)
	differs = []string{"id", "url", "created_at", "updated_at", "statistics", "sandbox_pending"}
)

// plainly replaces ids by titles and takes out what only one server knows.
func plainly(v any, titles map[string]string) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, child := range v {
			switch {
			case slices.Contains(differs, k):
			case strings.HasPrefix(k, "parent_id"):
				text := fmt.Sprint(child)
				for id, title := range titles {
					text = strings.ReplaceAll(text, id, title)
				}
				out[k] = text
			default:
				out[k] = plainly(child, titles)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plainly(v[i], titles)
		}
		return out
	case string:
		v = minted.ReplaceAllString(v, "*")
		return linked.ReplaceAllStringFunc(v, func(s string) string { return "/" + titles[linked.FindStringSubmatch(s)[2]] })
	}
	return v
}

// helpCenter is a workspace with four collections and forty articles in two
// languages, as the API answers it.
func helpCenter() string {
	var b strings.Builder
	b.WriteString(`{"type":"list","data":[{"id":"41","identifier":"acme","display_name":"Acme","url":"https://help.acme.test","website_turned_on":true,"workspace_id":"acme1234","default":true,"locales":["en","fr"],"default_locale":"en"}]}`)
	b.WriteString(`{"type":"list","data":[`)
	for i, parent := range []string{"null", "null", `"3001"`, `"3002"`} {
		fmt.Fprintf(&b, `%s{"id":"%d","name":"Folder %c","description":"","help_center_id":41,"parent_id":%s,"default_locale":"en","translated_content":{"type":"group_translated_content"}}`,
			comma(i), 3001+i, 'A'+i, parent)
	}
	b.WriteString(`]}{"type":"list","data":[`)
	for i := range 40 {
		body := func(word string) string {
			text, _ := json.Marshal(fmt.Sprintf(`<h1 id="h_%010x">%s %02d</h1><p class="no-margin">First of %[3]d.</p><p class="no-margin"></p><ul><li><p class="no-margin">one</p></li></ul>`+
				`<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/9/%[3]d/a.png"></div><p class="no-margin">Last of %[3]d.</p>`, i, word, i))
			return string(text)
		}
		state := []string{"published", "draft"}[i%4/3]
		fmt.Fprintf(&b, `%s{"id":"%d","parent_ids":[%d],"title":"Article %02d","description":"","body":%s,"author_id":77,"state":"%s","created_at":1700000000,"updated_at":1700000100,"default_locale":"en",`+
			`"translated_content":{"type":"article_translated_content","fr":{"type":"article_content","title":"Texte %02d","description":"","body":%s,"author_id":77,"state":"%s","created_at":1700000000,"updated_at":1700000100}}}`,
			comma(i), 5001+i, 3001+i%4, i, body("Text"), state, i, body("Texte"), state)
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

// edit changes the files: new collections and articles with links, headings and
// pictures, texts in two languages, titles, states, moves.
func (w *killed) edit(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "content", "acme", "folder-*", "*.md"))
	nested, err2 := filepath.Glob(filepath.Join(w.dir, "content", "acme", "folder-*", "folder-*", "*.md"))
	if files = append(files, nested...); err != nil || err2 != nil || len(files) < 80 {
		t.Fatalf("%d files: %v %v", len(files), err, err2)
	}
	root := filepath.Join(w.dir, "content", "acme")
	w.write(t, filepath.Join(root, "new", "_collection.md"), "---\ntitle: New\n---\n")
	w.write(t, filepath.Join(root, "new", "inner", "_collection.md"), "---\ntitle: Inner\ndescription: Within.\n---\n")
	for i := range 12 {
		dir := filepath.Join(root, []string{"new", "new/inner", "folder-a"}[i%3])
		text := "---\ntitle: %s %02d\nstate: published\n---\n\n## Heading\n\nText of %02[2]d.\n\n![A picture](https://example.com/%02[2]d.png)\n\n### Smaller\n\n- one\n- two\n"
		if i%4 == 0 { // links to the next one, which is as new
			next := (i + 1) % 12
			rel, err := filepath.Rel(dir, filepath.Join(root, []string{"new", "new/inner", "folder-a"}[next%3], fmt.Sprintf("fresh-%02d.md", next)))
			if err != nil {
				t.Fatal(err)
			}
			text += "\nSee [that](" + filepath.ToSlash(rel) + ").\n"
		}
		w.write(t, filepath.Join(dir, fmt.Sprintf("fresh-%02d.md", i)), fmt.Sprintf(text, "Fresh", i))
		if i%2 == 0 {
			w.write(t, filepath.Join(dir, fmt.Sprintf("fresh-%02d.fr.md", i)), fmt.Sprintf(text, "Nouveau", i))
		}
	}
	for _, file := range files {
		var n int
		name := filepath.Base(file)
		if _, err := fmt.Sscanf(strings.TrimPrefix(name, "article-"), "%d", &n); err != nil {
			continue
		}
		french := strings.HasSuffix(name, ".fr.md")
		switch {
		case n < 14:
			w.replace(t, file, fmt.Sprintf("First of %d.", n), fmt.Sprintf("First of %d, **edited**.", n))
		case n < 20 && !french:
			rel, err := filepath.Rel(filepath.Dir(file), filepath.Join(root, "new", "fresh-03.md"))
			if err != nil {
				t.Fatal(err)
			}
			w.replace(t, file, fmt.Sprintf("Last of %d.", n), fmt.Sprintf("Last, see [the new one](%s).\n\n![New](https://example.com/n%d.png)", filepath.ToSlash(rel), n))
		case n < 26 && !french:
			w.replace(t, file, "title: Article", "title: Renamed article")
			w.replace(t, file, "First of", "Also of")
		case n >= 26 && n < 32:
			w.move(t, file, filepath.Join(root, []string{"new", "folder-b"}[n%2], name))
		case n >= 32 && n < 38 && !french:
			if text := w.read(t, file); strings.Contains(text, "state: published") {
				w.replace(t, file, "state: published", "state: draft")
			} else {
				w.replace(t, file, "state: draft", "state: published")
			}
		}
	}
	w.replace(t, filepath.Join(root, "folder-b", "_collection.md"), "title: Folder B", "title: Folder Beta")
}

func (w *killed) read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (w *killed) write(t *testing.T, file, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func (w *killed) replace(t *testing.T, file, old, with string) {
	t.Helper()
	text := w.read(t, file)
	if !strings.Contains(text, old) {
		t.Fatalf("%s: %q is not in\n%s", file, old, text)
	}
	w.write(t, file, strings.Replace(text, old, with, 1))
}

func (w *killed) move(t *testing.T, from, to string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Rename(from, to)); err != nil {
		t.Fatal(err)
	}
}
