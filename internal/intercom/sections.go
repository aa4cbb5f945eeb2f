package intercom

import (
	"errors"

	"github.com/hcsync/hcsync/internal/model"
)

const (
	articlesPath    = "/articles"
	collectionsPath = "/help_center/collections"
	// sectionsPath is where API 2.9 keeps collections that lie in another. They
	// have a name and a parent, no description (intercom-api.md section 2.14).
	sectionsPath = "/help_center/sections"
)

// at calls do with the path of an object. In API 2.9 a collection may be a
// section; where that is not known, both are tried.
func (c *Client) at(key model.Key, do func(path string, section bool) error) error {
	if decimal(key.ID) != key.ID || key.ID == "" {
		return &Error{Op: key.String(), Message: "this is no id: an id is a decimal number", kind: ErrInvalid}
	}
	if key.Kind == model.Article {
		return do(articlesPath+"/"+key.ID, false)
	}
	if c.isSection(key.ID) {
		return do(sectionsPath+"/"+key.ID, true)
	}
	err := do(collectionsPath+"/"+key.ID, false)
	if c.version.sections() && errors.Is(err, ErrNotFound) {
		return do(sectionsPath+"/"+key.ID, true)
	}
	return err
}

func (c *Client) isSection(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.places.sections[id]
}

// noteSection remembers that a call found, or made, a section.
func (c *Client) noteSection(err error, section bool, id string) {
	if err != nil || !section {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.places.sections[id] = true
}
