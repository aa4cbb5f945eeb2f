package relink

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/markup"
)

// world is a small tree in which the folder a/setup becomes b/start.
func world(from, to string) Move {
	files := []string{"a/setup/x.md", "a/setup/y.md", "a/setup/images/p.png", "a/z.md", "a/setup", "img/q (1).png", "a/setup/a & b.md"}
	return Move{From: from, To: to, Moved: func(target string) (string, bool) {
		for _, f := range files {
			if f == target {
				if rest, in := strings.CutPrefix(f, "a/setup"); in {
					return "b/start" + rest, true
				}
				return f, true
			}
		}
		return "", false
	}}
}

func TestText(t *testing.T) {
	tests := []struct {
		name, from, to string
		md, want       string
	}{
		{"a link to what moves", "a/z.md", "a/z.md", "See [x](setup/x.md).", "See [x](../b/start/x.md)."},
		{"what moves together keeps its links", "a/setup/x.md", "b/start/x.md", "[y](y.md) ![p](images/p.png)", "[y](y.md) ![p](images/p.png)"},
		{"a link from what moves", "a/setup/x.md", "b/start/x.md", "[z](../z.md) and ![q](<../../img/q (1).png>)", "[z](../../a/z.md) and ![q](<../../img/q (1).png>)"},
		{"fragment and query stay", "a/z.md", "a/z.md", "[x](setup/x.md#part) [x](setup/x.md?a=1#b)", "[x](../b/start/x.md#part) [x](../b/start/x.md?a=1#b)"},
		{"a title stays", "a/z.md", "a/z.md", `[x](setup/x.md "setup/x.md")`, `[x](../b/start/x.md "setup/x.md")`},
		{"the text of a link stays", "a/z.md", "a/z.md", "[setup/x.md](setup/x.md)", "[setup/x.md](../b/start/x.md)"},
		{"prose and code stay", "a/z.md", "a/z.md", "(setup/x.md) `(setup/x.md)`\n\n```\n[x](setup/x.md)\n```\n\n[x](setup/x.md)", "(setup/x.md) `(setup/x.md)`\n\n```\n[x](setup/x.md)\n```\n\n[x](../b/start/x.md)"},
		{"a reference", "a/z.md", "a/z.md", "See [x] and [y][x].\n\n[x]: setup/x.md 'The X'", "See [x] and [y][x].\n\n[x]: ../b/start/x.md 'The X'"},
		{"HTML", "a/z.md", "a/z.md", `<a href="setup/x.md">x</a> <img src='setup/images/p.png'>`, `<a href="../b/start/x.md">x</a> <img src='../b/start/images/p.png'>`},
		{"a folder", "a/z.md", "a/z.md", "[all](setup) [all](setup/)", "[all](../b/start) [all](../b/start/)"},
		{"an escaped spelling", "a/z.md", "a/z.md", `[x](setup\/x.md) [e](<setup/a &amp; b.md>)`, `[x](../b/start/x.md) [e](<../b/start/a%20%26%20b.md>)`},
		{"a dead link stays", "a/setup/x.md", "b/start/x.md", "[none](../none.md)", "[none](../none.md)"},
		{"addresses and anchors stay", "a/setup/x.md", "b/start/x.md", "<https://acme.test/x.md> [a](https://acme.test/../z.md) [b](#z) [c](/a/z.md) [d](mailto:z@acme.test)", "<https://acme.test/x.md> [a](https://acme.test/../z.md) [b](#z) [c](/a/z.md) [d](mailto:z@acme.test)"},
		{"a longer path that ends alike", "a/z.md", "a/z.md", "[o](other/setup/x.md) [x](setup/x.md)", "[o](other/setup/x.md) [x](../b/start/x.md)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, left := world(tt.from, tt.to).Text(tt.md)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// FuzzText: whatever the text, it has the same links afterwards, each of which
// leads where it led or is reported.
func FuzzText(f *testing.F) {
	f.Add("[x](setup/x.md) `setup/x.md` <a href=\"setup/y.md\">")
	f.Add("[a]: <setup/x.md>\n[a] ![b](setup/images/p.png 't')")
	f.Add("[x](\nsetup/x.md\n)")
	f.Fuzz(func(t *testing.T, md string) {
		m := world("a/z.md", "a/z.md")
		got, left := m.Text(md)
		before, after := markup.Destinations(md), markup.Destinations(got)
		wrong := 0
		for i, d := range before {
			want := d.URL
			p, suffix := cut(d.URL)
			if to, changes := m.destination(p); changes {
				want = to + suffix
			}
			if i >= len(after) || after[i].URL != want {
				wrong++
			}
		}
		if wrong != len(left) {
			t.Errorf("%q became %q: %d links are wrong, %d reported", md, got, wrong, len(left))
		}
	})
}
