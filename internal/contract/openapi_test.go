package contract

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestDescriptions has the client do all that it can and asks the sandbox for
// all that it offers, in every version that there is a description of.
func TestDescriptions(t *testing.T) {
	for version, minor := range map[string]int{"2.9": 9, "2.11": 11, "2.14": 14, "2.16": 16, "Preview": 99} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, version)
			o.clientWork()
			o.sandboxWork(minor)
			judged(t, version, o.judge.problems)
			o.judge.covered(t)
		})
	}
}

// covered wants every call that is described to have been made, or to be named
// as not emulated.
func (j *judge) covered(t *testing.T) {
	t.Helper()
	mine := regexp.MustCompile(`^\w+ /(articles|help_center|tags|admins|me)(/|$)`)
	needed := map[string]bool{}
	for path, item := range j.doc.Paths.Map() {
		for method := range item.Operations() {
			call := callName(method, path)
			if mine.MatchString(call) && !j.seen[call] && !excused(call, needed) {
				t.Errorf("%s is described and was not made", call)
			}
		}
	}
	for _, skipped := range notEmulated() {
		if !needed[skipped.String()] {
			t.Errorf("%s is on the list of what is not emulated: it is, or is not described", skipped)
		}
	}
}

func excused(call string, needed map[string]bool) bool {
	for _, skipped := range notEmulated() {
		if skipped.MatchString(call) {
			needed[skipped.String()] = true
			return true
		}
	}
	return false
}

// TestBrokenReference shows that the descriptions up to 2.11 need what load
// does to them.
func TestBrokenReference(t *testing.T) {
	for _, version := range slices.Sorted(maps.Keys(descriptions)) {
		text, err := os.ReadFile(descriptionOf(t, version))
		check(t, err)
		_, err = openapi3.NewLoader().LoadFromData(text)
		if broken := err != nil; broken != (version == "2.9" || version == "2.11") {
			t.Errorf("%s as it is: %v", version, err)
		}
	}
}
