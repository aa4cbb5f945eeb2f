package diff

import (
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
)

// TestWarnings: only what the change brings is told, with the line in the file,
// and once.
func TestWarnings(t *testing.T) {
	render := func(md string) string { return markup.Render(md, markup.Options{}) }
	placed := `<h3 id="h_0123456789">Old</h3><p class="no-margin">a</p>`
	for name, c := range map[string]struct {
		before, after, live, send string
		want                      []Warning
	}{
		"nothing":            {"a", "b", render("a"), render("b"), nil},
		"old trap stays":     {"> quote\n\na", "> quote\n\nb", render("> quote\n\na"), render("> quote\n\nb"), nil},
		"new trap":           {"a", "a\n\n- x\n\n  | a |\n  | - |\n  | b |\n", render("a"), render("a\n\n- x\n\n  | a |\n  | - |\n  | b |\n"), []Warning{{Line: 14, Code: "refused-table"}}},
		"headings of a new":  {"", "## A\n\ntext", "", render("## A\n\ntext"), []Warning{{Line: 10, Code: "heading-shift"}}},
		"headings in place":  {"### Old\n\na", "### Old\n\na\n\n### New", placed, placed + "<h3>New</h3>", nil},
		"dropped from a new": {"", "<script>x</script>", "", "<script>x</script>", []Warning{{Line: 10, Code: "dropped-element"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := warnings(10, c.before, c.after, c.live, c.send)
			if len(got) != len(c.want) {
				t.Fatalf("got %+v, want %+v", got, c.want)
			}
			for i := range got {
				if got[i].Line != c.want[i].Line || got[i].Code != c.want[i].Code {
					t.Errorf("got %+v, want %+v", got[i], c.want[i])
				}
			}
		})
	}
}
