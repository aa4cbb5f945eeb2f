package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newTokenVariable is for scripts that are given a token and have to put it where
// the target looks for it. It prints nothing for the sandbox.
func newTokenVariable(env *Env) *cobra.Command {
	var f targetFlags
	cmd := &cobra.Command{
		Use:    "token-variable",
		Short:  "Print the name of the variable that holds a target's token",
		Args:   cobra.NoArgs,
		Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := newSession(env, comparing)
			if err := s.loadConfig(cmd.Context(), f); err != nil {
				return err
			}
			if err := s.chooseTarget(cmd.Context(), f); err != nil || s.sandbox {
				return err
			}
			_, err := fmt.Fprintln(env.Stdout, s.target.TokenEnv)
			return err
		},
	}
	f.register(cmd)
	return cmd
}
