package content

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// reader makes a snapshot of a tree, in passes: list the files, read them,
// then help centers, collections and articles, each of which needs the ones
// before it.
type reader struct {
	t         *Tree
	follower  *Follower // nil for a reading that begins with nothing
	keeper    *keeper   // nil where nothing is kept for the next run
	files     map[string]*file
	problems  []problem
	snapshot  model.Snapshot
	centers   map[string]string    // paths of help center mirrors by id
	claimed   map[model.Key]string // files by the id they claim
	folders   map[string]model.Ref // collections by folded path
	managed   map[string]bool      // folders that lead to something managed
	emptied   []string             // folders of one help center that lost their articles
	homes     []home               // where articles are looked for
	strays    []stray
	stale     []string
	unmanaged []model.Object
	names     []string
	bare      []string
}

// problem is a model.Problem with its path in the tree.
type problem struct {
	path string
	model.Problem
}

// home is a folder that may hold articles.
type home struct {
	*folder
	center model.HelpCenter
	parent model.Ref // empty for _unlisted
	groups []*group
}

// Read reads the whole tree. An error is one of reading files or folders; what
// is wrong in them are the problems, sorted by file and line.
func (t *Tree) Read(ctx context.Context) (model.Snapshot, []model.Problem, error) {
	r := t.reader(0)
	r.keeper = t.keeper()
	if err := r.everything(ctx); err != nil {
		return model.Snapshot{}, nil, err
	}
	t.remember(r)
	r.keeper.save(t, r.files)
	return r.snapshot, r.report(), nil
}

// reader begins a reading of about so many files.
func (t *Tree) reader(size int) *reader {
	return &reader{
		t: t, files: make(map[string]*file, size), centers: map[string]string{}, claimed: make(map[model.Key]string, size),
		folders: map[string]model.Ref{}, managed: map[string]bool{},
	}
}

// everything goes through the passes.
func (r *reader) everything(ctx context.Context) error {
	if r.t.root == nil {
		return nil
	}
	root, err := r.scan(ctx, ".", 0)
	if err == nil {
		err = r.load(ctx, r.readable(root))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.t.Content, err)
	}
	r.tree(root)
	r.snapshot.Objects = byPath(r.snapshot.Objects)
	return nil
}

// byPath sorts objects. They are large, so what is moved about is their numbers.
func byPath(objects []model.Object) []model.Object {
	order := make([]int, len(objects))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(objects[a].Path, objects[b].Path), cmp.Compare(a, b))
	})
	sorted := slices.Grow([]model.Object(nil), len(objects))
	for _, i := range order {
		sorted = append(sorted, objects[i])
	}
	return sorted
}

// readable lists the files to read: all but README files.
func (r *reader) readable(root *folder) []string {
	return slices.DeleteFunc(root.all(), func(p string) bool {
		if isReadme(path.Base(p)) {
			r.note(p, 0, "is for readers of the repository and is not sent")
			return true
		}
		return false
	})
}

// remember keeps what later writes must find unchanged.
func (t *Tree) remember(r *reader) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = r.keeper.texts()
	t.read, t.stale, t.names, t.bare, t.unmanaged = true, r.stale, r.names, r.bare, r.unmanaged
	t.seen = make(map[string]seen, len(r.files))
	clear(t.conflicts)
	for p, f := range r.files {
		t.seen[fold(p)] = seen{p, f.sum}
		if len(f.marks) > 0 || f.doc != nil && f.doc.KeyLine("conflict") > 0 {
			t.conflicts[p] = true
		}
	}
}

func (r *reader) tree(root *folder) {
	var centers []*folder
	var unlisted []*folder
	for _, f := range root.folders {
		if fold(f.path) == Unlisted {
			unlisted = append(unlisted, f)
			continue
		}
		centers = append(centers, f)
	}
	if p, ok := root.has(HelpCenterFile); ok {
		r.problem(p, 0, "stands in the content folder itself: give the help center a folder of its own")
	}
	for _, p := range r.articles(root) {
		r.problem(p, 0, "stands in no collection: move it into the folder of one, or into %s", Unlisted)
	}
	for _, f := range centers {
		if hc, ok := r.helpCenter(f); ok {
			r.snapshot.HelpCenters = append(r.snapshot.HelpCenters, hc)
			r.helpCenterFolder(f, hc)
		}
	}
	for _, f := range unlisted {
		hc := r.everyLocale()
		r.homes = append(r.homes, home{folder: f, center: hc, groups: r.groups(f, hc)})
		r.noFolders(f)
	}
	for _, h := range r.homes {
		r.articlesOf(h)
	}
	r.reunite()
}

// noFolders tells about Markdown below _unlisted.
func (r *reader) noFolders(f *folder) {
	for _, sub := range f.folders {
		r.problem(sub.path, 0, "is a folder in %s, which has none: move the files up", Unlisted)
	}
}

// everyLocale stands for the help center of articles that are in none; see the
// package comment.
func (r *reader) everyLocale() model.HelpCenter {
	all := slices.Clone(r.snapshot.HelpCenters)
	if len(all) == 0 {
		return model.HelpCenter{Default: "en"}
	}
	slices.SortFunc(all, func(a, b model.HelpCenter) int { return a.Compare(&b) })
	union := model.HelpCenter{Default: all[0].Default}
	for _, hc := range all {
		if hc.Locales == nil {
			union.Locales = nil
			return union
		}
		for _, l := range hc.Locales {
			if _, has := union.Has(l); !has || union.Locales == nil {
				union.Locales = append(union.Locales, l)
			}
		}
	}
	return union
}

func (r *reader) problem(p string, line int, format string, args ...any) {
	r.problems = append(r.problems, problem{p, model.Problem{File: r.t.File(p), Line: line, Message: fmt.Sprintf(format, args...)}})
}

func (r *reader) note(p string, line int, format string, args ...any) {
	r.problem(p, line, format, args...)
	r.problems[len(r.problems)-1].Note = true
}

// report sorts the problems and leaves out those of files that are not
// managed and lead to none that is.
func (r *reader) report() []model.Problem {
	var list []model.Problem
	for _, p := range r.problems {
		if r.t.Managed(owner(p.path)) || strings.HasPrefix(path.Base(p.path), "_") && r.managed[path.Dir(p.path)] || r.managed[p.path] {
			list = append(list, p.Problem)
		}
	}
	slices.SortStableFunc(list, func(a, b model.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(list, func(a, b model.Problem) bool { return a == b })
}

// owner gives the file in the default locale for a translation's.
func owner(p string) string {
	if !isMarkdown(p) {
		return p
	}
	stem, suffix := splitName(path.Base(p))
	if _, ok := spelling(suffix); !ok {
		return p
	}
	return path.Join(path.Dir(p), stem+".md")
}

// lead marks the folders above something managed.
func (r *reader) lead(p string) {
	for p != "." && !r.managed[p] {
		r.managed[p] = true
		p = path.Dir(p)
	}
}

// usable says whether a file can be read, and tells what is wrong if not. A
// file without front matter is left out with a note.
func (r *reader) usable(f *file) bool {
	switch {
	case len(f.marks) > 0:
		for _, line := range f.marks {
			r.problem(f.path, line, "a conflict marker: settle the conflict and remove the marker lines")
		}
	case f.wrong != nil:
		r.problem(f.path, f.wrong.Line, "%s", f.wrong.Message)
	}
	return f.doc != nil
}

// claim records the id of an object, and tells where two files have the same.
func (r *reader) claim(key model.Key, p string, line int) {
	if key.ID == "" {
		return
	}
	if other, taken := r.claimed[key]; taken {
		r.problem(p, line, "has the id %s, like %s: if one is a copy, remove the id from the copy", key.ID, r.t.File(other))
		return
	}
	r.claimed[key] = p
}

// text gives the text of a key. Anything but a single value is a problem, and
// as good as absent.
func (r *reader) text(f *file, key string) (text string, line int, ok bool) {
	v, ok := f.doc.Value(key)
	if !ok {
		return "", 0, false
	}
	if v.Kind != frontmatter.Scalar {
		r.problem(f.path, v.Line, "%s must be a single value, not a %s", key, v.Kind)
		return "", 0, false
	}
	return v.Text, v.Line, true
}

// id gives the id of a file, empty where there is none.
func (r *reader) id(f *file) (id string, line int) {
	switch {
	case f.kept:
		return f.said.id, f.said.line
	case f.doc == nil:
		return f.id, 0
	}
	id, line, _ = r.text(f, "id")
	if id != "" && (id[0] == '0' || strings.Trim(id, "0123456789") != "" || len(id) > 18) {
		r.problem(f.path, line, "id must be the number that Intercom gave, not %q: correct it, or remove the line to create a new one", id)
		return "", line
	}
	return id, line
}

// typos notes keys that are near to a known one.
func (r *reader) typos(f *file, known ...string) {
	for _, fl := range f.doc.Fields() {
		if slices.Contains(known, fl.Key) {
			continue
		}
		if near := frontmatter.Nearest(fl.Key, known); near != "" {
			r.note(f.path, fl.Line, "the key %s means nothing to hcsync: did you mean %s?", fl.Key, near)
		}
	}
}
