package pull

import (
	"maps"
	"path"
	"slices"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/model"
)

// mirrors writes the read-only files of the help centers, of the workspace that
// the files mirror.
func (c *computation) mirrors() {
	if c.Secondary {
		return
	}
	for _, hc := range c.st.Input.Remote.HelpCenters {
		folder, ok := c.places.HelpCenters[hc.ID]
		if !ok {
			continue
		}
		set := []content.Pair{{Key: "id", Value: hc.ID}}
		for _, kv := range [][2]string{{"name", hc.Name}, {"identifier", hc.Identifier}, {"url", hc.URL}} {
			if kv[1] != "" {
				set = append(set, content.Pair{Key: kv[0], Value: kv[1]})
			}
		}
		locales := hc.Locales
		if locales == nil {
			locales = c.seen(hc)
		}
		set = append(set, content.Pair{Key: "locales", List: strs(locales)}, content.Pair{Key: "default_locale", Value: string(c.unmarkedOf(hc.ID, hc.Default))})
		if hc.IsDefault && len(c.st.Input.Remote.HelpCenters) > 1 {
			set = append(set, content.Pair{Key: "default", Value: "true"})
		}
		c.result.Files = append(c.result.Files, File{Edit: content.Edit{Path: path.Join(folder, "_help-center.md"), Set: set}, Why: "mirror"})
	}
}

// seen lists the locales that a help center's objects use, where the API does
// not tell (before 2.16).
func (c *computation) seen(hc model.HelpCenter) []model.Locale {
	set := map[model.Locale]bool{hc.Default: true}
	for _, o := range c.st.Input.Remote.Objects {
		if o.HelpCenter == hc.ID || o.HelpCenter == "" {
			for l := range o.Contents {
				set[l] = true
			}
		}
	}
	list := slices.Sorted(maps.Keys(set))
	i := slices.Index(list, hc.Default)
	return slices.Insert(slices.Delete(list, i, i+1), 0, hc.Default)
}

func strs(list []model.Locale) []string {
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = string(l)
	}
	return out
}
