package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/history"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/textdiff"
)

// Log writes the history of one object, newest first. subjects are the first
// lines of the main commits that were pushed.
func Log(w io.Writer, st Style, about diff.About, entries []history.Entry, subjects map[string]string, patch bool) {
	fmt.Fprintf(w, "%s\n", st.paint(bold, name(about)))
	for _, e := range entries {
		fmt.Fprintf(w, "\n%s  %s  %s\n", st.paint(yellow, e.Name), e.Commit.Time.Local().Format("2006-01-02 15:04"), line(action(e, subjects)))
		for _, event := range e.Events {
			fmt.Fprintf(w, "    %s\n", line(event))
		}
		for _, p := range changedPlaces(e.Changes) {
			fmt.Fprintf(w, "    %s: %s\n", p.locale, strings.Join(p.fields, ", "))
		}
		if patch {
			writePatch(w, st, e.Changes)
		}
	}
}

// action says what made a commit: "pull", or "push of 1a2b3c4d Fix the price".
func action(e history.Entry, subjects map[string]string) string {
	main := e.Commit.Main
	if len(main) < 8 { // not from a repository
		return e.Commit.Action
	}
	return strings.TrimSpace(e.Commit.Action + " of " + main[:8] + " " + subjects[main])
}

type changedPlace struct {
	locale model.Locale
	fields []string
}

// changedPlaces lists fields by locale; changes come locale by locale.
func changedPlaces(changes []history.Change) []changedPlace {
	var out []changedPlace
	for _, c := range changes {
		if len(out) == 0 || out[len(out)-1].locale != c.Locale {
			out = append(out, changedPlace{locale: c.Locale})
		}
		p := &out[len(out)-1]
		p.fields = append(p.fields, string(c.Field))
	}
	return out
}

func writePatch(w io.Writer, st Style, changes []history.Change) {
	for _, c := range changes {
		if c.Field != model.Body {
			fmt.Fprintf(w, "    %s %s: “%s” → “%s”\n", c.Locale, c.Field, short(c.Before, 100), short(c.After, 100))
			continue
		}
		fmt.Fprintf(w, "    %s body\n", c.Locale)
		Unified(w, st, "    ", textdiff.Ended(c.Before), textdiff.Ended(c.After))
	}
}

type logDocument struct {
	FormatVersion int        `json:"format_version"`
	Command       string     `json:"command"`
	Object        diff.About `json:"object"`
	Entries       []logEntry `json:"entries"`
}

type logEntry struct {
	Commit string    `json:"commit"`
	Time   time.Time `json:"time"`
	Action string    `json:"action"`
	// Main is the commit of the docs repository that was pushed, Subject its
	// first line.
	Main    string           `json:"main,omitempty"`
	Subject string           `json:"subject,omitempty"`
	Events  []string         `json:"events"`
	Changes []history.Change `json:"changes"`
}

// LogJSON writes the same for machines, texts included.
func LogJSON(w io.Writer, about diff.About, entries []history.Entry, subjects map[string]string) error {
	d := logDocument{FormatVersion: FormatVersion, Command: "log", Object: about, Entries: []logEntry{}}
	for _, e := range entries {
		d.Entries = append(d.Entries, logEntry{e.Commit.Hash, e.Commit.Time, e.Commit.Action, e.Commit.Main, subjects[e.Commit.Main], list(e.Events), list(e.Changes)})
	}
	return encode(w, d)
}
