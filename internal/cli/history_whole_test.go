package cli_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
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

// settleBroken removes what a revert or a merge left behind.
func (w *world) settleBroken() error {
	for {
		here, err := w.here()
		if err != nil || len(here.broken()) == 0 {
			return err
		}
		err = w.byHand("settled by hand", func() error {
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
