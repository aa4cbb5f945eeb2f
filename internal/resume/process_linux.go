package resume

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// boot names this start of the machine, and the namespace in which its process
// numbers hold: containers share the first and not the second.
func boot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	namespace, err2 := os.Readlink("/proc/self/ns/pid")
	if err != nil || err2 != nil {
		return ""
	}
	return strings.TrimSpace(string(id)) + " " + namespace
}

// process says whether a process runs, and when it was started, in ticks since
// the machine was. One that has ended and was not waited for does not run.
func process(pid int) (born string, running bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", false
	}
	// The name, in parentheses, may hold anything; 22 is the start time, and 3
	// the state (proc(5)).
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return "", false
	}
	return fields[19], true
}
