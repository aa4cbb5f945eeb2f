package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestCollections(t *testing.T) {
	_, c := seeded(t, "en", "fr")
	make := func(name string, parent any) object {
		return c.do("POST", "/help_center/collections", object{"name": name, "parent_id": parent})
	}
	a := make("A", nil)
	b := make("B", id(a))
	d := make("C", id(b))
	if d["parent_id"] != id(b) || d["help_center_id"] != nil || d["order"] != 1.0 || d["description"] != "" {
		t.Errorf("third level %v", d)
	}
	const path = "/help_center/collections/"
	if code := c.refused(http.StatusBadRequest, "POST", "/help_center/collections", object{"name": "D", "parent_id": id(d)}); code != "parameter_invalid" {
		t.Error(code)
	}
	c.refused(http.StatusBadRequest, "PUT", path+id(a), object{"parent_id": id(d)})
	e := make("E", nil)
	c.refused(http.StatusBadRequest, "PUT", path+id(a), object{"parent_id": id(e)}) // its subtree is three high
	c.do("PUT", path+id(a), object{"translated_content": object{"fr": object{"name": "Un", "description": "d"}}, "order": 9, "icon": "x"})
	o := c.do("PUT", path+id(a), object{"translated_content": object{"fr": object{"name": "Deux"}}})
	fr := o["translated_content"].(object)["fr"].(object)
	if fr["name"] != "Deux" || fr["description"] != "d" || o["name"] != "A" || o["icon"] != "book-bookmark" || o["order"] != 1.0 {
		t.Errorf("merged %v", o)
	}
	art := c.article(object{"parent_id": id(b)})
	c.do("DELETE", path+id(b), nil)
	if o := c.do("GET", path+id(d), nil); o["parent_id"] != nil || o["help_center_id"] != 501.0 {
		t.Errorf("child of a deleted collection: %v", o)
	}
	if o := c.do("GET", "/articles/"+id(art), nil); len(o["parent_ids"].([]any)) != 0 {
		t.Errorf("article of a deleted collection: %v", o)
	}
	c.do("PATCH", "/_sandbox/switches", object{"delete_collection": "delete-articles"})
	inside := c.article(object{"parent_id": id(d)})
	c.do("DELETE", path+id(d), nil)
	c.refused(http.StatusNotFound, "GET", "/articles/"+id(inside), nil)
	c.do("PATCH", "/_sandbox/switches", object{"delete_collection": "reject"})
	c.article(object{"parent_id": id(e)})
	c.refused(http.StatusConflict, "DELETE", path+id(e), nil)
}

func TestSections(t *testing.T) {
	_, c := seeded(t, "en")
	k := c.do("POST", "/help_center/collections", object{"name": "K"})
	old := c.at("2.9")
	parent, _ := strconv.Atoi(id(k))
	s := old.do("POST", "/help_center/sections", object{"name": "S", "parent_id": parent})
	if s["type"] != "section" || s["parent_id"] != float64(parent) {
		t.Errorf("section %v", s)
	}
	a := old.do("POST", "/articles", object{"title": "T", "author_id": firstAdmin, "parent_id": id(s), "parent_type": "section"})
	if a["parent_type"] != "section" {
		t.Errorf("article %v", a)
	}
	if n := old.do("GET", "/help_center/collections", nil)["total_count"]; n != 1.0 {
		t.Errorf("%v collections in 2.9", n)
	}
	if o := c.do("GET", "/help_center/collections/"+id(s), nil); o["parent_id"] != id(k) {
		t.Errorf("in 2.16 %v", o)
	}
	if o := old.do("PUT", "/help_center/sections/"+id(s), object{"name": "R"}); o["name"] != "R" {
		t.Errorf("renamed %v", o)
	}
	if o := old.do("DELETE", "/help_center/sections/"+id(s), nil); o["object"] != "section" {
		t.Errorf("deleted %v", o)
	}
	old.refused(http.StatusNotFound, "GET", "/help_center/sections/"+id(k), nil)
}

func TestSeveralParents(t *testing.T) {
	_, c := seeded(t, "en")
	a, b := c.do("POST", "/help_center/collections", object{"name": "A"}), c.do("POST", "/help_center/collections", object{"name": "B"})
	art := c.article(object{"parent_id": id(a), "parent_ids": []string{id(a), id(b)}})
	if n := len(art["parent_ids"].([]any)); n != 1 {
		t.Errorf("2.16 took parent_ids: %v", art)
	}
	path, newest := "/articles/"+id(art), c.at("Preview")
	if o := newest.do("PUT", path, object{"parent_ids": []string{id(b), id(a)}}); len(o["parent_ids"].([]any)) != 2 {
		t.Errorf("preview %v", o)
	}
	if o := c.at("2.14").do("GET", path, nil); fmt.Sprintf("%.0f", o["parent_id"]) != id(b) || o["parent_type"] != "collection" {
		t.Errorf("2.14 %v", o)
	}
	c.do("PUT", path, object{"parent_id": nil})
	if o := c.do("PUT", path, object{"parent_id": id(a)}); len(o["parent_ids"].([]any)) != 1 {
		t.Errorf("parent_id replaces the set: %v", o)
	}
	c.do("PATCH", "/_sandbox/switches", object{"parent_drift": "on"})
	if o := c.at("2.14").do("GET", path, nil); o["parent_id"] != nil || len(o["parent_ids"].([]any)) != 1 {
		t.Errorf("drift %v", o)
	}
	if o := newest.do("PUT", path, object{"parent_ids": []int{}}); len(o["parent_ids"].([]any)) != 0 {
		t.Errorf("none %v", o)
	}
}

func TestAuthors(t *testing.T) {
	s, c := seeded(t, "en")
	other, err := s.UIAdmin("Ops", "ops@acme.test")
	if err != nil {
		t.Fatal(err)
	}
	a := c.article(object{"author_id": other})
	path := "/articles/" + id(a)
	if o := c.do("PUT", path, object{"title": "b"}); fmt.Sprintf("%.0f", o["author_id"]) != other {
		t.Errorf("author changed: %v", o)
	}
	if err := s.UIAdminLeaves(other); err != nil {
		t.Fatal(err)
	}
	c.do("PUT", path, object{"title": "c", "author_id": other})
	if code := c.refused(http.StatusBadRequest, "POST", "/articles", object{"title": "T", "author_id": other}); code != "parameter_invalid" {
		t.Error(code)
	}
	if code := c.refused(http.StatusNotFound, "GET", "/admins/"+other, nil); code != "admin_not_found" {
		t.Error(code)
	}
	c.do("PATCH", "/_sandbox/switches", object{"author_reassign": "on"})
	if o := c.do("PUT", path, object{"title": "d"}); o["author_id"] != float64(firstAdmin) {
		t.Errorf("author not reassigned: %v", o)
	}
}

func TestSearch(t *testing.T) {
	_, c := seeded(t, "en", "fr")
	k := c.do("POST", "/help_center/collections", object{"name": "K"})
	a := c.article(object{"title": "Connect a printer", "state": "published", "parent_id": id(k)})
	c.article(object{"title": "Billing", "body": "<p>about the printer</p>"})
	find := func(query string) []any {
		return c.do("GET", "/articles/search?"+query, nil)["data"].(object)["articles"].([]any)
	}
	for query, want := range map[string]int{"phrase=PRINTER": 2, "phrase=printer&state=published": 1, "state=draft": 1, "phrase=nothing": 0, "help_center_id=501": 2, "help_center_id=7": 0} {
		if got := find(query); len(got) != want {
			t.Errorf("%s: %d hits, want %d", query, len(got), want)
		}
	}
	o := c.do("GET", "/articles/search?"+url.Values{"phrase": {"a printer"}, "highlight": {"true"}}.Encode(), nil)
	h := o["data"].(object)["highlights"].([]any)[0].(object)
	if h["article_id"] != id(a) || h["highlighted_title"].([]any)[1].(object)["text"] != "a printer" {
		t.Errorf("highlight %v", h)
	}
}

func TestTagsAndRedirects(t *testing.T) {
	_, c := seeded(t, "en")
	a := c.article(nil)
	tag := c.do("POST", "/tags", object{"name": "R&D"})
	if again := c.do("POST", "/tags", object{"name": "r&d"}); id(again) != id(tag) {
		t.Errorf("tags differ by case: %v", again)
	}
	c.do("POST", "/articles/"+id(a)+"/tags", object{"id": id(tag)})
	tags := c.do("GET", "/articles/"+id(a), nil)["tags"].(object)["tags"].([]any)
	if len(tags) != 1 || tags[0].(object)["name"] != "R&amp;D" {
		t.Errorf("tags %v", tags)
	}
	if code := c.refused(http.StatusNotFound, "POST", "/articles/"+id(a)+"/tags", object{"id": "1"}); code != "tag_not_found" {
		t.Error(code)
	}
	if code := c.refused(http.StatusNotFound, "POST", "/articles/1/tags", object{"id": id(tag)}); code != "article_not_found" {
		t.Error(code)
	}
	if o := c.do("DELETE", "/articles/"+id(a)+"/tags/"+id(tag), nil); o["applied_at"] != nil {
		t.Errorf("removed %v", o)
	}
	const path = "/help_center/help_centers/501/redirects"
	fine := object{"from_url": "https://help.acme.test/old", "locale": "en", "target_type": "article", "target_id": id(a)}
	r := c.do("POST", path, fine)
	if code := c.refused(http.StatusConflict, "POST", path, fine); code != "resource_conflict" {
		t.Error(code)
	}
	fine["from_url"] = "https://elsewhere.test/old"
	if code := c.refused(http.StatusUnprocessableEntity, "POST", path, fine); code != "data_invalid" {
		t.Error(code)
	}
	fine["target_type"] = "page"
	c.refused(http.StatusBadRequest, "POST", path, fine)
	delete(fine, "locale")
	c.refused(http.StatusBadRequest, "POST", path, fine)
	if o := c.do("GET", path, nil); o["total_count"] != 1.0 {
		t.Errorf("redirects %v", o)
	}
	c.do("DELETE", path+"/"+id(r), nil)
	c.refused(http.StatusNotFound, "GET", path+"/"+id(r), nil)
}

func TestSignedImages(t *testing.T) {
	clock := time.Unix(1_700_000_100, 0)
	_, c := newClient(t, Options{Now: func() time.Time { return clock }})
	a := c.article(object{"body": `<img src="https://pictures.test/a/b.png">`})
	first := a["body"].(string)
	if !strings.Contains(first, "/b.png?expires=1700001900&amp;signature=") || !strings.HasSuffix(first, `%0A"></div>`) {
		t.Errorf("body %s", first)
	}
	clock = clock.Add(20 * time.Minute)
	second := c.do("GET", "/articles/"+id(a), nil)["body"].(string)
	if first == second || signedQuery.ReplaceAllString(first, `"`) != signedQuery.ReplaceAllString(second, `"`) {
		t.Errorf("not only the signature changed:\n%s\n%s", first, second)
	}
	if again := c.do("PUT", "/articles/"+id(a), object{"body": second})["body"]; again != second {
		t.Errorf("written back: %s", again)
	}
	if again := c.do("PUT", "/articles/"+id(a), object{"body": `<img src="https://pictures.test/a/b.png">`})["body"]; again == second {
		t.Error("a foreign image sent again kept its address")
	}
}
