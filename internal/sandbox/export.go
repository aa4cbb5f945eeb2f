package sandbox

import (
	"io"
)

// Export writes everything that the API can answer, as the API answers it, one
// JSON document after another; Import takes it again. Fields whose names begin
// with sandbox_, and a help center's default_locale, are additions that the API
// has no place for. Bodies are as stored, image addresses without signatures.
// The history of versions and the redirects are not in it.
func (s *Server) Export(w io.Writer) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := s.newCall()
	c.sw = Switches{DefaultLocale: "include", MissingLocale: "absent", SignImages: "off", ChildHelpCenter: "id"}.filled()
	for _, doc := range c.documents() {
		if _, err := w.Write(append(encode(doc), '\n')); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) documents() []any {
	me, _ := c.getMe()
	admins, _ := c.listAdmins()
	tags, _ := c.listTags()
	helpCenters := []exportedHelpCenter{}
	for _, h := range sorted(c.st.HelpCenters) {
		e := exportedHelpCenter{c.helpCenter(h), h.Locale}
		e.URL = h.URL
		helpCenters = append(helpCenters, e)
	}
	collections := []wireCollection{}
	for _, k := range c.st.listCollections() {
		w := c.collection(k)
		w.URL, w.DefaultLocale = k.URL, k.Locale
		collections = append(collections, w)
	}
	articles := []exportedArticle{}
	for _, a := range c.st.listArticles() {
		articles = append(articles, c.exported(a))
	}
	return []any{
		me, admins, wireList{Type: "list", Data: tags.(wireList).Data}, wireList{Type: "list", Data: helpCenters},
		list(collections, len(collections), nil), list(articles, len(articles), nil),
	}
}

type exportedHelpCenter struct {
	wireHelpCenter
	DefaultLocale string `json:"default_locale"`
}

// exportedArticle has parent_id beside what Preview answers, and the texts that
// wait to be published.
type exportedArticle struct {
	wireArticle
	Pending *draft `json:"sandbox_pending,omitempty"`
}

type exportedLocale struct {
	wireLocale
	Pending *draft `json:"sandbox_pending,omitempty"`
}

func (c *call) exported(a *article) exportedArticle {
	w := c.article(a, view{})
	w.wireParent = c.legacyParent(a)
	w.URL, w.DefaultLocale = a.root().URL, ""
	if w.TranslatedContent != nil {
		w.DefaultLocale = a.Locale
		for locale, text := range a.Texts {
			l := exportedLocale{wireLocale{c.content(a, locale, view{}), "article_content"}, text.Pending}
			l.URL = text.URL
			w.TranslatedContent[locale] = l
		}
	}
	return exportedArticle{w, a.root().Pending}
}
