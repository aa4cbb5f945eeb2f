// Package config reads hcsync.yaml, the one file that makes a folder a help
// center.
//
// The file is committed and holds no secret. It is read strictly: a key or a
// value that hcsync does not know is a problem with its line and, where one is
// near, the word that was probably meant. All problems are told at once.
// Values are texts as the writer typed them, so `api_version: 2.10` is 2.10.
package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// Sandbox is the name of the target that always exists.
const Sandbox = "sandbox"

// TokenEnv is the environment variable that holds the access token unless a
// target names another one.
const TokenEnv = "INTERCOM_ACCESS_TOKEN"

// What a key means that the file does not name.
const (
	DefaultContent    = "content"
	DefaultRegion     = "us"
	DefaultAPIVersion = "2.16"
	// DefaultConcurrency is how many requests are under way at the same time, and
	// MaxConcurrency the most that may be asked for.
	DefaultConcurrency, MaxConcurrency = 8, 64
)

// The values of on_delete, and the only one of a target's authority.
const (
	OnDeleteDraft  = "draft"
	OnDeleteDelete = "delete"
	AuthorityGit   = "git"
)

// ErrNotFound says that there is no hcsync.yaml.
var ErrNotFound = errors.New("no hcsync.yaml in this folder or above it: run `hcsync init`")

// Config is hcsync.yaml with its defaults filled in.
type Config struct {
	// Dir is the absolute folder of the file, File the file's name.
	Dir, File string
	// Workspace is the app.id_code of the workspace that the files mirror;
	// empty until `hcsync init` knows it.
	Workspace string
	// Region is us, eu or au.
	Region string
	// APIVersion is 2.9 to 2.16, or Preview, which is also spelt Unstable, in
	// any case.
	APIVersion string
	// Content is the folder of the content tree, relative to Dir, with slashes.
	Content string
	// Include and Exclude limit what is managed: paths relative to Content, of
	// folders or files, with * and **.
	Include, Exclude []string
	// DefaultAuthor is the e-mail address or id of the teammate who becomes
	// the author of new articles.
	DefaultAuthor string
	// StateRef is a ref of its own for the state, StateRemote the remote that
	// holds it; empty means the usual ones.
	StateRef, StateRemote string
	// State is the root commit of the state, recorded by init; empty while
	// there is none.
	State string
	// ImageBaseURL is where Dir can be read publicly, so that Intercom can fetch
	// local images: content/a/images/x.png is below it under that whole path.
	// `{commit}` in it is the commit pushed.
	ImageBaseURL string
	// OnDelete is draft or delete.
	OnDelete string
	// Concurrency is how many requests are under way at the same time.
	Concurrency int
	// SandboxSet are switches of the sandbox as key=value, SandboxFaults faults as
	// key=value,key=value.
	SandboxSet, SandboxFaults []string
	// Targets are further workspaces for the same files, by name.
	Targets map[string]Target
}

// Target is a workspace that the files can be pushed to.
type Target struct {
	// Name is the key under `targets`; empty for the primary workspace.
	Name                          string
	Workspace, Region, APIVersion string
	// TokenEnv names the environment variable that holds the access token.
	TokenEnv string
	// HelpCenters maps a help center's folder to the identifier of the help
	// center that takes its place in this workspace.
	HelpCenters map[string]string
	// Authority is git where drift is overwritten, else empty.
	Authority string
	// Live is nil where the file does not say.
	Live     *bool
	StateRef string
}

// IsLive says whether readers see what is pushed there: then a push sends
// committed content only.
func (t Target) IsLive() bool { return t.Live == nil || *t.Live }

// Primary is the workspace that the files mirror.
func (c *Config) Primary() Target {
	return Target{
		Workspace: c.Workspace, Region: c.Region, APIVersion: c.APIVersion,
		TokenEnv: TokenEnv, StateRef: c.StateRef,
	}
}

// TargetNames lists the names that -t takes, the sandbox last.
func (c *Config) TargetNames() []string {
	return append(slices.Sorted(maps.Keys(c.Targets)), Sandbox)
}

// Path is the absolute path of the file.
func (c *Config) Path() string { return filepath.Join(c.Dir, c.File) }

// ContentDir is the absolute path of the content tree.
func (c *Config) ContentDir() string { return filepath.Join(c.Dir, filepath.FromSlash(c.Content)) }

// Find looks for hcsync.yaml or hcsync.yml in a folder and then in those above
// it, up to the root of the git repository. The error is [ErrNotFound] where
// there is none.
func Find(dir string) (path string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		found, err := findIn(dir)
		if found != "" || err != nil {
			return found, err
		}
		_, err = os.Lstat(filepath.Join(dir, ".git"))
		above := filepath.Dir(dir)
		if err == nil || above == dir {
			return "", ErrNotFound
		}
		dir = above
	}
}

func findIn(dir string) (string, error) {
	var found []string
	for _, name := range []string{"hcsync.yaml", "hcsync.yml"} {
		switch info, err := os.Stat(filepath.Join(dir, name)); {
		case err == nil && info.Mode().IsRegular():
			found = append(found, filepath.Join(dir, name))
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0], nil
	}
	return "", errors.New(found[0] + ": hcsync.yml stands beside it: remove one of the two")
}

// New is the configuration that a file without settings has.
func New(path string) *Config {
	return &Config{
		Dir: filepath.Dir(path), File: filepath.Base(path), Targets: map[string]Target{},
		Region: DefaultRegion, APIVersion: DefaultAPIVersion, Content: DefaultContent, OnDelete: OnDeleteDraft, Concurrency: DefaultConcurrency,
	}
}

// Load reads a file. The error is one of reading it; what is wrong in it are
// the problems, with which the Config holds what could be understood.
func Load(path string) (*Config, []model.Problem, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	c := New(path)
	r := &reader{file: c.File}
	doc, err := frontmatter.ParseYAML(data)
	var bad *frontmatter.Error
	switch {
	case errors.As(err, &bad):
		r.problem(bad.Line, "%s", bad.Message)
	case err != nil:
		return nil, nil, err
	default:
		r.config(c, doc.Fields())
	}
	slices.SortStableFunc(r.problems, func(a, b model.Problem) int { return a.Line - b.Line })
	return c, r.problems, nil
}

// trimSlash makes a folder comparable: no slash at its end.
func trimSlash(s string) string { return strings.TrimRight(s, "/") }
