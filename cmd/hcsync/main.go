// Command hcsync keeps an Intercom help center in a git repository.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/hcsync/hcsync/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	var errWidth func() int
	if fd := int(os.Stderr.Fd()); term.IsTerminal(fd) {
		errWidth = func() int { w, _, _ := term.GetSize(fd); return w }
	}
	code := cli.Main(ctx, cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Dir: dir,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		ErrWidth:    errWidth,
	})
	stop()
	os.Exit(code)
}
