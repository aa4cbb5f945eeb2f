package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/sandbox"
)

func newSandbox(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run and fill the built-in workspace",
		Long: `The sandbox behaves like Intercom's API and lives in .hcsync/sandbox. It is the
target as long as hcsync.yaml names no workspace, and always with -t sandbox.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSandboxServe(env), newSandboxImport(env), newSandboxExport(env), newSandboxReset(env), newSandboxStatus(env))
	return cmd
}

// sandboxConfig reads hcsync.yaml; without one the sandbox lives in the
// current folder.
func sandboxConfig(env *Env) (*config.Config, error) {
	path, err := config.Find(env.Dir)
	if errors.Is(err, config.ErrNotFound) {
		return config.New(filepath.Join(env.Dir, "hcsync.yaml")), nil
	}
	if err != nil {
		return nil, err
	}
	cfg, problems, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	return cfg, env.problems(problems)
}

func sandboxDir(cfg *config.Config, parts ...string) string {
	return filepath.Join(append([]string{cfg.Dir, ".hcsync", "sandbox"}, parts...)...)
}

// sandboxOptions are what a command says about the sandbox that it opens.
type sandboxOptions struct {
	// base is the address that its help centers are said to be at.
	base string
	// set and faults come after those of hcsync.yaml.
	set, faults []string
	log         func(string)
}

// openSandbox opens the workspace in this process. An empty one gets the help
// centers of the content tree.
func openSandbox(ctx context.Context, cfg *config.Config, o sandboxOptions) (*sandbox.Server, error) {
	sw, faults, err := o.behaviour(cfg)
	if err != nil {
		return nil, err
	}
	server, err := sandbox.Open(sandbox.Options{Dir: sandboxDir(cfg, "data"), Switches: sw, Log: o.log, Base: o.base})
	if err != nil {
		return nil, err
	}
	for _, f := range faults {
		err = errors.Join(err, server.AddFault(f))
	}
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	if !server.Empty() {
		return server, nil
	}
	seeds, err := seeds(ctx, cfg)
	if err == nil {
		err = server.SeedHelpCenters(seeds)
	}
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return server, nil
}

// behaviour reads the switches and faults, those of hcsync.yaml first.
func (o sandboxOptions) behaviour(cfg *config.Config) (sw sandbox.Switches, faults []sandbox.Fault, err error) {
	for i, kv := range slices.Concat(cfg.SandboxSet, o.set) {
		if err := sw.Set(kv); err != nil {
			return sw, nil, whose(cfg, "sandbox.set", i < len(cfg.SandboxSet), err)
		}
	}
	for i, text := range slices.Concat(cfg.SandboxFaults, o.faults) {
		f, err := sandbox.ParseFault(text)
		if err != nil {
			return sw, nil, whose(cfg, "sandbox.fault", i < len(cfg.SandboxFaults), err)
		}
		faults = append(faults, f)
	}
	return sw, faults, nil
}

func whose(cfg *config.Config, key string, inFile bool, err error) error {
	if inFile {
		return fmt.Errorf("%s: %s: %w", cfg.File, key, err)
	}
	return err
}

func seeds(ctx context.Context, cfg *config.Config) ([]sandbox.HelpCenterSeed, error) {
	tree, err := content.Open(content.Options{Dir: cfg.Dir, Content: cfg.Content})
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	files, _, err := tree.Read(ctx)
	if err != nil {
		return nil, err
	}
	var out []sandbox.HelpCenterSeed
	for _, hc := range files.HelpCenters {
		seed := sandbox.HelpCenterSeed{ID: hc.ID, Identifier: hc.Identifier, Name: hc.Name, URL: hc.URL, DefaultLocale: string(hc.Default)}
		for _, l := range hc.Locales {
			seed.Locales = append(seed.Locales, string(l))
		}
		out = append(out, seed)
	}
	return out, nil
}

// serveAddr is where `sandbox serve` listens unless told otherwise.
const serveAddr = "127.0.0.1:8025"

// patience is how long a command waits for another one to be done with the
// sandbox.
const patience = 10 * time.Second

// startSandbox gives the address of the sandbox: the one that `sandbox serve`
// runs, or one in this process for as long as the command lasts.
func (s *session) startSandbox(ctx context.Context) (string, func(), error) {
	server, err := openSandbox(ctx, s.cfg, sandboxOptions{base: "http://" + serveAddr})
	for end := time.Now().Add(patience); errors.Is(err, sandbox.ErrInUse); {
		if url, ok := served(ctx, s.cfg); ok {
			return url, func() {}, nil
		}
		if ctx.Err() != nil || time.Now().After(end) {
			break
		}
		time.Sleep(20 * time.Millisecond)
		server, err = openSandbox(ctx, s.cfg, sandboxOptions{base: "http://" + serveAddr})
	}
	if err != nil {
		return "", nil, err
	}
	return listenUntil(ctx, server, "127.0.0.1:0")
}

// listenUntil serves an open workspace until stop is called, which closes it. So
// does a failure.
func listenUntil(ctx context.Context, server *sandbox.Server, addr string) (url string, stop func(), err error) {
	run, cancel := context.WithCancel(ctx)
	url, wait, err := server.Listen(run, addr)
	if err != nil {
		cancel()
		return "", nil, errors.Join(err, server.Close())
	}
	return url, func() {
		cancel()
		_ = wait()
		_ = server.Close()
	}, nil
}

// serveFile holds the address of a running `sandbox serve`.
const serveFile = "serve.json"

// served finds the `sandbox serve` that has this folder's sandbox in use. Ask
// it only then: a process that was killed leaves its file behind, and its port
// may be another folder's sandbox by now.
func served(ctx context.Context, cfg *config.Config) (string, bool) {
	data, err := os.ReadFile(sandboxDir(cfg, serveFile))
	if err != nil {
		return "", false
	}
	var at struct{ URL string }
	if json.Unmarshal(data, &at) != nil || !strings.HasPrefix(at.URL, "http://127.0.0.1:") && !strings.HasPrefix(at.URL, "http://[::1]:") {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.URL+"/_sandbox/status", nil)
	if err != nil {
		return "", false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", false
	}
	defer res.Body.Close()
	return at.URL, res.StatusCode == http.StatusOK
}

func newSandboxServe(env *Env) *cobra.Command {
	var addr string
	var o sandboxOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the sandbox's API and its public pages until Ctrl-C",
		Long: `Serves the sandbox on loopback: the API, and the help center pages that readers
would see. While it runs, the other commands use it.

--set changes how it behaves, and --fault makes calls go wrong, for tests: see
docs/sandbox.md. hcsync.yaml can hold both.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runServe(cmd.Context(), env, addr, o)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", serveAddr, "the loopback `address` to listen on")
	cmd.Flags().StringArrayVar(&o.set, "set", nil, "a switch as `key=value`; may be repeated")
	cmd.Flags().StringArrayVar(&o.faults, "fault", nil, "a `fault` such as kind=503,method=POST,times=1; may be repeated")
	return cmd
}

func runServe(ctx context.Context, env *Env, addr string, o sandboxOptions) error {
	cfg, err := sandboxConfig(env)
	if err != nil {
		return err
	}
	o.log = func(l string) { fmt.Fprintln(env.Stderr, report.Clean(l)) }
	if !strings.HasSuffix(addr, ":0") { // else whatever port it gets
		o.base = "http://" + addr
	}
	server, err := openSandbox(ctx, cfg, o)
	if err != nil {
		return inUse(ctx, cfg, err)
	}
	defer server.Close()
	url, wait, err := server.Listen(ctx, addr)
	if err != nil {
		return err
	}
	if err := announce(cfg, url); err != nil {
		return err
	}
	defer os.Remove(sandboxDir(cfg, serveFile))
	fmt.Fprintf(env.Stdout, "Help center: %s/\nAPI:         %s (any token)\nCtrl-C ends it.\n", url, url)
	return wait()
}

// announce writes the address down, for readers who find all of it or nothing.
func announce(cfg *config.Config, url string) error {
	file := sandboxDir(cfg, serveFile)
	if err := write(file+".tmp", fmt.Sprintf("{\"url\": %q}\n", url)); err != nil {
		return err
	}
	return os.Rename(file+".tmp", file)
}

func newSandboxImport(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE...",
		Short: "Fill the sandbox with answers of the API",
		Long: `Reads what GET /articles, /help_center/collections, /help_center/help_centers
and /admins answered: whole lists, single objects, arrays, several of them in a
file, several files. Collections and authors that articles name and no file
holds are made up.`,
		Example: "  hcsync sandbox import articles.json collections.json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withSandbox(cmd.Context(), env, func(server *sandbox.Server) error {
				return importFiles(env, server, args)
			})
		},
	}
}

func importFiles(env *Env, server *sandbox.Server, args []string) error {
	var readers []io.Reader
	for _, a := range args {
		data, err := os.ReadFile(join(env.Dir, a))
		if err != nil {
			return err
		}
		if err := checkJSON(data); err != nil {
			return fmt.Errorf("%s: %w", a, err)
		}
		readers = append(readers, bytes.NewReader(data))
	}
	if _, err := server.Import(readers...); err != nil {
		return err
	}
	return printStatus(env, server)
}

// checkJSON says where a file stops being one JSON document after another. The
// sandbox reads all files as one, and could not name it.
func checkJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var doc json.RawMessage
		switch err := dec.Decode(&doc); {
		case err == io.EOF:
			return nil
		case err != nil:
			line := 1 + bytes.Count(data[:dec.InputOffset()], []byte("\n"))
			return fmt.Errorf("what begins at line %d is no JSON: %w", line, err)
		}
	}
}

// withSandbox opens the workspace for one command.
func withSandbox(ctx context.Context, env *Env, do func(*sandbox.Server) error) error {
	cfg, err := sandboxConfig(env)
	if err != nil {
		return err
	}
	server, err := openSandbox(ctx, cfg, sandboxOptions{base: "http://" + serveAddr})
	if err != nil {
		return inUse(ctx, cfg, err)
	}
	return errors.Join(do(server), server.Close())
}

// inUse says how to get at a sandbox that `sandbox serve` has open.
func inUse(ctx context.Context, cfg *config.Config, err error) error {
	if url, ok := served(ctx, cfg); ok && errors.Is(err, sandbox.ErrInUse) {
		return fmt.Errorf("the sandbox is being served at %s\nstop `hcsync sandbox serve` first", url)
	}
	return err
}

func newSandboxExport(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write the sandbox's content as answers of the API",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withSandbox(cmd.Context(), env, func(server *sandbox.Server) error {
				if len(args) == 0 {
					return server.Export(env.Stdout)
				}
				f, err := os.Create(join(env.Dir, args[0]))
				if err != nil {
					return err
				}
				return errors.Join(server.Export(f), f.Close())
			})
		},
	}
}

func newSandboxReset(env *Env) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Empty the sandbox and its state",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !yes {
				if err := env.confirm(cmd.Context(), "Delete everything in the sandbox?"); err != nil {
					return err
				}
			}
			return runReset(cmd.Context(), env)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func runReset(ctx context.Context, env *Env) error {
	cfg, err := sandboxConfig(env)
	if err != nil {
		return err
	}
	server, err := sandbox.Open(sandbox.Options{Dir: sandboxDir(cfg, "data")})
	if err != nil {
		return inUse(ctx, cfg, err)
	}
	if err := errors.Join(server.Reset(), server.Close(), os.RemoveAll(sandboxDir(cfg, "state.git"))); err != nil {
		return err
	}
	fmt.Fprintln(env.Stdout, "The sandbox is empty. Files that carry ids and markers of it need those lines removed, or `git restore`.")
	return nil
}

func newSandboxStatus(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say what the sandbox holds",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withSandbox(cmd.Context(), env, func(server *sandbox.Server) error { return printStatus(env, server) })
		},
	}
}

func printStatus(env *Env, server *sandbox.Server) error {
	st := server.Status()
	_, err := fmt.Fprintf(env.Stdout, "Sandbox workspace %s: %s, %s, %s (%d published, %s), locales %s.\n",
		report.Clean(st.WorkspaceID), report.Plural(st.HelpCenters, "help center"), report.Plural(st.Collections, "collection"),
		report.Plural(st.Articles, "article"), st.Published, report.Plural(st.Drafts, "draft"), strings.Join(st.Locales, ", "))
	return err
}
