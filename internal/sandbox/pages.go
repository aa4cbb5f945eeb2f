package sandbox

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// contentPolicy lets a page show its text, pictures, the style sheet and the
// video players that articles may embed, and run nothing.
const contentPolicy = "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src https: http:; " +
	"frame-src https://*.youtube.com https://*.youtube-nocookie.com https://*.wistia.com https://*.wistia.net https://*.vimeo.com " +
	"https://*.loom.com https://*.vidyard.com https://*.streamio.com; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const stylePath = "/_help/style.css"

// servePage answers the public help center: what is published, per locale. It
// says no to a path that is not under a locale of a help center.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if r.URL.Path == stylePath {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Write([]byte(pageStyle))
		return true
	}
	s.mu.RLock()
	p := s.page(r)
	s.mu.RUnlock()
	if p == nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Type", "text/html; charset=utf-8")
	var out bytes.Buffer
	if err := template.Must(template.New("page").Parse(pageTemplate)).Execute(&out, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return true
	}
	w.WriteHeader(p.Status)
	w.Write(out.Bytes())
	return true
}

// sitePage is what the template shows; which parts of it are filled depends on
// the kind of page.
type sitePage struct {
	Status  int
	Locale  string
	Site    string // name of the help center
	Title   string
	Lead    string
	Crumbs  []siteLink
	Locales []siteLink // the same page in other languages
	Groups  []siteGroup
	Body    template.HTML
	Note    string
}

type siteLink struct {
	Text, Href string
	Current    bool
}

// siteGroup is a heading with links under it.
type siteGroup struct {
	Title, Lead, Href string
	Links             []siteLink
}

// page makes the page of a path, or nil where there can be none.
func (s *Server) page(r *http.Request) *sitePage {
	c := s.newCall()
	c.base = s.baseOf(r)
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	home := c.st.defaultHelpCenter()
	if home == nil {
		return nil
	}
	locale := parts[0]
	if r.URL.Path == "/" {
		locale = home.Locale
	}
	if !slices.Contains(localesOf(sorted(c.st.HelpCenters)), locale) {
		return nil
	}
	p := &sitePage{Status: http.StatusOK, Locale: locale, Site: home.Name}
	switch id := pageID(parts); {
	case len(parts) == 1:
		c.homePage(p, home)
	case len(parts) == 3 && parts[1] == "collections" && c.st.Collections[id] != nil:
		c.collectionPage(p, c.st.Collections[id])
	case len(parts) == 3 && parts[1] == "articles" && c.st.Articles[id].isLive(locale):
		c.articlePage(p, c.st.Articles[id])
	default:
		p.Status, p.Title, p.Note = http.StatusNotFound, "Not found", "There is no published page at this address."
		p.Crumbs = []siteLink{{p.Site, "/" + locale, false}}
	}
	return p
}

// pageID reads the number before the first hyphen: the rest of an address is
// for people.
func pageID(parts []string) int64 {
	digits, _, _ := strings.Cut(parts[len(parts)-1], "-")
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return -1
	}
	return id
}

func (a *article) isLive(locale string) bool { return a != nil && a.Texts[locale].State == published }

func (c *call) homePage(p *sitePage, home *helpCenter) {
	p.Title = home.Name
	for _, l := range localesOf(sorted(c.st.HelpCenters)) {
		p.Locales = append(p.Locales, siteLink{l, "/" + l, l == p.Locale})
	}
	for _, k := range c.st.children(0) {
		text, ok := k.Contents[p.Locale]
		hc := c.st.helpCenterOf(k)
		if !ok || hc == nil {
			continue
		}
		lead := optionalText(text.Description)
		if len(c.st.HelpCenters) > 1 {
			lead = strings.TrimSpace(hc.Name + " · " + lead)
		}
		p.Groups = append(p.Groups, siteGroup{text.Name, lead, collectionPath(p.Locale, k), nil})
	}
	if len(p.Groups) == 0 {
		p.Note = "Nothing is published here yet."
	}
}

func (c *call) collectionPage(p *sitePage, k *collection) {
	text := k.Contents[p.Locale]
	p.Title, p.Lead = text.Name, optionalText(text.Description)
	p.Crumbs = c.crumbs(p, k.Parent)
	for locale := range k.Contents {
		p.Locales = append(p.Locales, siteLink{locale, collectionPath(locale, k), locale == p.Locale})
	}
	sortLinks(p.Locales)
	if links := c.liveIn(k.ID, p.Locale); len(links) > 0 {
		p.Groups = append(p.Groups, siteGroup{Links: links})
	}
	for _, kid := range c.st.children(k.ID) {
		if inside, ok := kid.Contents[p.Locale]; ok {
			p.Groups = append(p.Groups, siteGroup{inside.Name, optionalText(inside.Description), collectionPath(p.Locale, kid), c.liveIn(kid.ID, p.Locale)})
		}
	}
}

func (c *call) liveIn(collection int64, locale string) []siteLink {
	var links []siteLink
	for _, a := range c.articlesIn(collection) {
		if a.isLive(locale) {
			title := a.Texts[locale].Title
			links = append(links, siteLink{title, articlePath(locale, a.ID, title), false})
		}
	}
	return links
}

func (c *call) articlePage(p *sitePage, a *article) {
	text := a.Texts[p.Locale]
	p.Title, p.Lead = text.Title, optionalText(text.Description)
	if len(a.Parents) > 0 {
		p.Crumbs = c.crumbs(p, a.Parents[0])
	} else {
		p.Crumbs = c.crumbs(p, 0)
	}
	for locale, other := range a.Texts {
		if other.State == published {
			p.Locales = append(p.Locales, siteLink{locale, articlePath(locale, a.ID, other.Title), locale == p.Locale})
		}
	}
	sortLinks(p.Locales)
	p.Body = c.publicBody(text.Body)
	p.Note = "Updated " + time.Unix(text.Updated, 0).UTC().Format("2 January 2006")
	if author := c.st.Admins[text.Author]; author != nil {
		p.Note = "Written by " + author.Name + " · " + p.Note
	}
}

// crumbs leads from the home page down to a collection.
func (c *call) crumbs(p *sitePage, collection int64) []siteLink {
	links := []siteLink{{p.Site, "/" + p.Locale, false}}
	if k := c.st.Collections[collection]; k != nil {
		for _, up := range slices.Backward(c.st.path(k)) {
			if text, ok := up.Contents[p.Locale]; ok {
				links = append(links, siteLink{text.Name, collectionPath(p.Locale, up), false})
			}
		}
	}
	return links
}

func sortLinks(links []siteLink) {
	slices.SortFunc(links, func(a, b siteLink) int { return strings.Compare(a.Text, b.Text) })
}

func optionalText(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// articlePath and collectionPath are addresses under a help center's own.
func articlePath(locale string, id int64, title string) string {
	return "/" + locale + "/articles/" + strconv.FormatInt(id, 10) + "-" + slug(title)
}

func collectionPath(locale string, k *collection) string {
	return "/" + locale + "/collections/" + strconv.FormatInt(k.ID, 10) + "-" + slug(k.Contents[locale].Name)
}
