package preview

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/status"
)

// group is objects in one state.
type group struct {
	Text, Class string
	Entries     []stateEntry
	More        int
}

type stateEntry struct {
	Title, Href, Path string
	Places, By        string
}

// mostListed is how many objects of one state are listed.
const mostListed = 200

// overview lists what is not in sync, by state.
func (v *view) overview() *page {
	p := v.newPage("overview")
	p.Title = "Compared with Intercom"
	p.Heading = words{Title: p.Title, Lang: "en", Dir: "ltr"}
	p.Crumbs = v.crumbs(nil)
	if c := v.compared; c.Plan != nil {
		p.Heading.Description = fmt.Sprintf("%s, %s. Read at %s.", c.Target, c.Workspace, c.At.Format("15:04:05"))
	}
	counts := status.Count(v.compared.list)
	for _, s := range status.Sorted(counts) {
		g := group{Text: sentenceCase(string(s)), Class: stateClass(s), More: counts[s]}
		if s == status.InSync {
			p.States = append(p.States, g)
			continue
		}
		for _, o := range v.compared.list {
			i := slices.IndexFunc(o.Findings, func(f status.Finding) bool { return f.State == s })
			if i >= 0 && len(g.Entries) < mostListed {
				g.Entries = append(g.Entries, v.stateEntry(o, o.Findings[i]))
				g.More--
			}
		}
		p.States = append(p.States, g)
	}
	return p
}

func sentenceCase(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (v *view) stateEntry(o status.Object, f status.Finding) stateEntry {
	e := stateEntry{Title: cmp.Or(o.Title, o.Path, o.ID), Path: o.Path, By: strings.Join(f.By, ", ")}
	locale := v.locale
	var places []string
	for i, p := range f.Places {
		fields := make([]string, len(p.Fields))
		for j, field := range p.Fields {
			fields[j] = string(field)
		}
		places = append(places, strings.TrimSuffix(localeName(p.Locale)+": "+strings.Join(fields, ", "), ": "))
		if i == 0 || p.Locale.Is(v.locale) {
			locale = p.Locale
		}
	}
	e.Places = strings.Join(places, "; ")
	if l, ok := v.site.spelled(string(locale)); ok {
		locale = l
	}
	if here := v.site.objectAt(o.Kind, o.Path); here != nil {
		e.Href = objectHref(locale, here) + "?changes"
	}
	return e
}

// refreshPath is the overview, and asks for a new one when it is posted to.
const refreshPath = "/changes"

// refresh asks for the workspace to be read again, and goes back to the page
// that the reader came from.
func (s *Server) refresh(w http.ResponseWriter, r *http.Request) {
	secure(w)
	if s.Refresh != nil {
		s.Refresh()
	}
	back := r.PostFormValue("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.Contains(back, `\`) {
		back = "/changes"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}
