// Package model holds the plain values that every other package speaks of: a
// help center, a collection, an article, and what each of them says in one
// locale.
//
// The same types describe three states of the same thing. The local state
// comes from the files of the content tree, the remote state from the API, and
// the base is what both sides last agreed on. They differ only in what fills
// them:
//
//   - locally a field that the file does not name is absent from
//     [Content.Fields]; it is not managed, so it is never compared and never
//     sent. Remotely every field is present.
//   - locally the body is Markdown with LF line ends, remotely it is HTML.
//   - locally the author is what the writer typed, an e-mail address or an id;
//     remotely it is the id of an admin in decimal.
//
// Nothing here reads a file, calls the network, or knows a path separator
// other than the slash.
package model

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Kind says what an object is.
type Kind string

// The kinds of object that have an identity in the workspace and content in
// locales. A help center is not one of them: it is a read-only mirror.
const (
	Collection Kind = "collection"
	Article    Kind = "article"
)

// Compare orders kinds: collections first, because they hold the articles.
func (k Kind) Compare(other Kind) int {
	if k == other {
		return 0
	}
	order := []Kind{Collection, Article}
	return cmp.Compare(slices.Index(order, k), slices.Index(order, other))
}

// Locale is a locale's code as Intercom spells it, such as "en" or "pt-BR".
// Two spellings that differ only in case name the same locale: compare with
// [Locale.Is] or key by [Locale.Fold].
type Locale string

// Fold gives the spelling used as a key where case must not matter.
func (l Locale) Fold() Locale { return Locale(strings.ToLower(string(l))) }

// Is says whether both codes name the same locale.
func (l Locale) Is(other Locale) bool { return strings.EqualFold(string(l), string(other)) }

// In looks a locale up in a map keyed by locale, whatever its case. Of several
// spellings the exact one wins, then the first by code.
func In[V any](m map[Locale]V, l Locale) (V, bool) {
	if v, ok := m[l]; ok {
		return v, true
	}
	for _, have := range slices.Sorted(maps.Keys(m)) {
		if have.Is(l) {
			return m[have], true
		}
	}
	var none V
	return none, false
}

// Field names one separately compared part of an object's content in a locale.
type Field string

// The fields, in the order in which plans and files show them. A collection's
// Title is the API's `name`; it has no Body, State or Author.
const (
	Title       Field = "title"
	Description Field = "description"
	State       Field = "state"
	Author      Field = "author"
	Body        Field = "body"
)

// Fields lists the fields that a kind of object has, in their fixed order.
func Fields(k Kind) []Field {
	if k == Collection {
		return []Field{Title, Description}
	}
	return []Field{Title, Description, State, Author, Body}
}

// The two values of the State field.
const (
	Draft     = "draft"
	Published = "published"
)

// Key identifies an object in one workspace. Article and collection ids are
// separate number ranges, so the kind belongs to the identity.
type Key struct {
	Kind Kind
	ID   string
}

// String gives "article 123", for messages.
func (k Key) String() string { return string(k.Kind) + " " + k.ID }

// Compare orders keys: collections first, then by number.
func (k Key) Compare(other Key) int {
	return cmp.Or(k.Kind.Compare(other.Kind), CompareID(k.ID, other.ID))
}

// CompareID orders ids as the numbers they are, without parsing them: the
// shorter is the smaller.
func CompareID(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// Ref points at a collection: by id where it has one, else by the folder that
// will become one. Locally both are set for a folder with an id.
type Ref struct {
	ID   string `json:"id,omitempty"`
	Path string `json:"path,omitempty"`
}

// Object is a collection or an article with its content in every locale.
type Object struct {
	Kind Kind
	// ID is a decimal number as a string; empty for a file that no object in
	// the workspace belongs to yet.
	ID string
	// Primary is local only, and only in a second workspace, which has ids of its
	// own: the id that the file names, in the workspace that the files mirror.
	Primary string
	// HelpCenter is the id of the help center, empty where it is not known (an
	// article in no collection, a workspace without help centers).
	HelpCenter string
	// Path is local only: the folder of a collection, or the default-locale
	// file of an article, relative to the content folder.
	Path string
	// Parents are the collections that hold the object, the primary one first.
	// For a collection it is at most one, and none means the first level. For
	// an article none means that it is listed nowhere.
	Parents []Ref
	// ParentsComplete is false for a local article without `also_in`: then only
	// Parents[0] is managed and other parents are left alone.
	ParentsComplete bool
	// Default is the locale whose text the API keeps in the root fields.
	Default Locale
	// Contents is keyed by the locale's code as the help center spells it.
	Contents map[Locale]Content
	// CreatedAt and UpdatedAt are remote only, Unix seconds.
	CreatedAt, UpdatedAt int64
}

// Content is what an object says in one locale.
type Content struct {
	// Fields holds the managed fields; see the package comment.
	Fields map[Field]string
	// URL is remote only: the public address, empty for a draft.
	URL string
	// UpdatedAt is remote only, Unix seconds; zero where the API gives none.
	UpdatedAt int64
	// UpdatedBy is remote only (API 2.16): the id of the admin who wrote what is
	// live last; empty where the API does not tell, and for collections.
	UpdatedBy string
	// PendingDraft is remote only (API 2.16): text that somebody staged in
	// Intercom's editor without publishing it; nil where there is none.
	PendingDraft *PendingDraft
	// File is local only: the file that holds this locale.
	File string
	// Lines is local only: the line of each field in File, the body's first.
	Lines map[Field]int
	// Synced is local only: the state commit that the file has seen.
	Synced string
}

// PendingDraft is text that waits beside what is live in one locale
// (intercom-api.md section 2.9).
type PendingDraft struct {
	// Fields are the title, description and body as publishing the draft would
	// make them; nil where they were not read.
	Fields map[Field]string
	// By is the id of the admin who wrote it, "" where that was not read or the
	// API does not tell.
	By string
	// UpdatedAt is in Unix seconds; zero where the API gives none.
	UpdatedAt int64
}

// OfWorkspace says that a field is the own affair of the workspace that it is in:
// no file takes it from another workspace than the one that the files mirror.
func (f Field) OfWorkspace() bool { return f == State || f == Author }

// Texts lists the fields that a draft can hold.
func Texts() []Field { return []Field{Title, Description, Body} }

// Silent says that no field says anything.
func (c Content) Silent() bool {
	for _, v := range c.Fields {
		if v != "" {
			return false
		}
	}
	return true
}

// Key gives the object's identity. It is meaningful only with an ID.
func (o *Object) Key() Key { return Key{o.Kind, o.ID} }

// Title gives the title in the default locale, or in the first locale by name
// that has one, for messages.
func (o *Object) Title() string {
	if t := o.Contents[o.Default].Fields[Title]; t != "" {
		return t
	}
	for _, l := range o.Locales() {
		if t := o.Contents[l].Fields[Title]; t != "" {
			return t
		}
	}
	return ""
}

// Locales lists the locales that the object has content in, the default one
// first, the others by code.
func (o *Object) Locales() []Locale {
	ls := slices.Sorted(maps.Keys(o.Contents))
	if i := slices.Index(ls, o.Default); i > 0 {
		ls = slices.Insert(slices.Delete(ls, i, i+1), 0, o.Default)
	}
	return ls
}

// HelpCenter is the read-only mirror of one help center.
type HelpCenter struct {
	ID string
	// Identifier is the part of the address that names it.
	Identifier string
	// Name is the API's display_name; it may be empty.
	Name string
	URL  string
	// Path is local only: its folder, relative to the content folder.
	Path    string
	Default Locale
	// Locales includes Default. It is nil where the API does not tell (before
	// 2.16): then any locale is taken.
	Locales []Locale
	// IsDefault marks the help center that new collections go to by default.
	IsDefault bool
	// Multilingual is false where the workspace has no multi-language: then
	// translated content is neither returned nor taken.
	Multilingual bool
}

// Compare orders help centers: the default one first, then by id. The first of
// several is the home of what is in no collection.
func (h *HelpCenter) Compare(other *HelpCenter) int {
	switch {
	case h.IsDefault == other.IsDefault:
		return CompareID(h.ID, other.ID)
	case h.IsDefault:
		return -1
	}
	return 1
}

// Has says whether the help center has a locale, and how it spells it. Where
// the locales are not known every code is accepted as it is.
func (h *HelpCenter) Has(l Locale) (Locale, bool) {
	if h.Locales == nil {
		return l, true
	}
	for _, have := range h.Locales {
		if have.Is(l) {
			return have, true
		}
	}
	return l, false
}

// Snapshot is one whole state, local or remote.
type Snapshot struct {
	HelpCenters []HelpCenter
	// Objects holds collections and articles in no particular order.
	Objects []Object
}

// Admin is a teammate; its ID is decimal.
type Admin struct {
	ID, Name, Email string
}

// Workspace is what GET /me tells (intercom-api.md section 1.4).
type Workspace struct {
	// ID is app.id_code, the workspace id.
	ID, Name string
	// Region is us, eu or au, in lower case.
	Region string
	// Admin is the teammate that the token belongs to.
	Admin Admin
}

// Problem is something wrong with a file.
type Problem struct {
	// File is relative to the folder of hcsync.yaml.
	File string
	// Line counts from 1; 0 means the file as a whole.
	Line    int
	Message string
	// Note marks a remark that does not make the content invalid.
	Note bool
	// Pulled marks what a pull puts right, and so goes on over: what may only be
	// wrong because the mirror of a help center's settings is older than these,
	// and what an earlier pull left when it was cut off.
	Pulled bool
}

// String gives "path:line: message".
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ": " + p.Message
}
