package intercom

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

// workspace serves fixed lists.
func workspace(centers, collections, articles string) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /help_center/help_centers", saysJSON(200, centers))
	mux.Handle("GET /help_center/collections", saysJSON(200, collections))
	mux.Handle("GET /articles", saysJSON(200, articles))
	mux.Handle("/", notFound)
	return mux
}

func list(items string) string {
	return `{"type":"list","data":[` + items + `],"pages":{"type":"pages","page":1,"per_page":150,"total_pages":1}}`
}

func snapshot(t *testing.T, c *Client) model.Snapshot {
	t.Helper()
	s, err := c.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func find(t *testing.T, s model.Snapshot, k model.Kind, id string) model.Object {
	t.Helper()
	for _, o := range s.Objects {
		if o.Key() == (model.Key{Kind: k, ID: id}) {
			return o
		}
	}
	t.Fatalf("no %s %s in the snapshot", k, id)
	return model.Object{}
}

func TestSnapshotMultilingual(t *testing.T) {
	c := client(t, workspace(
		list(`{"id":"81","identifier":"acme","display_name":"Acme Help","url":"https://help.acme.test","default":true,"locales":["en","fr","pt-BR"]},
		      {"id":82,"identifier":"lab","display_name":null,"default":false,"locales":["de","en"]}`),
		list(`{"id":"12","name":"Deep &amp; down","description":null,"parent_id":"11","help_center_id":null,"updated_at":20},
		      {"id":"11","name":"Middle","description":"","parent_id":"10","help_center_id":null},
		      {"id":"10","name":"Top","description":"All","parent_id":null,"help_center_id":82,"order":1,"icon":"bookmark",
		       "default_locale":"en","translated_content":{"type":"group_translated_content","de":{"type":"group_content","name":"A &lt; B","description":"Alles"},"fr":null}},
		      {"id":"20","name":"Lone","parent_id":"","help_center_id":null}`),
		list(`{"id":"501","type":"article","title":"Install","description":"Two minutes","body":"<p>a &amp; b</p>","author_id":77,
		       "state":"published","created_at":100,"updated_at":200,"url":"https://help.acme.test/en/articles/501-install",
		       "parent_ids":[20,"12",12],"default_locale":"en","has_unpublished_changes":false,"updated_by_id":"78",
		       "translated_content":{"type":"article_translated_content",
		         "en":{"type":"article_content","title":"Install (copy)","body":"<p>copy</p>","has_unpublished_changes":true},
		         "fr":{"type":"article_content","title":"Installer","description":"","body":"","author_id":"78","state":"draft","created_at":1,"updated_at":"190","url":null,"has_unpublished_changes":true,"draft_updated_at":195,"updated_by_id":79},
		         "de":{"type":"article_content","title":"","body":""},
		         "pt-br":{"title":null,"body":"<p>oi</p>","author_id":0,"url":"https://help.acme.test/pt-BR/articles/501-x"},
		         "es":null,"../../etc":{"title":"evil"}}},
		      {"id":502,"title":"Alone","description":null,"body":null,"author_id":null,"state":"draft","parent_ids":null,"default_locale":"en"}`),
	))
	s := snapshot(t, c)

	want := []model.HelpCenter{
		{ID: "81", Identifier: "acme", Name: "Acme Help", URL: "https://help.acme.test", Default: "en", Locales: []model.Locale{"en", "fr", "pt-BR"}, IsDefault: true},
		{ID: "82", Identifier: "lab", Default: "en", Locales: []model.Locale{"de", "en"}, Multilingual: true},
	}
	if d := cmp.Diff(want, s.HelpCenters); d != "" {
		t.Errorf("help centers (-want +got):\n%s", d)
	}
	wantTop := model.Object{
		Kind: model.Collection, ID: "10", HelpCenter: "82", ParentsComplete: true, Default: "en",
		Contents: map[model.Locale]model.Content{
			"en": {Fields: map[model.Field]string{model.Title: "Top", model.Description: "All"}},
			"de": {Fields: map[model.Field]string{model.Title: "A < B", model.Description: "Alles"}},
		},
	}
	if d := cmp.Diff(wantTop, find(t, s, model.Collection, "10")); d != "" {
		t.Errorf("top collection (-want +got):\n%s", d)
	}
	wantDeep := model.Object{
		Kind: model.Collection, ID: "12", HelpCenter: "82", Parents: []model.Ref{{ID: "11"}}, ParentsComplete: true,
		Default: "en", UpdatedAt: 20,
		Contents: map[model.Locale]model.Content{
			"en": {Fields: map[model.Field]string{model.Title: "Deep & down", model.Description: ""}, UpdatedAt: 20},
		},
	}
	if d := cmp.Diff(wantDeep, find(t, s, model.Collection, "12")); d != "" {
		t.Errorf("deep collection (-want +got):\n%s", d)
	}
	if got := find(t, s, model.Collection, "20").HelpCenter; got != "81" {
		t.Errorf("a collection that names no help center lies in %q, want the default one", got)
	}
	wantArticle := model.Object{
		Kind: model.Article, ID: "501", HelpCenter: "82", Parents: []model.Ref{{ID: "12"}, {ID: "20"}}, ParentsComplete: true,
		Default: "en", CreatedAt: 100, UpdatedAt: 200,
		Contents: map[model.Locale]model.Content{
			"en": {
				Fields: map[model.Field]string{model.Title: "Install", model.Description: "Two minutes", model.Body: "<p>a &amp; b</p>", model.Author: "77", model.State: "published"},
				URL:    "https://help.acme.test/en/articles/501-install", UpdatedAt: 200, UpdatedBy: "78", PendingDraft: &model.PendingDraft{},
			},
			"fr": {
				Fields:    map[model.Field]string{model.Title: "Installer", model.Description: "", model.Body: "", model.Author: "78", model.State: "draft"},
				UpdatedAt: 190, UpdatedBy: "79", PendingDraft: &model.PendingDraft{UpdatedAt: 195},
			},
			"pt-BR": {
				Fields: map[model.Field]string{model.Title: "", model.Description: "", model.Body: "<p>oi</p>", model.Author: "", model.State: "published"},
				URL:    "https://help.acme.test/pt-BR/articles/501-x",
			},
		},
	}
	if d := cmp.Diff(wantArticle, find(t, s, model.Article, "501")); d != "" {
		t.Errorf("article (-want +got):\n%s", d)
	}
	alone := find(t, s, model.Article, "502")
	if len(alone.Parents) != 0 || alone.HelpCenter != "" || len(alone.Contents["en"].Fields) != 5 {
		t.Errorf("an article in no collection: %+v", alone)
	}
	if got := c.Calls(); got.Total() != 3 {
		t.Errorf("the snapshot took %v, want three calls", got)
	}
}

func TestACollectionMadeDuringTheReading(t *testing.T) {
	reads := 0
	mux := http.NewServeMux()
	mux.HandleFunc("GET /help_center/collections", func(w http.ResponseWriter, r *http.Request) {
		if reads++; reads == 1 {
			saysJSON(200, list(``))(w, r)
			return
		}
		saysJSON(200, list(`{"id":"5","help_center_id":81}`))(w, r)
	})
	mux.Handle("GET /help_center/sections", saysJSON(200, list(`{"id":"6","parent_id":5}`)))
	mux.Handle("/", workspace(list(`{"id":"81"}`), "", list(`{"id":"9","parent_ids":[5]}`)))
	s := snapshot(t, client(t, mux))
	if got := find(t, s, model.Article, "9"); reads != 2 || got.HelpCenter != "81" || len(s.Objects) != 2 {
		t.Errorf("after %d readings: %+v", reads, got)
	}
	reads = 0
	s = snapshot(t, client(t, mux, withVersion("2.9")))
	if got := find(t, s, model.Collection, "6"); reads != 2 || got.HelpCenter != "81" || len(s.Objects) != 3 {
		t.Errorf("after %d readings of API 2.9: %+v", reads, got)
	}
}
