package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/sandbox"
)

// team is a repository that has committed its first pull, to be copied; or two
// clones of one, side by side with their remote. config is added to hcsync.yaml.
func team(t *testing.T, clones bool, config string) string {
	t.Helper()
	root := t.TempDir()
	w := &world{t: t, dir: filepath.Join(root, "ana")}
	w.server, w.url = emulated(t)
	must := func(args ...string) {
		t.Helper()
		if _, err := w.git(args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	must("init", "--quiet", "--template=", "--initial-branch=main")
	configure := func(repository string) {
		for _, c := range []string{"user.name=Docs", "user.email=docs@acme.test", "gc.auto=0", "maintenance.auto=false", "receive.autogc=false", "core.fsync=none"} {
			key, value, _ := strings.Cut(c, "=")
			must("-C", repository, "config", key, value)
		}
	}
	configure(".")
	if clones {
		must("init", "--quiet", "--template=", "--bare", "--initial-branch=main", "../origin.git")
		configure("../origin.git")
		must("remote", "add", "origin", "../origin.git")
	}
	for _, args := range [][]string{{"init", "--yes"}, {"pull"}} {
		if code, out := w.hcsync(t.Context(), args...); code != 0 {
			t.Fatal(out)
		}
	}
	file := filepath.Join(w.dir, "hcsync.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(string(text)+"image_base_url: https://images.acme.test/{commit}/\n"+config), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.commit("first pull"); err != nil {
		t.Fatal(err)
	}
	if clones {
		must("push", "--quiet", "--set-upstream", "origin", "main")
		must("clone", "--quiet", "--template=", "../origin.git", "../ben")
		w.dir = filepath.Join(root, "ben")
		configure(".")
		must("remote", "set-url", "origin", "../origin.git")
	}
	return root
}

func emulated(t *testing.T) (*sandbox.Server, string) {
	t.Helper()
	server, url := sandbox.NewTest(t, sandbox.Options{Switches: sandbox.Switches{RateLimit: "9999/1s"}})
	if _, err := server.Import(strings.NewReader(historyWorkspace)); err != nil {
		t.Fatal(err)
	}
	return server, url
}

// newWorld begins with a copy of the team's repository, and its workspace.
func newWorld(t *testing.T, template string) (*world, error) {
	root := t.TempDir()
	w := &world{t: t, dir: filepath.Join(root, "ana"), branch: "main", ledger: newLedger()}
	if err := os.CopyFS(root, os.DirFS(template)); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, "ben")); err == nil {
		w.mate = filepath.Join(root, "ben")
	}
	w.server, w.url = emulated(t)
	config, err := os.ReadFile(filepath.Join(w.dir, "hcsync.yaml"))
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(config), "staging") {
		w.staging = newStaging(t, strings.Contains(string(config), "authority"))
	}
	here, err := w.here()
	if err != nil {
		return nil, err
	}
	w.away["origin"] = here
	return w, w.begin()
}

// historyWorkspace is where every history begins.
const historyWorkspace = `
{"type":"list","data":[{"id":"41","identifier":"help","display_name":"Acme Help","url":"https://help.acme.test","website_turned_on":true,"workspace_id":"acme1234","default":true,"locales":["en","fr"],"default_locale":"en"}]}
{"type":"list","data":[
 {"id":"301","type":"collection","name":"Billing tok9001","description":"Money tok9002 birth301","help_center_id":41,"parent_id":null,"default_locale":"en","translated_content":{"type":"group_translated_content","fr":{"type":"group_content","name":"Facturation tok9003","description":""}}},
 {"id":"302","type":"collection","name":"Setup tok9004","description":"birth302","help_center_id":41,"parent_id":null,"default_locale":"en","translated_content":{"type":"group_translated_content"}}]}
{"type":"list","data":[
 {"id":"1001","type":"article","parent_ids":[301],"title":"Invoices tok9005","description":"Where they are tok9006","body":"<p class=\"no-margin\">You get an <b>invoice</b> tok9007.</p><p class=\"no-margin\">birth1</p><p class=\"no-margin\">Every month tok9008.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000100,"url":"https://help.acme.test/en/articles/1001-invoices","default_locale":"en",
  "translated_content":{"type":"article_translated_content","fr":{"type":"article_content","title":"Factures tok9009","description":"","body":"<p class=\"no-margin\">Une facture tok9010.</p><p class=\"no-margin\">Chaque mois tok9011.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000100,"url":null}}},
 {"id":"1002","type":"article","parent_ids":[301],"title":"Refunds tok9012","description":"","body":"<p class=\"no-margin\">Ask us tok9013.</p><p class=\"no-margin\">birth2</p><p class=\"no-margin\">Or wait tok9014.</p>","author_id":77,"state":"draft","created_at":1700000000,"updated_at":1700000000,"url":null,"default_locale":"en","translated_content":{"type":"article_translated_content"}},
 {"id":"1003","type":"article","parent_ids":[302],"title":"Install tok9015","description":"","body":"<p class=\"no-margin\">Run it tok9016.</p><p class=\"no-margin\">birth3</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000003,"url":"https://help.acme.test/en/articles/1003-install","default_locale":"en","translated_content":{"type":"article_translated_content"}}]}`
