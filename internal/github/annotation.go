package github

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Level says how GitHub shows an annotation.
type Level string

// The levels.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Notice  Level = "notice"
)

// Annotation is a remark beside a line of a file. Without a File it stands on
// the run as a whole; Line counts from 1, 0 is the file as a whole.
type Annotation struct {
	Level          Level
	File           string
	Line           int
	Title, Message string
}

// String gives the workflow command, without a newline.
func (a Annotation) String() string {
	var props []string
	if a.File != "" {
		props = append(props, "file="+property(a.File))
		if a.Line > 0 {
			props = append(props, fmt.Sprintf("line=%d", a.Line))
		}
	}
	if a.Title != "" {
		props = append(props, "title="+property(a.Title))
	}
	head := string(a.Level)
	if len(props) > 0 {
		head += " " + strings.Join(props, ",")
	}
	return "::" + head + "::" + data(strings.Map(shownInLog, a.Message))
}

// shownInLog is [shown] for a message that may have several lines.
func shownInLog(r rune) rune {
	if r == '\n' {
		return r
	}
	return shown(r)
}

// Annotate writes annotations, the grave ones first: GitHub shows ten errors
// and ten warnings of a step and drops the rest.
func Annotate(w io.Writer, list []Annotation) error {
	rank := map[Level]int{Error: 0, Warning: 1, Notice: 2}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Annotation) int { return cmp.Compare(rank[a.Level], rank[b.Level]) })
	for _, a := range list {
		if _, err := fmt.Fprintln(w, a); err != nil {
			return err
		}
	}
	return nil
}

// OfPlan gives the annotations of a plan: what is invalid and in conflict as
// errors, what Intercom will change of a text and what changed there as
// warnings. home is the folder of hcsync.yaml from the root of the repository,
// content that of the content tree from there.
func OfPlan(p *diff.Plan, home, content string) []Annotation {
	var out []Annotation
	add := func(level Level, file string, line int, title, message string) {
		out = append(out, Annotation{level, path.Join(home, file), line, title, message})
	}
	for _, x := range p.Problems {
		level := Error
		if x.Note {
			level = Notice
		}
		add(level, x.File, x.Line, "hcsync", x.Message)
	}
	for _, c := range p.Conflicts {
		add(Error, cmp.Or(c.File, fileOf(content, c.About)), c.Line, "Conflict with Intercom", subject(c.Locale, c.Field)+c.Reason+by(c.By)+"\n"+c.Hint)
	}
	for _, d := range p.Behind {
		add(Error, fileOf(content, d.About), 0, "Older than the last push", string(d.What))
	}
	for _, c := range p.Changes {
		for _, l := range c.Contents {
			for _, f := range l.Fields {
				for _, warning := range f.Warnings {
					add(Warning, l.File, warning.Line, "Intercom will change this", warning.Message)
				}
			}
		}
	}
	for _, d := range p.Drift {
		add(Warning, fileOf(content, d.About), 0, "Changed in Intercom", subject(d.Locale, d.Field)+string(d.What)+by(d.By)+"; `hcsync pull` takes it")
	}
	for i := range out {
		if out[i].File == home {
			out[i].File = "" // nothing in the files to point at
		}
	}
	return out
}

// subject gives "fr body: ".
func subject(l model.Locale, f model.Field) string {
	s := field(l, f)
	if s == "" {
		return ""
	}
	return s + ": "
}

func fileOf(content string, a diff.About) string {
	switch {
	case a.Path == "":
		return ""
	case a.Kind == model.Collection:
		return path.Join(content, a.Path, "_collection.md")
	}
	return path.Join(content, a.Path)
}
