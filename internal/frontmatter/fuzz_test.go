package frontmatter

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var seeds = []string{
	article,
	"", "---\n---\n", "---\r\nid: 1\r\n...\r\nx", "\uFEFF---\na:\n- 1\n-\n---\n",
	"---\na: [x, {b: c}, 'd'] # e\nb: |+\n  x\n\nc: >2-\n    y\n---\n",
	"---\na: \"x\u2028y\"\n\"b c\": !!str\n'd': ? e\n---\n",
	"---\n  a: {b, c: }\n  d: [e: f]\n---\n",
	"---\na:\n  b:\n    - c\n  # d\nb: x\n  y # z\n---\nbody\r\n",
}

// FuzzParse holds the first law, and that nothing panics.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			return
		}
		if got := string(d.Bytes()); got != string(data) {
			t.Fatalf("got %q, want %q", got, data)
		}
		d.SetBody(d.Body())
		for _, fl := range d.Fields() {
			if fl.Value.Kind == Scalar {
				if err := d.Set(fl.Key, fl.Value.Text); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := string(d.Bytes()); got != string(data) {
			t.Fatalf("equal values changed %q to %q", data, got)
		}
	})
}

// FuzzSet holds the second and third law.
func FuzzSet(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s), "title", "New: value")
		f.Add([]byte(s), "a", "x")
		f.Add([]byte(s), "b", "1")
	}
	f.Fuzz(func(t *testing.T, data []byte, key, value string) {
		d, err := Parse(data)
		if err != nil || !utf8.ValidString(value) || !plainKey(key) {
			return
		}
		if i := d.find(key); i >= 0 {
			checkLines(t, d, i)
		}
		before := *d
		if err := d.Set(key, value); err != nil {
			t.Fatalf("Set(%q, %q) in %q: %v", key, value, data, err)
		}
		again, err := Parse(d.Bytes())
		if err != nil {
			t.Fatalf("%q does not parse after Set: %v", d.Bytes(), err)
		}
		if got, _, ok := again.Get(key); !ok || got != value {
			t.Fatalf("set %q, got %q in %q", value, got, d.Bytes())
		}
		if again.Body() != before.Body() || !sameElsewhere(&before, again, key) {
			t.Fatalf("Set(%q) changed more than its key: %q to %q", key, data, d.Bytes())
		}
		if err := d.SetList(key, []string{value, "b"}); err != nil {
			t.Fatalf("SetList in %q: %v", d.Bytes(), err)
		}
		if err := d.Delete(key); err != nil {
			t.Fatalf("Delete in %q: %v", d.Bytes(), err)
		}
	})
}

func plainKey(key string) bool {
	return key != "" && len(key) < 100 && !strings.ContainsFunc(key, func(r rune) bool { return r < 'a' || r > 'z' })
}

// checkLines says that Set leaves every line before and after the entry as it
// is, and every comment.
func checkLines(t *testing.T, d *Doc, i int) {
	next := *d
	if err := next.Set(d.entries[i].key, "a new value"); err != nil {
		t.Fatalf("Set in %q: %v", d.Bytes(), err)
	}
	e, src := d.entries[i], newSource(d.yaml)
	head, tail := d.yaml[:e.start], d.yaml[src.nextLine(e.to):]
	if !strings.HasPrefix(next.yaml, head) || !strings.HasSuffix(next.yaml, tail) {
		t.Fatalf("other lines changed: %q to %q", d.yaml, next.yaml)
	}
}

// FuzzBody holds what SetBody promises.
func FuzzBody(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s), "# New\n\nbody\n")
	}
	f.Fuzz(func(t *testing.T, data []byte, md string) {
		d, err := Parse(data)
		if err != nil || !utf8.ValidString(md) || strings.HasPrefix(md, bom) {
			return
		}
		keys := d.Keys()
		d.SetBody(md)
		want := TrimBody(md)
		again, err := Parse(d.Bytes())
		if err != nil {
			t.Fatalf("%q: %v", d.Bytes(), err)
		}
		if again.Body() != want || d.Body() != want || !slices.Equal(again.Keys(), keys) {
			t.Fatalf("SetBody(%q) in %q gave %q", md, data, d.Bytes())
		}
	})
}

// FuzzFill: many keys at once give the bytes that they give one by one.
func FuzzFill(f *testing.F) {
	f.Add("id", "12", "title", "Install: the app")
	f.Add("title", "no", "id", "12e3")
	f.Add("title", "'", "title", "\"")
	f.Add("other", " a", "id", "")
	f.Add("a b", "#", "description", "\xff")
	f.Add("true", "x", "a: b", "two\nlines")
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string) {
		pairs := [][2]string{{k1, v1}, {k2, v2}, {"synced", "3f2a91c0"}}
		whole, single := New("id", "title", "synced"), New("id", "title", "synced")
		err := whole.Fill(pairs)
		for _, p := range pairs {
			if setErr := single.Set(p[0], p[1]); setErr != nil {
				if err == nil {
					t.Fatalf("%q: filled, but Set says %v", pairs, setErr)
				}
				return
			}
		}
		if err != nil || string(whole.Bytes()) != string(single.Bytes()) {
			t.Fatalf("%q: Fill gives %q, %v; one by one it is %q", pairs, whole.Bytes(), err, single.Bytes())
		}
	})
}
