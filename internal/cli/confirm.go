package cli

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
)

// confirm asks a person. Where there is none, it names the flag that answers.
func (e *Env) confirm(question string) error {
	if !e.InTerminal || !e.OutTerminal {
		return errors.New("nobody is here to confirm\nadd `--yes` to go on without asking")
	}
	fmt.Fprintf(e.Stdout, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(e.Stdin).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errors.New("stopped; nothing was sent")
}
