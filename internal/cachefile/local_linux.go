package cachefile

import "golang.org/x/sys/unix"

// Local says that a folder is on a file system that is this machine's own and keeps
// the times of inodes itself, by this machine's clock. A network's may answer with what
// a file was some time ago, and takes away what is mapped once another machine has
// replaced it; what comes through FUSE does as its server likes, and FAT lets anybody
// set all times.
func Local(dir string) bool {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return false
	}
	switch uint32(s.Type) { //nolint:gosec // all magic numbers have 32 bits
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC:
		return true
	case 0x2fc12fc1, 0xca451a4e: // ZFS, bcachefs
		return true
	}
	return false
}
