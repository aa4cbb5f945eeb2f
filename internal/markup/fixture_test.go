package markup_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hcsync/hcsync/internal/markup"
)

// TestFixtures reads each pair in both directions: the Markdown renders to
// exactly this HTML, and the HTML is written as exactly this Markdown. A pair
// whose name starts with "writer-" shows what a writer may type; there the HTML
// may come back in other words.
func TestFixtures(t *testing.T) {
	for _, pair := range fixtures(t) {
		t.Run(pair.name, func(t *testing.T) {
			if diff := cmp.Diff(pair.html, markup.Render(pair.md, markup.Options{})); diff != "" {
				t.Errorf("Render (-want +got):\n%s", diff)
			}
			if strings.Contains(pair.name, "/writer-") {
				return
			}
			if diff := cmp.Diff(pair.md, markup.Markdown(pair.html, markup.Options{})); diff != "" {
				t.Errorf("Markdown (-want +got):\n%s", diff)
			}
		})
	}
}
