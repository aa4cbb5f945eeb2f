package saved

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Selects says whether a change of an object is in the plan, for a fresh plan
// of the same objects.
func (s *Plan) Selects(a diff.About) bool {
	return slices.ContainsFunc(s.Changes, func(c Change) bool { return same(c.About, a) })
}

// same says that two entries speak of one object: by id, or by path while there
// is none.
func same(a, b diff.About) bool {
	return a.Kind == b.Kind && a.ID == b.ID && (a.ID != "" || a.Path == b.Path)
}

// Moved lists what is no longer as the plan saw it, one line each; nothing where
// the fresh plan, computed for the objects of this one, makes the same calls.
func (s *Plan) Moved(fresh *diff.Plan, now Source) []string {
	out := s.Source.moved(now)
	differs := false
	for i := range s.Changes {
		changed := s.Changes[i].moved(fresh)
		if changed == nil {
			changed = s.Changes[i].otherCalls(fresh)
			differs = differs || changed != nil
		}
		out = append(out, changed...)
	}
	if differs && s.State != now.State {
		out = append(out, fmt.Sprintf("state: its tip was %s when the plan was made, and is %s", short(s.State), short(now.State)))
	}
	for _, c := range fresh.Changes {
		if !s.Selects(c.About) {
			out = append(out, fmt.Sprintf("%s: would be changed too, and is not in the plan", name(c.About)))
		}
	}
	return out
}

func (s Source) moved(now Source) []string {
	var out []string
	for _, x := range []struct{ what, then, now string }{
		{"hcsync", s.Tool, now.Tool},
		{"workspace", s.WorkspaceID, now.WorkspaceID},
		{"API address", cmp.Or(s.URL, "Intercom's own"), cmp.Or(now.URL, "Intercom's own")},
		{"API version", s.APIVersion, now.APIVersion},
	} {
		if x.then != x.now {
			out = append(out, fmt.Sprintf("%s: the plan was made with %s, now it is %s", x.what, x.then, x.now))
		}
	}
	return out
}

func short(commit string) string { return cmp.Or(commit[:min(len(commit), 12)], "none") }

// moved says what the change was computed from and is no longer so.
func (c *Change) moved(fresh *diff.Plan) []string {
	out := c.changedFiles(fresh)
	live := findPair(fresh, c.About)
	switch {
	case live == nil && c.Read.Remote != "":
		out = append(out, name(c.About)+": is gone from Intercom")
	case live != nil && c.Read.Remote == "":
		out = append(out, name(c.About)+": is in Intercom by now")
	case live != nil && hashOf(remote(live)) != c.Read.Remote:
		out = append(out, name(c.About)+": changed in Intercom")
	}
	for _, x := range fresh.Conflicts {
		if same(x.About, c.About) {
			out = append(out, name(c.About)+": is in conflict: "+x.Reason)
		}
	}
	for _, x := range fresh.Behind {
		if same(x.About, c.About) {
			out = append(out, name(c.About)+": was pushed from a newer commit than this checkout")
		}
	}
	return out
}

// changedFiles compares what the files say now, file by file.
func (c *Change) changedFiles(fresh *diff.Plan) []string {
	now := map[string]string{}
	for _, p := range fresh.Pairs {
		if p.Local != nil && (same(aboutOf(p), c.About) || p.Local.Path == c.Path && p.Local.Kind == c.Kind) {
			now = readOf(p.Local, nil).Files
		}
	}
	var out []string
	files := maps.Clone(now)
	maps.Copy(files, c.Read.Files)
	for _, f := range slices.Sorted(maps.Keys(files)) {
		switch then, is := c.Read.Files[f], now[f]; {
		case is == "":
			out = append(out, f+": is gone")
		case then == "":
			out = append(out, f+": is new")
		case then != is:
			out = append(out, f+": changed")
		}
	}
	return out
}

// otherCalls says that the calls differ although neither side changed, such as
// where a linked article has another address now.
func (c *Change) otherCalls(fresh *diff.Plan) []string {
	for i := range fresh.Changes {
		f := &fresh.Changes[i]
		if !same(f.About, c.About) {
			continue
		}
		then, err1 := canonical(c.Change)
		now, err2 := canonical(f)
		if err1 != nil || err2 != nil || !bytes.Equal(then, now) {
			return []string{name(c.About) + ": what would be sent is no longer what the plan shows"}
		}
		return nil
	}
	return []string{name(c.About) + ": there is nothing to push any more"}
}

// findPair gives the live object of a change, nil where there is none.
func findPair(p *diff.Plan, a diff.About) *model.Object {
	for _, pair := range p.Pairs {
		if pair.Remote != nil && same(aboutOf(pair), a) {
			return pair.Remote
		}
		if pair.Remote != nil && a.ID == "" && pair.Local != nil && pair.Local.Kind == a.Kind && pair.Local.Path == a.Path {
			return pair.Remote
		}
	}
	return nil
}

func aboutOf(p diff.Pair) diff.About {
	switch {
	case p.Remote != nil:
		return diff.About{Kind: p.Remote.Kind, ID: p.Remote.ID}
	case p.Base != nil:
		return diff.About{Kind: p.Base.Kind, ID: p.Base.ID}
	}
	return diff.About{Kind: p.Local.Kind, ID: p.Local.ID, Path: p.Local.Path}
}

func name(a diff.About) string { return string(a.Kind) + " " + cmp.Or(a.Path, a.ID) }
