package archtest

import (
	"os"
	"strings"
	"testing"
)

// TestSandboxDocs holds docs/sandbox.md against the package comment that it
// repeats for users: every line of the three tables.
func TestSandboxDocs(t *testing.T) {
	code, err := os.ReadFile("../sandbox/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	table, lines := false, 0
	for line := range strings.Lines(string(code)) {
		if name, heading := strings.CutPrefix(line, "// # "); heading {
			name = strings.TrimSpace(name)
			table = name == "Switches" || name == "Faults" || name == "Controls"
		}
		row, ok := strings.CutPrefix(line, "//\t")
		if !table || !ok {
			continue
		}
		lines++
		if !strings.Contains(string(docs), row) {
			t.Errorf("docs/sandbox.md lacks: %s", row)
		}
	}
	if lines < 40 {
		t.Errorf("found only %d lines in the tables of internal/sandbox/doc.go", lines)
	}
}
