package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hcsync/hcsync/internal/github/githubtest"
)

// github starts a stand-in for GitHub, and makes what follows a step of a
// workflow there: "github pull 7" in a pull request, "github fork 7" in one from
// a fork, "github push" on a push. "github comments FILE" and "github pulls
// FILE" write down what is there, "github end 1" closes or merges pull request 1.
func cmdGitHub(ts *testscript.TestScript, _ bool, args []string) {
	w := ts.Value(workspaceKey{}).(*workspace)
	switch args[0] {
	case "comments":
		var out strings.Builder
		for _, c := range w.github.Comments() {
			fmt.Fprintf(&out, "== %s on %d\n%s\n", c.User.Login, c.Number, c.Body)
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out.String()), 0o644))
		return
	case "pulls":
		var out strings.Builder
		for _, p := range w.github.Pulls() {
			fmt.Fprintf(&out, "== %s into %s, %s: %s\n%s\n", p.Head, p.Base, p.State, p.Title, p.Body)
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out.String()), 0o644))
		return
	case "end":
		number, err := strconv.Atoi(args[1])
		ts.Check(err)
		w.github.EndPull(number)
		return
	}
	if w.github == nil {
		w.github = githubtest.Start("ghs_secret")
		ts.Defer(w.github.Close)
	}
	w.github.ReadOnly = args[0] == "fork"
	event, source := `{"ref": "refs/heads/main"}`, map[string]string{"pull": "acme/docs", "fork": "mallory/docs"}[args[0]]
	if source != "" {
		event = fmt.Sprintf(`{"pull_request": {"number": %s, "head": {"sha": "1111111111111111111111111111111111111111", "repo": {"full_name": %q}}, "base": {"repo": {"full_name": "acme/docs"}}}}`, args[1], source)
	}
	ts.Check(os.WriteFile(ts.MkAbs("../event.json"), []byte(event), 0o644))
	for name, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": "ghs_secret", "GITHUB_API_URL": w.github.URL, "GITHUB_SERVER_URL": "https://github.test",
		"GITHUB_REPOSITORY": "acme/docs", "GITHUB_RUN_ID": "12", "GITHUB_EVENT_PATH": ts.MkAbs("../event.json"),
		"GITHUB_OUTPUT": ts.MkAbs("../output"), "GITHUB_STEP_SUMMARY": ts.MkAbs("../summary.md"),
	} {
		ts.Setenv(name, value)
	}
}
