package model

import "strings"

// Relative walks from a folder of the tree to a file or another folder, both
// relative to one root: "../billing/refunds.md"; the folder itself is ".".
func Relative(dir, to string) string {
	up, down := strings.Split(dir, "/"), strings.Split(to, "/")
	if dir == "." {
		up = nil
	}
	for len(up) > 0 && len(down) > 0 && up[0] == down[0] {
		up, down = up[1:], down[1:]
	}
	way := strings.Repeat("../", len(up)) + strings.Join(down, "/")
	if way == "" {
		return "."
	}
	return strings.TrimSuffix(way, "/")
}
