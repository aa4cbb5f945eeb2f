package action

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// metadata is action.yml, as far as composite actions go: GitHub's "Metadata
// syntax". A key that is not there is an error.
type metadata struct {
	Name, Description, Author string
	Branding                  struct{ Icon, Color string }
	Inputs                    map[string]struct {
		Description, Default string
		Required             bool
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []step
	}
}

type step struct {
	Name, ID, If, Shell, Run, Uses string
	WorkingDirectory               string `yaml:"working-directory"`
	ContinueOnError                bool   `yaml:"continue-on-error"`
	Env, With                      map[string]string
}

func readMetadata(t *testing.T) *metadata {
	t.Helper()
	raw, err := os.ReadFile("../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var m metadata
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return &m
}

var expressions = regexp.MustCompile(`\$\{\{\s*(.+?)\s*\}\}`)

// used lists the expressions of a step.
func (s step) used() []string {
	var out []string
	texts := []string{"${{ " + s.If + " }}", s.Run, s.Name, s.WorkingDirectory}
	for _, m := range []map[string]string{s.Env, s.With} {
		for _, v := range m {
			texts = append(texts, v)
		}
	}
	for _, text := range texts {
		for _, m := range expressions.FindAllStringSubmatch(text, -1) {
			out = append(out, m[1])
		}
	}
	return out
}

// TestMetadata holds action.yml against itself and against the scripts: what
// actionlint does for workflows and not for actions.
func TestMetadata(t *testing.T) {
	m := readMetadata(t)
	if m.Runs.Using != "composite" || m.Name == "" || m.Description == "" {
		t.Errorf("using %q, name %q, description %q", m.Runs.Using, m.Name, m.Description)
	}
	all := ""
	ids := map[string]bool{}
	for i, s := range m.Runs.Steps {
		for _, x := range s.used() {
			all += x + "\n"
			for _, of := range regexp.MustCompile(`steps\.([a-z]+)\.`).FindAllStringSubmatch(x, -1) {
				if !ids[of[1]] {
					t.Errorf("step %q uses step %q, which does not come before it", s.Name, of[1])
				}
			}
		}
		if (s.Run == "") == (s.Uses == "") || s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %d: run %q, uses %q, shell %q", i, s.Run, s.Uses, s.Shell)
		}
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %q puts an expression into a script: whoever sets it can run commands", s.Name)
		}
		ids[s.ID] = true
	}
	for name, in := range m.Inputs {
		if in.Description == "" || !strings.Contains(all, "inputs."+name) {
			t.Errorf("input %s: description %q, or no step uses it", name, in.Description)
		}
	}
	for _, x := range regexp.MustCompile(`inputs\.([a-z-]+)`).FindAllStringSubmatch(all, -1) {
		if _, ok := m.Inputs[x[1]]; !ok {
			t.Errorf("a step uses inputs.%s, which is not declared", x[1])
		}
	}
	for name, out := range m.Outputs {
		if x := expressions.FindStringSubmatch(out.Value); out.Description == "" || x == nil || x[1] != "steps.run.outputs."+name {
			t.Errorf("output %s: description %q, value %q", name, out.Description, out.Value)
		}
	}
}

// TestPins looks at every action that anything here uses: GitHub's own, by
// commit, or hcsync's.
func TestPins(t *testing.T) {
	files := []string{"../action.yml"}
	for _, pattern := range []string{"../examples/workflows/*.yml", "../.github/workflows/*.yml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.*)$`)
	pinned := regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40} # v[0-9.]+$|^hcsync/hcsync@v1$|^\./$`)
	versions := map[string][]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range uses.FindAllStringSubmatch(string(raw), -1) {
			if !pinned.MatchString(m[1]) {
				t.Errorf("%s: %s", file, m[1])
			}
			name, at, _ := strings.Cut(m[1], "@")
			if !slices.Contains(versions[name], at) {
				versions[name] = append(versions[name], at)
			}
		}
	}
	for name, list := range versions {
		if len(list) > 1 {
			t.Errorf("%s is pinned to %q", name, list)
		}
	}
	for _, name := range []string{"actions/checkout", "actions/setup-go", "actions/upload-artifact", "hcsync/hcsync"} {
		if versions[name] == nil {
			t.Errorf("%s is found nowhere", name)
		}
	}
}

// TestWorkflows holds the ready workflows to their promises: least permissions,
// and a push that nothing cancels.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../examples/workflows/*.yml")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	type group struct {
		Group  string
		Cancel any `yaml:"cancel-in-progress"`
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w struct {
			On          yaml.Node
			Permissions map[string]string
			Concurrency *group
			Jobs        map[string]struct {
				Concurrency *group
				Timeout     int `yaml:"timeout-minutes"`
				Steps       []step
			}
		}
		if err := yaml.Unmarshal(raw, &w); err != nil {
			t.Fatal(err)
		}
		if len(w.Permissions) == 0 || strings.Contains(string(raw), "pull_request_target") {
			t.Errorf("%s: permissions %v, or secrets for foreign code", file, w.Permissions)
		}
		for name, job := range w.Jobs {
			g := job.Concurrency
			if g == nil {
				g = w.Concurrency
			}
			if g == nil || job.Timeout == 0 {
				t.Fatalf("%s: job %s has no concurrency or no timeout", file, name)
			}
			for _, s := range job.Steps {
				writes := s.With["command"] == "push" || s.With["command"] == "pull"
				if writes && (g.Cancel != false || w.Permissions["contents"] != "write") {
					t.Errorf("%s: job %s writes, with %+v and %v", file, name, g, w.Permissions)
				}
				if s.With["command"] == "plan" && w.Permissions["contents"] != "read" {
					t.Errorf("%s: job %s may write", file, name)
				}
				if strings.HasPrefix(s.Uses, "actions/checkout") && s.With["fetch-depth"] != "0" {
					t.Errorf("%s: job %s has no history", file, name)
				}
			}
		}
	}
}
