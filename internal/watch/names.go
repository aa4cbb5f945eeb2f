package watch

import (
	"path"
	"strings"
)

// ignored says that a path is none of a writer's business: what is hidden,
// which .git and .hcsync are, and what editors write beside the file.
func ignored(p string) bool {
	for p != "." && p != "/" {
		if temporary(path.Base(p)) {
			return true
		}
		p = path.Dir(p)
	}
	return false
}

func temporary(name string) bool {
	for _, prefix := range []string{".", "#", "~$"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	for _, suffix := range []string{"~", ".tmp", ".swp", ".swx", ".swo", ".bak", ".part", ".crdownload", "___jb_tmp___", "___jb_old___"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return name == "node_modules" || name == "4913" // with which vim tries whether it may write
}
