package github

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// conflicts gives one entry for each object in conflict, with all its fields.
func (r Report) conflicts() []entry {
	var out []entry
	for _, of := range byObject(r.Plan.Conflicts, func(c diff.Conflict) diff.About { return c.About }) {
		var b strings.Builder
		var says, hints []saying
		for _, c := range of {
			says = append(says, saying{field(c.Locale, c.Field), c.Reason + by(c.By)})
			hints = append(hints, saying{"", c.Hint})
			r.writeConflict(&b, c)
		}
		if hint := together(hints); hint != "" {
			paragraph(&b, marked(hint))
		}
		out = append(out, folded("! conflict", of[0].About, together(says), b.String()))
	}
	return out
}

func (r Report) writeConflict(b *strings.Builder, c diff.Conflict) {
	paragraph(b, strings.TrimSpace("<b>"+text(field(c.Locale, c.Field))+"</b> "+r.link(cmp.Or(c.File, fileOf(r.Content, c.About)))))
	if c.Field == "" || c.Local == "" && c.Remote == "" {
		return
	}
	there := "in Intercom"
	if c.Draft {
		there = "in a pending draft in Intercom"
	}
	paragraph(b, "In the files <del>so</del>, "+there+" <ins>so</ins>:")
	writeChange(b, c.Local, c.Remote)
}

// drift gives one entry for each object that changed in Intercom.
// drift gives what a pull takes, and what it leaves in a workspace that is not
// the one of the files.
func (r Report) drift() (taken, left []entry) {
	var lists [2][]diff.Drift
	for _, d := range r.Plan.Drift {
		i := 0
		if r.Secondary && d.OfWorkspace() {
			i = 1
		}
		lists[i] = append(lists[i], d)
	}
	return r.driftOf(lists[0]), r.driftOf(lists[1])
}

func (r Report) driftOf(list []diff.Drift) []entry {
	var out []entry
	for _, of := range byObject(list, func(d diff.Drift) diff.About { return d.About }) {
		var b strings.Builder
		var says []saying
		for _, d := range of {
			says = append(says, saying{field(d.Locale, d.Field), string(d.What) + by(d.By)})
			if d.Field == "" || d.Before == "" && d.After == "" {
				continue
			}
			paragraph(&b, "<b>"+text(field(d.Locale, d.Field))+"</b> "+r.link(fileOf(r.Content, d.About)))
			writeChange(&b, d.Before, d.After)
		}
		out = append(out, folded("", of[0].About, together(says), b.String()))
	}
	return out
}

// byObject puts together what speaks of the same object. A plan lists it in one
// place.
func byObject[T any](list []T, about func(T) diff.About) [][]T {
	var out [][]T
	for i, x := range list {
		if i > 0 && about(list[i-1]) == about(x) {
			out[len(out)-1] = append(out[len(out)-1], x)
			continue
		}
		out = append(out, []T{x})
	}
	return out
}

// saying is what there is to say of a field, or of the object where of is empty.
type saying struct{ of, what string }

// together gives "en body, fr title: changed in Intercom; fr state: …".
func together(list []saying) string {
	var parts []string
	for len(list) > 0 {
		what := list[0].what
		var of []string
		list = slices.DeleteFunc(slices.Clone(list), func(s saying) bool {
			if s.what == what && s.of != "" {
				of = append(of, s.of)
			}
			return s.what == what
		})
		if len(of) > 0 {
			what = strings.Join(of, ", ") + ": " + what
		}
		parts = append(parts, what)
	}
	return strings.Join(parts, "; ")
}

// field gives "fr body".
func field(l model.Locale, f model.Field) string {
	return strings.TrimSpace(string(l) + " " + string(f))
}

func by(name string) string {
	if name == "" {
		return ""
	}
	return ", by " + name
}

// marked is text in which what stands between backticks is code, so that a
// command can be copied.
func marked(s string) string {
	var b strings.Builder
	for i, piece := range strings.Split(s, "`") {
		switch {
		case i%2 == 0:
			b.WriteString(phrase(piece))
		default:
			b.WriteString("<code>" + literal(piece) + "</code>")
		}
	}
	return strings.TrimSpace(b.String())
}
