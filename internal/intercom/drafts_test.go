package intercom

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

func TestDraftsAreReadByLocale(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /articles/7/draft", saysJSON(200, `{"id":"7","default_locale":"en","title":"T","body":"<p>live</p>","updated_by_id":70,"has_unpublished_changes":false,
		"translated_content":{"type":"article_translated_content",
		 "fr":{"title":"Té","description":null,"body":"<p>x</p>","state":"published","has_unpublished_changes":true,"draft_updated_at":195,"updated_by_id":77},
		 "de":{"title":"T","body":"","has_unpublished_changes":false}}}`))
	mux.HandleFunc("GET /articles/8/draft", saysJSON(200, `{"id":"8","title":"T","body":"","updated_by_id":null,"has_unpublished_changes":true,"draft_updated_at":196}`))
	mux.HandleFunc("GET /articles/9/draft", says(404, "application/json", "")) // intercom-api.md section 2.9
	c := client(t, mux)
	for id, want := range map[string]map[model.Locale]model.PendingDraft{
		"7": {"fr": {Fields: map[model.Field]string{model.Title: "Té", model.Description: "", model.Body: "<p>x</p>"}, By: "77", UpdatedAt: 195}},
		"8": {"en": {Fields: map[model.Field]string{model.Title: "T", model.Description: "", model.Body: ""}, UpdatedAt: 196}},
	} {
		got, err := c.Drafts(t.Context(), model.Key{Kind: model.Article, ID: id})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", id, d)
		}
	}
	if _, err := c.Drafts(t.Context(), model.Key{Kind: model.Article, ID: "9"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("no draft: %v", err)
	}
}

func TestDraftsAreStagedAndPublished(t *testing.T) {
	w := Write{Default: "en", Multilingual: true, Contents: texts{"en": {model.Title: "T"}, "fr": {model.Body: "<p>x</p>", model.Author: "77"}}}
	single := Write{Default: "en", Contents: texts{"en": {model.Title: "T"}}}
	s := &desk{answers: map[string]string{
		"PUT /articles/7/draft": `{"id":"7"}`, "POST /articles/7/draft/publish": `{"id":"7"}`}}
	c := client(t, s)
	key := model.Key{Kind: model.Article, ID: "7"}
	for _, w := range []Write{w, single} {
		if _, err := c.StageDraft(t.Context(), key, w); err != nil {
			t.Fatal(err)
		}
		if _, err := c.PublishDraft(t.Context(), key, w); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		`PUT /articles/7/draft {"title":"T","translated_content":{"fr":{"author_id":77,"body":"<p>x</p>"}}}`,
		`POST /articles/7/draft/publish {"locales":["en","fr"]}`,
		`PUT /articles/7/draft {"title":"T"}`,
		`POST /articles/7/draft/publish`,
	}
	if d := cmp.Diff(want, s.calls); d != "" {
		t.Error(d)
	}
}

func TestSeesDrafts(t *testing.T) {
	for v, want := range map[string]bool{"2.9": false, "2.14": false, "2.15": false, "2.16": true, "Preview": true, "nonsense": false} {
		if got := SeesDrafts(v); got != want {
			t.Errorf("%s: %v", v, got)
		}
	}
}
