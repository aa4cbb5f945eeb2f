package history

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// object is an article with an English title and body, as the file and as the
// server has them.
func object(path, title, md, html string) *model.BaseObject {
	return &model.BaseObject{Kind: model.Article, ID: "1", Path: path, Contents: map[model.Locale]model.BaseContent{
		"en": {Fields: map[model.Field]model.Agreed{
			model.Title:       {Managed: true, Local: title, Remote: title},
			model.Description: {Remote: "not in the file"},
			model.Body:        {Managed: true, Local: md, Remote: html},
		}},
	}}
}

func version(action, name string, o *model.BaseObject) Version {
	return Version{Commit: state.Commit{Action: action}, Name: name, Object: o}
}

func TestEntries(t *testing.T) {
	gone := object("a.md", "Two", "Hi.", "<p>Hi.</p>")
	gone.Removed = true
	noted := object("a.md", "One", "Hi.", "<p>Hi.</p>")
	noted.Pushed = "abc"
	got := Entries([]Version{
		version("pull", "1", object("a.md", "One", "Hi.", "<p>Hi.</p>")),
		version("push", "2", noted),
		version("push", "3", object("a.md", "Two", "Hi.", "<p>Hi.</p>")),
		version("push", "4", gone),
		version("push", "5", object("b.md", "Two", "Hi.", "<p>Hi!</p>")),
		version("push", "6", nil),
	})
	type entry struct {
		Name    string
		Events  []string
		Changes []Change
	}
	var have []entry
	for _, e := range got {
		have = append(have, entry{e.Name, e.Events, e.Changes})
	}
	want := []entry{
		{"6", []string{"removed"}, []Change{
			{"en", model.Title, "Two", ""}, {"en", model.Description, "not in the file", ""}, {"en", model.Body, "Hi.", ""}}},
		{"5", []string{"in the files again", "moved from a.md"}, nil}, // the server wrote the same text differently
		{"4", []string{"removed from the files"}, nil},
		{"3", nil, []Change{{"en", model.Title, "One", "Two"}}},
		{"1", []string{"added"}, []Change{
			{"en", model.Title, "", "One"}, {"en", model.Description, "", "not in the file"}, {"en", model.Body, "", "Hi."}}},
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}

func TestBeforePush(t *testing.T) {
	one := object("a.md", "One", "Hi.", "<p>Hi.</p>")
	two := object("a.md", "Two", "Hi.", "<p>Hi.</p>")
	three := object("a.md", "Two", "Bye.", "<p>Bye.</p>")
	four := object("a.md", "Four", "Bye.", "<p>Bye.</p>")
	tests := []struct {
		name     string
		versions []Version
		want     map[model.Field]string
	}{
		{"a pull replaces nothing of ours", []Version{version("pull", "", one), version("pull", "", two)}, nil},
		{"what the push replaced", []Version{version("pull", "", one), version("push", "", two)}, map[model.Field]string{model.Title: "One"}},
		{"each field has its own last push", []Version{version("pull", "", one), version("push", "", two), version("push", "", three)},
			map[model.Field]string{model.Title: "One", model.Body: "<p>Hi.</p>"}},
		{"the last push of a field counts", []Version{version("pull", "", one), version("push", "", two), version("push", "", four)},
			map[model.Field]string{model.Title: "Two", model.Body: "<p>Hi.</p>"}},
		{"the first push of an object replaced nothing", []Version{version("push", "", one)}, nil},
		{"removed and pushed again", []Version{version("pull", "", one), version("push", "", nil), version("push", "", two)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, BeforePush(tt.versions)["en"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// commits is a history of commits alone, one a day.
type commits []state.Commit

func (c commits) Len() int                    { return len(c) }
func (c commits) Commit(seq int) state.Commit { return c[seq] }
func (c commits) Short(seq int) string        { return c[seq].Hash[:8] }
func (c commits) Find(prefix string) (int, bool) {
	for i, x := range c {
		if len(prefix) <= len(x.Hash) && x.Hash[:len(prefix)] == prefix {
			return i, true
		}
	}
	return 0, false
}

func TestResolve(t *testing.T) {
	zone := time.FixedZone("east", 2*60*60)
	day := func(d, hour int) time.Time { return time.Date(2026, 5, d, hour, 0, 0, 0, time.UTC) }
	h := commits{
		{Hash: "aaaa000000000000", Time: day(1, 12)},
		{Hash: "bbbb000000000000", Time: day(2, 12), Main: "dddd000000000000"},
		{Hash: "cccc000000000000", Time: day(3, 23)}, // on the 4th in the east
		{Hash: "ffff000100000000", Time: day(8, 12), Action: state.Push, Main: "9999"},
		{Hash: "ffff000200000000", Time: day(8, 13), Action: state.Push, Main: "9999"}, // the same push goes on
	}
	tests := []struct {
		name string
		want int
		err  string
	}{
		{"bbbb0000", 1, ""},
		{"bbbb", 1, ""},
		{"bbbb0000^", 0, ""},
		{"cccc0000^^", 0, ""},
		{"cccc0000~2", 0, ""},
		{"aaaa0000^", 0, "aaaa0000^: the state begins with commit aaaa0000, and that is not so far back"},
		{"ffff0002^", 2, ""},
		{"ffff0002~1", 3, ""},
		{"ffff0002^^", 1, ""},
		{"2026-05-03", 1, ""},
		{"2026-05-04", 2, ""},
		{"2026-05-02T13:59", 0, ""},
		{"2026-05-02 14:00", 1, ""},
		{"2026-05-02T12:00:00Z", 1, ""},
		{"2026-04-30", 0, "2026-04-30: the state begins later, on 2026-05-01 14:00:00"},
		{"dddd0000", 0, "dddd0000: is a commit of the docs, not of the state\nits push is bbbb0000 in the state, and bbbb0000^ is what was live before"},
		{"eeee0000", 0, "eeee0000: no such commit in the state\n`hcsync log` lists the commits of an article"},
		{"abc", 0, "abc: neither a state commit nor a date\nname a commit of `hcsync log`, such as 3f2a91c0 or 3f2a91c0^ for the one before it, or a date such as 2026-05-31 or 2026-05-31T14:00"},
	}
	for _, tt := range tests {
		got, err := Resolve(h, tt.name, zone)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if text != tt.err || err == nil && got != tt.want {
			t.Errorf("%s: %d, %q; want %d, %q", tt.name, got, text, tt.want, tt.err)
		}
	}
	if _, err := Resolve(commits{}, "2026-05-03", zone); err == nil {
		t.Error("an empty state has no commits")
	}
}
