package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/history"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/restore"
	"github.com/hcsync/hcsync/internal/state"
)

type restoreFlags struct {
	targetFlags
	to                      string
	locales                 []string
	all, state, yes, dryRun bool
}

func newRestore(env *Env) *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "restore [path or id]... --to commit|date",
		Short: "Make files say again what they said before",
		Long: `Rewrites the files of an article, a collection, a folder or everything, so that
they say what the state recorded at an earlier commit. ` + "`hcsync log`" + ` lists the
commits. Intercom is not touched: look at ` + "`hcsync plan`" + `, commit, and push.

  --to 3f2a91c0     as this commit of the state left it
  --to 3f2a91c0^    as it was before that commit, or the push that it is of
  --to 2026-05-31   as it was at the end of that day

Files that are gone come back. What was added since stays as it is. Which texts
are published is left alone without --state. A file with changes that are not
committed is copied to .hcsync/backup first.

Exit codes:
  0  done, or nothing to do
  1  error
  4  the content is invalid
  7  some files were left alone; they are listed`,
		Example: "  hcsync restore content/acme/billing/invoices.md --to 3f2a91c0^\n  hcsync restore content/acme/billing --to 2026-05-31\n  hcsync restore --all --to 3f2a91c0^ --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRestore(cmd.Context(), env, f, args)
		},
	}
	cmd.Flags().StringVarP(&f.target, "target", "t", "", "the `name` of the workspace whose state is meant: a target of hcsync.yaml, or sandbox")
	cmd.Flags().StringVar(&f.to, "to", "", "a `commit` of the state, or a date (required)")
	cmd.Flags().BoolVarP(&f.all, "all", "a", false, "everything that the state had then")
	cmd.Flags().BoolVar(&f.state, "state", false, "also restore which texts are published and which are drafts")
	cmd.Flags().StringSliceVar(&f.locales, "locale", nil, "only these `locales`")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask; needed where nobody can answer")
	cmd.Flags().BoolVarP(&f.dryRun, "dry-run", "n", false, "show which files would be written, and stop")
	return cmd
}

func runRestore(ctx context.Context, env *Env, f restoreFlags, args []string) error {
	switch {
	case f.to == "":
		return errors.New("--to is missing: the commit of the state, or the date, to go back to\n`hcsync log PATH` lists the commits of an article")
	case f.all == (len(args) > 0):
		return errors.New("name what to restore: a file, a folder or an id, or everything with `--all`")
	}
	s, h, err := openRecord(ctx, env, f.targetFlags)
	if err != nil {
		return err
	}
	defer s.close()
	seq, err := history.Resolve(h, f.to, time.Local)
	if err != nil {
		return err
	}
	objects, err := s.toRestore(ctx, h, seq, f.all, args)
	if err != nil {
		return err
	}
	o, err := s.restoreOptions(ctx, objects, f)
	if err != nil {
		return err
	}
	return s.restore(ctx, restore.Compute(objects, o), f, fmt.Sprintf("%s, %s", h.Short(seq), h.Commit(seq).Time.Local().Format("2006-01-02 15:04")))
}

// restore shows what it is about, asks, and writes.
func (s *session) restore(ctx context.Context, r restore.Result, f restoreFlags, to string) error {
	for _, n := range r.Notes {
		fmt.Fprintf(s.env.Stderr, "note: %s\n", report.Clean(n))
	}
	if len(r.Files) == 0 {
		fmt.Fprintf(s.env.Stdout, "Nothing to restore: the files say what they said then (%s).\n", to)
		return nil
	}
	for _, file := range r.Files {
		report.RestoredFile(s.env.Stdout, s.env.style(), s.tree.File(file.Path), file.Fields, file.Back)
	}
	if f.dryRun {
		fmt.Fprintf(s.env.Stdout, "\nWould restore %s (%s).\n", report.Plural(len(r.Files), "file"), to)
		return nil
	}
	if !f.yes {
		if err := s.env.confirm(ctx, fmt.Sprintf("Write %s as of %s?", report.Plural(len(r.Files), "file"), to)); err != nil {
			return err
		}
	}
	return s.writeRestored(r.Files, to)
}

func (s *session) writeRestored(files []restore.File, to string) error {
	kept := 0
	blocked := map[diff.About]bool{} // whose main file is in the way: a translation would be that of another article
	slices.SortStableFunc(files, func(a, b restore.File) int { return cmp.Compare(mainFirst(a), mainFirst(b)) })
	for _, file := range files {
		about := diff.About{Kind: file.About.Kind, ID: file.About.ID}
		if file.Back && blocked[about] {
			kept++
			fmt.Fprintf(s.env.Stderr, "left alone: %s: is a translation of what is in the way\n", s.tree.File(file.Path))
			continue
		}
		_, err := s.tree.Write(file.Edit)
		switch {
		case errors.Is(err, content.ErrChangedSinceRead), errors.Is(err, content.ErrExists):
			kept++
			blocked[about] = blocked[about] || file.Back && mainFirst(file) == 0
			fmt.Fprintf(s.env.Stderr, "left alone: %v\n", err)
		case err != nil:
			return err
		}
	}
	fmt.Fprintf(s.env.Stdout, "\nRestored %s (%s). `hcsync plan` shows the way back, `hcsync push` takes it.\n", report.Plural(len(files)-kept, "file"), to)
	if kept > 0 {
		return fail(exitPartial, "%s left alone", report.Plural(kept, "file"))
	}
	return nil
}

// mainFirst orders a main file before its translations.
func mainFirst(f restore.File) int {
	if content.IsTranslation(f.Path) {
		return 1
	}
	return 0
}

// toRestore gathers the objects that are asked for, in both versions.
func (s *session) toRestore(ctx context.Context, h *state.History, seq int, all bool, args []string) ([]restore.Object, error) {
	r, err := s.openEntries(ctx, h, seq)
	if err != nil {
		return nil, err
	}
	unclear, err := r.followMoves(ctx, s)
	if err != nil {
		return nil, err
	}
	local := r.local(s)
	var keys []model.Key
	if all {
		keys = slices.AppendSeq(slices.Collect(maps.Keys(r.then)), maps.Keys(local))
	}
	for _, arg := range args {
		found, err := r.find(s, h, arg)
		if err != nil {
			return nil, err
		}
		keys = append(keys, found...)
	}
	keys = r.withFolders(keys, local)
	var wants []state.Want
	for _, key := range keys {
		if local[key] == nil && r.then[key] != nil && unclear[key.Kind] != "" {
			return nil, errors.New(unclear[key.Kind])
		}
		wants = append(wants, h.Want(key, seq))
	}
	then, err := s.store.Load(ctx, h, wants, nil)
	if err != nil {
		return nil, err
	}
	var out []restore.Object
	for _, key := range keys {
		out = append(out, restore.Object{Key: key, Then: then[key], Now: local[key], Path: r.way(key, local), Gone: r.tip[key] == nil})
	}
	return out, nil
}

// followMoves finds the files that have no id yet and are no longer where the
// state saw them, as a plan does: else they would be brought back beside
// themselves. For each kind it gives what is wrong with a file of which that
// cannot be told.
func (r *record) followMoves(ctx context.Context, s *session) (unclear map[model.Kind]string, err error) {
	known := func(o model.Object) bool { _, ok := r.key(s, &o); return ok }
	if !slices.ContainsFunc(s.files.Objects, func(o model.Object) bool { return !known(o) }) {
		return nil, nil
	}
	st, err := s.gather(ctx)
	if err != nil {
		return nil, err
	}
	plan := diff.Compute(st.Input)
	for _, p := range plan.Pairs {
		if p.Local != nil && p.Remote != nil && !known(*p.Local) {
			r.claims[diff.Place{Kind: p.Local.Kind, Path: p.Local.Path}] = p.Remote.Key()
		}
	}
	unclear = map[model.Kind]string{}
	for _, x := range plan.Conflicts {
		if x.Unmatched {
			unclear[x.Kind] = x.File + ": " + x.Reason + "\n" + x.Hint
		}
	}
	return unclear, nil
}

// home is where the files of an object were last.
func (r *record) home(key model.Key) string {
	if e := r.tip[key]; e != nil && e.Path != "" {
		return e.Path
	}
	if e := r.then[key]; e != nil {
		return e.Path
	}
	return ""
}

// way is where files that are gone come back to: into their collection where that
// is now, or home. A folder that another collection has by now gets a new name.
func (r *record) way(key model.Key, local map[model.Key]*model.Object) string {
	home := r.home(key)
	if in, ok := r.parent(key); ok {
		if folder := local[in]; folder != nil {
			return path.Join(folder.Path, path.Base(home))
		}
		home = path.Join(r.way(in, local), path.Base(home))
	} else {
		home = r.followed(home, local)
	}
	if key.Kind == model.Article || local[key] != nil {
		return home
	}
	taken := map[string]bool{}
	for _, o := range local {
		taken[o.Path] = true
	}
	to := home
	for n := 2; taken[to]; n++ {
		to = fmt.Sprintf("%s-%d", home, n)
	}
	return to
}

// followed gives a path where the folder that was around it is now.
func (r *record) followed(home string, local map[model.Key]*model.Object) string {
	for dir := path.Dir(home); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if folder := local[r.claims[diff.Place{Kind: model.Collection, Path: dir}]]; folder != nil {
			return path.Join(folder.Path, home[len(dir):])
		}
	}
	return home
}

// parent gives the collection whose folder the files of an object were last in.
func (r *record) parent(key model.Key) (model.Key, bool) {
	e := r.tip[key]
	if e == nil || e.Path == "" {
		e = r.then[key]
	}
	if e == nil {
		return model.Key{}, false
	}
	for _, id := range e.LocalParents {
		if in := (model.Key{Kind: model.Collection, ID: id}); in != key && r.home(in) == path.Dir(e.Path) {
			return in, true
		}
	}
	return model.Key{}, false
}

// withFolders adds the collections that files which are gone need to come back
// into, as far as they are gone too.
func (r *record) withFolders(keys []model.Key, local map[model.Key]*model.Object) []model.Key {
	set := map[model.Key]bool{}
	for _, key := range keys {
		set[key] = true
		in, _ := r.parent(key)
		if local[key] != nil || r.then[key] == nil || local[in] != nil {
			continue
		}
		for dir := path.Dir(r.home(key)); dir != "."; dir = path.Dir(dir) {
			for other := range r.then {
				if other.Kind == model.Collection && local[other] == nil && r.home(other) == dir {
					set[other] = true
				}
			}
		}
	}
	return slices.SortedFunc(maps.Keys(set), model.Key.Compare)
}

func (s *session) restoreOptions(ctx context.Context, objects []restore.Object, f restoreFlags) (restore.Options, error) {
	o := restore.Options{
		Content: s.cfg.Content, State: f.state, IDs: !s.secondary(),
		Default:    func(p string) model.Locale { return s.center(p).Default },
		Has:        func(p string, l model.Locale) bool { hc := s.center(p); _, ok := hc.Has(l); return ok },
		InConflict: func(file string) bool { return s.standing[file] },
		Last:       func(string) []byte { return nil },
	}
	var err error
	if o.Locale, err = locales(f.locales, s.files.HelpCenters); err != nil || s.repo == nil {
		return o, err
	}
	blobs := sync.OnceValues(func() (map[string]string, error) { return s.repo.LastCommitted(ctx, s.cfg.Content) })
	o.Last = func(file string) []byte {
		known, err := blobs()
		text := ""
		if id, ok := known[file]; ok && err == nil {
			text, err = s.repo.Blob(ctx, id)
		}
		if err != nil || text == "" {
			return nil // not committed, or a partial clone that is offline; the state has the text
		}
		return []byte(text)
	}
	return o, nil
}

// center gives the help center that a path is in; what stands in none belongs to
// the default one, in any locale that one of them has.
func (s *session) center(p string) model.HelpCenter {
	home := model.HelpCenter{}
	for _, hc := range s.files.HelpCenters {
		if strings.HasPrefix(p, hc.Path+"/") {
			return hc
		}
		if home.ID == "" || hc.IsDefault {
			home = hc
		}
	}
	home.Locales = nil
	return home
}
