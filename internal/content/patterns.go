package content

import (
	"path"
	"slices"
	"strings"
)

// Managed says whether include and exclude leave an object to hcsync. The path
// is that of a collection's folder or of an article's file in the default
// locale, relative to the content folder.
//
// A pattern names a folder or a file, and with a folder everything below it.
// In it * stands for any characters of one name, ** for any number of folders.
// Without include everything is in; exclude wins.
func (t *Tree) Managed(p string) bool {
	in := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return covers(pattern, p) })
	}
	return (len(t.Include) == 0 || in(t.Include)) && !in(t.Exclude)
}

// covers says whether a pattern names a path or a folder above it.
func covers(pattern, p string) bool {
	return matchParts(strings.Split(fold(path.Clean(pattern)), "/"), strings.Split(fold(p), "/"))
}

func matchParts(pattern, parts []string) bool {
	switch {
	case len(pattern) == 0:
		return true
	case pattern[0] == ".":
		return matchParts(pattern[1:], parts)
	case pattern[0] == "**" && len(pattern) > 1:
		return matchParts(pattern[1:], parts) || len(parts) > 0 && matchParts(pattern, parts[1:])
	case len(parts) == 0:
		return false
	case pattern[0] == "**":
		return true
	}
	ok, err := path.Match(pattern[0], parts[0])
	return err == nil && ok && matchParts(pattern[1:], parts[1:])
}
