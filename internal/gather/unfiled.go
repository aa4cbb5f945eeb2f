package gather

import (
	"context"
	"maps"
	"path"
	"regexp"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// wantUnfiled chooses the version of what has no file here: of whole objects,
// and of single locales of those that have others.
func (s Sources) wantUnfiled(ctx context.Context, st *States, o *model.Object, in map[string]bool, w *state.Want) error {
	h := st.History
	if len(o.Contents) == 0 {
		w.Object = h.Tip()
	}
	for _, l := range h.Locales(w.Key, h.Tip()) {
		if _, here := model.In(o.Contents, l); here {
			continue
		}
		seq, err := s.lastKnown(ctx, st, w.Key, l, in)
		if err != nil {
			return err
		}
		w.Locales[l] = seq
	}
	return nil
}

// lastKnown gives the newest version of a locale that this checkout's history
// knew: a removal says nothing about an edit that only another branch has
// pulled. Usually nothing happened since the last push, and that is the newest
// version of all.
func (s Sources) lastKnown(ctx context.Context, st *States, key model.Key, l model.Locale, in map[string]bool) (int, error) {
	h, tip := st.History, st.Tip[key]
	seq := s.version(h, key, l, "", in)
	if seq < 0 && h.InRoot(key, l) {
		seq = 0
	}
	switch {
	case seq < 0, s.Repo == nil, s.Store.Own(), s.Secondary, tip.Removed, tip.Contents[l].Removed,
		tip.Kept != "" && in[tip.Kept], unchanged(h, key, l, seq):
		return h.Tip(), nil
	}
	synced, err := s.lastSynced(ctx, tip, l)
	if err != nil {
		return 0, err
	}
	if seen, ok := h.Find(synced); ok && synced != "" {
		seq = max(seq, seen)
	}
	return seq, nil
}

// unchanged says that a locale is now as it was at a commit.
func unchanged(h *state.History, key model.Key, l model.Locale, seq int) bool {
	of := func(at int) map[string]string {
		files := h.Files(key, at)
		maps.DeleteFunc(files, func(name, _ string) bool { return !strings.HasPrefix(name, string(l)+".") })
		return files
	}
	return maps.Equal(of(seq), of(h.Tip()))
}

var syncedLine = regexp.MustCompile(`(?m)^synced: "?([0-9a-f]+)"?\r?$`)

// lastSynced gives the marker that a removed file had in the end.
func (s Sources) lastSynced(ctx context.Context, tip *model.BaseObject, l model.Locale) (string, error) {
	stem := strings.TrimSuffix(tip.Path, ".md")
	if tip.Kind == model.Collection {
		stem = path.Join(tip.Path, "_collection")
	}
	for _, name := range []string{stem + "." + string(l) + ".md", stem + ".md"} {
		text, err := s.Repo.LastText(ctx, path.Join(s.Content, name))
		if err != nil {
			return "", err
		}
		if m := syncedLine.FindStringSubmatch(text); m != nil {
			return m[1], nil
		}
	}
	return "", nil
}
