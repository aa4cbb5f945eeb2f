package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCalls counts the calls of whole commands on a help center whose lists
// have several pages.
func TestCalls(t *testing.T) {
	d := newDesk(t, 400, 160)
	count := func(want int, code int, args ...string) {
		t.Helper()
		d.forget()
		d.hcsync(code, args...)
		if d.total() != want {
			t.Errorf("hcsync %v: calls %v, want %d", args, d.calls, want)
		}
	}
	walk := 3 + 3 + 1 + 2 + 1 // three about the workspace, the pages, a recheck of either list
	if d.walk() != walk {
		t.Fatalf("a walk has %d calls, want %d", d.walk(), walk)
	}
	count(walk, 0, "plan", "--detailed-exitcode")
	count(walk, 0, "pull")

	d.editAll(20)
	count(walk, 2, "plan", "--detailed-exitcode")
	count(walk+2*20, 0, "push", "--yes")
	count(walk, 0, "plan", "--detailed-exitcode")

	// A new article takes one call, and one more if it links to another new one;
	// a new collection one.
	d.write("content/help/fresh/_collection.md", "---\ntitle: Fresh\n---\n")
	d.write("content/help/fresh/one.md", "---\ntitle: One\nstate: published\n---\n\nSee [two](two.md).\n")
	d.write("content/help/fresh/two.md", "---\ntitle: Two\nstate: published\n---\n\nText.\n")
	d.commit()
	count(walk+1+2+1, 0, "push", "--yes", "--allow", "2")
	d.articles, d.collections = d.articles+2, d.collections+1
	d.hcsync(0, "pull")
	d.commit()

	d.write("content/help/fresh/two.md", strings.Replace(d.read("content/help/fresh/two.md"), "Text.", "Other text.", 1))
	d.commit()
	plan := filepath.Join(t.TempDir(), "plan.json")
	count(walk, 0, "plan", "--out", plan)
	count(walk+2, 0, "push", plan, "--yes")

	for _, id := range []string{"1000", "1001", "1002"} {
		if err := d.server.UIDelete(id); err != nil {
			t.Fatal(err)
		}
	}
	count(walk, 0, "plan")
	count(walk+3, 0, "pull")
	count(walk, 0, "plan", "--detailed-exitcode")
}

func (d *desk) read(name string) string {
	d.t.Helper()
	text, err := os.ReadFile(filepath.Join(d.dir, filepath.FromSlash(name)))
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	name = filepath.Join(d.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		d.t.Fatal(err)
	}
}
