package content

import (
	"testing"
	"unicode/utf8"

	"github.com/hcsync/hcsync/internal/model"
)

// FuzzArticle says of any bytes in a file: reading does not fail or panic, an
// article or a problem or a note comes of them, and what is written into it
// afterwards reads back beside the old text.
func FuzzArticle(f *testing.F) {
	f.Add([]byte(article), "New title", "New\nbody")
	f.Add([]byte("---\nid: 1\ntitle: x\nalso_in: [a, b]\nconflict: {a: b}\n---\n```\n<<<<<<< a\n"), "---", "---\n")
	f.Add([]byte("\xef\xbb\xbf---\nlocale: en\nstate: [\n---\n"), "\x00", "\r\r\n")
	f.Fuzz(func(t *testing.T, data []byte, title, body string) {
		tree := newTree(t, Options{})
		put(t, tree.Dir, "content/acme/start/f.md", string(data))
		s, problems := reread(t, tree)
		before := find(s, "acme/start/f.md")
		if before == nil && len(problems) == 0 {
			t.Fatalf("%q is nothing", data)
		}
		if before == nil || len(before.Contents["en"].Fields) == 0 || !utf8.ValidString(title+body) {
			return
		}
		if _, err := tree.Write(Edit{Path: "acme/start/f.md", Set: []Pair{{Key: "title", Value: "x" + title}}, Body: &body}); err != nil {
			t.Fatal(err)
		}
		s, _ = reread(t, tree)
		after := find(s, "acme/start/f.md")
		if after == nil {
			t.Fatalf("%q is gone after a write", data)
		}
		got := after.Contents["en"].Fields
		if got[model.Title] != "x"+title || got[model.Body] != TrimBody(body) || got[model.State] != before.Contents["en"].Fields[model.State] || after.ID != before.ID {
			t.Fatalf("%q: wrote %q, %q, read %q", data, title, body, got)
		}
	})
}

func find(s model.Snapshot, p string) *model.Object {
	for i := range s.Objects {
		if s.Objects[i].Path == p {
			return &s.Objects[i]
		}
	}
	return nil
}
