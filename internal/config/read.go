package config

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// reader collects problems while it takes values.
type reader struct {
	file     string
	problems []model.Problem
}

// keys maps each key of a mapping to what takes its value.
type keys map[string]func(frontmatter.Value)

func (r *reader) problem(line int, format string, args ...any) {
	r.problems = append(r.problems, model.Problem{File: r.file, Line: line, Message: fmt.Sprintf(format, args...)})
}

func (r *reader) config(c *Config, fields []frontmatter.Field) {
	r.version(fields)
	requests := ""
	r.mapping("", fields, keys{
		"version":        func(frontmatter.Value) {},
		"workspace":      r.text("workspace", &c.Workspace, workspaceID),
		"region":         r.text("region", &c.Region, region),
		"api_version":    r.text("api_version", &c.APIVersion, apiVersion),
		"content":        r.text("content", &c.Content, contentFolder),
		"include":        r.patterns("include", &c.Include),
		"exclude":        r.patterns("exclude", &c.Exclude),
		"default_author": r.text("default_author", &c.DefaultAuthor, author),
		"state":          r.text("state", &c.State, commit),
		"state_ref":      r.text("state_ref", &c.StateRef, refName),
		"state_remote":   r.text("state_remote", &c.StateRemote, remote),
		"image_base_url": r.text("image_base_url", &c.ImageBaseURL, imageURL),
		"on_delete":      r.text("on_delete", &c.OnDelete, oneOf(OnDeleteDraft, OnDeleteDelete)),
		"concurrency":    r.text("concurrency", &requests, concurrency),
		"sandbox":        r.sandbox(c),
		"targets":        func(frontmatter.Value) {},
	})
	if n, err := strconv.Atoi(requests); err == nil {
		c.Concurrency = n
	}
	c.Content = path.Clean(filepath.ToSlash(c.Content))
	c.ImageBaseURL = trimSlash(c.ImageBaseURL)
	for _, f := range fields {
		if f.Key == "targets" {
			r.targets(c, f.Value)
		}
	}
}

// version comes first: a newer file is told as that, whatever else it holds.
func (r *reader) version(fields []frontmatter.Field) {
	i := slices.IndexFunc(fields, func(f frontmatter.Field) bool { return f.Key == "version" })
	if i < 0 {
		r.problem(0, "version is missing: add the line `version: 1`")
		return
	}
	v := fields[i].Value
	if n, err := strconv.Atoi(v.Text); err == nil && n > 1 {
		r.problem(v.Line, "version %d needs a newer hcsync: this one reads version 1", n)
	} else if v.Text != "1" {
		r.problem(v.Line, "version must be 1")
	}
}

// mapping hands each value to its taker; where names the mapping in messages.
func (r *reader) mapping(where string, fields []frontmatter.Field, take keys) {
	for _, f := range fields {
		if fn := take[f.Key]; fn != nil {
			fn(f.Value)
			continue
		}
		if strings.Contains(strings.ToLower(f.Key), "token") {
			r.problem(f.Line, "%s%s: no token may stand in this file: put it into the environment variable %s, or name another one under targets with token_env", where, f.Key, TokenEnv)
			continue
		}
		known := slices.Sorted(maps.Keys(take))
		hint := "known are " + strings.Join(known, ", ")
		if near := frontmatter.Nearest(f.Key, known); near != "" {
			hint = "did you mean " + near + "?"
		}
		r.problem(f.Line, "%s%s is not a known key: %s", where, f.Key, hint)
	}
}

// text gives a taker of one scalar; check says what is wrong with it, or "".
func (r *reader) text(name string, into *string, check func(string) string) func(frontmatter.Value) {
	return func(v frontmatter.Value) {
		if v.Kind != frontmatter.Scalar {
			r.problem(v.Line, "%s must be a single value, not a %s", name, v.Kind)
			return
		}
		if v.Text == "" {
			return
		}
		if wrong := check(v.Text); wrong != "" {
			r.problem(v.Line, "%s %s", name, wrong)
			return
		}
		*into = v.Text
	}
}

func (r *reader) patterns(name string, into *[]string) func(frontmatter.Value) {
	return func(v frontmatter.Value) {
		items := v.Items
		switch {
		case v.Kind == frontmatter.Mapping:
			r.problem(v.Line, "%s must be a list of paths", name)
			return
		case v.Kind == frontmatter.Scalar && !v.Null:
			items = []frontmatter.Value{v}
		}
		for _, it := range items {
			var text string
			r.text(name, &text, pattern)(it)
			if text = trimSlash(strings.TrimPrefix(text, "./")); text != "" {
				*into = append(*into, text)
			}
		}
	}
}

// sandbox takes what `hcsync sandbox serve` takes as --set and --fault.
func (r *reader) sandbox(c *Config) func(frontmatter.Value) {
	return func(v frontmatter.Value) {
		if v.Kind != frontmatter.Mapping && !v.Null {
			r.problem(v.Line, "sandbox must be a mapping, such as `sandbox: {set: [heading_mode=h2]}`, not a %s", v.Kind)
			return
		}
		r.mapping("sandbox.", v.Fields, keys{
			"set":   r.settings("sandbox.set", &c.SandboxSet),
			"fault": r.settings("sandbox.fault", &c.SandboxFaults),
		})
	}
}

func (r *reader) settings(name string, into *[]string) func(frontmatter.Value) {
	return func(v frontmatter.Value) {
		items := v.Items
		if v.Kind == frontmatter.Scalar && !v.Null {
			items = []frontmatter.Value{v}
		}
		if v.Kind == frontmatter.Mapping {
			r.problem(v.Line, "%s must be a list of key=value", name)
		}
		for _, it := range items {
			var text string
			if r.text(name, &text, setting)(it); text != "" {
				*into = append(*into, text)
			}
		}
	}
}

// setting checks the shape; which keys there are the sandbox says.
func setting(s string) string {
	if !strings.Contains(s, "=") {
		return "has " + strconv.Quote(s) + ", which must be key=value"
	}
	return ""
}

func (r *reader) targets(c *Config, v frontmatter.Value) {
	if v.Null {
		return
	}
	if v.Kind != frontmatter.Mapping {
		r.problem(v.Line, "targets must be a mapping of names, not a %s", v.Kind)
		return
	}
	for _, f := range v.Fields {
		switch {
		case f.Key == Sandbox:
			r.problem(f.Line, "the target sandbox is built in and takes no settings: use another name")
		case !targetName.MatchString(f.Key):
			r.problem(f.Line, "the target name %q may hold letters, digits, - and _ only", f.Key)
		case f.Value.Kind != frontmatter.Mapping:
			r.problem(f.Line, "the target %s must be a mapping, such as `%[1]s: {workspace: abcd1234, region: us}`", f.Key)
		default:
			c.Targets[f.Key] = r.target(c, f)
		}
	}
}

func (r *reader) target(c *Config, f frontmatter.Field) Target {
	where := "targets." + f.Key + "."
	t := Target{Name: f.Key, Region: DefaultRegion, APIVersion: c.APIVersion, TokenEnv: TokenEnv}
	var live string
	r.mapping(where, f.Value.Fields, keys{
		"workspace":    r.text(where+"workspace", &t.Workspace, workspaceID),
		"region":       r.text(where+"region", &t.Region, region),
		"api_version":  r.text(where+"api_version", &t.APIVersion, apiVersion),
		"token_env":    r.text(where+"token_env", &t.TokenEnv, envName),
		"help_centers": r.helpCenters(where+"help_centers", &t),
		"authority":    r.text(where+"authority", &t.Authority, oneOf(AuthorityGit)),
		"live":         r.text(where+"live", &live, oneOf("true", "false")),
		"state_ref":    r.text(where+"state_ref", &t.StateRef, refName),
	})
	if live != "" {
		is := live == "true"
		t.Live = &is
	}
	switch t.Workspace {
	case "":
		r.problem(f.Line, "the target %s names no workspace: add `workspace: ` with its id", f.Key)
	case c.Workspace:
		r.problem(f.Line, "the target %s is the workspace that the files mirror already: remove it", f.Key)
	}
	return t
}

func (r *reader) helpCenters(name string, t *Target) func(frontmatter.Value) {
	return func(v frontmatter.Value) {
		if v.Kind != frontmatter.Mapping && !v.Null {
			r.problem(v.Line, "%s must map folders to identifiers, such as `{acme-help: acme-staging}`", name)
			return
		}
		t.HelpCenters = map[string]string{}
		for _, f := range v.Fields {
			var id string
			r.text(name+"."+f.Key, &id, func(string) string { return "" })(f.Value)
			if id == "" {
				r.problem(f.Line, "%s.%s names no help center: give its identifier", name, f.Key)
				continue
			}
			t.HelpCenters[trimSlash(f.Key)] = id
		}
	}
}

var (
	targetName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	workspaceRE = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	envRE       = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	commitRE    = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	refRE       = regexp.MustCompile(`^refs(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$`)
	authorRE    = regexp.MustCompile(`^([0-9]+|[^\s@]+@[^\s@]+)$`)
)

func workspaceID(s string) string {
	if !workspaceRE.MatchString(s) {
		return "must be the workspace id, such as hfi1bx4l: it stands in the address of Intercom's pages after /apps/"
	}
	return ""
}

func oneOf(words ...string) func(string) string {
	return func(s string) string {
		if slices.Contains(words, s) {
			return ""
		}
		last := len(words) - 1
		text := "must be " + strings.TrimPrefix(strings.Join(words[:last], ", ")+" or ", " or ") + words[last]
		if near := frontmatter.Nearest(s, words); near != "" && len(words) > 1 && len(s) > 2 {
			text += ": did you mean " + near + "?"
		}
		return text
	}
}

func region(s string) string { return oneOf("us", "eu", "au")(s) }

// apiVersion knows the versions that the client speaks (intercom-api.md
// section 1.3).
func apiVersion(s string) string {
	known := []string{"2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16"}
	if slices.Contains(known, s) || strings.EqualFold(s, "Preview") || strings.EqualFold(s, "Unstable") {
		return ""
	}
	return "must be 2.9 to 2.16, or Preview"
}

func contentFolder(s string) string {
	clean := strings.ReplaceAll(s, `\`, "/")
	if !filepath.IsLocal(filepath.FromSlash(clean)) || path.IsAbs(clean) || regexp.MustCompile(`^[A-Za-z]:`).MatchString(s) {
		return "must be a folder inside the folder of this file, such as content"
	}
	if first, _, _ := strings.Cut(path.Clean(clean), "/"); first == ".git" || first == ".hcsync" {
		return "must not be inside " + first
	}
	return ""
}

func pattern(s string) string {
	for seg := range strings.SplitSeq(trimSlash(s), "/") {
		if seg == ".." || strings.Contains(seg, `\`) {
			return fmt.Sprintf("has %q, which must be a path inside the content folder, with / between its parts", s)
		}
		if _, err := path.Match(seg, ""); err != nil {
			return fmt.Sprintf("has %q, whose [ is not closed", s)
		}
	}
	if path.IsAbs(s) {
		return fmt.Sprintf("has %q, which must not begin with /: paths are relative to the content folder", s)
	}
	return ""
}

func author(s string) string {
	if !authorRE.MatchString(s) {
		return "must be a teammate's e-mail address or id"
	}
	return ""
}

func commit(s string) string {
	if !commitRE.MatchString(s) {
		return "must be a whole commit id in small letters; `hcsync init` writes it"
	}
	return ""
}

func refName(s string) string {
	if !refRE.MatchString(s) || strings.Contains(s, "..") || strings.HasSuffix(s, ".lock") || strings.HasSuffix(s, ".") || strings.Count(s, "/") < 2 {
		return "must be a whole ref name, such as refs/heads/hcsync-state"
	}
	return ""
}

// remote may be a name or an address. It ends up on git's command line.
func remote(s string) string {
	if strings.HasPrefix(s, "-") || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' }) {
		return "must be the name or the address of a git remote"
	}
	return ""
}

func envName(s string) string {
	if !envRE.MatchString(s) {
		return "must be the name of an environment variable, never the token itself"
	}
	return ""
}

func imageURL(s string) string {
	u, err := url.Parse(strings.ReplaceAll(s, "{commit}", "0"))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "must be an address that begins with https://"
	case strings.ContainsAny(u.Host+u.Path, "{}"):
		return "knows only one placeholder, {commit}"
	case u.User != nil:
		return "must not hold a password: Intercom has to read it without one"
	}
	return ""
}

func concurrency(s string) string {
	if n, err := strconv.Atoi(s); err != nil || n < 1 || n > MaxConcurrency {
		return fmt.Sprintf("must be a number from 1 to %d", MaxConcurrency)
	}
	return ""
}
