package content

import "syscall"

// changeTime is when the inode was changed last, in Unix nanoseconds.
func changeTime(s *syscall.Stat_t) int64 { return s.Ctim.Nano() }
