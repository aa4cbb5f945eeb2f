package history

import (
	"context"
	"slices"

	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// Load gives the versions of objects, oldest first, with one git process. With
// wanted set it gives only those commits, each after the version before it.
func Load(ctx context.Context, store *state.Store, h *state.History, keys []model.Key, wanted func(state.Commit) bool) (map[model.Key][]Version, error) {
	var wants []state.Want
	var seqs []int
	for _, key := range keys {
		for _, seq := range choose(h, h.Touched(key), wanted) {
			wants, seqs = append(wants, h.Want(key, seq)), append(seqs, seq)
		}
	}
	objects, err := store.LoadEach(ctx, h, wants)
	if err != nil {
		return nil, err
	}
	out := make(map[model.Key][]Version, len(keys))
	for i, w := range wants {
		out[w.Key] = append(out[w.Key], Version{Commit: h.Commit(seqs[i]), Name: h.Short(seqs[i]), Object: objects[i]})
	}
	return out, nil
}

func choose(h *state.History, touched []int, wanted func(state.Commit) bool) []int {
	if wanted == nil {
		return touched
	}
	var out []int
	for i, seq := range touched {
		if !wanted(h.Commit(seq)) {
			continue
		}
		if i > 0 {
			out = append(out, touched[i-1])
		}
		out = append(out, seq)
	}
	return slices.Compact(out)
}
