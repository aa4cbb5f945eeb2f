package gather

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// recall reads the state only, and lets its tip stand in for the workspace: what
// both sides last agreed on. Help centers are those that the files mirror.
// Teammates, addresses of articles and pending drafts are in neither, so they are
// not known.
func (s Sources) recall(ctx context.Context) (*Live, error) {
	live := &Live{Workspace: model.Workspace{ID: s.Workspace}}
	if err := s.Store.Fetch(ctx); s.unreached(err) {
		live.Unreached = err
	} else if err != nil {
		return nil, err
	}
	var err error
	if live.History, err = s.Store.History(ctx); live.History == nil || err != nil && !s.unreached(err) {
		return nil, err
	}
	tip, err := s.Store.Newest(ctx, live.History, s.known(s.Files))
	live.Remote = recalled(tip, s.Files.HelpCenters)
	return live, err
}

// unreached says of a failure to fetch the state that a reading without Intercom
// can go on with what this clone has.
func (s Sources) unreached(err error) bool {
	return s.Client == nil && (errors.Is(err, state.ErrOffline) || errors.Is(err, state.ErrMissing))
}

// recalled gives the newest entries of the state as a workspace that has not
// changed since.
func recalled(tip map[model.Key]*model.BaseObject, centers []model.HelpCenter) model.Snapshot {
	out := model.Snapshot{HelpCenters: centers}
	for _, key := range slices.SortedFunc(maps.Keys(tip), model.Key.Compare) {
		out.Objects = append(out.Objects, live(tip[key], centers))
	}
	return out
}

// live is an entry's half of the server.
func live(e *model.BaseObject, centers []model.HelpCenter) model.Object {
	center := centerOf(e, centers)
	o := model.Object{Kind: e.Kind, ID: e.ID, HelpCenter: center.ID, ParentsComplete: true, Default: center.Default, Contents: map[model.Locale]model.Content{}}
	if e.Path == "" || strings.HasPrefix(e.Path, "_") {
		o.HelpCenter = ""
	}
	for _, id := range e.RemoteParents {
		o.Parents = append(o.Parents, model.Ref{ID: id})
	}
	for l, c := range e.Contents {
		fields := map[model.Field]string{}
		for f, a := range c.Fields {
			fields[f] = a.Remote
		}
		o.Contents[l] = model.Content{Fields: fields}
	}
	return o
}

// centerOf gives the help center whose folder an entry was in; of one in no
// folder, or in one that has another name now, the default one.
func centerOf(e *model.BaseObject, centers []model.HelpCenter) model.HelpCenter {
	folder, _, _ := strings.Cut(e.Path, "/")
	fallback := model.HelpCenter{}
	for i, hc := range centers {
		if hc.Path == folder {
			return hc
		}
		if i == 0 || hc.IsDefault {
			fallback = hc
		}
	}
	return fallback
}

// remembered are the authors that files and server agreed on: the ids of e-mail
// addresses, as far as they can be known without asking.
func remembered(tip map[model.Key]*model.BaseObject) (authors, names map[string]string) {
	authors, names = map[string]string{}, map[string]string{}
	for _, key := range slices.SortedFunc(maps.Keys(tip), model.Key.Compare) {
		for _, c := range tip[key].Contents {
			a := c.Fields[model.Author]
			if a.Remote == "" {
				continue
			}
			authors[a.Remote] = a.Remote
			if a.Managed && a.Local != "" {
				authors[strings.ToLower(a.Local)] = a.Remote
			}
			if strings.Contains(a.Local, "@") {
				names[a.Remote] = a.Local
			}
		}
	}
	return authors, names
}
