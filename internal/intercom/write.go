package intercom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/hcsync/hcsync/internal/model"
)

// Write is what is to be sent of one object, and nothing else: the API keeps
// whatever a write does not name (intercom-api.md sections 2.6 and 5.4).
type Write struct {
	// Kind is needed for a create; an update takes it from the key.
	Kind model.Kind
	// Default is the locale of the fields at the root, the live default locale.
	Default model.Locale
	// Multilingual is false where the workspace has no multi-language; then only
	// the default locale is sent.
	Multilingual bool
	// Parent is the id of the collection that is to hold the object. Nil is not
	// sent; "" means none: a collection at the first level, an article that is
	// listed nowhere (an update needs API version Preview for that).
	Parent *string
	// Parents are the ids of all collections of an article (API version Preview
	// only); nil is not sent. It goes before Parent.
	Parents []string
	// HelpCenter is where a new collection goes; "" is the default one.
	HelpCenter string
	// Contents holds the fields to be sent. Author values are admin ids; the
	// title of a collection is sent as its name.
	Contents map[model.Locale]map[model.Field]string
}

// Create makes a new object and gives it as the server holds it now. After
// [ErrUnknownOutcome] it may exist.
func (c *Client) Create(ctx context.Context, w Write) (model.Object, error) {
	path, section := articlesPath, false
	if w.Kind == model.Collection {
		path = collectionsPath
		if section = c.version.sections() && w.Parent != nil && *w.Parent != ""; section {
			path = sectionsPath
		}
	}
	o, err := c.write(ctx, http.MethodPost, path, section, w, "")
	c.noteSection(err, section, o.ID)
	return o, err
}

// Update changes what w names and gives the object as the server holds it now.
// The server may hold something else than it was sent: it rewrites bodies, and
// puts text aside for a teammate's pending draft.
func (c *Client) Update(ctx context.Context, key model.Key, w Write) (model.Object, error) {
	w.Kind = key.Kind
	var written model.Object
	err := c.at(key, func(path string, section bool) (err error) {
		written, err = c.write(ctx, http.MethodPut, path, section, w, key.ID)
		c.noteSection(err, section, key.ID)
		return err
	})
	return written, err
}

func (c *Client) write(ctx context.Context, method, path string, section bool, w Write, want string) (model.Object, error) {
	r := &request{method: method, path: path}
	if w.Kind == model.Article && w.Parent != nil {
		section = c.isSection(*w.Parent)
	}
	payload, err := w.payload(c.version, method == http.MethodPost, section)
	if err == nil {
		r.body, err = encode(payload)
	}
	if err != nil {
		return model.Object{}, &Error{Op: r.op(), Message: "not sent: " + c.clean(err.Error()), kind: ErrInvalid, cause: err}
	}
	return c.object(ctx, r, w, want)
}

// object makes a call that is answered with an object, the one of the id that
// is wanted if that is not "".
func (c *Client) object(ctx context.Context, r *request, w Write, want string) (model.Object, error) {
	o := wanted{id: want}
	if err := c.call(ctx, r, &o); err != nil {
		return model.Object{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.places.object(c.version, w.Kind, o.object, w.Default)
	if w.Kind == model.Collection {
		c.places.put(m)
	}
	return m, nil
}

// wanted is an object that must have a certain id.
type wanted struct {
	object
	id string
}

func (w *wanted) check() error {
	if err := w.object.check(); err != nil {
		return err
	}
	if w.id != "" && w.id != string(w.ID) {
		return fmt.Errorf("it is about %s instead of %s", w.ID, w.id)
	}
	return nil
}

// put makes a collection known that was created or moved after the snapshot.
func (p places) put(m model.Object) {
	p.center[m.ID], p.depth[m.ID] = m.HelpCenter, 0
	for _, parent := range m.Parents {
		p.depth[m.ID] = p.depth[parent.ID] + 1
	}
}

// encode leaves <, > and & as they are, which json.Marshal does not.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// payload gives the body of the request.
func (w Write) payload(v version, create, section bool) (map[string]any, error) {
	body := map[string]any{}
	translated := map[string]any{}
	for l, fields := range w.Contents {
		wire, err := wireFields(w.Kind, section, fields)
		if err != nil {
			return nil, err
		}
		switch {
		case l.Is(w.Default):
			for k, value := range wire {
				body[k] = value
			}
		case w.Multilingual && len(wire) > 0:
			translated[string(l)] = wire
		}
	}
	if len(translated) > 0 {
		body["translated_content"] = translated
	}
	if w.Kind == model.Article {
		return body, w.articleParents(body, v, create, section)
	}
	if create && !section && w.HelpCenter != "" {
		if decimal(w.HelpCenter) == "" {
			return nil, fmt.Errorf("%q is not the id of a help center", w.HelpCenter)
		}
		body["help_center_id"] = json.Number(decimal(w.HelpCenter))
	}
	return body, w.collectionParent(body, v, create, section)
}

// wireFields gives fields under the API's names. A section has a name only.
func wireFields(k model.Kind, section bool, fields map[model.Field]string) (map[string]any, error) {
	wire := map[string]any{}
	for _, f := range model.Fields(k) {
		value, ok := fields[f]
		switch {
		case !ok:
		case f == model.Title && k == model.Collection:
			wire["name"] = value
		case f == model.Description && section:
		case f == model.Author:
			if decimal(value) == "" {
				return nil, fmt.Errorf("the author %q is not the id of an admin", value)
			}
			wire["author_id"] = json.Number(decimal(value))
		default:
			wire[string(f)] = value
		}
	}
	return wire, nil
}

// articleParents adds where the article lies. The API documents parent_id as a
// number in a create and as a string in an update (intercom-api.md section 2.2).
func (w Write) articleParents(body map[string]any, v version, create, section bool) error {
	switch {
	case w.Parents != nil && !v.parentSets():
		return fmt.Errorf("API version %s cannot put an article into several collections: do it in Intercom, or set api_version to Preview", v)
	case w.Parents != nil:
		return setParents(body, w.Parents)
	case w.Parent == nil, *w.Parent == "" && create:
		return nil
	case *w.Parent == "" && v.parentSets():
		return setParents(body, nil)
	case *w.Parent == "":
		return fmt.Errorf("API version %s cannot take an article out of all collections: do it in Intercom, or set api_version to Preview", v)
	case decimal(*w.Parent) == "":
		return notAnID(*w.Parent)
	}
	body["parent_type"] = "collection"
	if section {
		body["parent_type"] = "section"
	}
	body["parent_id"] = decimal(*w.Parent)
	if create {
		body["parent_id"] = json.Number(decimal(*w.Parent))
	}
	return nil
}

func setParents(body map[string]any, parents []string) error {
	numbers := []json.Number{}
	for _, p := range parents {
		if decimal(p) == "" {
			return notAnID(p)
		}
		numbers = append(numbers, json.Number(decimal(p)))
	}
	body["parent_ids"] = numbers
	return nil
}

func notAnID(parent string) error {
	return fmt.Errorf("the parent %q is not the id of a collection", parent)
}

var errSectionMove = errors.New("API version 2.9 cannot move a collection to or from the first level: do it in Intercom, or set api_version to 2.16")

// collectionParent adds where the collection lies: null is the first level.
func (w Write) collectionParent(body map[string]any, v version, create, section bool) error {
	switch {
	case w.Parent == nil:
	case *w.Parent != "" && decimal(*w.Parent) == "":
		return notAnID(*w.Parent)
	case v.sections() && section != (*w.Parent != ""):
		return errSectionMove
	case section:
		body["parent_id"] = json.Number(decimal(*w.Parent))
	case v.sections():
	case *w.Parent == "":
		body["parent_id"] = nil
	default:
		body["parent_id"] = decimal(*w.Parent)
	}
	return nil
}
