package intercom

import (
	"bytes"
	"cmp"
	"errors"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hcsync/hcsync/internal/model"
)

// The scalars of the wire. Each takes every spelling that has been seen of it;
// what has no meaning at all is the empty value.

// id is a decimal number, given as a string or a number; null and 0 are "".
type id string

func (i *id) UnmarshalJSON(b []byte) error {
	*i = id(decimal(scalar(b)))
	return nil
}

func decimal(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".0")
	if strings.Trim(s, "0123456789") != "" || len(s) > 30 {
		return ""
	}
	return strings.TrimLeft(s, "0")
}

// ids is a set of ids, in order.
type ids []string

func (l *ids) UnmarshalJSON(b []byte) error {
	var items []id
	if unmarshal(b, &items) != nil {
		items = []id{id(decimal(scalar(b)))}
	}
	for _, i := range items {
		if i != "" && !slices.Contains(*l, string(i)) {
			*l = append(*l, string(i))
		}
	}
	slices.SortFunc(*l, model.CompareID)
	return nil
}

// text is a string; null is "". An object or array where a text belongs would
// lose content, so that is an error.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		return errors.New("an object or array stands where a text belongs")
	}
	*t = text(scalar(b))
	return nil
}

// markup is the HTML of a body; null is "".
type markup string

// number is a whole number, such as a count or a Unix time, or a time in
// ISO 8601.
type number int64

func (n *number) UnmarshalJSON(b []byte) error {
	s := scalar(b)
	if i, err := strconv.ParseInt(s, 10, 48); err == nil { // as nearly all are
		*n = number(i)
	} else if t, err := time.Parse(time.RFC3339, s); err == nil {
		*n = number(t.Unix())
	} else if f, err := strconv.ParseFloat(s, 64); err == nil && f > -1e15 && f < 1e15 {
		*n = number(f)
	}
	return nil
}

// flag is a boolean.
type flag bool

func (f *flag) UnmarshalJSON(b []byte) error {
	s := scalar(b)
	*f = s == "true" || s == "1"
	return nil
}

// scalar gives the text of a JSON string, number or boolean, "" for the rest.
func scalar(b []byte) string {
	switch {
	case len(b) == 0, b[0] == 'n', b[0] == '{', b[0] == '[':
		return ""
	case b[0] == '"':
		if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) {
			return string(b[1 : len(b)-1])
		}
		s, _ := jsontext.AppendUnquote(nil, b) // the decoder has seen that it is a string
		return string(s)
	}
	return string(b)
}

// me is the answer to GET /me.
type me struct {
	ID    id   `json:"id"`
	Name  text `json:"name"`
	Email text `json:"email"`
	App   struct {
		IDCode text `json:"id_code"`
		Name   text `json:"name"`
		Region text `json:"region"`
	} `json:"app"`
}

func (m *me) check() error {
	if m.App.IDCode == "" {
		return errors.New("it names no workspace (app.id_code)")
	}
	return nil
}

func (m *me) workspace() model.Workspace {
	return model.Workspace{
		ID: string(m.App.IDCode), Name: string(m.App.Name), Region: strings.ToLower(string(m.App.Region)),
		Admin: model.Admin{ID: string(m.ID), Name: string(m.Name), Email: string(m.Email)},
	}
}

// adminList is the answer to GET /admins.
type adminList struct {
	Admins []struct {
		ID    id   `json:"id"`
		Name  text `json:"name"`
		Email text `json:"email"`
	} `json:"admins"`
}

func (l *adminList) check() error {
	if l.Admins == nil {
		return errors.New("it holds no admins")
	}
	return nil
}

func (l *adminList) model() []model.Admin {
	var out []model.Admin
	for _, a := range l.Admins {
		if a.ID != "" { // a pending invitation cannot be an author
			out = append(out, model.Admin{ID: string(a.ID), Name: string(a.Name), Email: string(a.Email)})
		}
	}
	return out
}

// helpCenter is a help center (intercom-api.md section 2.13).
type helpCenter struct {
	ID         id     `json:"id"`
	Identifier text   `json:"identifier"`
	Name       text   `json:"display_name"`
	URL        text   `json:"url"`
	Default    flag   `json:"default"` // 2.16
	Locales    []text `json:"locales"` // 2.16
}

func (h helpCenter) check() error {
	if h.ID == "" {
		return errors.New("a help center has no id")
	}
	return nil
}

func (h helpCenter) key() string    { return string(h.ID) }
func (h helpCenter) changed() int64 { return 0 }

// content is what an article says in one locale. It stands in the article
// itself for the default locale, and in translated_content for the others.
type content struct {
	Title       text   `json:"title"`
	Name        text   `json:"name"` // a collection's title
	Description text   `json:"description"`
	Body        markup `json:"body"`
	Author      id     `json:"author_id"`
	State       text   `json:"state"`
	URL         text   `json:"url"`
	UpdatedAt   number `json:"updated_at"`
	Pending     flag   `json:"has_unpublished_changes"` // 2.16
	DraftAt     number `json:"draft_updated_at"`        // 2.16
	UpdatedBy   id     `json:"updated_by_id"`           // 2.16
}

// object is an article, a collection or a section.
type object struct {
	content
	ID         id           `json:"id"`
	CreatedAt  number       `json:"created_at"`
	Parent     id           `json:"parent_id"`
	Parents    ids          `json:"parent_ids"`
	HelpCenter id           `json:"help_center_id"`
	Default    text         `json:"default_locale"`
	Translated translations `json:"translated_content"`
}

func (o object) check() error {
	if o.ID == "" {
		return errors.New("an object has no id")
	}
	return nil
}

func (o object) key() string    { return string(o.ID) }
func (o object) changed() int64 { return int64(o.UpdatedAt) }

// translations are the locales of translated_content.
type translations struct {
	// given is false where the field is missing or null, as it is in a
	// workspace without multi-language.
	given bool
	// list holds every locale that is named, by code.
	list []translation
}

// translation is one of them; told is false where it holds nothing.
type translation struct {
	locale model.Locale
	told   bool
	content
}

// localeShape keeps everything else out of file names and maps, such as the key
// "type" (intercom-api.md section 5.3).
var localeShape = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func (t *translations) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '{' {
		return d.SkipValue() // null, or the empty array that some servers make of an empty object
	}
	t.given = true
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() == '"' {
		key, err := d.ReadToken()
		if err == nil {
			err = t.read(model.Locale(key.String()), d)
		}
		if err != nil {
			return err
		}
	}
	slices.SortFunc(t.list, func(a, b translation) int { return cmp.Compare(a.locale, b.locale) })
	_, err := d.ReadToken()
	return err
}

// read takes one member of translated_content.
func (t *translations) read(l model.Locale, d *jsontext.Decoder) error {
	if l == "type" || !localeShape.MatchString(string(l)) {
		return d.SkipValue()
	}
	i := slices.IndexFunc(t.list, func(have translation) bool { return have.locale == l })
	if i < 0 {
		i = len(t.list)
		t.list = append(t.list, translation{locale: l})
	}
	if d.PeekKind() != '{' {
		return d.SkipValue()
	}
	var c content
	if err := json.UnmarshalDecode(d, &c); err != nil {
		return err
	}
	t.list[i].content, t.list[i].told = c, true
	return nil
}

// started says whether a locale holds anything: one that nobody has begun may
// be there with nothing in it (intercom-api.md section 5.2).
func (c content) started() bool { return c.Title != "" || c.Name != "" || c.Body != "" }

// fields gives the content in the model's words. Names of collections come
// escaped (intercom-api.md section 2.12).
func (c content) fields(k model.Kind) map[model.Field]string {
	if k == model.Collection {
		return map[model.Field]string{
			model.Title:       html.UnescapeString(string(c.Name)),
			model.Description: string(c.Description),
		}
	}
	return map[model.Field]string{
		model.Title: string(c.Title), model.Description: string(c.Description), model.Body: string(c.Body),
		model.Author: string(c.Author), model.State: c.state(),
	}
}

// state infers the state where it is missing: only what is published has an
// address.
func (c content) state() string {
	switch {
	case c.State != "":
		return string(c.State)
	case c.URL != "":
		return model.Published
	}
	return model.Draft
}

func (c content) model(k model.Kind) model.Content {
	m := model.Content{Fields: c.fields(k), URL: string(c.URL), UpdatedAt: int64(c.UpdatedAt), UpdatedBy: string(c.UpdatedBy)}
	if c.Pending {
		m.PendingDraft = &model.PendingDraft{UpdatedAt: int64(c.DraftAt)}
	}
	return m
}
