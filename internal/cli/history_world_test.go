package cli_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/cli"
	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/sandbox"
)

// Words that histories write. A token is one edit; a birth is in a paragraph of
// an article's first body, or in a collection's description, that nobody edits,
// and so names the object on both sides, whatever becomes of its id, title and
// place.
var (
	tokenWord = regexp.MustCompile(`\btok[0-9]+\b`)
	birthWord = regexp.MustCompile(`\bbirth[0-9]+\b`)
)

// address is where a link or image leads: what that says is nobody's edit.
var address = regexp.MustCompile(`\]\([^)]*\)|(href|src)="[^"]*"`)

// words are the tokens of a text.
func words(text string) []string {
	return tokenWord.FindAllString(address.ReplaceAllString(text, "]"), -1)
}

// slot is one field of an article or collection in one language.
type slot struct{ birth, locale, field string }

// side is what git or Intercom holds, in terms that can be compared.
type side struct {
	slots  map[slot]string
	places map[string]string // of an object: the births of its collections
	tokens map[string]bool
	births []string // one for each object
	// pages and folders are those of files: folders by path, with their births.
	pages   []*page
	folders map[string]string
}

func newSide() *side {
	return &side{slots: map[slot]string{}, places: map[string]string{}, tokens: map[string]bool{}}
}

func (s *side) add(k slot, text string) {
	s.slots[k] = text
	for _, w := range words(text) {
		s.tokens[w] = true
	}
}

// page is one Markdown file.
type page struct {
	path, id, locale, birth string
	doc                     *frontmatter.Doc
	raw                     string
}

func (p *page) get(key string) string {
	v, _, _ := p.doc.Get(key)
	return v
}

// marked says that a pull left a conflict in it.
func (p *page) marked() bool {
	return strings.Contains(p.raw, "<<<<<<<") || p.doc.KeyLine("conflict") > 0
}

// world is one docs team: a repository, a workspace, and what both should hold.
type world struct {
	t      *testing.T
	dir    string
	url    string
	server *sandbox.Server
	branch string
	// frenchOff says that the help center has no French now.
	frenchOff bool
	// first is the help center's default locale, where that was set.
	first string
	// staging is nil for a team without it.
	staging *staging
	// committed is what the last commit held; see fingerprint.
	committed string
	// mate is the other clone of two that share a remote; empty where there is
	// only one, with branches.
	mate  string
	story []string
	ledger
	tally
}

// tally counts what a history did.
type tally struct{ histories, steps, commands, faults, kills, tokens int }

func (n *tally) add(o tally) {
	n.histories += o.histories
	n.steps += o.steps
	n.commands += o.commands
	n.faults += o.faults
	n.kills += o.kills
	n.tokens += o.tokens
}

func (w *world) tell(format string, args ...any) {
	w.story = append(w.story, fmt.Sprintf(format, args...))
}

// git runs git; a failure is an answer, such as a merge that conflicts.
func (w *world) git(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_EDITOR=true")
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), err
}

// hcsync runs the program in-process.
func (w *world) hcsync(ctx context.Context, args ...string) (int, string) {
	var out bytes.Buffer
	env := map[string]string{"INTERCOM_API_URL": w.url, "INTERCOM_ACCESS_TOKEN": "not-a-secret", "STAGING_TOKEN": "not-a-secret"}
	if slices.Contains(args, "staging") {
		env["INTERCOM_API_URL"] = w.staging.url
	}
	code := cli.Main(ctx, cli.Env{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
		Getenv: func(k string) string { return env[k] }, Dir: w.dir, Times: hasty()})
	w.commands++
	w.tell("hcsync %s  → exit %d", strings.Join(args, " "), code)
	if os.Getenv("HISTORY_OUTPUT") != "" {
		w.tell("%s", out.String())
	}
	return code, out.String()
}

// pages reads the tree. It fails on a file that is not whole.
func (w *world) pages() ([]*page, error) {
	var list []*page
	root := filepath.Join(w.dir, "content")
	err := filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".md") {
			return err
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		doc, err := frontmatter.Parse(raw)
		if err != nil || !doc.Has() {
			return fmt.Errorf("half a file: %s: %v\n%s", file, err, raw)
		}
		doc.Order("id", "title", "description", "state", "author") // people write a line where a pull does
		rel, _ := filepath.Rel(root, file)
		p := &page{path: filepath.ToSlash(rel), locale: "en", doc: doc, raw: string(raw)}
		if strings.HasSuffix(rel, ".fr.md") {
			p.locale = "fr"
		}
		p.id = p.get("id")
		list = append(list, p)
		return nil
	})
	births := map[string]string{}
	for _, p := range list {
		if birth := birthWord.FindString(p.raw); birth != "" {
			births[stem(p.path)] = birth
		}
	}
	for _, p := range list {
		p.birth = births[stem(p.path)]
	}
	return list, err
}

func stem(path string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path, ".md"), ".fr")
}

// articles are the pages that are articles and hold no conflict.
func (w *world) articles() ([]*page, error) {
	list, err := w.pages()
	return slices.DeleteFunc(list, func(p *page) bool {
		return strings.HasPrefix(filepath.Base(p.path), "_") || p.marked()
	}), err
}

// collection says that it is about a collection.
func (p *page) collection() bool { return strings.HasPrefix(path.Base(p.path), "_collection") }

func (w *world) save(p *page) error {
	return os.WriteFile(filepath.Join(w.dir, "content", filepath.FromSlash(p.path)), p.doc.Bytes(), 0o644)
}

// here is what the files hold.
func (w *world) here() (*side, error) {
	list, err := w.pages()
	if err != nil {
		return nil, err
	}
	s := newSide()
	folders := map[string]string{}
	s.pages, s.folders = list, folders
	for _, p := range list {
		if path.Base(p.path) == "_collection.md" {
			folders[path.Dir(p.path)] = p.birth
		}
	}
	for _, p := range list {
		if p.path == "help/_help-center.md" {
			continue
		}
		birth, folder := p.birth, path.Dir(p.path)
		if p.collection() {
			folder = path.Dir(folder)
		}
		if p.locale == "en" && birth != "" {
			s.births = append(s.births, birth)
			s.places[birth] = folders[folder]
		}
		for _, key := range []string{"title", "description", "state"} {
			s.add(slot{birth, p.locale, key}, p.get(key))
		}
		s.add(slot{birth, p.locale, "body"}, p.doc.Body())
		s.add(slot{birth, p.locale, "file"}, p.raw)
	}
	return s, nil
}

// control does what a teammate does in Intercom.
func (w *world) control(path string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	res, err := http.Post(w.url+"/_sandbox/"+path, "application/json", bytes.NewReader(raw))
	if err == nil {
		res.Body.Close()
	}
	return err
}

// commit commits everything, if there is anything.
func (w *world) commit(message string) error {
	now, err := w.fingerprint()
	if err != nil || now == w.committed {
		return err
	}
	w.committed = now
	if _, err := w.git("add", "--all"); err != nil {
		return err
	}
	_, err = w.git("commit", "--quiet", "--allow-empty", "--message", message)
	return err
}

// fingerprint tells whether files changed without asking git, which takes longer.
func (w *world) fingerprint() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(os.DirFS(w.dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && (d.Name() == ".git" || d.Name() == ".hcsync") {
				return fs.SkipDir
			}
			return err
		}
		raw, err := os.ReadFile(filepath.Join(w.dir, name))
		fmt.Fprintf(sum, "%s %d\n%s", name, len(raw), raw)
		return err
	})
	return w.dir + string(sum.Sum(nil)), err
}

func (w *world) clean() bool {
	out, err := w.git("status", "--porcelain")
	return err == nil && out == ""
}

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
