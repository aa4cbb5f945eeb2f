package git

import (
	"maps"
	"testing"
)

// What a file last said is found in HEAD, or from before its removal, also
// where the removal came with a merge.
func TestLastCommitted(t *testing.T) {
	top, _ := repository(t, 1)
	dir := top + "/docs"
	write(t, top, "docs/content/kept.md", "kept\n")
	write(t, top, "docs/content/ä b.md", "first\n")
	write(t, top, "docs/content/merged.md", "merged\n")
	write(t, top, "docs/content/again.md", "old\n")
	write(t, top, "other.md", "elsewhere\n")
	gitIn(t, top, "add", ".")
	gitIn(t, top, "commit", "--quiet", "-m", "all")
	write(t, top, "docs/content/ä b.md", "second\n")
	gitIn(t, top, "commit", "--quiet", "-am", "edit")
	gitIn(t, top, "rm", "--quiet", "docs/content/ä b.md", "docs/content/again.md", "other.md")
	gitIn(t, top, "commit", "--quiet", "-m", "gone")
	gitIn(t, top, "checkout", "--quiet", "-b", "branch")
	gitIn(t, top, "rm", "--quiet", "docs/content/merged.md")
	gitIn(t, top, "commit", "--quiet", "-m", "gone there")
	gitIn(t, top, "checkout", "--quiet", "main")
	gitIn(t, top, "merge", "--quiet", "--no-ff", "-m", "merge", "branch")
	write(t, top, "docs/content/again.md", "new\n")
	gitIn(t, top, "add", ".")
	gitIn(t, top, "commit", "--quiet", "-m", "back")

	r := &Repo{Dir: dir}
	blobs, err := r.LastCommitted(t.Context(), "content")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for file, id := range blobs {
		if got[file], err = r.Blob(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{"content/kept.md": "kept\n", "content/ä b.md": "second\n", "content/merged.md": "merged\n", "content/again.md": "new\n"}
	if !maps.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
