package intercom

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

// desk notes what it is sent and answers with a fixed object, or with 404 where
// it has none for the path.
type desk struct {
	answers map[string]string

	mu    sync.Mutex
	calls []string
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	d.calls = append(d.calls, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(body)))
	if a, ok := d.answers[r.Method+" "+r.URL.Path]; ok {
		saysJSON(200, a)(w, r)
		return
	}
	notFound(w, r)
}

func ref(s string) *string { return &s }

type texts = map[model.Locale]map[model.Field]string

func TestWhatIsSent(t *testing.T) {
	full := texts{
		"en": {model.Title: "T", model.Description: "", model.Body: "<p>a & b</p>", model.State: "draft", model.Author: "77"},
		"fr": {model.Title: "Té"},
		"de": {},
	}
	tests := []struct {
		name    string
		version string
		create  bool
		kind    model.Kind
		w       Write
		want    string
	}{
		{"a new article", "2.16", true, model.Article,
			Write{Default: "en", Multilingual: true, Parent: ref("5"), Contents: full},
			`POST /articles {"author_id":77,"body":"<p>a & b</p>","description":"","parent_id":5,"parent_type":"collection","state":"draft","title":"T","translated_content":{"fr":{"title":"Té"}}}`},
		{"a new article, single language", "2.16", true, model.Article,
			Write{Default: "en", Contents: full},
			`POST /articles {"author_id":77,"body":"<p>a & b</p>","description":"","state":"draft","title":"T"}`},
		{"a new article in no collection", "2.16", true, model.Article,
			Write{Default: "en", Parent: ref(""), Contents: texts{"EN": {model.Title: "T"}}},
			`POST /articles {"title":"T"}`},
		{"one field of one locale", "2.14", false, model.Article,
			Write{Default: "en", Multilingual: true, Contents: texts{"fr": {model.Body: "<p>x</p>", model.Author: "8"}}},
			`PUT /articles/7 {"translated_content":{"fr":{"author_id":8,"body":"<p>x</p>"}}}`},
		{"a move", "2.16", false, model.Article, Write{Parent: ref("5")},
			`PUT /articles/7 {"parent_id":"5","parent_type":"collection"}`},
		{"all parents", "Preview", false, model.Article, Write{Parent: ref("5"), Parents: []string{"5", "6"}},
			`PUT /articles/7 {"parent_ids":[5,6]}`},
		{"no parents", "Unstable", false, model.Article, Write{Parent: ref("")},
			`PUT /articles/7 {"parent_ids":[]}`},
		{"an empty set of parents", "Preview", true, model.Article, Write{Parents: []string{}},
			`POST /articles {"parent_ids":[]}`},
		{"a new collection", "2.16", true, model.Collection,
			Write{Default: "en", Multilingual: true, HelpCenter: "81", Parent: ref(""), Contents: texts{"en": {model.Title: "A & B", model.Description: "d", model.Body: "no"}, "fr": {model.Title: "Té"}}},
			`POST /help_center/collections {"description":"d","help_center_id":81,"name":"A & B","parent_id":null,"translated_content":{"fr":{"name":"Té"}}}`},
		{"a new collection in another", "2.10", true, model.Collection, Write{Default: "en", Parent: ref("5"), Contents: texts{"en": {model.Title: "A"}}},
			`POST /help_center/collections {"name":"A","parent_id":"5"}`},
		{"a collection moves to the first level", "2.16", false, model.Collection, Write{HelpCenter: "81", Parent: ref("")},
			`PUT /help_center/collections/7 {"parent_id":null}`},
		{"a new section", "2.9", true, model.Collection,
			Write{Default: "en", HelpCenter: "81", Parent: ref("5"), Contents: texts{"en": {model.Title: "A", model.Description: "d"}}},
			`POST /help_center/sections {"name":"A","parent_id":5}`},
		{"a new collection with sections about", "2.9", true, model.Collection, Write{Default: "en", Parent: ref(""), Contents: texts{"en": {model.Title: "A"}}},
			`POST /help_center/collections {"name":"A"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &desk{answers: map[string]string{}}
			for _, path := range []string{"POST /articles", "PUT /articles/7", "POST /help_center/collections", "PUT /help_center/collections/7", "POST /help_center/sections"} {
				d.answers[path] = `{"id":"7"}`
			}
			c := client(t, d, withVersion(tt.version))
			var err error
			if tt.create {
				tt.w.Kind = tt.kind
				_, err = c.Create(t.Context(), tt.w)
			} else {
				_, err = c.Update(t.Context(), model.Key{Kind: tt.kind, ID: "7"}, tt.w)
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{tt.want}, d.calls); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestWhatCannotBeSent(t *testing.T) {
	tests := []struct {
		name, version string
		kind          model.Kind
		w             Write
		want          string
	}{
		{"several parents", "2.16", model.Article, Write{Parents: []string{"5"}}, "Preview"},
		{"out of all collections", "2.16", model.Article, Write{Parent: ref("")}, "Preview"},
		{"an author by e-mail", "2.16", model.Article, Write{Default: "en", Contents: texts{"en": {model.Author: "ops@acme.test"}}}, `"ops@acme.test" is not the id`},
		{"a parent by name", "2.16", model.Article, Write{Parent: ref("a/b")}, `"a/b" is not the id`},
		{"a parent by name, in a set", "Preview", model.Article, Write{Parents: []string{"5", ""}}, `"" is not the id`},
		{"a collection into another, with sections about", "2.9", model.Collection, Write{Parent: ref("5")}, "2.9 cannot move"},
		{"a collection's parent by name", "2.16", model.Collection, Write{Parent: ref("x")}, `"x" is not the id`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := client(t, notFound, withVersion(tt.version))
			_, err := c.Update(t.Context(), model.Key{Kind: tt.kind, ID: "7"}, tt.w)
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tt.want) || c.Calls().Total() != 0 {
				t.Errorf("after %v: %v", c.Calls(), err)
			}
		})
	}
	for _, id := range []string{"", "..", "7/../8", "07", "7?x=1", "٣"} {
		c := client(t, notFound)
		if _, err := c.Get(t.Context(), model.Key{Kind: model.Article, ID: id}); !errors.Is(err, ErrInvalid) {
			t.Errorf("Get of article %q: %v", id, err)
		}
		if err := c.Delete(t.Context(), model.Key{Kind: model.Collection, ID: id}); err == nil || c.Calls().Total() != 0 {
			t.Errorf("Delete of collection %q: %v", id, err)
		}
	}
}

func TestAnswersOfWritesBecomeObjects(t *testing.T) {
	d := &desk{answers: map[string]string{
		"GET /help_center/help_centers":   list(`{"id":"81","default":true},{"id":"82"}`),
		"GET /help_center/collections":    list(`{"id":"5","name":"A","help_center_id":82}`),
		"GET /articles":                   list(``),
		"POST /help_center/collections":   `{"id":"6","name":"B &amp; C","parent_id":"5","help_center_id":null,"description":null}`,
		"POST /articles":                  `{"id":"9","title":"T","parent_ids":[6],"statistics":{"conversations":0}}`,
		"PUT /articles/9":                 `{"id":9,"title":"U","parent_ids":[6],"default_locale":"fr","translated_content":{"en":{"title":"V"}}}`,
		"GET /articles/9":                 `{"id":9,"title":"U","parent_ids":[6],"default_locale":"fr"}`,
		"GET /help_center/collections/6":  `{"id":"6","name":"B"}`,
		"DELETE /articles/9":              `{"id":"9","object":"article","deleted":true}`,
		"PUT /help_center/collections/99": `{"id":"6"}`,
	}}
	c := client(t, d)
	snapshot(t, c)
	ctx := t.Context()
	collection, err := c.Create(ctx, Write{Kind: model.Collection, Default: "de", Parent: ref("5"), Contents: texts{"de": {model.Title: "B & C"}}})
	if err != nil || collection.HelpCenter != "82" || collection.Contents["de"].Fields[model.Title] != "B & C" || collection.Default != "de" {
		t.Errorf("%+v, %v", collection, err)
	}
	article, err := c.Create(ctx, Write{Kind: model.Article, Default: "de", Parent: ref("6")})
	if err != nil || article.ID != "9" || article.HelpCenter != "82" || article.Title() != "T" || article.Default != "de" {
		t.Errorf("%+v, %v", article, err)
	}
	article, err = c.Update(ctx, article.Key(), Write{Default: "de"})
	if err != nil || article.Default != "fr" || article.Contents["en"].Fields[model.Title] != "V" {
		t.Errorf("%+v, %v", article, err)
	}
	article, err = c.Get(ctx, article.Key())
	if err != nil || article.HelpCenter != "82" || article.Default != "fr" {
		t.Errorf("%+v, %v", article, err)
	}
	if err := c.Delete(ctx, article.Key()); err != nil {
		t.Error(err)
	}
	if err := c.Delete(ctx, model.Key{Kind: model.Article, ID: "10"}); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
	if _, err := c.Update(ctx, model.Key{Kind: model.Collection, ID: "99"}, Write{}); err == nil || !strings.Contains(err.Error(), "6 instead of 99") {
		t.Errorf("an answer about another object: %v", err)
	}
	if got, want := c.Calls(), (Counts{"GET": 4, "POST": 2, "PUT": 2, "DELETE": 2}); !cmp.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

func TestSections(t *testing.T) {
	d := &desk{answers: map[string]string{
		"GET /help_center/help_centers":   list(`{"id":"81"}`),
		"GET /help_center/collections":    list(`{"type":"collection","id":"5","name":"A","description":"d","help_center_id":81}`),
		"GET /help_center/sections":       list(`{"type":"section","id":"6","name":"B","parent_id":5,"help_center_id":null}`),
		"GET /articles":                   list(`{"id":"9","title":"T","parent_id":6,"parent_type":"section","parent_ids":[6]}`),
		"PUT /help_center/sections/6":     `{"id":"6","name":"C","parent_id":"5"}`,
		"DELETE /help_center/sections/6":  `{"id":"6","object":"section","deleted":true}`,
		"GET /help_center/sections/66":    `{"id":66,"name":"X","parent_id":5}`,
		"POST /help_center/sections":      `{"id":67,"name":"Y","parent_id":"5"}`,
		"PUT /help_center/sections/67":    `{"id":67,"name":"Z","parent_id":"5"}`,
		"PUT /articles/9":                 `{"id":"9","parent_ids":[67]}`,
		"DELETE /help_center/sections/66": `{"id":"66"}`,
	}}
	c := client(t, d, withVersion("2.9"))
	s := snapshot(t, c)
	section := find(t, s, model.Collection, "6")
	if len(s.Objects) != 3 || !cmp.Equal(section.Parents, []model.Ref{{ID: "5"}}) || section.HelpCenter != "81" {
		t.Errorf("%+v", section)
	}
	if _, told := section.Contents["en"].Fields[model.Description]; told {
		t.Error("a section has a description")
	}
	if a := find(t, s, model.Article, "9"); a.HelpCenter != "81" || !cmp.Equal(a.Parents, []model.Ref{{ID: "6"}}) {
		t.Errorf("%+v", a)
	}
	d.calls = nil
	ctx, key := t.Context(), func(id string) model.Key { return model.Key{Kind: model.Collection, ID: id} }
	named := Write{Kind: model.Collection, Default: "en", Parent: ref("5"), Contents: texts{"en": {model.Title: "C", model.Description: "d"}}}
	steps := []func() error{
		func() error { _, err := c.Update(ctx, key("6"), named); return err },
		func() error { _, err := c.Get(ctx, key("66")); return err },
		func() error { _, err := c.Create(ctx, named); return err },
		func() error { _, err := c.Update(ctx, key("67"), named); return err },
		func() error {
			_, err := c.Update(ctx, model.Key{Kind: model.Article, ID: "9"}, Write{Parent: ref("67")})
			return err
		},
		func() error { return c.Delete(ctx, key("66")) },
		func() error { return c.Delete(ctx, key("68")) },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
	want := []string{
		`PUT /help_center/sections/6 {"name":"C","parent_id":5}`,
		`GET /help_center/collections/66`,
		`GET /help_center/sections/66`,
		`POST /help_center/sections {"name":"C","parent_id":5}`,
		`PUT /help_center/sections/67 {"name":"C","parent_id":5}`,
		`PUT /articles/9 {"parent_id":"67","parent_type":"section"}`,
		`DELETE /help_center/sections/66`,
		`DELETE /help_center/collections/68`,
		`DELETE /help_center/sections/68`,
	}
	if d := cmp.Diff(want, d.calls); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if _, err := c.Update(ctx, key("6"), Write{Parent: ref("")}); !errors.Is(err, ErrInvalid) {
		t.Errorf("a section moved to the first level: %v", err)
	}
}

func TestHeaders(t *testing.T) {
	for _, version := range []string{"", "2.11", "Unstable"} {
		var seen []http.Header
		c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = append(seen, r.Header)
			saysJSON(200, `{"id":"7"}`)(w, r)
		}), withVersion(version))
		if _, err := c.Get(t.Context(), key7); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Update(t.Context(), key7, Write{}); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"": "2.16", "2.11": "2.11", "Unstable": "Preview"}[version]
		for _, h := range seen {
			if h.Get("Intercom-Version") != want || h.Get("Accept") != "application/json" ||
				h.Get("Content-Type") != "application/json" || h.Get("Authorization") != "Bearer "+testToken {
				t.Errorf("sent %v", h)
			}
		}
	}
}

func TestEncodeLeavesMarkupReadable(t *testing.T) {
	b, err := encode(map[string]string{"body": "<a href=\"x?a=1&b=2\">\u2028é</a>"})
	if err != nil || strings.Contains(string(b), `\u003c`) || strings.Contains(string(b), `\u0026`) || !json.Valid(b) {
		t.Errorf("%s, %v", b, err)
	}
}
