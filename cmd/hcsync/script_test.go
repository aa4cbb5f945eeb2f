package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hcsync/hcsync/internal/github/githubtest"
	"github.com/hcsync/hcsync/internal/resume"
	"github.com/hcsync/hcsync/internal/sandbox"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hcsync": standIn})
}

// These variables say of the program in a test which machine it runs on, how long
// runs wait for each other, and when it is killed; the built program does not know them.
const (
	machineEnv = "HCSYNC_TEST_MACHINE"
	timesEnv   = "HCSYNC_TEST_TIMES" // resume.Times as JSON, over the usual ones
	stepsEnv   = "HCSYNC_TEST_STEPS" // how many files it may write, move or remove until it is killed
)

// hasty are the times of most tests: the sandbox carries a call out at once or
// not at all.
const hasty = `{"UnderWay": 100000000}`

// standIn is main with what a test has to say.
func standIn() {
	env := surroundings()
	env.Machine = os.Getenv(machineEnv)
	if text := os.Getenv(timesEnv); text != "" {
		times := resume.Usual()
		if err := json.Unmarshal([]byte(text), &times); err != nil {
			panic(timesEnv + ": " + err.Error())
		}
		env.Times = &times
	}
	if n, err := strconv.Atoi(os.Getenv(stepsEnv)); err == nil {
		env.Step = killAfter(n)
	}
	os.Exit(run(env))
}

// killAfter ends the process without a warning, in the place of one more step.
func killAfter(steps int) func() {
	var made atomic.Int64
	return func() {
		if made.Add(1) > int64(steps) {
			if self, err := os.FindProcess(os.Getpid()); err == nil {
				_ = self.Kill()
			}
			select {}
		}
	}
}

// TestScripts runs the program as users do. The commands that the scripts have
// besides hcsync are the functions below.
func TestScripts(t *testing.T) {
	p := params()
	p.Dir = "testdata/script"
	testscript.Run(t, p)
}

func params() testscript.Params {
	return testscript.Params{
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[workspaceKey{}] = &workspace{}
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv(timesEnv, hasty)
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+who+"_NAME", "Docs Team")
				env.Setenv("GIT_"+who+"_EMAIL", "docs@acme.test")
			}
			// The first folder of PATH holds hcsync and nothing else.
			env.Setenv("BIN", filepath.SplitList(os.Getenv("PATH"))[0])
			acme, err := filepath.Abs("testdata/acme.json")
			env.Setenv("ACME", acme)
			if err != nil {
				return err
			}
			corpus, err := filepath.Abs("../../../shared/corpus")
			env.Setenv("CORPUS", corpus)
			if err != nil {
				return err
			}
			node, err := filepath.Abs("testdata/node/drive.mjs")
			env.Setenv("NODE_CLIENT", node)
			return err
		},
		Condition: func(cond string) (bool, error) {
			needs := map[string]string{
				"corpus":          "../../../shared/corpus/workspace/articles.json",
				"intercom-client": "testdata/node/node_modules/intercom-client",
			}
			file, ok := needs[cond]
			if !ok {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			_, err := os.Stat(file)
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"api": cmdAPI, "import": cmdImport, "teammate": cmdTeammate, "fault": cmdFault,
			"calls": cmdCalls, "repo": cmdRepo, "commit": cmdCommit, "replace": cmdReplace, "touched": cmdTouched, "same": cmdSame,
			"exits": cmdExits, "unwritten": cmdUnwritten, "write": cmdWrite, "json": cmdJSON,
			"acme": cmdAcme, "team": cmdTeam, "clone": cmdClone, "await": cmdAwait, "sent": cmdSent, "github": cmdGitHub,
		},
	}
}

// api [key=value]... starts a workspace with these switches, which stands for
// Intercom from here on.
func cmdAPI(ts *testscript.TestScript, _ bool, args []string) {
	var o sandbox.Options
	for _, kv := range args {
		ts.Check(o.Switches.Set(kv))
	}
	server, url := sandbox.NewTest(cleanup{ts}, o)
	ts.Setenv("INTERCOM_API_URL", url)
	ts.Setenv("INTERCOM_ACCESS_TOKEN", "not-a-secret")
	w := ts.Value(workspaceKey{}).(*workspace)
	w.server, w.url = server, url
}

// workspace is what stands for Intercom in a script.
type workspace struct {
	server *sandbox.Server
	url    string
	// state is what the state's refs were at the last commit.
	state string
	// github is set once the script works in a workflow there.
	github *githubtest.Server
}

// workspaceKey finds the script's workspace among its values.
type workspaceKey struct{}

func api(ts *testscript.TestScript) workspace {
	w := ts.Value(workspaceKey{}).(*workspace)
	if w.server == nil {
		ts.Fatalf("no workspace: use the command api first")
	}
	return *w
}

// cleanup lets a script stand in for a test.
type cleanup struct{ ts *testscript.TestScript }

func (c cleanup) Helper()           {}
func (c cleanup) Cleanup(f func())  { c.ts.Defer(f) }
func (c cleanup) Fatal(args ...any) { c.ts.Fatalf("%s", fmt.Sprint(args...)) }

// import FILE... fills the workspace with answers of the API.
func cmdImport(ts *testscript.TestScript, _ bool, args []string) {
	var readers []io.Reader
	for _, a := range args {
		readers = append(readers, strings.NewReader(ts.ReadFile(a)))
	}
	_, err := api(ts).server.Import(readers...)
	ts.Check(err)
}

// acme [key=value]... is how most scripts begin: a team that works with a small
// workspace, testdata/acme.json, and has committed its first pull.
func cmdAcme(ts *testscript.TestScript, _ bool, args []string) {
	cmdAPI(ts, false, args)
	cmdImport(ts, false, []string{ts.Getenv("ACME")})
	cmdRepo(ts, false, nil)
	firstPull(ts)
}

func firstPull(ts *testscript.TestScript) {
	ts.Check(ts.Exec("hcsync", "init", "--yes"))
	ts.Check(ts.Exec("hcsync", "pull"))
	cmdCommit(ts, false, []string{"first pull"})
}

// team [key=value]... is acme for several people: they share origin.git, and
// the script goes on in the clone of the one who made the first pull, ana.
func cmdTeam(ts *testscript.TestScript, _ bool, args []string) {
	cmdAPI(ts, false, args)
	cmdImport(ts, false, []string{ts.Getenv("ACME")})
	git(ts, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
	cmdClone(ts, false, []string{"ana"})
	firstPull(ts)
	git(ts, "push", "--quiet", "origin", "HEAD:main")
}

// clone NAME [OPTION]... makes another clone of origin.git, and goes there.
func cmdClone(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Chdir(ts.Getenv("WORK")))
	git(ts, append(append([]string{"clone", "--quiet"}, args[1:]...), "file://"+ts.MkAbs("origin.git"), args[0])...)
	ts.Check(ts.Chdir(args[0]))
}

// teammate PATH JSON does what somebody does in Intercom's own editor:
// "teammate articles/101/ui-edit {...}". A file in braces stands for the id in
// it: "articles/{content/help/install.md}/ui-delete", or for the one that the
// state of a second workspace keeps: "articles/{stag5678:help/install.md}/ui-edit".
func cmdTeammate(ts *testscript.TestScript, _ bool, args []string) {
	control(ts, args)
}

// fault JSON makes the next calls go wrong.
func cmdFault(ts *testscript.TestScript, _ bool, args []string) {
	control(ts, append([]string{"faults"}, args...))
}

var (
	braces = regexp.MustCompile(`\{[^}]*\}`)
	idLine = regexp.MustCompile(`(?m)^id: "([0-9]+)"$`)
)

func control(ts *testscript.TestScript, args []string) {
	if len(args) != 2 {
		ts.Fatalf("want a path and a JSON body")
	}
	args[0] = braces.ReplaceAllStringFunc(args[0], func(file string) string {
		if workspace, p, ok := strings.Cut(strings.Trim(file, "{}"), ":"); ok {
			return idThere(ts, workspace, p)
		}
		m := idLine.FindStringSubmatch(ts.ReadFile(strings.Trim(file, "{}")))
		if m == nil {
			ts.Fatalf("%s has no id", file)
		}
		return m[1]
	})
	method := http.MethodPost
	if strings.HasPrefix(args[0], "help_centers/") {
		method = http.MethodPatch
	}
	req, err := http.NewRequest(method, api(ts).url+"/_sandbox/"+args[0], strings.NewReader(args[1]))
	ts.Check(err)
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	answer, _ := io.ReadAll(res.Body)
	if res.StatusCode >= 300 {
		ts.Fatalf("%s: %s: %s", args[0], res.Status, answer)
	}
}

// idThere looks an id up in the state of a workspace.
func idThere(ts *testscript.TestScript, workspace, file string) string {
	cmd := exec.Command("git", "grep", "-lF", `"path": "`+file+`"`, "refs/hcsync/"+workspace)
	cmd.Dir = ts.MkAbs(".")
	out, err := cmd.Output()
	if parts := strings.Split(string(out), "/"); err == nil && len(parts) > 2 {
		return parts[len(parts)-2]
	}
	ts.Fatalf("the state of %s does not know %s", workspace, file)
	return ""
}

// calls FILE writes down what was written to the workspace since the last
// time, one request with its pretty-printed body after the other.
func cmdCalls(ts *testscript.TestScript, _ bool, args []string) {
	w := api(ts)
	var out bytes.Buffer
	for _, r := range w.server.Writes() {
		fmt.Fprintf(&out, "%s %s\n", r.Method, r.Path)
		if r.Body != "" {
			ts.Check(json.Indent(&out, []byte(r.Body), "", "  "))
			out.WriteString("\n")
		}
	}
	w.server.ForgetRequests()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o644))
}

// repo [DIR] makes a folder a git repository with everything in it committed.
func cmdRepo(ts *testscript.TestScript, _ bool, args []string) {
	git(ts, "init", "--quiet", "--initial-branch=main")
	cmdCommit(ts, false, []string{"begin"})
}

// commit MESSAGE commits everything.
func cmdCommit(ts *testscript.TestScript, _ bool, args []string) {
	git(ts, "add", "--all")
	git(ts, "commit", "--quiet", "--allow-empty", "--message", args[0])
	ts.Value(workspaceKey{}).(*workspace).state = stateRefs(ts)
}

func stateRefs(ts *testscript.TestScript) string {
	cmd := exec.Command("git", "for-each-ref", "refs/hcsync")
	cmd.Dir = ts.MkAbs(".")
	out, err := cmd.Output()
	ts.Check(err)
	return string(out)
}

// unwritten fails if anything was written since the last commit: a file, the
// state, or the workspace.
func cmdUnwritten(ts *testscript.TestScript, _ bool, _ []string) {
	if files := changed(ts, "."); len(files) > 0 {
		ts.Fatalf("changed: %q", files)
	}
	w := ts.Value(workspaceKey{}).(*workspace)
	if refs := stateRefs(ts); refs != w.state {
		ts.Fatalf("the state was %q and is %q", w.state, refs)
	}
	if w.server != nil && len(w.server.Writes()) > 0 {
		ts.Fatalf("written to the workspace: %v", w.server.Writes())
	}
}

// sent PATH waits until something was sent to a path of the API.
func cmdSent(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if slices.ContainsFunc(api(ts).server.Writes(), func(r sandbox.Request) bool { return r.Path == args[0] }) {
			return
		}
	}
	ts.Fatalf("nothing was sent to %s within a minute", args[0])
}

// await FILE [TEXT] waits until a program in the background has written a file,
// and the text into it.
func cmdAwait(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.Join(args[1:], " ")
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if data, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.Contains(string(data), text) {
			return
		}
	}
	ts.Fatalf("%s: not there after a minute: %s", args[0], text)
}

// exits CODE PROGRAM ARGS... runs a program that must end with this code.
func cmdExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	var failed *exec.ExitError
	err = ts.Exec(args[1], args[2:]...)
	if errors.As(err, &failed) {
		code, err = failed.ExitCode(), nil
	}
	ts.Check(err)
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// times is how write repeats a text: 1000*text.
var times = regexp.MustCompile(`^([0-9]+)\*`)

// write FILE TEXT... writes Go string literals without their quotes into a
// file, for bytes that a script cannot hold.
func cmdWrite(ts *testscript.TestScript, _ bool, args []string) {
	var out strings.Builder
	for _, a := range args[1:] {
		n := 1
		if m := times.FindStringSubmatch(a); m != nil {
			n, _ = strconv.Atoi(m[1])
			a = a[len(m[0]):]
		}
		text, err := strconv.Unquote(`"` + a + `"`)
		ts.Check(err)
		out.WriteString(strings.Repeat(text, n))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(out.String()), 0o644))
}

func git(ts *testscript.TestScript, args ...string) {
	ts.Check(ts.Exec("git", args...))
}

// replace FILE OLD NEW edits a file; OLD must occur.
func cmdReplace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	unquote := strings.NewReplacer(`\n`, "\n").Replace
	old := unquote(args[1])
	if !strings.Contains(text, old) {
		ts.Fatalf("%s: %q is not in it", args[0], old)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, old, unquote(args[2]), 1)), 0o644))
}

var day = regexp.MustCompile(`\(20\d\d-\d\d-\d\d`)

var marker = regexp.MustCompile(`(?m)^synced: .*$`)

// same FILE WANT compares like cmp, whatever state commit the file has seen and
// whatever day it is.
func cmdSame(ts *testscript.TestScript, _ bool, args []string) {
	got := marker.ReplaceAllString(ts.ReadFile(args[0]), "synced: STATE")
	got = day.ReplaceAllString(got, "(DAY")
	if *update {
		return
	}
	if want := ts.ReadFile(args[1]); got != want {
		ts.Fatalf("%s is\n%s\nand not\n%s", args[0], got, want)
	}
}

// touched [FILE...] fails unless exactly these files below content changed
// since the last commit.
func cmdTouched(ts *testscript.TestScript, _ bool, args []string) {
	got := changed(ts, "content")
	if strings.Join(got, " ") != strings.Join(args, " ") {
		ts.Fatalf("changed: %q\nwant: %q", got, args)
	}
}

// changed lists what differs from the last commit in a file or folder.
func changed(ts *testscript.TestScript, in string) []string {
	cmd := exec.Command("git", "status", "--porcelain", "--untracked-files=all", "--", in)
	cmd.Dir = ts.MkAbs(".")
	out, err := cmd.Output()
	ts.Check(err)
	var files []string
	for l := range strings.Lines(string(out)) {
		files = append(files, strings.Trim(strings.TrimSpace(l[3:]), `"`))
	}
	return files
}
