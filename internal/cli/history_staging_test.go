package cli_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/sandbox"
)

// staging is a second workspace for the same files. Nobody works there, or what
// they do there is overwritten (authority: git): so it owes nothing to anybody
// but the files.
type staging struct {
	server *sandbox.Server
	url    string
	// gits says that git has the last word, so teammates may edit.
	gits bool
}

const stagingWorkspace = `
{"type": "admin", "id": "5", "name": "Ada", "email": "ada@acme.test", "app": {"type": "app", "id_code": "stag5678", "name": "Acme Staging", "region": "US"}}
{"type":"list","data":[{"id":"51","identifier":"help-staging","display_name":"Acme Staging","url":"https://staging.acme.test","website_turned_on":true,"workspace_id":"stag5678","default":true,"locales":["en","fr"],"default_locale":"en"}]}`

// stagingConfig is what hcsync.yaml says of it.
func stagingConfig(gits bool) string {
	authority := map[bool]string{true: ", authority: git"}[gits]
	return "targets:\n  staging: {workspace: stag5678, region: us, token_env: STAGING_TOKEN, help_centers: {help: help-staging}" + authority + "}\n"
}

func newStaging(t *testing.T, gits bool) *staging {
	server, url := sandbox.NewTest(t, sandbox.Options{Switches: sandbox.Switches{RateLimit: "9999/1s"}})
	if _, err := server.Import(strings.NewReader(stagingWorkspace)); err != nil {
		t.Fatal(err)
	}
	return &staging{server, url, gits}
}

// staged runs a command against staging. The first workspace must not notice,
// nor the files, nor may staging get anything twice.
func (w *world) staged(args ...string) (int, string, error) {
	before := w.last
	code, out := w.hcsync(w.t.Context(), append(args, "-t", "staging")...)
	after, err := w.now()
	if err != nil {
		return code, out, err
	}
	there, err := sideOf(w.staging.server)
	if err != nil {
		return code, out, err
	}
	seen := map[string]bool{}
	for _, birth := range there.births {
		if seen[birth] {
			err = fmt.Errorf("doubled: %s is in staging twice", birth)
		}
		seen[birth] = true
	}
	if !maps.Equal(before.live.slots, after.live.slots) || !maps.Equal(before.live.places, after.live.places) {
		err = fmt.Errorf("leaked: the first workspace is not as it was")
	}
	if !maps.Equal(before.here.slots, after.here.slots) || !maps.Equal(before.here.places, after.here.places) {
		err = fmt.Errorf("leaked: the files are not as they were")
	}
	for word := range there.tokens {
		if !w.all[word] && !strings.HasPrefix(word, "tok7") {
			err = fmt.Errorf("risen: %s is in staging and was in no file", word)
		}
	}
	if err != nil {
		err = fmt.Errorf("%w\nby hcsync %s -t staging, exit %d:\n%s", err, strings.Join(args, " "), code, out)
	}
	return code, out, err
}

// pushStaging brings the files to staging.
func (w *world) pushStaging(s step) error {
	if w.staging == nil {
		return nil
	}
	if err := w.commitAll(); err != nil {
		return err
	}
	args := []string{"push", "--yes", "--partial"}
	if s.a%3 == 0 {
		args = append(args, "--prune")
	}
	_, out, err := w.staged(args...)
	if m := allowed.FindStringSubmatch(out); err == nil && m != nil {
		_, _, err = w.staged(append(args, "--allow", m[1])...)
	}
	return err
}

// readStaging plans, or pulls from where nobody edits.
func (w *world) readStaging(s step) error {
	if w.staging == nil {
		return nil
	}
	args := []string{"pull"}
	if s.a%2 == 0 || w.staging.gits {
		args = []string{"plan"}
	}
	_, _, err := w.staged(args...)
	return err
}

// editStaging has somebody try something there.
func (w *world) editStaging(s step) error {
	if w.staging == nil || !w.staging.gits {
		return nil
	}
	articles, _, err := exported(w.staging.server)
	if err != nil || len(articles) == 0 {
		return err
	}
	births := keysOf(articles)
	o := articles[births[s.pick(len(births))]]
	title := "Tried tok7" + s.token()[3:]
	w.tell("in staging: %s: title %s", o.ID, title)
	return w.staging.server.UIEdit(o.ID, sandbox.UIEdit{Title: &title})
}

// settleStaging brings staging to where the files are, and then nothing is left
// to do.
func (w *world) settleStaging(s step) error {
	if w.staging == nil {
		return nil
	}
	for range 2 { // what waits for another object goes with the second
		if err := w.pushStaging(step{a: 0}); err != nil {
			return err
		}
	}
	code, out, err := w.staged("plan", "--detailed-exitcode", "--prune")
	if err == nil && code == 3 { // what was edited there and is removed here
		_, _, err = w.staged("pull", "--ours")
		if err = errors.Join(err, w.pushStaging(step{a: 0})); err == nil {
			code, out, err = w.staged("plan", "--detailed-exitcode", "--prune")
		}
	}
	if err != nil {
		return err
	}
	there, err := sideOf(w.staging.server)
	if err != nil {
		return err
	}
	if code != 0 {
		return fmt.Errorf("unsettled: staging does not come to where the files are\n%s", out)
	}
	for _, word := range slices.Sorted(maps.Keys(w.last.here.tokens)) {
		if !there.tokens[word] {
			return fmt.Errorf("dropped: %s is in the files and not in staging", word)
		}
	}
	return nil
}
