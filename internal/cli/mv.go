package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/relink"
	"github.com/hcsync/hcsync/internal/report"
)

func newMv(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mv from to",
		Short: "Move or rename an article or a collection",
		Long: `Moves an article with all its translations, or the folder of a collection with
all that is in it, and keeps the links right: those in the files that move, and
those that lead to them. Only the addresses are rewritten. Intercom is told by
the next push.

The new place is a folder, or a new name. Files that git knows are moved with
git mv.

Exit codes:
  0  done
  1  error; nothing was moved
  4  the content is invalid, or would be`,
		Example: "  hcsync mv content/acme/setup/install.md content/acme/billing\n  hcsync mv content/acme/setup/install.md content/acme/setup/first-steps.md\n  hcsync mv content/acme/setup content/acme/getting-started",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runMv(cmd.Context(), env, args[0], args[1])
		},
	}
	return cmd
}

func runMv(ctx context.Context, env *Env, from, to string) error {
	s := newSession(env, comparing)
	for _, step := range []func(context.Context, targetFlags) error{s.loadConfig, s.readFiles, s.openGit} {
		if err := step(ctx, targetFlags{}); err != nil {
			return err
		}
	}
	m := mover{session: s}
	if err := m.aim(from, to); err != nil {
		return err
	}
	if err := m.plan(ctx); err != nil {
		return err
	}
	if err := m.run(ctx); err != nil {
		return err
	}
	return m.check(ctx)
}

// mover moves one object. All its paths are relative to the content folder.
type mover struct {
	*session
	object   *model.Object
	from, to string // the object's path: a folder, or the file of an article
	// moves are the files or the folder that change places.
	moves map[string]string
	edits []content.Edit
	notes []string
}

// aim finds what is meant by both arguments.
func (m *mover) aim(from, to string) error {
	p, err := m.treePath(from, nil)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(m.files.Objects, func(o model.Object) bool { return o.Path == p })
	if i < 0 {
		return fmt.Errorf("%s: neither an article nor a collection", from)
	}
	m.object, m.from = &m.files.Objects[i], p
	if m.to, err = m.treeFile(to); err != nil {
		return err
	}
	if m.to, err = m.target(to); err != nil {
		return err
	}
	return m.mayStand(to)
}

// target completes a folder with the name that the object has.
func (m *mover) target(arg string) (string, error) {
	info, err := os.Stat(m.path(m.to))
	isFolder := err == nil && info.IsDir()
	if m.object.Kind == model.Collection {
		if isFolder && !strings.EqualFold(m.to, m.from) {
			return path.Join(m.to, path.Base(m.from)), nil
		}
		return m.to, nil
	}
	switch {
	case isFolder:
		return path.Join(m.to, path.Base(m.from)), nil
	case path.Ext(m.to) != ".md":
		return "", fmt.Errorf("%s: no such folder\nmake the collection with `hcsync new %[1]s --title …`, or give the article a name that ends with .md", arg)
	}
	return m.to, nil
}

// path is where a path of the tree is on the disk.
func (m *mover) path(p string) string {
	return filepath.Join(m.cfg.ContentDir(), filepath.FromSlash(p))
}

// mayStand refuses a place where the object could not be.
func (m *mover) mayStand(arg string) error {
	folder := path.Dir(m.to)
	known := func(kind model.Kind) bool {
		return slices.ContainsFunc(m.files.Objects, func(o model.Object) bool { return o.Kind == kind && o.Path == folder })
	}
	center := slices.ContainsFunc(m.files.HelpCenters, func(hc model.HelpCenter) bool { return hc.Path == folder })
	switch {
	case m.to == m.from:
		return fmt.Errorf("%s: is there already", arg)
	case strings.HasPrefix(m.to, m.from+"/"):
		return fmt.Errorf("%s: a collection cannot move into itself", arg)
	case m.object.Kind == model.Article && !known(model.Collection) && folder != content.Unlisted:
		return fmt.Errorf("%s: %s is no collection", arg, m.tree.File(folder))
	case m.object.Kind == model.Collection && !known(model.Collection) && !center:
		return fmt.Errorf("%s: %s is neither a help center nor a collection", arg, m.tree.File(folder))
	case m.object.Kind == model.Article && m.translation(path.Base(m.to)):
		return fmt.Errorf("%s: this would be the name of a translation; name the file without a language", arg)
	}
	return nil
}

// translation says that a name reads as that of a translation.
func (m *mover) translation(base string) bool {
	_, l, dotted := cutLastDot(strings.TrimSuffix(base, ".md"))
	return dotted && slices.ContainsFunc(m.files.HelpCenters, func(hc model.HelpCenter) bool {
		_, has := hc.Has(model.Locale(l))
		return has
	})
}

// plan says which files move and which are edited.
func (m *mover) plan(ctx context.Context) error {
	m.moves = map[string]string{m.from: m.to}
	if m.object.Kind == model.Article {
		m.moves = map[string]string{}
		for l, c := range m.object.Contents {
			m.moves[strings.TrimPrefix(c.File, m.cfg.Content+"/")] = content.Name(model.Article, m.to, l, m.object.Default)
		}
	}
	for from, to := range m.moves {
		if _, err := os.Lstat(m.path(to)); !errors.Is(err, fs.ErrNotExist) && !strings.EqualFold(from, to) {
			return fmt.Errorf("%s: is in the way", m.tree.File(to))
		}
	}
	ids := m.identities(ctx)
	for i := range m.files.Objects {
		m.edit(&m.files.Objects[i], ids)
	}
	return nil
}

// moved gives the path of anything in the tree after the move.
func (m *mover) moved(p string) string {
	if to, ok := m.moves[p]; ok {
		return to
	}
	if m.object.Kind == model.Collection && strings.HasPrefix(p, m.from+"/") {
		return m.to + strings.TrimPrefix(p, m.from)
	}
	return p
}

// identities gives the ids that the state knows files by that have none, so that
// those which move stay the objects that they are.
func (m *mover) identities(ctx context.Context) map[*model.Object]string {
	ids := map[*model.Object]string{}
	for _, step := range []func(context.Context, targetFlags) error{m.chooseTarget, m.openStore} {
		if step(ctx, targetFlags{}) != nil {
			return ids
		}
	}
	h, err := m.store.History(ctx)
	if err != nil || h.Len() == 0 || m.secondary() {
		return ids
	}
	r, err := m.openEntries(ctx, h, h.Tip())
	if err != nil {
		return ids
	}
	for key, o := range r.local(m.session) {
		if o.ID == "" && m.moved(o.Path) != o.Path {
			ids[o] = key.ID
		}
	}
	return ids
}

// edit says what is to be written into the files of one object.
func (m *mover) edit(o *model.Object, ids map[*model.Object]string) {
	for _, l := range o.Locales() {
		c := o.Contents[l]
		file := strings.TrimPrefix(c.File, m.cfg.Content+"/")
		e := content.Edit{Path: file}
		if id := ids[o]; id != "" {
			e.Set = append(e.Set, content.Pair{Key: "id", Value: id})
		}
		if l.Is(o.Default) && c.Lines["also_in"] > 0 {
			e.Set = append(e.Set, m.alsoIn(o))
		}
		if body, has := c.Fields[model.Body]; has {
			text, left := relink.Move{From: c.File, To: m.tree.File(m.moved(file)), Moved: m.linked}.Text(body)
			for _, d := range left {
				m.notes = append(m.notes, fmt.Sprintf("%s:%d: the link to %s could not be rewritten; correct it", c.File, c.Lines[model.Body]+d.Line-1, d.URL))
			}
			if text != body {
				e.Body = &text
			}
		}
		if len(e.Set) > 0 || e.Body != nil {
			m.edits = append(m.edits, e)
		}
	}
}

// alsoIn gives the list of further collections as it reads after the move.
func (m *mover) alsoIn(o *model.Object) content.Pair {
	var folders []string
	file := m.moved(o.Path)
	for _, r := range o.Parents[min(1, len(o.Parents)):] {
		folders = append(folders, m.moved(r.Path))
	}
	return content.Pair{Key: "also_in", List: content.AlsoIn(file, folders)}
}

// linked gives the new path of what a link leads to, relative to the folder of
// hcsync.yaml.
func (m *mover) linked(target string) (string, bool) {
	if _, err := os.Stat(filepath.Join(m.cfg.Dir, filepath.FromSlash(target))); err != nil {
		return "", false
	}
	p, inTree := strings.CutPrefix(target, m.cfg.Content+"/")
	if !inTree {
		return target, true
	}
	return m.tree.File(m.moved(p)), true
}

// run edits the files where they are, then moves them.
func (m *mover) run(ctx context.Context) error {
	for _, e := range m.edits {
		changed, err := m.tree.Write(e)
		if err != nil {
			return err
		}
		if changed {
			fmt.Fprintf(m.env.Stdout, "links: %s\n", report.Clean(m.tree.File(e.Path)))
		}
	}
	for _, from := range slices.Sorted(maps.Keys(m.moves)) {
		to := m.moves[from]
		if err := m.move(ctx, from, to); err != nil {
			return err
		}
		fmt.Fprintf(m.env.Stdout, "moved: %s → %s\n", report.Clean(m.tree.File(from)), report.Clean(m.tree.File(to)))
	}
	for _, n := range m.notes {
		fmt.Fprintf(m.env.Stderr, "note: %s\n", report.Clean(n))
	}
	return nil
}

// move moves a file or folder, in git's index too where git knows it.
func (m *mover) move(ctx context.Context, from, to string) error {
	if m.repo == nil {
		return m.tree.Rename(from, to)
	}
	known, err := m.repo.Output(ctx, nil, "ls-files", "-z", "--", m.tree.File(from))
	if err != nil {
		return err
	}
	if known == "" {
		return m.tree.Rename(from, to)
	}
	if err := os.MkdirAll(filepath.Dir(m.path(to)), 0o777); err != nil {
		return err
	}
	_, err = m.repo.Output(ctx, nil, "mv", "--", m.tree.File(from), m.tree.File(to))
	return err
}

// check reads the tree again: what a move can break, such as a collection that
// is too deep, is told at once.
func (m *mover) check(ctx context.Context) error {
	after := newSession(m.env, comparing)
	after.cfg = m.cfg
	err := after.readFiles(ctx, targetFlags{})
	var coded *codeError
	if errors.As(err, &coded) && coded.code == exitInvalid {
		return fail(exitInvalid, "moved, and the content is invalid now")
	}
	return err
}
