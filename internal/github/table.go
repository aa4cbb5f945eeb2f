package github

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
)

// Row is one object in the table of a step's summary.
type Row struct {
	diff.About
	// What happened or is to happen, Detail what else there is to say.
	What, Detail string
	// URL is the object's public address, if it has one.
	URL string
}

// Table gives rows as a Markdown table, nothing where there are none.
func Table(rows []Row) string {
	if len(rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n| | object | |\n| --- | --- | --- |\n")
	for i, r := range rows {
		if b.Len() > summaryLimit/8 {
			fmt.Fprintf(&b, "| | … and %d more | |\n", len(rows)-i)
			break
		}
		name := text(cut(cmp.Or(r.Title, r.Path, r.ID), 80))
		if strings.HasPrefix(r.URL, "https://") {
			name = `<a href="` + entities(r.URL) + `">` + name + "</a>"
		}
		fmt.Fprintf(&b, "| %s | %s %s %s | %s |\n", text(r.What), r.Kind, name, text(r.Path), text(r.Detail))
	}
	return b.String()
}

// Rows lists what a plan speaks of, what needs a decision first.
func Rows(p *diff.Plan) []Row {
	var out []Row
	for _, c := range p.Conflicts {
		out = append(out, Row{About: c.About, What: "! conflict", Detail: subject(c.Locale, c.Field) + c.Reason + by(c.By)})
	}
	for _, d := range p.Drift {
		out = append(out, Row{About: d.About, What: string(d.What), Detail: strings.TrimPrefix(field(d.Locale, d.Field)+by(d.By), ", ")})
	}
	for _, d := range p.Behind {
		out = append(out, Row{About: d.About, What: "! behind", Detail: string(d.What)})
	}
	for _, c := range p.Changes {
		out = append(out, Row{About: c.About, What: c.Op.Symbol() + " " + string(c.Op), Detail: strings.Join(said(c), "; ")})
	}
	return out
}
