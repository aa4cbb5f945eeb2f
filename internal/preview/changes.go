package preview

import (
	"cmp"
	"html/template"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/htmldiff"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/textdiff"
)

// changes is what the tab of that name shows of one object in one locale.
type changes struct {
	// As is reader or html: which of both the bodies are compared for.
	As                   string
	ReaderHref, HTMLHref string
	// Notes are sentences about the object as a whole.
	Notes []string
	Parts []part
	Style template.CSS
	// Others are further locales that differ.
	Others []localeLink
}

// part is one field that differs.
type part struct {
	Field string
	// Class is push, drift or conflict: whose text is going to stay.
	Class string
	// Say tells what will become of it.
	Say      string
	Warnings []string
	// Words is a small field, Rows a body for its readers, Source its HTML.
	Words  *textdiff.Pair
	Rows   []row
	Source []sourceHunk
	// Absent says that Intercom has nothing to compare with.
	Absent bool
}

// row is a block beside another one, or a number of blocks that are the same.
type row struct {
	Old, New   template.HTML
	Same, Form bool
	Folded     []row
}

type sourceHunk struct {
	Header string
	Pairs  []textdiff.Pair
}

// sides are both versions of one field.
type sides struct {
	before, after         string // in the files' terms
	beforeHTML, afterHTML string // of a body
}

// changesPage shows what a push would change, what has changed in Intercom, and
// what is in conflict.
func (v *view) changesPage(o *model.Object) *page {
	p := v.newPage("changes")
	p.Heading = v.words(in(o, v.locale))
	p.Title = "Changes: " + p.Heading.Title
	p.Locales = v.about(p.Locales, o)
	p.Crumbs = v.crumbs(v.site.folders[path.Dir(o.Path)])
	p.Badges, p.Tabs = v.compared.badges(o, v.locale), v.tabs(o)
	c := &changes{As: "reader", ReaderHref: "?changes", HTMLHref: "?changes=html"}
	if v.query.Get("changes") == "html" {
		c.As = "html"
	}
	p.Changes = c
	if v.compared.Plan != nil {
		v.fill(c, o)
	}
	return p
}

// fill goes through the plan for what it says of an object.
func (v *view) fill(c *changes, o *model.Object) {
	plan, place := v.compared.Plan, placeOf(o)
	if ch := v.compared.changes[place]; ch != nil {
		v.pushed(c, ch)
	}
	for _, x := range plan.Conflicts {
		if x.Place() == place && (x.Locale == "" || x.Locale.Is(v.locale)) {
			v.torn(c, o, x)
		}
	}
	for _, d := range slices.Concat(plan.Drift, plan.Behind) {
		if d.Place() == place && (d.Locale == "" || d.Locale.Is(v.locale)) {
			v.drifted(c, d)
		}
	}
	for _, l := range v.site.locales {
		if !l.Is(v.locale) && v.compared.differs(o, l) {
			c.Others = append(c.Others, localeLink{Name: localeName(l), Lang: string(l), Href: objectHref(l, o) + "?changes"})
		}
	}
}

// pushed shows what a push sends.
func (v *view) pushed(c *changes, ch *diff.Change) {
	if ch.Op == diff.Create {
		c.Notes = append(c.Notes, "Not in Intercom yet. A push creates it.")
	}
	if ch.Parent != nil && ch.Op != diff.Create {
		c.Notes = append(c.Notes, "A push moves it: "+v.places(ch.Parent.From)+" → "+v.places(ch.Parent.To)+".")
	}
	for _, lc := range ch.Contents {
		if !lc.Locale.Is(v.locale) {
			continue
		}
		if lc.New && ch.Op != diff.Create {
			c.Notes = append(c.Notes, "Intercom has no "+localeName(lc.Locale)+" text of it yet. A push adds one.")
		}
		for _, f := range lc.Fields {
			s := sides{before: f.Before, after: f.After, afterHTML: f.Send}
			if ch.Live != nil {
				live, _ := model.In(ch.Live.Contents, lc.Locale)
				s.beforeHTML = live.Fields[f.Field]
			}
			p := v.part(c, f.Field, "push", s)
			p.Absent = lc.New || ch.Op == diff.Create
			for _, w := range f.Warnings {
				p.Warnings = append(p.Warnings, sentenceCase(w.Message))
			}
			c.Parts = append(c.Parts, p)
		}
	}
}

// places names collections.
func (v *view) places(refs []model.Ref) string {
	var names []string
	for _, r := range refs {
		name := cmp.Or(r.Path, r.ID)
		if f := v.site.folders[r.Path]; f != nil {
			name = f.in(v.locale).Title
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "no collection"
	}
	return strings.Join(names, ", ")
}

// torn shows a conflict.
func (v *view) torn(c *changes, o *model.Object, x diff.Conflict) {
	say := sentence(x.Reason) + " " + sentence(x.Hint)
	if x.By != "" {
		say = "Edited in Intercom by " + x.By + ". " + say
	}
	if x.Field == "" {
		c.Notes = append(c.Notes, "Conflict. "+say)
		return
	}
	s := sides{before: x.Remote, after: x.Local, beforeHTML: x.Live, afterHTML: x.Send}
	if p := v.compared.pairs[placeOf(o)]; x.Draft && p != nil && p.Remote != nil {
		live, _ := model.In(p.Remote.Contents, x.Locale)
		s.beforeHTML = live.PendingDraft.Fields[x.Field]
	}
	part := v.part(c, x.Field, "conflict", s)
	part.Say = say
	c.Parts = append(c.Parts, part)
}

// drifted shows what has changed in Intercom only.
func (v *view) drifted(c *changes, d diff.Drift) {
	say := sentence(string(d.What))
	if d.By != "" {
		say = strings.TrimSuffix(say, ".") + " by " + d.By + "."
	}
	if d.What == diff.Newer {
		say += " Bring this checkout up to date; a push leaves it alone."
	} else {
		say += " A push leaves it alone; `hcsync pull` brings it into the files."
	}
	if d.Field == "" {
		c.Notes = append(c.Notes, say)
		return
	}
	part := v.part(c, d.Field, "drift", sides{before: d.After, after: d.Before, beforeHTML: d.Live, afterHTML: d.Agreed})
	part.Say = say
	c.Parts = append(c.Parts, part)
}

// sentence gives a remark of a plan a capital and an end.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return sentenceCase(s) + "."
}

// part compares one field.
func (v *view) part(c *changes, f model.Field, class string, s sides) part {
	p := part{Field: sentenceCase(string(f)), Class: class}
	switch {
	case f != model.Body:
		p.Words = words2(s.before, s.after)
	case c.As == "html":
		for _, h := range textdiff.Hunks(htmldiff.Source(s.beforeHTML)+"\n", htmldiff.Source(s.afterHTML)+"\n") {
			p.Source = append(p.Source, sourceHunk{h.Header(), h.Pairs()})
		}
	default:
		p.Rows = v.rows(c, s)
	}
	return p
}

// words2 compares two short texts.
func words2(before, after string) *textdiff.Pair {
	var p textdiff.Pair
	for _, s := range textdiff.Words(before, after) {
		if s.Op != textdiff.Added {
			p.Old = append(p.Old, s)
		}
		if s.Op != textdiff.Removed {
			p.New = append(p.New, s)
		}
	}
	return &p
}

// rows compares two bodies as readers see them, with everything far from a
// change folded away.
func (v *view) rows(c *changes, s sides) []row {
	list, err := htmldiff.Rows(s.beforeHTML, s.afterHTML)
	if err != nil {
		return []row{{Old: "<p>This text is nested too deeply to be shown.</p>"}}
	}
	top := min(uppermost(s.beforeHTML), uppermost(s.afterHTML))
	show := func(block string) template.HTML {
		b := dressMarked(v.local(block), top)
		c.Style = withStyles(c.Style, b.Style)
		return template.HTML(v.server.marked.Sanitize(string(b.HTML)))
	}
	out := make([]row, len(list))
	for i, r := range list {
		out[i] = row{Old: show(r.Old), New: show(r.New), Same: r.Same, Form: r.Form}
	}
	return folded(out)
}

// withStyles adds lines to a sheet that does not have them.
func withStyles(sheet, more template.CSS) template.CSS {
	for line := range strings.Lines(string(more)) {
		if line = strings.TrimSuffix(line, "\n") + "\n"; !strings.Contains(string(sheet), line) {
			sheet += template.CSS(line)
		}
	}
	return sheet
}

// around is how many blocks are shown before and after a change.
const around = 1

// folded puts runs of blocks that are the same, and not next to a change, into
// one row that opens.
func folded(rows []row) []row {
	var out []row
	for i := 0; i < len(rows); {
		j := i
		for j < len(rows) && rows[j].Same {
			j++
		}
		from, to := i+around, j-around
		if i == 0 {
			from = 0
		}
		if j == len(rows) {
			to = j
		}
		if to-from < 2 {
			from, to = j, j
		}
		out = append(out, rows[i:from]...)
		if from < to {
			out = append(out, row{Same: true, Folded: rows[from:to]})
		}
		out = append(out, rows[to:j]...)
		if j < len(rows) {
			out = append(out, rows[j])
			j++
		}
		i = j
	}
	return out
}

// local shows pictures that a push takes from the tree out of the tree: where
// they are to be published they may not be yet.
func (v *view) local(body string) string {
	base := strings.TrimSuffix(v.server.ImageBase, "/")
	if base == "" {
		return body
	}
	address := strings.ReplaceAll(regexp.QuoteMeta(base), regexp.QuoteMeta("{commit}"), "[0-9A-Za-z]+")
	return regexp.MustCompile(`src="`+address+"/").ReplaceAllString(body, `src="/files/`)
}

// tab is a view of one object.
type tab struct {
	Text, Href string
	Current    bool
	// Mark says that there is something to see.
	Mark bool
}

// tabs are there as soon as somebody compares.
func (v *view) tabs(o *model.Object) []tab {
	if v.compared.standing() == nil {
		return nil
	}
	first := "Article"
	if o.Kind == model.Collection {
		first = "Collection"
	}
	shown := v.query.Has("changes")
	href := objectHref(v.locale, o)
	return []tab{{first, href, !shown, false}, {"Changes", href + "?changes", shown, v.compared.differs(o, v.locale)}}
}

// objectAt finds the object of a file or folder; nil where there is none.
func (s *site) objectAt(k model.Kind, p string) *model.Object {
	if k == model.Article {
		return s.articles[stem(p)]
	}
	if f := s.folders[p]; f != nil {
		return f.object
	}
	return nil
}

// object finds the article or collection of an address without its locale.
func (v *view) object(p string) *model.Object {
	if o := v.site.articles[p]; o != nil {
		return o
	}
	return v.site.objectAt(model.Collection, strings.TrimSuffix(p, "/"))
}

// differ counts the articles and collections in a folder that are not in sync in
// the page's locale.
func (v *view) differ(f *folder) int {
	n := 0
	for _, o := range f.articles {
		if v.compared.differs(o, v.locale) {
			n++
		}
	}
	for _, sub := range f.folders {
		n += v.differ(sub)
		if sub.object != nil && v.compared.differs(sub.object, v.locale) {
			n++
		}
	}
	return n
}

// changesQuery keeps the tab when the locale changes.
func (v *view) changesQuery() string {
	switch {
	case !v.query.Has("changes"):
		return ""
	case v.query.Get("changes") == "html":
		return "?changes=html"
	}
	return "?changes"
}

// here is the page's own address.
func (v *view) here() string {
	u := url.URL{Path: v.path, RawQuery: v.query.Encode()}
	return u.String()
}
