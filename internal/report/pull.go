package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Pulled is what a pull did.
type Pulled struct {
	Files     []PulledFile    `json:"files"`
	Renames   []Renamed       `json:"renames"`
	Conflicts []diff.Conflict `json:"conflicts"`
	// Left is what seems to be deleted in Intercom, and is left to the user.
	Left []diff.Drift `json:"left"`
	// Skipped are files in which a conflict of an earlier pull still stands.
	Skipped []string `json:"skipped"`
	// PullRequest is where it is proposed, nil where the files were written here.
	PullRequest *PullRequest `json:"pull_request,omitempty"`
}

// PullRequest is a pull request that a pull keeps open.
type PullRequest struct {
	Branch string `json:"branch"`
	// URL is empty where there was nothing to propose.
	URL string `json:"url,omitempty"`
	// Opened says that it is new.
	Opened bool `json:"opened"`
	// Commits is how many this pull added.
	Commits int `json:"commits"`
}

// PulledFile is one file that was written, or left alone.
type PulledFile struct {
	diff.About
	File   string        `json:"file"`
	Locale model.Locale  `json:"locale,omitempty"`
	Fields []model.Field `json:"fields,omitempty"`
	// Why is new, changed, draft taken, merged, kept ours, removed, linked (only id and marker), relinked
	// or mirror.
	Why  string `json:"why"`
	Kept string `json:"kept,omitempty"`
	// Backup is the copy of what the file held, where git has none.
	Backup string `json:"backup,omitempty"`
}

// Renamed is a file or folder that followed a move in Intercom.
type Renamed struct {
	diff.About
	From string `json:"from"`
	To   string `json:"to"`
}

// manyFiles is the number of new files from which on they are only counted.
const manyFiles = 20

// Pull writes what a pull did.
func Pull(w io.Writer, st Style, head Head, p Pulled) {
	writeHead(w, st, head)
	writeConflicts(w, st, p.Conflicts)
	count := map[string]int{}
	for _, f := range p.Files {
		if f.Kept == "" {
			count[f.Why]++
		}
	}
	for _, r := range p.Renames {
		fmt.Fprintf(w, "%s %s from %s\n", st.paint(blue, "» moved"), line(r.To), line(r.From))
	}
	for _, f := range p.Files {
		writePulled(w, st, f, count)
	}
	for _, d := range p.Left {
		fmt.Fprintf(w, "%s %s%s  %s; the file is kept\n", st.paint(magenta, "! left"), name(d.About), where(d.Locale, ""), d.What)
	}
	for _, f := range p.Skipped {
		fmt.Fprintf(w, "%s %s  settle the conflict of the last pull first\n", st.paint(magenta, "! skipped"), line(f))
	}
	if len(p.Skipped)+len(p.Files)+len(p.Renames)+len(p.Left)+len(p.Conflicts) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, pullSummary(p, count))
	writePullRequest(w, p.PullRequest)
	if count["draft taken"] > 0 {
		fmt.Fprintln(w, "Drafts are not live. Publish them with `hcsync push --override-drafts`, or publish or discard them in Intercom and push.")
	}
}

func writePullRequest(w io.Writer, r *PullRequest) {
	switch {
	case r == nil:
	case r.URL == "":
		fmt.Fprintln(w, "No pull request is needed.")
	case r.Opened:
		fmt.Fprintf(w, "Opened a pull request from %s: %s\n", line(r.Branch), line(r.URL))
	default:
		fmt.Fprintf(w, "In the pull request from %s, with %s more: %s\n", line(r.Branch), Plural(r.Commits, "commit"), line(r.URL))
	}
}

func writePulled(w io.Writer, st Style, f PulledFile, count map[string]int) {
	switch {
	case f.Kept != "":
		fmt.Fprintf(w, "%s %s\n    %s\n", st.paint(magenta, "! kept"), line(f.File), line(f.Kept))
	case f.Why == "new" && count["new"] <= manyFiles:
		fmt.Fprintf(w, "%s %s\n", st.paint(green, "+ new"), line(f.File))
	case f.Why == "changed" || f.Why == "draft taken" || f.Why == "merged" || f.Why == "kept ours":
		fields := make([]string, len(f.Fields))
		for i, x := range f.Fields {
			fields[i] = string(x)
		}
		fmt.Fprintf(w, "%s %s  %s\n", st.paint(yellow, "~ "+f.Why), line(f.File), strings.Join(fields, ", "))
	case f.Why == "relinked":
		fmt.Fprintf(w, "%s %s  what it leads to has moved\n", st.paint(yellow, "~ links"), line(f.File))
	case f.Why == "removed":
		fmt.Fprintf(w, "%s %s  deleted in Intercom\n", st.paint(red, "- removed"), line(f.File))
	}
	if f.Backup != "" {
		fmt.Fprintf(w, "    what it held is kept in %s\n", line(f.Backup))
	}
}

func pullSummary(p Pulled, count map[string]int) string {
	if len(p.Files) == 0 && len(p.Renames) == 0 && len(p.Conflicts)+len(p.Skipped) == 0 {
		return "Nothing new in Intercom; no file was touched."
	}
	var parts []string
	for _, kind := range []string{"new", "changed", "draft taken", "merged", "kept ours", "removed", "relinked", "linked", "mirror"} {
		if n := count[kind]; n > 0 {
			word := map[string]string{"relinked": "with links re-pointed", "linked": "given id and marker", "mirror": "help center mirrored"}[kind]
			if word == "" {
				word = kind
			}
			if kind == "draft taken" {
				parts = append(parts, Plural(n, "draft")+" taken")
				continue
			}
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	if n := len(p.Renames); n > 0 {
		parts = append(parts, fmt.Sprintf("%d moved", n))
	}
	parts = append(parts, Plural(len(p.Conflicts), "conflict"))
	return "Pulled: " + strings.Join(parts, ", ") + "."
}

// PullJSON writes what a pull did for machines.
func PullJSON(w io.Writer, head Head, p Pulled) error {
	return encode(w, struct {
		FormatVersion int    `json:"format_version"`
		Command       string `json:"command"`
		Target        target `json:"target"`
		Pulled
	}{FormatVersion, "pull", target{head.Target, head.Workspace, head.WorkspaceID, head.Region, head.URL, head.APIVersion},
		Pulled{list(p.Files), list(p.Renames), list(p.Conflicts), list(p.Left), list(p.Skipped), p.PullRequest}})
}
