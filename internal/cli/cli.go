// Package cli is the program: its commands, flags and exit codes. It is the
// only package that knows all the others, and it holds no logic of its own: a
// command reads like the list of its steps.
//
// [Main] is the whole program as a function of an [Env], so that tests run it
// without a process.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/intent"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/progress"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/resume"
	"github.com/hcsync/hcsync/internal/state"
)

// Env is everything that the program takes from its surroundings.
type Env struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// Dir is the folder that the program was started in.
	Dir string
	// Transport carries the requests to the API; nil means the network.
	Transport http.RoundTripper
	// InTerminal and OutTerminal say whether a person sits at either end.
	InTerminal, OutTerminal bool
	// ErrWidth gives the columns of the terminal that standard error is, as they
	// are now; nil where it is none.
	ErrWidth func() int
	// Machine stands in for the host and its boot, and Times for how long runs
	// wait for each other. They are for tests of several machines on one; nothing
	// that a user sets fills them.
	Machine string
	Times   *resume.Times
	// Step is for tests that end a run between two changes of files; see
	// [content.Options].
	Step func()

	progress *progress.Progress

	// actions is set where GitHub is told as well.
	actions *actions
	// found collects what was told to be wrong in the files, so that a comment
	// can tell it too.
	found []model.Problem
}

// self names this process to other runs.
func (e *Env) self() intent.Owner {
	o := resume.Self()
	if e.Machine != "" {
		o.Host, o.Boot = e.Machine, e.Machine
	}
	return o
}

// The exit codes (design.md section 9).
const (
	exitError    = 1
	exitPending  = 2
	exitConflict = 3
	exitInvalid  = 4
	exitAuth     = 5
	exitNetwork  = 6
	exitPartial  = 7
	exitStopped  = 130
)

// exitHelp is shown by every command that has results to tell apart.
const exitHelp = `
Exit codes:
  0  done, or nothing to do
  1  error
  2  with --detailed-exitcode: local changes are pending
  3  conflicts, or --fail-on-drift found drift
  4  the content is invalid
  5  authentication, or the wrong workspace
  6  rate limit or network, after retries
  7  applied in part; the rest is listed, run it again`

// codeError is an error with an exit code of its own. An empty text means that
// everything was said already.
type codeError struct {
	code int
	text string
}

func (e *codeError) Error() string { return e.text }

func fail(code int, format string, args ...any) error {
	return &codeError{code, fmt.Sprintf(format, args...)}
}

// Main runs the program and returns its exit code.
func Main(ctx context.Context, env Env) int {
	commands, done := env.guardLog()
	code := run(ctx, &env, commands)
	if err := done(); err != nil && code == 0 {
		return exitError // what was to be read did not get there
	}
	return code
}

func run(ctx context.Context, env *Env, commands io.Writer) int {
	env.newProgress()
	root := newRoot(env, commands)
	root.SetArgs(env.Args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	env.progress.End()
	if told := env.actions.finish(err, env.found); told != nil && err == nil {
		err = told
	}
	if err == nil {
		return 0
	}
	code := exitCode(ctx, err)
	if text := err.Error(); text != "" {
		message, hint, _ := strings.Cut(report.Clean(text), "\n")
		fmt.Fprintf(env.Stderr, "error: %s\n", message)
		for h := range strings.Lines(hint) {
			if h = strings.TrimPrefix(strings.TrimSpace(h), "hint: "); h != "" {
				fmt.Fprintf(env.Stderr, "hint: %s\n", h)
			}
		}
	}
	return code
}

func exitCode(ctx context.Context, err error) int {
	var coded *codeError
	var wrong *gather.WrongWorkspaceError
	switch {
	case errors.As(err, &coded):
		return coded.code
	case ctx.Err() != nil:
		return exitStopped
	case errors.As(err, &wrong), errors.Is(err, intercom.ErrAuth):
		return exitAuth
	case errors.Is(err, intercom.ErrRateLimited), errors.Is(err, intercom.ErrNetwork), errors.Is(err, intercom.ErrUnknownOutcome), errors.Is(err, state.ErrOffline):
		return exitNetwork
	}
	return exitError
}

func newRoot(env *Env, commands io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "hcsync",
		Short: "Keep an Intercom help center in a git repository",
		Long: `hcsync mirrors an Intercom help center as Markdown files in git.

  hcsync init     set up this folder
  hcsync pull     bring home what changed in Intercom
  hcsync plan     show what a push would do
  hcsync push     apply it

Without an Intercom account everything runs on the built-in sandbox.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringP("dir", "C", "", "run as if started in this `folder`")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		dir, _ := cmd.Flags().GetString("dir")
		env.Dir = join(env.Dir, dir)
		if info, err := os.Stat(env.Dir); err != nil || !info.IsDir() {
			return fmt.Errorf("%s: no such folder", dir)
		}
		return env.chooseOutput(cmd, commands)
	}
	root.AddCommand(newInit(env), newPull(env), newPlan(env), newPush(env), newStatus(env), newLog(env), newLint(env), newMv(env), newNew(env), newRestore(env), newVerify(env), newWatch(env), newFmt(env), newSandbox(env), newTokenVariable(env), newVersion(env))
	for _, cmd := range root.Commands() {
		countArgs(cmd)
	}
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", ".FlagUsagesWrapped 80 "))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w\nsee `%s --help`", err, cmd.CommandPath())
	})
	return root
}

// countArgs makes a command and those below it say how they are written when
// they are given too few arguments, or too many.
func countArgs(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		countArgs(sub)
	}
	check := cmd.Args
	if check == nil || cmd.HasSubCommands() {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) == nil {
			return nil
		}
		return fmt.Errorf("%s: does not take %s\nwrite it as `%s`", cmd.CommandPath(), report.Plural(len(args), "argument"), cmd.UseLine())
	}
}

// style says how to write to standard output.
func (e *Env) style() report.Style {
	switch {
	case e.Getenv("NO_COLOR") != "":
		return report.Style{}
	case e.Getenv("FORCE_COLOR") != "" || e.Getenv("CLICOLOR_FORCE") != "":
		return report.Style{Color: true}
	}
	return report.Style{Color: e.OutTerminal && e.Getenv("TERM") != "dumb"}
}
