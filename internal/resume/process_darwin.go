package resume

import (
	"errors"
	"syscall"
)

// boot names this start of the machine.
func boot() string {
	id, err := syscall.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ""
	}
	return id
}

// process says whether a process runs. When it was started is not asked.
func process(pid int) (born string, running bool) {
	err := syscall.Kill(pid, 0)
	return "", err == nil || errors.Is(err, syscall.EPERM)
}
