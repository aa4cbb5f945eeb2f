package content

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkRead reads 1,000 articles in 5 locales, 6 KB each.
func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	locales := []string{"", ".fr", ".de", ".es", ".pt-BR"}
	write("content/acme/_help-center.md", "---\nid: 1\nlocales: [en, fr, de, es, pt-BR]\ndefault_locale: en\n---\n")
	write("content/acme/all/_collection.md", "---\nid: 1\ntitle: All\n---\n")
	body := strings.Repeat("Some words that an article has. ", 190)
	for i := range 1000 {
		for _, l := range locales {
			write(fmt.Sprintf("content/acme/all/a%d%s.md", i, l), fmt.Sprintf("---\nid: \"%d\"\ntitle: Article %d\nstate: published\nauthor: ops@acme.test\nsynced: 3f2a91c0\n---\n\n%s\n", i+100, i, body))
		}
	}
	tree, err := Open(Options{Dir: dir, Content: "content"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, problems, err := tree.Read(b.Context())
		if err != nil || len(problems) != 0 || len(s.Objects) != 1001 {
			b.Fatal(len(s.Objects), problems, err)
		}
	}
}
