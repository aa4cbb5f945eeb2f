//go:build linux || darwin

package content

import (
	"io/fs"
	"syscall"
)

// identityOf gives what tells an untouched file; ok is false for anything else than
// a plain file.
func identityOf(info fs.FileInfo) (id identity, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.Mode().IsRegular() {
		return identity{}, false
	}
	return identity{uint64(info.ModTime().UnixNano()), uint64(changeTime(s)), uint64(s.Size), s.Ino, uint64(s.Dev)}, true
}
