package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/model"
)

// rebuild gives a lost state up: hcsync.yaml names none any more, and a copy
// that this clone has is set aside. The next pull then adopts what is there:
// what both sides say alike is agreed, the rest is for the user to settle.
func rebuild(ctx context.Context, env *Env, repo *git.Repo, cfg *config.Config, text []byte, ws *model.Workspace) ([]byte, error) {
	ref := cmp.Or(cfg.StateRef, "refs/hcsync/"+ws.ID)
	remote := cmp.Or(cfg.StateRemote, "origin")
	if ok, err := repo.Remote(ctx, remote); err != nil {
		return nil, err
	} else if ok {
		there, err := repo.Output(ctx, nil, "ls-remote", "--end-of-options", remote, ref)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(there) != "" {
			return nil, fmt.Errorf("%s is at %s: nothing is lost, so there is nothing to rebuild\nto begin anew all the same, delete it there first", ref, remote)
		}
	}
	if err := setAside(ctx, env, repo, ref); err != nil {
		return nil, err
	}
	doc, err := frontmatter.ParseYAML(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.File, err)
	}
	if err := doc.Delete("state"); err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.File, err)
	}
	cfg.State = ""
	return doc.Bytes(), nil
}

// setAside renames this clone's copy of a state, so that nothing of it is lost.
func setAside(ctx context.Context, env *Env, repo *git.Repo, ref string) error {
	tip, ok, err := repo.Resolve(ctx, ref)
	if err != nil || !ok {
		return err
	}
	kept := "refs/hcsync-kept/" + tip[:12]
	if _, err := repo.Output(ctx, nil, "update-ref", kept, tip); err != nil {
		return err
	}
	if _, err := repo.Output(ctx, nil, "update-ref", "-d", ref, tip); err != nil {
		return err
	}
	fmt.Fprintf(env.Stderr, "note: the copy of the record in this clone is kept as %s\n", kept)
	return nil
}
