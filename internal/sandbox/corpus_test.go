package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const corpusDir = "../../../shared/corpus"

// corpus lists recorded files; the project's tests run without them.
func corpus(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpusDir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no recorded data at %s/%s", corpusDir, pattern)
	}
	return files
}

func testRewriter(sw Switches) *rewriter {
	st := freshState(0)
	c := &call{st: st, edit: newState(), sw: sw.filled()}
	return c.rewriter()
}

// rewrite is what a body becomes under these switches, "key=value" each.
func rewrite(t *testing.T, body string, switches ...string) (string, error) {
	t.Helper()
	var sw Switches
	for _, kv := range switches {
		if err := sw.Set(kv); err != nil {
			t.Fatal(err)
		}
	}
	return testRewriter(sw).rewrite(body)
}

var signedQuery = regexp.MustCompile(`\?expires=[^"]*"`)

// known lists what makes a recorded body differ from what is stored today.
func known(body string) bool {
	return strings.Contains(body, "<p><b>Could not display content</b></p>") || // a block without an HTML form
		strings.Contains(body, `class="intercom-align-left"`) // the form of 2018, with neither ids nor no-margin
}

// TestStoredBodiesStay writes bodies that the API has answered back to it.
func TestStoredBodiesStay(t *testing.T) {
	for _, file := range corpus(t, "bodies/*.html") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rewrite(t, string(data))
		if err != nil {
			t.Errorf("%s: refused: %v", file, err)
		}
		want := signedQuery.ReplaceAllString(string(data), `"`)
		if got != want && !known(want) {
			t.Errorf("%s: %s", file, cmp.Diff(want, got))
		}
	}
}

// TestOtherBlocksStay writes recorded bodies back with one new block: the others
// must come out as they were, but for the layout between them.
func TestOtherBlocksStay(t *testing.T) {
	for _, file := range corpus(t, "bodies/*.html") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		old, err := parseBody(string(data))
		if err != nil {
			t.Fatal(err)
		}
		stripSignatures(old)
		body := compact(old)
		got, err := rewrite(t, body+"<p>new</p>")
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		stored, err := parseBody(got)
		if err != nil {
			t.Fatal(err)
		}
		if want := body + `<p class="no-margin">new</p>`; compact(stored) != want && !known(body) && placedHeadings(body) {
			t.Errorf("%s: %s", file, cmp.Diff(want, compact(stored)))
		}
	}
}

// placedHeadings leaves out bodies whose headings all have ids of another
// system: those do move up.
func placedHeadings(body string) bool {
	return !strings.Contains(body, "<h") || regexp.MustCompile(` id="h_[0-9a-f]{10}"`).MatchString(body)
}

func TestImportWorkspace(t *testing.T) {
	data, err := os.ReadFile(corpus(t, "workspace/articles.json")[0])
	if err != nil {
		t.Fatal(err)
	}
	s, c := newClient(t, Options{Switches: Switches{DefaultLocale: "include", MissingLocale: "absent", SignImages: "off"}})
	report, err := s.Import(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	if report.Articles != 169 || len(report.Skipped) != 0 {
		t.Errorf("report %+v", report)
	}
	if st := s.Status(); st.Collections != 45 || st.Articles != 169 || st.Published != 145 || len(st.Locales) != 3 || st.WorkspaceID != "p2m2ant5" {
		t.Errorf("status %+v", st)
	}
	got := map[string]object{}
	for page := 1; len(got) < 169; page++ {
		list := c.at("2.11").do("GET", fmt.Sprintf("/articles?page=%d&per_page=50", page), nil)
		for _, a := range list["data"].([]any) {
			got[id(a.(object))] = a.(object)
		}
		if page > 4 {
			t.Fatalf("%d articles in 4 pages of 50", len(got))
		}
	}
	for _, a := range withoutQueries(t, data) {
		if diff := cmp.Diff(a, got[id(a)]); diff != "" {
			t.Errorf("article %s (-imported +listed):\n%s", id(a), diff)
		}
	}
}

// withoutQueries decodes a list answer whose image addresses lost their
// signatures.
func withoutQueries(t *testing.T, data []byte) []object {
	t.Helper()
	var list struct{ Data []object }
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	for _, a := range list.Data {
		a["body"] = signedQuery.ReplaceAllString(a["body"].(string), `"`)
		for locale, text := range a["translated_content"].(object) {
			if locale != "type" {
				o := text.(object)
				o["body"] = signedQuery.ReplaceAllString(o["body"].(string), `"`)
			}
		}
	}
	return list.Data
}

// TestSlugs compares the end of recorded addresses with what their titles give.
// A title changed after the address was made is no mistake, so a few may differ.
func TestSlugs(t *testing.T) {
	data, err := os.ReadFile(corpus(t, "workspace/articles.json")[0])
	if err != nil {
		t.Fatal(err)
	}
	same, all := 0, 0
	for _, a := range withoutQueries(t, data) {
		for locale, text := range a["translated_content"].(object) {
			o, _ := text.(object)
			if url, _ := o["url"].(string); url != "" {
				all++
				want := articlePath(locale, 0, o["title"].(string))
				_, want, _ = strings.Cut(want, "/0-")
				_, got, _ := strings.Cut(url[strings.LastIndex(url, "/"):], "-")
				if got == want {
					same++
				} else {
					t.Logf("%s: %s, not %s", o["title"], got, want)
				}
			}
		}
	}
	if same*100 < all*95 {
		t.Errorf("%d of %d slugs", same, all)
	}
}

// TestKeysOfExamples compares the names in our answers with those of the
// examples in the API's own descriptions.
func TestKeysOfExamples(t *testing.T) {
	_, c := newClient(t)
	k := c.do("POST", "/help_center/collections", object{"name": "K"})
	a := c.article(object{"state": "published", "parent_id": id(k)})
	b := "/articles/" + id(a)
	c.do("PUT", b+"/draft", object{"title": "d"})
	version := id(c.do("GET", b+"/versions", nil)["data"].([]any)[0].(object))
	hc := "/help_center/help_centers"
	asked := map[string]string{
		"GET /articles 200": "/articles", "GET /articles/{ID} 200": b, "GET /articles/{ID}/draft 200": b + "/draft",
		"GET /articles/{ID}/versions 200": b + "/versions", "GET /articles/{ID}/versions/{ID} 200": b + "/versions/" + version,
		"GET /articles/search 200": "/articles/search?phrase=install", "GET /help_center/collections 200": "/help_center/collections",
		"GET /help_center/collections/{ID} 200": "/help_center/collections/" + id(k), "GET /help_center/help_centers 200": hc,
		"GET /help_center/help_centers/{ID} 200": fmt.Sprintf("%s/%d", hc, firstHelpCenter),
	}
	compared := 0
	for _, file := range corpus(t, "json/openapi-examples/*.json") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var examples map[string]object
		if err := json.Unmarshal(data, &examples); err != nil {
			t.Fatal(err)
		}
		v := c.at(strings.TrimSuffix(filepath.Base(file), ".json"))
		for name, example := range examples {
			call := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(name, "{ID}")
			for prefix, path := range asked {
				if strings.HasPrefix(call, prefix+" ") {
					compared++
					for _, key := range lacking(example, v.do("GET", path, nil), "") {
						t.Errorf("%s %s: no %s", v.version, name, key)
					}
				}
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d examples were compared", compared)
	}
}

// lacking lists the names in an example that an answer has not, in the first
// items of arrays too.
func lacking(example, answer any, at string) (names []string) {
	switch want := example.(type) {
	case object:
		have, ok := answer.(object)
		if !ok {
			return []string{at}
		}
		for key, value := range want {
			if _, there := have[key]; !there {
				names = append(names, at+"."+key)
			} else {
				names = append(names, lacking(value, have[key], at+"."+key)...)
			}
		}
	case []any:
		if have, ok := answer.([]any); ok && len(want) > 0 && len(have) > 0 {
			return lacking(want[0], have[0], at+"[]")
		}
	}
	return names
}
