package markup_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
)

// corpus gives real bodies by name. They lie beside the project, because their
// licences do not allow them in it.
func corpus(t testing.TB, sets ...string) map[string]string {
	t.Helper()
	bodies := map[string]string{}
	for _, set := range sets {
		files, err := filepath.Glob("../../../shared/corpus/" + set + "/*.html")
		if err != nil {
			t.Fatal(err)
		}
		for i, file := range files {
			if testing.Short() && i%8 != 0 {
				continue // the race detector is slow and one goroutine does it all
			}
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			bodies[set+"/"+filepath.Base(file)] = string(body)
		}
	}
	if len(bodies) == 0 {
		t.Skip("no real bodies beside the project (../shared/corpus)")
	}
	return bodies
}

// workspaceBodies gives the bodies of a whole recorded workspace, per locale.
func workspaceBodies(t testing.TB) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../../shared/corpus/workspace/articles.json")
	if err != nil {
		t.Skip("no recorded workspace beside the project (../shared/corpus)")
	}
	var list struct {
		Data []struct {
			ID                string
			Body              string
			TranslatedContent map[string]json.RawMessage `json:"translated_content"`
		}
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for i, article := range list.Data {
		if testing.Short() && i%8 != 0 {
			continue
		}
		bodies[article.ID] = article.Body
		for locale, raw := range article.TranslatedContent {
			var content struct{ Body string }
			if json.Unmarshal(raw, &content) == nil && content.Body != "" {
				bodies[article.ID+"/"+locale] = content.Body
			}
		}
	}
	return bodies
}

func TestRealBodiesComeBack(t *testing.T) {
	bodies := corpus(t, "bodies", "fragments")
	for name, body := range workspaceBodies(t) {
		bodies["workspace/"+name] = body
	}
	for name, body := range bodies {
		md := markup.Markdown(body, markup.Options{})
		if !markup.Equal(markup.Render(md, markup.Options{}), body) {
			t.Errorf("%s: the Markdown does not come back", name)
		}
		if c := markup.Canonical(body); markup.Canonical(c) != c {
			t.Errorf("%s: canonical form is not stable", name)
		}
	}
}
