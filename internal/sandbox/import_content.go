package sandbox

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
)

// inContent is an article's content in one locale as an answer has it, at the
// root or in translated_content.
type inContent struct {
	Title       string  `json:"title"`
	Description *string `json:"description"`
	Body        string  `json:"body"`
	Author      flexID  `json:"author_id"`
	State       string  `json:"state"`
	Created     int64   `json:"created_at"`
	Updated     int64   `json:"updated_at"`
	URL         *string `json:"url"`
	By          flexID  `json:"created_by_id"`
	UpdatedBy   flexID  `json:"updated_by_id"`
	Chatbot     *bool   `json:"ai_chatbot_availability"`
	Copilot     *bool   `json:"ai_copilot_availability"`
	Sales       *bool   `json:"ai_sales_agent_availability"`
	Pending     *draft  `json:"sandbox_pending"` // not the API's; Export writes it
}

func (in inContent) empty() bool { return in.Title == "" && in.Body == "" }

func (in inContent) content() content {
	author, _ := in.Author.parse()
	by, _ := in.By.parse()
	updatedBy, _ := in.UpdatedBy.parse()
	c := content{
		text:  text{in.Title, in.Description, in.Body, author},
		State: in.State, Created: in.Created, Updated: in.Updated, URL: in.URL, By: by, Pending: in.Pending, Version: origin{By: updatedBy},
		AI: mergeAI(nil, [3]*bool{in.Chatbot, in.Copilot, in.Sales}),
	}
	if c.State != published {
		c.State = draftState
	}
	return c
}

func (im *importer) article(p params) error {
	var in struct {
		inContent
		Workspace  string                     `json:"workspace_id"`
		Parents    []flexID                   `json:"parent_ids"`
		Parent     flexID                     `json:"parent_id"`
		ParentType string                     `json:"parent_type"`
		Locale     string                     `json:"default_locale"`
		Tags       struct{ Tags []inTag }     `json:"tags"`
		Translated map[string]json.RawMessage `json:"translated_content"`
		Publish    int64                      `json:"scheduled_publish_at"`
		Unpublish  int64                      `json:"scheduled_unpublish_at"`
	}
	id, err := decode(p, "article", &in)
	if err != nil {
		return err
	}
	a := &article{ID: id, Locale: in.Locale, Texts: map[string]content{}, Publish: in.Publish, Unpub: in.Unpublish}
	if a.Parents, a.Legacy, err = importParents(in.Parents, in.Parent, in.ParentType); err != nil {
		return fmt.Errorf("article %d: %w", id, err)
	}
	im.saw(in.Workspace, in.Locale)
	im.multi = im.multi || len(in.Translated) > 0
	for _, locale := range slices.Sorted(maps.Keys(in.Translated)) {
		if err := im.translation(a, locale, in.Translated[locale]); err != nil {
			return fmt.Errorf("article %d: %s: %w", id, locale, err)
		}
	}
	im.root(a, in.inContent)
	for _, t := range in.Tags.Tags {
		im.applied(a, t)
	}
	im.reserve("articles", id)
	im.edit.Articles[id] = a
	im.report.articles++
	return nil
}

type inTag struct {
	ID   flexID
	Name string
	At   int64               `json:"applied_at"`
	By   struct{ ID flexID } `json:"applied_by"`
}

func (im *importer) applied(a *article, t inTag) {
	id, err := t.ID.parse()
	if err != nil || id == 0 {
		return
	}
	by, _ := t.By.ID.parse()
	a.Tags = append(a.Tags, appliedTag{id, t.At, by})
	im.addTag(id, t.Name)
}

// importParents takes parent_ids; parent_id counts only where they are empty,
// because it drifts (intercom-api.md 2.2).
func importParents(many []flexID, one flexID, kind string) ([]int64, legacyParent, error) {
	legacy, err := one.parse()
	if err != nil {
		return nil, legacyParent{}, err
	}
	var parents []int64
	for _, p := range many {
		id, err := p.parse()
		if err != nil {
			return nil, legacyParent{}, err
		}
		parents = append(parents, id)
	}
	if len(parents) == 0 && legacy != 0 {
		parents = []int64{legacy}
	}
	if kind == "" && legacy != 0 {
		kind = "collection"
	}
	return parents, legacyParent{legacy, kind}, nil
}

// translation takes one entry of translated_content; null and empty entries are
// locales that nobody has started.
func (im *importer) translation(a *article, locale string, raw json.RawMessage) error {
	if locale == "type" {
		return nil
	}
	im.locales = append(im.locales, locale)
	var in inContent
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	if !in.empty() {
		im.site(in.URL, locale)
		a.Texts[locale] = in.content()
	}
	return nil
}

// root takes the root fields for the default locale; its own entry counts only
// where they are empty (intercom-api.md 5.2).
func (im *importer) root(a *article, in inContent) {
	if a.Locale == "" {
		a.Locale = im.localeOf(in.URL)
	}
	im.site(in.URL, a.Locale)
	if _, ok := a.Texts[a.Locale]; !ok || !in.empty() {
		a.Texts[a.Locale] = in.content()
	}
}

// localeOf reads the locale out of an address such as
// https://help.example.com/en/articles/12-title; without one it is left open.
func (im *importer) localeOf(address *string) string {
	if address == nil {
		return ""
	}
	site, _, ok := strings.Cut(*address, "/articles/")
	_, locale, found := cutLast(site, "/")
	if !ok || !found || !isLocale(locale) {
		return ""
	}
	im.defaults[locale]++
	im.locales = append(im.locales, locale)
	return locale
}

// site remembers the address of the help center that an article's is under.
func (im *importer) site(address *string, locale string) {
	if address == nil || locale == "" {
		return
	}
	if site, _, ok := strings.Cut(*address, "/"+locale+"/articles/"); ok {
		im.sites[site]++
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// isLocale says whether a word has the form of a locale's code: xx, xxx or xx-YY.
func isLocale(word string) bool {
	lang, region, dashed := strings.Cut(word, "-")
	letters := func(s string) bool { return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == "" }
	if len(lang) < 2 || len(lang) > 3 || lang != strings.ToLower(lang) || !letters(lang) {
		return false
	}
	return !dashed || len(region) >= 2 && len(region) <= 4 && letters(region)
}

func (im *importer) collection(p params) error {
	var in struct {
		Workspace   string                     `json:"workspace_id"`
		Name        string                     `json:"name"`
		Description *string                    `json:"description"`
		URL         *string                    `json:"url"`
		Order       int64                      `json:"order"`
		Icon        string                     `json:"icon"`
		Created     int64                      `json:"created_at"`
		Updated     int64                      `json:"updated_at"`
		Parent      flexID                     `json:"parent_id"`
		HelpCenter  flexID                     `json:"help_center_id"`
		Locale      string                     `json:"default_locale"`
		Translated  map[string]json.RawMessage `json:"translated_content"`
	}
	id, err := decode(p, "collection", &in)
	if err != nil {
		return err
	}
	k := &collection{
		ID: id, Order: in.Order, Icon: in.Icon, URL: in.URL, Locale: in.Locale, Created: in.Created, Updated: in.Updated,
		Contents: map[string]groupText{},
	}
	if k.Parent, err = in.Parent.parse(); err == nil {
		k.HelpCenter, err = in.HelpCenter.parse()
	}
	if err != nil {
		return fmt.Errorf("collection %d: %w", id, err)
	}
	im.saw(in.Workspace, in.Locale)
	for _, locale := range slices.Sorted(maps.Keys(in.Translated)) {
		if err := im.groupTranslation(k, locale, in.Translated[locale]); err != nil {
			return fmt.Errorf("collection %d: %s: %w", id, locale, err)
		}
	}
	if _, ok := k.Contents[k.Locale]; !ok || in.Name != "" {
		k.Contents[k.Locale] = groupText{html.UnescapeString(in.Name), in.Description}
	}
	im.reserve("collections", id)
	im.edit.Collections[id] = k
	im.report.collections++
	return nil
}

func (im *importer) groupTranslation(k *collection, locale string, raw json.RawMessage) error {
	if locale == "type" {
		return nil
	}
	im.multi = true
	im.locales = append(im.locales, locale)
	var in struct {
		Name        string  `json:"name"`
		Description *string `json:"description"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	if in.Name != "" {
		k.Contents[locale] = groupText{html.UnescapeString(in.Name), in.Description}
	}
	return nil
}
