package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/textdiff"
)

// writeOverride shows which text of a pending draft gives way to what.
func writeOverride(w io.Writer, st Style, l diff.LocaleChange) {
	if l.Override == nil {
		return
	}
	const indent = "    "
	fmt.Fprintf(w, "%s%s\n", indent, st.paint(magenta, "! overrides the pending draft of "+string(l.Locale)+whose(l.Override.Origin)))
	differs := false
	for _, f := range l.Override.Fields {
		if f.Before == f.After {
			continue
		}
		differs = true
		if slices.ContainsFunc(l.Fields, func(live diff.FieldChange) bool { return live.Field == f.Field && live.Before == f.Before }) {
			continue // the draft says what is live, and that is shown below
		}
		if f.Field == model.Body {
			fmt.Fprintf(w, "%s%s body of the draft (-) and what goes live instead (+)\n", indent, l.Locale)
			Unified(w, st, indent, textdiff.Ended(f.Before), textdiff.Ended(f.After))
			continue
		}
		fmt.Fprintf(w, "%s%s %s of the draft: “%s”; goes live instead: “%s”\n", indent, l.Locale, f.Field, short(f.Before, 100), short(f.After, 100))
	}
	if !differs {
		fmt.Fprintf(w, "%sthe draft says what the file says, and is published\n", indent)
	}
}

// whose gives " (Ana, 2026-11-20)", or nothing.
func whose(o diff.Origin) string {
	if s := o.Whose(); s != "" {
		return " (" + line(s) + ")"
	}
	return ""
}

// side names Intercom's side of a conflict.
func side(c diff.Conflict) string {
	if c.Draft {
		return "in the draft"
	}
	return "in Intercom"
}

// writeDrafts lists the pending drafts that stay.
func writeDrafts(w io.Writer, st Style, head Head, p *diff.Plan) {
	list := slices.DeleteFunc(slices.Clone(p.Drafts), func(d diff.Draft) bool { return overridden(p.Changes, d) })
	if len(list) == 0 {
		return
	}
	heading := "Pending drafts in Intercom: not live; `hcsync pull --take-draft` brings them home"
	if head.Secondary {
		heading = "Pending drafts in Intercom: not live"
	}
	fmt.Fprintln(w, st.paint(bold, heading))
	for _, d := range list {
		taken := ""
		if d.Taken {
			taken = ", taken into the file"
		}
		fmt.Fprintf(w, "  %s  %s: pending draft%s%s\n", name(d.About), d.Locale, whose(d.Origin), taken)
	}
	fmt.Fprintln(w)
}

func overridden(changes []diff.Change, d diff.Draft) bool {
	return slices.ContainsFunc(changes, func(c diff.Change) bool {
		return c.About == d.About && slices.ContainsFunc(c.Contents, func(l diff.LocaleChange) bool {
			return l.Locale == d.Locale && l.Override != nil
		})
	})
}
