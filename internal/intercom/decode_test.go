package intercom

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

func TestScalars(t *testing.T) {
	type scalars struct {
		ID      id     `json:"id"`
		IDs     ids    `json:"ids"`
		Text    text   `json:"text"`
		Number  number `json:"number"`
		Flag    flag   `json:"flag"`
		Another text   `json:"another"`
	}
	tests := []struct {
		wire string
		want scalars
	}{
		{`{}`, scalars{}},
		{`{"id":null,"ids":null,"text":null,"number":null,"flag":null}`, scalars{}},
		{`{"id":"123","ids":[3,"20",null,"1",3],"text":"x","number":5,"flag":true}`, scalars{ID: "123", IDs: ids{"1", "3", "20"}, Text: "x", Number: 5, Flag: true}},
		{`{"id":123,"ids":["7"],"number":"5","flag":"true"}`, scalars{ID: "123", IDs: ids{"7"}, Number: 5, Flag: true}},
		{`{"id":9007199254740993,"ids":7,"flag":1}`, scalars{ID: "9007199254740993", IDs: ids{"7"}, Flag: true}},
		{`{"id":0,"ids":[0,"0",""],"flag":0}`, scalars{}},
		{`{"id":"","ids":"","number":"","flag":""}`, scalars{}},
		{`{"id":"007","number":1.5}`, scalars{ID: "7", Number: 1}},
		{`{"id":12.0,"number":"2026-08-21T10:00:00Z"}`, scalars{ID: "12", Number: 1787306400}},
		{`{"id":" 12 ","number":"soon"}`, scalars{ID: "12"}},
		{`{"id":-3,"ids":[-1,{},[],true],"number":1e400,"flag":{}}`, scalars{}},
		{`{"id":{"a":1},"ids":{"a":1},"number":[],"flag":[]}`, scalars{}},
		{`{"text":12,"another":false}`, scalars{Text: "12", Another: "false"}},
		{`{"text":"\u003cp\u003e \ud83d\ude00"}`, scalars{Text: "<p> 😀"}},
	}
	for _, tt := range tests {
		var got scalars
		if err := json.Unmarshal([]byte(tt.wire), &got); err != nil {
			t.Errorf("%s: %v", tt.wire, err)
		} else if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.wire, d)
		}
	}
	if err := json.Unmarshal([]byte(`{"text":{"html":"lost"}}`), new(scalars)); err == nil {
		t.Error("an object in the place of a text was taken")
	}
}

// single gives the one article of a workspace without collections.
func single(t *testing.T, v version, article string) model.Object {
	t.Helper()
	var o object
	if err := decode([]byte(article), &o, nil); err != nil {
		t.Fatal(err)
	}
	s, _ := assemble(v, contents{articles: []object{o}})
	return s.Objects[0]
}

func TestParents(t *testing.T) {
	tests := []struct {
		name, article string
		version       version
		want          []string
	}{
		{"the truth and the drift", `"parent_id":5,"parent_type":"collection","parent_ids":[7]`, 15, []string{"7"}},
		{"only the drift", `"parent_id":"5","parent_ids":[]`, 15, []string{"5"}},
		{"only the drift, later", `"parent_id":5,"parent_ids":[]`, 16, nil},
		{"only the drift, preview", `"parent_id":5`, preview, nil},
		{"none", `"parent_id":null,"parent_type":null,"parent_ids":[]`, 14, nil},
		{"null", `"parent_ids":null`, 16, nil},
		{"several, in numerical order", `"parent_ids":["100",9,20]`, 16, []string{"9", "20", "100"}},
		{"no parent_id but parent_ids", `"parent_id":null,"parent_type":null,"parent_ids":[10521524]`, 11, []string{"10521524"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range single(t, tt.version, `{"id":"1",`+tt.article+`}`).Parents {
				got = append(got, p.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestLocalesOfAnArticle(t *testing.T) {
	tests := []struct {
		name, article string
		def           model.Locale
		titles        map[model.Locale]string
	}{
		{"single language", `"title":"A"`, "en", map[model.Locale]string{"en": "A"}},
		{"single language, by its address", `"title":"A","url":"https://help.acme.test/hc/fr/articles/1-a"`, "fr", map[model.Locale]string{"fr": "A"}},
		{"null", `"title":"A","default_locale":null,"translated_content":null`, "en", map[model.Locale]string{"en": "A"}},
		{"an empty list", `"title":"A","translated_content":[]`, "en", map[model.Locale]string{"en": "A"}},
		{"not repeated", `"title":"A","default_locale":"de","translated_content":{"type":"article_translated_content","fr":{"title":"B"}}`, "de", map[model.Locale]string{"de": "A", "fr": "B"}},
		{"repeated", `"title":"A","default_locale":"de","translated_content":{"de":{"title":"X"},"fr":{"title":"B"}}`, "de", map[model.Locale]string{"de": "A", "fr": "B"}},
		{"repeated, the root empty", `"title":null,"default_locale":"de","translated_content":{"de":{"title":"X"}}`, "de", map[model.Locale]string{"de": "X"}},
		{"repeated in other case", `"title":"A","default_locale":"pt-BR","translated_content":{"pt-br":{"title":"X"}}`, "pt-BR", map[model.Locale]string{"pt-BR": "A"}},
		{"never started", `"title":"A","default_locale":"en","translated_content":{"fr":null,"de":{},"es":{"title":"","body":null,"state":"draft"},"it":"","nl":{"body":"<p>x</p>"}}`, "en", map[model.Locale]string{"en": "A", "nl": ""}},
		{"Indonesian", `"title":"A","default_locale":"en","translated_content":{"id":{"title":"Apa"}}`, "en", map[model.Locale]string{"en": "A", "id": "Apa"}},
		{"keys that are no locales", `"title":"A","default_locale":"en","translated_content":{"../x":{"title":"B"},"type":{"title":"C"},"":{"title":"D"},"fr\u0000":{"title":"E"}}`, "en", map[model.Locale]string{"en": "A"}},
		{"a default locale that is none", `"title":"A","default_locale":"../en"`, "en", map[model.Locale]string{"en": "A"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := single(t, newest, `{"id":"1",`+tt.article+`}`)
			titles := map[model.Locale]string{}
			for l, c := range o.Contents {
				titles[l] = c.Fields[model.Title]
				if len(c.Fields) != 5 {
					t.Errorf("%s has the fields %v", l, c.Fields)
				}
			}
			if o.Default != tt.def || !cmp.Equal(titles, tt.titles) {
				t.Errorf("got %v in %s, want %v in %s", titles, o.Default, tt.titles, tt.def)
			}
		})
	}
}

func TestHelpCenters(t *testing.T) {
	const french = `{"id":"9","title":"A","default_locale":"fr","parent_ids":[5],"translated_content":{"en":{"title":"B"}}}`
	tests := []struct {
		name, centers, collections, articles string
		want                                 []model.HelpCenter
	}{
		{"nothing at all", ``, ``, ``, nil},
		{"an empty one, before 2.16", `{"id":1}`, ``, ``,
			[]model.HelpCenter{{ID: "1", Default: "en", IsDefault: true, Multilingual: true}}},
		{"an empty one with its locales", `{"id":1,"locales":["de","fr"]}`, ``, ``,
			[]model.HelpCenter{{ID: "1", Default: "de", Locales: []model.Locale{"de", "fr"}, IsDefault: true, Multilingual: true}}},
		{"an empty one with one locale", `{"id":1,"locales":["de"]}`, ``, ``,
			[]model.HelpCenter{{ID: "1", Default: "de", Locales: []model.Locale{"de"}, IsDefault: true}}},
		{"single language", `{"id":1,"locales":["en"]}`, `{"id":5,"help_center_id":1}`, `{"id":9,"title":"A"}`,
			[]model.HelpCenter{{ID: "1", Default: "en", Locales: []model.Locale{"en"}, IsDefault: true}}},
		{"single language, before 2.16", `{"id":1}`, `{"id":5,"help_center_id":1}`, `{"id":9,"title":"A","url":"https://h.test/da/articles/9-a"}`,
			[]model.HelpCenter{{ID: "1", Default: "da", Locales: []model.Locale{"da"}, IsDefault: true}}},
		{"two languages that nobody turned on", `{"id":1,"locales":["en","fr"]}`, ``, `{"id":9,"title":"A"}`,
			[]model.HelpCenter{{ID: "1", Default: "en", Locales: []model.Locale{"en", "fr"}, IsDefault: true}}},
		{"the default locale among the stated", `{"id":1,"locales":["en","FR"]}`, `{"id":5}`, french,
			[]model.HelpCenter{{ID: "1", Default: "FR", Locales: []model.Locale{"en", "FR"}, IsDefault: true, Multilingual: true}}},
		{"the default locale not among the stated", `{"id":1,"locales":["en"]}`, `{"id":5}`, french,
			[]model.HelpCenter{{ID: "1", Default: "fr", Locales: []model.Locale{"en", "fr"}, IsDefault: true, Multilingual: true}}},
		{"some locales seen", `{"id":1}`, `{"id":5}`, french,
			[]model.HelpCenter{{ID: "1", Default: "fr", IsDefault: true, Multilingual: true}}},
		{"all locales seen", `{"id":1}`, `{"id":5,"translated_content":{"de":null,"en":null}}`, french,
			[]model.HelpCenter{{ID: "1", Default: "fr", Locales: []model.Locale{"de", "en", "fr"}, IsDefault: true, Multilingual: true}}},
		{"one that is only named", `{"id":1,"default":true}`, `{"id":5,"help_center_id":2}`, french,
			[]model.HelpCenter{{ID: "1", Default: "en", IsDefault: true, Multilingual: true}, {ID: "2", Default: "fr", Multilingual: true}}},
		{"none listed, none named", ``, `{"id":5}`, french,
			[]model.HelpCenter{{Default: "fr", IsDefault: true, Multilingual: true}}},
		{"none listed, one named", ``, `{"id":5,"help_center_id":"3"}`, ``,
			[]model.HelpCenter{{ID: "3", Default: "en", Locales: []model.Locale{"en"}, IsDefault: true}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := client(t, workspace(list(tt.centers), list(tt.collections), list(tt.articles)))
			s := snapshot(t, c)
			if d := cmp.Diff(tt.want, s.HelpCenters); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			for _, o := range s.Objects {
				known := func(h model.HelpCenter) bool { return h.ID == o.HelpCenter }
				if len(o.Parents) > 0 && !slices.ContainsFunc(s.HelpCenters, known) {
					t.Errorf("%s lies in the unknown help center %q", o.Key(), o.HelpCenter)
				}
			}
		})
	}
}

func TestWorkspaceWithoutHelpCenterCall(t *testing.T) {
	mux := workspace("", list(`{"id":"5","name":"A","help_center_id":4}`), list(`{"id":"9","title":"B","parent_ids":[5]}`))
	outer := workspaceWithout(mux, "/help_center/help_centers")
	s := snapshot(t, client(t, outer))
	if len(s.HelpCenters) != 1 || s.HelpCenters[0].ID != "4" || find(t, s, model.Article, "9").HelpCenter != "4" {
		t.Errorf("got %+v", s.HelpCenters)
	}
}

func TestCollectionsInACircle(t *testing.T) {
	c := client(t, workspace(list(`{"id":1}`),
		list(`{"id":"5","parent_id":"6"},{"id":"6","parent_id":5},{"id":"7","parent_id":"7"},{"id":"8","parent_id":"99"}`),
		list(`{"id":"9","parent_ids":[5,7,98]}`)))
	for _, o := range snapshot(t, c).Objects {
		if o.HelpCenter != "1" {
			t.Errorf("%s lies in help center %q", o.Key(), o.HelpCenter)
		}
	}
}

func TestRecordedAnswers(t *testing.T) {
	for _, name := range []string{"nango.2024.GET-articles.a.json", "nango.2024.GET-articles.b.json", "salto.GET-articles.json"} {
		t.Run(name, func(t *testing.T) {
			b := recorded(t, name)
			var p page[object]
			if err := decode(b, &p, nil); err != nil {
				t.Fatal(err)
			}
			if len(p.Data.items) == 0 || len(p.Data.items) != int(*p.Total) {
				t.Errorf("%d articles of %v", len(p.Data.items), p.Total)
			}
			s, _ := assemble(newest, contents{articles: p.Data.items})
			for _, o := range s.Objects {
				f := o.Contents[o.Default].Fields
				if f[model.Title] == "" || f[model.Author] == "" || f[model.State] == "" || o.UpdatedAt == 0 || len(o.Parents) > 1 {
					t.Errorf("%+v", o)
				}
			}
		})
	}
	t.Run("collections and help centers", func(t *testing.T) {
		c := client(t, workspace(
			string(recorded(t, "salto.GET-help_center_help_centers.json")),
			string(recorded(t, "salto.GET-help_center_collections.json")),
			string(recorded(t, "salto.GET-articles.json"))))
		s := snapshot(t, c)
		if len(s.HelpCenters) != 1 || len(s.Objects) != 2 || s.Objects[1].HelpCenter != s.HelpCenters[0].ID || c.Calls().Total() != 3 {
			t.Errorf("%+v in %v", s, c.Calls())
		}
	})
	for _, name := range []string{"create", "get", "update"} {
		t.Run(name, func(t *testing.T) {
			var file struct {
				API map[string]map[string]struct{ Response json.RawMessage } `json:"api"`
			}
			if err := json.Unmarshal(recorded(t, "nango.recorded."+name+"-article.json"), &file); err != nil {
				t.Fatal(err)
			}
			for _, calls := range file.API {
				for path, call := range calls {
					if !strings.HasPrefix(path, "/articles") {
						continue
					}
					o := single(t, newest, string(call.Response))
					if !strings.HasPrefix(o.Contents["en"].Fields[model.Body], "<p class=") || o.CreatedAt == 0 {
						t.Errorf("%+v", o)
					}
				}
			}
		})
	}
}

// FuzzUnquoted: the quick way says what the library says.
func FuzzUnquoted(f *testing.F) {
	for _, s := range []string{`""`, `"a\"b\\\/\n\t"`, `"\u003cp\u003E\u0026\u00e9"`, `"\b\f\r"`, `"\ud83d\ude00 \ud800 \udc00x"`, "\"\xff\"", `"\u0000"`, `"🙂\u007f\u0080"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, quoted []byte) {
		if v := jsontext.Value(quoted); v.Kind() != '"' || !v.IsValid(jsontext.AllowInvalidUTF8(true)) || quoted[0] != '"' || quoted[len(quoted)-1] != '"' {
			return
		}
		want, _ := jsontext.AppendUnquote(nil, quoted)
		if got := appendUnquoted([]byte("before"), quoted); string(got) != "before"+string(want) {
			t.Fatalf("%s says %q, want %q", quoted, got[len("before"):], want)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(list(`{"id":"1","title":"A","parent_ids":[5,"6"],"default_locale":"en","translated_content":{"fr":{"title":"B"},"de":null,"type":"x"}}`)))
	f.Add([]byte(`{"data":[{"id":5,"name":"A &amp; B","parent_id":"5","help_center_id":3}],"pages":null,"total_count":"1"}`))
	f.Add([]byte("{\"data\":[{\"id\":5,\"body\":\"a\\ud800\xff\\n\",\"body\":\"b\\\"\xff\"},{\"id\":6,\"body\":null}]}"))
	f.Add([]byte(`{"data":null,"pages":{"next":{},"total_pages":1e9}}`))
	f.Add([]byte(`{"data":[{"id":1,"translated_content":{"pt-BR":{"body":"x"},"pt-br":{"title":1}},"default_locale":"PT-br","url":"/en/articles/"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p page[object]
		if decode(b, &p, nil) != nil {
			return
		}
		var same page[object]
		if err := decode(b, &same, making(func(html []byte) string { return string(html) })); err != nil || !reflect.DeepEqual(p, same) {
			t.Fatalf("with bodies of its own: %v, %v, not %v", err, same, p)
		}
		p.lastPage()
		s, _ := assemble(newest, contents{collections: p.Data.items, articles: p.Data.items})
		if len(s.Objects) != 2*len(p.Data.items) {
			t.Fatalf("%d objects of %d items", len(s.Objects), len(p.Data.items))
		}
		for _, o := range s.Objects {
			if o.ID == "" || strings.Trim(o.ID, "0123456789") != "" {
				t.Errorf("id %q", o.ID)
			}
			if _, ok := o.Contents[o.Default]; !ok {
				t.Errorf("%s has no content in its default locale %q", o.Key(), o.Default)
			}
			for l, c := range o.Contents {
				if !localeShape.MatchString(string(l)) || len(c.Fields) != len(model.Fields(o.Kind)) {
					t.Errorf("%s in %q: %v", o.Key(), l, c.Fields)
				}
			}
		}
	})
}
