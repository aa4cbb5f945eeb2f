package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// maxLevels is Intercom's limit on nested collections.
const maxLevels = 3

func (c *call) findCollection() (*collection, error) {
	k := c.st.Collections[c.id("id")]
	if k == nil || c.v <= v9 && k.Parent != 0 {
		return nil, notFound()
	}
	return k, nil
}

func (c *call) getCollection() (any, error) {
	k, err := c.findCollection()
	if err != nil {
		return nil, err
	}
	return c.collection(k), nil
}

func (c *call) listCollections() (any, error) {
	p, err := c.page(20)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(c.st.listCollections(), func(k *collection) bool {
		if c.v <= v9 && k.Parent != 0 {
			return true // up to 2.9 it is a section
		}
		id := c.query.Get("help_center_id")
		hc := c.st.helpCenterOf(k)
		return id != "" && (hc == nil || strconv.FormatInt(hc.ID, 10) != id)
	})
	rows, pages := cut(c, p, all)
	data := make([]wireCollection, len(rows))
	for i, k := range rows {
		data[i] = c.collection(k)
	}
	return list(data, len(all), pages), nil
}

func (c *call) createCollection() (any, error) {
	k, err := c.newCollection()
	if err != nil {
		return nil, err
	}
	return c.collection(k), nil
}

func (c *call) newCollection() (*collection, error) {
	name, err := c.params.str("name")
	if err != nil {
		return nil, err
	}
	if name == nil || *name == "" {
		return nil, missing("Name is a required parameter.")
	}
	k := &collection{ID: c.next("collections"), Icon: "book-bookmark", Created: c.now, Contents: map[string]groupText{}}
	if err := c.placeNew(k); err != nil {
		return nil, err
	}
	k.Order = int64(len(c.st.children(k.Parent))) + 1
	k.Locale = c.st.helpCenterOf(k).Locale
	k.Contents[k.Locale] = groupText{Name: *name, Description: new(string)}
	return k, c.applyGroup(k)
}

// placeNew finds the help center or the parent of a new collection.
func (c *call) placeNew(k *collection) error {
	hc := c.st.defaultHelpCenter()
	id, err := c.params.num("help_center_id")
	if err != nil {
		return err
	}
	if id != 0 {
		hc = c.st.HelpCenters[id]
	}
	if hc == nil {
		return notFound()
	}
	k.HelpCenter = hc.ID
	if c.v <= v9 {
		return nil
	}
	return c.setParent(k)
}

// setParent moves a collection; null moves it to the first level.
func (c *call) setParent(k *collection) error {
	if !c.params.has("parent_id") {
		return nil
	}
	id, err := c.params.num("parent_id")
	if err != nil {
		return err
	}
	return c.moveCollection(k, id)
}

func (c *call) moveCollection(k *collection, parent int64) error {
	if parent == 0 {
		if k.Parent != 0 {
			k.HelpCenter = c.st.helpCenterOf(k).ID
		}
		k.Parent = 0
		return nil
	}
	p := c.st.Collections[parent]
	if p == nil {
		return notFound()
	}
	up := c.st.path(p)
	if slices.ContainsFunc(up, func(above *collection) bool { return above.ID == k.ID }) {
		return invalidField("parent_id", "A collection cannot be inside itself")
	}
	if len(up)+c.st.height(k) > maxLevels {
		return invalidField("parent_id", "Collections can be nested at most three levels deep")
	}
	if c.st.Collections[k.ID] != nil && c.st.helpCenterOf(k) != c.st.helpCenterOf(p) {
		return invalidField("parent_id", "A collection cannot be moved to another help center")
	}
	k.Parent, k.HelpCenter = parent, 0
	return nil
}

func (c *call) updateCollection() (any, error) {
	old, err := c.findCollection()
	if err != nil {
		return nil, err
	}
	k := old.clone()
	if c.v > v9 {
		if err := c.setParent(k); err != nil {
			return nil, err
		}
	}
	if err := c.applyGroup(k); err != nil {
		return nil, err
	}
	return c.collection(k), nil
}

// applyGroup changes the texts, field by field and locale by locale, and puts
// the collection in place. Order, icon and help center cannot be set.
func (c *call) applyGroup(k *collection) error {
	byLocale := map[string]params{}
	hc := c.st.helpCenterOf(k)
	if hc.Multilingual {
		nested, err := c.params.object("translated_content")
		if err != nil {
			return err
		}
		for locale := range nested {
			if locale == "type" || nested.null(locale) {
				continue
			}
			if !slices.Contains(hc.Locales, locale) {
				return invalidField("translated_content", "Unknown locale: "+locale)
			}
			if byLocale[locale], err = nested.object(locale); err != nil {
				return err
			}
		}
	}
	for _, locale := range slices.Sorted(maps.Keys(byLocale)) {
		if err := c.applyGroupText(k, locale, byLocale[locale]); err != nil {
			return err
		}
	}
	if err := c.applyGroupText(k, k.Locale, c.params); err != nil {
		return err
	}
	k.Updated = c.now
	c.edit.Collections[k.ID] = k
	return nil
}

func (c *call) applyGroupText(k *collection, locale string, p params) error {
	name, err := p.str("name")
	if err != nil {
		return err
	}
	description, err := p.str("description")
	if err != nil {
		return err
	}
	if name != nil && *name == "" {
		return invalidField("name", "Name cannot be blank")
	}
	text, written := k.Contents[locale]
	if name != nil {
		text.Name = *name
	}
	if p.has("description") {
		text.Description = description
	}
	if text.Name == "" {
		if p.set("name") || p.set("description") {
			return missing("name is required for locale " + locale)
		}
		return nil
	}
	if written && text.Name != k.Contents[locale].Name {
		k.URL = nil
	}
	k.Contents[locale] = text
	return nil
}

func (c *call) deleteCollection() (any, error) {
	k, err := c.findCollection()
	if err != nil {
		return nil, err
	}
	return wireDeleted{strconv.FormatInt(k.ID, 10), "collection", true}, c.removeCollection(k)
}

// removeCollection does one of the three things that could become of what is
// inside; which of them is not documented (intercom-api.md section 11).
func (c *call) removeCollection(k *collection) error {
	kids, articles := c.st.children(k.ID), c.articlesIn(k.ID)
	if c.sw.DeleteColl == "reject" && len(kids)+len(articles) > 0 {
		return &apiError{http.StatusConflict, "resource_conflict", "The collection is not empty", ""}
	}
	c.edit.Collections[k.ID] = nil
	hc := c.st.helpCenterOf(k)
	for _, kid := range kids {
		if c.sw.DeleteColl == "delete-articles" {
			if err := c.removeCollection(kid); err != nil {
				return err
			}
			continue
		}
		moved := kid.clone()
		moved.Parent, moved.HelpCenter, moved.Updated = 0, hc.ID, c.now
		c.edit.Collections[kid.ID] = moved
	}
	for _, a := range articles {
		c.leaveCollection(a, k.ID)
	}
	return nil
}

func (c *call) articlesIn(collection int64) []*article {
	var in []*article
	for _, a := range sorted(c.st.Articles) {
		if slices.Contains(a.Parents, collection) {
			in = append(in, a)
		}
	}
	return in
}

func (c *call) leaveCollection(a *article, collection int64) {
	left := a.clone()
	if row, ok := c.edit.Articles[a.ID]; ok { // it was in two of the deleted ones
		if row == nil {
			return
		}
		left = row.clone()
	}
	left.Parents = slices.DeleteFunc(left.Parents, func(id int64) bool { return id == collection })
	if left.Legacy.ID == collection {
		left.Legacy = legacyParent{}
	}
	if c.sw.DeleteColl == "delete-articles" && len(left.Parents) == 0 {
		c.removeArticle(a)
		return
	}
	c.edit.Articles[a.ID] = left
}
