package frontmatter

import (
	"strings"
	"testing"
)

// shapes are the ways to write an entry; the key is put in for K.
var shapes = []string{
	"K: plain\n", "K: plain # note\n", "K:   'single ''quoted'''   # note\n", "K: \"double \\\" \\\\\" # note\n",
	"K:\n", "K: # note\n", "K: ~\n", "K: \"\"\n", "\"K\": x\n", "'K' : x\n", "K: !!str 12 # note\n", "K: !own x\n", "K: !own\n",
	"K: several\n  lines # note\n", "K: several\n\n  lines\n", "K: \"several\n\n  lines\" # note\n", "K: 'several\n  lines'\n",
	"K:\n  below\n", "K:\n  # note\n  below\n", "K: # note\n\n  'below' # note\n",
	"K: |\n  one\n  two\n", "K: |-  # note\n  one\n\n  # text\n", "K: >\n  one\n\n   two\n  three\n", "K: |+\n  one\n\n\n", "K: >-\n\n  one\n",
	"K: |2\n    one\n", "K: |\n\n", "K: >+\n\n", "K: !!str |\n  one\n", "K: |\n  one\n # note\n", "K: |-\n  trailing   \n",
	"K: [a, 'b, ]', \"c\"] # note\n", "K: []\n", "K: [a, # note ]\n  b] # note\n", "K: {a: b, c: [d, {e: f}]}\n", "K: {}\n", "K: [a: b, c: ]\n", "K: {a, b: }\n",
	"K: [\n  a,\n  b,\n]\n", "K: {a: \"}\", # note }\n  b: ']'} # note\n", "K: [[], {}, '']\n", "K: [it's, b]\n",
	"K:\n- a\n- b # note\n", "K:\n  - a\n  # note\n  - 'b'\n\n  - c\n", "K:\n  - a: b\n    c: d\n  - - e\n    - f\n", "K:\n- |\n  x\n- y\n", "K:\n-\n- a\n", "K: # note\n  - a\n", "K:\n  -   a # note\n",
	"K:\n  a: b\n  c:\n", "K:\n  a:\n    - b # note\n  # note\n  c: |\n    d\n", "K:\n  a: {b: c}\n\n  d: 'e'\n", "K: !own {a: b}\n", "K: !own\n  a: b\n", "K: !own\n- a\n",
	"K: 日本語 # note\n", "K: 🎉 x\n", "K: \"a\u2028b\" # note\n", "K: https://x.test/#a,[b]\n", "K: -1\n", "K: a:b#c\n", "K: \ttab # note\n", "K: a\t# note\n",
}

// TestEveryShape sets, lists and deletes each shape between each two others,
// and says that no byte around it moves and no note is lost.
func TestEveryShape(t *testing.T) {
	between := []string{"", "\n", "# above\n", "\n# above\n\n"}
	for i, shape := range shapes {
		for j := i % 9; j < len(shapes); j += 9 {
			other := shapes[j]
			gap := between[(i+j)%len(between)]
			head := strings.ReplaceAll(shapes[(i*7+j)%len(shapes)], "K", "before") + gap
			tail := gap + strings.ReplaceAll(other, "K", "after")
			own := strings.ReplaceAll(shape, "K", "own")
			text := "---\n" + head + own + tail + "---\n"
			check(t, text, head, own, tail)
			crlf := strings.NewReplacer("\n", "\r\n").Replace
			check(t, crlf(text), crlf(head), crlf(own), crlf(tail))
		}
	}
}

func check(t *testing.T, text, head, own, tail string) {
	t.Helper()
	for name, edit := range map[string]func(*Doc) error{
		"set":    func(d *Doc) error { return d.Set("own", "new: value") },
		"list":   func(d *Doc) error { return d.SetList("own", []string{"a", "new", "b"}) },
		"empty":  func(d *Doc) error { return d.SetList("own", []string{}) },
		"map":    func(d *Doc) error { return d.SetMap("own", [][2]string{{"x", "1"}, {"y", "a: b"}}) },
		"delete": func(d *Doc) error { return d.Delete("own") },
	} {
		d, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if err := edit(d); err != nil {
			t.Errorf("%s in %q: %v", name, text, err)
			continue
		}
		if name == "map" {
			continue // goes to the end
		}
		inner, ok := strings.CutPrefix(d.yaml, head)
		inner, ok2 := strings.CutSuffix(inner, tail)
		if strings.Contains(head+own, "|+") || strings.Contains(head+own, ">+") {
			// Blank lines below such a text are part of it.
			ok2 = ok2 || strings.HasSuffix(inner, strings.TrimLeft(tail, "\r\n"))
		}
		if !ok || !ok2 {
			t.Errorf("%s in %q gave %q", name, text, d.yaml)
		}
		flat := !strings.ContainsAny(own, "[{-")
		if name == "set" && flat && strings.Count(inner, "# note") != strings.Count(own, "# note") {
			t.Errorf("a note is lost: %q gave %q", text, d.yaml)
		}
	}
}
