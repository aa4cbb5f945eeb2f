package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
)

// Several versions of one object come at once, in the order asked for, and what
// did not exist then is nil.
func TestLoadEach(t *testing.T) {
	s := open(t, clone(t, newRemote(t)))
	key := model.Key{Kind: model.Article, ID: "7"}
	parent := ""
	for _, title := range []string{"One", "Two", ""} {
		o := &model.BaseObject{Kind: key.Kind, ID: key.ID, Path: "a.md", Contents: map[model.Locale]model.BaseContent{
			"en": {Fields: map[model.Field]model.Agreed{model.Title: {Managed: true, Local: title, Remote: title}, model.Body: {Managed: true, Local: "same", Remote: "<p>same</p>"}}}}}
		c, err := s.Commit(t.Context(), parent, Commit{Action: "pull"}, []Update{{Object: o, Delete: title == ""}})
		if err != nil {
			t.Fatal(err)
		}
		parent = c.Hash
	}
	h, err := s.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	objects, err := s.LoadEach(t.Context(), h, []Want{h.Want(key, 1), h.Want(key, 2), h.Want(key, 0), h.Want(model.Key{Kind: model.Collection, ID: "7"}, 0)})
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, o := range objects {
		if o == nil {
			titles = append(titles, "none")
			continue
		}
		en := o.Contents["en"].Fields
		titles = append(titles, en[model.Title].Local+" "+en[model.Body].Local)
	}
	if diff := cmp.Diff([]string{"Two same", "none", "One same", "none"}, titles); diff != "" {
		t.Error(diff)
	}
}
