package gather

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// base loads the version of each object that its files are compared with, or
// that they had when they were removed.
func (s Sources) base(ctx context.Context, st *States, local model.Snapshot, claims map[diff.Place]model.Key, in map[string]bool, known state.Texts) (map[model.Key]*model.BaseObject, error) {
	tip := st.History.Tip()
	if tip < 0 {
		return nil, nil
	}
	files := make(map[model.Key]*model.Object, len(local.Objects))
	for i := range local.Objects {
		o := &local.Objects[i]
		if key, ok := identity(o, claims); ok {
			files[key] = o
		}
	}
	newest := st.Tip
	if st.Unsettled != nil {
		newest = st.Unsettled.before
	}
	var wants []state.Want
	base := make(map[model.Key]*model.BaseObject, len(newest))
	for key := range st.History.Each(tip) {
		o := files[key]
		if o == nil {
			o = &model.Object{Kind: key.Kind, ID: key.ID}
		}
		w, ok := s.want(st.History, key, o, in)
		if tip := newest[key]; s.Secondary && tip != nil && in[tip.Kept] {
			w, ok = st.History.Want(key, st.History.Tip()), true // ours was kept against just this
		}
		if err := s.wantUnfiled(ctx, st, o, in, &w); err != nil {
			return nil, err
		}
		switch b := newest[key]; {
		case !ok && files[key] != nil:
		case b != nil && st.History.Same(w, tip):
			base[key] = b // what is compared with the newest is there already
		default:
			wants = append(wants, w)
		}
	}
	for key, o := range files {
		if _, have := st.Tip[key]; have {
			continue
		}
		// Forgotten since, by a pull of another branch perhaps: what this file has
		// seen tells an object that is gone from one that never was.
		if w, ok := s.want(st.History, key, o, in); ok {
			wants = append(wants, w)
		}
	}
	slices.SortFunc(wants, func(a, b state.Want) int { return a.Key.Compare(b.Key) })
	chosen, err := s.Store.Load(ctx, st.History, wants, known)
	if err != nil {
		return nil, err
	}
	for key, b := range chosen {
		base[key] = b
	}
	return base, nil
}

// identity tells which object a file belongs to, as far as that needs no
// comparing of texts.
func identity(o *model.Object, claims map[diff.Place]model.Key) (model.Key, bool) {
	if o.ID != "" {
		return o.Key(), true
	}
	key, ok := claims[diff.Place{Kind: o.Kind, Path: o.Path}]
	return key, ok
}

// want chooses the version of every locale of an object that has a file.
func (s Sources) want(h *state.History, key model.Key, o *model.Object, in map[string]bool) (state.Want, bool) {
	main := o.Contents[o.Default]
	w := state.Want{Key: key, Object: s.version(h, key, "", main.Synced, in), Locales: map[model.Locale]int{}}
	found := w.Object >= 0
	for l, c := range o.Contents {
		if seq := s.version(h, key, l, c.Synced, in); seq >= 0 {
			w.Locales[spelling(h, key, l, seq)] = seq
			found = true
		}
	}
	return w, found
}

// spelling gives a locale as the state writes it at a commit.
func spelling(h *state.History, key model.Key, l model.Locale, seq int) model.Locale {
	if h.HasLocale(key, l, seq) {
		return l
	}
	for _, have := range h.Locales(key, seq) {
		if have.Is(l) {
			return have
		}
	}
	return l
}

// version is the newest, in the state's history, of the commit that a file has
// seen and its last push, if that push came from this history of main. A state
// of its own belongs to this checkout alone, so there the last push counts.
func (s Sources) version(h *state.History, key model.Key, l model.Locale, synced string, in map[string]bool) int {
	seen, pushed := -1, -1
	if synced != "" {
		if seq, ok := h.Find(synced); ok {
			seen = seq
		}
	}
	if seq, ok := h.LastPush(key, l); ok && (s.Store.Own() || in[h.Commit(seq).Main]) {
		pushed = seq
	}
	return diff.BaseSeq(seen, pushed)
}

// lineage says of every main commit that the state names whether HEAD's
// history has it.
func (s Sources) lineage(ctx context.Context, st *States) (map[string]bool, error) {
	mains := s.mains(st)
	if s.Repo == nil || s.Store.Own() || len(mains) == 0 || st.Main == NoCommit {
		return map[string]bool{}, nil
	}
	return s.ancestors(ctx, st.Main, mains)
}

// ancestors says which commits a branch has. A shallow clone that cannot tell
// fetches its history first.
func (s Sources) ancestors(ctx context.Context, tip string, commits []string) (map[string]bool, error) {
	in, err := s.Repo.Ancestors(ctx, tip, commits)
	if !errors.Is(err, git.ErrShallow) || s.Remote == "" {
		return in, err
	}
	if err := s.Repo.Deepen(ctx, s.Remote); err != nil {
		return nil, err
	}
	return s.Repo.Ancestors(ctx, tip, commits)
}

func (s Sources) mains(st *States) []string {
	set := map[string]bool{}
	for seq := range st.History.Len() {
		set[st.History.Commit(seq).Main] = true
	}
	if st.Unsettled != nil {
		set[st.Unsettled.Intent.Main] = true
	}
	for _, o := range st.Tip {
		set[o.Pushed] = true
		set[o.Kept] = true
		for _, c := range o.Contents {
			set[c.Seen] = true
		}
	}
	delete(set, "")
	delete(set, NoCommit)
	return slices.Collect(maps.Keys(set))
}

// behind lists objects whose last push came from a commit that the default
// branch has and HEAD has not. The remote is asked for that branch only when some
// push is not in HEAD's history: a CI job that has waited knows of no newer merge.
func (s Sources) behind(ctx context.Context, st *States, in map[string]bool) (map[model.Key]bool, error) {
	foreign := map[model.Key]string{}
	for key, o := range st.Tip {
		if o.Pushed != "" && o.Pushed != NoCommit && !in[o.Pushed] {
			foreign[key] = o.Pushed
		}
	}
	newer, err := s.newer(ctx, slices.Collect(maps.Values(foreign)))
	if err != nil {
		return nil, err
	}
	out := map[model.Key]bool{}
	for key, commit := range foreign {
		if newer[commit] {
			out[key] = true
		}
	}
	return out, nil
}

// newer says which of some commits that HEAD has not the default branch has.
func (s Sources) newer(ctx context.Context, foreign []string) (map[string]bool, error) {
	if len(foreign) == 0 || s.Repo == nil || s.Store.Own() {
		return nil, nil
	}
	branch, ok, err := s.Repo.DefaultBranch(ctx, s.Remote)
	if s.unreached(err) {
		return nil, nil
	}
	if err != nil || !ok {
		return nil, err
	}
	tip, err := s.Repo.RemoteTip(ctx, s.Remote, branch)
	if s.unreached(err) {
		tip, err = branch, nil // as this clone last saw it
	}
	if err != nil {
		return nil, err
	}
	return s.ancestors(ctx, tip, foreign)
}

// rollback lets what was pushed from newer commits of the default branch count
// as if this checkout had it: then its older texts are edits of that.
func (s Sources) rollback(ctx context.Context, st *States, in map[string]bool) error {
	foreign := slices.DeleteFunc(s.mains(st), func(commit string) bool { return in[commit] })
	newer, err := s.newer(ctx, foreign)
	for commit := range newer {
		in[commit] = in[commit] || newer[commit]
	}
	return err
}
