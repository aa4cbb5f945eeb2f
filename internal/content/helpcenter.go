package content

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// helpCenter reads the mirror of a help center; ok is false for a folder that
// is none.
func (r *reader) helpCenter(f *folder) (hc model.HelpCenter, ok bool) {
	p, ok := f.has(HelpCenterFile)
	if !ok {
		r.strayFolder(f)
		return hc, false
	}
	hc.Path, hc.Default = f.path, "en"
	src := r.files[p]
	if !r.usable(src) || !src.doc.Has() {
		if src.doc != nil {
			r.problem(p, 0, "has no front matter: run `hcsync pull`, which writes it")
		}
		hc.ID = src.id
		return hc, true
	}
	r.typos(src, "id", "name", "url", "identifier", "locales", "default_locale", "default")
	if text, _, _ := src.doc.Get("id"); text == "" {
		r.problem(p, 0, "has no id of a help center: run `hcsync pull`, which writes this file")
	}
	var line int
	hc.ID, line = r.id(src)
	if other, twice := r.centers[hc.ID]; twice && hc.ID != "" {
		r.problem(p, line, "has the id %s, like %s: a help center has one folder", hc.ID, r.t.File(other))
	}
	r.centers[hc.ID] = p
	hc.Name, _, _ = r.text(src, "name")
	hc.URL, _, _ = r.text(src, "url")
	hc.Identifier, _, _ = r.text(src, "identifier")
	isDefault, _, _ := r.text(src, "default")
	hc.IsDefault = isDefault == "true"
	r.locales(src, &hc)
	return hc, true
}

// strayFolder tells about a folder at the top that is no help center. It is
// one that lost its mirror, or one that was made by hand.
func (r *reader) strayFolder(f *folder) {
	if slices.ContainsFunc(f.all(), r.isArticle) {
		r.problem(f.path, 0, "has no %s: run `hcsync pull`, which writes one for each help center, then move the files into its folder", HelpCenterFile)
	}
}

func (r *reader) locales(src *file, hc *model.HelpCenter) {
	list, lines, _, err := src.doc.List("locales")
	if bad, ok := err.(*frontmatter.Error); ok {
		r.problem(src.path, bad.Line, "%s", bad.Message)
	}
	for i, l := range list {
		l, ok := spelling(l)
		switch _, twice := hc.Has(l); {
		case !ok:
			r.problem(src.path, lines[i], "locales has %q, which is no locale code such as fr or pt-BR", l)
		case hc.Locales == nil || !twice:
			hc.Locales = append(hc.Locales, l)
		}
	}
	hc.Multilingual = len(hc.Locales) != 1
	text, line, _ := r.text(src, "default_locale")
	l, ok := spelling(text)
	if ok {
		l, ok = hc.Has(l)
	}
	switch {
	case text == "":
		r.problem(src.path, line, "has no default_locale: run `hcsync pull`, which writes it")
	case !ok:
		r.problem(src.path, line, "default_locale %q is not one of the locales %s", text, listed(hc.Locales))
	default:
		hc.Default = l
		return
	}
	if len(hc.Locales) > 0 {
		hc.Default = hc.Locales[0]
	}
}

var localeCode = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z]{2,4})?$`)

// spelling gives a locale's code as Intercom spells it: all its codes are a
// language in small letters, some with a region in capitals (intercom-api.md
// section 5.3).
func spelling(code string) (model.Locale, bool) {
	language, region, ok := strings.Cut(code, "-")
	if ok && len(region) == 2 {
		return model.Locale(strings.ToLower(language) + "-" + strings.ToUpper(region)), localeCode.MatchString(code)
	}
	return model.Locale(strings.ToLower(language) + strings.TrimPrefix(code, language)), localeCode.MatchString(code)
}

func listed(locales []model.Locale) string {
	texts := make([]string, len(locales))
	for i, l := range locales {
		texts[i] = string(l)
	}
	return strings.Join(texts, ", ")
}

// helpCenterFolder reads what is in a help center's folder.
func (r *reader) helpCenterFolder(f *folder, hc model.HelpCenter) {
	if p, ok := f.has(CollectionFile); ok {
		r.problem(p, 0, "makes a collection of a help center's folder: move it into a folder of its own")
	}
	for _, p := range r.articles(f) {
		r.problem(p, 0, "stands in no collection: move it into the folder of one, or into %s", path.Join(Unlisted, path.Base(p)))
	}
	r.emptied = f.emptied()
	for _, sub := range f.folders {
		r.collection(sub, hc, model.Ref{}, 1)
	}
}
