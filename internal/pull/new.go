package pull

import (
	"path"
	"slices"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/model"
)

func has(o *model.Object, l model.Locale) bool {
	_, ok := model.In(o.Contents, l)
	return ok
}

// newMain writes the main file of an object that was made while another locale
// was the default one, and has no text in this: a translation needs a file that
// it is a translation of. It says whose it is, and leaves the rest to Intercom.
func (c *computation) newMain(o *model.Object, l model.Locale) {
	f := c.begun(o, l, content.Edit{Path: c.file(o, l), New: true})
	if len(c.folders(o)) > 1 && !c.Secondary {
		f.Set = append(f.Set, c.alsoIn(o))
	}
	c.result.Files = append(c.result.Files, f)
}

// begun is a file of an object that had none: it says whose it is, in the
// workspace that the ids in the files belong to.
func (c *computation) begun(o *model.Object, l model.Locale, e content.Edit) File {
	f := File{Edit: e, Marked: !c.Secondary, Why: "new", About: c.about(o), Locale: l}
	if !c.Secondary {
		f.Set = append(f.Set, content.Pair{Key: "id", Value: o.ID})
		if l.Is(c.unmarked(o)) && !c.evident(o, l) {
			f.Set = append(f.Set, content.Pair{Key: "locale", Value: string(l)})
		}
	}
	return f
}

// evident says that the folder of an article tells the locale of a main file,
// which is else written into it; see package content.
func (c *computation) evident(o *model.Object, main model.Locale) bool {
	if o.Kind != model.Article || path.Dir(c.places.Paths[o.Key()]) != content.Unlisted || len(c.st.Input.Remote.HelpCenters) == 0 {
		return true
	}
	home := slices.MinFunc(c.st.Input.Remote.HelpCenters, func(a, b model.HelpCenter) int { return a.Compare(&b) })
	return main.Is(c.unmarkedOf(home.ID, home.Default))
}
