package cli_test

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// broken lists the files that have no place in a tree: translations without
// their main file, and what is in a folder that is no collection's.
func (s *side) broken() []string {
	var out []string
	for _, p := range s.pages {
		folder := path.Dir(p.path)
		_, founded := s.folders[folder]
		switch {
		case p.path == "help/_help-center.md":
		case p.locale == "fr" && !slices.ContainsFunc(s.pages, func(o *page) bool { return o.path == stem(p.path)+".md" }):
			out = append(out, p.path)
		case !founded && folder != "_unlisted":
			out = append(out, p.path)
		}
	}
	return out
}

// adrift gives a collection's folder that is in one which is no collection's, as a
// merge leaves it when one side moves a folder away and the other one into it.
func (s *side) adrift() string {
	for _, folder := range keysOf(s.folders) {
		if around := path.Dir(folder); around != "help" && s.folders[around] == "" {
			return folder
		}
	}
	return ""
}

// whole: no command leaves a tree that the next one refuses. By hand and with
// git that is soon done.
func whole(before, after *side) error {
	was := before.broken()
	for _, name := range after.broken() {
		if !slices.Contains(was, name) {
			return fmt.Errorf("broken: %s has no main file or no collection", name)
		}
	}
	return nil
}

// settleBroken removes what a revert or a merge left behind, and brings a whole
// collection out of a folder that is none.
func (w *world) settleBroken() error {
	for {
		here, err := w.here()
		if err != nil || len(here.broken()) == 0 && here.adrift() == "" {
			return err
		}
		err = w.byHand("settled by hand", func() error {
			if folder := here.adrift(); folder != "" {
				return w.rename(folder, fmt.Sprintf("help/%s-%d", path.Base(folder), len(w.story)))
			}
			for _, name := range here.broken() {
				w.tell("in git: remove %s, which has no place", name)
				if err := os.Remove(filepath.Join(w.dir, "content", name)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// settlePlaces moves what both sides moved to where Intercom has it, as the
// conflict says.
func (w *world) settlePlaces(out string) error {
	if !strings.Contains(out, "to where Intercom has it") {
		return nil
	}
	m, err := w.now()
	if err != nil {
		return err
	}
	folders := map[string]string{"": "help"}
	for folder, birth := range m.here.folders {
		folders[birth] = folder
	}
	for _, p := range m.here.pages {
		place, known := m.live.places[p.birth]
		into, has := folders[place]
		if from := stem(p.path); known && has && p.locale == "en" && m.here.places[p.birth] != place {
			if p.collection() {
				from = path.Dir(p.path)
			}
			if strings.HasPrefix(into+"/", from+"/") {
				continue // what is around it goes first
			}
			return w.byHand("settled by hand", func() error { return w.carry(from, into) })
		}
	}
	return nil
}

// carry moves a folder, or the files of an article, into a folder.
func (w *world) carry(from, into string) error {
	to := path.Join(into, path.Base(from))
	for _, ext := range []string{"", ".md", ".fr.md"} {
		if _, err := os.Stat(filepath.Join(w.dir, "content", from+ext)); err != nil {
			continue
		}
		if err := w.rename(from+ext, to+ext); err != nil {
			return err
		}
	}
	return nil
}

// settleTitles writes the titles without which a text cannot be created, in a
// second workspace or where only Intercom had the article, as the plan says.
func (w *world) settleTitles(out string) error {
	list, err := w.pages()
	if err != nil || w.staging == nil && !strings.Contains(out, "a new translation needs a title") {
		return err
	}
	return w.byHand("settled by hand", func() error {
		for _, p := range list {
			if p.locale != "en" || p.get("title") != "" || path.Base(p.path) == "_help-center.md" {
				continue
			}
			w.tell("in git: %s: a title", p.path)
			if err := errors.Join(p.doc.Set("title", "In English"), w.save(p)); err != nil {
				return err
			}
		}
		return nil
	})
}

var takeOver = regexp.MustCompile(`content/(\S+):1: (?:Intercom has another text with this title in this place|may be a file that was moved and edited, since one with this title or text is gone) \(id (\d+)\)`)

// settleIDs writes the number of what Intercom has in the place of a new file
// into that file, as the conflict says.
func (w *world) settleIDs(out string) error {
	m := takeOver.FindStringSubmatch(out)
	if m == nil {
		return nil
	}
	list, err := w.pages()
	if err != nil {
		return err
	}
	return w.byHand("settled by hand", func() error {
		for _, p := range list {
			if p.path == m[1] {
				w.tell("in git: %s: id %s", p.path, m[2])
				return errors.Join(p.doc.Set("id", m[2]), w.save(p))
			}
		}
		return nil
	})
}
