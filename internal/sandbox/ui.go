package sandbox

import (
	"fmt"
	"slices"
	"strconv"
)

// UIEdit is what a teammate changes in Intercom's own editor. A nil field stays
// as it is. The body is stored as given: the editor writes the stored form.
type UIEdit struct {
	Locale      string  `json:"locale"` // empty: the default one
	Title       *string `json:"title"`
	Description *string `json:"description"`
	Body        *string `json:"body"`
	AuthorID    int64   `json:"author_id"`
	// Draft leaves the change waiting to be published, beside what is live.
	Draft bool `json:"draft"`
	// State publishes or unpublishes; empty leaves it.
	State string `json:"state"`
	// By is the teammate who does it; 0 for the one whom the token belongs to.
	By int64 `json:"by"`
}

// UIEdit changes an article as a teammate does in Intercom. It takes effect at
// once, or as a pending draft.
func (s *Server) UIEdit(articleID string, e UIEdit) error {
	return s.ui(articleID, func(c *call, a *article) error {
		c.by = e.By
		if e.Locale == "" {
			e.Locale = a.Locale
		}
		if !slices.Contains(localesOf(c.st.helpCentersOf(a)), e.Locale) {
			return fmt.Errorf("article %s: no help center has the locale %q", articleID, e.Locale)
		}
		change := edit{title: e.Title, description: e.Description, body: e.Body, author: e.AuthorID, state: e.State}
		if e.Draft {
			return c.stage(a, e.Locale, change)
		}
		live, written := a.Texts[e.Locale]
		if !written {
			live = c.newContent(a, e.Locale)
		}
		if live.Pending != nil && e.State == "" { // publishing in the editor publishes what is pending
			change.state = live.State
		}
		a.Texts[e.Locale] = c.applied(a.ID, e.Locale, live, change)
		return nil
	})
}

// UIMove puts an article into these collections and no other.
func (s *Server) UIMove(articleID string, collections ...int64) error {
	return s.ui(articleID, func(c *call, a *article) error {
		if err := c.putInto(a, collections); err != nil {
			return fmt.Errorf("article %s: one of the collections %v does not exist", articleID, collections)
		}
		c.touch(a)
		return nil
	})
}

// UIDiscardDraft throws a pending draft away, which the API cannot do.
func (s *Server) UIDiscardDraft(articleID, locale string) error {
	return s.uiText(articleID, locale, func(text content) *content { text.Pending = nil; return &text })
}

// UIDeleteLocale removes one translation, which the API cannot do.
func (s *Server) UIDeleteLocale(articleID, locale string) error {
	return s.uiText(articleID, locale, func(content) *content { return nil })
}

// uiText changes or, with nil, removes what an article says in one locale.
func (s *Server) uiText(articleID, locale string, f func(content) *content) error {
	return s.ui(articleID, func(_ *call, a *article) error {
		if locale == "" {
			locale = a.Locale
		}
		text, ok := a.Texts[locale]
		if !ok {
			return fmt.Errorf("article %s: it is not written in %q", articleID, locale)
		}
		if changed := f(text); changed != nil {
			a.Texts[locale] = *changed
		} else if locale == a.Locale {
			return fmt.Errorf("article %s: %q is its default locale; delete the article instead", articleID, locale)
		} else {
			delete(a.Texts, locale)
		}
		return nil
	})
}

// UIDelete deletes an article in Intercom.
func (s *Server) UIDelete(articleID string) error {
	return s.uiChange(func(c *call) error {
		a, err := c.articleByID(articleID)
		if err == nil {
			c.removeArticle(a)
		}
		return err
	})
}

// ui changes one article outside the API.
func (s *Server) ui(articleID string, f func(*call, *article) error) error {
	return s.uiChange(func(c *call) error {
		old, err := c.articleByID(articleID)
		if err != nil {
			return err
		}
		a := old.clone()
		if err := f(c, a); err != nil {
			return err
		}
		c.edit.Articles[a.ID] = a
		return nil
	})
}

func (c *call) articleByID(articleID string) (*article, error) {
	id, _ := strconv.ParseInt(articleID, 10, 64)
	if a := c.st.Articles[id]; a != nil {
		return a, nil
	}
	return nil, fmt.Errorf("article %s: it is not in the sandbox", articleID)
}

// uiChange makes a change outside the API.
func (s *Server) uiChange(f func(*call) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.newCall()
	if err := f(c); err != nil {
		return err
	}
	return s.commit(c.edit)
}

// UIHelpCenter is what the settings of a help center can change; nil fields
// stay as they are. The API can change none of it.
type UIHelpCenter struct {
	Name          *string  `json:"display_name"`
	URL           *string  `json:"url"`
	Locales       []string `json:"locales"`
	DefaultLocale *string  `json:"default_locale"`
	Multilingual  *bool    `json:"multilingual"`
	TurnedOn      *bool    `json:"website_turned_on"`
}

// UIHelpCenter changes a help center's settings. With another default locale,
// the root fields of every article and collection in it that is written in that
// locale show that text from then on.
func (s *Server) UIHelpCenter(helpCenterID string, e UIHelpCenter) error {
	return s.uiChange(func(c *call) error {
		id, _ := strconv.ParseInt(helpCenterID, 10, 64)
		old := c.st.HelpCenters[id]
		if old == nil {
			return fmt.Errorf("help center %s: it is not in the sandbox", helpCenterID)
		}
		hc := old.clone()
		e.over(hc)
		hc.settle()
		hc.Updated = c.now
		c.edit.HelpCenters[hc.ID] = hc
		if e.DefaultLocale != nil {
			c.changeDefault(old, hc.Locale)
		}
		return nil
	})
}

func (e UIHelpCenter) over(hc *helpCenter) {
	if e.Name != nil {
		hc.Name = *e.Name
	}
	if e.URL != nil {
		hc.URL = *e.URL
	}
	if e.Locales != nil {
		hc.Locales, hc.Multilingual = e.Locales, len(e.Locales) > 1
	}
	if e.DefaultLocale != nil {
		hc.Locale = *e.DefaultLocale
	}
	if e.Multilingual != nil {
		hc.Multilingual = *e.Multilingual
	}
	if e.TurnedOn != nil {
		hc.TurnedOff = !*e.TurnedOn
	}
}

func (c *call) changeDefault(hc *helpCenter, locale string) {
	for id, a := range c.st.Articles {
		if _, ok := a.Texts[locale]; ok && slices.Contains(c.st.helpCentersOf(a), hc) {
			moved := a.clone()
			moved.Locale = locale
			c.edit.Articles[id] = moved
		}
	}
	for id, k := range c.st.Collections {
		if _, ok := k.Contents[locale]; ok && c.st.helpCenterOf(k) == hc {
			moved := k.clone()
			moved.Locale = locale
			c.edit.Collections[id] = moved
		}
	}
}

// UIAdmin adds a teammate and gives the id.
func (s *Server) UIAdmin(name, email string) (id string, err error) {
	err = s.uiChange(func(c *call) error {
		a := &admin{ID: c.next("admins"), Name: name, Email: email}
		c.edit.Admins[a.ID] = a
		id = strconv.FormatInt(a.ID, 10)
		return nil
	})
	return id, err
}

// UIAdminLeaves takes a teammate off the list; articles keep their author.
func (s *Server) UIAdminLeaves(adminID string) error {
	return s.uiChange(func(c *call) error {
		id, _ := strconv.ParseInt(adminID, 10, 64)
		old := c.st.Admins[id]
		if old == nil || id == c.st.Workspace.AdminID {
			return fmt.Errorf("admin %s: there is no such teammate, or the token is theirs", adminID)
		}
		gone := *old
		gone.Left = true
		c.edit.Admins[id] = &gone
		return nil
	})
}
