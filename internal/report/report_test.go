package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

// TestUnifiedApplies holds the writer of diffs against patch: what it says
// turns the old text into the new one.
func TestUnifiedApplies(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		before, after := randomText(rnd), randomText(rnd)
		if i%3 == 0 {
			after = mutate(rnd, before)
		}
		var diff bytes.Buffer
		report.Unified(&diff, report.Style{}, "", before, after)
		if got := patched(t, before, diff.String()); got != after {
			t.Fatalf("before %q\nafter %q\ndiff\n%s\ngives %q", before, after, diff.String(), got)
		}
	}
}

func patched(t *testing.T, before, diff string) string {
	t.Helper()
	if diff == "" {
		return before
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("git", "apply", "--unidiff-zero", "--allow-empty", "-")
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader("--- a/f\n+++ b/f\n" + diff)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s\n%s", err, out, diff)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// randomText ends with a newline, as everything that plans compare does.
func randomText(rnd *rand.Rand) string {
	var s strings.Builder
	for range 1 + rnd.IntN(40) {
		fmt.Fprintf(&s, "line %d\n", rnd.IntN(12))
	}
	return s.String()
}

func mutate(rnd *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	lines[rnd.IntN(len(lines)-1)] = "new line\n"
	return strings.Join(lines, "")
}

func TestWordsAreMarked(t *testing.T) {
	var b bytes.Buffer
	report.Unified(&b, report.Style{Color: true}, "", "It costs five euros.\n", "It costs six euros.\n")
	if !strings.Contains(b.String(), "costs \x1b[7mfive\x1b[27m euros") || !strings.Contains(b.String(), "costs \x1b[7msix\x1b[27m euros") {
		t.Errorf("%q", b.String())
	}
}

// hostile holds what must never reach a terminal or start a line of its own.
const hostile = "T\x1b[2Jitle\n::error::x\u202eevil\x07"

func hostilePlan() *diff.Plan {
	about := diff.About{Kind: model.Article, ID: "7", Path: "help/a.md", Title: hostile}
	return &diff.Plan{
		Changes: []diff.Change{{About: about, Op: diff.Update, Contents: []diff.LocaleChange{{Locale: "en", File: "content/help/a.md", Fields: []diff.FieldChange{
			{Field: model.Title, Before: hostile, After: hostile + "2"},
			{Field: model.Body, Before: "old " + hostile, After: "new " + hostile, Warnings: []diff.Warning{{Line: 3, Message: hostile}}},
			{Field: model.State, Before: "draft", After: "published"},
		}}}}},
		Conflicts: []diff.Conflict{{About: about, Locale: "en", Field: model.Title, File: "content/help/a.md", Line: 3, Reason: hostile, Hint: "h", Local: hostile, Remote: hostile}},
		Drift:     []diff.Drift{{About: about, Locale: "en", Field: model.Body, What: diff.Changed, Before: hostile, After: "x"}},
		Removals:  []diff.Removal{{About: about}},
		Notes:     []string{hostile},
	}
}

func TestNothingHostileIsPrinted(t *testing.T) {
	for _, color := range []bool{false, true} {
		var b bytes.Buffer
		report.Plan(&b, report.Style{Color: color}, report.Head{Workspace: hostile, Target: "intercom"}, hostilePlan())
		for _, bad := range []string{"\x1b[2J", "\u202e", "\x07", "\n::error"} {
			if strings.Contains(b.String(), bad) {
				t.Errorf("colour %v: %q is printed:\n%q", color, bad, b.String())
			}
		}
	}
}

func TestStateHasALineOfItsOwn(t *testing.T) {
	var b bytes.Buffer
	report.Plan(&b, report.Style{}, report.Head{Target: "intercom"}, hostilePlan())
	if !strings.Contains(b.String(), "\n    » publish en\n") {
		t.Error(b.String())
	}
	if !strings.HasSuffix(b.String(), "\nPlan: 0 to create, 1 to update, 0 to move, 0 to delete, 1 conflict.\n") {
		t.Error(b.String())
	}
}

func TestJSONHasNoNullLists(t *testing.T) {
	var b bytes.Buffer
	if err := report.PlanJSON(&b, "plan", report.Head{Target: "intercom"}, &diff.Plan{}); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc["format_version"] != float64(report.FormatVersion) || doc["command"] != "plan" {
		t.Errorf("%s", b.String())
	}
	for _, key := range []string{"changes", "conflicts", "drift", "removals", "renames", "behind", "problems", "notes"} {
		if _, ok := doc[key].([]any); !ok {
			t.Errorf("%s is %v, and no list", key, doc[key])
		}
	}
}
