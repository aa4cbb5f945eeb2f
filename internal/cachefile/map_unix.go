//go:build linux || darwin

package cachefile

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapped gives the bytes of a file. They are never given back: anybody may hold a
// part of them.
func mapped(in *os.File, size int64) (string, error) {
	data, err := unix.Mmap(int(in.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return "", err
	}
	return unsafe.String(unsafe.SliceData(data), len(data)), nil
}
