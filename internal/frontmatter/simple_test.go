package frontmatter

import (
	"reflect"
	"testing"
)

func TestSimple(t *testing.T) {
	for text, want := range map[string]bool{
		"id: \"12\"\ntitle: Install the app\nstate: published\n": true,
		"title: Ça, l'été (à Paris) & 🙂 — ok?\n":                 true,
		"url: https://help.acme.test/en\n":                       true,
		"synced: 3f2a91c0\n":                                     true,
		"synced: 1e234567\n":                                     false,
		"synced: 12345678\n":                                     false,
		"title: true\n":                                          false,
		"title: Null\n":                                          false,
		"title:\n":                                               false,
		"title: a: b\n":                                          false,
		"title: a #b\n":                                          false,
		"title: \"a\\nb\"\n":                                     false,
		"title: |\n":                                             false,
		"# comment\ntitle: a\n":                                  false,
		"also_in: [a]\n":                                         false,
		"title: a\r\n":                                           false,
	} {
		if _, _, got := simple(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		sameEntries(t, text)
	}
}

// FuzzSimple holds the short way against yaml.v3.
func FuzzSimple(f *testing.F) {
	for _, s := range []string{"", "a: b\n", "a: b\nc: \"d\"\n", "a: 0b1c\n", "a: - b\n", "y: n\n", "a: b\n c: d\n", "a: \"b\" c\n", "a: \u0085\n", "a: b\u2028c\n", "a: é\ufeff\n", "null: a\n", "a: e1\n", "a: b:\n", "a: b:c\n", "a: 10d\n", "a: 1a\n", "a:  b\n", "a: nan\n", "a: b'c\n", "a: b\"c\n", "a: 2020-01-01\n", "a: b\na: c\n"} {
		f.Add(s)
	}
	f.Fuzz(sameEntries)
}

func sameEntries(t *testing.T, text string) {
	entries, src, ok := simple(text)
	if !ok {
		return
	}
	got, want := Doc{yaml: text, entries: entries, src: src}, Doc{yaml: text}
	if err := want.readYAML(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q: %+v, another reading than YAML's: %+v, %v", text, got, want, err)
	}
}
