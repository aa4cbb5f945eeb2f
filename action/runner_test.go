package action

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// runner is a machine of GitHub's with a checkout, on which one job runs.
type runner struct {
	w              *world
	dir, home, tmp string
	// env is what a step finds besides what action.yml gives it.
	env map[string]string
	// ref is what the action was asked for with: uses: hcsync/hcsync@ref.
	ref string
	// started is told of the process of a step.
	started func(*os.Process)
}

// result is what the action left behind.
type result struct {
	t                    *testing.T
	failed               bool
	log, summary         string
	outputs              map[string]string
	artifacts, installed []string
}

// use runs the action with these inputs, as `with:` gives them.
func (r *runner) use(t *testing.T, with map[string]string) result {
	t.Helper()
	m := readMetadata(t)
	c := &composite{t: t, r: r, values: map[string]string{"github.action_path": r.action(t), "github.token": "ghs_secret"}, declared: map[string]bool{}}
	for name, in := range m.Inputs {
		c.values["inputs."+name] = c.fill(in.Default)
	}
	for name, value := range with {
		if _, ok := m.Inputs[name]; !ok {
			t.Fatalf("the action has no input %q", name)
		}
		c.values["inputs."+name] = value
	}
	for _, s := range m.Runs.Steps {
		c.step(s)
	}
	c.result.t, c.result.log, c.result.outputs = t, c.log.String(), map[string]string{}
	for name, out := range m.Outputs {
		c.result.outputs[name] = c.fill(out.Value)
	}
	if raw, err := os.ReadFile(r.file("summary")); err == nil {
		c.result.summary = string(raw)
	}
	return c.result
}

// action gives the folder that the runner puts the action into.
func (r *runner) action(t *testing.T) string {
	t.Helper()
	source, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(r.home, "_actions", "hcsync", "hcsync", r.ref)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(source, at); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return at
}

func (r *runner) file(name string) string { return filepath.Join(r.tmp, "_"+name) }

// composite is a run of the action.
type composite struct {
	t        *testing.T
	r        *runner
	values   map[string]string
	declared map[string]bool // ids of the steps so far
	log      bytes.Buffer
	result   result
}

// fill replaces the expressions in a text.
func (c *composite) fill(text string) string {
	return expressions.ReplaceAllStringFunc(text, func(s string) string { return c.value(expressions.FindStringSubmatch(s)[1]) })
}

// value looks a context up, or gives a literal. What does not exist is the
// test's failure; a step that did not write an output gives an empty text.
func (c *composite) value(x string) string {
	if s, ok := strings.CutPrefix(x, "'"); ok {
		return strings.TrimSuffix(s, "'")
	}
	v, ok := c.values[x]
	if parts := strings.Split(x, "."); !ok && !(len(parts) == 4 && parts[0] == "steps" && c.declared[parts[1]]) {
		c.t.Fatalf("action.yml uses ${{ %s }}, which the test does not know", x)
	}
	return v
}

// wanted evaluates an `if:`. Without a status function it stands for success.
func (c *composite) wanted(condition string) bool {
	ok := !c.result.failed || strings.Contains(condition, "always()")
	for part := range strings.SplitSeq(condition, "&&") {
		part = strings.TrimSpace(part)
		if left, right, is := strings.Cut(part, " == "); is {
			ok = ok && c.value(left) == c.value(right)
		} else if left, right, is := strings.Cut(part, " != "); is {
			ok = ok && c.value(left) != c.value(right)
		} else if part != "" && part != "always()" {
			c.t.Fatalf("if: %s: the test cannot evaluate it", condition)
		}
	}
	return ok
}

func (c *composite) step(s step) {
	c.t.Helper()
	defer func() { c.declared[s.ID] = true }()
	if !c.wanted(s.If) {
		return
	}
	switch name, _, _ := strings.Cut(s.Uses, "@"); name {
	case "":
		c.run(s)
	case "actions/setup-go":
		if _, err := os.Stat(c.fill(s.With["go-version-file"])); err != nil {
			c.t.Error(err)
		}
		c.result.installed = append(c.result.installed, "go")
	case "actions/upload-artifact":
		files, err := filepath.Glob(c.fill(s.With["path"]) + "/*")
		if err != nil || len(files) == 0 {
			c.t.Errorf("upload-artifact: nothing at %s: %v", c.fill(s.With["path"]), err)
		}
		c.result.artifacts = append(c.result.artifacts, c.fill(s.With["name"]))
	default:
		c.t.Fatalf("the test has no stand-in for %s", s.Uses)
	}
}

// run runs the script of a step as GitHub's documentation says for `shell: bash`.
func (c *composite) run(s step) {
	c.t.Helper()
	script := c.r.file("script")
	output := c.r.file("output-" + s.ID)
	for file, text := range map[string]string{script: c.fill(s.Run), output: ""} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			c.t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.r.dir, &c.log, &c.log
	env := c.r.environment()
	env["GITHUB_OUTPUT"] = output
	for name, value := range s.Env {
		env[name] = c.fill(value)
	}
	if _, ok := env["HCSYNC_RELEASES"]; ok {
		env["HCSYNC_RELEASES"] = c.r.w.releases
	}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	if c.r.started != nil && s.ID == "run" {
		c.r.started(cmd.Process)
	}
	err := cmd.Wait()
	c.result.failed = c.result.failed || err != nil
	c.outputs(s.ID, output)
}

// outputs reads what a step wrote to $GITHUB_OUTPUT: name=value, or name<<END,
// lines, END. Anything else fails a step.
func (c *composite) outputs(id, file string) {
	c.t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	for i := 0; i < len(lines) && len(raw) > 0; i++ {
		name, value, plain := strings.Cut(lines[i], "=")
		if of, end, long := strings.Cut(lines[i], "<<"); long && (!plain || len(of) < len(name)) {
			var body []string
			for i++; i < len(lines) && lines[i] != end; i++ {
				body = append(body, lines[i])
			}
			name, value, plain = of, strings.Join(body, "\n"), true
		}
		if !plain || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			c.t.Errorf("step %s: $GITHUB_OUTPUT has the line %q", id, lines[i])
		}
		c.values["steps."+id+".outputs."+name] = value
	}
}

// environment is what GitHub's documentation lists, and what the test says.
func (r *runner) environment() map[string]string {
	env := map[string]string{
		"PATH": r.w.path, "HOME": r.home, "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
		"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/docs", "GITHUB_RUN_ID": "12", "GITHUB_WORKSPACE": r.dir,
		"GITHUB_SERVER_URL": "https://github.test", "GITHUB_API_URL": r.w.github.URL, "GITHUB_STEP_SUMMARY": r.file("summary"),
		"RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "RUNNER_TEMP": r.tmp,
		machineEnv: filepath.Base(r.home), timesEnv: `{"UnderWay": 100000000, "Patience": 2000000000, "Poll": 50000000, "Every": 500000000}`,
	}
	for name, value := range r.env {
		env[name] = value
	}
	return env
}

// ends fails unless the action ended with this code, in its output as well.
func (res result) ends(code int, says ...string) result {
	res.t.Helper()
	if res.failed != (code != 0) || res.outputs["exit-code"] != fmt.Sprint(code) {
		res.t.Fatalf("failed: %t, exit code %q, want %d\n%s", res.failed, res.outputs["exit-code"], code, res.log)
	}
	return res.says(says...)
}

// says fails unless the log has these texts.
func (res result) says(texts ...string) result {
	res.t.Helper()
	for _, text := range texts {
		if !strings.Contains(res.log, text) {
			res.t.Errorf("the log does not say %q\n%s", text, res.log)
		}
	}
	return res
}

// gives fails unless an output has this value.
func (res result) gives(name, want string) result {
	res.t.Helper()
	if got := res.outputs[name]; got != want {
		res.t.Errorf("output %s is %q, want %q\n%s", name, got, want, res.log)
	}
	return res
}
