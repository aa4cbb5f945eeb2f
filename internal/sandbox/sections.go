package sandbox

import (
	"slices"
	"strconv"
)

// Up to 2.9 a collection inside another is a section, with endpoints of its own
// and no description (intercom-api.md 2.14).

type wireSection struct {
	ID                string         `json:"id"`
	WorkspaceID       string         `json:"workspace_id"`
	Name              string         `json:"name"`
	URL               *string        `json:"url"`
	Order             int64          `json:"order"`
	CreatedAt         int64          `json:"created_at"`
	UpdatedAt         int64          `json:"updated_at"`
	Type              string         `json:"type"`
	ParentID          int64          `json:"parent_id"`
	DefaultLocale     string         `json:"default_locale,omitempty"`
	TranslatedContent map[string]any `json:"translated_content,omitempty"`
}

func (c *call) section(k *collection) wireSection {
	as := c.collection(k)
	return wireSection{
		ID: as.ID, WorkspaceID: as.WorkspaceID, Name: as.Name, URL: as.URL, Order: as.Order, CreatedAt: as.CreatedAt,
		UpdatedAt: as.UpdatedAt, Type: "section", ParentID: k.Parent, DefaultLocale: as.DefaultLocale, TranslatedContent: as.TranslatedContent,
	}
}

func (c *call) findSection() (*collection, error) {
	if k := c.st.Collections[c.id("id")]; k != nil && k.Parent != 0 {
		return k, nil
	}
	return nil, notFound()
}

func (c *call) listSections() (any, error) {
	p, err := c.page(20)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(c.st.listCollections(), func(k *collection) bool { return k.Parent == 0 })
	rows, pages := cut(c, p, all)
	data := make([]wireSection, len(rows))
	for i, k := range rows {
		data[i] = c.section(k)
	}
	return list(data, len(all), pages), nil
}

func (c *call) getSection() (any, error) {
	k, err := c.findSection()
	if err != nil {
		return nil, err
	}
	return c.section(k), nil
}

func (c *call) createSection() (any, error) {
	if !c.params.set("parent_id") {
		return nil, missing("Parent id is a required parameter.")
	}
	parent, err := c.params.num("parent_id")
	if err != nil {
		return nil, err
	}
	k, err := c.newCollection()
	if err != nil {
		return nil, err
	}
	if err := c.moveCollection(k, parent); err != nil {
		return nil, err
	}
	k.Order = int64(len(c.st.children(parent))) + 1
	return c.section(k), nil
}

func (c *call) updateSection() (any, error) {
	old, err := c.findSection()
	if err != nil {
		return nil, err
	}
	k := old.clone()
	if c.params.set("parent_id") {
		if err := c.setParent(k); err != nil {
			return nil, err
		}
	}
	if err := c.applyGroup(k); err != nil {
		return nil, err
	}
	return c.section(k), nil
}

func (c *call) deleteSection() (any, error) {
	k, err := c.findSection()
	if err != nil {
		return nil, err
	}
	return wireDeleted{strconv.FormatInt(k.ID, 10), "section", true}, c.removeCollection(k)
}
