package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/state"
)

type initFlags struct {
	yes, git, rebuild bool
	apiURL            string
	telling
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
	cmd.Flags().BoolVar(&f.rebuild, "rebuild", false, "give up a lost record of what was agreed, and adopt the help center anew")
	cmd.Flags().StringVar(&f.apiURL, "api-url", "", "the `address` of the API (or INTERCOM_API_URL)")
	f.telling.register(cmd)
	return cmd
}

func runInit(ctx context.Context, env *Env, f initFlags) error {
	if err := git.Find(ctx); err != nil {
		return err
	}
	cfg, text, err := initConfig(env)
	if err != nil {
		return err
	}
	ws, err := askWorkspace(ctx, env, cfg, f)
	if err != nil {
		return err
	}
	repo, err := initRepo(ctx, env, cfg.Dir, f)
	if err != nil {
		return err
	}
	updated, err := configText(cfg, text, ws)
	if err != nil {
		return err
	}
	if ws != nil && repo != nil && f.rebuild {
		if updated, err = rebuild(ctx, env, repo, cfg, updated, ws); err != nil {
			return err
		}
	}
	if ws != nil && repo != nil {
		if updated, err = proveState(ctx, env, repo, cfg, updated, ws); err != nil {
			return err
		}
	}
	if err := writeLines(cfg, updated); err != nil {
		return err
	}
	return initReport(env, cfg, ws, repo != nil)
}

// initConfig reads the hcsync.yaml of this folder or one above it. Where there
// is none, one begins here.
func initConfig(env *Env) (*config.Config, []byte, error) {
	file, err := config.Find(env.Dir)
	if errors.Is(err, config.ErrNotFound) {
		return config.New(filepath.Join(env.Dir, "hcsync.yaml")), []byte(template), nil
	}
	if err != nil {
		return nil, nil, err
	}
	cfg, problems, err := config.Load(file)
	if err != nil {
		return nil, nil, err
	}
	if err := env.problems(problems); err != nil {
		return nil, nil, err
	}
	text, err := os.ReadFile(file)
	return cfg, text, err
}

// askWorkspace asks who the token belongs to; nil without a token.
func askWorkspace(ctx context.Context, env *Env, cfg *config.Config, f initFlags) (*model.Workspace, error) {
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
		url = intercom.BaseURL(cfg.Region)
	}
	o := intercom.Options{BaseURL: url, Token: token, Version: cfg.APIVersion, Transport: env.Transport}
	end, err := env.tell(f.telling, &o)
	if err != nil {
		return nil, err
	}
	defer end()
	client, err := intercom.New(o)
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
	if !f.git && (f.yes || !env.InTerminal || env.confirm(ctx, "This folder is no git repository. Make it one?") != nil) {
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

// configText is hcsync.yaml with the workspace named, and everything else as
// it was.
func configText(cfg *config.Config, text []byte, ws *model.Workspace) ([]byte, error) {
	if ws == nil {
		return text, nil
	}
	if have := cfg.Workspace; have != "" && have != ws.ID {
		return nil, fail(exitAuth, "%s names workspace %s, but the token belongs to %s (%s)\nuse a token of %s, or remove the line to connect another workspace", cfg.File, have, ws.ID, ws.Name, have)
	}
	return setKeys(cfg, text, "workspace", ws.ID, "region", ws.Region)
}

// setKeys sets keys of hcsync.yaml, given as pairs with their values.
func setKeys(cfg *config.Config, text []byte, pairs ...string) ([]byte, error) {
	doc, err := frontmatter.ParseYAML(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.File, err)
	}
	doc.Order("version", "workspace", "region", "api_version", "content", "state")
	for kv := range slices.Chunk(pairs, 2) {
		if err := doc.Set(kv[0], kv[1]); err != nil {
			return nil, fmt.Errorf("%s: %w", cfg.File, err)
		}
	}
	return doc.Bytes(), nil
}

// proveState names the state's first commit in hcsync.yaml. While there is
// none, it makes sure that the remote takes the state's ref, before anybody
// relies on it.
func proveState(ctx context.Context, env *Env, repo *git.Repo, cfg *config.Config, text []byte, ws *model.Workspace) ([]byte, error) {
	ref := cmp.Or(cfg.StateRef, "refs/hcsync/"+ws.ID)
	remote := cmp.Or(cfg.StateRemote, "origin")
	if ok, err := repo.Remote(ctx, remote); err != nil || !ok {
		return text, err
	}
	store, err := state.Open(state.Options{Repo: repo, Ref: ref, Remote: remote, Root: cfg.State})
	if err != nil {
		return nil, err
	}
	if err := store.Fetch(ctx); err != nil {
		return nil, err
	}
	h, err := store.History(ctx)
	if err != nil {
		return nil, err
	}
	if h.Len() == 0 {
		return text, prove(ctx, env, repo, remote, ref)
	}
	return setKeys(cfg, text, "state", h.Commit(0).Hash)
}

func prove(ctx context.Context, env *Env, repo *git.Repo, remote, ref string) error {
	leftover, err := state.Prove(ctx, repo, remote, ref)
	if leftover != "" {
		fmt.Fprintf(env.Stderr, "note: %s keeps the ref %s of this check, which nobody needs\n", remote, leftover)
	}
	if errors.Is(err, state.ErrRefused) {
		return fmt.Errorf("%w\nhcsync keeps its record at %s under %s: allow it to be created and updated, or name a branch with `state_ref: refs/heads/hcsync-state` in hcsync.yaml", err, remote, ref)
	}
	return err
}

// writeLines writes hcsync.yaml if it changed, and adds what git should ignore
// and how it should store texts.
func writeLines(cfg *config.Config, text []byte) error {
	if old, err := os.ReadFile(cfg.Path()); err != nil || !bytes.Equal(old, text) {
		if err := write(cfg.Path(), string(text)); err != nil {
			return err
		}
	}
	if err := addLine(filepath.Join(cfg.Dir, ".gitignore"), "/.hcsync/"); err != nil {
		return err
	}
	texts := path.Join(cfg.Content, "**")
	if strings.Contains(texts, " ") {
		texts = strconv.Quote(texts)
	}
	return addLine(filepath.Join(cfg.Dir, ".gitattributes"), texts+" text=auto eol=lf")
}

// addLine adds a line to a file that lacks it, in the file's own line ends. A
// slash more or less at either end says the same.
func addLine(file, line string) error {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	bare := func(s string) string { return strings.Trim(strings.TrimSpace(s), "/") }
	for l := range strings.Lines(string(text)) {
		if bare(l) == bare(line) {
			return nil
		}
	}
	s, eol := string(text), "\n"
	if strings.Contains(s, "\r\n") {
		eol = "\r\n"
	}
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += eol
	}
	return write(file, s+line+eol)
}

func initReport(env *Env, cfg *config.Config, ws *model.Workspace, inRepo bool) error {
	switch {
	case ws != nil:
		fmt.Fprintf(env.Stdout, "Connected to %s (%s), region %s, as %s. Next:\n  hcsync pull       bring the help center home\n  hcsync plan       should then show no changes\n",
			report.Clean(ws.Name), report.Clean(ws.ID), report.Clean(ws.Region), report.Clean(ws.Admin.Name))
	case cfg.Workspace != "":
		fmt.Fprintf(env.Stdout, "This folder mirrors workspace %s. To work with it, set %s to a token of it.\n", cfg.Workspace, config.TokenEnv)
	default:
		fmt.Fprintf(env.Stdout, `This folder works on the built-in sandbox. Next:
  hcsync pull       bring its content home
  hcsync push       send files to it
To connect Intercom, set %s and run hcsync init again.
`, config.TokenEnv)
	}
	if !inRepo {
		fmt.Fprintln(env.Stdout, "This folder is no git repository; `hcsync init --git` makes it one.")
	}
	return nil
}
