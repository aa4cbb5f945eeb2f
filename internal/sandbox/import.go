package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strings"
)

// ImportReport counts what an import brought.
type ImportReport struct {
	HelpCenters int `json:"help_centers"`
	Collections int `json:"collections"`
	Articles    int `json:"articles"`
	Admins      int `json:"admins"`
	Tags        int `json:"tags"`
	// MadeUp lists what the answers named and none of them held, such as
	// "collection 10257571": it was made up.
	MadeUp []string `json:"made_up"`
	// Skipped lists what was not understood, with the reason.
	Skipped []string `json:"skipped"`
}

// Import takes answers of the API: JSON of lists, of single objects, of arrays
// of them, several documents after another, in any number of readers. What they
// are is told by their content. Ids, times, addresses, authors, states and
// bodies stay as they are. Objects that the workspace has already are replaced.
// Either all of it is taken or, on an error, nothing.
//
// What is missing is made up: the collections and teammates that articles name,
// and a help center with the locales that occur.
func (s *Server) Import(readers ...io.Reader) (ImportReport, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	im := &importer{call: s.newCall()}
	for i, r := range readers {
		if err := im.read(r); err != nil {
			return ImportReport{}, fmt.Errorf("document %d: %w", i+1, err)
		}
	}
	if im.report == (counts{}) {
		return ImportReport{}, errors.New("no article, collection, help center or admin in what was given; import the JSON answers of the API")
	}
	im.settle()
	if err := s.commit(im.edit); err != nil {
		return ImportReport{}, err
	}
	return im.result(), nil
}

type counts struct{ helpCenters, collections, articles, admins, tags int }

// importer collects rows as a call does; what they refer to is looked for when
// all is read, because an answer may come before the one that it needs.
type importer struct {
	*call
	report    counts
	made      []string
	skipped   []string
	workspace string
	locales   []string       // seen anywhere
	defaults  map[string]int // default_locale, how often
	sites     map[string]int // help center address, how often
	multi     bool           // translated_content was seen
	bare      map[int64]bool // help centers that came without locales
}

func (im *importer) read(r io.Reader) error {
	im.defaults, im.sites = orNew(im.defaults), orNew(im.sites)
	if im.bare == nil {
		im.bare = map[int64]bool{}
	}
	dec := json.NewDecoder(r)
	for {
		var doc json.RawMessage
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("byte %d: %w", dec.InputOffset(), err)
		}
		if err := im.document(doc); err != nil {
			return err
		}
	}
}

func orNew(m map[string]int) map[string]int {
	if m == nil {
		return map[string]int{}
	}
	return m
}

// document takes a list apart, and an object for what it is.
func (im *importer) document(doc json.RawMessage) error {
	var array []json.RawMessage
	if json.Unmarshal(doc, &array) == nil {
		for _, item := range array {
			if err := im.document(item); err != nil {
				return err
			}
		}
		return nil
	}
	var p params
	if json.Unmarshal(doc, &p) != nil {
		im.skip("a JSON value that is neither an object nor an array")
		return nil
	}
	for _, inside := range []string{"data", "articles", "admins", "response"} {
		if p.set(inside) && p[inside][0] != '"' {
			return im.document(p[inside])
		}
	}
	return im.object(p)
}

func (im *importer) skip(what string) { im.skipped = append(im.skipped, what) }

// object tells the kind by `type` where there is one, else by fields that no
// other kind has.
func (im *importer) object(p params) error {
	var kind string
	_ = json.Unmarshal(p["type"], &kind)
	switch {
	case p.has("app"):
		return im.me(p)
	case kind == "article" || kind == "" && p.has("title") && (p.has("body") || p.has("translated_content")):
		return im.article(p)
	case kind == "admin" || kind == "" && p.has("email"):
		return im.admin(p)
	case kind == "collection" || kind == "section":
		return im.collection(p)
	case kind == "help_center" || kind == "" && (p.has("identifier") || p.has("display_name")):
		return im.helpCenter(p)
	case kind == "tag":
		return im.tag(p)
	case kind == "" && p.has("name") && (p.has("icon") || p.has("order") || p.has("parent_id") || p.has("help_center_id")):
		return im.collection(p)
	case kind == "error.list":
		im.skip("an error answer: " + string(p["errors"]))
	case kind == "list" || strings.HasSuffix(kind, ".list"):
	default:
		im.skip(fmt.Sprintf("an object of type %q with %s", kind, strings.Join(slices.Sorted(maps.Keys(p)), ", ")))
	}
	return nil
}

// decode reads an object into a shape whose scalars are as loose as the API's,
// and its id, which must be a number.
func decode(p params, kind string, into any) (int64, error) {
	id, err := p.num("id")
	if err != nil || id == 0 {
		return 0, fmt.Errorf("%s %s: its id is not a number", kind, p["id"])
	}
	whole, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(whole, into)
	}
	if err != nil {
		return 0, fmt.Errorf("%s %d: %w", kind, id, err)
	}
	return id, nil
}

func (im *importer) me(p params) error {
	var app struct {
		IDCode string `json:"id_code"`
		Name   string `json:"name"`
		Region string `json:"region"`
		At     int64  `json:"created_at"`
	}
	if err := json.Unmarshal(p["app"], &app); err != nil || app.IDCode == "" {
		return fmt.Errorf("the answer of /me has no app.id_code")
	}
	if err := im.admin(p); err != nil {
		return err
	}
	id, _ := p.num("id")
	im.edit.Workspace = &workspace{ID: app.IDCode, Name: app.Name, Region: app.Region, Created: app.At, AdminID: id}
	return nil
}

func (im *importer) admin(p params) error {
	var in struct{ Name, Email string }
	id, err := decode(p, "admin", &in)
	if err != nil {
		return err
	}
	im.reserve("admins", id)
	im.edit.Admins[id] = &admin{ID: id, Name: in.Name, Email: in.Email}
	im.report.admins++
	return nil
}

func (im *importer) tag(p params) error {
	var in struct{ Name string }
	id, err := decode(p, "tag", &in)
	if err != nil {
		return err
	}
	im.addTag(id, in.Name)
	im.report.tags++
	return nil
}

func (im *importer) addTag(id int64, name string) {
	im.reserve("tags", id)
	im.edit.Tags[id] = &tag{id, html.UnescapeString(name)}
}

func (im *importer) helpCenter(p params) error {
	var in struct {
		Workspace string   `json:"workspace_id"`
		Created   int64    `json:"created_at"`
		Updated   int64    `json:"updated_at"`
		ID        string   `json:"identifier"`
		On        *bool    `json:"website_turned_on"`
		Name      string   `json:"display_name"`
		URL       string   `json:"url"`
		Domain    string   `json:"custom_domain"`
		Default   bool     `json:"default"`
		Locales   []string `json:"locales"`
		Locale    string   `json:"default_locale"` // not the API's; Export writes it
	}
	id, err := decode(p, "help center", &in)
	if err != nil {
		return err
	}
	im.reserve("help_centers", id)
	im.bare[id] = len(in.Locales) == 0
	im.edit.HelpCenters[id] = &helpCenter{
		ID: id, Identifier: in.ID, Name: in.Name, URL: in.URL, CustomDomain: in.Domain, TurnedOff: in.On != nil && !*in.On,
		Default: in.Default, Locales: in.Locales, Locale: in.Locale, Created: in.Created, Updated: in.Updated,
	}
	im.saw(in.Workspace, in.Locale)
	im.report.helpCenters++
	return nil
}

// saw remembers what the workspace and its locales are.
func (im *importer) saw(workspaceID, defaultLocale string) {
	if workspaceID != "" {
		im.workspace = workspaceID
	}
	if defaultLocale != "" {
		im.defaults[defaultLocale]++
		im.locales = append(im.locales, defaultLocale)
	}
}

func (im *importer) result() ImportReport {
	slices.Sort(im.made)
	return ImportReport{
		HelpCenters: im.report.helpCenters, Collections: im.report.collections, Articles: im.report.articles,
		Admins: im.report.admins, Tags: im.report.tags, MadeUp: im.made, Skipped: im.skipped,
	}
}
