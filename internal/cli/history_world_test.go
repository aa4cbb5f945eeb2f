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

// wireText is one language of an object in an export.
type wireText struct {
	Title, Name, Description, Body, State string
	Pending                               json.RawMessage `json:"sandbox_pending"`
}

type wireObject struct {
	ID, Type string
	Default  string  `json:"default_locale"`
	Parents  []int64 `json:"parent_ids"`
	Parent   any     `json:"parent_id"`
	wireText
	Translations map[string]json.RawMessage `json:"translated_content"`
}

// texts gives every language of an object.
func (o *wireObject) texts() map[string]wireText {
	if o.Default == "" {
		o.Default = "en" // as where there is one language
	}
	out := map[string]wireText{o.Default: o.wireText}
	for l, raw := range o.Translations {
		var t wireText
		if l != o.Default && l != "type" && json.Unmarshal(raw, &t) == nil && t.Title+t.Name+t.Body != "" {
			out[l] = t
		}
	}
	return out
}

// birth finds the word that names an object.
func (o *wireObject) birth() string {
	for _, t := range o.texts() {
		if birth := birthWord.FindString(t.Body + " " + t.Description); birth != "" {
			return birth
		}
	}
	return ""
}

// home is where an object stands, by the births of collections.
func (o *wireObject) home(births map[string]string) string {
	if o.Type != "article" {
		return births[fmt.Sprint(o.Parent)]
	}
	var in []string
	for _, id := range o.Parents {
		in = append(in, births[fmt.Sprint(id)])
	}
	slices.Sort(in)
	return strings.Join(in, " ")
}

// export reads the workspace, articles by birth.
func (w *world) export() (articles map[string]*wireObject, all []*wireObject, err error) {
	return exported(w.server)
}

func exported(server *sandbox.Server) (articles map[string]*wireObject, all []*wireObject, err error) {
	var buf bytes.Buffer
	if err := server.Export(&buf); err != nil {
		return nil, nil, err
	}
	articles = map[string]*wireObject{}
	for d := json.NewDecoder(&buf); d.More(); {
		var doc struct{ Data []json.RawMessage }
		if err := d.Decode(&doc); err != nil {
			return nil, nil, err
		}
		for _, raw := range doc.Data {
			o := &wireObject{}
			if err := json.Unmarshal(raw, o); err != nil {
				return nil, nil, err
			}
			if o.Type == "article" || o.Name != "" {
				all = append(all, o)
			}
			if o.Type == "article" {
				articles[o.birth()] = o
			}
		}
	}
	return articles, all, nil
}

// live is what Intercom holds.
func (w *world) live() (*side, error) { return sideOf(w.server) }

// sideOf is what a workspace holds.
func sideOf(server *sandbox.Server) (*side, error) {
	_, all, err := exported(server)
	if err != nil {
		return nil, err
	}
	s := newSide()
	births := map[string]string{}
	for _, o := range all {
		if o.Type != "article" {
			births[o.ID] = o.birth()
		}
	}
	for _, o := range all {
		birth := o.birth()
		if birth == "" {
			return nil, fmt.Errorf("unknown: %s %s has no birth", o.Type, o.ID)
		}
		s.births = append(s.births, birth)
		s.places[birth] = o.home(births)
		for l, t := range o.texts() {
			s.add(slot{birth, l, "title"}, t.Title+t.Name)
			s.add(slot{birth, l, "description"}, t.Description)
			s.add(slot{birth, l, "body"}, t.Body)
			s.add(slot{birth, l, "state"}, t.State)
			s.add(slot{birth, l, "pending"}, string(t.Pending))
		}
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

// team is a repository that has committed its first pull, to be copied; or two
// clones of one, side by side with their remote. config is added to hcsync.yaml.
func team(t *testing.T, clones bool, config string) string {
	t.Helper()
	root := t.TempDir()
	w := &world{t: t, dir: filepath.Join(root, "ana")}
	w.server, w.url = emulated(t)
	must := func(args ...string) {
		t.Helper()
		if _, err := w.git(args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	must("init", "--quiet", "--template=", "--initial-branch=main")
	configure := func(repository string) {
		for _, c := range []string{"user.name=Docs", "user.email=docs@acme.test", "gc.auto=0", "maintenance.auto=false", "receive.autogc=false", "core.fsync=none"} {
			key, value, _ := strings.Cut(c, "=")
			must("-C", repository, "config", key, value)
		}
	}
	configure(".")
	if clones {
		must("init", "--quiet", "--template=", "--bare", "--initial-branch=main", "../origin.git")
		configure("../origin.git")
		must("remote", "add", "origin", "../origin.git")
	}
	for _, args := range [][]string{{"init", "--yes"}, {"pull"}} {
		if code, out := w.hcsync(t.Context(), args...); code != 0 {
			t.Fatal(out)
		}
	}
	file := filepath.Join(w.dir, "hcsync.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(string(text)+"image_base_url: https://images.acme.test/{commit}/\n"+config), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.commit("first pull"); err != nil {
		t.Fatal(err)
	}
	if clones {
		must("push", "--quiet", "--set-upstream", "origin", "main")
		must("clone", "--quiet", "--template=", "../origin.git", "../ben")
		w.dir = filepath.Join(root, "ben")
		configure(".")
		must("remote", "set-url", "origin", "../origin.git")
	}
	return root
}

func emulated(t *testing.T) (*sandbox.Server, string) {
	t.Helper()
	server, url := sandbox.NewTest(t, sandbox.Options{Switches: sandbox.Switches{RateLimit: "9999/1s"}})
	if _, err := server.Import(strings.NewReader(historyWorkspace)); err != nil {
		t.Fatal(err)
	}
	return server, url
}

// newWorld begins with a copy of the team's repository, and its workspace.
func newWorld(t *testing.T, template string) (*world, error) {
	root := t.TempDir()
	w := &world{t: t, dir: filepath.Join(root, "ana"), branch: "main", ledger: newLedger()}
	if err := os.CopyFS(root, os.DirFS(template)); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, "ben")); err == nil {
		w.mate = filepath.Join(root, "ben")
	}
	w.server, w.url = emulated(t)
	config, err := os.ReadFile(filepath.Join(w.dir, "hcsync.yaml"))
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(config), "staging") {
		w.staging = newStaging(t, strings.Contains(string(config), "authority"))
	}
	here, err := w.here()
	if err != nil {
		return nil, err
	}
	w.away["origin"] = here.tokens
	return w, w.begin()
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

// historyWorkspace is where every history begins.
const historyWorkspace = `
{"type":"list","data":[{"id":"41","identifier":"help","display_name":"Acme Help","url":"https://help.acme.test","website_turned_on":true,"workspace_id":"acme1234","default":true,"locales":["en","fr"],"default_locale":"en"}]}
{"type":"list","data":[
 {"id":"301","type":"collection","name":"Billing tok9001","description":"Money tok9002 birth301","help_center_id":41,"parent_id":null,"default_locale":"en","translated_content":{"type":"group_translated_content","fr":{"type":"group_content","name":"Facturation tok9003","description":""}}},
 {"id":"302","type":"collection","name":"Setup tok9004","description":"birth302","help_center_id":41,"parent_id":null,"default_locale":"en","translated_content":{"type":"group_translated_content"}}]}
{"type":"list","data":[
 {"id":"1001","type":"article","parent_ids":[301],"title":"Invoices tok9005","description":"Where they are tok9006","body":"<p class=\"no-margin\">You get an <b>invoice</b> tok9007.</p><p class=\"no-margin\">birth1</p><p class=\"no-margin\">Every month tok9008.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000100,"url":"https://help.acme.test/en/articles/1001-invoices","default_locale":"en",
  "translated_content":{"type":"article_translated_content","fr":{"type":"article_content","title":"Factures tok9009","description":"","body":"<p class=\"no-margin\">Une facture tok9010.</p><p class=\"no-margin\">Chaque mois tok9011.</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000100,"url":null}}},
 {"id":"1002","type":"article","parent_ids":[301],"title":"Refunds tok9012","description":"","body":"<p class=\"no-margin\">Ask us tok9013.</p><p class=\"no-margin\">birth2</p><p class=\"no-margin\">Or wait tok9014.</p>","author_id":77,"state":"draft","created_at":1700000000,"updated_at":1700000000,"url":null,"default_locale":"en","translated_content":{"type":"article_translated_content"}},
 {"id":"1003","type":"article","parent_ids":[302],"title":"Install tok9015","description":"","body":"<p class=\"no-margin\">Run it tok9016.</p><p class=\"no-margin\">birth3</p>","author_id":77,"state":"published","created_at":1700000000,"updated_at":1700000003,"url":"https://help.acme.test/en/articles/1003-install","default_locale":"en","translated_content":{"type":"article_translated_content"}}]}`
