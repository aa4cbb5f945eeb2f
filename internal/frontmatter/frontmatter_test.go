package frontmatter

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const article = `---
# one comment
id: "13256978"
title: 'It''s here'   # shown on top

labels:   # ours
  - a
  - b
description: >-
  Two minutes,
  no admin rights.
state: published
---

# Body

Text
`

func parse(t *testing.T, text string) *Doc {
	t.Helper()
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestGetReadsScalarsAsText(t *testing.T) {
	for text, want := range map[string]string{
		"k: 123":                  "123",
		"k: 2024":                 "2024",
		"k: 1_000":                "1_000",
		"k: 0777":                 "0777",
		"k: 2024-01-02":           "2024-01-02",
		"k: no":                   "no",
		"k: True":                 "True",
		"k: 12:30":                "12:30",
		"k:":                      "",
		"k: ~":                    "",
		"k: null":                 "",
		"k: # only a comment":     "",
		`k: "null"`:               "null",
		`k: "a\tb"`:               "a\tb",
		"k: 'it''s'":              "it's",
		"k: a b   # c":            "a b",
		"k: a#b":                  "a#b",
		"k: |\n  a\n  b":          "a\nb\n",
		"k: >-\n  a\n  b":         "a b",
		"k: a\n  b":               "a b",
		"k: !!str 12":             "12",
		"k:\n  # comment\n  text": "text",
		"k: https://x.test/a?b=c": "https://x.test/a?b=c",
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			d := parse(t, strings.ReplaceAll("---\n"+text+"\n---\n", "\n", eol))
			if got, _, ok := d.Get("k"); !ok || got != want {
				t.Errorf("%q: got %q, %v, want %q", text, got, ok, want)
			}
		}
	}
}

func TestGetTellsLines(t *testing.T) {
	d := parse(t, "\uFEFF"+article)
	want := map[string]int{"id": 3, "title": 4, "description": 9, "state": 12}
	for key, line := range want {
		if _, got, _ := d.Get(key); got != line {
			t.Errorf("%s: line %d, want %d", key, got, line)
		}
	}
	if _, _, ok := d.Get("labels"); ok {
		t.Error("Get read a list")
	}
	values, lines, ok, err := d.List("labels")
	if diff := cmp.Diff([]any{[]string{"a", "b"}, []int{7, 8}, true, nil}, []any{values, lines, ok, err}); diff != "" {
		t.Error(diff)
	}
	if got := d.BodyLine(); got != 15 {
		t.Errorf("the body begins in line %d, want 15", got)
	}
	if got := d.Body(); got != "# Body\n\nText" {
		t.Errorf("body %q", got)
	}
}

func TestListOfAnything(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
		err  string
	}{
		{"k: ../a", []string{"../a"}, ""},
		{"k: [a, 'b, c', \"d\"]", []string{"a", "b, c", "d"}, ""},
		{"k:", nil, ""},
		{"k: []", nil, ""},
		{"k:\n- 1\n- no", []string{"1", "no"}, ""},
		{"k: {a: b}", nil, "line 2: k must be a list, not a mapping"},
		{"k:\n- a\n- [b]", nil, "line 4: k must be a list of plain values, not of a list"},
	} {
		got, _, ok, err := parse(t, "---\n"+c.text+"\n---\n").List("k")
		if !ok || !cmp.Equal(got, c.want) || errText(err) != c.err {
			t.Errorf("%q: %q, %v, %v", c.text, got, ok, err)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unclosed", "---\ntitle: x\n", "line 1: the front matter that begins here is not closed"},
		{"colon", "---\nid: \"1\"\ntitle: Foo: bar\nstate: draft\n---\n", "line 3: a value that holds a colon and a space must be in quotes"},
		{"tab", "---\nid: 1\nlabels:\n\t- a\n---\n", "line 4: a tab in the indentation"},
		{"tab before a key", "---\nid: 1\n\ttitle: a\n---\n", "line 3: a tab in the indentation"},
		{"quote", "---\nid: 1\ntitle: \"Foo\nstate: draft\n---\n", "line 3: the quoted value is broken"},
		{"text after a quote", "---\nid: 1\ntitle: \"Foo\" bar\n---\n", "line 3: the quoted value is broken"},
		{"star", "---\ntitle: *bold* text\n---\n", "line 2: a value that begins with * must be in quotes"},
		{"at", "---\nid: 1\nauthor: @me\n---\n", "line 3: a value that begins with @ must be in quotes"},
		{"bracket", "---\nid: 1\ntitle: [x\nstate: draft\n---\n", "line 3: the bracket [ is not closed"},
		{"twice", "---\ntitle: a\nid: 1\ntitle: b\n---\n", "line 4: the key title stands here a second time"},
		{"twice inside", "---\nx: {a: 1, a: 2}\n---\n", "line 2: the key a stands here a second time"},
		{"no mapping", "---\n- a\n- b\n---\n", "line 2: is not `key: value` lines"},
		{"text", "---\njust text\n---\n", "line 2: is not `key: value` lines"},
		{"text among keys", "---\nid: 1\njust text\ntitle: x\n---\n", "line 3: is not a `key: value` line"},
		{"braces", "---\n{title: a}\n---\n", "line 2: is a mapping in braces"},
		{"anchor", "---\na: &x 1\n---\n", "line 2: anchors and aliases"},
		{"alias", "---\na: &x 1\nb: *x\n---\n", "line 2: anchors and aliases"},
		{"key form", "---\n? a\n: b\n---\n", "line 2: is not a `key: value` line"},
		{"UTF-8", "---\ntitle: \xff\n---\n", "line 2: is not UTF-8"},
		{"UTF-16", "\xff\xfe-\x00", "is UTF-16: save it as UTF-8"},
		{"large", "---\n" + strings.Repeat("# 3456789\n", 7000) + "---\n", "line 1: the front matter is larger than 64 KB"},
		{"large and unclosed", "---\n" + strings.Repeat("# 3456789\n", 7000), "line 1: the front matter is larger than 64 KB"},
		{"control character", "---\ntitle: a\x01b\n---\n", "line 2: holds a control character"},
		{"second document", "---\na: 1\n--- b\n---\n", "a second document begins"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if _, err := Parse([]byte(strings.ReplaceAll(c.text, "\n", "\r\n"))); c.name != "UTF-16" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("with CRLF: got %v, want %s", err, c.want)
			}
		})
	}
}

func TestNoFrontMatter(t *testing.T) {
	for _, text := range []string{"", "# Title\n", "text\n---\n", "--- x\n", "----\n", " ---\na: 1\n---\n"} {
		d := parse(t, text)
		if d.Has() || len(d.Keys()) != 0 || string(d.Bytes()) != text {
			t.Errorf("%q: %v", text, d)
		}
	}
	d := parse(t, "---\n---\nx")
	if !d.Has() || d.Body() != "x" || d.BodyLine() != 3 {
		t.Errorf("empty front matter: %+v", d)
	}
}

// edits pair a change with the exact bytes that it must leave.
func TestEdits(t *testing.T) {
	set := func(k, v string) func(*Doc) error { return func(d *Doc) error { return d.Set(k, v) } }
	list := func(k string, v ...string) func(*Doc) error { return func(d *Doc) error { return d.SetList(k, v) } }
	del := func(k string) func(*Doc) error { return func(d *Doc) error { return d.Delete(k) } }
	for _, c := range []struct {
		name         string
		edit         func(*Doc) error
		before, want string
	}{
		{"plain", set("a", "new"), "a: old   # why\nb: 1\n", "a: new   # why\nb: 1\n"},
		{"equal is left alone", set("a", "b"), "a:    'b'\n", "a:    'b'\n"},
		{"number as text is equal", set("id", "7"), "id: 7\n", "id: 7\n"},
		{"single quotes stay", set("a", "it's"), "a: 'x'\n", "a: 'it''s'\n"},
		{"double quotes stay", set("a", `say "hi"`), `a: "x" # c` + "\n", `a: "say \"hi\"" # c` + "\n"},
		{"number needs quotes", set("a", "12"), "a: x\n", "a: \"12\"\n"},
		{"old bool needs quotes", set("a", "no"), "a: x\n", "a: \"no\"\n"},
		{"hash like a float", set("a", "1e10"), "a: x\n", "a: \"1e10\"\n"},
		{"colon", set("a", "b: c"), "a: x\n", "a: \"b: c\"\n"},
		{"quotes in a new value", set("a", `"b" c`), "", `a: '"b" c'` + "\n"},
		{"line feed", set("a", "b\nc"), "a: x\n", `a: "b\nc"` + "\n"},
		{"direction override", set("a", "b\u202Ec"), "a: x\n", `a: "b\u202Ec"` + "\n"},
		{"emoji stays readable", set("a", "🎉 x"), "a: y\n", "a: 🎉 x\n"},
		{"empty", set("a", ""), "a: y\n", "a: \"\"\n"},
		{"null gets a value", set("a", "x"), "a: # c\nb: 1\n", "a: x # c\nb: 1\n"},
		{"literal", set("a", "x"), "a: |-  # c\n  one\n\n  two\n\n# d\nb: 1\n", "a: x  # c\n\n# d\nb: 1\n"},
		{"folded to the end", set("a", "x"), "a: >\n  one\n  two\n", "a: x\n"},
		{"kept blank lines", set("a", "x"), "a: |+\n  one\n\nb: 1\n", "a: x\nb: 1\n"},
		{"several plain lines", set("a", "x"), "a: one\n  two  # c\nb: 1\n", "a: x  # c\nb: 1\n"},
		{"value on its own line", set("a", "x"), "a:\n  # c\n  one\nb: 1\n", "a: x\n  # c\nb: 1\n"},
		{"list to text", set("a", "x"), "a:\n- one\n- two\nb: 1\n", "a: x\nb: 1\n"},
		{"tagged", set("a", "x"), "a: !!str 12 # c\n", "a: x # c\n"},
		{"key in quotes", set("a", "x"), "\"a\": y\n", "\"a\": x\n"},
		{"indented mapping", set("c", "x"), "  a: 1\n  b: 2\n", "  a: 1\n  b: 2\n  c: x\n"},
		{"comments only", set("a", "x"), "# c\n", "# c\na: x\n"},
		{"brackets", list("a", "x", "r"), "a: [p,q]  # c\n", "a: [x, r]  # c\n"},
		{"brackets on lines", list("a", "x"), "a: [p, # one\n  q] # two\nb: 1\n", "a: [x] # two\nb: 1\n"},
		{"item added", list("a", "x", "r", "z"), "a:\n  - x # one\n  - z # two\nb: 1\n", "a:\n  - x # one\n  - r\n  - z # two\nb: 1\n"},
		{"item appended", list("a", "x", "r"), "a:\n- x # one\n# c\nb: 1\n", "a:\n- x # one\n- r\n# c\nb: 1\n"},
		{"item removed", list("a", "z"), "a:\n- x # one\n- z # two\nb: 1\n", "a:\n- z # two\nb: 1\n"},
		{"all items removed", list("a"), "a:\n- x\n- z\nb: 1\n", "a: []\nb: 1\n"},
		{"equal list", list("a", "x"), "a: x\n", "a: x\n"},
		{"text to list", list("a", "x", "y, z"), "a: x # c\n", "a: [x, \"y, z\"] # c\n"},
		{"new list", list("a", "../x"), "b: 1\n", "b: 1\na: [../x]\n"},
		{"delete", del("a"), "b: 1\n# c\na: x # d\n\nc: 2\n", "b: 1\n# c\n\nc: 2\n"},
		{"delete many lines", del("a"), "a:\n  x: 1\n  y: |\n    z\nc: 2\n", "c: 2\n"},
		{"delete the last", del("a"), "a: 1\n", ""},
		{"delete nothing", del("z"), "a: 1\n", "a: 1\n"},
		{"line separator in a value", set("b", "x"), "a: \"p\u2028q\"\nb: 1 # c\n", "a: \"p\u2028q\"\nb: x # c\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, eol := range []string{"\n", "\r\n"} {
				wrap := func(s string) string {
					return "\uFEFF" + strings.ReplaceAll("---\n"+s+"---\n\nBody\n", "\n", eol)
				}
				d := parse(t, wrap(c.before))
				if err := c.edit(d); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(wrap(c.want), string(d.Bytes())); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestOrder(t *testing.T) {
	d := parse(t, "---\n# schema\n\n# about the title\ntitle: x # c\nzz: 1\n---\n")
	d.Order("id", "title", "state", "synced")
	for _, kv := range [][2]string{{"synced", "abc"}, {"id", "7"}, {"state", "draft"}, {"other", "o"}} {
		if err := d.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	want := "---\n# schema\n\nid: \"7\"\n# about the title\ntitle: x # c\nstate: draft\nsynced: abc\nzz: 1\nother: o\n---\n"
	if diff := cmp.Diff(want, string(d.Bytes())); diff != "" {
		t.Error(diff)
	}
}

func TestSetMap(t *testing.T) {
	d := parse(t, "---\na: 1\nconflict: {x: 1}\nb: 2\n---\n")
	if err := d.SetMap("conflict", [][2]string{{"title", "Their: title"}, {"state", "draft"}}); err != nil {
		t.Fatal(err)
	}
	want := "---\na: 1\nb: 2\nconflict:\n  title: \"Their: title\"\n  state: draft\n---\n"
	if diff := cmp.Diff(want, string(d.Bytes())); diff != "" {
		t.Error(diff)
	}
	v, _ := d.Value("conflict")
	if v.Kind != Mapping || len(v.Fields) != 2 || v.Fields[0].Value.Text != "Their: title" {
		t.Errorf("%+v", v)
	}
}

func TestNewAndCreate(t *testing.T) {
	d := New("id", "title")
	_ = d.Set("title", "T")
	_ = d.Set("id", "1")
	d.SetBody("Hello\n")
	if got, want := string(d.Bytes()), "---\nid: \"1\"\ntitle: T\n---\n\nHello\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	d = parse(t, "Hello\r\n")
	_ = d.Set("id", "1")
	if got, want := string(d.Bytes()), "---\r\nid: \"1\"\r\n---\r\n\r\nHello\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSetBody(t *testing.T) {
	for _, c := range []struct{ name, before, body, want string }{
		{"line ends", "---\r\na: 1\r\n---\r\n\r\nOld\r\n", "New\n\nbody", "---\r\na: 1\r\n---\r\n\r\nNew\r\n\r\nbody\r\n"},
		{"blank lines stay", "---\na: 1\n---\n\n\nOld\n\n\n", "\n\nNew\n", "---\na: 1\n---\n\n\nNew\n\n\n"},
		{"equal", "---\na: 1\n---\nOld   \n \n", "\nOld   ", "---\na: 1\n---\nOld   \n \n"},
		{"no line end", "---\na: 1\n---\nOld", "New", "---\na: 1\n---\nNew"},
		{"fence at the end", "---\na: 1\n---", "New", "---\na: 1\n---\n\nNew\n"},
		{"to nothing", "---\na: 1\n---\n\nOld\n", "", "---\na: 1\n---\n"},
		{"from nothing", "", "New", "New\n"},
		{"rule first", "Old\n", "---\nNew", "---\n---\n---\nNew\n"},
		{"indented code first", "---\n---\n\n    code\n", "    other", "---\n---\n\n    other\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := parse(t, c.before)
			d.SetBody(c.body)
			if diff := cmp.Diff(c.want, string(d.Bytes())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseYAML(t *testing.T) {
	text := "---\n# c\nversion: 1\n\ntargets: # t\n  staging: {workspace: x}\n"
	d, err := ParseYAML([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Set("workspace", "abc"); err != nil {
		t.Fatal(err)
	}
	if got, want := string(d.Bytes()), text+"workspace: abc\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	d, err = ParseYAML([]byte("version: 1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Set("region", "eu"); err != nil {
		t.Fatal(err)
	}
	if got, want := string(d.Bytes()), "version: 1\nregion: eu\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNearest(t *testing.T) {
	keys := []string{"title", "description", "state", "author", "id"}
	for word, want := range map[string]string{
		"titel": "title", "Title": "title", "desciption": "description", "stat": "state",
		"status": "state", "order": "", "layout": "", "tags": "", "x": "",
	} {
		if got := Nearest(word, keys); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}

// TestPathological reads and edits what is as large or as deep as it can be. It
// fails by taking for ever.
func TestPathological(t *testing.T) {
	many := strings.Builder{}
	for i := range 5000 {
		fmt.Fprintf(&many, "k%d: [x]\n", i)
	}
	for name, yaml := range map[string]string{
		"many keys": many.String(),
		"deep":      "k7: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n",
		"comments":  strings.Repeat("# c\n", 15000),
		"long":      "k7: \"" + strings.Repeat(`\"`, 30000) + "\"\n",
		"indented":  "k7: |\n" + strings.Repeat("  x\n", 15000),
	} {
		d := parse(t, "---\n"+yaml+"---\n")
		if err := d.Set("k7", "x"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Set("new", "x"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse([]byte("---\na: " + strings.Repeat("[", 60000) + "\n---\n")); err == nil {
		t.Error("60,000 brackets are fine")
	}
}
