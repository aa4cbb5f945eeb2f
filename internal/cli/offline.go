package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/resume"
	"github.com/hcsync/hcsync/internal/state"
)

// openRecord opens what the commands need that ask no workspace: files, git and
// the state, which is fetched where its remote can be reached.
func openRecord(ctx context.Context, env *Env, f targetFlags) (*session, *state.History, error) {
	s := newSession(env, pulling)
	for _, step := range []func(context.Context, targetFlags) error{s.loadConfig, s.chooseTarget, s.readFiles, s.openGit, s.openStore} {
		if err := step(ctx, f); err != nil {
			return nil, nil, err
		}
	}
	err := s.store.Fetch(ctx)
	if errors.Is(err, state.ErrOffline) {
		fmt.Fprintf(env.Stderr, "note: %s cannot be reached; this is the state as this clone last saw it\n", s.remote)
		err = nil
	}
	if err != nil {
		return nil, nil, err
	}
	// Only what may write to the state settles what a push has left there.
	_, in, err := resume.Standing(ctx, s.store)
	if err != nil {
		return nil, nil, err
	}
	if in != nil {
		fmt.Fprintf(env.Stderr, "note: %s has not ended; what it did is not in the record so far\n", began(in))
	}
	h, err := s.store.History(ctx)
	return s, h, err
}

// record is what the state tells of objects without reading their texts: the
// newest entry of each, and its entry at one commit.
type record struct {
	tip, then map[model.Key]*model.BaseObject
	claims    map[diff.Place]model.Key
}

func (s *session) openEntries(ctx context.Context, h *state.History, seq int) (*record, error) {
	r := &record{}
	var err error
	if r.tip, err = s.bare(ctx, h, h.Tip()); err != nil {
		return nil, err
	}
	if r.then, err = s.bare(ctx, h, seq); err != nil {
		return nil, err
	}
	files := s.files.Objects
	if s.secondary() {
		files = gather.Abroad(files)
	}
	r.claims = gather.Claims(r.tip, files)
	return r, nil
}

// bare loads all objects of a commit without their texts.
func (s *session) bare(ctx context.Context, h *state.History, seq int) (map[model.Key]*model.BaseObject, error) {
	var wants []state.Want
	for _, key := range h.Objects(seq) {
		wants = append(wants, state.Want{Key: key, Object: seq})
	}
	return s.store.Load(ctx, h, wants, nil)
}

// key tells which object of the state a file belongs to.
func (r *record) key(s *session, o *model.Object) (model.Key, bool) {
	if o.ID != "" && !s.secondary() {
		return o.Key(), true
	}
	key, ok := r.claims[diff.Place{Kind: o.Kind, Path: o.Path}]
	return key, ok
}

// local maps the objects of the state to their files.
func (r *record) local(s *session) map[model.Key]*model.Object {
	out := map[model.Key]*model.Object{}
	for i := range s.files.Objects {
		o := &s.files.Objects[i]
		if key, ok := r.key(s, o); ok {
			out[key] = o
		}
	}
	return out
}

// find gives the objects that an argument names: an id, a file, or a folder with
// all that is or was in it.
func (r *record) find(s *session, h *state.History, arg string) ([]model.Key, error) {
	if strings.Trim(arg, "0123456789") == "" {
		var found []model.Key
		for _, kind := range []model.Kind{model.Collection, model.Article} {
			if key := (model.Key{Kind: kind, ID: arg}); len(h.Touched(key)) > 0 {
				found = append(found, key)
			}
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: the state knows no article and no collection with this id", arg)
		}
		return found, nil
	}
	was := map[diff.Place]model.Key{}
	for _, entries := range []map[model.Key]*model.BaseObject{r.then, r.tip} {
		for key, e := range entries {
			was[diff.Place{Kind: key.Kind, Path: e.Path}] = key
		}
	}
	p, err := s.treePath(s.mainFile(arg, was), was)
	if err != nil {
		return nil, err
	}
	found := r.below(s, p, was)
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: the state does not know it; it was never pulled or pushed", arg)
	}
	return found, nil
}

// mainFile gives the file that a translation which is gone belongs to, as far as
// the state knows one; else what it was given.
func (s *session) mainFile(arg string, was map[diff.Place]model.Key) string {
	name, isFile := strings.CutSuffix(arg, ".md")
	stem, _, translated := cutLastDot(name)
	if !isFile || !translated {
		return arg
	}
	if _, err := s.treePath(arg, was); err == nil {
		return arg
	}
	return stem + ".md"
}

func cutLastDot(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i <= strings.LastIndexByte(s, '/') {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// below lists the objects whose files are, or were, at a path or below it.
func (r *record) below(s *session, p string, was map[diff.Place]model.Key) []model.Key {
	in := func(at string) bool { return p == "." || at == p || strings.HasPrefix(at, p+"/") }
	set := map[model.Key]bool{}
	local := r.local(s)
	for key, o := range local {
		set[key] = in(o.Path)
	}
	for place, key := range was {
		// What has moved away stands elsewhere now and is not meant.
		if local[key] == nil && in(place.Path) {
			set[key] = true
		}
	}
	var found []model.Key
	for key, is := range set {
		if is {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, model.Key.Compare)
	return found
}

// treeFile makes the path of a file or folder relative to the content folder;
// it need not be there.
func (s *session) treeFile(arg string) (string, error) {
	rel, err := filepath.Rel(s.cfg.ContentDir(), join(s.env.Dir, arg))
	if err != nil {
		return "", err
	}
	p := filepath.ToSlash(rel)
	if p == ".." || strings.HasPrefix(p, "../") {
		return "", fmt.Errorf("%s: not in the content folder %s", arg, s.cfg.Content)
	}
	return p, nil
}
