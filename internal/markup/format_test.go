package markup_test

import (
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
)

func TestFormat(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"marks":            {"* a\n* b\n\n\n\n__bold__ and *thin*\n\n***\n", "- a\n- b\n\n**bold** and _thin_\n\n---\n"},
		"underlined":       {"Title\n=====\ntext\n", "# Title\n\ntext\n"},
		"comment stays":    {"<!-- ask Ana -->\n\ntext\n", "<!-- ask Ana -->\n\ntext\n"},
		"references stay":  {"See [the docs][d].\n\n[d]: https://example.com\n", "See [the docs][d].\n\n[d]: https://example.com\n"},
		"language stays":   {"```go\nx := 1\n```\n", "```go\nx := 1\n```\n"},
		"lists stay apart": {"* a\n\n- b\n", "* a\n\n- b\n"},
		"nothing":          {"", ""},
		"no newline":       {"*  a", "- a"},
	} {
		if got := markup.Format(c.in); got != c.want {
			t.Errorf("%s: %q gives %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestTidy(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"between blocks": {"a\n\n<br>\n\n<br>\n\n*  b\n", "a\n\n*  b\n"},
		"nothing to do":  {"a\n\n\n*  b\n", "a\n\n\n*  b\n"},
		"in an item":     {"- a\n\n  <br>\n\n  b\n", "- a\n\n  b\n"},
	} {
		if got := markup.Tidy(c.in); got != c.want {
			t.Errorf("%s: %q gives %q, want %q", name, c.in, got, c.want)
		}
	}
}

// FuzzFormat: the house form means the same, and is its own house form.
func FuzzFormat(f *testing.F) {
	for _, s := range []string{"* a\n* b\n\n1) c\n2) d\n", "a  \nb\\\nc", "> [!NOTE]\n> x\n\n> y", "<details><summary>a</summary>\n\nb\n\n</details>", "| a | b |\n|---|---|\n| c | d |\n", "[x]: y\n\n[x] ![i](j)\n", "<!-- c -->\ntext\n\n<br>\n\ntext"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, md string) {
		once := markup.Format(md)
		if !markup.Equal(markup.Render(md, markup.Options{}), markup.Render(once, markup.Options{})) {
			t.Fatalf("%q becomes %q, which means something else", md, once)
		}
		if twice := markup.Format(once); twice != once {
			t.Fatalf("%q becomes %q and then %q", md, once, twice)
		}
	})
}

func TestInspect(t *testing.T) {
	in := markup.Inspect(`<p class="no-margin">a</p><div class="promo x"><p class="no-margin">b</p></div>`)
	if !in.Exact || in.Blocks != 2 || in.Plain != 1 || len(in.Kept) != 1 || in.Kept[0].Construct != "div.promo.x" {
		t.Errorf("%+v", in)
	}
}
