package intercom

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/model"
)

// contents is a workspace as the lists give it.
type contents struct {
	centers     []helpCenter
	collections []object
	articles    []object
	// sections are among the collections too.
	sections []object
}

// Snapshot reads all help centers, collections and articles of the workspace.
// It is complete or an error.
//
// It takes one request for the help centers and one for each page of the other
// lists, and one more for each list of several pages, to see that it held
// still. The collections are read again if an article lies in an unknown one.
//
// A workspace whose API lists no help center, or does not know the call, still
// has one for every id that a collection names, and an unnamed one without id
// where none does, as long as there is anything to put into it.
func (c *Client) Snapshot(ctx context.Context) (model.Snapshot, error) {
	all, err := c.readAll(ctx)
	if err != nil {
		return model.Snapshot{}, err
	}
	snapshot, places := assemble(c.version, all)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.places = places
	return snapshot, nil
}

func (c *Client) readAll(ctx context.Context) (contents, error) {
	var all contents
	g, within := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		all.centers, err = walk[helpCenter]{c, "/help_center/help_centers", true}.all(within)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
	g.Go(func() (err error) { return c.readCollections(within, &all) })
	g.Go(func() (err error) {
		all.articles, err = walk[object]{c, articlesPath, false}.all(within)
		return err
	})
	err := g.Wait()
	if err == nil && all.adrift(c.version) {
		err = c.readCollections(ctx, &all)
	}
	return all, err
}

func (c *Client) readCollections(ctx context.Context, all *contents) (err error) {
	if all.collections, err = (walk[object]{c, collectionsPath, false}).all(ctx); err != nil || !c.version.sections() {
		return err
	}
	all.sections, err = walk[object]{c, sectionsPath, false}.all(ctx)
	all.collections = withSections(all.collections, all.sections)
	return err
}

// adrift says whether an article or a section names a collection that is not
// there, as one does that was made after the collections had been read.
func (all contents) adrift(v version) bool {
	t := newTree(all.collections)
	if slices.ContainsFunc(all.sections, func(o object) bool { return len(t.path(string(o.Parent))) == 0 }) {
		return true
	}
	return slices.ContainsFunc(all.articles, func(o object) bool {
		return slices.ContainsFunc(o.parents(v, model.Article), func(id string) bool { return len(t.path(id)) == 0 })
	})
}

// assemble makes a snapshot of what was read, and tells what later answers
// about single objects do not.
func assemble(v version, all contents) (model.Snapshot, places) {
	t := newTree(all.collections)
	found := newCenters(t, all)
	p := newPlaces()
	p.fallback = found.fallback
	for _, s := range all.sections {
		p.sections[string(s.ID)] = true
	}
	for _, o := range all.collections {
		p.center[string(o.ID)] = t.center(string(o.ID), found.fallback)
		p.depth[string(o.ID)] = t.depth(string(o.ID))
		found.learn(p.center[string(o.ID)], o)
	}
	for _, o := range all.articles {
		found.learn(p.holder(o.parents(v, model.Article)), o)
	}
	var s model.Snapshot
	for _, e := range found.all {
		s.HelpCenters = append(s.HelpCenters, e.model(len(found.all) == 1))
	}
	p.learn(s.HelpCenters)
	for _, o := range all.collections {
		s.Objects = append(s.Objects, p.object(v, model.Collection, o, ""))
	}
	for _, o := range all.articles {
		s.Objects = append(s.Objects, p.object(v, model.Article, o, ""))
	}
	return s, p
}

// places is what a snapshot tells that the answer about one object does not.
type places struct {
	// center gives the help center of a collection, "" where it is not known,
	// and depth its level, the first being 0.
	center map[string]string
	depth  map[string]int
	// sections holds the collections that are sections (API 2.9).
	sections map[string]bool
	// fallback is the help center of a collection that names none.
	fallback string
	// locale gives the default locale of a help center.
	locale map[string]model.Locale
	// spelling gives a locale as the help center writes it, by its folded code.
	spelling map[model.Locale]model.Locale
}

func newPlaces() places {
	return places{
		center: map[string]string{}, depth: map[string]int{}, sections: map[string]bool{},
		locale: map[string]model.Locale{}, spelling: map[model.Locale]model.Locale{},
	}
}

func (p places) learn(centers []model.HelpCenter) {
	for _, h := range centers {
		p.locale[h.ID] = h.Default
		for _, l := range h.Locales {
			p.spelling[l.Fold()] = l
		}
	}
}

func (p places) spell(l model.Locale) model.Locale {
	if known, ok := p.spelling[l.Fold()]; ok {
		return known
	}
	return l
}

// object gives an object in the model's words. Where the answer does not name
// its default locale, that is def, or else what the help center has.
func (p places) object(v version, k model.Kind, o object, def model.Locale) model.Object {
	m := model.Object{
		Kind: k, ID: string(o.ID), ParentsComplete: true,
		CreatedAt: int64(o.CreatedAt), UpdatedAt: int64(o.UpdatedAt),
	}
	parents := o.parents(v, k)
	for _, parent := range parents {
		m.Parents = append(m.Parents, model.Ref{ID: parent})
	}
	m.HelpCenter = p.centerOf(k, o, parents)
	m.Default = p.defaultLocale(o, def, m.HelpCenter)
	m.Contents = o.contents(k, m.Default, p.spell)
	if k == model.Collection && v.sections() && len(parents) > 0 {
		for _, c := range m.Contents {
			delete(c.Fields, model.Description) // a section has none, which is not an empty one
		}
	}
	return m
}

// parents gives the ids of the collections that hold the object. parent_ids is
// the truth; parent_id speaks only where that is silent, and drifts (intercom-api.md
// section 2.2).
func (o object) parents(v version, k model.Kind) []string {
	switch {
	case k == model.Article && len(o.Parents) > 0:
		return o.Parents
	case o.Parent != "" && (k == model.Collection || v.parentID()):
		return []string{string(o.Parent)}
	}
	return nil
}

// centerOf gives the help center of an object. A collection has one of its own.
func (p places) centerOf(k model.Kind, o object, parents []string) string {
	if k == model.Article {
		return p.holder(parents)
	}
	if known, ok := p.center[string(o.ID)]; ok {
		return known
	}
	return cmp.Or(string(o.HelpCenter), p.holder(parents), p.fallback)
}

// holder gives the help center of the deepest of some collections, of the
// lowest id among equals.
func (p places) holder(collections []string) string {
	center, deepest := "", -1
	for _, c := range collections {
		if known, ok := p.center[c]; ok && p.depth[c] > deepest {
			center, deepest = known, p.depth[c]
		}
	}
	return center
}

func (p places) defaultLocale(o object, def model.Locale, center string) model.Locale {
	if localeShape.MatchString(string(o.Default)) {
		return p.spell(model.Locale(o.Default))
	}
	return cmp.Or(def, p.locale[center], p.locale[p.fallback], fallbackLocale)
}

// contents gives what the object says in each locale. Its root speaks for the
// default locale; a copy of that in translated_content fills what is empty
// there (intercom-api.md section 5.2).
func (o object) contents(k model.Kind, def model.Locale, spell func(model.Locale) model.Locale) map[model.Locale]model.Content {
	out := map[model.Locale]model.Content{}
	root := o.content
	for _, t := range o.Translated.list {
		switch l := spell(t.locale); {
		case !t.told:
		case l.Is(def):
			root.fill(t.content)
		case t.started():
			out[l] = t.model(k)
		}
	}
	out[def] = root.model(k)
	return out
}

// fill completes the content with a copy of it. A pending draft is known best
// per locale.
func (c *content) fill(from content) {
	for _, f := range []struct{ to, from *text }{
		{&c.Title, &from.Title}, {&c.Name, &from.Name}, {&c.Description, &from.Description},
		{&c.State, &from.State}, {&c.URL, &from.URL},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if c.Body == "" {
		c.Body = from.Body
	}
	if c.Author == "" {
		c.Author = from.Author
	}
	if c.UpdatedBy == "" {
		c.UpdatedBy = from.UpdatedBy
	}
	if c.UpdatedAt == 0 {
		c.UpdatedAt = from.UpdatedAt
	}
	c.Pending = c.Pending || from.Pending
	c.DraftAt = max(c.DraftAt, from.DraftAt)
}

// withSections adds sections to collections, as which later versions of the API
// give them.
func withSections(collections, sections []object) []object {
	seen := map[string]bool{}
	for _, s := range sections {
		seen[string(s.ID)] = true
	}
	collections = slices.DeleteFunc(collections, func(o object) bool { return seen[string(o.ID)] })
	return append(collections, sections...)
}
