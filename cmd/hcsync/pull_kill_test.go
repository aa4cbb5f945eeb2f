package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var everyStep = flag.Bool("steps", false, "let TestPullKilled kill after every single step, which takes a minute")

// TestPullKilled kills a pull between two of its changes of files: articles and
// collections that moved, past each other too, new ones, removed ones, texts, and
// edits in the same files that no commit holds. What is left can be read, or says
// that a pull puts it right; one more pull brings the files to where a pull
// without interruption brings them, and leaves nothing to pull or to push.
func TestPullKilled(t *testing.T) {
	w := newMoved(t)
	whole := w.beside(t)
	whole.must(t, "pull")
	want := whole.files(t)
	links := map[string]string{}
	for file, text := range want {
		if _, list, ok := strings.Cut(text, "\nSee "); ok {
			links[strings.TrimPrefix(file, "content/acme/")] = strings.TrimSuffix(list, ".\n")
		}
	}
	if d := cmp.Diff(map[string]string{
		"folder-a/article-08.md":             "[a](../folder-b/same.md), [b](same.fr.md), [c](../folder-c/article-06.md), [d](../folder-c)",
		"folder-b/same.md":                   "[a](../folder-a/article-08.md#x), [b](../folder-a/same.md)",
		"folder-b/same.fr.md":                "[a](../folder-a/article-08.md), [b](../folder-a/same.md)",
		"folder-a/same.md":                   "[a](../folder-b/article-05.md), [b](../folder-b/same.md)",
		"folder-b/article-05.md":             "[a](../folder-a/same.md), [b](../../_unlisted/article-03.md)",
		"folder-c/article-06.md":             "[a](../folder-a/article-08.md), [b](folder-d/article-02.md)",
		"folder-c/folder-d/article-02.md":    "[a](../article-06.md)",
		"folder-c/folder-d/article-15.fr.md": "[a](../../folder-a/same.md), [b](article-02.md)",
	}, links); d != "" {
		t.Errorf("links (-want +got)\n%s", d)
	}
	every := 12
	if *everyStep {
		every = 1
	}
	steps := 0
	for ; ; steps++ {
		c := w.beside(t)
		cmd, out := c.command("hcsync", "pull")
		cmd.Env = append(cmd.Env, stepsEnv+"="+strconv.Itoa(steps))
		if err := cmd.Run(); err == nil {
			break
		} else if cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("after %d steps: %v\n%s", steps, err, out)
		}
		if steps%every == 0 {
			t.Run(fmt.Sprint(steps), func(t *testing.T) { t.Parallel(); c.recovers(t, want) })
		}
	}
	t.Logf("%d steps", steps)
	if steps < 30 {
		t.Errorf("only %d steps: the pull does too little to say much", steps)
	}
}

// beside gives the same checkout once more, with the same workspace.
func (w *killed) beside(t *testing.T) *killed {
	t.Helper()
	c := &killed{dir: t.TempDir(), server: w.server, env: w.env}
	if err := os.CopyFS(c.dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	return c
}

// recovers looks at a checkout in which a pull was killed, and pulls again.
func (w *killed) recovers(t *testing.T, want map[string]string) {
	t.Helper()
	cmd, out := w.command("hcsync", "plan")
	if err := cmd.Run(); err != nil {
		// What was edited here may have links that are not re-pointed yet.
		if code := cmd.ProcessState.ExitCode(); code != 4 || !known.MatchString(out.String()) {
			t.Errorf("plan: %v\n%s", err, out)
		}
	}
	pulled := w.must(t, "pull")
	if d := cmp.Diff(want, w.files(t)); d != "" {
		t.Fatalf("the files are not as they should be (-want +got)\n%s\n%s", d, pulled)
	}
	w.git(t, "add", "--all")
	w.must(t, "pull")
	if changed := w.git(t, "diff", "--name-only"); changed != "" {
		t.Errorf("a second pull touched %s", changed)
	}
	w.git(t, "commit", "--quiet", "--message", "pulled")
	if text := w.must(t, "plan", "--fail-on-drift"); !strings.Contains(text, "0 to create, 2 to update, 0 to move, 0 to delete, 0 conflicts") {
		t.Errorf("the plan is not that of the two edits here\n%s", text)
	}
}

var known = regexp.MustCompile("`hcsync pull` moves it there|the link to .* leads to no article or collection")

var syncedLine = regexp.MustCompile(`(?m)^synced: .*$`)

// files are the texts below content, whatever commits of the state they name.
func (w *killed) files(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(filepath.Join(w.dir, "content"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(w.dir, p)
		out[filepath.ToSlash(name)] = syncedLine.ReplaceAllString(w.read(t, p), "synced: …")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// newMoved is a checkout whose workspace was rearranged since it was pulled.
func newMoved(t *testing.T) *killed {
	t.Helper()
	w := &killed{dir: t.TempDir()}
	w.serve(t)
	for _, id := range []string{"5001", "5002"} { // two of one name
		w.teammate(t, "articles/"+id+"/ui-edit", `{"title": "Same"}`)
	}
	w.git(t, "init", "--quiet", "--initial-branch=main")
	w.must(t, "init", "--yes")
	w.must(t, "pull")
	root := filepath.Join(w.dir, "content", "acme")
	for file, links := range map[string]string{ // that lead to what moves, and from there
		"folder-a/article-08.md":             "[a](same.md), [b](../folder-b/same.fr.md), [c](folder-c/article-06.md), [d](folder-c)",
		"folder-a/same.md":                   "[a](article-08.md#x), [b](../folder-b/same.md)",
		"folder-a/same.fr.md":                "[a](article-08.md), [b](../folder-b/same.md)",
		"folder-b/same.md":                   "[a](article-05.md), [b](../folder-a/same.md)",
		"folder-b/article-05.md":             "[a](same.md), [b](folder-d/article-02.md)",
		"folder-a/folder-c/article-06.md":    "[a](../article-08.md), [b](article-02.md)",
		"folder-a/folder-c/article-02.md":    "[a](article-06.md)",
		"folder-b/folder-d/article-15.fr.md": "[a](../same.md), [b](../../folder-a/folder-c/article-02.md)",
	} {
		file = filepath.Join(root, filepath.FromSlash(file))
		w.write(t, file, w.read(t, file)+"\nSee "+links+".\n")
	}
	w.replace(t, filepath.Join(root, "folder-b", "article-05.md"), "[b](folder-d/article-02.md)", "[b](folder-d/article-03.md)")
	w.commit(t)
	w.must(t, "push", "--yes")
	w.must(t, "plan", "--detailed-exitcode")

	w.teammate(t, "articles/5001/ui-move", `{"parent_ids": [3002]}`)
	w.teammate(t, "articles/5002/ui-move", `{"parent_ids": [3001]}`)
	w.teammate(t, "collections/3003/ui-move", `{"parent_id": null}`)
	w.teammate(t, "collections/3004/ui-move", `{"parent_id": "3003"}`)
	w.teammate(t, "articles/5003/ui-move", `{"parent_ids": [3004]}`)
	w.teammate(t, "articles/5004/ui-move", `{"parent_ids": []}`)
	w.teammate(t, "articles/5007/ui-edit", `{"locale": "fr", "body": "<p>Un autre texte.</p>"}`)
	w.teammate(t, "articles/5008/ui-delete", "")
	w.teammate(t, "articles/5012/ui-delete-locale", `{"locale": "fr"}`)
	fresh := w.teammate(t, "collections", `{"name": "Fresh", "parent_id": "3003", "help_center_id": 41, "translated_content": {"fr": {"name": "Nouveau"}}}`)
	for _, title := range []string{"One", "Two"} {
		w.teammate(t, "articles", fmt.Sprintf(`{"title": %q, "body": "<p>New.</p>", "author_id": 77, "parent_type": "collection", "parent_id": %s, "translated_content": {"fr": {"title": %[1]q, "body": "<p>Neuf.</p>", "author_id": 77}}}`, title, fresh))
	}
	w.teammate(t, "articles/5005/ui-move", fmt.Sprintf(`{"parent_ids": [%s]}`, fresh))

	// Beside that two edits here, of which git does not know.
	w.replace(t, filepath.Join(root, "folder-a", "same.fr.md"), "First of 0.", "First of 0, edited.")
	w.replace(t, filepath.Join(root, "folder-b", "article-05.md"), "Last of 5.", "Last of 5, edited.")
	return w
}

// teammate does what somebody does in Intercom's own editor, and gives the id
// of what is made.
func (w *killed) teammate(t *testing.T, path, body string) string {
	t.Helper()
	res, err := http.Post(w.url+"/_sandbox/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var made struct{ ID string }
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s: %s %v: %s", path, res.Status, err, text)
	}
	_ = json.Unmarshal(text, &made) // not everything has an id
	return made.ID
}
