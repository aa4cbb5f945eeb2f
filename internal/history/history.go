// Package history reads the record of what was live: the state's commits, one
// version of an object after the other.
//
// A version is what both sides agreed on at one commit. Two that follow each
// other differ by what that commit brought, which is all there is to a history:
// nothing here is stored, everything is compared.
package history

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// Version is an object at one commit of the state; Object is nil where the
// commit removed it.
type Version struct {
	Commit state.Commit
	// Name is the commit's short hash.
	Name   string
	Object *model.BaseObject
}

// Entry is what one commit brought to an object.
type Entry struct {
	Commit state.Commit
	Name   string
	// Events say what happened to the object as a whole: "added", "moved from
	// old/path.md", "removed from the files", "in the files again".
	Events  []string
	Changes []Change
}

// Change is one field of one locale with another value, in the files' terms:
// Markdown for a body, an e-mail address for an author. A field that the file
// does not name has the server's value.
type Change struct {
	Locale model.Locale `json:"locale"`
	Field  model.Field  `json:"field"`
	Before string       `json:"before"`
	After  string       `json:"after"`
}

// Entries gives a history, newest first, of versions that are oldest first. A
// commit that only noted that a push had seen the files is no part of it.
func Entries(versions []Version) []Entry {
	var out []Entry
	var last *model.BaseObject
	for _, v := range versions {
		e := Entry{Commit: v.Commit, Name: v.Name, Events: events(last, v.Object), Changes: changes(last, v.Object)}
		if len(e.Events)+len(e.Changes) > 0 {
			out = append(out, e)
		}
		last = v.Object
	}
	slices.Reverse(out)
	return out
}

func events(old, now *model.BaseObject) []string {
	switch {
	case now == nil && old == nil:
		return nil
	case now == nil:
		return []string{"removed"}
	case old == nil:
		return []string{"added"}
	}
	var out []string
	if now.Removed && !old.Removed {
		out = append(out, "removed from the files")
	}
	if old.Removed && !now.Removed {
		out = append(out, "in the files again")
	}
	if now.Path != old.Path && old.Path != "" {
		out = append(out, "moved from "+old.Path)
	}
	return out
}

func changes(old, now *model.BaseObject) []Change {
	var out []Change
	for _, l := range locales(old, now) {
		before, after := content(old, l), content(now, l)
		for _, f := range model.Fields(kind(old, now)) {
			a, b := before.Fields[f], after.Fields[f]
			if shown(a) != shown(b) {
				out = append(out, Change{l, f, shown(a), shown(b)})
			}
		}
	}
	return out
}

// shown is a value as a reader of the files knows it.
func shown(a model.Agreed) string {
	if a.Managed {
		return a.Local
	}
	return a.Remote
}

func kind(old, now *model.BaseObject) model.Kind {
	switch {
	case now != nil:
		return now.Kind
	case old != nil:
		return old.Kind
	}
	return ""
}

func content(o *model.BaseObject, l model.Locale) model.BaseContent {
	if o == nil {
		return model.BaseContent{}
	}
	return o.Contents[l]
}

func locales(objects ...*model.BaseObject) []model.Locale {
	set := map[model.Locale]bool{}
	for _, o := range objects {
		if o != nil {
			for l := range o.Contents {
				set[l] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(set), func(a, b model.Locale) int { return cmp.Compare(a, b) })
}

// BeforePush gives, for every field that a push wrote, the live value that the
// last such push replaced. Finding that value live again means that somebody's
// open editor has saved it over the push. The versions are oldest first.
func BeforePush(versions []Version) map[model.Locale]map[model.Field]string {
	out := map[model.Locale]map[model.Field]string{}
	for i := 1; i < len(versions); i++ {
		old, now := versions[i-1].Object, versions[i].Object
		if old == nil || now == nil || versions[i].Commit.Action != state.Push {
			continue
		}
		for l, c := range now.Contents {
			for f, a := range c.Fields {
				before, had := old.Contents[l].Fields[f]
				if !had || before.Remote == a.Remote {
					continue
				}
				if out[l] == nil {
					out[l] = map[model.Field]string{}
				}
				out[l][f] = before.Remote
			}
		}
	}
	return out
}
