package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/sandbox"
)

const token = "token"

// office is a sandbox with two help centers, one of them in three languages,
// and the two who speak to it under the judge's eyes.
type office struct {
	t      *testing.T
	server *sandbox.Server
	url    string
	judge  *judge
	client *intercom.Client
	author string
}

func newOffice(t *testing.T, version string) *office {
	t.Helper()
	o := &office{t: t, judge: newJudge(t, version)}
	o.server, o.url = sandbox.NewTest(t, sandbox.Options{Tokens: []string{token}})
	check(t, o.server.SeedHelpCenters([]sandbox.HelpCenterSeed{
		{ID: "41", Identifier: "help", Name: "Help", URL: "https://help.acme.test", DefaultLocale: "en", Locales: []string{"en", "fr", "pt-BR"}},
		{ID: "42", Identifier: "developers", Name: "Developers", DefaultLocale: "en", Locales: []string{"en"}},
	}))
	o.client = o.speak(token)
	me, err := o.client.Me(t.Context())
	check(t, err)
	o.author = me.Admin.ID
	return o
}

// speak makes a client of small pages, so that lists have several.
func (o *office) speak(token string) *intercom.Client {
	c, err := intercom.New(intercom.Options{
		BaseURL: o.url, Token: token, Version: o.judge.version, Transport: o.judge, PerPage: 2,
	})
	check(o.t, err)
	return c
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused wants an error of a kind.
func refused(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("got the error %v, want %v", err, kind)
	}
}

type texts = map[model.Locale]map[model.Field]string

func (o *office) create(w intercom.Write) model.Object {
	o.t.Helper()
	made, err := o.client.Create(o.t.Context(), w)
	check(o.t, err)
	return made
}

func (o *office) update(key model.Key, w intercom.Write) model.Object {
	o.t.Helper()
	made, err := o.client.Update(o.t.Context(), key, w)
	check(o.t, err)
	return made
}

// collections makes one of each place: two at the first level, one below, one
// in another help center.
func (o *office) collections() (first, second, below model.Object) {
	w := intercom.Write{Kind: model.Collection, Default: "en", Multilingual: true, HelpCenter: "41", Contents: texts{
		"en": {model.Title: "Billing & more", model.Description: "Money"},
		"fr": {model.Title: "Facturation", model.Description: ""},
	}}
	first = o.create(w)
	w.Contents = texts{"en": {model.Title: "Start"}}
	second = o.create(w)
	w.HelpCenter, w.Parent = "", &first.ID
	w.Contents = texts{"en": {model.Title: "Invoices"}, "pt-BR": {model.Title: "Faturas"}}
	below = o.create(w)
	o.create(intercom.Write{
		Kind: model.Collection, Default: "en", HelpCenter: "42", Contents: texts{"en": {model.Title: "API", model.Description: ""}},
	})
	o.update(below.Key(), intercom.Write{Default: "en", Contents: texts{"en": {model.Title: "All invoices"}}, Parent: &first.ID, Multilingual: true})
	return first, second, below
}

func (o *office) article(title string, parent *string, all texts) model.Object {
	if all == nil {
		all = texts{}
	}
	all["en"] = map[model.Field]string{model.Title: title, model.Body: "<p>Text of " + title + "</p>", model.Author: o.author}
	return o.create(intercom.Write{Kind: model.Article, Default: "en", Multilingual: true, Parent: parent, Contents: all})
}

// clientWork is everything that the client can ask for, and what goes wrong.
func (o *office) clientWork() {
	t, ctx := o.t, o.t.Context()
	_, err := o.client.Admins(ctx)
	check(t, err)
	first, second, below := o.collections()
	a := o.article("One", &below.ID, texts{"fr": {model.Title: "Un", model.Body: "<p>Texte</p>", model.Author: o.author, model.State: model.Published}})
	o.article("Two", &first.ID, nil)
	c := o.article("Three", nil, nil)
	snapshot, err := o.client.Snapshot(ctx)
	check(t, err)
	if len(snapshot.Objects) != 7 || len(snapshot.HelpCenters) != 2 {
		t.Fatalf("read %d objects of %d help centers", len(snapshot.Objects), len(snapshot.HelpCenters))
	}
	o.update(a.Key(), intercom.Write{Default: "en", Multilingual: true, Parent: &second.ID, Contents: texts{
		"en":    {model.Title: "One and all", model.Description: "Both", model.State: model.Published, model.Author: o.author},
		"pt-BR": {model.Title: "Um", model.Author: o.author},
	}})
	check(t, o.server.UIEdit(a.ID, sandbox.UIEdit{Body: ptr("<p>In the making</p>"), Draft: true}))
	for _, key := range []model.Key{a.Key(), first.Key(), below.Key()} {
		_, err := o.client.Get(ctx, key)
		check(t, err)
	}
	o.severalParents(a.Key(), first.ID, below.ID)
	o.clientErrors(c.Key())
	for _, key := range []model.Key{a.Key(), c.Key(), below.Key(), second.Key()} {
		check(t, o.client.Delete(ctx, key))
		check(t, o.client.Delete(ctx, key)) // gone already
	}
}

// severalParents is for the only version that can write them.
func (o *office) severalParents(article model.Key, parents ...string) {
	w := intercom.Write{Default: "en", Multilingual: true, Parents: parents}
	if o.judge.version != "Preview" {
		_, err := o.client.Update(o.t.Context(), article, w)
		refused(o.t, err, intercom.ErrInvalid)
		return
	}
	if got := o.update(article, w); len(got.Parents) != len(parents) {
		o.t.Errorf("it lies in %v", got.Parents)
	}
	none := ""
	o.update(article, intercom.Write{Default: "en", Multilingual: true, Parent: &none})
}

func (o *office) clientErrors(article model.Key) {
	t, ctx := o.t, o.t.Context()
	_, err := o.client.Get(ctx, model.Key{Kind: model.Article, ID: "9"})
	refused(t, err, intercom.ErrNotFound)
	_, err = o.client.Update(ctx, model.Key{Kind: model.Collection, ID: "9"}, intercom.Write{Default: "en", Contents: texts{"en": {model.Title: "x"}}})
	refused(t, err, intercom.ErrNotFound)
	_, err = o.client.Create(ctx, intercom.Write{Kind: model.Collection})
	refused(t, err, intercom.ErrInvalid)
	_, err = o.client.Create(ctx, intercom.Write{Kind: model.Article, Default: "en", Contents: texts{"en": {model.Title: "x"}}})
	refused(t, err, intercom.ErrInvalid)
	_, err = o.speak("another").Snapshot(ctx)
	refused(t, err, intercom.ErrAuth)
	check(t, o.server.AddFault(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 403, Code: "api_plan_restricted", Message: "No", Method: "write", Times: 1}))
	refused(t, o.client.Delete(ctx, article), intercom.ErrAuth)
}

func ptr[T any](v T) *T { return &v }

// ask makes a call of the sandbox that the client never makes, or would not
// make that way. The path and the body may hold $names of earlier answers.
type ask struct {
	status       int
	method, path string
	body         string
	// name remembers the id that the answer has.
	name string
}

// everyCall lists the calls by version: since and until are minor numbers, 0
// for no bound; Preview counts as 99.
var everyCall = []struct {
	since, until int
	asks         []ask
}{
	{0, 0, []ask{
		{200, "GET", "/me", "", ""},
		{200, "GET", "/admins?display_avatar=true", "", ""},
		{200, "GET", "/admins/$author", "", ""},
		{404, "GET", "/admins/9", "", ""},
		{200, "GET", "/help_center/help_centers", "", ""},
		{200, "GET", "/help_center/help_centers/41", "", ""},
		{404, "GET", "/help_center/help_centers/9", "", ""},
		{200, "POST", "/help_center/collections", `{"name": "K", "description": "d", "translated_content": {"type": "group_translated_content", "fr": {"type": "group_content", "name": "K fr", "description": "d"}}}`, "k"},
		{400, "POST", "/help_center/collections", `{"description": "d"}`, ""},
		{400, "POST", "/help_center/collections", `[1]`, ""},
		{200, "GET", "/help_center/collections", "", ""},
		{200, "PUT", "/help_center/collections/$k", `{"name": "K2"}`, ""},
		{200, "POST", "/articles", `{"title": "T", "body": "<p>B</p>", "author_id": $author, "state": "published", "parent_id": $k, "parent_type": "collection", "translated_content": {"fr": {"title": "F", "body": "G", "author_id": $author, "state": "draft"}}}`, "a"},
		{400, "POST", "/articles", `{"title": "T"}`, ""},
		{400, "POST", "/articles", `{"title": "T", "author_id": $author, "translated_content": {"de": {"title": "D"}}}`, ""},
		{400, "PUT", "/articles/$a", `{"body": "<dl></dl>"}`, ""},
		{404, "PUT", "/articles/$a", `{"parent_id": "9", "parent_type": "collection"}`, ""},
		{404, "PUT", "/articles/9", `{"title": "x"}`, ""},
		{404, "DELETE", "/articles/9", "", ""},
		{404, "DELETE", "/help_center/collections/9", "", ""},
		{200, "GET", "/articles", "", ""},
		{200, "GET", "/tags", "", ""},
		{200, "POST", "/tags", `{"name": "Featured"}`, "tag"},
		{400, "POST", "/tags", `{"name": ""}`, ""},
	}},
	{0, 9, []ask{
		{200, "POST", "/help_center/sections", `{"name": "S", "parent_id": $k}`, "s"},
		{400, "POST", "/help_center/sections", `{"name": "S"}`, ""},
		{400, "POST", "/help_center/sections", `{"parent_id": $k}`, ""},
		{200, "GET", "/help_center/sections", "", ""},
		{200, "GET", "/help_center/sections/$s", "", ""},
		{200, "PUT", "/help_center/sections/$s", `{"name": "S2", "translated_content": {"fr": {"type": "group_content", "name": "S fr"}}}`, ""},
		{200, "POST", "/articles", `{"title": "In it", "author_id": $author, "parent_id": $s, "parent_type": "section"}`, ""},
		{200, "GET", "/articles", "", ""},
		{404, "GET", "/help_center/sections/9", "", ""},
		{404, "PUT", "/help_center/sections/9", `{"name": "x"}`, ""},
		{404, "DELETE", "/help_center/sections/9", "", ""},
		{200, "DELETE", "/help_center/sections/$s", "", ""},
	}},
	{10, 0, []ask{
		{200, "POST", "/help_center/collections", `{"name": "One language", "help_center_id": 42}`, "single"},
		{200, "POST", "/articles", `{"title": "T", "author_id": $author, "parent_id": $single, "parent_type": "collection"}`, ""},
		{200, "POST", "/help_center/collections", `{"name": "Below", "parent_id": "$k"}`, "below"},
		{200, "PUT", "/help_center/collections/$below", `{"parent_id": null}`, ""},
		{400, "PUT", "/help_center/collections/$k", `{"parent_id": "$k"}`, ""},
		{200, "GET", "/articles/search?phrase=t&state=published&highlight=true&help_center_id=41", "", ""},
		{200, "GET", "/articles/search", "", ""},
	}},
	{16, 0, []ask{
		{200, "PUT", "/articles/$a", `{"body_markdown": "**b**", "ai_copilot_availability": false, "scheduled_unpublish_at": "2099-01-01T00:00:00Z"}`, ""},
		{400, "PUT", "/articles/$a", `{"scheduled_publish_at": ""}`, ""},
		{404, "PUT", "/articles/$a", `{"audience_ids": [999]}`, ""},
		{404, "GET", "/articles/$a/draft", "", ""},
		{200, "PUT", "/articles/$a/draft", `{"title": "Staged", "body": "<p>Soon</p>"}`, ""},
		{200, "GET", "/articles/$a/draft", "", ""},
		{200, "GET", "/articles/$a", "", ""},
		{200, "GET", "/articles", "", ""},
		{422, "POST", "/articles/$a/draft/publish", ``, ""},
		{422, "POST", "/articles/$a/draft/publish", `{"locales": ["fr"]}`, ""},
		{200, "POST", "/articles/$a/draft/publish", `{"locales": ["en"]}`, ""},
		{422, "POST", "/articles/$a/draft/publish", `{"locales": ["en"]}`, ""},
		{404, "POST", "/articles/9/draft/publish", `{"locales": ["en"]}`, ""},
		{404, "PUT", "/articles/9/draft", `{"title": "x"}`, ""},
		{200, "POST", "/articles", `{"title": "Draft", "author_id": $author}`, "unpublished"},
		{422, "PUT", "/articles/$unpublished/draft", `{"title": "x"}`, ""},
		{200, "GET", "/articles/$a/versions?page=1&per_page=1", "", "version"},
		{200, "GET", "/articles/$a/versions?locale=fr", "", ""},
		{400, "GET", "/articles/$a/versions?locale=de", "", ""},
		{404, "GET", "/articles/9/versions", "", ""},
		{200, "GET", "/articles/$a/versions/$version", "", ""},
		{404, "GET", "/articles/$a/versions/9", "", ""},
		{200, "POST", "/articles/$a/tags", `{"id": "$tag", "admin_id": "$author"}`, ""},
		{200, "GET", "/articles/$a", "", ""},
		{404, "POST", "/articles/9/tags", `{"id": "$tag"}`, ""},
		{404, "POST", "/articles/$a/tags", `{"id": "9"}`, ""},
		{200, "DELETE", "/articles/$a/tags/$tag", "", ""},
		{404, "DELETE", "/articles/9/tags/$tag", "", ""},
		{404, "DELETE", "/articles/$a/tags/9", "", ""},
		{200, "POST", "/help_center/help_centers/41/redirects", `{"from_url": "https://help.acme.test/old", "locale": "fr", "target_type": "article", "target_id": "$a"}`, "redirect"},
		{200, "POST", "/help_center/help_centers/41/redirects", `{"from_url": "https://help.acme.test/older", "locale": "en", "target_type": "collection", "target_id": "$k"}`, ""},
		{400, "POST", "/help_center/help_centers/41/redirects", `{"locale": "en", "target_type": "article", "target_id": "$a"}`, ""},
		{400, "POST", "/help_center/help_centers/41/redirects", `{"from_url": "https://help.acme.test/a", "locale": "en", "target_type": "page", "target_id": "$a"}`, ""},
		{404, "POST", "/help_center/help_centers/9/redirects", `{"from_url": "https://help.acme.test/a", "locale": "en", "target_type": "article", "target_id": "$a"}`, ""},
		{409, "POST", "/help_center/help_centers/41/redirects", `{"from_url": "https://help.acme.test/old", "locale": "en", "target_type": "article", "target_id": "$a"}`, ""},
		{422, "POST", "/help_center/help_centers/41/redirects", `{"from_url": "https://elsewhere.test/a", "locale": "en", "target_type": "article", "target_id": "$a"}`, ""},
		{200, "GET", "/help_center/help_centers/41/redirects?page=1&per_page=1", "", ""},
		{404, "GET", "/help_center/help_centers/9/redirects", "", ""},
		{200, "GET", "/help_center/help_centers/41/redirects/$redirect", "", ""},
		{404, "GET", "/help_center/help_centers/41/redirects/9", "", ""},
		{200, "DELETE", "/help_center/help_centers/41/redirects/$redirect", "", ""},
		{404, "DELETE", "/help_center/help_centers/41/redirects/$redirect", "", ""},
	}},
	{99, 0, []ask{
		{200, "PUT", "/articles/$a", `{"parent_ids": [$k]}`, ""},
		{200, "PUT", "/articles/$a", `{"parent_ids": []}`, ""},
	}},
	{0, 0, []ask{
		{200, "DELETE", "/articles/$a", "", ""},
		{200, "DELETE", "/help_center/collections/$k", "", ""},
	}},
}

// sandboxWork asks the sandbox for all that it offers in the version.
func (o *office) sandboxWork(minor int) {
	ids := map[string]string{"author": o.author}
	for _, part := range everyCall {
		if minor < part.since || part.until != 0 && minor > part.until {
			continue
		}
		for _, a := range part.asks {
			a.make(o, ids)
		}
	}
}

func (a ask) make(o *office, ids map[string]string) {
	fill := func(name string) string { return ids[name] }
	path, body := os.Expand(a.path, fill), os.Expand(a.body, fill)
	status, got := o.send(a.method, path, body)
	if status != a.status {
		o.t.Fatalf("%s %s %s: %d, want %d\n%v", a.method, path, body, status, a.status, got)
	}
	if list, ok := got["data"].([]any); ok && a.name != "" {
		got = list[0].(map[string]any)
	}
	if a.name != "" {
		ids[a.name] = fmt.Sprint(got["id"])
	}
}

func (o *office) send(method, path, body string) (int, map[string]any) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.url+path, bytes.NewReader([]byte(body)))
	check(o.t, err)
	for name, value := range map[string]string{
		"Authorization": "Bearer " + token, "Intercom-Version": o.judge.version,
		"Accept": "application/json", "Content-Type": "application/json",
	} {
		req.Header.Set(name, value)
	}
	resp, err := (&http.Client{Transport: o.judge}).Do(req)
	check(o.t, err)
	defer resp.Body.Close()
	var got map[string]any
	check(o.t, json.NewDecoder(resp.Body).Decode(&got))
	return resp.StatusCode, got
}
