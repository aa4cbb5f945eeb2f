package gather

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// local gives the files as the target sees them. In a second workspace the ids,
// authors and markers of the first mean nothing, and its help centers have ids
// of their own.
func (s Sources) local(admins []model.Admin, live []model.HelpCenter) (model.Snapshot, error) {
	if !s.Secondary {
		return s.Files, nil
	}
	out := model.Snapshot{HelpCenters: slices.Clone(s.Files.HelpCenters)}
	if s.Client == nil { // its help centers are not known: the files' stand for them
		out.Objects = s.abroad(nil, nil)
		return out, nil
	}
	ids := map[string]string{}
	for i := range out.HelpCenters {
		hc := &out.HelpCenters[i]
		id, err := s.counterpart(hc, live)
		if err != nil {
			return out, err
		}
		ids[hc.ID] = id
		hc.ID = id
	}
	out.Objects = s.abroad(ids, admins)
	return out, nil
}

// abroad gives the objects of the files as a second workspace sees them: its
// help centers have other ids, and authors are its own teammates.
func (s Sources) abroad(centers map[string]string, admins []model.Admin) []model.Object {
	var out []model.Object
	for _, o := range Abroad(s.Files.Objects) {
		out = append(out, foreign(o, centers, admins))
	}
	return out
}

// counterpart finds the help center that takes the place of one of the files:
// the one that the configuration names, else the one with the same identifier,
// else the only one.
func (s Sources) counterpart(hc *model.HelpCenter, live []model.HelpCenter) (string, error) {
	want, mapped := s.HelpCenters[hc.Path]
	if !mapped {
		want = hc.Identifier
	}
	for _, l := range live {
		if l.Identifier == want && want != "" {
			return l.ID, nil
		}
	}
	if len(live) == 1 && len(s.Files.HelpCenters) == 1 && !mapped {
		return live[0].ID, nil
	}
	have := make([]string, len(live))
	for i, l := range live {
		have[i] = l.Identifier
	}
	return "", fmt.Errorf("target %s: no help center %q for the folder %s\nname one of %s in hcsync.yaml: targets.%s.help_centers", s.Target, want, hc.Path, strings.Join(have, ", "), s.Target)
}

// Abroad gives the files as a second workspace sees them: its objects have ids
// of their own.
func Abroad(files []model.Object) []model.Object {
	out := slices.Clone(files)
	for i := range out {
		out[i].ID, out[i].Primary = "", files[i].ID
	}
	return out
}

// foreign is an object without what only the first workspace understands. An
// author who is a teammate of both stays.
func foreign(o model.Object, centers map[string]string, admins []model.Admin) model.Object {
	if id, ok := centers[o.HelpCenter]; ok {
		o.HelpCenter = id
	}
	parents := make([]model.Ref, len(o.Parents))
	for i, p := range o.Parents {
		parents[i] = model.Ref{Path: p.Path}
	}
	contents := make(map[model.Locale]model.Content, len(o.Contents))
	for l, c := range o.Contents {
		c.Synced = ""
		author := c.Fields[model.Author]
		if !slices.ContainsFunc(admins, func(a model.Admin) bool { return strings.EqualFold(a.Email, author) }) {
			c.Fields = maps.Clone(c.Fields)
			delete(c.Fields, model.Author)
		}
		contents[l] = c
	}
	o.Parents, o.Contents = parents, contents
	return o
}
