package pull

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/model"
)

// Commit is what a pull brought home of one object, to be kept apart in git.
type Commit struct {
	diff.About
	// What happened to it: "new", "changed", "merged", "moved", "removed" and so
	// on; Says is in which locales, which fields.
	What, Says string
	// Files and Folders are relative to the content folder. What stands in a
	// folder belongs to the commit only if no other one names it.
	Files, Folders []string
	// By are the teammates who made the edits, as far as the API tells, the last
	// one first; At is when the last one was made, in Unix seconds, 0 where that is
	// not known.
	By []model.Admin
	At int64
}

// Commits divides what a pull wrote by object, collections first. What only got
// an id and a marker, and the mirrors of help centers, are in none of them.
func Commits(r *Result, wrote []Wrote, st *gather.States) []Commit {
	b := commits{st: st, of: map[model.Key]*Commit{}}
	for _, m := range r.Renames {
		c := b.at(m.About, "moved")
		c.Folders = append(c.Folders, m.From, m.To)
	}
	for _, w := range wrote {
		if w.edited() && w.Why != "mirror" {
			b.file(w, r.Renames)
		}
	}
	var out []Commit
	for _, c := range b.of {
		b.edits(c, wrote)
		out = append(out, *c)
	}
	slices.SortFunc(out, func(x, y Commit) int {
		return cmp.Or(x.Kind.Compare(y.Kind), cmp.Compare(x.Path, y.Path), model.CompareID(x.ID, y.ID))
	})
	return out
}

type commits struct {
	st *gather.States
	of map[model.Key]*Commit
}

func (b commits) at(a diff.About, what string) *Commit {
	key := model.Key{Kind: a.Kind, ID: a.ID}
	if b.of[key] == nil {
		b.of[key] = &Commit{About: a, What: what}
	}
	return b.of[key]
}

// file adds one file, under the name it had before too.
func (b commits) file(w Wrote, renames []Rename) {
	c := b.at(w.About, w.Why)
	c.Files = append(c.Files, w.Path)
	for _, m := range renames {
		if rest, below := strings.CutPrefix(w.Path+"/", m.To+"/"); below {
			c.Files = append(c.Files, strings.TrimSuffix(m.From+"/"+rest, "/"))
		}
	}
}

// edited says that a file was written and says something else now: ids, markers and
// the places of what it leads to are nobody's edit.
func (w Wrote) edited() bool { return w.Kept == nil && w.Why != "linked" && w.Why != "relinked" }

// edits finds out who edited what was written of an object, and when.
func (b commits) edits(c *Commit, wrote []Wrote) {
	live := b.live(model.Key{Kind: c.Kind, ID: c.ID})
	var edited []model.Content
	var says []string
	for _, w := range wrote {
		if w.About.Kind != c.Kind || w.About.ID != c.ID || !w.edited() {
			continue
		}
		if w.Why != "new" && len(w.Fields) > 0 {
			says = append(says, string(w.Locale)+" "+joined(w.Fields))
		}
		if content, ok := model.In(live.Contents, w.Locale); ok && w.Why != "removed" {
			edited = append(edited, content)
		}
	}
	c.Says = strings.Join(says, "; ")
	slices.SortStableFunc(edited, func(x, y model.Content) int { return cmp.Compare(y.UpdatedAt, x.UpdatedAt) })
	for i, content := range edited {
		if i == 0 {
			c.At = cmp.Or(content.UpdatedAt, live.UpdatedAt)
		}
		if a, ok := b.teammate(content.UpdatedBy); ok && !slices.Contains(c.By, a) {
			c.By = append(c.By, a)
		}
	}
}

func (b commits) live(key model.Key) model.Object {
	i := slices.IndexFunc(b.st.Input.Remote.Objects, func(o model.Object) bool { return o.Key() == key })
	if i < 0 {
		return model.Object{}
	}
	return b.st.Input.Remote.Objects[i]
}

// teammate gives who has an id. Who owns the token is not named: a push writes in
// that name too.
func (b commits) teammate(id string) (model.Admin, bool) {
	i := slices.IndexFunc(b.st.Admins, func(a model.Admin) bool { return a.ID == id })
	if i < 0 || id == b.st.Workspace.Admin.ID {
		return model.Admin{}, false
	}
	return b.st.Admins[i], true
}

func joined(fields []model.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}
