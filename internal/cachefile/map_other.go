//go:build !linux && !darwin

package cachefile

import (
	"io"
	"os"
)

// mapped gives the bytes of a file, which is read where it cannot be mapped.
func mapped(in *os.File, size int64) (string, error) {
	data := make([]byte, size)
	_, err := io.ReadFull(io.NewSectionReader(in, 0, size), data)
	return string(data), err
}
