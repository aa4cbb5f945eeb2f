// Package git runs the git binary for a docs repository.
//
// hcsync never links git in; it calls the one that the team already uses, so
// that credentials, proxies, hooks on the server and object formats work as
// they do by hand. What the package adds is a calm environment around each
// call, because hcsync is itself often called by git (from a hook, an alias, a
// CI step):
//
//   - variables that point git at another repository or index are not passed
//     on; every call names its folder with -C, or its git directory;
//   - messages are in English, nothing asks a question on the terminal, nothing
//     is paged, no lock is taken that could be done without;
//   - the user's own client hooks do not run, since no call here is an act of
//     the user's on a branch.
//
// Failures carry what git wrote to standard error; credentials in addresses are
// blanked out first.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// minMajor and minMinor name the oldest git that works: 2.38 has every option
// used here, and safe.directory behaves as documented.
const (
	minMajor = 2
	minMinor = 38
)

// ErrMissing means that there is no git binary on the search path.
var ErrMissing = errors.New("git was not found: hcsync keeps its state in git, install git 2.38 or newer (https://git-scm.com)")

// ErrNotARepository means that a folder is in no git repository.
var ErrNotARepository = errors.New("not a git repository")

// VersionError means that git is too old.
type VersionError struct {
	// Version is what `git version` says, such as "2.25.1".
	Version string
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("git %s is too old: hcsync needs git %d.%d or newer, please update it", e.Version, minMajor, minMinor)
}

// Error is a git command that failed.
type Error struct {
	// Command is the subcommand, such as "fetch".
	Command string
	// Code is the exit code, -1 when a signal ended the process.
	Code int
	// Stderr is what git wrote there, trimmed, without credentials.
	Stderr string
}

func (e *Error) Error() string {
	if e.Stderr == "" {
		return fmt.Sprintf("git %s: exit code %d", e.Command, e.Code)
	}
	return fmt.Sprintf("git %s: %s", e.Command, e.Stderr)
}

var versionPattern = regexp.MustCompile(`^git version (\d+)\.(\d+)\S*`)

// Find checks that git is there and new enough. It gives [ErrMissing] or a
// [*VersionError].
func Find(ctx context.Context) error {
	r := &Repo{}
	out, err := r.Output(ctx, nil, "version")
	if err != nil {
		return err
	}
	return checkVersion(out)
}

func checkVersion(out string) error {
	m := versionPattern.FindStringSubmatch(out)
	if m == nil {
		return fmt.Errorf("git version: unexpected answer %q", out)
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < minMajor || major == minMajor && minor < minMinor {
		return &VersionError{Version: strings.TrimPrefix(m[0], "git version ")}
	}
	return nil
}

// Output runs one git command and gives its standard output. stdin may be nil;
// it must not wait for anything but git.
// A command that exits with another code than 0 gives an [*Error]; the output
// is returned beside it, because some commands speak through both.
func (r *Repo) Output(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	cmd, stderr, err := r.command(ctx, stdin, args)
	if err != nil {
		return "", err
	}
	var stdout strings.Builder
	cmd.Stdout = &stdout
	err = cmd.Run()
	return stdout.String(), r.failure(ctx, args, stderr, err)
}

// Stream runs one git command and hands its standard output to read while it
// is being written. When read fails the command is stopped, and read's error is
// the one returned.
func (r *Repo) Stream(ctx context.Context, stdin io.Reader, read func(io.Reader) error, args ...string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd, stderr, err := r.command(ctx, stdin, args)
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return r.failure(ctx, args, stderr, err)
	}
	readErr := read(stdout)
	// A reader that met the end too early has git's own failure as its cause.
	early := errors.Is(readErr, io.ErrUnexpectedEOF)
	if readErr != nil && !early {
		stop()
		_ = cmd.Wait()
		return readErr
	}
	_, _ = io.Copy(io.Discard, stdout)
	if err := r.failure(ctx, args, stderr, cmd.Wait()); err != nil {
		return err
	}
	return readErr
}

// Line runs a git command and gives its output without the last line end.
func (r *Repo) Line(ctx context.Context, args ...string) (string, error) {
	out, err := r.Output(ctx, nil, args...)
	return strings.TrimSuffix(out, "\n"), err
}

func (r *Repo) command(ctx context.Context, stdin io.Reader, args []string) (*exec.Cmd, *bytes.Buffer, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, nil, ErrMissing
	}
	cmd := exec.CommandContext(ctx, path, append(r.global(), args...)...)
	cmd.Env = append(environment(os.Environ()), r.env...)
	cmd.Stdin = stdin
	stderr := new(bytes.Buffer)
	cmd.Stderr = stderr
	// git removes its lock files on an interrupt, not when it is killed.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 3 * time.Second
	return cmd, stderr, nil
}

// global gives the options that go before the subcommand.
func (r *Repo) global() []string {
	args := []string{"--no-pager", "--no-replace-objects", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"}
	if r.Dir != "" {
		args = append(args, "-C", r.Dir)
	}
	if r.GitDir != "" {
		args = append(args, "--git-dir="+r.GitDir)
	}
	return args
}

// location lists the variables with which an outer git points its children at
// a repository (`git rev-parse --local-env-vars`) or changes what a path or an
// object name means. GIT_CONFIG_COUNT and GIT_CONFIG_PARAMETERS stay: CI passes
// credentials and safe.directory that way.
func location() []string {
	return []string{
		"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
		"GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE",
		"GIT_PREFIX", "GIT_INTERNAL_SUPER_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE",
		"GIT_QUARANTINE_PATH", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
		"GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_ATTR_SOURCE", "GIT_DEFAULT_HASH", "GIT_TEMPLATE_DIR",
		"GIT_OPTIONAL_LOCKS", "GIT_TERMINAL_PROMPT", "LC_ALL", "LANGUAGE",
	}
}

func environment(inherited []string) []string {
	drop := location()
	env := slices.DeleteFunc(slices.Clone(inherited), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(drop, strings.ToUpper(name))
	})
	return append(append(keepMemory(), env...), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_LITERAL_PATHSPECS=1")
}

// keepMemory tells glibc not to give the room back that git needs for each object
// that it compresses, only to ask for it again: for tens of thousands of small ones
// that takes longer than to write them. Other systems do not know the names. What
// the user has set comes later and wins.
func keepMemory() []string {
	return []string{"MALLOC_MMAP_THRESHOLD_=33554432", "MALLOC_TRIM_THRESHOLD_=134217728"}
}

var credentials = regexp.MustCompile(`://[^/@\s]+@`)

// failure turns the end of a process into an error. A cancelled context is
// named as such, not as whatever the interrupted git said.
func (r *Repo) failure(ctx context.Context, args []string, stderr *bytes.Buffer, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("git %s: %w", subcommand(args), context.Cause(ctx))
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return fmt.Errorf("git %s: %w", subcommand(args), err)
	}
	text := credentials.ReplaceAllString(strings.TrimSpace(stderr.String()), "://")
	return &Error{Command: subcommand(args), Code: exit.ExitCode(), Stderr: strings.ToValidUTF8(text, "?")}
}

// subcommand skips options such as `-c name=value` before the command's name.
func subcommand(args []string) string {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-c":
			i++
		case !strings.HasPrefix(args[i], "-"):
			return args[i]
		}
	}
	return strings.Join(args, " ")
}

// exitCode gives the exit code of a failed git command, and -1 for any other
// error.
func exitCode(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return -1
}
