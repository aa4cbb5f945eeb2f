package sandbox

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func imported(t *testing.T, docs ...string) (*Server, *client, ImportReport) {
	t.Helper()
	s, c := newClient(t)
	var readers []io.Reader
	for _, d := range docs {
		readers = append(readers, strings.NewReader(d))
	}
	report, err := s.Import(readers...)
	if err != nil {
		t.Fatal(err)
	}
	return s, c, report
}

// TestImportShapes gives the same article in the shapes in which answers come.
func TestImportShapes(t *testing.T) {
	const article = `{"type":"article","id":"16000700","workspace_id":"ws1","title":"T","body":"<p>b</p>","author_id":"55","state":"published","created_at":1,"updated_at":2,"parent_id":9,"parent_type":"collection","parent_ids":[],"url":"https://help.acme.test/de/articles/16000700-t"}`
	for name, doc := range map[string]string{
		"single":       article,
		"array":        "[" + article + "]",
		"list":         `{"type":"list","data":[` + article + `],"total_count":1,"pages":null}`,
		"search":       `{"type":"list","data":{"articles":[` + article + `],"highlights":[]}}`,
		"recorded":     `[{"url":"/articles","status":200,"response":{"type":"list","data":[` + article + `]}}]`,
		"twice":        article + "\n" + article,
		"without type": strings.Replace(article, `"type":"article",`, "", 1),
		"number ids":   strings.NewReplacer(`"16000700"`, "16000700", `"55"`, "55", "[]", `["9"]`, `:9,`, `:null,`).Replace(article),
	} {
		t.Run(name, func(t *testing.T) {
			s, c, report := imported(t, doc)
			if want := []string{"admin 55", "collection 9", "help center 1200002"}; !slices.Equal(report.MadeUp, want) || len(report.Skipped) > 0 {
				t.Errorf("report %+v", report)
			}
			a := c.do("GET", "/articles/16000700", nil)
			if a["author_id"] != 55.0 || a["updated_at"] != 2.0 || a["workspace_id"] != "ws1" || a["body"] != "<p>b</p>" || a["parent_ids"].([]any)[0] != 9.0 {
				t.Errorf("article %v", a)
			}
			if _, ok := a["translated_content"]; ok {
				t.Error("a workspace with one language became multilingual")
			}
			hc := c.do("GET", "/help_center/help_centers/1200002", nil)
			if hc["url"] != "https://help.acme.test" || hc["locales"].([]any)[0] != "de" || hc["default"] != true {
				t.Errorf("help center %v", hc)
			}
			if k := c.do("GET", "/help_center/collections/9", nil); k["name"] != "Collection 9" || k["help_center_id"] != 1200002.0 {
				t.Errorf("collection %v", k)
			}
			if ad := c.do("GET", "/admins/55", nil); ad["email"] != "admin-55@sandbox.test" {
				t.Errorf("admin %v", ad)
			}
			if s.Status().WorkspaceID != "ws1" || s.Status().Published != 1 {
				t.Errorf("status %+v", s.Status())
			}
			if fresh := c.article(nil); id(fresh) != "16000701" {
				t.Errorf("next id %s", id(fresh))
			}
		})
	}
}

func TestImportTranslations(t *testing.T) {
	_, c, _ := imported(t, `{"id":1,"type":"article","title":"T","body":"b","author_id":5,"state":"draft","default_locale":"en",
		"translated_content":{"type":"article_translated_content","en":{"title":"other","body":"x","type":"article_content"},
		"fr":{"title":"F","body":"f","author_id":6,"state":"published","description":null},"de":null,"es":{"title":"","body":""},"pt-BR":{"type":null}}}`)
	c.do("PATCH", "/_sandbox/switches", object{"tc_missing": "null"})
	a := c.do("GET", "/articles/1", nil)
	tc := a["translated_content"].(object)
	if a["title"] != "T" || tc["fr"].(object)["title"] != "F" || tc["de"] != nil || tc["es"] != nil || a["default_locale"] != "en" {
		t.Errorf("article %v", a)
	}
	hc := c.do("GET", "/help_center/help_centers", nil)["data"].([]any)[0].(object)
	if n := len(hc["locales"].([]any)); n != 5 {
		t.Errorf("locales %v", hc["locales"])
	}
	only := `{"id":1,"type":"article","title":"","body":null,"author_id":5,"default_locale":"en","translated_content":{"en":{"title":"nested","body":"x"}}}`
	_, c, _ = imported(t, only)
	if a := c.do("GET", "/articles/1", nil); a["title"] != "nested" {
		t.Errorf("an empty root hides the nested text: %v", a)
	}
}

func TestImportWhole(t *testing.T) {
	s, c, report := imported(t,
		`{"type":"list","data":[{"id":"20","type":"article","title":"T","body":"","author_id":3,"parent_ids":[11],"state":"published"}]}`,
		`{"type":"list","data":[{"id":"10","name":"A &amp; B","parent_id":null,"help_center_id":77,"icon":"x","order":4},{"id":"11","name":"C","parent_id":"10","help_center_id":null},{"id":"12","name":"D","parent_id":"99"}]}
		 {"type":"list","data":[{"id":"77","identifier":"acme","display_name":"Acme","default":true,"locales":["en","fr"],"url":"https://x.test/help"}]}`,
		`{"type":"admin.list","admins":[{"type":"admin","id":"3","name":"N","email":"n@acme.test"}]}`,
		`{"type":"admin","id":"4","email":"me@acme.test","name":"Me","app":{"type":"app","id_code":"abcd","name":"Acme","region":"EU","created_at":5}}`,
		`{"type":"error.list","errors":[{"code":"x"}]}`, `{"odd":1}`)
	want := ImportReport{HelpCenters: 1, Collections: 3, Articles: 1, Admins: 2, MadeUp: []string{"collection 99"}}
	if len(report.Skipped) != 2 {
		t.Errorf("skipped %q", report.Skipped)
	}
	report.Skipped = nil
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
	if me := c.do("GET", "/me", nil); me["email"] != "me@acme.test" || me["app"].(object)["id_code"] != "abcd" || me["app"].(object)["region"] != "EU" {
		t.Errorf("me %v", me)
	}
	if k := c.do("GET", "/help_center/collections/10", nil); k["name"] != "A &amp; B" || k["order"] != 4.0 || k["help_center_id"] != 77.0 {
		t.Errorf("collection %v", k)
	}
	if a := c.do("GET", "/articles/20", nil); !strings.HasPrefix(a["url"].(string), "https://x.test/help/en/articles/20-") && a["url"] != nil {
		t.Errorf("article %v", a)
	}
	if n := s.Status().HelpCenters; n != 1 {
		t.Errorf("%d help centers: the one of a fresh sandbox should have made room", n)
	}
}

func TestImportRefuses(t *testing.T) {
	s, _ := newClient(t)
	for doc, reason := range map[string]string{
		"":                                    "no article",
		`{"a":`:                               "document 1",
		`{"type":"article","id":"x"}`:         "not a number",
		`{"type":"article","id":1,"title":5}`: "article 1",
		"5":                                   "no article",
		`{"type":"article","id":1}{"type":"article","id":"two"}`: "not a number",
	} {
		if _, err := s.Import(strings.NewReader(doc)); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: error %v, want one about %q", doc, err, reason)
		}
	}
	if !s.Empty() {
		t.Error("a failed import left something")
	}
}

func TestExportAndBack(t *testing.T) {
	s, c := seeded(t, "en", "fr", "de")
	k := c.do("POST", "/help_center/collections", object{"name": "A & B", "translated_content": object{"fr": object{"name": "C"}}})
	c.do("POST", "/help_center/collections", object{"name": "inside", "parent_id": id(k)})
	a := c.article(object{"parent_id": id(k), "state": "published", "body": `<img src="https://a.test/b.png">`,
		"translated_content": object{"fr": object{"title": "F", "state": "published"}}})
	pending := "waiting"
	if err := s.UIEdit(id(a), UIEdit{Title: &pending, Draft: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.UIEdit(id(a), UIEdit{Locale: "fr", Title: &pending, Draft: true}); err != nil {
		t.Fatal(err)
	}
	tag := c.do("POST", "/tags", object{"name": "x"})
	c.do("POST", "/articles/"+id(a)+"/tags", object{"id": id(tag)})
	want := export(t, s)

	other, fresh := newClient(t)
	c.do("PATCH", "/_sandbox/switches", object{"sign_images": "off"})
	fresh.do("PATCH", "/_sandbox/switches", object{"sign_images": "off"})
	if _, err := other.Import(strings.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, export(t, other)); diff != "" {
		t.Errorf("(-exported +imported and exported):\n%s", diff)
	}
	for _, path := range []string{"/articles/" + id(a), "/articles/" + id(a) + "/draft", "/help_center/collections/" + id(k)} {
		if diff := cmp.Diff(c.do("GET", path, nil), fresh.do("GET", path, nil)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}
