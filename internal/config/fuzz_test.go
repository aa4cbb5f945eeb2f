package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad says that no file panics, that every problem names a line of it,
// and that what comes of it keeps to the folder.
func FuzzLoad(f *testing.F) {
	f.Add("version: 1\nworkspace: a\ntargets: {b: {workspace: c, help_centers: {d: e}}}\ninclude: [a/**]\n")
	f.Add("content: ../x\nregion: [\n")
	f.Add("version: {}\ntargets:\n- a\ncontent: 'a\\..\\..\\b'\nstate_ref: refs/a/b\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "hcsync.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, problems, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if p.Line > strings.Count(text, "\n")+1 || p.Line < 0 || p.File != "hcsync.yaml" || p.Message == "" {
				t.Errorf("%q: %+v", text, p)
			}
		}
		if !filepath.IsLocal(filepath.FromSlash(c.Content)) || c.Region == "" || c.APIVersion == "" || c.OnDelete == "" {
			t.Errorf("%q: %+v", text, c)
		}
	})
}
