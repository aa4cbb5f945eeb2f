//go:build !linux && !darwin

package resume

import (
	"os"
	"runtime"
	"syscall"
)

// boot is not known here, so that runs of other checkouts are judged by time
// alone.
func boot() string { return "" }

// process says whether a process runs. Windows finds only those that do.
func process(pid int) (born string, running bool) {
	p, err := os.FindProcess(pid)
	if err != nil {
		return "", false
	}
	defer p.Release()
	return "", runtime.GOOS == "windows" || p.Signal(syscall.Signal(0)) == nil
}
