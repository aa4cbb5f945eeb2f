package content

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxDepth keeps a folder that holds itself from filling the memory. A mount
// can do that.
const maxDepth = 32

// tempPrefix begins the names of files that are being written.
const tempPrefix = ".hcsync-"

// folder is a folder of the tree that has Markdown files in it or below it.
type folder struct {
	path    string // relative to the content folder, "." for itself
	files   []string
	folders []*folder
}

// scan lists the tree. What is hidden, an images folder or not Markdown is
// none of its business.
func (r *reader) scan(ctx context.Context, p string, depth int) (*folder, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := r.readDir(p)
	if err != nil {
		return nil, err
	}
	f := &folder{path: p}
	if depth > maxDepth {
		r.problem(p, 0, "is more than %d folders deep: move it up", maxDepth)
		return f, nil
	}
	names := map[string]string{}
	for _, e := range entries {
		name := path.Join(p, e.Name())
		take, err := r.scanEntry(ctx, f, e, name, depth)
		if err != nil {
			return nil, err
		}
		switch {
		case take || !e.IsDir():
			r.names = append(r.names, name)
		case !r.t.empty(name):
			r.bare = append(r.bare, name)
		}
		if !take {
			continue
		}
		if wrong := portable(e.Name()); wrong != "" {
			r.problem(name, 0, "must be renamed: %s", wrong)
		}
		if other, twice := names[fold(e.Name())]; twice {
			r.problem(name, 0, "must be renamed: other systems cannot hold it beside %s", other)
		}
		names[fold(e.Name())] = e.Name()
	}
	return f, nil
}

func (r *reader) readDir(p string) ([]fs.DirEntry, error) {
	if r.follower == nil {
		return r.t.readDir(p)
	}
	entries, known := r.follower.listings[p]
	if known {
		return entries, nil
	}
	entries, err := r.t.readDir(p)
	r.follower.listings[p] = entries
	return entries, err
}

func (t *Tree) readDir(p string) ([]fs.DirEntry, error) {
	dir, err := t.root.Open(filepath.FromSlash(p))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}

// scanEntry takes one entry into its folder, if it is one to take.
func (r *reader) scanEntry(ctx context.Context, f *folder, e fs.DirEntry, name string, depth int) (bool, error) {
	switch {
	case strings.HasPrefix(e.Name(), tempPrefix) && strings.HasSuffix(e.Name(), ".tmp"):
		r.stale = append(r.stale, name)
	case strings.HasPrefix(e.Name(), "."), fold(e.Name()) == "images":
	case e.Type()&fs.ModeSymlink != 0:
		// Not through the root, which would not say what a link out of it is.
		if info, err := os.Stat(filepath.Join(r.t.Dir, filepath.FromSlash(r.t.File(name)))); isMarkdown(name) || err == nil && info.IsDir() {
			r.problem(name, 0, "is a symbolic link, which is not followed: put the file or folder itself here")
		}
	case e.IsDir():
		sub, err := r.scan(ctx, name, depth+1)
		if err != nil || len(sub.files)+len(sub.folders) == 0 {
			return false, err
		}
		f.folders = append(f.folders, sub)
		return true, nil
	case !e.Type().IsRegular():
	case isMarkdown(name):
		r.keeper.list(r.t, name, e)
		f.files = append(f.files, name)
		return true, nil
	case strings.EqualFold(path.Ext(name), ".markdown"):
		r.note(name, 0, "is ignored: rename it so that it ends with .md")
	}
	return false, nil
}

// all lists the files of a folder and below it.
func (f *folder) all() []string {
	files := slices.Clone(f.files)
	for _, sub := range f.folders {
		files = append(files, sub.all()...)
	}
	return files
}

// has gives the file of a name in the folder, compared by its fold.
func (f *folder) has(name string) (string, bool) {
	for _, file := range f.files {
		if fold(path.Base(file)) == name {
			return file, true
		}
	}
	return "", false
}
