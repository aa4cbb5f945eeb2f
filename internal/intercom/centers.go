package intercom

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"github.com/hcsync/hcsync/internal/model"
)

// fallbackLocale is the default locale of a help center of which nothing is
// known.
const fallbackLocale model.Locale = "en"

// tree is how collections lie in each other.
type tree struct {
	parent, named map[string]string
}

func newTree(collections []object) tree {
	t := tree{map[string]string{}, map[string]string{}}
	for _, o := range collections {
		t.parent[string(o.ID)] = string(o.Parent)
		t.named[string(o.ID)] = string(o.HelpCenter)
	}
	return t
}

// path gives the collection and all above it. A circle, which no server should
// give, ends where it closes.
func (t tree) path(id string) []string {
	var path []string
	for _, known := t.parent[id]; known && !slices.Contains(path, id); _, known = t.parent[id] {
		path = append(path, id)
		id = t.parent[id]
	}
	return path
}

func (t tree) depth(id string) int { return len(t.path(id)) - 1 }

// center gives the help center of a collection: the one its root names, for a
// collection below may name none (intercom-api.md section 2.12).
func (t tree) center(id, fallback string) string {
	for _, above := range slices.Backward(t.path(id)) {
		if named := t.named[above]; named != "" {
			return named
		}
	}
	return fallback
}

// evidence is what the objects of a help center tell about it.
type evidence struct {
	helpCenter
	objects      int
	multilingual bool
	// enumerated says that locales without content were named too, so that the
	// locales seen are all there are.
	enumerated bool
	locales    map[model.Locale]bool
	// defaults and addressed count the default locales that objects name, and
	// the locales in the addresses of articles.
	defaults, addressed map[model.Locale]int
}

func newEvidence(h helpCenter) *evidence {
	return &evidence{
		helpCenter: h, locales: map[model.Locale]bool{},
		defaults: map[model.Locale]int{}, addressed: map[model.Locale]int{},
	}
}

// centers are all help centers, by id.
type centers struct {
	all []*evidence
	// fallback is where a collection lies that names no help center: in the one
	// that is marked as the default, else in the oldest.
	fallback string
}

// newCenters makes a help center for each that is listed or named.
func newCenters(t tree, all contents) centers {
	listed := slices.Clone(all.centers)
	for _, named := range slices.Sorted(maps.Values(t.named)) {
		known := slices.ContainsFunc(listed, func(h helpCenter) bool { return h.key() == named })
		if named != "" && !known {
			listed = append(listed, helpCenter{ID: id(named)})
		}
	}
	if len(listed) == 0 && len(all.collections)+len(all.articles) > 0 {
		listed = append(listed, helpCenter{})
	}
	slices.SortStableFunc(listed, func(a, b helpCenter) int { return model.CompareID(a.key(), b.key()) })
	var c centers
	for _, h := range listed {
		c.all = append(c.all, newEvidence(h))
		if c.fallback == "" || bool(h.Default) {
			c.fallback = h.key()
		}
	}
	return c
}

// learn takes what an object tells about its help center. What is in none tells
// about the only one there is.
func (c centers) learn(id string, o object) {
	for _, e := range c.all {
		if e.key() == id || (id == "" && len(c.all) == 1) {
			e.learn(o)
		}
	}
}

// addressLocale is where the address of an article names its locale
// (intercom-api.md section 2.1).
var addressLocale = regexp.MustCompile(`/([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/articles/`)

func (e *evidence) learn(o object) {
	e.objects++
	if l := model.Locale(o.Default); localeShape.MatchString(string(l)) {
		e.multilingual = true
		e.defaults[l]++
		e.locales[l] = true
	}
	for _, t := range o.Translated.list {
		e.multilingual = true
		e.locales[t.locale] = true
		e.enumerated = e.enumerated || !t.started()
	}
	if m := addressLocale.FindStringSubmatch(string(o.URL)); m != nil {
		e.addressed[model.Locale(m[1])]++
	}
}

func (e *evidence) model(only bool) model.HelpCenter {
	h := model.HelpCenter{
		ID: e.key(), Identifier: string(e.Identifier), Name: string(e.Name), URL: string(e.URL),
		IsDefault: bool(e.Default) || only,
	}
	stated := e.stated()
	h.Default = e.defaultLocale(stated)
	h.Multilingual = e.multilingual
	if e.objects == 0 {
		h.Multilingual = len(stated) != 1
	}
	switch {
	case stated != nil:
		h.Locales = stated
	case !h.Multilingual:
		h.Locales = []model.Locale{h.Default}
	case e.enumerated:
		h.Locales = slices.Sorted(maps.Keys(e.locales))
	default:
		return h // some of the locales would forbid the others
	}
	if own, ok := h.Has(h.Default); ok {
		h.Default = own
	} else {
		h.Locales = append(h.Locales, h.Default)
	}
	return h
}

// stated gives the locales that the API states (2.16), nil where it does not.
func (e *evidence) stated() []model.Locale {
	var out []model.Locale
	for _, l := range e.Locales {
		if localeShape.MatchString(string(l)) && !slices.Contains(out, model.Locale(l)) {
			out = append(out, model.Locale(l))
		}
	}
	return out
}

// defaultLocale believes, in this order, the objects, a list of one, and the
// addresses of articles.
func (e *evidence) defaultLocale(stated []model.Locale) model.Locale {
	switch {
	case len(e.defaults) > 0:
		return mostOften(e.defaults)
	case len(stated) == 1:
		return stated[0]
	case len(e.addressed) > 0:
		return mostOften(e.addressed)
	case len(stated) > 0 && !slices.Contains(stated, fallbackLocale):
		return stated[0]
	}
	return fallbackLocale
}

func mostOften(counts map[model.Locale]int) model.Locale {
	return slices.MaxFunc(slices.Sorted(maps.Keys(counts)), func(a, b model.Locale) int {
		return cmp.Compare(counts[a], counts[b])
	})
}
