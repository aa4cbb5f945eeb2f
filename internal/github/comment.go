package github

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// commentLimit is how many characters GitHub takes as a comment, less some for
// what it counts otherwise.
const commentLimit = 65_536 - 512

// Report is what a comment or a step's summary tells of a plan.
type Report struct {
	Plan *diff.Plan
	// Target is the name of the target; Workspace that of its workspace, empty
	// where it was not asked.
	Target, Workspace string
	// Secondary says that the files mirror another workspace: a pull takes only
	// texts from this one.
	Secondary bool
	// Home is the folder of hcsync.yaml from the root of the repository, Content
	// that of the content tree from there: both make links to files.
	Home, Content string
	Step          Step
	// Unchecked says why there is no plan, one sentence each; what a plan could
	// not look at is in the plan.
	Unchecked []string
	// NothingCompared says that the plan tells what is in the files alone.
	NothingCompared bool
}

// marker is the hidden first line by which a comment is found again. A target's
// name is a key of hcsync.yaml.
func marker(target string) string {
	return "<!-- hcsync plan " + url.QueryEscape(target) + " -->"
}

// Comment gives the plan as Markdown for a pull request, in at most 65,536
// characters: conflicts and what changed in Intercom first, one foldable part
// for each object. What does not fit is one line, and what does not fit then is
// a number.
func (r Report) Comment() string {
	return marker(r.Target) + "\n" + r.document(r.heading()).fit(commentLimit-len(marker(r.Target))-1)
}

// Markdown gives the same for the summary of a step, which has room for more,
// with a table of the objects first.
func (r Report) Markdown() string {
	return r.document(r.heading() + Table(Rows(r.Plan))).fit(summaryLimit / 4)
}

func (r Report) document(head string) *document {
	d := &document{head: head, more: r.more()}
	d.add("Not checked", notes(append(slices.Clone(r.Unchecked), r.Plan.Unchecked...)))
	d.add("Invalid", r.problems())
	d.add("Conflicts: a push refuses these", r.conflicts())
	d.add("Brakes", brakes(r.Plan.Brakes()))
	taken, left := r.drift()
	d.add("Changed in Intercom: a push leaves this alone, a pull takes it", taken)
	d.add("Changed in this target alone: push and pull leave this", left)
	d.add("Older than the last push: merge the default branch first", r.behind())
	d.add("What a push does", r.changes())
	d.add("Renamed, no call", r.renames())
	d.add("Gone from the files, and stays in Intercom", r.removals())
	d.add("Notes", notes(r.Plan.Notes))
	return d
}

func (r Report) heading() string {
	n := r.Plan.Counts()
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{
		{n.Conflict, "in conflict"}, {n.Create, "to create"}, {n.Update, "to update"}, {n.Move, "to move"},
		{n.Unpublish, "to unpublish"}, {n.Delete, "to delete"}, {n.Drift, "changed in Intercom"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if problems := len(r.problems()); problems > 0 {
		parts = append([]string{fmt.Sprintf("%d invalid", problems)}, parts...)
	}
	counts := cmp.Or(strings.Join(parts, ", "), "nothing to push")
	if len(parts) == 0 && (len(r.Unchecked) > 0 || r.NothingCompared) {
		counts = "no plan"
	}
	target := ""
	if r.Target != "" {
		target = ", target " + text(r.Target)
	}
	s := fmt.Sprintf("### hcsync%s: %s\n\n", target, counts)
	if r.Workspace != "" {
		s += "Workspace " + text(r.Workspace) + ". "
	}
	if sha := r.sha(); sha != "" {
		s += fmt.Sprintf("Commit <code>%s</code>. ", literal(sha[:min(len(sha), 10)]))
	}
	return strings.TrimRight(s, " ") + "\n"
}

func (r Report) more() string {
	if r.Step.Run == "" {
		return "The whole plan: `hcsync plan`."
	}
	return fmt.Sprintf("The whole plan is in the log and the artifacts of [this run](%s).", r.Step.Run)
}

func (r Report) sha() string {
	if r.Step.Pull != nil && r.Step.Pull.Head != "" {
		return r.Step.Pull.Head
	}
	return r.Step.SHA
}

// link gives a file as a link to its page on GitHub.
func (r Report) link(file string) string {
	shown := "<code>" + literal(file) + "</code>"
	if file == "" || r.Step.Repository == "" || r.sha() == "" {
		return shown
	}
	at := (&url.URL{Path: "/" + path.Join(r.Step.Repository, "blob", r.sha(), r.Home, file)}).EscapedPath()
	return fmt.Sprintf(`<a href="%s">%s</a>`, entities(r.Step.Server+at), shown)
}

func (r Report) problems() []entry {
	var out []entry
	for _, p := range r.Plan.Problems {
		if p.Note {
			continue
		}
		at := r.link(p.File)
		if p.Line > 0 {
			at += fmt.Sprintf(" line %d", p.Line)
		}
		out = append(out, item(at+": "+text(p.Message)))
	}
	return out
}

func (r Report) behind() []entry {
	var out []entry
	for _, d := range r.Plan.Behind {
		out = append(out, flat("", d.About, string(d.What)))
	}
	return out
}

func (r Report) renames() []entry {
	var out []entry
	for _, x := range r.Plan.Renames {
		out = append(out, flat("", x.About, "from "+x.From))
	}
	return out
}

func (r Report) removals() []entry {
	var out []entry
	for _, x := range r.Plan.Removals {
		if x.Action == diff.Keep || x.Reason != "" {
			out = append(out, flat("", x.About, subject(x.Locale, "")+x.Reason))
		}
	}
	return out
}

func (r Report) changes() []entry {
	var out []entry
	for _, c := range r.Plan.Changes {
		out = append(out, folded(c.Op.Symbol()+" "+string(c.Op), c.About, strings.Join(said(c), "; "), r.change(c)))
	}
	return out
}

// said gives what happens to an object in short: what becomes public or stops
// being so first.
func said(c diff.Change) []string {
	var states, fields []string
	for _, l := range c.Contents {
		var names []string
		for _, f := range l.Fields {
			if f.Field == model.State && (f.After == model.Published || !l.New) {
				states = append(states, map[bool]string{true: "publish ", false: "unpublish "}[f.After == model.Published]+string(l.Locale))
				continue
			}
			names = append(names, string(f.Field))
		}
		if len(names) > 0 {
			fields = append(fields, string(l.Locale)+": "+strings.Join(names, ", "))
		}
	}
	return append(states, fields...)
}

// change gives the parts of a change: where it goes, then every field.
func (r Report) change(c diff.Change) string {
	var b strings.Builder
	if c.Parent != nil && c.Op == diff.Move {
		paragraph(&b, "from "+places(c.Parent.From)+" to "+places(c.Parent.To))
	}
	for _, l := range c.Contents {
		paragraph(&b, "<b>"+text(string(l.Locale))+"</b> "+r.link(l.File))
		for _, f := range l.Fields {
			writeField(&b, l, f)
		}
	}
	return b.String()
}

func writeField(b *strings.Builder, l diff.LocaleChange, f diff.FieldChange) {
	switch {
	case f.Field == model.Body && l.New:
		paragraph(b, "body: new, see the file")
	case f.Field == model.Body:
		writeChange(b, f.Before, f.After)
	case l.New || f.Before == "":
		paragraph(b, string(f.Field)+": <ins>"+text(f.After)+"</ins>")
	default:
		paragraph(b, fmt.Sprintf("%s: <del>%s</del> → <ins>%s</ins>", f.Field, text(f.Before), text(f.After)))
	}
	for _, w := range f.Warnings {
		at := ""
		if w.Line > 0 {
			at = fmt.Sprintf("line %d: ", w.Line)
		}
		paragraph(b, "⚠️ "+at+text(w.Message))
	}
}

func places(list []model.Ref) string {
	var names []string
	for _, ref := range list {
		names = append(names, "<code>"+text(cmp.Or(ref.Path, "collection "+ref.ID))+"</code>")
	}
	return cmp.Or(strings.Join(names, ", "), "no collection")
}

func brakes(list []diff.Brake) []entry {
	var out []entry
	for _, b := range diff.Held(list, nil) {
		out = append(out, item(fmt.Sprintf("would %s: a push stops here without <code>--allow %d</code>", text(b.String()), b.Count)))
	}
	return out
}

func notes(list []string) []entry {
	var out []entry
	for _, n := range list {
		out = append(out, item(text(n)))
	}
	return out
}
