package content

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bigTree makes a tree of articles in a hundred collections, about 6 KB each.
// The function writes a file of the repository and gives its path in the tree.
func bigTree(b *testing.B, articles int, locales ...string) (*Tree, func(name, text string) string) {
	b.Helper()
	dir := b.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
		return strings.TrimPrefix(name, "content/")
	}
	write("content/acme/_help-center.md", "---\nid: 1\nlocales: [en, fr, de, es, pt-BR]\ndefault_locale: en\n---\n")
	for i := range 100 {
		write(fmt.Sprintf("content/acme/all%d/_collection.md", i), fmt.Sprintf("---\nid: \"%d\"\ntitle: All\n---\n", i+1))
	}
	body := strings.Repeat(strings.Repeat("Some words that an article has. ", 10)+"\n\n", 19)
	for i := range articles {
		for _, l := range locales {
			write(fmt.Sprintf("content/acme/all%d/a%d%s.md", i%100, i, l), fmt.Sprintf("---\nid: \"%d\"\ntitle: Article %d\nstate: published\nauthor: ops@acme.test\nsynced: 3f2a91c0\n---\n\n%s\n", i+100, i, body))
		}
	}
	tree, err := Open(Options{Dir: dir, Content: "content"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { tree.Close() })
	return tree, write
}

// BenchmarkRead reads 1,000 articles in 5 locales, 6 KB each.
func BenchmarkRead(b *testing.B) {
	tree, _ := bigTree(b, 1000, "", ".fr", ".de", ".es", ".pt-BR")
	for b.Loop() {
		s, problems, err := tree.Read(b.Context())
		if err != nil || len(problems) != 0 || len(s.Objects) != 1100 {
			b.Fatal(len(s.Objects), problems, err)
		}
	}
}
