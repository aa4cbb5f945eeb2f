package diff

import (
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// Partial leaves out the objects that are in conflict, and what depends on
// them: whatever is to go into a collection that will not be there.
func Partial(p *Plan) *Plan {
	out := *p
	torn := map[About]bool{}
	folders := map[string]bool{}
	for _, c := range p.Conflicts {
		torn[c.About] = true
		if c.Kind == model.Collection && c.ID == "" {
			folders[c.Path] = true
		}
	}
	out.Changes = slices.DeleteFunc(slices.Clone(p.Changes), func(c Change) bool {
		return torn[c.About] || c.waitsFor(folders)
	})
	return &out
}

// waitsFor says that a change needs a collection that is not created.
func (c *Change) waitsFor(folders map[string]bool) bool {
	if c.Parent == nil {
		return false
	}
	for _, r := range c.Parent.To {
		for f := range folders {
			if r.ID == "" && (r.Path == f || strings.HasPrefix(r.Path, f+"/")) {
				return true
			}
		}
	}
	return false
}
