package contract

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// known is an error of Intercom's descriptions: what they would have us do or
// not do, in which versions, and what says that the server is otherwise.
type known struct {
	versions string
	problem  *regexp.Regexp
	// evidence names the source, mostly a section of intercom-api.md.
	evidence string
}

const everyVersion = "2.9 2.11 2.14 2.16 Preview"

func knownErrors() []known {
	is := regexp.MustCompile
	return []known{
		{everyVersion, is(`^GET \S+ answer 200: /pages/next: value must be an object$`),
			"section 4: a recorded answer has an address, Intercom's SDK overrides say a nullable string, and 2.17 documents links"},
		{"2.9 2.14 2.16 Preview", is(`^GET /(articles|help_center/(collections|sections)) request: query parameter (page|per_page) is not described$`),
			"sections 2.3, 2.12 and 4: 2.11 and 2.17 document both, and every example of a list shows pages"},
		{everyVersion, is(` answer 200: /statistics/conversations: is not described$`),
			"section 2.1: the schema says conversions, every example conversations"},
		{everyVersion, is(`^GET /me answer 200: /app/secure: is not described$`),
			"section 1.4: every example has it"},
		{"2.9 2.14 2.16 Preview", is(`^GET /admins answer 200: /admins/\*/avatar: value must be a string$`),
			"section 2.15: an object on the wire, say Intercom's SDK overrides, and 2.11 and the example of /me"},
		{"2.11", is(`^GET /admins answer 200: /admins/\*/avatar/type: is not described$`),
			"section 1.4: the example of /me has it"},
		{everyVersion, is(` answer 200: .*/translated_content/[\w-]+/description: Value is not nullable$`),
			"section 5.4: the official sample of an update shows a translation with the description nil"},
		{everyVersion, is(` answer 200: .*/translated_content/[\w-]+/url: Value is not nullable$`),
			"section 2.1: null for a draft; the article itself is described so"},
		{"2.11", is(`(request|answer 200): .*: property "\w+" is missing$`),
			"section 3: fields that the editing for an SDK marked as required, undone in 2.12"},
		{"2.11", is(` answer 200: .*/translated_content/[\w-]+: Value is not nullable$`),
			"section 5.2: a locale that nobody has started is null, as every other description says"},
		{"2.16 Preview", is(` answer 200: (/data/\*|/data/articles/\*|)/audience_ids: is not described$`),
			"section 2.1: the description of the translation's field puts it at the root in one-language help centers"},
		{"Preview", is(`^(POST|DELETE) /articles/\{\}/tags(/\{\})? request: header parameter Intercom-Version: value is not one of the allowed values \["preview"\]$`),
			"section 1.3: the same description names the version Preview for all other calls, and spelling alone differs"},
		{everyVersion, is(`^(POST|PUT|DELETE) \S+ answer (400|403|429): the status is not described$`),
			"section 1.5: what any call may be answered; the descriptions list few of them"},
	}
}

// notEmulated are the calls about articles, help centers, tags and teammates
// that the descriptions have and the sandbox has not: a help center needs none
// of them.
func notEmulated() []*regexp.Regexp {
	is := regexp.MustCompile
	return []*regexp.Regexp{is(`^PUT /admins/\{\}/away$`), is(`^\w+ /admins/activity_log`), is(`^(GET|DELETE) /tags/\{\}$`)}
}

// judged says which problems nothing excuses, and which excuses are for
// nothing.
func judged(t *testing.T, version string, problems map[string]bool) {
	t.Helper()
	used := map[int]bool{}
	for _, p := range slices.Sorted(maps.Keys(problems)) {
		n := slices.IndexFunc(knownErrors(), func(k known) bool {
			return slices.Contains(strings.Fields(k.versions), version) && k.problem.MatchString(p)
		})
		if used[n] = true; n < 0 {
			t.Error(p)
		}
	}
	for n, k := range knownErrors() {
		if slices.Contains(strings.Fields(k.versions), version) && !used[n] {
			t.Errorf("%s is on the list of known errors and did not happen", k.problem)
		}
	}
}
