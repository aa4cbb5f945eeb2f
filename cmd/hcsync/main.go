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

func main() { os.Exit(run(surroundings())) }

// surroundings is all that the program takes from the system.
func surroundings() cli.Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	var errWidth func() int
	if fd := int(os.Stderr.Fd()); term.IsTerminal(fd) {
		errWidth = func() int { w, _, _ := term.GetSize(fd); return w }
	}
	return cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Dir: dir,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		ErrWidth:    errWidth,
	}
}

func run(env cli.Env) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Main(ctx, env)
}
