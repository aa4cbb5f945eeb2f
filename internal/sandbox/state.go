package sandbox

import (
	"cmp"
	"maps"
	"slices"
)

// state is everything the workspace holds. A change to it is a state too, one
// with only the touched rows, where a nil row means deleted: so a snapshot, a
// journal record and a transaction are the same thing, and merging is the only
// operation on them.
type state struct {
	Workspace   *workspace         `json:"workspace,omitempty"`
	Counters    map[string]int64   `json:"counters,omitempty"`
	Admins      table[admin]       `json:"admins,omitempty"`
	HelpCenters table[helpCenter]  `json:"help_centers,omitempty"`
	Collections table[collection]  `json:"collections,omitempty"`
	Articles    table[article]     `json:"articles,omitempty"`
	Versions    table[pastVersion] `json:"versions,omitempty"`
	Tags        table[tag]         `json:"tags,omitempty"`
	Redirects   table[redirect]    `json:"redirects,omitempty"`
	Assets      map[string]string  `json:"assets,omitempty"` // re-hosted image path to where it came from
}

type table[T any] map[int64]*T

type workspace struct {
	ID       string `json:"id"` // the API's app.id_code
	Name     string `json:"name"`
	Region   string `json:"region"`
	Created  int64  `json:"created"`
	AdminID  int64  `json:"admin_id"` // the teammate whom every token belongs to
	Pristine bool   `json:"pristine,omitempty"`
}

type admin struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Left  bool   `json:"left,omitempty"` // no longer a teammate, still an author
}

type helpCenter struct {
	ID           int64    `json:"id"`
	Identifier   string   `json:"identifier"`
	Name         string   `json:"name"`
	URL          string   `json:"url,omitempty"` // empty: the sandbox's own address
	CustomDomain string   `json:"custom_domain,omitempty"`
	TurnedOff    bool     `json:"turned_off,omitempty"`
	Default      bool     `json:"default,omitempty"`
	Multilingual bool     `json:"multilingual,omitempty"`
	Locales      []string `json:"locales"`
	Locale       string   `json:"locale"` // the default one
	Created      int64    `json:"created"`
	Updated      int64    `json:"updated"`
}

type collection struct {
	ID         int64                `json:"id"`
	HelpCenter int64                `json:"help_center,omitempty"` // of a first-level collection; the others have their root's
	Parent     int64                `json:"parent,omitempty"`
	Order      int64                `json:"order"`
	Icon       string               `json:"icon"`
	URL        *string              `json:"url,omitempty"` // as imported
	Locale     string               `json:"locale"`
	Created    int64                `json:"created"`
	Updated    int64                `json:"updated"`
	Contents   map[string]groupText `json:"contents"`
}

// groupText is what a collection says in one locale.
type groupText struct {
	Name        string  `json:"name"`
	Description *string `json:"description,omitempty"`
}

type article struct {
	ID      int64              `json:"id"`
	Parents []int64            `json:"parents,omitempty"`
	Legacy  legacyParent       `json:"legacy,omitzero"`
	Locale  string             `json:"locale"`
	Texts   map[string]content `json:"texts"`
	Tags    []appliedTag       `json:"tags,omitempty"`
	Publish int64              `json:"publish,omitempty"` // scheduled, seconds
	Unpub   int64              `json:"unpublish,omitempty"`
}

// legacyParent is parent_id and parent_type of versions up to 2.15, which the
// real API keeps beside parent_ids and lets drift (intercom-api.md 2.2).
type legacyParent struct {
	ID   int64  `json:"id,omitempty"`
	Type string `json:"type,omitempty"`
}

// content is an article in one locale, with the text that is live and, after
// an edit in the editor that nobody published, the text that is pending.
type content struct {
	text
	State   string   `json:"state"`
	Created int64    `json:"created"`
	Updated int64    `json:"updated"`
	URL     *string  `json:"url,omitempty"` // as imported; else made from the help center's
	Pending *draft   `json:"pending,omitempty"`
	AI      *[3]bool `json:"ai,omitempty"`
	By      int64    `json:"by,omitempty"` // who created it
	Version origin   `json:"version,omitzero"`
}

type text struct {
	Title       string  `json:"title"`
	Description *string `json:"description,omitempty"`
	Body        string  `json:"body"`
	Author      int64   `json:"author,omitempty"`
}

type draft struct {
	text
	Updated int64 `json:"updated"`
	By      int64 `json:"by,omitempty"` // who wrote it
}

// origin says which version the live text is and where it came from.
type origin struct {
	ID   int64  `json:"id,omitempty"`
	From int64  `json:"from,omitempty"`
	By   int64  `json:"by,omitempty"`
	Via  string `json:"via,omitempty"` // "api" or "web"
}

type pastVersion struct {
	text
	origin
	Article int64  `json:"article"`
	Locale  string `json:"locale"`
	State   string `json:"state"`
	Created int64  `json:"created"`
	Updated int64  `json:"updated"`
}

type tag struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type appliedTag struct {
	ID int64 `json:"id"`
	At int64 `json:"at"`
	By int64 `json:"by"`
}

type redirect struct {
	ID         int64  `json:"id"`
	HelpCenter int64  `json:"help_center"`
	From       string `json:"from"`
	Locale     string `json:"locale"`
	Type       string `json:"type"`
	Target     int64  `json:"target"`
	Created    int64  `json:"created"`
	Updated    int64  `json:"updated"`
}

const (
	published  = "published"
	draftState = "draft"
)

func newState() *state {
	return &state{
		Counters: map[string]int64{},
		Admins:   table[admin]{}, HelpCenters: table[helpCenter]{}, Collections: table[collection]{},
		Articles: table[article]{}, Versions: table[pastVersion]{}, Tags: table[tag]{}, Redirects: table[redirect]{},
		Assets: map[string]string{},
	}
}

// apply merges a change. Applying the same changes again in the same order
// ends in the same state, which is what makes a crash between writing a
// snapshot and emptying the journal harmless.
func (st *state) apply(delta *state) {
	if delta.Workspace != nil {
		st.Workspace = delta.Workspace
	}
	maps.Copy(st.Counters, delta.Counters)
	maps.Copy(st.Assets, delta.Assets)
	merge(st.Admins, delta.Admins)
	merge(st.HelpCenters, delta.HelpCenters)
	merge(st.Collections, delta.Collections)
	merge(st.Articles, delta.Articles)
	merge(st.Versions, delta.Versions)
	merge(st.Tags, delta.Tags)
	merge(st.Redirects, delta.Redirects)
}

func merge[T any](dst, src table[T]) {
	for key, row := range src {
		if row == nil {
			delete(dst, key)
		} else {
			dst[key] = row
		}
	}
}

func (a *article) clone() *article {
	c := *a
	c.Parents, c.Tags, c.Texts = slices.Clone(a.Parents), slices.Clone(a.Tags), maps.Clone(a.Texts)
	return &c
}

func (c *collection) clone() *collection {
	k := *c
	k.Contents = maps.Clone(c.Contents)
	return &k
}

func (h *helpCenter) clone() *helpCenter {
	c := *h
	c.Locales = slices.Clone(h.Locales)
	return &c
}

// root is the content of the default locale: what the API shows in an
// article's root fields.
func (a *article) root() content { return a.Texts[a.Locale] }

// path lists the collections from c up to its first level. It ends where the
// data would go in circles.
func (st *state) path(c *collection) []*collection {
	var up []*collection
	for c != nil && !slices.Contains(up, c) {
		up = append(up, c)
		c = st.Collections[c.Parent]
	}
	return up
}

// children lists the collections directly in parent, in their order.
func (st *state) children(parent int64) []*collection {
	var kids []*collection
	for _, c := range st.Collections {
		if c.Parent == parent {
			kids = append(kids, c)
		}
	}
	slices.SortFunc(kids, func(a, b *collection) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID)) })
	return kids
}

// height is the number of levels that c and what is in it take.
func (st *state) height(c *collection) int {
	deepest := 0
	for _, kid := range st.children(c.ID) {
		deepest = max(deepest, st.height(kid))
	}
	return deepest + 1
}

func (st *state) helpCenterOf(c *collection) *helpCenter {
	up := st.path(c)
	if hc := st.HelpCenters[up[len(up)-1].HelpCenter]; hc != nil {
		return hc
	}
	return st.defaultHelpCenter()
}

// defaultHelpCenter is the one marked so, else the one with the lowest id.
func (st *state) defaultHelpCenter() *helpCenter {
	all := sorted(st.HelpCenters)
	for _, hc := range all {
		if hc.Default {
			return hc
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return nil
}

// helpCentersOf lists the help centers whose collections hold the article; an
// article in no collection belongs to none of them and may use what any has,
// the default one first.
func (st *state) helpCentersOf(a *article) []*helpCenter {
	var found []*helpCenter
	for _, p := range a.Parents {
		if c := st.Collections[p]; c != nil {
			if hc := st.helpCenterOf(c); hc != nil && !slices.Contains(found, hc) {
				found = append(found, hc)
			}
		}
	}
	if len(found) == 0 {
		found = sorted(st.HelpCenters)
		home := st.defaultHelpCenter()
		slices.SortStableFunc(found, func(a, b *helpCenter) int {
			return cmp.Compare(btoi(b == home), btoi(a == home))
		})
	}
	return found
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func multilingual(hcs []*helpCenter) bool {
	return slices.ContainsFunc(hcs, func(h *helpCenter) bool { return h.Multilingual })
}

func localesOf(hcs []*helpCenter) []string {
	var all []string
	for _, h := range hcs {
		all = append(all, h.Locales...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// sorted lists the rows of a table by id.
func sorted[T any](t table[T]) []*T {
	rows := make([]*T, 0, len(t))
	for _, key := range slices.Sorted(maps.Keys(t)) {
		rows = append(rows, t[key])
	}
	return rows
}

// newestFirst orders as the API's lists do: by the root updated_at, then by id,
// both descending (intercom-api.md section 4).
func newestFirst[T any](t table[T], updated func(*T) int64, id func(*T) int64) []*T {
	rows := sorted(t)
	slices.SortFunc(rows, func(a, b *T) int {
		return cmp.Or(cmp.Compare(updated(b), updated(a)), cmp.Compare(id(b), id(a)))
	})
	return rows
}

func (st *state) listArticles() []*article {
	return newestFirst(st.Articles, func(a *article) int64 { return a.root().Updated }, func(a *article) int64 { return a.ID })
}

func (st *state) listCollections() []*collection {
	return newestFirst(st.Collections, func(c *collection) int64 { return c.Updated }, func(c *collection) int64 { return c.ID })
}
