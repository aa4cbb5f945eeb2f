package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/textdiff"
)

// Head says what a plan was computed between.
type Head struct {
	// Workspace is the name and id, Region us, eu or au, Target the name of
	// the target, URL the address where it is not Intercom's own.
	Workspace, WorkspaceID, Region, Target, URL, APIVersion string
	// Secondary says that the files mirror another workspace.
	Secondary bool
	// Offline says that the workspace was not asked.
	Offline bool
}

// Plan writes a plan for a reviewer in a hurry: one line per object, its diffs
// below, what needs attention in sections of their own, the counts last.
func Plan(w io.Writer, st Style, head Head, p *diff.Plan) {
	writeHead(w, st, head)
	writeUnchecked(w, st, p.Unchecked)
	writeConflicts(w, st, p.Conflicts)
	for i, c := range p.Changes {
		writeChange(w, st, c)
		if c.Op == diff.Create && (i == len(p.Changes)-1 || p.Changes[i+1].Op != diff.Create) {
			fmt.Fprintln(w)
		}
	}
	writeRenames(w, st, p.Renames)
	writeDrift(w, st, head, p.Drift)
	writeDrafts(w, st, head, p)
	writeBehind(w, st, p.Behind)
	writeRemovals(w, st, p.Removals)
	writeBrakes(w, st, p.Brakes())
	for _, n := range p.Notes {
		fmt.Fprintf(w, "note: %s\n", line(n))
	}
	if len(p.Notes) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, Summary(head, p))
}

// Summary is the last line of a plan.
func Summary(head Head, p *diff.Plan) string {
	n := p.Counts()
	if p.Empty() {
		s := "No changes. The files and Intercom agree"
		switch {
		case len(p.Unchecked) > 0:
			s = "No changes to push, as far as the state knows"
		case p.Limited:
			s = "No changes in what was asked for"
		case n.Drift > 0:
			s = "No changes to push. " + Plural(n.Drift, "object") + " changed in Intercom"
			if slices.ContainsFunc(p.Drift, head.takes) {
				s += "; " + head.pull() + " takes that"
			}
		case len(p.Removals)+len(p.Behind) > 0:
			s = "No changes to push"
		}
		return s + "."
	}
	overrides := ""
	if n.Override > 0 {
		overrides = Plural(n.Override, "pending draft") + " replaced, "
	}
	s := fmt.Sprintf("Plan: %d to create, %d to update, %d to move, %d to delete, ", n.Create, n.Update, n.Move, n.Delete)
	if n.Unpublish > 0 {
		s += fmt.Sprintf("%d to unpublish, ", n.Unpublish)
	}
	return s + overrides + Plural(n.Conflict, "conflict") + "."
}

// Plural counts things: "1 change", "2 changes".
func Plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func writeHead(w io.Writer, st Style, h Head) {
	s := "target " + h.Target + ": " + cmp.Or(line(h.Workspace), "workspace")
	if h.WorkspaceID != "" {
		s += " (" + line(h.WorkspaceID) + ")"
	}
	if h.Offline {
		fmt.Fprintf(w, "%s\n\n", st.paint(dim, s+", offline"))
		return
	}
	if h.URL != "" {
		s += " at " + line(h.URL)
	} else if h.Region != "" {
		s += ", region " + h.Region
	}
	fmt.Fprintf(w, "%s\n\n", st.paint(dim, s+", API "+h.APIVersion))
}

// writeUnchecked says what was not looked at before a reader relies on it.
func writeUnchecked(w io.Writer, st Style, list []string) {
	for _, u := range list {
		fmt.Fprintf(w, "%s  %s\n", st.paint(magenta, "! offline"), line(u))
	}
	if len(list) > 0 {
		fmt.Fprintln(w)
	}
}

func writeChange(w io.Writer, st Style, c diff.Change) {
	color := map[diff.Op]string{diff.Create: green, diff.Update: yellow, diff.Move: blue, diff.Unpublish: red, diff.Delete: red}[c.Op]
	head := st.paint(color, c.Op.Symbol()+" "+string(c.Op)) + " " + name(c.About) + "  " + fieldList(c)
	fmt.Fprintln(w, strings.TrimRight(head, " ")) // a move or a new state names no field
	if c.Op == diff.Move {
		fmt.Fprintf(w, "    from %s to %s\n", refs(c.Parent.From), refs(c.Parent.To))
	}
	if text := fate(c); text != "" {
		fmt.Fprintf(w, "    %s\n", text)
	}
	for _, l := range stateLines(c) {
		fmt.Fprintf(w, "    %s\n", st.paint(magenta, "» "+l))
	}
	for _, l := range c.Contents {
		writeOverride(w, st, l)
		for _, f := range l.Fields {
			writeField(w, st, c, l, f)
			for _, warning := range f.Warnings {
				fmt.Fprintf(w, "    %s %s%s\n", st.paint(yellow, "! warning"), place(l.File, warning.Line), line(warning.Message))
			}
		}
	}
	if c.Op != diff.Create {
		fmt.Fprintln(w)
	}
}

// name is an object in a line: kind, path, title.
func name(a diff.About) string {
	s := string(a.Kind)
	if a.Path != "" {
		s += " " + line(a.Path)
	}
	if a.ID != "" && a.Path == "" {
		s += " " + line(a.ID)
	}
	return s + " “" + short(a.Title, 60) + "”"
}

// fieldList gives "en: title, body; fr, pt-BR: body": locales in which the same
// happens stand together.
func fieldList(c diff.Change) string {
	var order []string
	locales := map[string][]string{}
	for _, l := range c.Contents {
		fields := strings.Join(fieldNames(c, l), ", ")
		if fields == "" {
			continue
		}
		if locales[fields] == nil {
			order = append(order, fields)
		}
		label := string(l.Locale)
		if l.New && c.Op != diff.Create {
			label += " (new)"
		}
		locales[fields] = append(locales[fields], label)
	}
	var parts []string
	for _, fields := range order {
		parts = append(parts, strings.Join(locales[fields], ", ")+": "+fields)
	}
	return strings.Join(parts, "; ")
}

// fieldNames lists what changes in a locale, less the state, which has a line
// of its own, and what a new object gets without the file asking for it.
func fieldNames(c diff.Change, l diff.LocaleChange) []string {
	var names []string
	for _, f := range l.Fields {
		asked := c.Local != nil && c.Local.Contents[l.Locale].Fields[f.Field] != ""
		if f.Field == model.State || f.Field == model.Author && l.New && !asked {
			continue
		}
		names = append(names, string(f.Field))
	}
	return names
}

func refs(list []model.Ref) string {
	if len(list) == 0 {
		return "no collection"
	}
	var names []string
	for _, r := range list {
		names = append(names, line(cmp.Or(r.Path, "collection "+r.ID)))
	}
	return strings.Join(names, ", ")
}

// writeField shows one field that changes. New text can be read in the file,
// so only the title of a new translation is shown.
func writeField(w io.Writer, st Style, c diff.Change, l diff.LocaleChange, f diff.FieldChange) {
	const indent = "    "
	switch {
	case f.Field == model.State, l.New && (c.Op == diff.Create || f.Field != model.Title):
	case l.New:
		fmt.Fprintf(w, "%s%s: new translation “%s”\n", indent, l.Locale, short(f.After, 100))
	case f.Field == model.Body:
		fmt.Fprintf(w, "%s%s body, %s\n", indent, l.Locale, line(l.File))
		Unified(w, st, indent, textdiff.Ended(f.Before), textdiff.Ended(f.After))
	default:
		fmt.Fprintf(w, "%s%s %s: “%s” → “%s”\n", indent, l.Locale, f.Field, short(f.Before, 100), short(f.After, 100))
	}
}

// stateLines says what becomes public and what does not, one line for each
// thing that happens.
func stateLines(c diff.Change) []string {
	var order []string
	locales := map[string][]string{}
	for _, l := range c.Contents {
		for _, f := range l.Fields {
			if f.Field != model.State {
				continue
			}
			what := stateWord(l, f)
			if locales[what] == nil {
				order = append(order, what)
			}
			locales[what] = append(locales[what], string(l.Locale))
		}
	}
	for i, what := range order {
		order[i] = what + " " + strings.Join(locales[what], ", ")
	}
	return order
}

func stateWord(l diff.LocaleChange, f diff.FieldChange) string {
	switch {
	case f.After == model.Published:
		return "publish"
	case l.New:
		return "as a draft, not public:"
	}
	return "unpublish (back to draft):"
}

func writeConflicts(w io.Writer, st Style, list []diff.Conflict) {
	for _, c := range list {
		fmt.Fprintf(w, "%s %s%s\n", st.paint(magenta, "! conflict"), name(c.About), where(c.Locale, c.Field))
		fmt.Fprintf(w, "    %s\n", place(c.File, c.Line)+line(c.Reason)+by(c.By))
		if c.Draft && c.Local == c.Remote {
			fmt.Fprintf(w, "    %s\n\n", line(c.Hint))
			continue
		}
		if c.Field == model.Body && c.Remote != "" {
			fmt.Fprintf(w, "    here (-) and %s (+):\n", side(c))
			Unified(w, st, "    ", textdiff.Ended(c.Local), textdiff.Ended(c.Remote))
		} else if c.Field != "" && c.Field != model.Body {
			fmt.Fprintf(w, "    here “%s”, %s “%s”\n", short(c.Local, 80), side(c), short(c.Remote, 80))
		}
		fmt.Fprintf(w, "    %s\n\n", line(c.Hint))
	}
}

func place(file string, ln int) string {
	switch {
	case file == "":
		return ""
	case ln == 0:
		return line(file) + ": "
	}
	return fmt.Sprintf("%s:%d: ", line(file), ln)
}

func where(l model.Locale, f model.Field) string {
	switch {
	case l == "":
		return ""
	case f == "":
		return "  " + string(l)
	}
	return "  " + string(l) + ": " + string(f)
}

func writeRenames(w io.Writer, st Style, list []diff.Rename) {
	for _, r := range list {
		fmt.Fprintf(w, "%s %s  renamed from %s, no call\n", st.paint(dim, "= rename"), name(r.About), line(r.From))
	}
	if len(list) > 0 {
		fmt.Fprintln(w)
	}
}

// takes says that a pull brings a drift into the files.
func (h Head) takes(d diff.Drift) bool { return !h.Secondary || !d.OfWorkspace() }

// pull is the command that does it.
func (h Head) pull() string {
	if h.Secondary {
		return "`hcsync pull -t " + line(h.Target) + "`"
	}
	return "`hcsync pull`"
}

func writeDrift(w io.Writer, st Style, head Head, list []diff.Drift) {
	var taken, left []diff.Drift
	for _, d := range list {
		if head.takes(d) {
			taken = append(taken, d)
		} else {
			left = append(left, d)
		}
	}
	listDrift(w, st, "Changed in Intercom: push leaves this alone, "+head.pull()+" takes it", taken)
	listDrift(w, st, "Changed in this target alone: push and pull leave this", left)
}

func listDrift(w io.Writer, st Style, heading string, list []diff.Drift) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(w, st.paint(bold, heading))
	for _, d := range list {
		fmt.Fprintf(w, "  %s%s  %s\n", name(d.About), where(d.Locale, d.Field), driftText(d))
		if d.Field == model.Body {
			Unified(w, st, "      ", textdiff.Ended(d.Before), textdiff.Ended(d.After))
		}
	}
	fmt.Fprintln(w)
}

func driftText(d diff.Drift) string {
	if d.Field == "" || d.Field == model.Body || d.After == "" && d.Before == "" {
		return string(d.What) + by(d.By)
	}
	text := fmt.Sprintf("“%s” → “%s”", short(d.Before, 80), short(d.After, 80))
	if d.What == diff.Reverted {
		text += ", " + string(d.What)
	}
	return text + by(d.By)
}

// by names who did it in Intercom, where that is known.
func by(who ...string) string {
	var names []string
	for _, w := range who {
		if w != "" {
			names = append(names, Name(w))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", by " + strings.Join(names, " and ")
}

func writeBehind(w io.Writer, st Style, list []diff.Drift) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(w, st.paint(bold, "Behind: this checkout is older than the last push; merge the default branch first"))
	for _, d := range list {
		fmt.Fprintf(w, "  %s  %s\n", name(d.About), d.What)
	}
	fmt.Fprintln(w)
}
