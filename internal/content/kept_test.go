package content

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // stands in for git's ids
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

func blob(text string) string {
	sum := sha1.Sum([]byte(text)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// later is a clock by which everything was written long ago.
func later() time.Time { return time.Now().Add(time.Hour) }

// keeping opens a tree that keeps what it reads.
func (d desk) keeping(now func() time.Time) *Tree {
	d.t.Helper()
	t := openTree(d.t, Options{Dir: d.dir, Content: "content", Keep: Keep{
		File: filepath.Join(d.dir, "cache", "files"), Program: "test", BlobID: blob, now: now, local: func(string) bool { return true }}})
	return t
}

// reads counts the files that a reading opened, and holds what it gave against one
// that keeps nothing.
func (d desk) reads(tree *Tree) (opened int) {
	d.t.Helper()
	got, problems, err := tree.Read(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	fresh := openTree(d.t, Options{Dir: d.dir, Content: "content"})
	want, wantProblems, err := fresh.Read(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Error("with what was kept: " + diff)
	}
	if diff := cmp.Diff(wantProblems, problems); diff != "" {
		d.t.Error("with what was kept: " + diff)
	}
	if diff := cmp.Diff(fresh.seen, tree.seen, cmp.AllowUnexported(seen{})); diff != "" {
		d.t.Error("what a write must find unchanged: " + diff)
	}
	if diff := cmp.Diff(fresh.conflicts, tree.conflicts); diff != "" {
		d.t.Error("conflicts: " + diff)
	}
	for _, o := range got.Objects {
		for _, c := range o.Contents {
			body := c.Fields[model.Body]
			id, kept := tree.BlobID(body)
			if !kept && body != "" {
				opened++
			} else if kept && id != blob(body) {
				d.t.Errorf("%s: blob id %s, want %s", c.File, id, blob(body))
			}
		}
	}
	return opened
}

// tick waits until the file system's clock tells the next change from those before.
func (d desk) tick() {
	d.t.Helper()
	name := filepath.Join(d.dir, "tick")
	at := func() time.Time {
		if err := os.WriteFile(name, []byte("x"), 0o666); err != nil {
			d.t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			d.t.Fatal(err)
		}
		return info.ModTime()
	}
	deadline := time.Now().Add(10 * time.Second)
	for before := at(); at().Equal(before); {
		if time.Now().After(deadline) {
			d.t.Fatal("the clock of the file system stands still")
		}
	}
}

const articlesKept = 40

// library makes a tree with so many articles, of which the first has a translation.
func library(t *testing.T) desk {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("nothing is kept here: files have no inodes to know them by")
	}
	d := desk{t, t.TempDir()}
	d.write("acme/_help-center.md", "---\nid: 1\nname: Acme\nlocales: [en, fr]\ndefault_locale: en\n---\n")
	d.write("acme/start/_collection.md", "---\nid: 2\ntitle: Start\n---\n")
	for n := range articlesKept {
		d.write(fmt.Sprintf("acme/start/a%d.md", n), fmt.Sprintf("---\nid: %d\ntitle: A %d\nstate: published\nsynced: 12ab34cd\n---\n\nText %d.\n", 100+n, n, n))
	}
	d.write("acme/start/a0.fr.md", "---\nid: 100\ntitle: Un\n---\n\nTexte.\n")
	d.tick()
	if n := d.reads(d.keeping(later)); n != articlesKept+1 {
		t.Fatalf("the first reading opened %d files", n)
	}
	if n := d.reads(d.keeping(later)); n != 0 {
		t.Fatalf("the second reading opened %d files", n)
	}
	return d
}

// TestKeptEdits: whatever is done to a file, the next reading sees it.
func TestKeptEdits(t *testing.T) {
	const file = "acme/start/a7.md"
	edited := "---\nid: 107\ntitle: A 7\nstate: published\nsynced: 12ab34cd\n---\n\nTent 7.\n" // as many bytes as before
	for name, edit := range map[string]func(d desk){
		"written": func(d desk) { d.write(file, edited) },
		"same size, and the time put back": func(d desk) {
			info, err := os.Stat(d.file(file))
			if err != nil {
				t.Fatal(err)
			}
			d.write(file, edited)
			if err := os.Chtimes(d.file(file), info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
		},
		"replaced by a rename, times and size as before": func(d desk) {
			info, err := os.Stat(d.file(file))
			if err != nil {
				t.Fatal(err)
			}
			d.write("new.tmp", edited)
			if err := os.Chtimes(d.file("new.tmp"), info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
			d.rename("new.tmp", file)
		},
		"two files change places": func(d desk) {
			d.rename(file, "x.tmp")
			d.rename("acme/start/a8.md", file)
			d.rename("x.tmp", "acme/start/a8.md")
		},
		"removed": func(d desk) { d.remove(file) },
		"another one in its place": func(d desk) {
			d.remove(file)
			d.write(file, edited)
		},
		"in the default locale no more": func(d desk) {
			d.write("acme/_help-center.md", "---\nid: 1\nname: Acme\nlocales: [en, fr]\ndefault_locale: fr\n---\n")
		},
		"a translation of another article": func(d desk) {
			d.write("acme/start/a0.fr.md", "---\nid: 107\ntitle: Un\n---\n\nTexte.\n")
		},
		"a translation of none": func(d desk) {
			d.write("acme/start/a0.fr.md", "---\nid: 999\ntitle: Un\n---\n\nTexte.\n")
		},
		"a conflict": func(d desk) { d.write(file, strings.Replace(edited, "state:", "conflict:\n  title: B\nstate:", 1)) },
		"broken":     func(d desk) { d.write(file, "---\nid: 107\n title: [\n---\n") },
	} {
		t.Run(name, func(t *testing.T) {
			d := library(t)
			edit(d)
			d.reads(d.keeping(later))
			d.tick()
			d.reads(d.keeping(later))
		})
	}
}

// TestKeptYoung: what was changed a moment ago might change again within the same
// tick of the clock, so it is read until it is old enough.
func TestKeptYoung(t *testing.T) {
	d := library(t)
	d.remove("../cache")
	for range 2 {
		if n := d.reads(d.keeping(nil)); n != articlesKept+1 {
			t.Errorf("%d files were opened that had been written a moment ago", n)
		}
	}
	info, err := os.Stat(d.file("acme/start/a0.md")) // the oldest
	if err != nil {
		t.Fatal(err)
	}
	still := func() time.Time { return info.ModTime().Add(margin) }
	if d.reads(d.keeping(still)); d.reads(d.keeping(later)) != articlesKept+1 {
		t.Error("a change within the margin was kept")
	}
}

// TestKeptBroken: a cache that is broken anywhere, or another's, is none.
func TestKeptBroken(t *testing.T) {
	d := library(t)
	name := d.keeping(later).Keep.File
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	put := func(data []byte) {
		t.Helper()
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if n := d.reads(d.keeping(nil)); n != articlesKept+1 {
			t.Errorf("only %d files were opened", n)
		}
	}
	for n := 0; n < len(whole); n += 1 + len(whole)/40 {
		put(whole[:n])
		changed := bytes.Clone(whole)
		changed[n] ^= 0x41
		put(changed)
	}
	put(append(bytes.Clone(whole), 0))
	if err := os.WriteFile(name, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	tree := d.keeping(later)
	tree.Keep.Program = "another"
	if n := d.reads(tree); n != articlesKept+1 {
		t.Errorf("another program opened only %d files", n)
	}
}

// TestKeptElsewhere: where the system may say of a file what it was some time ago, as
// a network's file system does, everything is read, also in a single folder.
func TestKeptElsewhere(t *testing.T) {
	d := library(t)
	d.write("acme/more/_collection.md", "---\nid: 3\ntitle: More\n---\n")
	d.write("acme/more/b.md", "---\nid: 500\ntitle: B\n---\n\nText.\n")
	for n := range articlesKept { // enough to write the cache anew, with b.md
		d.write(fmt.Sprintf("acme/start/c%d.md", n), fmt.Sprintf("---\nid: %d\ntitle: C\n---\n\nText C %d.\n", 600+n, n))
	}
	d.tick()
	d.reads(d.keeping(later))
	for remote, want := range map[string]int{"none": 0, "more": 1, "start": 2*articlesKept + 1} {
		tree := d.keeping(later)
		tree.Keep.local = func(dir string) bool { return filepath.Base(dir) != remote }
		if n := d.reads(tree); n != want {
			t.Errorf("%s on another machine: %d files were opened, want %d", remote, n, want)
		}
		if err := os.Remove(tree.Keep.File); err != nil {
			t.Fatal(err)
		}
		d.reads(d.keeping(later))
	}
}

// TestIdentity: another file in the place of one, as long and of the same time, is
// not the same. Packages of programs often have one time for all versions.
func TestIdentity(t *testing.T) {
	name := filepath.Join(t.TempDir(), "program")
	identity := func(text string) string {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		return Identity(info)
	}
	one := identity("one")
	if one == "" {
		t.Skip("files are not known by anything here")
	}
	if err := os.Rename(name, name+".old"); err != nil {
		t.Fatal(err)
	}
	if identity("two") == one {
		t.Error("two builds pass for one")
	}
}

// TestKeptCopy: a copy of everything, times included, has to be read again.
func TestKeptCopy(t *testing.T) {
	d := library(t)
	there := desk{t, filepath.Join(t.TempDir(), "copy")}
	if out, err := exec.Command("cp", "-a", d.dir, there.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if n := there.reads(there.keeping(later)); n != articlesKept+1 {
		t.Errorf("only %d files of the copy were opened", n)
	}
	// The copy in the place of what was copied: the same names, other inodes.
	d.remove(".")
	if err := os.Rename(there.file("."), d.file(".")); err != nil {
		t.Fatal(err)
	}
	if n := d.reads(d.keeping(later)); n != articlesKept+1 {
		t.Errorf("only %d files were opened", n)
	}
}

// TestKeptCheckout: a checkout writes other texts under the same names, at times of
// its own.
func TestKeptCheckout(t *testing.T) {
	d := library(t)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", d.dir, "-c", "user.name=A", "-c", "user.email=a@acme.test"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	git("init", "--quiet", "--initial-branch=main")
	git("add", "content")
	git("commit", "--quiet", "--message=one")
	git("checkout", "--quiet", "-b", "other")
	for n := range 10 {
		p := d.file(fmt.Sprintf("acme/start/a%d.md", n))
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, bytes.ReplaceAll(data, []byte("Text"), []byte("Tent")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	git("commit", "--quiet", "--all", "--message=two")
	for _, branch := range []string{"main", "other", "main"} {
		d.tick()
		d.reads(d.keeping(later))
		git("checkout", "--quiet", branch)
		d.reads(d.keeping(later))
	}
}

// TestKeptRandom: with what was kept or without, a reading gives the same, whatever
// happens between readings.
func TestKeptRandom(t *testing.T) {
	d := library(t)
	r := rand.New(rand.NewPCG(1, 2))
	one := func() string { return fmt.Sprintf("acme/start/a%d.md", r.IntN(articlesKept)) }
	texts := []string{
		"---\nid: %d\ntitle: B\n---\n\nNew.\n", "---\nid: %d\ntitle: B\nstate: draft\n---\n", "---\nid: %d\nalso_in: [../more]\ntitle: B\n---\n\nText.\n",
		"---\nid: %d\ntitel: B\n---\n\nText.\n", "no front matter %d\n", "---\nid: %d\n---\n\n<<<<<<< a\n", "---\nid: %d\ntitle: Ж\nauthor: ana@acme.test\n---\n\r\nTe\r\nxt.\r\n",
		"---\nid: %d\ntitle: \"\"\nsynced: abc\n---\n\n# A\n", "---\nid: %d\ntitle: A\n---\n\n# A\n\nText.\n", "---\nid: [%d\n---\n", "---\nid: %d\nsynced: 12ab34cd\n---\n\nText.\n",
	}
	for range 60 {
		for range 1 + r.IntN(25) {
			p := one()
			switch r.IntN(6) {
			case 0:
				d.remove(p)
			case 1:
				if _, err := os.Stat(d.file(p)); err == nil {
					d.rename(p, one())
				}
			case 2:
				d.write("acme/more/_collection.md", "---\nid: 3\ntitle: More\n---\n")
				d.write(strings.Replace(p, ".md", ".fr.md", 1), fmt.Sprintf(texts[r.IntN(len(texts))], 100+r.IntN(50)))
			default:
				d.write(p, fmt.Sprintf(texts[r.IntN(len(texts))], 100+r.IntN(50)))
				at := time.Unix(1_700_000_000, 0)
				if err := os.Chtimes(d.file(p), at, at); err != nil {
					t.Fatal(err)
				}
			}
		}
		d.tick()
		d.reads(d.keeping(later))
	}
}
