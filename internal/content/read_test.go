package content

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hcsync/hcsync/internal/model"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestRead reads the tree in each file of testdata/read and compares its last
// two sections: the problems, and the snapshot. The comment on top may hold
// lines `include:` and `exclude:`.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/read/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tree := unpack(t, a)
			snapshot, problems, err := tree.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			compare(t, a, "problems", problemText(problems))
			compare(t, a, "snapshot", snapshotText(snapshot))
			if *update {
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// unpack makes the tree of an archive.
func unpack(t *testing.T, a *txtar.Archive) *Tree {
	t.Helper()
	o := Options{Dir: t.TempDir(), Content: "content"}
	for line := range strings.Lines(string(a.Comment)) {
		if list, ok := strings.CutPrefix(line, "include:"); ok {
			o.Include = strings.Fields(list)
		}
		if list, ok := strings.CutPrefix(line, "exclude:"); ok {
			o.Exclude = strings.Fields(list)
		}
	}
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, "content/") {
			put(t, o.Dir, f.Name, string(f.Data))
		}
	}
	return openTree(t, o)
}

func openTree(t *testing.T, o Options) *Tree {
	t.Helper()
	tree, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return tree
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func compare(t *testing.T, a *txtar.Archive, name, got string) {
	t.Helper()
	for i, f := range a.Files {
		if f.Name != name {
			continue
		}
		if diff := cmp.Diff(string(f.Data), got); diff != "" && !*update {
			t.Errorf("%s:\n%s", name, diff)
		}
		a.Files[i].Data = []byte(got)
		return
	}
	t.Errorf("no section %s; with -update:\n%s", name, got)
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(got)})
}

func problemText(list []model.Problem) string {
	var b strings.Builder
	for _, p := range list {
		if p.Note {
			b.WriteString("note: ")
		}
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

func snapshotText(s model.Snapshot) string {
	var b bytes.Buffer
	for _, hc := range s.HelpCenters {
		fmt.Fprintf(&b, "help center %s %s %q %q %q %v default %s\n", hc.ID, hc.Path, hc.Name, hc.Identifier, hc.URL, hc.Locales, hc.Default)
	}
	for _, o := range s.Objects {
		fmt.Fprintf(&b, "%s %s of %s %s %v", o.Kind, orNone(o.ID), orNone(o.HelpCenter), o.Path, o.Parents)
		if o.ParentsComplete {
			b.WriteString(" complete")
		}
		b.WriteString("\n")
		for _, l := range o.Locales() {
			c := o.Contents[l]
			fmt.Fprintf(&b, "  %s %s", l, c.File)
			if c.Synced != "" {
				fmt.Fprintf(&b, " synced %s", c.Synced)
			}
			b.WriteString("\n")
			for _, f := range model.Fields(o.Kind) {
				if v, ok := c.Fields[f]; ok {
					fmt.Fprintf(&b, "    %d: %s %q\n", c.Lines[f], f, v)
				}
			}
		}
	}
	return b.String()
}
