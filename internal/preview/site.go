package preview

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/model"
)

// site is one state of the files, ready to be shown. It never changes.
type site struct {
	version  int
	content  string             // the content folder, as files are named
	centers  []*folder          // help centers, then _unlisted if it has articles
	single   bool               // there is one help center, so nobody needs to be told which
	folders  map[string]*folder // by path
	articles map[string]*model.Object
	objects  []model.Object
	links    *gather.Links
	findings findings
	locales  []model.Locale // of all help centers
	standard model.Locale   // where a visit begins
}

// folder is a help center, a collection, or the articles of no collection.
type folder struct {
	path     string
	name     string
	parent   *folder // nil at the top
	object   *model.Object
	center   model.HelpCenter
	folders  []*folder
	articles []*model.Object
	count    int // of the articles in it and below, each once
}

// unlisted is the folder of articles in no collection (package content).
const unlisted = "_unlisted"

// newSite sorts the objects into their folders. The links of the last site are
// taken over where no file has come, gone, or changed its place.
func newSite(last *site, files model.Snapshot, o Options) *site {
	s := &site{content: o.Content, folders: map[string]*folder{}, articles: map[string]*model.Object{}, objects: files.Objects}
	if last != nil {
		s.version = last.version + 1
		keepReadable(last, s.objects)
	}
	for _, hc := range files.HelpCenters {
		f := s.top(hc.Path, hc)
		f.name = hc.Name
	}
	for i := range s.objects {
		if s.objects[i].Kind == model.Collection {
			s.folder(s.objects[i].Path).object = &s.objects[i]
		}
	}
	for i := range s.objects {
		if s.objects[i].Kind == model.Article {
			s.list(&s.objects[i])
		}
	}
	s.single = len(files.HelpCenters) == 1
	s.tongues(files.HelpCenters)
	if last != nil && last.samePlaces(s) {
		s.links = last.links
	} else {
		s.links = gather.NewLinks(o.Content, o.ImageBase, files, model.Snapshot{HelpCenters: files.HelpCenters}, nil)
	}
	return s
}

// keepReadable gives a file that cannot be read the text that it had.
func keepReadable(last *site, objects []model.Object) {
	for i := range objects {
		o := &objects[i]
		for locale, c := range o.Contents {
			if len(c.Fields) > 0 {
				continue
			}
			if was, ok := last.said(o, c.File); ok {
				was.Lines = nil // the file's lines are others now
				o.Contents = maps.Clone(o.Contents)
				o.Contents[locale] = was
			}
		}
	}
}

// said finds what a file said in this site.
func (s *site) said(of *model.Object, file string) (model.Content, bool) {
	o := s.articles[stem(of.Path)]
	if of.Kind == model.Collection && s.folders[of.Path] != nil {
		o = s.folders[of.Path].object
	}
	if o == nil {
		return model.Content{}, false
	}
	for _, c := range o.Contents {
		if c.File == file {
			return c, len(c.Fields) > 0
		}
	}
	return model.Content{}, false
}

// stem is an article's path without its .md.
func stem(p string) string { return strings.TrimSuffix(p, path.Ext(p)) }

func (s *site) top(p string, hc model.HelpCenter) *folder {
	f := &folder{path: p, name: path.Base(p), center: hc}
	s.folders[p] = f
	s.centers = append(s.centers, f)
	return f
}

// folder gives a folder with those above it. One that no help center holds
// stands at the top, so that nothing is hidden by a mistake in the tree.
func (s *site) folder(p string) *folder {
	if f := s.folders[p]; f != nil {
		return f
	}
	up := path.Dir(p)
	if up == "." {
		return s.top(p, model.HelpCenter{})
	}
	parent := s.folder(up)
	f := &folder{path: p, name: path.Base(p), parent: parent, center: parent.center}
	s.folders[p] = f
	parent.folders = append(parent.folders, f)
	return f
}

// list puts an article into its folder and those of also_in.
func (s *site) list(o *model.Object) {
	s.articles[stem(o.Path)] = o
	homes := []string{path.Dir(o.Path)}
	for _, ref := range o.Parents {
		if ref.Path != "" && !slices.Contains(homes, ref.Path) {
			homes = append(homes, ref.Path)
		}
	}
	counted := map[*folder]bool{}
	for _, h := range homes {
		f := s.folder(h)
		f.articles = append(f.articles, o)
		for up := f; up != nil && !counted[up]; up = up.parent {
			up.count++
			counted[up] = true
		}
	}
}

// tongues collects the locales: of help centers, or of the texts where none says.
func (s *site) tongues(centers []model.HelpCenter) {
	seen := map[model.Locale]bool{}
	add := func(l model.Locale) {
		if l != "" && !seen[l.Fold()] {
			seen[l.Fold()] = true
			s.locales = append(s.locales, l)
		}
	}
	for _, hc := range centers {
		add(hc.Default)
		for _, l := range hc.Locales {
			add(l)
		}
		if s.standard == "" || hc.IsDefault {
			s.standard = hc.Default
		}
	}
	if len(s.locales) < 2 {
		for i := range s.objects {
			for _, l := range s.objects[i].Locales() {
				add(l)
			}
		}
	}
	if s.standard == "" {
		s.standard = "en"
		add("en")
	}
}

// samePlaces says that both sites have the same files at the same places.
func (s *site) samePlaces(other *site) bool {
	return slices.EqualFunc(s.objects, other.objects, func(a, b model.Object) bool {
		return a.Kind == b.Kind && a.ID == b.ID && a.Path == b.Path && a.Default == b.Default &&
			maps.EqualFunc(a.Contents, b.Contents, func(a, b model.Content) bool { return a.File == b.File })
	})
}

// spelled gives a locale of an address as the site spells it.
func (s *site) spelled(code string) (model.Locale, bool) {
	for _, l := range s.locales {
		if l.Is(model.Locale(code)) {
			return l, true
		}
	}
	return "", false
}

// tongue is what an object is called in a locale, and whose words these are.
type tongue struct {
	Title, Description string
	// Lang is the locale of the words, Missing says that it is not the one that
	// was asked for.
	Lang    model.Locale
	Missing bool
}

// nearest gives an object's text in a locale, in the default one where there is
// none, or in the first that it has, and the locale that it is.
func nearest(o *model.Object, l model.Locale) (model.Content, model.Locale) {
	for _, lang := range []model.Locale{l, o.Default} {
		if c, ok := model.In(o.Contents, lang); ok {
			return c, lang
		}
	}
	first := o.Locales()[0]
	return o.Contents[first], first
}

// in gives the words for an object in a locale, or those nearest to it.
func in(o *model.Object, l model.Locale) tongue {
	c, lang := nearest(o, l)
	t := tongue{c.Fields[model.Title], c.Fields[model.Description], lang, !lang.Is(l)}
	if t.Title == "" {
		t.Title = o.Title()
	}
	if t.Title == "" {
		t.Title = path.Base(stem(o.Path))
	}
	return t
}

// in gives the words for a folder.
func (f *folder) in(l model.Locale) tongue {
	switch {
	case f.object != nil:
		return in(f.object, l)
	case f.path == unlisted:
		return tongue{Title: "In no collection", Description: "Readers find these articles by search or link only.", Lang: "en"}
	case f.name == "":
		return tongue{Title: path.Base(f.path), Lang: l}
	}
	return tongue{Title: f.name, Lang: l}
}
