package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/cachefile"
	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/state"
)

// targetFlags are shared by the commands that speak to a workspace.
type targetFlags struct {
	target string
	apiURL string
	// concurrency is 0 where hcsync.yaml has the say.
	concurrency int
	telling
}

func (f *targetFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.target, "target", "t", "", "the `name` of the workspace to use: a target of hcsync.yaml, or sandbox")
	cmd.Flags().StringVar(&f.apiURL, "api-url", "", "the `address` of the API, instead of the region's (or INTERCOM_API_URL)")
	cmd.Flags().IntVar(&f.concurrency, "concurrency", 0, "how many `requests` may be under way at the same time, instead of hcsync.yaml's number (8 where it names none)")
	f.telling.register(cmd)
}

// session is one run against one target: everything opened, nothing asked yet.
type session struct {
	env    *Env
	cfg    *config.Config
	target config.Target
	// apiURL is set where the API is not Intercom's own.
	apiURL  string
	sandbox bool
	tree    *content.Tree
	files   model.Snapshot
	repo    *git.Repo
	remote  string
	store   *state.Store
	bodies  *gather.Bodies
	client  *intercom.Client
	close   func()
	// standing are files that hold a conflict of an earlier pull; with pull set
	// they are skipped, else they are problems.
	standing map[string]bool
	purpose  purpose
	// backups names the copy that was made of a file.
	backups map[string]string
	// writing says that the run is going to write to Intercom or to the state,
	// steal that it need not wait for another one that may be.
	writing, steal bool
	// rollback says that an older checkout is to be pushed as it is.
	rollback bool
	// imagesAt is the commit that addresses of local images name, where it is
	// not the one that is checked out: a saved plan's.
	imagesAt string
	// drafts says that the texts of pending drafts are read.
	drafts bool
}

// purpose says what a run is for, where that decides what it may overlook.
type purpose int

const (
	comparing purpose = iota
	pulling
	// offline compares with the state alone.
	offline
)

// open prepares a run: configuration, files, git, state, client, in this
// order, so that everything that can be wrong here is told before any request.
func open(ctx context.Context, env *Env, f targetFlags) (*session, error) {
	return openFor(ctx, env, f, comparing)
}

func openFor(ctx context.Context, env *Env, f targetFlags, why purpose) (*session, error) {
	s := newSession(env, why)
	steps := []func(context.Context, targetFlags) error{s.loadConfig, s.chooseTarget, s.openGit, s.openStore, s.readFiles}
	if why != offline {
		steps = append(steps, s.openBodies, s.openClient)
	} else if f.quiet {
		env.progress.Silence()
	}
	for _, step := range steps {
		if err := step(ctx, f); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

func newSession(env *Env, why purpose) *session {
	return &session{env: env, close: func() {}, purpose: why, standing: map[string]bool{}}
}

func (s *session) loadConfig(ctx context.Context, f targetFlags) error {
	path, err := config.Find(s.env.Dir)
	if err != nil {
		return err
	}
	cfg, problems, err := config.Load(path)
	if err != nil {
		return err
	}
	s.cfg = cfg
	s.env.actions.in(ctx, cfg.Dir)
	if f.concurrency < 0 || f.concurrency > config.MaxConcurrency {
		return fmt.Errorf("--concurrency %d: must be a number from 1 to %d", f.concurrency, config.MaxConcurrency)
	}
	cfg.Concurrency = cmp.Or(f.concurrency, cfg.Concurrency)
	return s.env.problems(problems)
}

// problems prints what is wrong with files, and fails if it is more than
// remarks.
func (e *Env) problems(list []model.Problem) error {
	e.actions.problems(list)
	e.found = append(e.found, list...)
	invalid := 0
	for _, p := range list {
		label := ""
		if p.Note {
			label = "note: "
		} else {
			invalid++
		}
		fmt.Fprintf(e.Stderr, "%s%s\n", label, report.Clean(p.String()))
	}
	switch invalid {
	case 0:
		return nil
	case 1:
		return fail(exitInvalid, "1 problem in the files; nothing was done")
	}
	return fail(exitInvalid, "%d problems in the files; nothing was done", invalid)
}

func (s *session) chooseTarget(_ context.Context, f targetFlags) error {
	name := f.target
	url := f.apiURL
	if url == "" {
		url = s.env.Getenv("INTERCOM_API_URL")
	}
	if name == "" && s.cfg.Workspace == "" {
		if url != "" || s.env.Getenv(config.TokenEnv) != "" {
			return fail(exitAuth, "%s names no workspace, but a token or address of one is set\nrun `hcsync init` to connect this folder to the token's workspace, or use `-t sandbox`", s.cfg.File)
		}
		name = config.Sandbox
	}
	switch t, ok := s.cfg.Targets[name]; {
	case name == config.Sandbox:
		s.sandbox = true
		s.target = config.Target{Name: name, APIVersion: s.cfg.APIVersion, Live: new(bool)}
	case ok:
		s.target, s.apiURL = t, url
	case name == "":
		s.target, s.apiURL = s.cfg.Primary(), url
	default:
		return fmt.Errorf("target %s: not in %s\nthere are: %s", name, s.cfg.File, strings.Join(s.cfg.TargetNames(), ", "))
	}
	return nil
}

func (s *session) readFiles(ctx context.Context, _ targetFlags) error {
	var err error
	s.tree, err = content.Open(content.Options{Dir: s.cfg.Dir, Content: s.cfg.Content, Include: s.cfg.Include, Exclude: s.cfg.Exclude, Backup: s.backup(), Step: s.env.Step, Keep: s.keep()})
	if err != nil {
		return err
	}
	files, problems, err := s.tree.Read(ctx)
	if err != nil {
		return err
	}
	s.files = files
	return s.env.problems(s.overlook(problems))
}

// keep says where to keep what the files say for the next run.
func (s *session) keep() content.Keep {
	dir, err := filepath.Abs(s.cfg.ContentDir())
	program, unknown := os.Executable()
	if err != nil || unknown != nil {
		return content.Keep{}
	}
	info, err := os.Stat(program)
	if err != nil {
		return content.Keep{}
	}
	return content.Keep{
		File:    s.cacheFile("files of " + dir),
		Program: version() + " " + program + " " + content.Identity(info),
		BlobID:  s.store.BlobID,
	}
}

// openBodies opens what the last run kept of the live bodies. A preview, which runs
// for days and reads the workspace again and again, does without: what was once
// mapped into memory stays there.
func (s *session) openBodies(context.Context, targetFlags) error {
	if name := s.cacheFile("live bodies of " + s.target.Name + " " + s.target.Workspace); name != "" {
		s.bodies = gather.OpenBodies(name, s.store.BlobIDOf)
	}
	return nil
}

// cacheFile names a file of the folder in the git directory that may be deleted at
// any time, "" where there is no repository.
func (s *session) cacheFile(of string) string {
	if s.repo == nil {
		return ""
	}
	return cachefile.Name(s.repo.CommonDir(), of)
}

// overlook leaves out, for a pull, what an earlier pull left in files for the
// user to settle: those objects are skipped. What the pull itself may put right
// is only noted.
func (s *session) overlook(problems []model.Problem) []model.Problem {
	if s.purpose != pulling {
		return problems
	}
	for i := range problems {
		problems[i].Note = problems[i].Note || problems[i].Pulled
	}
	return slices.DeleteFunc(problems, func(p model.Problem) bool {
		if p.Note || !s.tree.InConflict(strings.TrimPrefix(p.File, s.cfg.Content+"/")) {
			return false
		}
		s.standing[p.File] = true
		return true
	})
}

func (s *session) openGit(ctx context.Context, _ targetFlags) error {
	if err := git.Find(ctx); err != nil {
		return err
	}
	repo, err := git.Open(ctx, s.cfg.Dir)
	if errors.Is(err, git.ErrNotARepository) {
		return nil
	}
	if err != nil {
		return err
	}
	s.repo = repo
	s.remote = s.cfg.StateRemote
	if s.remote == "" {
		s.remote = "origin"
	}
	ok, err := repo.Remote(ctx, s.remote)
	if err != nil {
		return err
	}
	if !ok && s.cfg.StateRemote != "" {
		return fmt.Errorf("%s: state_remote %s is not a remote of this repository\nadd it with `git remote add`, or correct the line", s.cfg.File, s.cfg.StateRemote)
	}
	if !ok {
		s.remote = ""
	}
	return nil
}

func (s *session) openClient(ctx context.Context, f targetFlags) error {
	o := intercom.Options{BaseURL: intercom.BaseURL(s.target.Region), Version: s.target.APIVersion, Concurrency: s.cfg.Concurrency, Transport: s.env.Transport}
	if s.sandbox {
		url, stop, err := s.startSandbox(ctx)
		if err != nil {
			return err
		}
		s.close, o.BaseURL, o.Token = stop, url, "any-token"
	} else {
		o.Token = s.env.Getenv(s.target.TokenEnv)
		if o.Token == "" {
			return fail(exitAuth, "%s is not set\nput the access token of workspace %s into it", s.target.TokenEnv, s.target.Workspace)
		}
		if s.apiURL != "" {
			o.BaseURL = s.apiURL
		}
	}
	if s.bodies != nil {
		o.Body = s.bodies.Settle
	}
	end, err := s.env.tell(f.telling, &o)
	if err != nil {
		return err
	}
	stop := s.close
	s.close = func() { stop(); end() }
	s.client, err = intercom.New(o)
	return err
}

// localDir is the folder for what belongs to this checkout alone.
func (s *session) localDir(parts ...string) string {
	return filepath.Join(append([]string{s.cfg.Dir, ".hcsync"}, parts...)...)
}

func (s *session) openStore(_ context.Context, _ targetFlags) error {
	o := state.Options{Ref: s.target.StateRef}
	switch {
	case s.sandbox:
		o.Ref, o.OwnDir = "refs/hcsync/sandbox", s.localDir("sandbox", "state.git")
	case s.repo == nil:
		o.OwnDir = s.localDir("state", s.target.Workspace+".git")
	default:
		o.Repo, o.Remote = s.repo, s.remote
		if s.target.Name == "" {
			o.Root = s.cfg.State
		}
	}
	if o.Ref == "" {
		o.Ref = "refs/hcsync/" + s.target.Workspace
	}
	var err error
	s.store, err = state.Open(o)
	return err
}

// secondary says that the ids in the files belong to another workspace than
// the one that this run speaks to.
func (s *session) secondary() bool {
	return s.target.Name != "" && !(s.sandbox && s.cfg.Workspace == "")
}

// gather reads the workspace and the state.
func (s *session) gather(ctx context.Context) (*gather.States, error) {
	from, err := s.sources(ctx)
	if err != nil {
		return nil, err
	}
	s.env.progress.Begin(readingArticles)
	defer s.env.progress.End()
	return from.Read(ctx)
}

// sources are where the three states come from.
func (s *session) sources(ctx context.Context) (gather.Sources, error) {
	images, err := s.imageBase(ctx)
	return gather.Sources{
		Files: s.files, Client: s.client, Store: s.store, Bodies: s.bodies, FileID: s.tree.BlobID, Repo: s.repo, Remote: s.remote,
		Place: func(local, remote model.Snapshot) map[model.Key]string {
			return s.tree.Place(local, remote, nil).Paths
		},
		Workspace: s.target.Workspace, Secondary: s.secondary(),
		Target: s.target.Name, HelpCenters: s.target.HelpCenters, GitWins: s.target.Authority == config.AuthorityGit, Rollback: s.rollback,
		Content: s.cfg.Content, ImageBase: images,
		Journals: s.journals(), DefaultAuthor: s.cfg.DefaultAuthor, APIVersion: s.target.APIVersion,
		Drafts: s.drafts, Managed: s.tree.Managed, Phase: s.env.progress.Begin,
	}, err
}

// imageBase is where Intercom can fetch local images. The sandbox fetches
// nothing, so any address will do there.
func (s *session) imageBase(ctx context.Context) (string, error) {
	base := s.cfg.ImageBaseURL
	if base == "" && s.sandbox {
		return "https://images.example.com", nil
	}
	if !strings.Contains(base, "{commit}") {
		return base, nil
	}
	commit := cmp.Or(s.imagesAt, "HEAD")
	if s.repo != nil && s.imagesAt == "" {
		head, ok, err := s.repo.Head(ctx)
		if err != nil {
			return "", err
		}
		if ok {
			commit = head
		}
	}
	return strings.ReplaceAll(base, "{commit}", commit), nil
}

func (s *session) head(st *gather.States) report.Head {
	h := report.Head{Workspace: st.Workspace.Name, WorkspaceID: st.Workspace.ID, Region: st.Workspace.Region,
		Target: s.target.Name, URL: s.apiURL, APIVersion: s.target.APIVersion}
	if h.Target == "" {
		h.Target = "intercom"
	}
	h.Secondary = s.secondary()
	if s.purpose == offline {
		h.Offline, h.URL = true, ""
	}
	if s.sandbox {
		h.Region = ""
	}
	return h
}

func join(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// write creates a file with its folders, for what init writes.
func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
