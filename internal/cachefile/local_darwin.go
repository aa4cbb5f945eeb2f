package cachefile

import "golang.org/x/sys/unix"

// Local says that a folder is on a file system that is this machine's own and keeps
// the times of inodes itself; see local_linux.go.
func Local(dir string) bool {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return false
	}
	kind := unix.ByteSliceToString(s.Fstypename[:])
	return kind == "apfs" || kind == "hfs"
}
