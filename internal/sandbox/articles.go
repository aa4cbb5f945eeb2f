package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (c *call) findArticle() (*article, error) {
	if a := c.st.Articles[c.id("id")]; a != nil {
		return a, nil
	}
	return nil, notFound()
}

func (c *call) getArticle() (any, error) {
	a, err := c.findArticle()
	if err != nil {
		return nil, err
	}
	return c.article(a, view{single: true}), nil
}

func (c *call) listArticles() (any, error) {
	p, err := c.page(25)
	if err != nil {
		return nil, err
	}
	all := c.st.listArticles()
	rows, pages := cut(c, p, all)
	data := make([]wireArticle, len(rows))
	for i, a := range rows {
		data[i] = c.article(a, view{})
	}
	return list(data, len(all), pages), nil
}

func (c *call) createArticle() (any, error) {
	hc := c.st.defaultHelpCenter()
	if hc == nil {
		return nil, invalid("the workspace has no help center")
	}
	a := &article{ID: c.next("articles"), Locale: hc.Locale, Texts: map[string]content{}}
	if err := c.setParents(a); err != nil {
		return nil, err
	}
	// The locale of the root fields is that of the help center the article is in.
	a.Locale = c.st.helpCentersOf(a)[0].Locale
	edits, err := c.edits(a)
	if err != nil {
		return nil, err
	}
	root := edits[a.Locale]
	switch {
	case root.title == nil || strings.TrimSpace(*root.title) == "":
		return nil, missing("title is a required parameter")
	case root.author == 0:
		return nil, missing("author_id must be in the main body or default locale translated_content object")
	}
	if err := c.applyEdits(a, edits); err != nil {
		return nil, err
	}
	if err := c.setSchedule(a); err != nil {
		return nil, err
	}
	c.edit.Articles[a.ID] = a
	return c.article(a, view{single: true}), nil
}

func (c *call) updateArticle() (any, error) {
	old, err := c.findArticle()
	if err != nil {
		return nil, err
	}
	a := old.clone()
	if err := c.setParents(a); err != nil {
		return nil, err
	}
	edits, err := c.edits(a)
	if err != nil {
		return nil, err
	}
	if err := c.applyEdits(a, edits); err != nil {
		return nil, err
	}
	if err := c.setSchedule(a); err != nil {
		return nil, err
	}
	if _, ok := edits[a.Locale]; !ok && c.articleLevel() {
		c.touch(a)
	}
	c.edit.Articles[a.ID] = a
	return c.article(a, view{single: true}), nil
}

// articleLevel says whether the request changes what belongs to no locale.
func (c *call) articleLevel() bool {
	return len(c.params) == 0 || slices.ContainsFunc([]string{"parent_id", "parent_ids", "scheduled_publish_at", "scheduled_unpublish_at"}, c.params.has)
}

func (c *call) touch(a *article) {
	root := a.root()
	root.Updated = c.now
	a.Texts[a.Locale] = root
}

func (c *call) deleteArticle() (any, error) {
	a, err := c.findArticle()
	if err != nil {
		return nil, err
	}
	c.removeArticle(a)
	return wireDeleted{strconv.FormatInt(a.ID, 10), "article", true}, nil
}

func (c *call) removeArticle(a *article) {
	c.edit.Articles[a.ID] = nil
	for key, v := range c.st.Versions {
		if v.Article == a.ID {
			c.edit.Versions[key] = nil
		}
	}
}

// setParents follows intercom-api.md 2.2: parent_id replaces the whole set;
// parent_ids exists in Preview only, and wins there.
func (c *call) setParents(a *article) error {
	p := c.params
	if c.v == preview && p.set("parent_ids") {
		ids, err := p.nums("parent_ids")
		if err != nil {
			return err
		}
		return c.putInto(a, ids)
	}
	if p.null("parent_id") {
		return c.clearParent(a)
	}
	id, err := p.num("parent_id")
	if err != nil || !p.set("parent_id") {
		return err
	}
	kind, err := p.str("parent_type")
	if err != nil {
		return err
	}
	if kind != nil && *kind != "collection" && !(*kind == "section" && c.v <= v9) {
		return invalidField("parent_type", "parent_type must be 'collection'")
	}
	return c.putInto(a, []int64{id})
}

// clearParent is what nobody has documented: parent_id null.
func (c *call) clearParent(a *article) error {
	switch c.sw.ParentNull {
	case "reject":
		return invalidField("parent_id", "parent_id must be an integer")
	case "detach":
		return c.putInto(a, nil)
	}
	return nil
}

func (c *call) putInto(a *article, parents []int64) error {
	for _, id := range parents {
		if c.st.Collections[id] == nil {
			return notFound()
		}
	}
	a.Parents, a.Legacy = parents, legacyParent{}
	if len(parents) > 0 {
		a.Legacy = legacyParent{parents[0], "collection"}
	}
	return nil
}

// searchArticles looks through the live text of every locale that is written;
// the real one is an index that may lag.
func (c *call) searchArticles() (any, error) {
	p, err := c.page(10)
	if err != nil {
		return nil, err
	}
	hits := []*article{}
	for _, a := range c.st.listArticles() {
		if c.found(a) {
			hits = append(hits, a)
		}
	}
	rows, pages := cut(c, p, hits)
	articles, highlights := []wireArticle{}, []any{}
	for _, a := range rows {
		articles = append(articles, c.article(a, view{}))
		if phrase := c.query.Get("phrase"); phrase != "" && c.query.Get("highlight") == "true" {
			highlights = append(highlights, highlight(a, phrase))
		}
	}
	return list(map[string]any{"articles": articles, "highlights": highlights}, len(hits), pages), nil
}

func (c *call) found(a *article) bool {
	q := c.query
	if state := q.Get("state"); state != "" && state != "all" && state != a.root().State {
		return false
	}
	if id := q.Get("help_center_id"); id != "" {
		inIt := slices.ContainsFunc(c.st.helpCentersOf(a), func(h *helpCenter) bool { return strconv.FormatInt(h.ID, 10) == id })
		if !inIt {
			return false
		}
	}
	phrase := strings.ToLower(q.Get("phrase"))
	for _, text := range a.Texts {
		if strings.Contains(strings.ToLower(text.Title+"\n"+plainText(text.Body)), phrase) {
			return true
		}
	}
	return phrase == ""
}

type wirePiece struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

func highlight(a *article, phrase string) any {
	root := a.root()
	return map[string]any{
		"article_id":          strconv.FormatInt(a.ID, 10),
		"highlighted_title":   pieces(root.Title, phrase),
		"highlighted_summary": [][]wirePiece{pieces(plainText(root.Body), phrase)},
	}
}

// pieces cuts a text at the first place that holds the phrase.
func pieces(text, phrase string) []wirePiece {
	at := strings.Index(strings.ToLower(text), strings.ToLower(phrase))
	if at < 0 || at+len(phrase) > len(text) {
		return []wirePiece{{"plain", text}}
	}
	all := []wirePiece{{"plain", text[:at]}, {"highlight", text[at : at+len(phrase)]}, {"plain", text[at+len(phrase):]}}
	return slices.DeleteFunc(all, func(p wirePiece) bool { return p.Text == "" })
}

// checkAudiences knows no audience: the sandbox has none.
func (c *call) checkAudiences(p params) error {
	ids, err := p.nums("audience_ids")
	if err != nil || len(ids) == 0 {
		return err
	}
	return &apiError{http.StatusNotFound, "parameter_invalid", "audience_ids contains unknown audience IDs: " + strconv.FormatInt(ids[0], 10), "audience_ids"}
}
