package action

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/sandbox"
)

// newArticle is a file that nothing in Intercom stands for yet.
const newArticle = "---\ntitle: Receipts\nstate: published\n---\n\nYou find them in your account.\n"

// TestPullRequest follows an edit and a new article from the pull request into
// Intercom.
func TestPullRequest(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/invoices.md", "You get an invoice.", "You get an invoice by e-mail.")
	w.edit(t, "billing/receipts.md", "", newArticle)
	w.propose(t, 7)
	res := w.onPull(t, 7, "acme/docs").use(t, w.with("plan")).ends(0, "The plan is on the pull request")
	res.gives("changes", "2").gives("conflicts", "0").gives("drift", "0")
	if len(res.artifacts) != 1 || res.artifacts[0] != "hcsync-plan-intercom" || filepath.Base(res.outputs["plan-file"]) != "plan.json" || !strings.Contains(res.outputs["summary"], "1 to create, 1 to update") {
		t.Errorf("artifacts %q, outputs %q", res.artifacts, res.outputs)
	}
	if c := w.github.Comments(); len(c) != 1 || c[0].Number != 7 || !strings.Contains(c[0].Body, "<ins>by e-mail</ins>") && !strings.Contains(c[0].Body, "<ins> by e-mail</ins>") {
		t.Errorf("comments: %+v", c)
	}
	if !strings.Contains(res.summary, "1 to create, 1 to update") || len(w.server.Writes()) > 0 {
		t.Errorf("summary: %s\nwrites: %v", res.summary, w.server.Writes())
	}
	w.accept(t, 7)
	main := w.git(t, w.origin, "rev-parse", "main")
	w.onMain(t).use(t, w.with("push")).ends(0, "1 created", "1 updated").gives("changes", "2")
	if n := count(w.titles(t), "Receipts"); n != 1 {
		t.Errorf("%d articles", n)
	}
	refs := w.git(t, w.origin, "for-each-ref", "--format=%(refname)")
	if now := w.git(t, w.origin, "rev-parse", "main"); now != main || strings.Count(refs, "refs/heads/") != 2 {
		t.Errorf("main was %s and is %s; refs:\n%s", main, now, refs)
	}
	w.server.ForgetRequests()
	w.onMain(t).use(t, w.with("push")).ends(0).gives("changes", "0")
	if len(w.server.Writes()) > 0 {
		t.Errorf("pushed again: %v", w.server.Writes())
	}
	w.quiet(t)
}

func count(list []string, s string) int {
	n := 0
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

// TestConflict has a teammate edit the sentence that a pull request edits.
func TestConflict(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/invoices.md", "You get an invoice.", "You get one invoice.")
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	w.teammate(t, "1001", `{"body": "<p>You get two invoices.</p>"}`)
	w.propose(t, 7)
	res := w.onPull(t, 7, "acme/docs").use(t, w.with("plan")).ends(3, "::error file=content/help/billing/invoices.md").gives("conflicts", "1")
	if c := w.github.Comments(); len(c) != 1 || !strings.Contains(c[0].Body, "1 in conflict") {
		t.Errorf("comments: %+v", c)
	}
	if len(res.artifacts) != 1 {
		t.Errorf("artifacts: %q", res.artifacts)
	}
	// Merged all the same: what has no conflict is sent.
	w.accept(t, 7)
	w.onMain(t).use(t, w.with("push")).ends(3, "1 updated").gives("conflicts", "1")
	if sent := w.server.Writes(); len(sent) != 1 || sent[0].Path != "/articles/1003" {
		t.Errorf("sent: %v", sent)
	}
	w.hc(t, "pull", "--ours")
	w.merge(t, "ours")
	w.onMain(t).use(t, w.with("push")).ends(0)
	w.quiet(t)
}

// TestMovedMain runs the push of a merge when that of a later one has ended.
func TestMovedMain(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	older := w.merge(t, "first")
	w.edit(t, "billing/refunds.md", "Ask us today.", "Ask us any day.")
	w.merge(t, "second")
	w.onMain(t).use(t, w.with("push")).ends(0, "1 updated")
	w.server.ForgetRequests()
	w.onPush(t, older).use(t, w.with("push")).says("Behind")
	if sent := w.server.Writes(); len(sent) > 0 {
		t.Errorf("the older checkout sent %v", sent)
	}
	w.quiet(t)
}

// TestShallow pushes from a checkout that has one commit.
func TestShallow(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	w.merge(t, "first")
	w.shallow(t).use(t, w.with("push")).ends(0, "1 updated")
	w.edit(t, "billing/refunds.md", "Ask us today.", "Ask us any day.")
	w.edit(t, "billing/receipts.md", "", newArticle)
	w.merge(t, "second")
	w.shallow(t).use(t, w.with("push")).ends(0, "1 created", "1 updated")
	w.quiet(t)
}

// TestFailedPush has Intercom refuse in the middle, and the job run again.
func TestFailedPush(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/invoices.md", "You get an invoice.", "You get one invoice.")
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	w.edit(t, "billing/receipts.md", "", newArticle)
	w.merge(t, "three")
	if err := w.server.AddFault(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 400, Code: "parameter_invalid", Message: "no", Method: "PUT", Path: "/articles/1001", Times: 1}); err != nil {
		t.Fatal(err)
	}
	res := w.onMain(t).use(t, w.with("push"))
	res.ends(7, "1 of 3 changes not done", "::error")
	if !strings.Contains(res.summary, "What was done") {
		t.Errorf("summary: %s", res.summary)
	}
	w.onMain(t).use(t, w.with("push")).ends(0, "1 updated")
	if n := count(w.titles(t), "Receipts"); n != 1 {
		t.Errorf("%d articles", n)
	}
	w.quiet(t)
}

// TestStateRefused has the server take no state: then nothing may be sent.
func TestStateRefused(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/receipts.md", "", newArticle)
	w.merge(t, "one")
	refuse := filepath.Join(w.origin, "refuse-state")
	if err := os.WriteFile(refuse, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.onMain(t).use(t, w.with("push")).ends(1, "nothing was sent")
	if sent := w.server.Writes(); len(sent) > 0 {
		t.Errorf("sent: %v", sent)
	}
	if err := os.Remove(refuse); err != nil {
		t.Fatal(err)
	}
	w.onMain(t).use(t, w.with("push")).ends(0, "1 created")
	w.quiet(t)
}

// TestTwoMerges has two machines push at once, as they do where a workflow has
// no concurrency group: one waits for the other, whichever begins.
func TestTwoMerges(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	w.edit(t, "billing/receipts.md", "", newArticle)
	older := w.merge(t, "first")
	w.edit(t, "billing/invoices.md", "You get an invoice.", "You get one invoice.")
	newer := w.merge(t, "second")
	if err := w.server.AddFault(sandbox.Fault{Kind: sandbox.FaultLatency, Delay: "100ms", Method: "write"}); err != nil {
		t.Fatal(err)
	}
	results := make(chan result)
	for _, commit := range []string{older, newer} {
		r := w.onPush(t, commit)
		go func() { results <- r.use(t, w.with("push")) }()
	}
	for range 2 {
		res := <-results
		if code := res.outputs["exit-code"]; code != "0" && code != "1" {
			t.Errorf("exit code %s\n%s", code, res.log)
		}
	}
	w.server.ClearFaults()
	w.onMain(t).use(t, w.with("push")).ends(0)
	if n := count(w.titles(t), "Receipts"); n != 1 {
		t.Errorf("%d articles", n)
	}
	w.quiet(t)
}

// TestLintAndStatus runs the commands that only look. Lint needs no token.
func TestLintAndStatus(t *testing.T) {
	w := newWorld(t)
	w.onMain(t).use(t, map[string]string{"command": "lint"}).ends(0)
	w.edit(t, "billing/refunds.md", "Ask us.", "See [there](nowhere.md).")
	w.merge(t, "a broken link")
	w.onMain(t).use(t, map[string]string{"command": "lint"}).ends(4, "::error file=content/help/billing/refunds.md,line=")
	w.teammate(t, "1001", `{"title": "Invoices and receipts"}`)
	w.onMain(t).use(t, w.with("status")).gives("drift", "1")
	w.edit(t, "billing/refunds.md", "See [there](nowhere.md).", "Ask us.")
	w.merge(t, "mended")
	w.onMain(t).use(t, w.with("status", "args", "--fail-on-drift")).ends(3)
	w.onMain(t).use(t, map[string]string{"command": "status", "api-url": w.api}).ends(5)
	w.hc(t, "pull")
	w.merge(t, "pulled")
	w.quiet(t)
}

// TestInert gives every input what would run, end or inject something if it
// were ever read as a script, a pattern, a workflow command or an output.
func TestInert(t *testing.T) {
	w := newWorld(t)
	ran := filepath.Join(w.root, "ran")
	hostile := []string{
		"$(touch RAN) `touch RAN` ; touch RAN # | touch RAN && touch RAN \"; touch RAN; \" '; touch RAN; ' ${HCSYNC_TOKEN}",
		"x\ntouch RAN\n::error::injected\r\n::set-output name=changes::9\nchanges=9\nchanges<<E\n9\nE",
		"%0A::error::injected", "*", "-", "../../..",
	}
	injected := regexp.MustCompile(`(?m)(^|\r)\s*::(error::injected|set-output)`)
	r := w.onMain(t)
	for name := range readMetadata(t).Inputs {
		for _, value := range hostile {
			if name == "token" && strings.ContainsAny(value, "\r\n") {
				continue // no header can hold it
			}
			res := r.use(t, w.with("plan", "comment", "false", name, strings.ReplaceAll(value, "RAN", ran)))
			if injected.MatchString(res.log) || res.outputs["changes"] == "9" {
				t.Errorf("%s: %q is read as a command:\n%s", name, value, res.log)
			}
			if _, err := os.Stat(ran); err == nil {
				t.Fatalf("%s: %q was run", name, value)
			}
		}
	}
	if sent := w.server.Writes(); len(sent) > 0 {
		t.Errorf("sent: %v", sent)
	}
	w.quiet(t)
}

// TestTargetToken gives a target its token in the variable that hcsync.yaml
// names, and no other.
func TestTargetToken(t *testing.T) {
	w := newWorld(t)
	_, api := sandbox.NewTest(t, sandbox.Options{Tokens: []string{"staging-token"}})
	at := filepath.Join(w.ana(), "hcsync.yaml")
	raw, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw) + "targets:\n  staging: {workspace: sandbox, region: us, token_env: STAGING_TOKEN, authority: git}\n"
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	w.merge(t, "staging")
	res := w.onMain(t).use(t, map[string]string{"command": "status", "target": "staging", "token": "staging-token", "api-url": api})
	if slices.Contains([]string{"5", ""}, res.outputs["exit-code"]) {
		t.Errorf("the token did not arrive: %s", res.log)
	}
	if strings.Contains(res.log, "staging-token") {
		t.Errorf("the log shows the token: %s", res.log)
	}
	w.onMain(t).use(t, map[string]string{"command": "status", "target": "staging", "token": "another", "api-url": api}).ends(5)
}

// TestCron runs what docs/ci.md says for cron: a teammate's edit and a conflict
// come home on a branch.
func TestCron(t *testing.T) {
	raw, err := os.ReadFile("../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?m)^    git switch --force-create .*\n(    .*\n)+`).FindString(string(raw))
	if !strings.Contains(block, "hcsync pull") {
		t.Fatal("docs/ci.md has no such commands any more")
	}
	w := newWorld(t)
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	w.merge(t, "ours")
	w.teammate(t, "1001", `{"title": "Invoices and receipts"}`)
	w.teammate(t, "1003", `{"body": "<p>Ask us any day.</p>"}`)
	main := w.git(t, w.origin, "rev-parse", "main")
	w.command(t, w.ana(), "bash", "-ec", "set -o pipefail; "+block)
	diff := w.git(t, w.origin, "diff", "main", "hcsync/pull")
	if !strings.Contains(diff, "+title: Invoices and receipts") || !strings.Contains(diff, "+<<<<<<<") || w.git(t, w.origin, "rev-parse", "main") != main {
		t.Errorf("the branch has\n%s", diff)
	}
	w.command(t, w.ana(), "bash", "-ec", block) // a second night changes nothing
	if again := w.git(t, w.origin, "diff", "main", "hcsync/pull"); again != diff {
		t.Errorf("the second night:\n%s", again)
	}
}

// TestFork has a pull request whose run has no token and may only read.
func TestFork(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	w.edit(t, "billing/receipts.md", "", newArticle)
	w.propose(t, 9)
	w.github.ReadOnly = true
	res := w.onPull(t, 9, "mallory/docs").use(t, map[string]string{"command": "plan", "token": "", "api-url": w.api})
	res.ends(0, "cannot be commented on").gives("changes", "2").gives("plan-file", "")
	for _, text := range []string{"Not checked", "Ask us<ins> today</ins>", "Receipts"} {
		if !strings.Contains(res.summary, text) {
			t.Errorf("the summary does not say %q:\n%s", text, res.summary)
		}
	}
	if asked := w.server.Requests("", ""); len(asked) > 0 || len(w.github.Comments()) > 0 {
		t.Errorf("Intercom was asked %v, comments %v", asked, w.github.Comments())
	}
	// A pull request that only changes what cannot be read is red all the same.
	w.edit(t, "billing/refunds.md", "title: Refunds", "title: [")
	w.propose(t, 10)
	w.onPull(t, 10, "mallory/docs").use(t, map[string]string{"command": "plan"}).ends(4, "::error file=content/help/billing/refunds.md,line=")
	w.github.ReadOnly = false
	w.accept(t, 9)
	w.onMain(t).use(t, w.with("push")).ends(0, "1 created", "1 updated")
	w.quiet(t)
}

// TestDrift has a teammate edit two articles and add one, of which a push has
// made another: one pull request brings them home, and the id of the new one.
func TestDrift(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/receipts.md", "", newArticle)
	w.merge(t, "a new article")
	w.onMain(t).use(t, w.with("push")).ends(0, "1 created")
	w.teammate(t, "1001", `{"title": "Invoices and receipts"}`)
	w.teammate(t, "1003", `{"body": "<p>Ask us any day.</p>"}`)
	main := w.git(t, w.origin, "rev-parse", "main")
	for night := range 2 {
		w.onSchedule(t).use(t, w.with("pull", "commit", "true")).ends(0)
		if pulls := w.github.Pulls(); len(pulls) != 1 || pulls[0].Base != "main" || pulls[0].State != "open" {
			t.Fatalf("night %d: %+v", night, pulls)
		}
	}
	if now := w.git(t, w.origin, "rev-parse", "main"); now != main {
		t.Errorf("main was %s and is %s", main, now)
	}
	head := w.github.Pulls()[0].Head
	diff := w.git(t, w.origin, "diff", "main", head)
	for _, text := range []string{"+title: Invoices and receipts", "+Ask us any day.", "+id: "} {
		if !strings.Contains(diff, text) {
			t.Errorf("the branch lacks %q:\n%s", text, diff)
		}
	}
	if n := w.git(t, w.origin, "rev-list", "--count", "main.."+head); n != "3" {
		t.Errorf("%s commits, want one for each article", n)
	}
	w.take(t, head)
	w.server.ForgetRequests()
	w.onMain(t).use(t, w.with("push")).ends(0).gives("changes", "0")
	if sent := w.server.Writes(); len(sent) > 0 {
		t.Errorf("the push after the merge sent %v", sent)
	}
	w.onSchedule(t).use(t, w.with("pull", "commit", "true")).ends(0).gives("changes", "0")
	w.quiet(t)
}

// TestDriftConflict has the nightly pull request bring a conflict, which is
// settled in it.
func TestDriftConflict(t *testing.T) {
	w := newWorld(t)
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	w.merge(t, "ours")
	w.teammate(t, "1003", `{"body": "<p>Ask us any day.</p>"}`)
	w.onMain(t).use(t, w.with("push")).ends(3).gives("conflicts", "1")
	res := w.onSchedule(t).use(t, w.with("pull", "commit", "true"))
	res.ends(3).gives("conflicts", "1")
	pulls := w.github.Pulls()
	if len(pulls) != 1 || !strings.Contains(pulls[0].Body, "onflict") {
		t.Fatalf("%+v\n%s", pulls, res.log)
	}
	w.git(t, w.ana(), "fetch", "--quiet", "origin")
	w.git(t, w.ana(), "switch", "--quiet", "--create", "settle", "origin/"+pulls[0].Head)
	at := filepath.Join(w.ana(), "content/help/billing/refunds.md")
	raw, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	settled := regexp.MustCompile(`(?ms)^<<<<<<<.*^>>>>>>>[^\n]*$`).ReplaceAllString(string(raw), "Ask us today, or any day.")
	if settled == string(raw) {
		t.Fatalf("no markers in\n%s", raw)
	}
	if err := os.WriteFile(at, []byte(settled), 0o644); err != nil {
		t.Fatal(err)
	}
	w.git(t, w.ana(), "commit", "--quiet", "--all", "--message", "settled")
	w.git(t, w.ana(), "push", "--quiet", "origin", "HEAD:"+pulls[0].Head)
	w.take(t, pulls[0].Head)
	w.onMain(t).use(t, w.with("push")).ends(0, "1 updated")
	w.quiet(t)
}

// TestStagingThenProduction runs the two jobs of staging-production.yml: each
// has a token, a workspace and a record of its own.
func TestStagingThenProduction(t *testing.T) {
	w := newWorld(t)
	staging, api := sandbox.NewTest(t, sandbox.Options{Tokens: []string{"staging-token"}})
	acme, err := os.ReadFile("../cmd/hcsync/testdata/acme.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staging.Import(strings.NewReader(strings.ReplaceAll(string(acme), "acme1234", "stag5678"))); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(w.ana(), "hcsync.yaml")
	raw, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw) + "targets:\n  staging: {workspace: stag5678, token_env: STAGING_TOKEN, authority: git}\n"
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	there := map[string]string{"command": "push", "target": "staging", "token": "staging-token", "api-url": api}
	w.merge(t, "staging")
	w.onMain(t).use(t, there).ends(0)
	w.edit(t, "billing/refunds.md", "Ask us.", "Ask us today.")
	w.edit(t, "billing/receipts.md", "", newArticle)
	w.merge(t, "an edit and a new article")
	w.onMain(t).use(t, there).ends(0, "1 created", "1 updated")
	if sent := w.server.Writes(); len(sent) > 0 {
		t.Errorf("production was sent %v", sent)
	}
	w.onMain(t).use(t, w.with("push")).ends(0, "1 created", "1 updated")
	staging.ForgetRequests()
	w.onMain(t).use(t, there).ends(0).gives("changes", "0")
	if sent := staging.Writes(); len(sent) > 0 {
		t.Errorf("staging was sent again: %v", sent)
	}
	w.quiet(t)
}
