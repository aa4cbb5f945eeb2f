package content

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncAll waits until all that was written to the file system of a folder is on
// its disk, and says whether it is.
func syncAll(folder *os.Root) bool {
	dir, err := folder.Open(".")
	if err != nil {
		return false
	}
	defer dir.Close()
	return unix.Syncfs(int(dir.Fd())) == nil
}
