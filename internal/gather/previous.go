package gather

import (
	"context"

	"github.com/hcsync/hcsync/internal/history"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// previous gives the live values that pushes replaced, of the objects that are
// not as the state last saw them: only there does the planner need them.
func (s Sources) previous(ctx context.Context, st *States, remote model.Snapshot) (map[model.Key]map[model.Locale]map[model.Field]string, error) {
	var keys []model.Key
	for i := range remote.Objects {
		if o := &remote.Objects[i]; st.Tip[o.Key()] != nil && drifted(o, st.Tip[o.Key()]) {
			keys = append(keys, o.Key())
		}
	}
	versions, err := history.Load(ctx, s.Store, st.History, keys, func(c state.Commit) bool { return c.Action == state.Push })
	if err != nil {
		return nil, err
	}
	out := make(map[model.Key]map[model.Locale]map[model.Field]string, len(versions))
	for key, v := range versions {
		out[key] = history.BeforePush(v)
	}
	return out, nil
}

// drifted says that a live text is not, letter for letter, what was agreed.
func drifted(live *model.Object, tip *model.BaseObject) bool {
	for l, agreed := range tip.Contents {
		content, _ := model.In(live.Contents, l)
		for f, a := range agreed.Fields {
			if content.Fields[f] != a.Remote {
				return true
			}
		}
	}
	return false
}
