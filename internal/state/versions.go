package state

import (
	"context"
	"fmt"

	"github.com/hcsync/hcsync/internal/model"
)

// LoadEach gives one object for each want, in their order, so that several
// versions of one object can be had at once; nil where it did not exist then.
// All texts are read with one git process.
func (s *Store) LoadEach(ctx context.Context, h *History, wants []Want) ([]*model.BaseObject, error) {
	groups := make([][]part, len(wants))
	var all []part
	for i, w := range wants {
		parts, err := h.parts(w)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.ref, err)
		}
		groups[i] = parts
		all = append(all, parts...)
	}
	texts, err := s.texts(ctx, h, all, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.ref, err)
	}
	out := make([]*model.BaseObject, len(wants))
	for i, parts := range groups {
		objects, err := assemble(h, parts, texts)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.ref, err)
		}
		out[i] = objects[wants[i].Key]
	}
	return out, nil
}
