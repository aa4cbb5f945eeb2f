package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// version is the minor number of an API version 2.x; preview is above all.
type version int

const (
	v9      version = 9
	v10     version = 10
	v13     version = 13
	v16     version = 16
	preview version = 1000
	// unversioned is what a request without the header gets. The real API takes
	// the version from the app's settings; this is what its own clients default
	// to (intercom-api.md 1.3).
	unversioned = version(14)
)

// versionOf reads the Intercom-Version header and gives the value to echo. 1.x
// behaves as no header at all, 2.0 to 2.8 as 2.9: nothing between them changed
// for articles and collections.
func versionOf(h http.Header) (v version, echo string, err error) {
	name := strings.TrimSpace(h.Get("Intercom-Version"))
	major, minor, dotted := strings.Cut(name, ".")
	n, numErr := strconv.Atoi(minor)
	switch {
	case name == "":
		return unversioned, "2.14", nil
	case strings.EqualFold(name, "Preview") || strings.EqualFold(name, "Unstable"):
		return preview, name, nil
	case !dotted || numErr != nil || n < 0 || strconv.Itoa(n) != minor:
	case major == "1" && n <= 4:
		return unversioned, name, nil
	case major == "2" && n <= int(v16):
		return max(version(n), v9), name, nil
	}
	return 0, "", &apiError{http.StatusBadRequest, "intercom_version_invalid", "The requested version does not exist: " + name, ""}
}
