package preview

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

// view is one request for a page: the site as it is now, in one locale.
type view struct {
	server *Server
	site   *site
	// compared is what is known of Intercom.
	compared *comparison
	locale   model.Locale
	path     string // of the request
	query    url.Values
}

// page is what the templates show. Which parts are filled depends on Kind.
type page struct {
	Kind    string // home, collection, article, search, problems or missing
	Status  int
	Nonce   string
	Version string

	Title   string
	Site    string // name of the help center
	Home    string
	Locale  model.Locale
	Locales []localeLink
	Crumbs  []crumb
	Query   string

	Heading  words
	Sections []section
	Article  *article
	Results  []result
	// Findings are about what the page shows, Others counts the problems of
	// other files.
	Findings []finding
	Counts   counts
	Groups   []findingGroup

	// Standing, Badges, Tabs, Changes and States tell how the files and Intercom
	// differ; Pushed is what a push on save did last, Here the page's own address.
	Standing *standing
	Badges   []badge
	Tabs     []tab
	Changes  *changes
	States   []group
	Pushed   *Pushed
	Here     string
}

// words are a title with its description, in whatever language they are.
type words struct {
	Title, Description string
	Lang, Dir          string
	Missing            string // name of the locale that has no text
}

type crumb struct {
	Text, Href, Lang string
}

type localeLink struct {
	Name, Href, Lang string
	Current          bool
	// Missing says that this page has no text of its own there.
	Missing bool
	// Differs says that the text is not the one in Intercom.
	Differs bool
}

// section is a list of cards or of articles.
type section struct {
	words
	Href     string
	Icon     int
	Cards    []card
	Articles []entry
}

type card struct {
	words
	Href  string
	Icon  int
	Count int
	// Badges are of the collection itself, Differ counts what is in it and not in
	// sync.
	Badges []badge
	Differ int
}

// InSync says that the collection itself is. Where what is in it differs, that
// goes without saying.
func (c card) InSync() bool {
	return !slices.ContainsFunc(c.Badges, func(b badge) bool { return b.Class != "sync" })
}

type entry struct {
	words
	Href   string
	Draft  bool
	Badges []badge
}

type article struct {
	body
	Author   string
	Initials string
	State    string // published, draft, or empty where the file does not say
	File     string
}

// icons is how many signs there are for collections; see templates/icons.html.
const icons = 8

func (v *view) newPage(kind string) *page {
	home := v.home()
	p := &page{
		Kind: kind, Status: http.StatusOK, Version: v.server.version(v.site, v.compared), Locale: v.locale, Query: v.query.Get("q"),
		Home: "/" + string(v.locale) + "/", Site: home.Title, Counts: v.site.findings.counts(),
	}
	p.Standing, p.Pushed, p.Here = v.compared.standing(), v.compared.pushed, v.here()
	for _, l := range v.site.locales {
		p.Locales = append(p.Locales, localeLink{Name: localeName(l), Lang: string(l), Current: l.Is(v.locale), Href: v.elsewhere(l)})
	}
	return p
}

// home is what the whole site is called.
func (v *view) home() tongue {
	if v.site.single {
		return v.site.centers[0].in(v.locale)
	}
	return tongue{Title: "Help centers"}
}

// elsewhere gives the address of the same page in another locale.
func (v *view) elsewhere(l model.Locale) string {
	first, rest, _ := strings.Cut(strings.TrimPrefix(v.path, "/"), "/")
	if _, ok := v.site.spelled(first); ok {
		return (&url.URL{Path: "/" + string(l) + "/" + rest}).EscapedPath() + v.changesQuery()
	}
	q := url.Values{"locale": {string(l)}}
	if term := v.query.Get("q"); term != "" {
		q.Set("q", term)
	}
	return v.path + "?" + q.Encode()
}

// words gives what is called t its marks for the page.
func (v *view) words(t tongue) words {
	w := words{Title: t.Title, Description: t.Description, Lang: string(t.Lang), Dir: direction(t.Lang)}
	if t.Missing {
		w.Missing = localeName(v.locale)
	}
	return w
}

// direction tells scripts that are written from right to left.
func direction(l model.Locale) string {
	switch base, _, _ := strings.Cut(string(l.Fold()), "-"); base {
	case "ar", "he", "fa", "ur":
		return "rtl"
	}
	return "ltr"
}

// localeName calls a language what its speakers call it.
func localeName(l model.Locale) string {
	tag, err := language.Parse(string(l))
	name := ""
	if err == nil {
		name = display.Self.Name(tag)
	}
	if name == "" {
		return string(l)
	}
	if base, _ := tag.Base(); display.Self.Name(language.Make(base.String())) == name && tag.String() != base.String() {
		_, region, _ := strings.Cut(string(l), "-")
		name += " (" + region + ")"
	}
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

func (v *view) homePage() *page {
	p := v.newPage("home")
	p.Title = p.Site
	p.Heading = words{Title: "How can we help?", Lang: "en", Dir: "ltr"}
	for _, f := range v.site.centers {
		if len(f.folders)+len(f.articles) == 0 {
			continue
		}
		s := v.section(f)
		if v.site.single && f.path != unlisted {
			s.Title = ""
		}
		p.Sections = append(p.Sections, s)
	}
	p.Findings = v.findings(v.site.findings.elsewhere(v.site))
	return p
}

// section shows a folder with the collections and articles right in it.
func (v *view) section(f *folder) section {
	s := section{words: v.words(f.in(v.locale)), Href: folderHref(v.locale, f.path)}
	for i, sub := range f.folders {
		c := card{words: v.words(sub.in(v.locale)), Href: folderHref(v.locale, sub.path), Icon: i % icons, Count: sub.count, Differ: v.differ(sub)}
		if sub.object != nil {
			c.Badges = v.compared.badges(sub.object, v.locale)
		}
		s.Cards = append(s.Cards, c)
	}
	for _, o := range f.articles {
		s.Articles = append(s.Articles, v.entry(o))
	}
	return s
}

func (v *view) entry(o *model.Object) entry {
	return entry{v.words(in(o, v.locale)), objectHref(v.locale, o), v.content(o).Fields[model.State] == model.Draft || o.ID == "" && v.content(o).Fields[model.State] == "", v.compared.badges(o, v.locale)}
}

// content gives an object's text in the page's locale, or the one nearest to it.
func (v *view) content(o *model.Object) model.Content {
	c, _ := nearest(o, v.locale)
	return c
}

func (v *view) folderPage(f *folder) *page {
	p := v.newPage("collection")
	p.Heading = v.words(f.in(v.locale))
	p.Title = p.Heading.Title
	p.Crumbs = v.crumbs(f.parent)
	s := v.section(f)
	s.words, s.Href = words{}, ""
	s.Icon = f.icon()
	p.Sections = append(p.Sections, s)
	if f.object != nil {
		p.Locales = v.about(p.Locales, f.object)
		p.Badges, p.Tabs = v.compared.badges(f.object, v.locale), v.tabs(f.object)
		p.Findings = v.findings(v.site.findings.of(f.object))
	}
	return p
}

// icon is the sign that the folder has among its neighbours.
func (f *folder) icon() int {
	if f.parent != nil {
		for i, sub := range f.parent.folders {
			if sub == f {
				return i % icons
			}
		}
	}
	return 0
}

// crumbs leads from the home page down to a folder. A site of one help center
// has its name at the top already.
func (v *view) crumbs(f *folder) []crumb {
	if f == nil {
		return []crumb{{"All collections", "/" + string(v.locale) + "/", "en"}}
	}
	if f.parent == nil && v.site.single && f.path != unlisted {
		return v.crumbs(nil)
	}
	w := v.words(f.in(v.locale))
	return append(v.crumbs(f.parent), crumb{w.Title, folderHref(v.locale, f.path), w.Lang})
}

// about says of each locale whether an object has a text there, and whether that
// differs from the one in Intercom.
func (v *view) about(links []localeLink, o *model.Object) []localeLink {
	for i, l := range links {
		_, ok := model.In(o.Contents, model.Locale(l.Lang))
		links[i].Missing, links[i].Differs = !ok, v.compared.differs(o, model.Locale(l.Lang))
	}
	return links
}

func (v *view) articlePage(o *model.Object) *page {
	p := v.newPage("article")
	t := in(o, v.locale)
	c := v.content(o)
	p.Heading = v.words(t)
	p.Title = t.Title
	p.Locales = v.about(p.Locales, o)
	p.Badges, p.Tabs = v.compared.badges(o, v.locale), v.tabs(o)
	p.Crumbs = v.crumbs(v.site.folders[path.Dir(o.Path)])
	author := c.Fields[model.Author]
	p.Article = &article{body: v.body(c, t.Lang), Author: author, Initials: initials(author), State: c.Fields[model.State], File: c.File}
	if o.ID == "" {
		p.Article.State = cmp.Or(p.Article.State, model.Draft) // which a new article is
	}
	p.Findings = v.findings(v.site.findings.of(o))
	return p
}

// initials stand for a teammate's picture, which the files do not have.
func initials(author string) string {
	name, _, _ := strings.Cut(author, "@")
	if strings.Trim(name, "0123456789") == "" {
		return ""
	}
	out := ""
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '-' || r == '_' || r == '+' }) {
		r, _ := utf8.DecodeRuneInString(part)
		if utf8.RuneCountInString(out) < 2 {
			out += string(unicode.ToUpper(r))
		}
	}
	return out
}

func (v *view) missingPage() *page {
	p := v.newPage("missing")
	p.Status, p.Title = http.StatusNotFound, "Not found"
	p.Heading = words{Title: "There is no page here", Description: "The file may have been moved, renamed or removed. If it comes back, so does this page.", Lang: "en", Dir: "ltr"}
	p.Crumbs = v.crumbs(nil)
	p.Findings = v.findings(v.site.findings.elsewhere(v.site))
	return p
}

// Broken says that a push would refuse what the page shows.
func (p *page) Broken() bool {
	return slices.ContainsFunc(p.Findings, func(f finding) bool { return f.Severity == report.SeverityProblem })
}

// Unread says that a file of the page could not be read, so that the page shows
// what it said before.
func (p *page) Unread() bool {
	return slices.ContainsFunc(p.Findings, func(f finding) bool { return f.Severity == report.SeverityProblem && f.Code == ofReading })
}

// Summary counts what is wrong on the page.
func (p *page) Summary() string {
	n := map[report.Severity]int{}
	for _, f := range p.Findings {
		n[f.Severity]++
	}
	var parts []string
	for _, s := range []report.Severity{report.SeverityProblem, report.SeverityWarning, report.SeverityNote} {
		if n[s] > 0 {
			parts = append(parts, report.Plural(n[s], string(s)))
		}
	}
	return strings.Join(parts, ", ")
}

// Style is the sheet of the page's own styles.
func (p *page) Style() template.CSS {
	switch {
	case p.Article != nil:
		return p.Article.Style
	case p.Changes != nil:
		return p.Changes.Style
	}
	return ""
}

// finding is one remark on a page.
type finding struct {
	report.Finding
	Href string // of the page that the file is shown on; empty for none
}

type findingGroup struct {
	File, Href string
	Findings   []finding
}

func (v *view) findings(list []report.Finding) []finding {
	var out []finding
	for _, f := range list {
		out = append(out, finding{f, v.site.pageOf(f.File)})
	}
	return out
}

func (v *view) problemsPage() *page {
	p := v.newPage("problems")
	p.Title = "Problems"
	p.Heading = words{Title: "Problems in the files", Lang: "en", Dir: "ltr"}
	p.Crumbs = v.crumbs(nil)
	for _, f := range v.findings(v.site.findings.all()) {
		n := len(p.Groups)
		if n == 0 || p.Groups[n-1].File != f.File {
			p.Groups = append(p.Groups, findingGroup{File: f.File, Href: f.Href})
			n++
		}
		p.Groups[n-1].Findings = append(p.Groups[n-1].Findings, f)
	}
	return p
}
