package gather

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

func signedBody(n, signature int) string {
	return fmt.Sprintf(`<p>Text %d</p><img src="https://downloads.intercomcdn.com/i/o/1/%d/a.png?expires=%d&amp;signature=abc&amp;req=def">`, n, n, signature)
}

// TestBodies: whatever is kept or not, a body that was read becomes what it would
// be without its signatures, and its blob id that of its text.
func TestBodies(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bodies")
	read := func(signature, changed int) (kept int) {
		t.Helper()
		b := OpenBodies(name, func(b []byte) string { return state.BlobID(string(b)) })
		var live model.Snapshot
		for n := range 100 {
			text := signedBody(n, signature)
			if n < changed {
				text += fmt.Sprintf("<p>Edited, %d</p>", signature)
			}
			body, want := b.Settle([]byte(text)), markup.StripSignatures(text)
			if body != want {
				t.Fatalf("%q is taken for %q", want, body)
			}
			if id, ok := b.ID(body); ok {
				kept++
				if id != state.BlobID(body) {
					t.Fatalf("blob id %s of %q", id, body)
				}
			}
			live.Objects = append(live.Objects, model.Object{Contents: map[model.Locale]model.Content{"en": {Fields: map[model.Field]string{model.Body: body}}}})
		}
		b.save(live)
		return kept
	}
	for i, want := range []struct{ changed, kept int }{
		{0, 0}, {0, 100}, {1, 99}, {1, 99}, {40, 60}, {0, 60}, {0, 100},
	} {
		if kept := read(1_700_000_000+i, want.changed); kept != want.kept {
			t.Errorf("reading %d: %d bodies were kept, want %d", i, kept, want.kept)
		}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(name)
	data[len(data)-9] ^= 1
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if kept := read(1, 0); kept != 0 {
		t.Error("a broken file was believed")
	}
}
