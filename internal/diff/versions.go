package diff

import (
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// What older versions of the API cannot do is told in the plan. A move or a new
// collection that they have no words for is refused; a text is left out.

const (
	tooDeep = "this API version nests collections one level deep only"
	newer   = "set api_version to 2.10 or newer in hcsync.yaml"
)

// tooDeep says that a collection lies in one that is a section itself.
func (c *computation) tooDeep(o *model.Object) bool {
	return c.Sections && o.Kind == model.Collection && strings.Count(o.Path, "/") > 2
}

// unsaid says that the API version has no such field of an object.
func (c *computation) unsaid(o *model.Object, f model.Field) bool {
	return c.Sections && o.Kind == model.Collection && len(o.Parents) > 0 && f == model.Description
}

func (c *computation) undescribed(file, text string) {
	if text != "" {
		c.note(file + ": this API version knows no description of a collection in another one; it is not sent (" + newer + ")")
	}
}

// hiddenDrafts warns once where text of a published article is to be changed
// that may have a pending draft.
func (c *computation) hiddenDrafts() {
	if !c.HidesDrafts {
		return
	}
	for _, ch := range c.plan.Changes {
		for _, lc := range ch.Contents {
			live, _ := model.In(liveContents(ch), lc.Locale)
			if ch.Kind == model.Article && live.Fields[model.State] == model.Published && len(lc.Fields) > 0 {
				c.note("this API version does not show what teammates have not published yet: where such a draft is waiting, a change goes into it instead of live, and push says so")
				return
			}
		}
	}
}

func liveContents(ch Change) map[model.Locale]model.Content {
	if ch.Live == nil {
		return nil
	}
	return ch.Live.Contents
}
