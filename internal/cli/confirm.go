package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
)

// confirm asks a person; anything but yes is no. Where nobody is, or nobody has
// seen what it is about, it names the flag that answers. The question goes to
// standard error, since standard output may hold JSON.
func (e *Env) confirm(ctx context.Context, question string) error {
	if !e.InTerminal || !e.OutTerminal {
		return errors.New("nobody is here to confirm\nadd `--yes` to go on without asking")
	}
	fmt.Fprintf(e.Stderr, "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(e.Stdin).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done(): // Ctrl-C does not end the read
		fmt.Fprintln(e.Stderr)
		return errors.New("stopped: nothing was done")
	case a := <-answer:
		if a == "y" || a == "yes" {
			return nil
		}
		return errors.New("stopped: nothing was done")
	}
}
