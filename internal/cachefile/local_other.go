//go:build !linux && !darwin

package cachefile

// Local says that a folder is on a file system whose times and mappings can be
// trusted: here none is known.
func Local(string) bool { return false }
