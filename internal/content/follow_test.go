package content

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// desk is a tree that is being edited.
type desk struct {
	t   *testing.T
	dir string
}

func (d desk) file(p string) string { return filepath.Join(d.dir, "content", filepath.FromSlash(p)) }

func (d desk) write(p, text string) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(d.file(p)), 0o777); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(d.file(p), []byte(text), 0o666); err != nil {
		d.t.Fatal(err)
	}
}

func (d desk) rename(from, to string) {
	d.t.Helper()
	if err := os.Rename(d.file(from), d.file(to)); err != nil {
		d.t.Fatal(err)
	}
}

func (d desk) remove(p string) {
	d.t.Helper()
	if err := os.RemoveAll(d.file(p)); err != nil {
		d.t.Fatal(err)
	}
}

// same holds what the follower gives against what a fresh reading gives.
func (d desk) same(f *Follower, changed ...string) {
	d.t.Helper()
	snapshot, problems, err := f.Read(d.t.Context(), changed...)
	if err != nil {
		d.t.Fatal(err)
	}
	fresh, err := Open(Options{Dir: d.dir, Content: "content"})
	if err != nil {
		d.t.Fatal(err)
	}
	defer fresh.Close()
	want, wantProblems, err := fresh.Read(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(want, snapshot); diff != "" {
		d.t.Fatalf("after %q the snapshot differs from a fresh one (-want +got):\n%s", changed, diff)
	}
	if diff := cmp.Diff(wantProblems, problems); diff != "" {
		d.t.Fatalf("after %q the problems differ from fresh ones (-want +got):\n%s", changed, diff)
	}
}

const deskCenter = "---\nid: \"1\"\nlocales: [en, fr]\ndefault_locale: en\n---\n"

func follow(t *testing.T) (desk, *Follower) {
	t.Helper()
	d := desk{t, t.TempDir()}
	d.write("acme/_help-center.md", deskCenter)
	d.write("acme/start/_collection.md", "---\ntitle: Start\n---\n")
	d.write("acme/start/a.md", "---\ntitle: A\n---\n\nText.\n")
	d.write("acme/start/a.fr.md", "---\ntitle: A\n---\n\nTexte.\n")
	tree, err := Open(Options{Dir: d.dir, Content: "content"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return d, tree.Follow()
}

func TestFollow(t *testing.T) {
	d, f := follow(t)
	d.same(f)
	d.write("acme/start/a.md", "---\ntitle: A2\n---\n\nOther text.\n")
	d.same(f, "acme/start/a.md")
	d.write("acme/start/a.md", "---\ntitle: [\n---\n\nBroken.\n")
	d.same(f, "acme/start/a.md")
	d.write("acme/start/a.md", "---\ntitle: A3\n---\n")
	d.write("acme/start/b.md", "---\ntitle: B\n---\n")
	d.same(f, "acme/start/a.md", "acme/start/b.md")
	d.write("acme/more/deep/_collection.md", "---\ntitle: Deep\n---\n")
	d.write("acme/more/deep/c.md", "---\ntitle: C\n---\n")
	d.same(f, "acme/more") // the folders in it are not named
	d.write("acme/more/_collection.md", "---\ntitle: More\n---\n")
	d.same(f, "acme/more/_collection.md")
	d.rename("acme/more", "acme/less")
	d.same(f, "acme/more", "acme/less")
	d.remove("acme/start/a.fr.md")
	d.same(f, "acme/start/a.fr.md")
	d.write("acme/_help-center.md", "---\nid: \"1\"\nlocales: [en, de]\ndefault_locale: de\n---\n")
	d.same(f, "acme/_help-center.md")
	d.remove("acme/less")
	d.same(f, ".")
}

// TestFollowCheckout takes the content folder away and brings another one back.
func TestFollowCheckout(t *testing.T) {
	d, f := follow(t)
	d.same(f)
	d.remove("")
	if s, _, err := f.Read(t.Context(), "."); err != nil || len(s.Objects) != 0 {
		t.Fatalf("without the content folder: %d objects, %v", len(s.Objects), err)
	}
	d.write("acme/_help-center.md", deskCenter)
	d.write("acme/start/_collection.md", "---\ntitle: New\n---\n")
	d.same(f, ".")
}

// TestFollowOnlyChanged shows that what is not named is not looked at: that is
// what makes it fast.
func TestFollowOnlyChanged(t *testing.T) {
	d, f := follow(t)
	d.same(f)
	d.write("acme/start/a.md", "---\ntitle: Unseen\n---\n")
	s, _, err := f.Read(t.Context(), "acme/start/a.fr.md")
	if err != nil || s.Objects[1].Title() != "A" {
		t.Errorf("read a file that was not named: %q, %v", s.Objects[1].Title(), err)
	}
	d.same(f, "acme/start/a.md")
}

// TestFollowRandom does what writers and checkouts do, in any order.
func TestFollowRandom(t *testing.T) {
	d, f := follow(t)
	r := rand.New(rand.NewPCG(1, 2))
	folders := []string{"acme/start", "acme/x", "acme/x/y", "_unlisted", "acme/x/y/z"}
	names := []string{"_collection.md", "a.md", "a.fr.md", "b.md", "README.md", "images/p.png", "c.xx.md"}
	texts := []string{"---\ntitle: T%d\n---\n\nText.\n", "---\nid: \"%d\"\ntitle: T\n---\n", "---\ntitle: [%d\n---\n", "no front matter %d\n", "---\ntitle: T%d\nalso_in: [../x]\n---\n"}
	for i := range 300 {
		var changed []string
		for range 1 + r.IntN(3) {
			folder := folders[r.IntN(len(folders))]
			p := path.Join(folder, names[r.IntN(len(names))])
			switch r.IntN(6) {
			case 0:
				d.remove(p)
			case 1:
				d.remove(folder)
				p = folder
			default:
				d.write(p, fmt.Sprintf(texts[r.IntN(len(texts))], i+1))
				p = []string{p, folder}[r.IntN(2)]
				if _, known := f.listings[folder]; !known {
					p = "." // a watcher names the uppermost folder that is new
				}
			}
			changed = append(changed, p)
		}
		d.same(f, changed...)
	}
}

// BenchmarkFollow saves one article of a tree of 10,000.
func BenchmarkFollow(b *testing.B) {
	tree, write := bigTree(b, 10_000, "")
	f := tree.Follow()
	if _, _, err := f.Read(b.Context()); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		p := write("content/acme/all7/a7.md", fmt.Sprintf("---\ntitle: Version %d\n---\n\nText.\n", n))
		s, problems, err := f.Read(b.Context(), p)
		if err != nil || len(problems) != 0 || len(s.Objects) != 10_100 {
			b.Fatal(len(s.Objects), problems, err)
		}
	}
}
