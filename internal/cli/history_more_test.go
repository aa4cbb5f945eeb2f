package cli_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hcsync/hcsync/internal/sandbox"
)

// settings changes what a help center's settings say of languages: the default
// one, or whether there is French.
func (w *world) settings(s step) error {
	switch s.a % 4 {
	case 0, 1:
		if w.frenchOff {
			return nil
		}
		return w.languages([]string{"fr", "en"}[s.a%2], nil)
	case 2:
		return w.languages("en", []string{"en"})
	}
	return w.languages("en", []string{"en", "fr"})
}

func (w *world) languages(first string, all []string) error {
	return w.byTeammate("settings", func() error {
		w.tell("in Intercom: default locale %s, locales %v", first, all)
		w.first = first
		if all != nil {
			w.frenchOff = len(all) == 1
		}
		return w.server.UIHelpCenter("41", sandbox.UIHelpCenter{DefaultLocale: &first, Locales: all})
	})
}

// savedFile is where a plan is saved.
const savedFile = ".hcsync/plan.json"

// savedPlan saves a plan and carries it out, perhaps after something moved.
func (w *world) savedPlan(s step) error {
	if err := w.commitAll(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(w.dir, ".hcsync"), 0o755); err != nil {
		return err
	}
	defer os.Remove(filepath.Join(w.dir, savedFile))
	code, _, err := w.command(step{b: 9}, "plan", "--out", savedFile)
	if err != nil || code != 0 {
		return err
	}
	switch s.c / 3 % 4 {
	case 0:
		err = w.liveEdit(s)
	case 1:
		if err = w.gitEdit(s); err == nil {
			err = w.commitAll()
		}
	}
	if err != nil {
		return err
	}
	_, _, err = w.command(s, "push", "--yes", savedFile)
	return err
}

// restore brings files back to how a commit of the state had them. That is an
// edit as any other: Intercom is not asked.
func (w *world) restore(s step) error {
	out, err := w.git("log", "--format=%h", "refs/hcsync/acme1234")
	if err != nil {
		return nil // a clone that has not run anything yet
	}
	commits := strings.Fields(out)
	args := []string{"restore", "--yes", "--to", commits[s.b%len(commits)]}
	files, err := w.files(s)
	if err != nil {
		return err
	}
	if s.c%2 == 0 || len(files) == 0 {
		args = append(args, "--all")
	} else {
		args = append(args, path.Join("content", files[0]))
	}
	before := w.last.here
	err = w.byHand("restored", func() error {
		w.hcsync(w.t.Context(), args...)
		return nil
	})
	if err != nil {
		return err
	}
	return whole(before, w.last.here)
}

var target = regexp.MustCompile(`!?\[([^\]]*)\]\(([^):]*)\)`)

// settleLinks takes links and images out whose file is gone: by hand a file is
// moved without them.
func (w *world) settleLinks() error {
	list, err := w.articles()
	if err != nil {
		return err
	}
	return w.byHand("settled by hand", func() error {
		for _, p := range list {
			body := target.ReplaceAllStringFunc(p.doc.Body(), func(link string) string {
				m := target.FindStringSubmatch(link)
				if _, err := os.Stat(filepath.Join(w.dir, "content", path.Dir(p.path), m[2])); err == nil {
					return link
				}
				w.tell("in git: %s: %s leads nowhere", p.path, link)
				return m[1]
			})
			if body == p.doc.Body() {
				continue
			}
			p.doc.SetBody(body)
			if err := w.save(p); err != nil {
				return fmt.Errorf("%s: %w", p.path, err)
			}
		}
		return nil
	})
}
