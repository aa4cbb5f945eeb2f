package har

import (
	"regexp"
	"strings"
)

const redacted = "[redacted]"

// What stands before a secret, and the secret: as a parameter of an address, in
// the spellings of HTML, JSON and an address within an address; as a member of
// JSON; after the word Bearer; and between // and @.
var (
	parameter = regexp.MustCompile(`(?i)((?:[?&;]|\\u0026|%3F|%26)` +
		`(?:expires|signature|sig|req|policy|key-pair-id|(?:x-(?:amz|goog)-)[a-z-]+|awsaccesskeyid|googleaccessid|` +
		`[a-z_-]*token|[a-z_-]*secret|api[_-]?key|key|password|jwt|code)` +
		`(?:=|%3D|\\u003d))(?:[^&"'\s<>\\#]|\\/|\\u00(?:2b|2f|3d))*`)
	member = regexp.MustCompile(`(?i)("(?:[a-z_-]*token|[a-z_-]*secret|[a-z_-]*password|authorization|api[_-]?key|jwt|user_hash)"\s*:\s*")` +
		`(?:[^"\\]|\\.)*`)
	bearer   = regexp.MustCompile(`(?i)(\bbearer\s+)[a-z0-9._~+/=-]{8,}`)
	userinfo = regexp.MustCompile(`(?i)(https?:\\?/\\?/)[^/?#@\s"'<>\\]+@`)
)

// secretHeader says whether a header carries a right to enter, or to be taken
// for somebody.
func secretHeader(name string) bool {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key":
		return true
	}
	return false
}

// redact leaves out what opens doors: tokens, and the signatures of addresses,
// which let anybody fetch a file for as long as they hold (intercom-api.md
// section 6.3). It works on text of any kind, whole JSON or the beginning of
// some, and knows secrets by the names that stand before them.
func redact(s string) string {
	for _, r := range []*regexp.Regexp{parameter, member, bearer} {
		s = r.ReplaceAllString(s, "${1}"+redacted)
	}
	return userinfo.ReplaceAllString(s, "${1}"+redacted+"@")
}
