package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// edit is what a request says about one locale of an article; a nil field is
// one that it does not mention.
type edit struct {
	title, description, body *string
	clearDescription         bool
	author                   int64
	state                    string
	ai                       [3]*bool
}

// edits reads the request by locale. The root fields are the default locale's
// and win over its entry in translated_content, which a workspace with one
// language ignores altogether (intercom-api.md section 5).
func (c *call) edits(a *article) (map[string]edit, error) {
	byLocale := map[string]params{}
	hcs := c.st.helpCentersOf(a)
	if multilingual(hcs) {
		nested, err := c.params.object("translated_content")
		if err != nil {
			return nil, err
		}
		for locale := range nested {
			if locale == "type" || nested.null(locale) {
				continue
			}
			if !slices.Contains(localesOf(hcs), locale) {
				return nil, invalidField("translated_content", "Unknown locale: "+locale)
			}
			if byLocale[locale], err = nested.object(locale); err != nil {
				return nil, err
			}
		}
	}
	if root := merged(byLocale[a.Locale], c.params); len(root) > 0 {
		byLocale[a.Locale] = root
	}
	edits := map[string]edit{}
	for _, locale := range slices.Sorted(maps.Keys(byLocale)) {
		if _, written := a.Texts[locale]; len(byLocale[locale]) == 0 && !written {
			continue
		}
		e, err := c.readEdit(byLocale[locale], locale, a.Texts[locale])
		if err != nil {
			return nil, err
		}
		edits[locale] = e
	}
	return edits, nil
}

// merged takes the fields that a locale has from the root of a request, over
// those of the locale's own entry.
func merged(own, root params) params {
	fields := []string{
		"title", "description", "body", "body_markdown", "author_id", "state", "audience_ids",
		"ai_chatbot_availability", "ai_copilot_availability", "ai_sales_agent_availability",
	}
	all := params{}
	for _, name := range fields {
		if own.has(name) {
			all[name] = own[name]
		}
		if root.has(name) {
			all[name] = root[name]
		}
	}
	return all
}

func (c *call) readEdit(p params, locale string, old content) (e edit, err error) {
	if e.title, err = p.str("title"); err != nil {
		return e, err
	}
	if e.description, err = p.str("description"); err != nil {
		return e, err
	}
	e.clearDescription = p.null("description")
	if e.body, err = c.readBody(p, locale); err != nil {
		return e, err
	}
	if e.author, err = c.readAuthor(p, old); err != nil {
		return e, err
	}
	if err := c.read16(p, &e); err != nil {
		return e, err
	}
	state, err := p.str("state")
	if err != nil || state == nil {
		return e, err
	}
	if *state != published && *state != draftState {
		return e, invalidField("state", "state must be 'published' or 'draft'")
	}
	e.state = *state
	return e, nil
}

// read16 reads what 2.16 added; before, the names mean nothing.
func (c *call) read16(p params, e *edit) (err error) {
	if c.v < v16 {
		return nil
	}
	for i, name := range []string{"ai_chatbot_availability", "ai_copilot_availability", "ai_sales_agent_availability"} {
		if e.ai[i], err = p.flag(name); err != nil {
			return err
		}
	}
	return c.checkAudiences(p)
}

// readBody is the text as it will be stored, or nil where none was sent.
func (c *call) readBody(p params, locale string) (*string, error) {
	sent, err := p.str("body")
	if err != nil {
		return nil, err
	}
	if c.v >= v16 && p.set("body_markdown") {
		if sent != nil {
			return nil, invalidField("body_markdown", "Only one of body and body_markdown can be given")
		}
		if sent, err = p.str("body_markdown"); err != nil {
			return nil, err
		}
		html := fromMarkdown(*sent)
		sent = &html
	}
	if sent == nil {
		if p.null("body") {
			return new(string), nil
		}
		return nil, nil
	}
	stored, err := c.rewriter().rewrite(*sent)
	if err != nil {
		return nil, invalidField("body", locale+": "+err.Error())
	}
	return &stored, nil
}

// readAuthor takes a teammate, or whoever the author is already.
func (c *call) readAuthor(p params, old content) (int64, error) {
	id, err := p.num("author_id")
	if err != nil || id == 0 {
		return 0, err
	}
	admin := c.st.Admins[id]
	if admin != nil && !admin.Left || id == old.Author && c.sw.DepartedAuthor == "accept" {
		return id, nil
	}
	return 0, invalidField("author_id", "author_id must be the id of a teammate of this workspace")
}

// applyEdits changes the locales by the rules of intercom-api.md 2.6.
func (c *call) applyEdits(a *article, edits map[string]edit) error {
	rootBefore := a.root().Updated
	locales := slices.SortedFunc(maps.Keys(edits), func(x, y string) int {
		// The default locale first: the others take its author when they name none.
		return cmp.Or(cmp.Compare(btoi(y == a.Locale), btoi(x == a.Locale)), cmp.Compare(x, y))
	})
	for _, locale := range locales {
		e, old := edits[locale], a.Texts[locale]
		if _, written := a.Texts[locale]; !written {
			if e.title == nil {
				return missing("title is required for locale " + locale)
			}
			old = c.newContent(a, locale)
		}
		if e.author == 0 && c.sw.AuthorReassign == "on" {
			e.author = c.st.Workspace.AdminID
		}
		a.Texts[locale] = c.applied(a.ID, locale, old, e)
	}
	if c.sw.TranslationBump == "on" && len(edits) > 0 && a.root().Updated == rootBefore {
		c.touch(a)
	}
	return nil
}

// newContent begins a locale: a draft by the article's author. An unset
// description is "" at the root and null in a translation.
func (c *call) newContent(a *article, locale string) content {
	fresh := content{State: draftState, Created: c.now, By: c.st.Workspace.AdminID}
	fresh.Author = a.root().Author
	if locale == a.Locale {
		fresh.Description = new(string)
	}
	return fresh
}

func (c *call) applied(id int64, locale string, old content, e edit) content {
	now := old
	now.Updated = c.now
	now.AI = mergeAI(old.AI, e.ai)
	switch {
	case old.Pending != nil && e.state == "":
		// Somebody's unpublished text is pending: the edit joins it, and what is live stays.
		pending := *old.Pending
		pending.text, pending.Updated, pending.By = e.over(pending.text), c.now, c.author()
		now.Pending, now.Updated = &pending, old.Updated
		return now
	case old.Pending != nil && (e.state == draftState || c.sw.PublishPending == "publish"):
		now.text, now.Pending = e.over(old.Pending.text), nil
	default:
		now.text = e.over(old.text)
	}
	if e.state != "" {
		now.State = e.state
	}
	if now.Title != old.Title || now.State != old.State {
		now.URL = nil
	}
	now.Version = c.newVersion(id, locale, old)
	return now
}

func (e edit) over(t text) text {
	if e.title != nil {
		t.Title = *e.title
	}
	if e.description != nil || e.clearDescription {
		t.Description = e.description
	}
	if e.body != nil {
		t.Body = *e.body
	}
	if e.author != 0 {
		t.Author = e.author
	}
	return t
}

func mergeAI(old *[3]bool, sent [3]*bool) *[3]bool {
	if sent == [3]*bool{} {
		return old
	}
	merged := [3]bool{true, true, true}
	if old != nil {
		merged = *old
	}
	for i, v := range sent {
		if v != nil {
			merged[i] = *v
		}
	}
	return &merged
}

// setSchedule takes the scheduling fields of 2.16: ISO 8601 in, seconds out.
func (c *call) setSchedule(a *article) error {
	if c.v < v16 {
		return nil
	}
	const pub, unpub = "scheduled_publish_at", "scheduled_unpublish_at"
	if c.params.set(pub) && c.params.set(unpub) {
		return invalidField(unpub, "Cannot set scheduled_publish_at and scheduled_unpublish_at in the same request")
	}
	if state, _ := c.params.str("state"); c.params.set(pub) && state != nil && *state == draftState {
		return invalidField(pub, "Cannot schedule a publish while setting state to draft")
	}
	if c.params.set(unpub) && a.root().State != published {
		return invalidField(unpub, "Cannot schedule unpublish for an article that has never been published")
	}
	for name, field := range map[string]*int64{pub: &a.Publish, unpub: &a.Unpub} {
		if err := c.schedule(name, field); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) schedule(name string, field *int64) error {
	if !c.params.has(name) {
		return nil
	}
	if c.params.null(name) {
		*field = 0
		return nil
	}
	value, err := c.params.str(name)
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, *value)
	if err != nil || at.Unix() <= c.now {
		return invalidField(name, name+" must be an ISO 8601 time in the future")
	}
	*field = at.Unix()
	return nil
}
