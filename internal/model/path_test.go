package model

import (
	"path"
	"testing"
)

func TestRelative(t *testing.T) {
	for _, tt := range []struct{ dir, to, want string }{
		{"a", "a/x.md", "x.md"},
		{"a/b", "a/x.md", "../x.md"},
		{"a/b", "c/x.md", "../../c/x.md"},
		{".", "a/x.md", "a/x.md"},
		{"a/b", "a/b", "."},
		{"a/b/c", "a/b", ".."},
		{"a/b/c", "a", "../.."},
		{"a", "b/c", "../b/c"},
		{"a/b", "ab", "../../ab"},
		{"acme", "acme/billing", "billing"},
	} {
		if got := Relative(tt.dir, tt.to); got != tt.want {
			t.Errorf("from %s to %s: %s, want %s", tt.dir, tt.to, got, tt.want)
		}
		if back := path.Join(tt.dir, tt.want); back != tt.to {
			t.Errorf("%s from %s leads to %s, not %s", tt.want, tt.dir, back, tt.to)
		}
	}
}
