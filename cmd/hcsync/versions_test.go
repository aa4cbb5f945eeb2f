package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestVersions runs a team's first day in every version of the API, and what
// came after it wherever something changed. The conditions of the second script
// say what.
func TestVersions(t *testing.T) {
	for _, version := range []string{"2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16", "Preview", "Unstable"} {
		t.Run(version, func(t *testing.T) {
			p := params()
			p.Files = []string{"testdata/script/first_day.txtar"}
			if slices.Contains([]string{"2.9", "2.10", "2.15", "2.16", "Unstable"}, version) {
				p.Files = append(p.Files, "testdata/version/second_day.txtar")
			}
			setup, condition := p.Setup, p.Condition
			p.Setup = func(env *testscript.Env) error {
				if err := setup(env); err != nil {
					return err
				}
				// `hcsync init` completes what is there.
				return os.WriteFile(filepath.Join(env.WorkDir, "hcsync.yaml"), []byte("version: 1\napi_version: \""+version+"\"\n"), 0o600)
			}
			p.Condition = func(cond string) (bool, error) {
				preview := version == "Preview" || version == "Unstable"
				switch cond {
				case "2.9":
					return version == "2.9", nil
				case "shows-drafts":
					return preview || version == "2.16", nil
				case "preview":
					return preview, nil
				}
				return condition(cond)
			}
			testscript.Run(t, p)
		})
	}
}
