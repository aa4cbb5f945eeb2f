package intercom

import (
	"fmt"
	"strconv"
	"strings"
)

// BaseURL gives the address of the API for a region: us, eu or au; empty means
// us, and anything else gives "" (intercom-api.md section 1.1).
func BaseURL(region string) string {
	switch strings.ToLower(region) {
	case "", "us":
		return "https://api.intercom.io"
	case "eu":
		return "https://api.eu.intercom.io"
	case "au":
		return "https://api.au.intercom.io"
	}
	return ""
}

// regionOf gives the region whose address names the host, or "".
func regionOf(host string) string {
	for _, r := range []string{"us", "eu", "au"} {
		if BaseURL(r) == "https://"+strings.ToLower(host) {
			return r
		}
	}
	return ""
}

// version is the minor number of an API version 2.x. The API's numbers are
// releases, so that a larger one knows all that a smaller one does, but for
// what intercom-api.md section 3 lists.
type version int

const (
	oldest  version = 9
	newest  version = 16
	preview version = 1 << 16
)

// CheckVersion says whether a version of the API can be spoken: 2.9 to 2.16,
// and Preview, which is also called Unstable.
func CheckVersion(v string) error {
	_, err := parseVersion(v)
	return err
}

func parseVersion(s string) (version, error) {
	if strings.EqualFold(s, "preview") || strings.EqualFold(s, "unstable") {
		return preview, nil
	}
	minor, found := strings.CutPrefix(s, "2.")
	n, err := strconv.ParseUint(minor, 10, 8)
	v := version(n)
	if !found || err != nil || v < oldest || v > newest || v.String() != s {
		return 0, fmt.Errorf("api_version %q cannot be used: set one from %s to %s, or Preview", s, oldest, newest)
	}
	return v, nil
}

// String gives the value of the Intercom-Version header.
func (v version) String() string {
	if v == preview {
		return "Preview"
	}
	return "2." + strconv.Itoa(int(v))
}

// sections says whether a collection inside another is a section, with an
// address of its own.
func (v version) sections() bool { return v <= 9 }

// parentID says whether answers have parent_id, which drifts from parent_ids.
func (v version) parentID() bool { return v <= 15 }

// parentSets says whether a write may name all collections of an article.
func (v version) parentSets() bool { return v == preview }
