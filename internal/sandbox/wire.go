package sandbox

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// The shapes below are the API's, in the field order of recorded answers; the
// client has shapes of its own, so that neither can hide a mistake of the other.

type wireList struct {
	Type       string     `json:"type"`
	Data       any        `json:"data"`
	TotalCount *int       `json:"total_count,omitempty"`
	Pages      *wirePages `json:"pages,omitempty"`
}

type wirePages struct {
	Type       string `json:"type"`
	Next       any    `json:"next,omitempty"`
	Page       int    `json:"page"`
	PerPage    int    `json:"per_page"`
	TotalPages int    `json:"total_pages"`
}

func list(data any, total int, pages *wirePages) wireList {
	return wireList{"list", data, &total, pages}
}

type wireDeleted struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

type wireArticle struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	WorkspaceID string `json:"workspace_id"`
	*wireParent
	ParentIDs  []int64         `json:"parent_ids"`
	Statistics *wireStatistics `json:"statistics,omitempty"`
	Tags       *wireTags       `json:"tags,omitempty"`
	wireContent
	*wireArticle16
	FolderID          *noValue       `json:"folder_id,omitempty"`
	DefaultLocale     string         `json:"default_locale,omitempty"`
	TranslatedContent map[string]any `json:"translated_content,omitempty"`
}

// noValue is null where omitting would be wrong.
type noValue struct{}

// MarshalJSON writes null.
func (noValue) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// wireParent is gone from 2.16 on (intercom-api.md section 3).
type wireParent struct {
	ParentID   *int64  `json:"parent_id"`
	ParentType *string `json:"parent_type"`
}

type wireContent struct {
	Title       string  `json:"title"`
	Description *string `json:"description"`
	Body        string  `json:"body"`
	AuthorID    int64   `json:"author_id"`
	State       string  `json:"state"`
	CreatedAt   int64   `json:"created_at"`
	UpdatedAt   int64   `json:"updated_at"`
	URL         *string `json:"url"`
	*wireContent16
}

// wireContent16 is what 2.16 adds to every locale.
type wireContent16 struct {
	BodyMarkdown   string  `json:"body_markdown"`
	Unpublished    bool    `json:"has_unpublished_changes"`
	DraftUpdatedAt *int64  `json:"draft_updated_at"`
	AudienceIDs    []int64 `json:"audience_ids,omitzero"` // of an article itself only where it has one language
	AIChatbot      bool    `json:"ai_chatbot_availability"`
	AICopilot      bool    `json:"ai_copilot_availability"`
	AISales        bool    `json:"ai_sales_agent_availability"`
	CreatedByID    *int64  `json:"created_by_id"`
	UpdatedByID    *int64  `json:"updated_by_id"`
}

// wireArticle16 is what 2.16 adds to the article as a whole.
type wireArticle16 struct {
	Exclude   bool   `json:"exclude_from_article_suggestions"`
	Audience  string `json:"help_center_audience"`
	PublishAt *int64 `json:"scheduled_publish_at"`
	UnpubAt   *int64 `json:"scheduled_unpublish_at"`
}

type wireLocale struct {
	wireContent
	Type string `json:"type"`
}

type wireStatistics struct {
	Type          string `json:"type"`
	Views         int    `json:"views"`
	Conversations int    `json:"conversations"` // the schema says conversions; every example says this
	Reactions     int    `json:"reactions"`
	Happy         int    `json:"happy_reaction_percentage"`
	Neutral       int    `json:"neutral_reaction_percentage"`
	Sad           int    `json:"sad_reaction_percentage"`
	*wireStatistics16
}

type wireStatistics16 struct {
	Involvements int     `json:"fin_involvements"`
	Resolutions  int     `json:"fin_resolutions"`
	Rate         float64 `json:"fin_resolution_rate"`
}

type wireTags struct {
	Type string    `json:"type"`
	Tags []wireTag `json:"tags"`
}

// view is how an article is asked for.
type view struct {
	single bool // one article, with statistics; not a list item
	draft  bool // the pending text where there is one
}

func (c *call) article(a *article, how view) wireArticle {
	hcs := c.st.helpCentersOf(a)
	w := wireArticle{
		ID: strconv.FormatInt(a.ID, 10), Type: "article", WorkspaceID: c.st.Workspace.ID,
		ParentIDs: append([]int64{}, a.Parents...), wireContent: c.content(a, a.Locale, how),
	}
	if how.single {
		w.Statistics = &wireStatistics{Type: "article_statistics"}
	}
	if c.v < v16 {
		w.wireParent = c.legacyParent(a)
	} else {
		w.wireArticle16 = &wireArticle16{Audience: "everyone", PublishAt: optional(a.Publish), UnpubAt: optional(a.Unpub)}
		if how.single {
			w.Statistics.wireStatistics16 = &wireStatistics16{}
		}
	}
	if c.v >= v13 {
		w.Tags = c.appliedTags(a)
	}
	if c.v == preview {
		w.FolderID = &noValue{}
	}
	if multilingual(hcs) {
		w.DefaultLocale, w.TranslatedContent = a.Locale, c.translations(a, hcs, how)
		if w.wireContent16 != nil {
			w.AudienceIDs = nil
		}
	}
	return w
}

func (c *call) content(a *article, locale string, how view) wireContent {
	live := a.Texts[locale]
	shown := live.text
	if how.draft && live.Pending != nil {
		shown = live.Pending.text
	}
	w := wireContent{
		Title: shown.Title, Description: shown.Description, Body: c.signed(shown.Body), AuthorID: shown.Author,
		State: live.State, CreatedAt: live.Created, UpdatedAt: live.Updated, URL: c.url(a, locale),
	}
	if c.v >= v16 {
		w.wireContent16 = content16(live, toMarkdown(w.Body))
		if how.draft && live.Pending != nil { // "the last editor of this content version"
			w.UpdatedByID = optional(live.Pending.By)
		}
	}
	return w
}

func content16(live content, markdown string) *wireContent16 {
	ai := [3]bool{true, true, true}
	if live.AI != nil {
		ai = *live.AI
	}
	w := &wireContent16{
		BodyMarkdown: markdown, AudienceIDs: []int64{}, AIChatbot: ai[0], AICopilot: ai[1], AISales: ai[2],
		CreatedByID: optional(live.By), UpdatedByID: optional(live.Version.By),
	}
	if live.Pending != nil {
		w.Unpublished, w.DraftUpdatedAt = true, optional(live.Pending.Updated)
	}
	return w
}

// translations renders every locale of the help center: what was written, and
// in one of the ways seen in the wild what nobody has started
// (intercom-api.md 5.2).
func (c *call) translations(a *article, hcs []*helpCenter, how view) map[string]any {
	all := map[string]any{"type": "article_translated_content"}
	locales := localesOf(hcs)
	for locale := range a.Texts {
		if !slices.Contains(locales, locale) {
			locales = append(locales, locale)
		}
	}
	for i, locale := range locales {
		if locale == a.Locale && c.sw.DefaultLocale == "omit" {
			continue
		}
		if _, ok := a.Texts[locale]; ok {
			all[locale] = wireLocale{c.content(a, locale, how), "article_content"}
		} else {
			c.neverStarted(all, locale, "article_content", int(a.ID)+i)
		}
	}
	return all
}

// neverStarted adds a locale without content the way the switch says; a mix
// goes through all ways in turn.
func (c *call) neverStarted(all map[string]any, locale, kind string, turn int) {
	how := c.sw.MissingLocale
	if how == "mix" {
		how = []string{"null", "absent", "empty"}[turn%3]
	}
	switch how {
	case "null":
		all[locale] = nil
	case "empty":
		all[locale] = map[string]any{"type": kind, "title": "", "description": "", "body": ""}
		if kind == "group_content" {
			all[locale] = map[string]any{"type": kind, "name": "", "description": ""}
		}
	}
}

// legacyParent is the denormalised copy that drifts; up to 2.9 a collection
// inside another is a section.
func (c *call) legacyParent(a *article) *wireParent {
	if a.Legacy.ID == 0 || c.sw.ParentDrift == "on" {
		return &wireParent{}
	}
	kind := a.Legacy.Type
	if parent := c.st.Collections[a.Legacy.ID]; c.v <= v9 && parent != nil && parent.Parent != 0 {
		kind = "section"
	}
	return &wireParent{&a.Legacy.ID, &kind}
}

// url is null unless the locale is live.
func (c *call) url(a *article, locale string) *string {
	live := a.Texts[locale]
	if live.State != published {
		return nil
	}
	if live.URL != nil {
		return live.URL
	}
	hcs := c.st.helpCentersOf(a)
	if len(hcs) == 0 {
		return nil
	}
	u := c.siteURL(hcs[0]) + "/" + locale + "/articles/" + strconv.FormatInt(a.ID, 10) + "-" + slug(live.Title)
	return &u
}

// siteURL is where a help center's pages are: at this server when nothing else
// was said.
func (c *call) siteURL(hc *helpCenter) string {
	if hc.URL == "" {
		return c.base
	}
	return strings.TrimSuffix(hc.URL, "/")
}

type wireCollection struct {
	ID                string         `json:"id"`
	Type              string         `json:"type,omitempty"`
	WorkspaceID       string         `json:"workspace_id"`
	Name              string         `json:"name"`
	URL               *string        `json:"url"`
	Order             int64          `json:"order"`
	CreatedAt         int64          `json:"created_at"`
	UpdatedAt         int64          `json:"updated_at"`
	Description       *string        `json:"description"`
	Icon              *string        `json:"icon"`
	*wireCollParent                  // from 2.10 on
	HelpCenterID      *int64         `json:"help_center_id"`
	DefaultLocale     string         `json:"default_locale,omitempty"`
	TranslatedContent map[string]any `json:"translated_content,omitempty"`
}

type wireCollParent struct {
	ParentID *string `json:"parent_id"`
}

type wireGroup struct {
	Type        string  `json:"type"`
	Name        string  `json:"name"`
	Description *string `json:"description"`
}

func (c *call) collection(k *collection) wireCollection {
	hc := c.st.helpCenterOf(k)
	w := wireCollection{
		ID: strconv.FormatInt(k.ID, 10), WorkspaceID: c.st.Workspace.ID, Order: k.Order,
		CreatedAt: k.Created, UpdatedAt: k.Updated, Name: c.name(k.Contents[k.Locale].Name),
		Description: k.Contents[k.Locale].Description, URL: c.collectionURL(k, hc),
	}
	if k.Icon != "" {
		w.Icon = &k.Icon
	}
	if hc != nil && (k.Parent == 0 || c.sw.ChildHelpCenter == "id") {
		w.HelpCenterID = &hc.ID
	}
	if c.v <= v9 {
		w.Type = "collection"
	} else {
		w.wireCollParent = &wireCollParent{}
		if k.Parent != 0 {
			parent := strconv.FormatInt(k.Parent, 10)
			w.ParentID = &parent
		}
	}
	if hc != nil && hc.Multilingual {
		w.DefaultLocale, w.TranslatedContent = k.Locale, c.groupTranslations(k, hc)
	}
	return w
}

func (c *call) collectionURL(k *collection, hc *helpCenter) *string {
	if k.URL != nil || hc == nil {
		return k.URL
	}
	u := c.siteURL(hc) + "/" + k.Locale + "/collections/" + strconv.FormatInt(k.ID, 10) + "-" + slug(k.Contents[k.Locale].Name)
	return &u
}

func (c *call) groupTranslations(k *collection, hc *helpCenter) map[string]any {
	all := map[string]any{"type": "group_translated_content"}
	locales := slices.Clone(hc.Locales)
	for locale := range k.Contents {
		if !slices.Contains(locales, locale) {
			locales = append(locales, locale)
		}
	}
	slices.Sort(locales)
	for i, locale := range locales {
		if locale == k.Locale && c.sw.DefaultLocale == "omit" {
			continue
		}
		if text, ok := k.Contents[locale]; ok {
			all[locale] = wireGroup{"group_content", c.name(text.Name), text.Description}
		} else {
			c.neverStarted(all, locale, "group_content", int(k.ID)+i)
		}
	}
	return all
}

// name escapes a collection's name as the API is seen to do; article titles it
// leaves alone (intercom-api.md 2.12).
func (c *call) name(name string) string {
	if c.sw.Names == "raw" {
		return name
	}
	return strings.ReplaceAll(html.EscapeString(name), "&#34;", "&quot;")
}

func optional(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
