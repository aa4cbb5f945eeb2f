package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Repo is a folder in which git commands run.
type Repo struct {
	// Dir is any folder inside the repository; for hcsync the folder of
	// hcsync.yaml, which may be below the top level.
	Dir string
	// GitDir names the git directory where it must not be searched for, as for
	// a bare repository of hcsync's own; usually empty.
	GitDir string
	// env is added to the environment of every call.
	env []string
	// What [Open] found out with the same process, because every command needs it.
	common, prefix, format string
}

// Open finds the repository that a folder belongs to. It gives
// [ErrNotARepository] where there is none. A repository that git refuses to
// touch, such as one of another owner (safe.directory), is an error with git's
// own words.
func Open(ctx context.Context, dir string) (*Repo, error) {
	r := &Repo{Dir: dir}
	out, err := r.Output(ctx, nil, "rev-parse", "--show-object-format", "--path-format=absolute", "--git-common-dir", "--show-prefix")
	if e, ok := errors.AsType[*Error](err); ok && strings.Contains(e.Stderr, "not a git repository (or any") {
		return nil, fmt.Errorf("%s: %w", dir, ErrNotARepository)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	lines := strings.Split(out, "\n")
	if len(lines) != 4 {
		return nil, fmt.Errorf("%s: git rev-parse: unexpected answer %q", dir, out)
	}
	r.format, r.common, r.prefix = lines[0], filepath.FromSlash(lines[1]), lines[2]
	return r, nil
}

// CommonDir gives the absolute path of the git directory that all worktrees
// share; of a folder that was not opened with [Open], its GitDir.
func (r *Repo) CommonDir() string { return cmp.Or(r.common, r.GitDir) }

// SHA256 says whether object ids are SHA-256, as [Open] found it.
func (r *Repo) SHA256() bool { return r.format == "sha256" }

// Prefix gives the way from the working tree's top folder down to Dir, with
// slashes, as [Open] found it; empty for the top folder itself.
func (r *Repo) Prefix() string { return strings.TrimSuffix(r.prefix, "/") }

// Head gives the commit that is checked out; ok is false before the first one.
func (r *Repo) Head(ctx context.Context) (commit string, ok bool, err error) {
	return r.Resolve(ctx, "HEAD")
}

// Resolve gives the commit that a ref points at; ok is false where there is no
// such ref.
func (r *Repo) Resolve(ctx context.Context, ref string) (commit string, ok bool, err error) {
	out, err := r.Line(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if exitCode(err) == 1 {
		return "", false, nil
	}
	return out, err == nil, err
}

// Shallow says whether history is cut off.
func (r *Repo) Shallow(ctx context.Context) (bool, error) {
	out, err := r.Line(ctx, "rev-parse", "--is-shallow-repository")
	return out == "true", err
}

// Remote says whether a remote of that name is configured.
func (r *Repo) Remote(ctx context.Context, name string) (bool, error) {
	out, err := r.Output(ctx, nil, "remote")
	for line := range strings.Lines(out) {
		if strings.TrimSpace(line) == name {
			return true, err
		}
	}
	return false, err
}

// Dirty lists the files under the given paths with changes that are not
// committed: staged, unstaged, or untracked and not ignored. Paths, given and
// returned, are relative to Dir and use slashes; without any the whole
// repository is looked at, and a file outside Dir then begins with "../".
func (r *Repo) Dirty(ctx context.Context, paths ...string) ([]string, error) {
	args := []string{"status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=none", "--"}
	out, err := r.Output(ctx, nil, append(args, paths...)...)
	if err != nil {
		return nil, err
	}
	var files []string
	for entry := range strings.SplitSeq(out, "\x00") {
		// Two status letters and a space come before each name.
		if len(entry) > 3 {
			files = append(files, relative(r.prefix, entry[3:]))
		}
	}
	return files, nil
}

// relative turns a path from the top level into one from prefix, the way down
// from the top level to Dir, "" or ending in a slash.
func relative(prefix, file string) string {
	up := ""
	for prefix != "" && !strings.HasPrefix(file, prefix) {
		prefix = prefix[:strings.LastIndexByte(prefix[:len(prefix)-1], '/')+1]
		up += "../"
	}
	return up + file[len(prefix):]
}

// MergeFile merges three texts line by line with git's own merge, in diff3
// style. The labels name base, ours and theirs, in that order. conflicts counts
// the places with markers; git stops counting at 127. It needs no repository:
// any Dir that exists will do.
func (r *Repo) MergeFile(ctx context.Context, base, ours, theirs string, labels [3]string) (merged string, conflicts int, err error) {
	dir, err := os.MkdirTemp("", "hcsync-merge-")
	if err != nil {
		return "", 0, err
	}
	defer os.RemoveAll(dir)
	var files [3]string
	for i, text := range []string{base, ours, theirs} {
		files[i] = filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(files[i], []byte(text), 0o600); err != nil {
			return "", 0, err
		}
	}
	merged, err = r.Output(ctx, nil, "merge-file", "-p", "--diff3",
		"-L", labels[1], "-L", labels[0], "-L", labels[2], files[1], files[0], files[2])
	if code := exitCode(err); code > 0 && code < 128 {
		return merged, code, nil
	}
	return merged, 0, err
}

// Absent says whether git left files of a folder out of the working tree, as
// it does in a sparse checkout.
func (r *Repo) Absent(ctx context.Context, folder string) (bool, error) {
	out, err := r.Output(ctx, nil, "ls-files", "-t", "-z", "--", folder)
	if err != nil {
		return false, err
	}
	for entry := range strings.SplitSeq(out, "\x00") {
		if strings.HasPrefix(entry, "S ") {
			return true, nil
		}
	}
	return false, nil
}
