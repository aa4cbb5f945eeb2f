package push

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

var article20 = model.Key{Kind: model.Article, ID: "20"}

// entry makes what the state has of article 20: one title, agreed and seen.
func entry() *model.BaseObject {
	b := article20.Next(nil)
	b.Path, b.Pushed = "acme/start/a.md", "m1"
	b.LocalParents, b.RemoteParents = []string{"10"}, []string{"10"}
	b.Contents["en"] = model.BaseContent{Seen: "m1", Fields: map[model.Field]model.Agreed{model.Title: {Managed: true, Local: "Old", Remote: "Old"}}}
	return b
}

// edited gives the entry with changes.
func edited(change func(*model.BaseObject)) *model.BaseObject {
	b := entry()
	change(b)
	return b
}

func title(b *model.BaseObject, local, remote string) {
	b.Contents["en"].Fields[model.Title] = model.Agreed{Managed: true, Local: local, Remote: remote}
}

// here gives the file of article 20.
func here() *model.Object {
	o := object("20", said("title", "New"))
	o.Path, o.Parents, o.ParentsComplete = "acme/start/a.md", []model.Ref{{ID: "10", Path: "acme/start"}}, false
	return o
}

func TestRecord(t *testing.T) {
	taken := func(v model.Agreed) map[model.Locale]map[model.Field]model.Agreed {
		return map[model.Locale]map[model.Field]model.Agreed{"en": {model.Title: v}}
	}
	pushed := func(p *diff.Pair, live *model.Object) Outcome {
		return Outcome{Change: &diff.Change{Local: p.Local}, Status: Done, Live: live, ParentTaken: true, Taken: taken(model.Agreed{Managed: true, Local: "New", Remote: "New"})}
	}
	there := object("20", said("title", "Old", "state", "draft"), "10")
	answer := object("20", said("title", "New", "state", "draft"), "10")
	tests := []struct {
		name     string
		plan     func(*diff.Plan)
		outcome  func(*diff.Pair) Outcome // nil: nothing was sent
		unknown  bool                     // neither in the state nor known to this checkout
		want     *model.BaseObject        // nil: no entry
		notThere bool                     // the workspace does not have it before
	}{
		{name: "nothing happened"},
		{name: "sent and taken",
			outcome: func(p *diff.Pair) Outcome { return pushed(p, answer) },
			want:    edited(func(b *model.BaseObject) { title(b, "New", "New"); b.Pushed = "m2" })},
		{name: "failed", outcome: func(p *diff.Pair) Outcome {
			return Outcome{Change: &diff.Change{Local: p.Local}, Status: Failed}
		}},
		{name: "stopped", outcome: func(p *diff.Pair) Outcome {
			return Outcome{Change: &diff.Change{Local: p.Local}, Status: Stopped, Live: there}
		}},
		{name: "sent and kept",
			outcome: func(p *diff.Pair) Outcome {
				o := pushed(p, there)
				o.Status, o.Taken = Partly, map[model.Locale]map[model.Field]model.Agreed{"en": {}}
				return o
			},
			want: edited(func(b *model.BaseObject) { b.Pushed = "m2" })},
		{name: "agreed without a call",
			plan: func(p *diff.Plan) {
				p.Agreed = []diff.Agreement{{Key: article20, Locale: "en", Field: model.Title, Value: model.Agreed{Managed: true, Local: "New", Remote: "New"}}}
			},
			want: edited(func(b *model.BaseObject) { title(b, "New", "New") })},
		{name: "the file was renamed",
			plan: func(p *diff.Plan) { p.Pairs[0].Local.Path = "acme/start/b.md" },
			want: edited(func(b *model.BaseObject) { b.Path = "acme/start/b.md" })},
		{name: "renamed, but this checkout is behind",
			plan: func(p *diff.Plan) {
				p.Pairs[0].Local.Path = "acme/start/b.md"
				p.Behind = []diff.Drift{{About: diff.About{Kind: model.Article, ID: "20"}}}
			}},
		{name: "gone from the files", plan: func(p *diff.Plan) { p.Pairs[0].Local = nil }},
		{name: "moved on both sides to the same place",
			plan: func(p *diff.Plan) {
				p.Pairs[0].Local.Parents = []model.Ref{{ID: "11"}}
				p.Pairs[0].Remote = object("20", said("title", "Old"), "11")
			},
			want: edited(func(b *model.BaseObject) { b.LocalParents, b.RemoteParents = []string{"11"}, []string{"11"} })},
		{name: "one more parent in Intercom, which the file is silent about",
			plan: func(p *diff.Plan) { p.Pairs[0].Remote = object("20", said("title", "Old"), "10", "12") },
			want: edited(func(b *model.BaseObject) { b.RemoteParents = []string{"10", "12"} })},
		{name: "one more parent in Intercom, and the file lists them all",
			plan: func(p *diff.Plan) {
				p.Pairs[0].Local.ParentsComplete = true
				p.Pairs[0].Remote = object("20", said("title", "Old"), "10", "12")
			}},
		{name: "moved here, not in Intercom", plan: func(p *diff.Plan) { p.Pairs[0].Local.Parents = []model.Ref{{ID: "11"}} }},
		{name: "into a folder that is no collection yet", plan: func(p *diff.Plan) { p.Pairs[0].Local.Parents = []model.Ref{{Path: "acme/new"}} }},
		{name: "unknown and never compared", unknown: true},
		{name: "adopted", unknown: true,
			plan: func(p *diff.Plan) {
				p.Agreed = []diff.Agreement{{Key: article20, Locale: "en", Field: model.Title, Value: model.Agreed{Managed: true, Local: "Old", Remote: "Old"}}}
			},
			want: edited(func(b *model.BaseObject) {
				b.Pushed = ""
				b.Contents["en"] = model.BaseContent{Seen: "m2", Fields: map[model.Field]model.Agreed{
					model.Title: {Managed: true, Local: "Old", Remote: "Old"}, model.State: {Remote: "draft"}}}
			})},
		{name: "created", unknown: true, notThere: true,
			outcome: func(p *diff.Pair) Outcome { return pushed(p, answer) },
			want: edited(func(b *model.BaseObject) {
				b.Pushed = "m2"
				b.Contents["en"] = model.BaseContent{Seen: "m2", Fields: map[model.Field]model.Agreed{
					model.Title: {Managed: true, Local: "New", Remote: "New"}, model.State: {Remote: "draft"}}}
			})},
		{name: "a tombstone that returns",
			plan: func(p *diff.Plan) { p.Pairs[0].Base.Removed = true },
			want: edited(func(b *model.BaseObject) {})},
		{name: "sent by a checkout that has not seen a move in Intercom",
			plan: func(p *diff.Plan) {
				p.Pairs[0].Base = edited(func(b *model.BaseObject) { b.LocalParents, b.RemoteParents = []string{"9"}, []string{"9"} })
				p.Pairs[0].Local.Parents = []model.Ref{{ID: "9"}}
			},
			outcome: func(p *diff.Pair) Outcome { return pushed(p, answer) },
			want: edited(func(b *model.BaseObject) {
				title(b, "New", "New")
				b.Pushed, b.LocalParents, b.RemoteParents = "m2", []string{"9"}, []string{"9"}
			})},
		{name: "somebody else's agreement is not this checkout's",
			plan: func(p *diff.Plan) {
				own := edited(func(b *model.BaseObject) {
					b.Contents["en"].Fields[model.State] = model.Agreed{Managed: true, Local: "published", Remote: "published"}
				})
				p.Pairs[0].Base = own
			},
			outcome: func(p *diff.Pair) Outcome { return pushed(p, answer) },
			want: edited(func(b *model.BaseObject) {
				title(b, "New", "New")
				b.Pushed = "m2"
				b.Contents["en"].Fields[model.State] = model.Agreed{Managed: true, Local: "published", Remote: "published"}
			})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := entry()
			tip := map[model.Key]*model.BaseObject{article20: base}
			p := &diff.Plan{Pairs: []diff.Pair{{Local: here(), Remote: there, Base: base}}}
			if tt.unknown {
				p.Pairs[0].Base, tip = nil, map[model.Key]*model.BaseObject{}
			}
			if tt.notThere {
				p.Pairs[0].Remote, p.Pairs[0].Local.ID = nil, ""
			}
			if tt.plan != nil {
				tt.plan(p)
			}
			before := maps.Clone(base.Contents["en"].Fields)
			var outcomes []Outcome
			if tt.outcome != nil {
				outcomes = append(outcomes, tt.outcome(&p.Pairs[0]))
			}
			var want []*model.BaseObject
			if tt.want != nil {
				want = append(want, tt.want)
			}
			if d := cmp.Diff(want, Record(p, outcomes, tip, "m2")); d != "" {
				t.Errorf("entries (-want +got):\n%s", d)
			}
			if d := cmp.Diff(before, base.Contents["en"].Fields); d != "" {
				t.Errorf("the old entry was changed:\n%s", d)
			}
		})
	}
}

// What is made in one run stands in the collection that the same run made.
func TestRecordNewFolder(t *testing.T) {
	folder := &model.Object{Kind: model.Collection, Path: "acme/new", Default: "en", ParentsComplete: true, Contents: map[model.Locale]model.Content{"en": said("title", "New")}}
	file := object("", said("title", "A"))
	file.Path, file.Parents = "acme/new/a.md", []model.Ref{{Path: "acme/new"}}
	made := func(o *model.Object, id string, parents ...string) Outcome {
		live := object(id, o.Contents["en"], parents...)
		live.Kind = o.Kind
		return Outcome{Change: &diff.Change{Op: diff.Create, Local: o, Parent: &diff.ParentChange{}}, Status: Done, Live: live, ParentTaken: true, Taken: map[model.Locale]map[model.Field]model.Agreed{"en": {}}}
	}
	p := &diff.Plan{Pairs: []diff.Pair{{Local: folder}, {Local: file}}}
	got := Record(p, []Outcome{made(folder, "30"), made(file, "31", "30")}, nil, "m2")
	if len(got) != 2 || len(got[1].LocalParents) != 1 || got[1].LocalParents[0] != "30" || got[1].RemoteParents[0] != "30" {
		t.Errorf("entries %+v", got)
	}
}
