package watch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// folder is a watched folder on disk.
type folder struct {
	t       *testing.T
	dir     string
	batches <-chan Batch
	seen    []string
	all     bool
}

func watched(t *testing.T, files ...string) *folder {
	t.Helper()
	f := &folder{t: t, dir: t.TempDir()}
	for _, p := range files {
		f.write(p, "first")
	}
	ctx, cancel := context.WithCancel(t.Context())
	var err error
	f.batches, err = Start(ctx, Options{
		Dir:  f.dir,
		Want: func(p string) bool { return p == "hcsync.yaml" || p == "content" || strings.HasPrefix(p, "content/") },
		Lost: func(err error) { t.Errorf("lost: %v", err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		for range f.batches {
		}
	})
	return f
}

func (f *folder) path(p string) string { return filepath.Join(f.dir, filepath.FromSlash(p)) }

func (f *folder) write(p, text string) {
	f.t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.path(p)), 0o777); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(f.path(p), []byte(text), 0o666); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) rename(from, to string) {
	f.t.Helper()
	if err := os.Rename(f.path(from), f.path(to)); err != nil {
		f.t.Fatal(err)
	}
}

// told takes batches until each path, or a folder above it, was named.
func (f *folder) told(paths ...string) {
	f.t.Helper()
	deadline := time.After(10 * time.Second)
	for _, p := range paths {
		for !f.all && !slices.ContainsFunc(f.seen, func(s string) bool { return p == s || strings.HasPrefix(p, s+"/") }) {
			select {
			case b := <-f.batches:
				f.seen = append(f.seen, b.Paths...)
				f.all = f.all || b.All
			case <-deadline:
				f.t.Fatalf("%s was not told of, only %q", p, f.seen)
			}
		}
	}
}

// never says that nothing was told of a path so far.
func (f *folder) never(paths ...string) {
	f.t.Helper()
	for _, p := range paths {
		if slices.Contains(f.seen, p) {
			f.t.Errorf("%s was told of", p)
		}
	}
}

func (f *folder) forget() { f.seen = nil }

func TestWatchEditors(t *testing.T) {
	f := watched(t, "content/a.md", "other/b.md", "hcsync.yaml", ".git/index")
	f.write("content/a.md", "in place")
	f.told("content/a.md")
	f.forget()
	f.write("content/.a.md.swp", "swap")
	f.write("content/a.md.tmp", "put in its place")
	f.rename("content/a.md.tmp", "content/a.md")
	f.told("content/a.md")
	f.forget()
	f.write("other/b.md", "not watched")
	f.write(".git/index", "not watched")
	f.write("hcsync.yaml", "version: 1")
	f.told("hcsync.yaml")
	f.never("content/.a.md.swp", "content/a.md.tmp", "other/b.md", "other", ".git/index", ".git")
	f.forget()
	if err := os.Remove(f.path("content/a.md")); err != nil {
		t.Fatal(err)
	}
	f.told("content/a.md")
}

func TestWatchFolders(t *testing.T) {
	f := watched(t, "content/a.md")
	f.write("content/new/deep/er/b.md", "at once with its folders")
	f.told("content/new/deep/er/b.md")
	f.forget()
	f.write("content/new/deep/er/c.md", "later")
	f.told("content/new/deep/er/c.md")
	f.forget()
	f.rename("content/new", "content/old")
	f.told("content/new", "content/old")
	f.forget()
	f.write("content/old/deep/er/c.md", "in a folder with another name")
	f.told("content/old/deep/er/c.md")
	f.forget()
	if err := os.RemoveAll(f.path("content")); err != nil {
		t.Fatal(err)
	}
	f.told("content")
	f.forget()
	f.write("content/x/again.md", "after the whole tree was away")
	f.told("content/x/again.md")
	f.forget()
	f.write("content/x/again.md", "and is watched")
	f.told("content/x/again.md")
}

// TestWatchCheckout writes as many files at once as a checkout does.
func TestWatchCheckout(t *testing.T) {
	f := watched(t, "content/a.md")
	var paths []string
	for i := range 1500 {
		paths = append(paths, fmt.Sprintf("content/c%d/a%d.md", i%40, i))
		f.write(paths[i], "text")
	}
	f.told(paths...)
}

func TestWatchNothing(t *testing.T) {
	if _, err := Start(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "none"), Want: func(string) bool { return true }}); err == nil {
		t.Error("a folder that is not there is watched")
	}
}
