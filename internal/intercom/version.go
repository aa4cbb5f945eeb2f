package intercom

import (
	"cmp"
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

// Abilities are what not every version of the API can do.
type Abilities struct {
	// ManyParents: a write may put an article into several collections, or into
	// none (Preview, intercom-api.md section 2.2).
	ManyParents bool
	// Sections: a collection in another one is a section. It lies one level deep,
	// has no description, and neither becomes nor comes from a collection of the
	// first level (2.9, intercom-api.md section 2.14).
	Sections bool
	// Drafts: the text that a teammate has not published yet is told of (2.16,
	// intercom-api.md section 2.6).
	Drafts bool
}

// AbilitiesOf gives those of a version that [CheckVersion] takes; of 2.16 where
// none is named.
func AbilitiesOf(version string) (Abilities, error) {
	v, err := parseVersion(cmp.Or(version, defaultVersion))
	if err != nil {
		return Abilities{}, err
	}
	return Abilities{ManyParents: v.parentSets(), Sections: v.sections(), Drafts: v > 15}, nil
}

// sections says whether a collection inside another is a section, with an
// address of its own.
func (v version) sections() bool { return v <= 9 }

// parentID says whether answers have parent_id, which drifts from parent_ids.
func (v version) parentID() bool { return v <= 15 }

// parentSets says whether a write may name all collections of an article.
func (v version) parentSets() bool { return v == preview }

// SeesDrafts says whether a version shows pending drafts and can publish them
// (intercom-api.md section 2.9).
func SeesDrafts(v string) bool {
	parsed, err := parseVersion(v)
	return err == nil && parsed >= 16
}
