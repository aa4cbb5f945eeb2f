package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func errorsOf(o object) object { return o["errors"].([]any)[0].(object) }

func TestAnswersAboutAccess(t *testing.T) {
	s, c := newClient(t, Options{Tokens: []string{"right"}})
	c.token = ""
	if code := c.refused(http.StatusUnauthorized, "GET", "/me", nil); code != "unauthorized" {
		t.Errorf("code %s", code)
	}
	resp, _ := c.raw("GET", "/me", nil)
	if resp.Header.Get("X-RateLimit-Limit") != "" || resp.Header.Get("X-Request-Id") == "" {
		t.Errorf("headers of a 401: %v", resp.Header)
	}
	c.token = "wrong"
	c.refused(http.StatusUnauthorized, "GET", "/me", nil)
	c.token = "right"
	resp, _ = c.raw("GET", "/me", nil)
	for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id"} {
		if resp.Header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
	me := c.do("GET", "/me", nil)
	if me["type"] != "admin" || me["app"].(object)["id_code"] != s.Status().WorkspaceID {
		t.Errorf("me %v", me)
	}
	if got := s.Requests("GET", "/me"); len(got) != 5 || got[0].Status != 401 || got[4].Status != 200 {
		t.Errorf("recorded %+v", got)
	}
}

func TestVersionGate(t *testing.T) {
	_, c := seeded(t, "en", "fr")
	a := c.article(object{"state": "published"})
	k := c.do("POST", "/help_center/collections", object{"name": "K"})
	has := func(o object, key string) bool { _, ok := o[key]; return ok }
	tests := []struct {
		version string
		echo    string
		has     string // keys of the article, of the collection after |, of the help center after ||
		lacks   string
		found   []string
		gone    []string
	}{
		{"2.9", "2.9", "parent_id parent_type parent_ids statistics translated_content|type", "tags body_markdown folder_id|parent_id", []string{"/help_center/sections"}, []string{"/articles/search", "/articles/" + id(a) + "/versions"}},
		{"2.10", "2.10", "parent_id|parent_id", "tags body_markdown|type", []string{"/articles/search"}, []string{"/help_center/sections"}},
		{"2.13", "2.13", "parent_id tags", "body_markdown has_unpublished_changes", nil, []string{"/articles/" + id(a) + "/draft"}},
		{"2.15", "2.15", "parent_id tags", "body_markdown", nil, []string{"/help_center/help_centers/501/redirects"}},
		{"2.16", "2.16", "parent_ids tags body_markdown has_unpublished_changes draft_updated_at ai_copilot_availability created_by_id help_center_audience scheduled_publish_at", "parent_id parent_type folder_id audience_ids", []string{"/articles/" + id(a) + "/versions", "/help_center/help_centers/501/redirects"}, nil},
		{"Preview", "Preview", "folder_id parent_ids", "parent_id", nil, nil},
		{"Unstable", "Unstable", "folder_id", "parent_id", nil, nil},
		{"preview", "preview", "folder_id", "parent_id", nil, nil},
		{"1.4", "1.4", "parent_id", "body_markdown", nil, nil},
		{"", "2.14", "parent_id tags", "body_markdown", nil, nil},
	}
	for _, test := range tests {
		t.Run("version "+test.version, func(t *testing.T) {
			c := c.at(test.version)
			resp, _ := c.raw("GET", "/articles/"+id(a), nil)
			if got := resp.Header.Get("Intercom-Version"); got != test.echo {
				t.Errorf("echo %q, want %q", got, test.echo)
			}
			article, collection := c.do("GET", "/articles/"+id(a), nil), c.do("GET", "/help_center/collections/"+id(k), nil)
			for i, want := range []string{test.has, test.lacks} {
				ofArticle, ofCollection, _ := strings.Cut(want, "|")
				for _, key := range strings.Fields(ofArticle) {
					if has(article, key) != (i == 0) {
						t.Errorf("article: %s there: %v", key, has(article, key))
					}
				}
				for _, key := range strings.Fields(ofCollection) {
					if has(collection, key) != (i == 0) {
						t.Errorf("collection: %s there: %v", key, has(collection, key))
					}
				}
			}
			for _, path := range test.found {
				c.do("GET", path, nil)
			}
			for _, path := range test.gone {
				c.refused(http.StatusNotFound, "GET", path, nil)
			}
		})
	}
	for _, version := range []string{"2.17", "3.0", "2.x", "2", "previews", "1.5", "2.016"} {
		if code := c.at(version).refused(http.StatusBadRequest, "GET", "/articles", nil); code != "intercom_version_invalid" {
			t.Errorf("version %s: code %s", version, code)
		}
	}
	if hc := c.at("2.15").do("GET", "/help_center/help_centers/501", nil); has(hc, "locales") {
		t.Errorf("locales before 2.16: %v", hc)
	}
	if hc := c.do("GET", "/help_center/help_centers/501", nil); len(hc["locales"].([]any)) != 2 || hc["default"] != true {
		t.Errorf("help center %v", hc)
	}
}

func TestUnknownCalls(t *testing.T) {
	_, c := seeded(t, "en")
	for _, call := range []string{"GET /nothing", "PATCH /articles", "DELETE /articles", "GET /articles/abc", "POST /help_center/help_centers", "GET /articles/1/2/3"} {
		method, path, _ := strings.Cut(call, " ")
		if code := c.refused(http.StatusNotFound, method, path, nil); code != "not_found" {
			t.Errorf("%s: %s", call, code)
		}
	}
}

func TestPages(t *testing.T) {
	clock := time.Unix(1_700_000_000, 0)
	_, c := newClient(t, Options{Now: func() time.Time { clock = clock.Add(time.Second); return clock }})
	var made []string
	for i := range 5 {
		made = append(made, id(c.article(object{"title": fmt.Sprint("t", i)})))
	}
	slices.Reverse(made)
	ids := func(o object) (list []string) {
		for _, a := range o["data"].([]any) {
			list = append(list, id(a.(object)))
		}
		return list
	}
	first := c.do("GET", "/articles?per_page=2", nil)
	pages := first["pages"].(object)
	if pages["total_pages"] != 3.0 || first["total_count"] != 5.0 || pages["next"] != c.url+"/articles?page=2&per_page=2" {
		t.Errorf("pages %v of %v", pages, first["total_count"])
	}
	last := c.do("GET", "/articles?per_page=2&page=3", nil)
	if _, ok := last["pages"].(object)["next"]; ok {
		t.Errorf("next on the last page: %v", last["pages"])
	}
	got := slices.Concat(ids(first), ids(c.do("GET", "/articles?per_page=2&page=2", nil)), ids(last))
	if !slices.Equal(got, made) {
		t.Errorf("order %v, want newest first %v", got, made)
	}
	if _, ok := first["data"].([]any)[0].(object)["statistics"]; ok {
		t.Error("statistics in a list")
	}
	if p := c.do("GET", "/articles?per_page=9999", nil)["pages"].(object); p["per_page"] != 250.0 {
		t.Errorf("clamp: %v", p)
	}
	if p := c.do("GET", "/help_center/collections", nil)["pages"].(object); p["per_page"] != 20.0 || p["total_pages"] != 0.0 {
		t.Errorf("default of collections: %v", p)
	}
	if n := len(ids(c.do("GET", "/articles?page=9", nil))); n != 0 {
		t.Errorf("%d articles beyond the last page", n)
	}
	c.refused(http.StatusBadRequest, "GET", "/articles?page=x", nil)
	c.do("PUT", "/articles/"+made[4], object{"title": "again"})
	if got := ids(c.do("GET", "/articles?per_page=1", nil)); got[0] != made[4] {
		t.Errorf("an edited article is not first: %v", got)
	}
}

func TestWritesThatAreRefused(t *testing.T) {
	_, c := seeded(t, "en", "fr")
	a := "/articles/" + id(c.article(nil))
	fine := object{"title": "T", "author_id": firstAdmin}
	with := func(key string, value any) object {
		o := object{}
		for k, v := range fine {
			o[k] = v
		}
		o[key] = value
		return o
	}
	tests := []struct {
		name, method, path string
		body               any
		status             int
		code               string
	}{
		{"no author", "POST", "/articles", object{"title": "T"}, 400, "parameter_not_found"},
		{"no title", "POST", "/articles", object{"author_id": firstAdmin}, 400, "parameter_not_found"},
		{"unknown author", "PUT", a, object{"author_id": 1}, 400, "parameter_invalid"},
		{"unknown parent", "PUT", a, object{"parent_id": 1, "parent_type": "collection"}, 404, "not_found"},
		{"unknown parent type", "PUT", a, object{"parent_id": 1, "parent_type": "folder"}, 400, "parameter_invalid"},
		{"section after 2.9", "PUT", a, object{"parent_id": 1, "parent_type": "section"}, 400, "parameter_invalid"},
		{"unknown locale", "PUT", a, object{"translated_content": object{"xx": object{"title": "T"}}}, 400, "parameter_invalid"},
		{"new locale without title", "PUT", a, object{"translated_content": object{"fr": object{"body": "b"}}}, 400, "parameter_not_found"},
		{"wrong state", "PUT", a, object{"state": "live"}, 400, "parameter_invalid"},
		{"title not a string", "PUT", a, object{"title": 5}, 400, "type_mismatch"},
		{"body refused", "PUT", a, object{"body": "<dl></dl>"}, 400, "parameter_invalid"},
		{"both bodies", "PUT", a, object{"body": "a", "body_markdown": "b"}, 400, "parameter_invalid"},
		{"not an object", "PUT", a, []int{1}, 400, "bad_request"},
		{"schedule and draft", "POST", "/articles", with("scheduled_publish_at", "2999-01-01T00:00:00Z"), 200, ""},
		{"schedule in the past", "POST", "/articles", with("scheduled_publish_at", "2001-01-01T00:00:00Z"), 400, "parameter_invalid"},
		{"unpublish what was never live", "POST", "/articles", with("scheduled_unpublish_at", "2999-01-01T00:00:00Z"), 400, "parameter_invalid"},
		{"unknown audience", "POST", "/articles", with("audience_ids", []int{9}), 404, "parameter_invalid"},
		{"collection without name", "POST", "/help_center/collections", object{"description": "d"}, 400, "parameter_not_found"},
		{"collection in nothing", "POST", "/help_center/collections", object{"name": "K", "parent_id": "1"}, 404, "not_found"},
		{"collection in no help center", "POST", "/help_center/collections", object{"name": "K", "help_center_id": 1}, 404, "not_found"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := c.want(test.status, test.method, test.path, test.body)
			if test.code != "" && errorsOf(o)["code"] != test.code {
				t.Errorf("answer %v, want %s", o, test.code)
			}
		})
	}
}

func TestTranslations(t *testing.T) {
	s, c := seeded(t, "en", "de", "fr")
	a := c.article(object{"translated_content": object{"fr": object{"title": "Installer", "body": "<p>Salut</p>", "author_id": firstAdmin, "state": "published"}}})
	path := "/articles/" + id(a)
	tc := func(o object) object { return o["translated_content"].(object) }
	fr := tc(a)["fr"].(object)
	if fr["title"] != "Installer" || fr["state"] != "published" || a["state"] != "draft" || fr["type"] != "article_content" || fr["description"] != nil {
		t.Errorf("created %v", a)
	}
	if url, _ := fr["url"].(string); !strings.HasPrefix(url, "https://help.acme.test/fr/articles/") || a["url"] != nil {
		t.Errorf("addresses %v and %v", fr["url"], a["url"])
	}
	if a["default_locale"] != "en" || tc(a)["type"] != "article_translated_content" {
		t.Errorf("created %v", a)
	}
	if _, ok := tc(a)["en"]; ok {
		t.Error("the default locale is repeated")
	}
	heir := c.article(object{"translated_content": object{"de": object{"title": "D"}}})
	if de := tc(heir)["de"].(object); de["author_id"] != float64(firstAdmin) || de["state"] != "draft" {
		t.Errorf("a translation without an author: %v", de)
	}
	b := c.do("PUT", path, object{"translated_content": object{"fr": object{"description": "d"}, "de": nil}})
	if fr := tc(b)["fr"].(object); fr["title"] != "Installer" || fr["description"] != "d" || fr["body"] != `<p class="no-margin">Salut</p>` {
		t.Errorf("one field of one locale changed more: %v", fr)
	}
	if b["title"] != "Install" {
		t.Errorf("the root changed: %v", b)
	}
	both := c.do("PUT", path, object{"title": "Root", "translated_content": object{"en": object{"title": "Nested", "description": "n"}}})
	if both["title"] != "Root" || both["description"] != "n" {
		t.Errorf("root and nested: %v", both)
	}
	for _, how := range []string{"absent", "null", "empty"} {
		c.do("PATCH", "/_sandbox/switches", object{"tc_missing": how, "tc_default_locale": "include"})
		o := tc(c.do("GET", path, nil))
		de, there := o["de"]
		if there != (how != "absent") || (de == nil) != (how != "empty") {
			t.Errorf("%s: de is %v, there: %v", how, de, there)
		}
		if en, ok := o["en"].(object); !ok || en["title"] != "Root" {
			t.Errorf("the default locale is not repeated: %v", o["en"])
		}
	}
	off := false
	if err := s.UIHelpCenter("501", UIHelpCenter{Multilingual: &off}); err != nil {
		t.Fatal(err)
	}
	single := c.do("PUT", path, object{"translated_content": object{"fr": object{"title": "ignored"}, "xx": 5}})
	if _, ok := single["translated_content"]; ok || single["default_locale"] != nil {
		t.Errorf("a workspace with one language shows %v", single)
	}
}

func TestStatesAndPendingDrafts(t *testing.T) {
	s, c := seeded(t, "en")
	a := id(c.article(nil))
	path := "/articles/" + a
	put := func(body object) object { return c.do("PUT", path, body) }
	if o := put(object{"title": "b"}); o["state"] != "draft" || o["title"] != "b" {
		t.Errorf("a draft stays one: %v", o)
	}
	if o := put(object{"state": "published"}); o["state"] != "published" || o["url"] == nil {
		t.Errorf("published: %v", o)
	}
	if o := put(object{"title": "c"}); o["state"] != "published" || o["title"] != "c" {
		t.Errorf("an edit is live: %v", o)
	}
	text := "<p class=\"no-margin\">theirs</p>"
	if err := s.UIEdit(a, UIEdit{Body: &text, Draft: true}); err != nil {
		t.Fatal(err)
	}
	if o := put(object{"title": "d"}); o["title"] != "c" || o["has_unpublished_changes"] != true || o["draft_updated_at"] == nil {
		t.Errorf("an edit beside a pending draft went live: %v", o)
	}
	if o := c.at("2.14").do("GET", path, nil); o["title"] != "c" || o["has_unpublished_changes"] != nil {
		t.Errorf("2.14 sees %v", o)
	}
	if d := c.do("GET", path+"/draft", nil); d["title"] != "d" || d["body"] != text {
		t.Errorf("draft %v", d)
	}
	if o := put(object{"state": "published"}); o["title"] != "d" || o["body"] != text || o["has_unpublished_changes"] != false {
		t.Errorf("publishing takes the pending text: %v", o)
	}
	c.refused(http.StatusNotFound, "GET", path+"/draft", nil)
	if code := c.refused(http.StatusUnprocessableEntity, "POST", path+"/draft/publish", nil); code != "parameter_invalid" {
		t.Error(code)
	}
	staged := c.do("PUT", path+"/draft", object{"title": "e", "state": "draft"})
	if staged["title"] != "e" || staged["state"] != "published" || c.do("GET", path, nil)["title"] != "d" {
		t.Errorf("staged %v", staged)
	}
	if o := c.do("POST", path+"/draft/publish", nil); o["title"] != "e" || o["draft_updated_at"] != nil {
		t.Errorf("published draft %v", o)
	}
	if o := put(object{"state": "draft"}); o["state"] != "draft" || o["url"] != nil {
		t.Errorf("unpublished: %v", o)
	}
	if code := c.refused(http.StatusUnprocessableEntity, "PUT", path+"/draft", object{"title": "f"}); code != "parameter_invalid" {
		t.Error(code)
	}
	versions := c.do("GET", path+"/versions", nil)
	newest := versions["data"].([]any)[0].(object)
	if versions["total_count"].(float64) < 5 || newest["created_via"] != "api" || newest["title"] != "e" {
		t.Errorf("versions %v", versions)
	}
	if v := c.do("GET", path+"/versions/"+id(newest), nil); v["body"] != text || v["author_id"] != strconv.Itoa(firstAdmin) {
		t.Errorf("version %v", v)
	}
	c.refused(http.StatusBadRequest, "GET", path+"/versions?locale=xx", nil)
}

func TestDraftOfLocales(t *testing.T) {
	_, c := seeded(t, "en", "fr")
	a := c.article(object{"state": "published", "translated_content": object{"fr": object{"title": "F", "state": "published"}}})
	path := "/articles/" + id(a) + "/draft"
	c.do("PUT", path, object{"translated_content": object{"fr": object{"title": "G"}}})
	if code := c.refused(http.StatusUnprocessableEntity, "POST", path+"/publish", nil); code != "parameter_not_found" {
		t.Error(code)
	}
	c.refused(http.StatusUnprocessableEntity, "POST", path+"/publish", object{"locales": []string{"en", "fr"}})
	o := c.do("POST", path+"/publish", object{"locales": []string{"fr"}})
	if fr := o["translated_content"].(object)["fr"].(object); fr["title"] != "G" || o["title"] != "Install" {
		t.Errorf("published %v", o)
	}
	c.do("PATCH", "/_sandbox/switches", object{"draft_422": "message", "draft_missing": "empty"})
	if o := c.want(http.StatusUnprocessableEntity, "POST", path+"/publish", nil); o["status"] != 422.0 || o["message"] == "" {
		t.Errorf("the other shape: %v", o)
	}
	if resp, data := c.raw("GET", path, nil); resp.StatusCode != 404 || len(data) != 0 {
		t.Errorf("%d %q", resp.StatusCode, data)
	}
}
