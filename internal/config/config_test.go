package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hcsync.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func load(t *testing.T, text string) (*Config, []string) {
	t.Helper()
	c, problems, err := Load(write(t, text))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, p := range problems {
		texts = append(texts, p.String())
	}
	return c, texts
}

func TestLoad(t *testing.T) {
	c, problems := load(t, `# the help center of Acme
version: 1
workspace: hfi1bx4l
region: eu
api_version: 2.10
content: docs/help/
include: [acme-help/billing/, ./x]
exclude: acme-help/**/draft-*
default_author: ops@acme.test
state: 0123456789012345678901234567890123456789
state_ref: refs/heads/hcsync
state_remote: git@git.test:acme/docs.git
image_base_url: https://raw.acme.test/docs/{commit}/
concurrency: 16
on_delete: delete
targets:
  staging: {workspace: abcd1234, region: us, token_env: STAGING_TOKEN, help_centers: {acme-help: acme-staging}, authority: git}
  copy:
    workspace: efgh5678
    live: false
    api_version: Preview
    state_ref: refs/hcsync-copy/x
`)
	if problems != nil {
		t.Fatal(problems)
	}
	no := false
	want := &Config{
		Dir: c.Dir, File: "hcsync.yaml", Workspace: "hfi1bx4l", Region: "eu", APIVersion: "2.10", Content: "docs/help",
		Include: []string{"acme-help/billing", "x"}, Exclude: []string{"acme-help/**/draft-*"},
		DefaultAuthor: "ops@acme.test", State: "0123456789012345678901234567890123456789",
		StateRef: "refs/heads/hcsync", StateRemote: "git@git.test:acme/docs.git",
		ImageBaseURL: "https://raw.acme.test/docs/{commit}", OnDelete: "delete", Concurrency: 16,
		Targets: map[string]Target{
			"staging": {
				Name: "staging", Workspace: "abcd1234", Region: "us", APIVersion: "2.10", TokenEnv: "STAGING_TOKEN",
				HelpCenters: map[string]string{"acme-help": "acme-staging"}, Authority: "git",
			},
			"copy": {
				Name: "copy", Workspace: "efgh5678", Region: "us", APIVersion: "Preview", TokenEnv: TokenEnv,
				Live: &no, StateRef: "refs/hcsync-copy/x",
			},
		},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	if got := c.TargetNames(); !cmp.Equal(got, []string{"copy", "staging", "sandbox"}) {
		t.Error(got)
	}
	if c.Targets["copy"].IsLive() || !c.Targets["staging"].IsLive() || !c.Primary().IsLive() {
		t.Error("live is wrong")
	}
}

func TestDefaults(t *testing.T) {
	c, problems := load(t, "version: 1\nworkspace:\ninclude:\ntargets:\n")
	want := &Config{
		Dir: c.Dir, File: "hcsync.yaml", Region: "us", APIVersion: "2.16", Content: "content",
		OnDelete: "draft", Concurrency: 8, Targets: map[string]Target{},
	}
	if diff := cmp.Diff(want, c); diff != "" || problems != nil {
		t.Error(diff, problems)
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "hcsync.yaml: version is missing: add the line `version: 1`"},
		{"version: 2", "hcsync.yaml:1: version 2 needs a newer hcsync"},
		{"version: one", "hcsync.yaml:1: version must be 1"},
		{"regoin: eu", "hcsync.yaml:2: regoin is not a known key: did you mean region?"},
		{"colour: red", "hcsync.yaml:2: colour is not a known key: known are api_version, concurrency, content, default_author"},
		{"region: usa", "hcsync.yaml:2: region must be us, eu or au: did you mean us?"},
		{"region: [eu]", "hcsync.yaml:2: region must be a single value, not a list"},
		{"api_version: 2.8", "hcsync.yaml:2: api_version must be 2.9 to 2.16, or Preview"},
		{"api_version: 2.017", "hcsync.yaml:2: api_version must be 2.9 to 2.16, or Preview"},
		{"api_version: 2.+9", "hcsync.yaml:2: api_version must be 2.9 to 2.16, or Preview"},
		{"api_version: Previous", "hcsync.yaml:2: api_version must be 2.9 to 2.16, or Preview"},
		{"content: ../x", "hcsync.yaml:2: content must be a folder inside"},
		{"content: /etc", "hcsync.yaml:2: content must be a folder inside"},
		{`content: C:\x`, "hcsync.yaml:2: content must be a folder inside"},
		{`content: ..\x`, "hcsync.yaml:2: content must be a folder inside"},
		{"content: .hcsync/x", "hcsync.yaml:2: content must not be inside .hcsync"},
		{"include: {a: b}", "hcsync.yaml:2: include must be a list of paths"},
		{"include: [a, ../b]", "hcsync.yaml:2: include has \"../b\", which must be a path inside"},
		{"exclude:\n- a\n- '[b'", "hcsync.yaml:4: exclude has \"[b\", whose [ is not closed"},
		{"exclude: /a", "hcsync.yaml:2: exclude has \"/a\", which must not begin with /"},
		{"default_author: Ann", "hcsync.yaml:2: default_author must be a teammate's e-mail address or id"},
		{"state: 12ab", "hcsync.yaml:2: state must be a whole commit id"},
		{"state_ref: main", "hcsync.yaml:2: state_ref must be a whole ref name"},
		{"state_ref: refs/heads/a..b", "hcsync.yaml:2: state_ref must be a whole ref name"},
		{"state_remote: --upload-pack=x", "hcsync.yaml:2: state_remote must be the name or the address"},
		{"image_base_url: cdn.test", "hcsync.yaml:2: image_base_url must be an address"},
		{"image_base_url: https://x.test/{sha}", "hcsync.yaml:2: image_base_url knows only one placeholder"},
		{"sandbox: {set: [latency]}", "hcsync.yaml:2: sandbox.set has \"latency\", which must be key=value"},
		{"sandbox: {sets: a=b}", "hcsync.yaml:2: sandbox.sets is not a known key: did you mean set?"},
		{"sandbox: [a=b]", "hcsync.yaml:2: sandbox must be a mapping"},
		{"sandbox: {fault: {kind: 503}}", "hcsync.yaml:2: sandbox.fault must be a list of key=value"},
		{"on_delete: hide", "hcsync.yaml:2: on_delete must be draft or delete"},
		{"concurrency: 0", "hcsync.yaml:2: concurrency must be a number from 1 to 64"},
		{"concurrency: many", "hcsync.yaml:2: concurrency must be a number from 1 to 64"},
		{"token: abc", "hcsync.yaml:2: token: no token may stand in this file"},
		{"targets: [a]", "hcsync.yaml:2: targets must be a mapping"},
		{"targets: {sandbox: {live: true}}", "hcsync.yaml:2: the target sandbox is built in"},
		{"targets: {a b: {workspace: x}}", "hcsync.yaml:2: the target name \"a b\" may hold"},
		{"targets:\n  a: staging", "hcsync.yaml:3: the target a must be a mapping"},
		{"targets:\n  a: {region: us}", "hcsync.yaml:3: the target a names no workspace"},
		{"workspace: x\ntargets:\n  a: {workspace: x}", "hcsync.yaml:4: the target a is the workspace that"},
		{"targets:\n  a:\n    workspace: x\n    regio: us", "hcsync.yaml:5: targets.a.regio is not a known key: did you mean region?"},
		{"targets:\n  a:\n    workspace: x\n    live: yes", "hcsync.yaml:5: targets.a.live must be true or false"},
		{"targets:\n  a: {workspace: x, token_env: dG9r=}", "hcsync.yaml:3: targets.a.token_env must be the name of an environment variable, never the token"},
		{"targets:\n  a: {workspace: x, authority: intercom}", "hcsync.yaml:3: targets.a.authority must be git"},
		{"targets:\n  a: {workspace: x, help_centers: {b: ''}}", "hcsync.yaml:3: targets.a.help_centers.b names no help center"},
		{"workspace: https://app.test", "hcsync.yaml:2: workspace must be the workspace id"},
		{"region: eu: x", "hcsync.yaml:2: a value that holds a colon"},
		{"region: eu\nregion: us", "hcsync.yaml:3: the key region stands here a second time"},
	} {
		text := c.text
		if !strings.HasPrefix(text, "version") && text != "" {
			text = "version: 1\n" + text
		}
		_, problems := load(t, text)
		if len(problems) != 1 || !strings.HasPrefix(problems[0], c.want) {
			t.Errorf("%q: got %q, want %q", text, problems, c.want)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, problems := load(t, "targets: {a: {}}\nregion: x\nfoo: 1\n")
	if len(problems) != 4 {
		t.Errorf("got %q, want 4 problems", problems)
	}
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "repo", "docs", "content")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	touch := func(path ...string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(path...), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	touch(root, "hcsync.yaml")
	touch(root, "repo", ".git") // a worktree has a file there
	if _, err := Find(deep); !errors.Is(err, ErrNotFound) {
		t.Errorf("found a file above the git root: %v", err)
	}
	touch(root, "repo", "hcsync.yml")
	if got, err := Find(deep); err != nil || got != filepath.Join(root, "repo", "hcsync.yml") {
		t.Errorf("got %s, %v", got, err)
	}
	touch(root, "repo", "hcsync.yaml")
	if _, err := Find(deep); err == nil || !strings.Contains(err.Error(), "remove one of the two") {
		t.Errorf("two files: %v", err)
	}
}

func TestLoadMissing(t *testing.T) {
	if _, _, err := Load(filepath.Join(t.TempDir(), "hcsync.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
