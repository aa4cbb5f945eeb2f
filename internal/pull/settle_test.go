package pull

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// clash is a field that both sides changed; a body is live as HTML.
func clash(f model.Field) diff.Conflict {
	return diff.Conflict{About: diff.About{Kind: model.Article, ID: "1"}, Locale: "en", Field: f, Base: "base", Local: "here", Remote: "there", Live: "live", Both: true, Based: true}
}

// TestSettle is the table of what becomes of a field that both sides changed:
// what is written, what is agreed on from now on, and whether it stays open.
func TestSettle(t *testing.T) {
	seen := model.Agreed{Managed: true, Local: "there", Remote: "live"}
	tests := []struct {
		name      string
		side      Side
		secondary bool
		change    func(*diff.Conflict)
		field     model.Field
		wrote     string
		agreed    bool
		open      bool
	}{
		{name: "a title is noted beside the file's own", field: model.Title, wrote: "conflict: title=there", agreed: true, open: true},
		{name: "a body is merged", field: model.Body, wrote: "body: merged base here there", agreed: true},
		{name: "a body that overlaps stays open", field: model.Body, change: func(x *diff.Conflict) { x.Local = "overlap" }, wrote: "body: merged base overlap there", agreed: true, open: true},
		{name: "ours writes nothing", side: Ours, field: model.Body, agreed: true},
		{name: "theirs is taken", side: Theirs, field: model.Title, wrote: "title: there", agreed: true},
		{name: "theirs is taken whole", side: Theirs, field: model.Body, wrote: "body: there", agreed: true},
		{name: "without a common text a side has to be taken", field: model.Body, change: func(x *diff.Conflict) { x.Based = false }, open: true},
		{name: "and may be", side: Theirs, field: model.Body, change: func(x *diff.Conflict) { x.Based = false }, wrote: "body: there", agreed: true},
		{name: "what only a push would refuse is none of a pull's", field: model.Body, change: func(x *diff.Conflict) { x.Both = false }},
		{name: "a second workspace has no say in the state", secondary: true, field: model.State, agreed: true},
		{name: "nor when it is asked for", side: Theirs, secondary: true, field: model.State, agreed: true},
		{name: "nor in the author", side: Theirs, secondary: true, field: model.Author, agreed: true},
		{name: "but in the text", side: Theirs, secondary: true, field: model.Body, wrote: "body: there", agreed: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &computation{result: &Result{}, Options: Options{Side: tt.side, Secondary: tt.secondary, MergeText: func(x diff.Conflict) (string, int, error) {
				return "merged " + x.Base + " " + x.Local + " " + x.Remote + "\n", strings.Count(x.Local, "overlap"), nil
			}}}
			x := clash(tt.field)
			if tt.change != nil {
				tt.change(&x)
			}
			e := &edit{object: &model.Object{}, values: map[model.Field]model.Agreed{}}
			if err := c.settle(e, x); err != nil {
				t.Fatal(err)
			}
			if got := written(e); got != tt.wrote {
				t.Errorf("wrote %q, want %q", got, tt.wrote)
			}
			want := map[model.Field]model.Agreed{}
			if tt.agreed {
				want[tt.field] = seen
			}
			if d := cmp.Diff(want, e.values); d != "" {
				t.Errorf("agreed (-want +got):\n%s", d)
			}
			if open := len(c.result.Conflicts) == 1; open != tt.open {
				t.Errorf("open: %t", open)
			}
		})
	}
}

// written is an edit in a line.
func written(e *edit) string {
	var parts []string
	for _, p := range e.Set {
		v := p.Value
		for _, kv := range p.Map {
			v += kv[0] + "=" + kv[1]
		}
		parts = append(parts, p.Key+": "+v)
	}
	if e.Body != nil {
		parts = append(parts, "body: "+*e.Body)
	}
	return strings.Join(parts, ", ")
}

// TestMarksShareOneKey: several fields in conflict stand under one key.
func TestMarksShareOneKey(t *testing.T) {
	c := &computation{result: &Result{}}
	e := &edit{object: &model.Object{}, values: map[model.Field]model.Agreed{}}
	for _, f := range []model.Field{model.Title, model.Description} {
		if err := c.settle(e, clash(f)); err != nil {
			t.Fatal(err)
		}
	}
	want := []content.Pair{{Key: "conflict", Map: [][2]string{{"title", "there"}, {"description", "there"}}}}
	if d := cmp.Diff(want, e.Set); d != "" {
		t.Error(d)
	}
}

// TestAbsent: what Intercom no longer has goes only when it was asked, and never
// because of a second workspace.
func TestAbsent(t *testing.T) {
	yes := func(model.Key, model.Locale) bool { return true }
	no := func(model.Key, model.Locale) bool { return false }
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"nobody asked", Options{}, "left"},
		{"it is there after all", Options{Confirmed: no}, "left"},
		{"it is gone", Options{Confirmed: yes}, "gone"},
		{"from a second workspace", Options{Confirmed: yes, Secondary: true}, "left"},
		{"from a second workspace, theirs", Options{Confirmed: yes, Secondary: true, Side: Theirs}, "left"},
		{"from a second workspace, ours", Options{Confirmed: yes, Secondary: true, Side: Ours}, "anew"},
		{"ours, and not asked", Options{Secondary: true, Side: Ours}, "left"},
	}
	about := diff.About{Kind: model.Article, ID: "1"}
	for _, tt := range tests {
		for _, l := range []model.Locale{"", "fr"} {
			c := &computation{Options: tt.o, result: &Result{}}
			c.absent(diff.Drift{About: about, Locale: l, What: diff.Gone})
			got := map[bool]string{true: "left"}[len(c.result.Left) == 1]
			got += map[bool]string{true: "gone"}[len(c.gone)+len(c.goneLocales[keyOfAbout(about)]) == 1]
			got += map[bool]string{true: "anew"}[len(c.anew)+len(c.anewLocales[keyOfAbout(about)]) == 1]
			if got != tt.want {
				t.Errorf("%s, locale %q: %s, want %s", tt.name, l, got, tt.want)
			}
		}
	}
}

// TestOmitted: a new file says no more than it has to.
func TestOmitted(t *testing.T) {
	tests := []struct {
		f         model.Field
		v         string
		secondary bool
		want      bool
	}{
		{model.Description, "", false, true}, {model.Description, "d", false, false}, {model.Description, "d", true, false},
		{model.Author, "", false, true}, {model.Author, "7", false, false}, {model.Author, "7", true, true},
		{model.State, model.Draft, false, false}, {model.State, model.Draft, true, true}, {model.Title, "", false, false},
	}
	for _, tt := range tests {
		c := &computation{Options: Options{Secondary: tt.secondary}}
		if got := c.omitted(tt.f, tt.v); got != tt.want {
			t.Errorf("%s %q (second workspace: %t): %t", tt.f, tt.v, tt.secondary, got)
		}
	}
}
