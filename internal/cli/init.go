package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

type initFlags struct {
	yes, git bool
	apiURL   string
}

func newInit(env *Env) *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Set up this folder",
		Long: `Writes hcsync.yaml, and the lines that .gitignore and .gitattributes need.

With INTERCOM_ACCESS_TOKEN set, it asks Intercom which workspace the token
belongs to and names that in hcsync.yaml. Without a token the folder works on
the built-in sandbox until one is there.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInit(cmd.Context(), env, f) },
	}
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&f.git, "git", false, "also make the folder a git repository if it is none")
	cmd.Flags().StringVar(&f.apiURL, "api-url", "", "the `address` of the API (or INTERCOM_API_URL)")
	return cmd
}

func runInit(ctx context.Context, env *Env, f initFlags) error {
	if err := git.Find(ctx); err != nil {
		return err
	}
	dir, file, err := initDir(env)
	if err != nil {
		return err
	}
	ws, err := askWorkspace(ctx, env, f)
	if err != nil {
		return err
	}
	repo, err := initRepo(ctx, env, dir, f)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	updated, err := configText(file, text, ws)
	if err != nil {
		return err
	}
	if ws != nil && repo != nil {
		if updated, err = proveState(ctx, env, repo, updated, ws); err != nil {
			return err
		}
	}
	if err := writeLines(dir, file, text, updated); err != nil {
		return err
	}
	return initReport(env, ws, repo != nil)
}

// initDir is the folder of an hcsync.yaml above, or this one.
func initDir(env *Env) (dir, file string, err error) {
	file, err = config.Find(env.Dir)
	if errors.Is(err, config.ErrNotFound) {
		file, err = filepath.Join(env.Dir, "hcsync.yaml"), nil
	}
	return filepath.Dir(file), file, err
}

// askWorkspace asks who the token belongs to; nil without a token.
func askWorkspace(ctx context.Context, env *Env, f initFlags) (*model.Workspace, error) {
	token := env.Getenv(config.TokenEnv)
	url := f.apiURL
	if url == "" {
		url = env.Getenv("INTERCOM_API_URL")
	}
	if token == "" {
		if url != "" {
			return nil, fail(exitAuth, "an address of the API is set, but %s is not\nset it to the workspace's access token", config.TokenEnv)
		}
		return nil, nil
	}
	if url == "" {
		url = intercom.BaseURL(config.DefaultRegion)
	}
	client, err := intercom.New(intercom.Options{BaseURL: url, Token: token, Version: config.DefaultAPIVersion})
	if err != nil {
		return nil, err
	}
	ws, err := client.Me(ctx)
	return &ws, err
}

// initRepo finds the repository of the folder, and makes one when asked.
func initRepo(ctx context.Context, env *Env, dir string, f initFlags) (*git.Repo, error) {
	repo, err := git.Open(ctx, dir)
	if !errors.Is(err, git.ErrNotARepository) {
		return repo, err
	}
	if !f.git && (f.yes || !env.InTerminal || env.confirm("This folder is no git repository. Make it one?") != nil) {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if _, err := (&git.Repo{Dir: dir}).Output(ctx, nil, "init", "--quiet"); err != nil {
		return nil, err
	}
	return git.Open(ctx, dir)
}

// template is a new hcsync.yaml.
const template = `# How this folder mirrors an Intercom help center. It holds no secrets.
version: 1
content: content

# Where this repository can be read publicly, so that Intercom can fetch local
# images; {commit} stands for the commit that is pushed.
# image_base_url: https://raw.githubusercontent.com/you/your-docs/{commit}
`

// configText is hcsync.yaml with the workspace named. An existing file keeps
// everything else.
func configText(file string, text []byte, ws *model.Workspace) ([]byte, error) {
	if len(text) == 0 {
		text = []byte(template)
	}
	if ws == nil {
		return text, nil
	}
	doc, err := frontmatter.ParseYAML(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	if have, _, ok := doc.Get("workspace"); ok && have != "" && have != ws.ID {
		return nil, fail(exitAuth, "%s names workspace %s, but the token belongs to %s (%s)\nuse a token of %s, or remove the line to connect another workspace", filepath.Base(file), have, ws.ID, ws.Name, have)
	}
	if err := errors.Join(doc.Set("workspace", ws.ID), doc.Set("region", ws.Region)); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return doc.Bytes(), nil
}

// proveState makes sure that the remote takes the state's ref, before anybody
// relies on it, and names the state's first commit in hcsync.yaml if there is
// one.
func proveState(ctx context.Context, env *Env, repo *git.Repo, text []byte, ws *model.Workspace) ([]byte, error) {
	ref := "refs/hcsync/" + ws.ID
	remote := "origin"
	if ok, err := repo.Remote(ctx, remote); err != nil || !ok {
		return text, err
	}
	leftover, err := state.Prove(ctx, repo, remote, ref)
	if err != nil {
		return nil, fmt.Errorf("%w\nhcsync keeps its record under %s at %s; allow that, or name another with `state_ref`", err, ref, remote)
	}
	if leftover != "" {
		fmt.Fprintf(env.Stderr, "note: %s\n", leftover)
	}
	store, err := state.Open(ctx, state.Options{Repo: repo, Ref: ref, Remote: remote})
	if err != nil {
		return nil, err
	}
	if err := store.Fetch(ctx); err != nil {
		return nil, err
	}
	h, err := store.History(ctx)
	if err != nil || h.Len() == 0 {
		return text, err
	}
	return setRoot(text, h.Commit(0).Hash)
}

// setRoot names the state's first commit in hcsync.yaml.
func setRoot(text []byte, root string) ([]byte, error) {
	doc, err := frontmatter.ParseYAML(text)
	if err != nil {
		return nil, err
	}
	if err := doc.Set("state", root); err != nil {
		return nil, err
	}
	return doc.Bytes(), nil
}

// writeLines writes hcsync.yaml if it changed, and adds what git should ignore
// and how it should store texts.
func writeLines(dir, file string, old, text []byte) error {
	if !bytes.Equal(old, text) {
		if err := write(file, string(text)); err != nil {
			return err
		}
	}
	if err := addLine(filepath.Join(dir, ".gitignore"), "/.hcsync/"); err != nil {
		return err
	}
	return addLine(filepath.Join(dir, ".gitattributes"), "content/** text=auto eol=lf")
}

// addLine adds a line to a file that lacks it.
func addLine(file, line string) error {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for l := range strings.Lines(string(text)) {
		if strings.TrimSpace(l) == line {
			return nil
		}
	}
	s := string(text)
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return write(file, s+line+"\n")
}

func initReport(env *Env, ws *model.Workspace, inRepo bool) error {
	if ws == nil {
		_, err := fmt.Fprint(env.Stdout, `This folder works on the built-in sandbox. Next:
  hcsync pull       bring its content home
  hcsync push       send files to it
To connect Intercom, set INTERCOM_ACCESS_TOKEN and run hcsync init again.
`)
		return err
	}
	fmt.Fprintf(env.Stdout, "Connected to %s (%s), region %s, as %s. Next:\n  hcsync pull       bring the help center home\n  hcsync plan       should then show no changes\n", ws.Name, ws.ID, ws.Region, ws.Admin.Name)
	if !inRepo {
		fmt.Fprintln(env.Stdout, "This folder is no git repository; `hcsync init --git` makes it one.")
	}
	return nil
}
