package action

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/github/githubtest"
	"github.com/hcsync/hcsync/internal/sandbox"
)

// world is a docs team on GitHub: a workspace, a repository whose main is
// protected, and the clone of one of them, ana, who made the first pull.
type world struct {
	server *sandbox.Server
	// api is the workspace's address, releases that of hcsync's releases.
	api, releases string
	github        *githubtest.Server
	// root holds origin, the bare repository, and ana's clone.
	root, origin string
	path, hcsync string
	machines     int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{root: t.TempDir()}
	path := filepath.SplitList(os.Getenv("PATH"))
	var err error
	if w.hcsync, err = exec.LookPath("hcsync"); err != nil {
		t.Fatal(err)
	}
	w.path = strings.Join(path[1:], string(os.PathListSeparator)) // the first has hcsync alone
	w.server, w.api = sandbox.NewTest(t)
	acme, err := os.Open("../cmd/hcsync/testdata/acme.json")
	if err != nil {
		t.Fatal(err)
	}
	defer acme.Close()
	if _, err := w.server.Import(acme); err != nil {
		t.Fatal(err)
	}
	w.github = githubtest.Start("ghs_secret")
	t.Cleanup(w.github.Close)
	w.release(t)
	w.repository(t)
	return w
}

// protect refuses every push to main, as a branch protection does; what is
// merged in the pages of GitHub passes. The other refs can be refused by a file.
const protect = `#!/bin/sh
case $1 in
  refs/heads/main) [ "$MERGED" = yes ] || { echo "GH006: Protected branch update failed for refs/heads/main." >&2; exit 1; } ;;
  refs/hcsync/*) [ ! -e refuse-state ] || { echo "remote rejected: $1" >&2; exit 1; } ;;
esac
`

// repository makes origin, and ana's clone with the first pull merged.
func (w *world) repository(t *testing.T) {
	t.Helper()
	w.origin = filepath.Join(w.root, "origin.git")
	w.git(t, w.root, "init", "--quiet", "--bare", "--initial-branch=main", w.origin)
	w.git(t, w.origin, "config", "uploadpack.allowAnySHA1InWant", "true")
	if err := os.WriteFile(filepath.Join(w.origin, "hooks", "update"), []byte(protect), 0o755); err != nil {
		t.Fatal(err)
	}
	w.git(t, w.root, "clone", "--quiet", "file://"+w.origin, "ana")
	w.hc(t, "init", "--yes")
	w.hc(t, "pull")
	w.merge(t, "first pull")
	w.server.ForgetRequests()
}

func (w *world) ana() string { return filepath.Join(w.root, "ana") }

// command is something that ana does.
func (w *world) command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+w.root, "GIT_CONFIG_NOSYSTEM=1", "MERGED=yes", "INTERCOM_API_URL="+w.api, "INTERCOM_ACCESS_TOKEN=not-a-secret",
		machineEnv+"=ana", timesEnv+`={"UnderWay": 100000000}`,
		"GIT_AUTHOR_NAME=ana", "GIT_AUTHOR_EMAIL=ana@acme.test", "GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@acme.test")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *world) git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	return w.command(t, dir, "git", args...)
}

func (w *world) hc(t *testing.T, args ...string) string {
	t.Helper()
	return w.command(t, w.ana(), "hcsync", args...)
}

// edit changes a text in one of ana's files, or writes a new file where there
// is no old text.
func (w *world) edit(t *testing.T, file, old, text string) {
	t.Helper()
	at := filepath.Join(w.ana(), "content/help", file)
	raw := []byte(nil)
	if old != "" {
		var err error
		if raw, err = os.ReadFile(at); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(raw), old) {
			t.Fatalf("%s: %q is not in it:\n%s", file, old, raw)
		}
		text = strings.Replace(string(raw), old, text, 1)
	}
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// merge commits what ana has edited, and has it merged into main. It gives the
// commit.
func (w *world) merge(t *testing.T, message string) string {
	t.Helper()
	w.git(t, w.ana(), "add", "--all")
	w.git(t, w.ana(), "commit", "--quiet", "--message", message)
	w.git(t, w.ana(), "push", "--quiet", "origin", "HEAD:main")
	return w.git(t, w.ana(), "rev-parse", "HEAD")
}

// propose commits what ana has edited as a pull request, with the merge commit
// that GitHub makes of it, and leaves her clone at main.
func (w *world) propose(t *testing.T, number int) {
	t.Helper()
	w.git(t, w.ana(), "switch", "--quiet", "--create", fmt.Sprintf("pull-%d", number))
	w.git(t, w.ana(), "add", "--all")
	w.git(t, w.ana(), "commit", "--quiet", "--message", "proposal")
	w.git(t, w.ana(), "push", "--quiet", "origin", "HEAD", fmt.Sprintf("HEAD:refs/pull/%d/head", number))
	w.git(t, w.ana(), "switch", "--quiet", "--detach", "origin/main")
	w.git(t, w.ana(), "merge", "--quiet", "--no-ff", "--message", "merge", fmt.Sprintf("pull-%d", number))
	w.git(t, w.ana(), "push", "--quiet", "origin", fmt.Sprintf("HEAD:refs/pull/%d/merge", number))
	w.git(t, w.ana(), "switch", "--quiet", "main")
}

// accept merges a pull request.
func (w *world) accept(t *testing.T, number int) {
	t.Helper()
	w.git(t, w.ana(), "merge", "--quiet", "--no-ff", "--message", "merge", fmt.Sprintf("pull-%d", number))
	w.git(t, w.ana(), "push", "--quiet", "origin", "HEAD:main")
}

// machine starts a runner for an event.
func (w *world) machine(t *testing.T, event string, payload any) *runner {
	t.Helper()
	w.machines++
	home := filepath.Join(w.root, fmt.Sprintf("runner-%d", w.machines))
	r := &runner{w: w, home: home, dir: filepath.Join(home, "docs"), tmp: filepath.Join(home, "_temp"), ref: "v1", env: map[string]string{"GITHUB_EVENT_NAME": event}}
	for _, dir := range []string{r.dir, r.tmp} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	r.env["GITHUB_EVENT_PATH"] = r.file("event.json")
	// Nobody has told git on a runner who it is.
	for file, text := range map[string]string{r.env["GITHUB_EVENT_PATH"]: string(raw), filepath.Join(home, ".gitconfig"): "[user]\nuseConfigOnly = true\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// onPush starts a runner for a push to main, with the whole history.
func (w *world) onPush(t *testing.T, commit string) *runner {
	t.Helper()
	r := w.machine(t, "push", map[string]string{"ref": "refs/heads/main", "after": commit})
	r.checkout(t, "+refs/heads/*:refs/remotes/origin/*")
	r.git(t, "fetch", "--quiet", "--no-tags", "origin", "+"+commit+":refs/remotes/origin/main")
	r.git(t, "checkout", "--quiet", "--force", "-B", "main", "refs/remotes/origin/main")
	r.env["GITHUB_SHA"], r.env["GITHUB_REF"] = commit, "refs/heads/main"
	return r
}

// onSchedule starts a runner for the nightly job.
func (w *world) onSchedule(t *testing.T) *runner {
	t.Helper()
	r := w.onMain(t)
	r.env["GITHUB_EVENT_NAME"] = "schedule"
	r.env["GITHUB_EVENT_PATH"] = r.file("schedule.json")
	if err := os.WriteFile(r.env["GITHUB_EVENT_PATH"], []byte(`{"schedule": "17 3 * * *"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

// take merges a branch of origin into main, as a click in GitHub's pages.
func (w *world) take(t *testing.T, branch string) {
	t.Helper()
	w.git(t, w.ana(), "fetch", "--quiet", "origin")
	w.git(t, w.ana(), "switch", "--quiet", "--force-create", "main", "origin/main")
	w.git(t, w.ana(), "merge", "--quiet", "--no-ff", "--message", "merge", "origin/"+branch)
	w.git(t, w.ana(), "push", "--quiet", "origin", "HEAD:main")
}

// onMain is onPush of the newest commit.
func (w *world) onMain(t *testing.T) *runner {
	t.Helper()
	return w.onPush(t, w.git(t, w.origin, "rev-parse", "main"))
}

// shallow is onMain with the one commit that actions/checkout fetches unless it
// is told otherwise.
func (w *world) shallow(t *testing.T) *runner {
	t.Helper()
	commit := w.git(t, w.origin, "rev-parse", "main")
	r := w.machine(t, "push", map[string]string{"ref": "refs/heads/main", "after": commit})
	r.checkout(t, "--depth=1", "+"+commit+":refs/remotes/origin/main")
	r.git(t, "checkout", "--quiet", "--force", "-B", "main", "refs/remotes/origin/main")
	r.env["GITHUB_SHA"], r.env["GITHUB_REF"] = commit, "refs/heads/main"
	return r
}

// onPull starts a runner for a pull request of a repository.
func (w *world) onPull(t *testing.T, number int, from string) *runner {
	t.Helper()
	type repo struct {
		FullName string `json:"full_name"`
	}
	type side struct {
		SHA  string `json:"sha"`
		Repo repo   `json:"repo"`
	}
	head := w.git(t, w.origin, "rev-parse", fmt.Sprintf("refs/pull/%d/head", number))
	r := w.machine(t, "pull_request", map[string]any{"pull_request": map[string]any{"number": number, "head": side{head, repo{from}}, "base": side{"", repo{"acme/docs"}}}})
	ref := fmt.Sprintf("pull/%d/merge", number)
	r.checkout(t, "+refs/heads/*:refs/remotes/origin/*", "+refs/"+ref+":refs/remotes/"+ref)
	r.git(t, "checkout", "--quiet", "--force", "refs/remotes/"+ref)
	r.env["GITHUB_SHA"], r.env["GITHUB_REF"] = w.git(t, w.origin, "rev-parse", "refs/"+ref), "refs/"+ref
	return r
}

// checkout does what actions/checkout does, up to what it checks out.
func (r *runner) checkout(t *testing.T, fetch ...string) {
	t.Helper()
	r.git(t, "init", "--quiet", ".")
	r.git(t, "remote", "add", "origin", "file://"+r.w.origin)
	r.git(t, append([]string{"-c", "protocol.version=2", "fetch", "--quiet", "--no-tags", "--prune", "--no-recurse-submodules", "origin"}, fetch...)...)
}

func (r *runner) git(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir, cmd.Env = r.dir, []string{"PATH=" + r.w.path, "HOME=" + r.home, "GIT_CONFIG_NOSYSTEM=1"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// with gives inputs: a command with what every workflow of this team gives it.
func (w *world) with(command string, more ...string) map[string]string {
	in := map[string]string{"command": command, "token": "not-a-secret", "api-url": w.api}
	for i := 0; i+1 < len(more); i += 2 {
		in[more[i]] = more[i+1]
	}
	return in
}

// quiet fails unless a fresh machine finds nothing to push, and nothing that
// changed in Intercom.
func (w *world) quiet(t *testing.T) {
	t.Helper()
	main := w.git(t, w.origin, "rev-parse", "main")
	w.onMain(t).use(t, w.with("plan", "args", "--detailed-exitcode --fail-on-drift")).ends(0, "No changes")
	if now := w.git(t, w.origin, "rev-parse", "main"); now != main {
		t.Errorf("main was %s and is %s", main, now)
	}
}

// titles lists the titles of the workspace's articles.
func (w *world) titles(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, o := range w.objects(t) {
		if title, ok := o["title"].(string); ok {
			out = append(out, title)
		}
	}
	return out
}

func (w *world) objects(t *testing.T) []map[string]any {
	t.Helper()
	var export strings.Builder
	if err := w.server.Export(&export); err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for dec := json.NewDecoder(strings.NewReader(export.String())); dec.More(); {
		var list struct{ Data []map[string]any }
		if err := dec.Decode(&list); err != nil {
			t.Fatal(err)
		}
		out = append(out, list.Data...)
	}
	return out
}

// teammate saves an article in Intercom's own editor.
func (w *world) teammate(t *testing.T, article, edit string) {
	t.Helper()
	res, err := http.Post(w.api+"/_sandbox/articles/"+article+"/ui-edit", "application/json", strings.NewReader(edit))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
}

// release serves a release of the version that action/version names. Its
// program is the one under test.
func (w *world) release(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	server := httptest.NewServer(http.StripPrefix("/releases", http.FileServer(http.Dir(dir))))
	t.Cleanup(server.Close)
	w.releases = server.URL + "/releases"
	publish(t, dir, thisVersion(t), "linux_amd64", "hcsync", "#!/bin/sh\nexec '"+w.hcsync+"' \"$@\"\n")
}

func thisVersion(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("version")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(raw))
}

// publish writes an archive with one program, and its checksum.
func publish(t *testing.T, dir, version, platform, program, text string) {
	t.Helper()
	at := filepath.Join(dir, "v"+version)
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	name := "hcsync_" + version + "_" + platform + ".tar.gz"
	var b strings.Builder
	zip := gzip.NewWriter(&b)
	out := tar.NewWriter(zip)
	if err := out.WriteHeader(&tar.Header{Name: program, Mode: 0o755, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []interface{ Close() error }{out, zip} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	sums := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(b.String())), name)
	for file, text := range map[string]string{name: b.String(), "checksums.txt": sums} {
		if err := os.WriteFile(filepath.Join(at, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
