package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// settle fills in what the answers leave open, now that all are read: the
// locale of what has no default_locale, the help center, and whatever is named
// but was not there.
func (im *importer) settle() {
	slices.Sort(im.locales)
	im.locales = slices.Compact(im.locales)
	im.settleWorkspace()
	home := im.settleHelpCenters()
	for _, id := range slices.Sorted(maps.Keys(im.edit.Collections)) {
		im.settleCollection(im.edit.Collections[id], home)
	}
	for _, id := range slices.Sorted(maps.Keys(im.edit.Articles)) {
		a := im.edit.Articles[id]
		for _, parent := range a.Parents {
			im.needCollection(parent, a, home)
		}
	}
	for _, a := range im.edit.Articles {
		im.settleArticle(a, home)
	}
}

func (im *importer) settleWorkspace() {
	if im.edit.Workspace == nil {
		im.edit.Workspace = im.st.Workspace.settled()
	}
	if im.workspace != "" {
		im.edit.Workspace.ID = im.workspace
	}
}

// defaultLocale is the one that most objects name.
func (im *importer) defaultLocale() string {
	return cmp.Or(mostOften(im.defaults), "en")
}

func mostOften(counts map[string]int) string {
	best := ""
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if best == "" || counts[name] > counts[best] {
			best = name
		}
	}
	return best
}

// settleHelpCenters completes the imported help centers, or makes one up, and
// gives the one for everything that names none. The help center that a fresh
// sandbox has makes room.
func (im *importer) settleHelpCenters() *helpCenter {
	if im.st.Workspace.Pristine && im.st.empty() {
		for id := range im.st.HelpCenters {
			if _, imported := im.edit.HelpCenters[id]; !imported {
				im.edit.HelpCenters[id] = nil // deleted
			}
		}
	}
	var kept []*helpCenter
	for _, hc := range sorted(im.edit.HelpCenters) {
		if hc != nil {
			im.settleHelpCenter(hc)
			kept = append(kept, hc)
		}
	}
	for id, hc := range im.st.HelpCenters {
		if _, replaced := im.edit.HelpCenters[id]; !replaced {
			kept = append(kept, im.widened(hc))
		}
	}
	if len(kept) == 0 {
		kept = append(kept, im.makeHelpCenter(im.next("help_centers")))
	}
	home := slices.MinFunc(kept, func(a, b *helpCenter) int {
		return cmp.Or(cmp.Compare(btoi(b.Default), btoi(a.Default)), cmp.Compare(a.ID, b.ID))
	})
	home.Default = true
	return home
}

func (im *importer) settleHelpCenter(hc *helpCenter) {
	content := im.report.articles+im.report.collections > 0
	if im.bare[hc.ID] {
		hc.Locales = slices.Clone(im.locales)
	}
	if hc.Locale == "" && (len(hc.Locales) == 0 || slices.Contains(hc.Locales, im.defaultLocale())) {
		hc.Locale = im.defaultLocale()
	}
	hc.settle()
	if len(im.bare) == 1 || len(hc.Locales) > 1 {
		hc.Multilingual = im.multi || !content && len(hc.Locales) > 1
	}
}

// widened is a help center that was there already, with the locales that the
// imported content needs.
func (im *importer) widened(hc *helpCenter) *helpCenter {
	wide := hc.clone()
	for _, locale := range im.locales {
		if !slices.Contains(wide.Locales, locale) {
			wide.Locales = append(wide.Locales, locale)
		}
	}
	wide.Multilingual = hc.Multilingual || im.multi
	im.edit.HelpCenters[hc.ID] = wide
	return wide
}

func (im *importer) makeHelpCenter(id int64) *helpCenter {
	site := mostOften(im.sites)
	name := "Help Center"
	if u, err := url.Parse(site); err == nil && u.Host != "" {
		name = strings.TrimPrefix(u.Host+u.Path, "intercom.help/")
	}
	hc := &helpCenter{
		ID: id, Identifier: slug(name), Name: name, URL: site, Locale: im.defaultLocale(), Multilingual: im.multi,
		Locales: slices.Clone(im.locales), Created: im.now, Updated: im.now,
	}
	hc.settle()
	im.reserve("help_centers", id)
	im.edit.HelpCenters[id] = hc
	im.made = append(im.made, fmt.Sprintf("help center %d", id))
	return hc
}

func (im *importer) settleCollection(k *collection, home *helpCenter) {
	if k.Parent != 0 {
		im.needCollection(k.Parent, nil, home)
	} else if k.HelpCenter == 0 {
		k.HelpCenter = home.ID
	} else if im.helpCenterRow(k.HelpCenter) == nil {
		im.makeHelpCenter(k.HelpCenter)
	}
	if k.Locale == "" {
		k.Locale = home.Locale
		if hc := im.helpCenterRow(k.HelpCenter); hc != nil {
			k.Locale = hc.Locale
		}
		k.Contents = renamed(k.Contents, k.Locale)
	}
}

func (im *importer) helpCenterRow(id int64) *helpCenter {
	if hc := im.edit.HelpCenters[id]; hc != nil {
		return hc
	}
	return im.st.HelpCenters[id]
}

// renamed moves what was kept under no locale.
func renamed[T any](byLocale map[string]T, locale string) map[string]T {
	if open, ok := byLocale[""]; ok {
		if _, taken := byLocale[locale]; !taken {
			byLocale[locale] = open
		}
		delete(byLocale, "")
	}
	return byLocale
}

// needCollection makes up a collection that nothing else holds, named in every
// locale in which an article in it is written: elsewhere the article would be
// hidden (intercom-api.md 5.4).
func (im *importer) needCollection(id int64, a *article, home *helpCenter) {
	k := im.edit.Collections[id]
	if k == nil {
		if im.st.Collections[id] != nil {
			return
		}
		k = &collection{ID: id, HelpCenter: home.ID, Locale: home.Locale, Icon: "book-bookmark", Contents: map[string]groupText{}}
		k.Created, k.Updated, k.Order = im.now, im.now, int64(len(im.made))
		k.Contents[k.Locale] = groupText{Name: fmt.Sprintf("Collection %d", id), Description: new(string)}
		im.reserve("collections", id)
		im.edit.Collections[id] = k
		im.made = append(im.made, fmt.Sprintf("collection %d", id))
	}
	if a == nil || !slices.Contains(im.made, fmt.Sprintf("collection %d", id)) {
		return
	}
	for locale := range a.Texts {
		if locale == "" || k.Contents[locale].Name != "" {
			continue
		}
		k.Contents[locale] = groupText{Name: fmt.Sprintf("Collection %d", id)}
	}
}

func (im *importer) settleArticle(a *article, home *helpCenter) {
	if a.Locale == "" {
		a.Locale = home.Locale
		a.Texts = renamed(a.Texts, a.Locale)
	}
	for _, text := range a.Texts {
		im.needAdmin(text.Author)
	}
}

// needAdmin makes up the teammate that an article names.
func (im *importer) needAdmin(id int64) {
	if id == 0 || im.st.Admins[id] != nil || im.edit.Admins[id] != nil {
		return
	}
	im.reserve("admins", id)
	im.edit.Admins[id] = &admin{ID: id, Name: fmt.Sprintf("Admin %d", id), Email: fmt.Sprintf("admin-%d@sandbox.test", id)}
	im.made = append(im.made, fmt.Sprintf("admin %d", id))
}
