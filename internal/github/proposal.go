package github

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
)

// Proposal is what the pull request tells that brings home what changed in
// Intercom. It tells of the branch as a whole, whenever each change came there.
type Proposal struct {
	// Report says where files are; its plan is not told.
	Report
	Brought []Brought
	// Conflicts are those that the last pull met, Standing the files in which it
	// found one of an earlier pull.
	Conflicts []diff.Conflict
	Standing  []Brought
	// Left seems to be deleted in Intercom, and its files are kept.
	Left []diff.Drift
	// Linked counts the files that only got an id or a marker.
	Linked int
}

// Brought is one object of a proposal.
type Brought struct {
	diff.About
	// What happened to it in Intercom: "new", "changed", "moved" or "removed".
	What  string
	Files []string
}

// Title says how much there is; nothing in it comes from Intercom.
func (p Proposal) Title() string {
	n := map[string]int{}
	for _, b := range p.Brought {
		n[b.What]++
	}
	var parts []string
	for _, what := range []string{"changed", "new", "moved", "removed"} {
		if n[what] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[what], what))
		}
	}
	if open := len(p.Conflicts) + len(p.Standing); open > 0 {
		parts = append(parts, fmt.Sprintf("%d in conflict", open))
	}
	if len(parts) == 0 && p.Linked > 0 {
		parts = append(parts, "ids of what was created there")
	}
	return "From Intercom: " + cmp.Or(strings.Join(parts, ", "), "nothing left to take")
}

// Body is Markdown of at most 65,536 characters, what needs a decision first.
func (p Proposal) Body() string {
	head := "What changed in Intercom" + p.of() + " and not in the files yet. Merging it, squashed or not, takes it over. " +
		"What is not merged stays in Intercom, and the next pull proposes it again.\n"
	if len(p.Conflicts)+len(p.Standing) > 0 {
		head += "\n**Some texts were changed on both sides. Settle them on this branch before you merge:** edit the files so that they say what is right, " +
			"and take out the conflict markers and the line `conflict:`.\n"
	}
	d := &document{head: head, more: "All of it is in the files of this pull request."}
	d.add("Conflicts: settle these first", append(p.Report.with(&diff.Plan{Conflicts: p.Conflicts}).conflicts(), p.entries(p.Standing, "", "! conflict", "a conflict of an earlier pull still stands in it")...))
	d.add("Deleted in Intercom", p.entries(p.Brought, "removed", "- removed", ""))
	d.add("Seems to be deleted in Intercom; the files are kept", left(p.Left))
	d.add("Changed in Intercom", p.entries(p.Brought, "changed", "~ changed", ""))
	d.add("New in Intercom", p.entries(p.Brought, "new", "+ new", ""))
	d.add("Moved in Intercom", p.entries(p.Brought, "moved", "» moved", ""))
	if p.Linked > 0 {
		d.add("Besides", []entry{item(fmt.Sprintf("files that only got an id or a marker: %d", p.Linked))})
	}
	return d.fit(commentLimit)
}

func (p Proposal) of() string {
	if p.Workspace == "" {
		return ""
	}
	return " (workspace " + text(p.Workspace) + ")"
}

// with is the report of another plan.
func (r Report) with(p *diff.Plan) Report {
	r.Plan = p
	return r
}

// entries gives the objects to which something happened; "" is all of them.
func (p Proposal) entries(list []Brought, what, mark, says string) []entry {
	var out []entry
	for _, b := range list {
		if what != "" && b.What != what {
			continue
		}
		var links []string
		for _, f := range b.Files {
			links = append(links, p.link(f))
		}
		if b.What == "removed" {
			links = nil // there is no such page any more
		}
		line := summary(mark, b.About, says)
		if len(links) > 0 {
			line += "<br>" + strings.Join(links, " ")
		}
		out = append(out, item(line))
	}
	return out
}

func left(list []diff.Drift) []entry {
	var out []entry
	for _, d := range list {
		out = append(out, flat("! left", d.About, subject(d.Locale, d.Field)+string(d.What)))
	}
	return out
}

// Line makes a text that anybody may have written fit for the message of a
// commit: one line, in which nothing keeps workflows from running, closes an
// issue or mentions somebody.
func Line(s string) string {
	s = strings.Join(strings.Fields(strings.Map(shown, s)), " ")
	return parted(strings.NewReplacer("[", "(", "]", ")").Replace(cut(s, 60)))
}
