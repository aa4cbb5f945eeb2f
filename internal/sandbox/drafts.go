package sandbox

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// noDraft marks the 404 that the real server is said to send with an empty
// body (intercom-api.md 2.9).
const noDraft = "no_draft"

func (c *call) getDraft() (any, error) {
	a, err := c.findArticle()
	if err != nil {
		return nil, err
	}
	if !a.pending() {
		if c.sw.DraftMissing == "empty" {
			return nil, &apiError{status: http.StatusNotFound, code: noDraft}
		}
		return nil, notFound()
	}
	return c.article(a, view{single: true, draft: true}), nil
}

func (a *article) pending() bool { return len(a.pendingLocales()) > 0 }

func (a *article) pendingLocales() []string {
	var locales []string
	for locale, text := range a.Texts {
		if text.Pending != nil {
			locales = append(locales, locale)
		}
	}
	slices.Sort(locales)
	return locales
}

// stageDraft puts text beside what is live, and takes nothing else.
func (c *call) stageDraft() (any, error) {
	old, err := c.findArticle()
	if err != nil {
		return nil, err
	}
	if old.root().State != published {
		return nil, unprocessable("parameter_invalid", "Article must be published before a draft can be staged")
	}
	a := old.clone()
	edits, err := c.edits(a)
	if err != nil {
		return nil, err
	}
	for locale, e := range edits {
		if err := c.stage(a, locale, e); err != nil {
			return nil, err
		}
	}
	c.edit.Articles[a.ID] = a
	return c.article(a, view{single: true, draft: true}), nil
}

func (c *call) stage(a *article, locale string, e edit) error {
	live, written := a.Texts[locale]
	if !written {
		if e.title == nil {
			return missing("title is required for locale " + locale)
		}
		live = c.newContent(a, locale)
		live.Updated = c.now
	}
	base := live.text
	if live.Pending != nil {
		base = live.Pending.text
	}
	live.Pending = &draft{e.over(base), c.now, c.author()}
	if live.State == draftState {
		// What is not live has no second text: the edit is the text.
		live.text, live.Pending, live.Updated = live.Pending.text, nil, c.now
	}
	a.Texts[locale] = live
	return nil
}

// author is who makes the call: a teammate in the editor, or the token's admin.
func (c *call) author() int64 { return cmp.Or(c.by, c.st.Workspace.AdminID) }

func (c *call) publishDraft() (any, error) {
	old, err := c.findArticle()
	if err != nil {
		return nil, err
	}
	if !old.pending() {
		return nil, unprocessable("parameter_invalid", "Article has no draft to publish")
	}
	locales, err := c.localesToPublish(old)
	if err != nil {
		return nil, err
	}
	a := old.clone()
	for _, locale := range locales {
		a.Texts[locale] = c.promoted(a.ID, locale, a.Texts[locale])
	}
	c.edit.Articles[a.ID] = a
	return c.article(a, view{single: true}), nil
}

func (c *call) localesToPublish(a *article) ([]string, error) {
	if !multilingual(c.st.helpCentersOf(a)) {
		return []string{a.Locale}, nil
	}
	var locales []string
	if c.params.set("locales") && json.Unmarshal(c.params["locales"], &locales) != nil {
		return nil, mistyped("locales", "an array of strings")
	}
	if len(locales) == 0 {
		return nil, unprocessable("parameter_not_found", "locales must be specified to publish a draft on a multilingual workspace")
	}
	pending := a.pendingLocales()
	unchanged := slices.DeleteFunc(slices.Clone(locales), func(l string) bool { return slices.Contains(pending, l) })
	if len(unchanged) > 0 {
		return nil, unprocessable("parameter_invalid", "Cannot publish a draft for locale(s) without pending changes: "+strings.Join(unchanged, ", "))
	}
	return locales, nil
}

// promoted makes the pending text the live one.
func (c *call) promoted(id int64, locale string, old content) content {
	now := old
	if old.Pending == nil {
		return now
	}
	now.text, now.Pending, now.Updated, now.State = old.Pending.text, nil, c.now, published
	if now.Title != old.Title {
		now.URL = nil
	}
	now.Version = c.newVersion(id, locale, old)
	return now
}

// newVersion moves the text that was live into the article's history and names
// the one that takes its place.
func (c *call) newVersion(id int64, locale string, old content) origin {
	if old.Title == "" && old.Body == "" && old.Version.ID == 0 {
		return origin{ID: c.next("versions"), By: c.author(), Via: c.via}
	}
	past := old.Version
	if past.ID == 0 { // imported: its own version was never numbered
		past.ID, past.Via = c.next("versions"), "web"
	}
	c.edit.Versions[past.ID] = &pastVersion{
		text: old.text, origin: past, Article: id, Locale: locale, State: old.State, Created: old.Updated, Updated: old.Updated,
	}
	return origin{ID: c.next("versions"), From: past.ID, By: c.author(), Via: c.via}
}

type wireVersion struct {
	Type        string  `json:"type"`
	ID          string  `json:"id"`
	ArticleID   string  `json:"article_id"`
	Title       string  `json:"title"`
	Description *string `json:"description"`
	*wireVersionBody
	AuthorID      string  `json:"author_id"`
	CreatedByID   *string `json:"created_by_id"`
	CreatedVia    string  `json:"created_via"`
	FromVersionID *string `json:"from_version_id"`
	State         string  `json:"state"`
	CreatedAt     int64   `json:"created_at"`
	UpdatedAt     *int64  `json:"updated_at,omitempty"`
}

type wireVersionBody struct {
	Body         string `json:"body"`
	BodyMarkdown string `json:"body_markdown"`
}

// history lists the versions of one locale, newest first: the live text, then
// what it replaced.
func (c *call) history() ([]*pastVersion, error) {
	a, err := c.findArticle()
	if err != nil {
		return nil, err
	}
	locale := c.query.Get("locale")
	if locale == "" {
		locale = a.Locale
	}
	if !slices.Contains(localesOf(c.st.helpCentersOf(a)), locale) {
		return nil, invalid("Unknown locale")
	}
	var rows []*pastVersion
	if live, ok := a.Texts[locale]; ok {
		origin := live.Version
		if origin.ID == 0 {
			origin.ID, origin.Via = a.ID, "web"
		}
		rows = append(rows, &pastVersion{live.text, origin, a.ID, locale, live.State, live.Updated, live.Updated})
	}
	for _, key := range slices.Backward(slices.Sorted(maps.Keys(c.st.Versions))) {
		if v := c.st.Versions[key]; v.Article == a.ID && v.Locale == locale {
			rows = append(rows, v)
		}
	}
	return rows, nil
}

func (c *call) listVersions() (any, error) {
	p, err := c.page(25)
	if err != nil {
		return nil, err
	}
	all, err := c.history()
	if err != nil {
		return nil, err
	}
	rows, pages := cut(c, p, all)
	data := make([]wireVersion, len(rows))
	for i, v := range rows {
		data[i] = v.wire()
	}
	return list(data, len(all), pages), nil
}

func (c *call) getVersion() (any, error) {
	all, err := c.history()
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if v.ID == c.id("version") {
			w := v.wire()
			w.UpdatedAt = &v.Updated
			body := c.signed(v.Body)
			w.wireVersionBody = &wireVersionBody{body, toMarkdown(body)}
			return w, nil
		}
	}
	return nil, notFound()
}

// wire renders every id as a string, as this one endpoint does.
func (v *pastVersion) wire() wireVersion {
	return wireVersion{
		Type: "article_version", ID: strconv.FormatInt(v.ID, 10), ArticleID: strconv.FormatInt(v.Article, 10),
		Title: v.Title, Description: v.Description, AuthorID: strconv.FormatInt(v.Author, 10),
		CreatedByID: optionalString(v.By), CreatedVia: v.Via, FromVersionID: optionalString(v.From),
		State: v.State, CreatedAt: v.Created,
	}
}

func optionalString(n int64) *string {
	if n == 0 {
		return nil
	}
	s := strconv.FormatInt(n, 10)
	return &s
}
