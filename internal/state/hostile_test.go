package state

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/model"
)

// forge puts commits under the ref that hcsync would not write: a fast-import
// stream after "commit <ref>".
func forge(t testing.TB, dir, stream string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "fast-import", "--quiet", "--force")
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stream)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git fast-import: %v\n%s", err, out)
	}
}

// forged gives one commit with a message and further lines.
func forged(message string, lines ...string) string {
	return fmt.Sprintf("commit %s\ncommitter x <x@x> 1 +0000\ndata %d\n%s\n%s\n", ref, len(message), message, strings.Join(lines, "\n"))
}

func file(path, text string) string {
	return fmt.Sprintf("M 100644 inline %s\ndata %d\n%s", path, len(text), text)
}

const pulled = "x\n\nAction: pull\n"

func TestHostileHistory(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	for name, tc := range map[string]struct {
		stream string
		words  []string
	}{
		"not ours":        {forged("some commit", file("README.md", "x")), []string{"names no action"}},
		"a merge":         {forged(pulled) + forged(pulled) + forged(pulled, "merge "+gitIn(t, dir, "rev-parse", "HEAD")), []string{"the history is not linear"}},
		"a symbolic link": {forged(pulled, "M 120000 inline obj/01/1/en.md\ndata 11\n/etc/passwd"), []string{`"obj/01/1/en.md"`, "120000"}},
		"a submodule":     {forged(pulled, "M 160000 "+strings.Repeat("1", 40)+" obj/01/1/en.md"), []string{"160000"}},
		"a wrong shard":   {forged(pulled, file("obj/02/1/en.md", "x")), []string{`"obj/02/1/en.md"`}},
		"a bad locale":    {forged(pulled, file(`"obj/01/1/\033[31m.md"`, "x")), []string{`"obj/01/1/\x1b[31m.md"`}},
		"a stray file":    {forged(pulled, file("col/01/1/en.exe", "x")), []string{`"col/01/1/en.exe"`}},
	} {
		t.Run(name, func(t *testing.T) {
			gitIn(t, dir, "update-ref", "-d", ref)
			forge(t, dir, tc.stream)
			_, err := open(t, dir).History(t.Context())
			if err == nil {
				t.Fatal("accepted")
			}
			commits := gitIn(t, dir, "rev-list", ref)
			_, after, _ := strings.Cut(err.Error(), ": commit ")
			if len(after) < 12 || !strings.Contains(commits, after[:12]) {
				t.Errorf("error %q does not name a commit", err)
			}
			for _, w := range append(tc.words, ref) {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
		})
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	huge := strings.Repeat("a", maxBlob+1)
	for name, lines := range map[string][]string{
		"broken JSON": {file("obj/01/1/object.json", "{")},
		"huge":        {file("obj/01/1/object.json", "{}"), file("obj/01/1/en.json", "{}"), file("obj/01/1/en.html", huge)},
	} {
		t.Run(name, func(t *testing.T) {
			gitIn(t, dir, "update-ref", "-d", ref)
			forge(t, dir, forged(pulled, lines...))
			s := open(t, dir)
			h := history(t, s)
			key := model.Key{Kind: model.Article, ID: "1"}
			_, err := s.Load(t.Context(), h, []Want{h.Want(key, 0)}, nil)
			if err == nil || !strings.Contains(err.Error(), "commit "+h.Short(0)+": obj/01/1/") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A replacement object is a local trick; the state that others see counts.
func TestReplacedObjectsDoNotCount(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	s := open(t, dir)
	first := commit(t, s, "pull", put(article("1", "x", "en"))...)
	commit(t, s, "pull", put(article("1", "y", "en"))...)
	gitIn(t, dir, "replace", first.Hash, gitIn(t, dir, "rev-parse", "HEAD"))
	if h := history(t, s); h.Len() != 2 || h.Commit(0).Hash != first.Hash {
		t.Error("a replacement changed the history")
	}
}

func TestMissingText(t *testing.T) {
	t.Parallel()
	s := open(t, clone(t, newRemote(t)))
	commit(t, s, "pull", put(article("1", "x", "en"))...)
	h := history(t, s)
	key := model.Key{Kind: model.Article, ID: "1"}
	h.objects[key].of("en.html")[0].blob = strings.Repeat("1", 40)
	_, err := s.Load(t.Context(), h, []Want{h.Want(key, 0)}, nil)
	if err == nil || !strings.Contains(err.Error(), "obj/01/1/en.html") {
		t.Errorf("error %v", err)
	}
}

// Bodies are bytes: whatever a file or the server has comes back as it was.
func TestBodiesAreBytes(t *testing.T) {
	t.Parallel()
	s := open(t, clone(t, newRemote(t)))
	for i, text := range []string{"", "\n", "\r\n", "no end", "\x00\xff", "data 5\nM 100644 inline x\n", "done\n", strings.Repeat("ü\n", 1<<20)} {
		b := article("1", "x", "en")
		b.Contents["en"].Fields[model.Body] = model.Agreed{Managed: true, Local: text, Remote: text}
		commit(t, s, "pull", put(b)...)
		h := history(t, s)
		if got := all(t, s, h, h.Tip())[b.Key()]; got.Contents["en"].Fields[model.Body].Local != text {
			t.Errorf("body %d has changed", i)
		}
	}
}

// Files beside the objects are kept until an update names them.
func TestFilesBesideTheObjects(t *testing.T) {
	t.Parallel()
	dir := clone(t, newRemote(t))
	forge(t, dir, forged(pulled, file("README.md", "what this ref is\n")))
	repo := must(git.Open(t.Context(), dir))(t)
	s := must(Open(Options{Repo: repo, Ref: ref}))(t)
	const intent = "{\"run\": 1}\n\x00"
	commit(t, s, "intent", append(put(article("1", "x", "en")), Update{File: "intent.json", Text: intent})...)
	commit(t, s, Push, Update{File: "intent.json", Delete: true})
	h := history(t, s)
	if len(h.Objects(h.Tip())) != 1 || h.Len() != 3 {
		t.Errorf("%d objects in %d commits", len(h.Objects(h.Tip())), h.Len())
	}
	gitIn(t, dir, "cat-file", "-e", ref+":README.md")

	if text, ok, err := s.ReadFile(t.Context(), h, 1, "intent.json"); text != intent || !ok || err != nil {
		t.Errorf("intent: %q, %v, %v", text, ok, err)
	}
	if text, ok, err := s.ReadFile(t.Context(), h, 2, "intent.json"); text != "" || ok || err != nil {
		t.Errorf("intent after its removal: %q, %v, %v", text, ok, err)
	}
	for _, name := range []string{"obj", "../x", "obj/01/1/en.md", "--all", "x\ny.json", ""} {
		if text, ok, err := s.ReadFile(t.Context(), h, 1, name); text != "" || ok || err != nil {
			t.Errorf("ReadFile(%q): %q, %v, %v", name, text, ok, err)
		}
		if _, err := encodeAll([]Update{{File: name}}); err == nil {
			t.Errorf("Update of %q was accepted", name)
		}
	}
}
