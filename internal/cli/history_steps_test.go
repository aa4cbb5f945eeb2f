package cli_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
)

// step is one thing that happens. What it happens to is chosen by its numbers
// from what there is at the time, so that a history stays one when other steps
// are taken out of it. A step that finds nothing to do does nothing.
type step struct {
	n       int // names its token and birth
	kind    string
	a, b, c int
}

func (s step) token() string { return "tok" + strconv.Itoa(s.n) }

// pick chooses one of n by the step's first number, the first one most often:
// both sides have to meet.
func (s step) pick(n int) int { return []int{0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4}[s.a%12] % n }

// language chooses by the step's second number.
func (s step) language(french bool) string {
	if french && s.b%4 == 3 {
		return "fr"
	}
	return "en"
}

func (s step) birth() string { return "birth" + strconv.Itoa(s.n) }
func (s step) String() string {
	return fmt.Sprintf("{%d, %q, %d, %d, %d}", s.n, s.kind, s.a, s.b, s.c)
}

// kinds are the steps with their weights.
func kinds() []struct {
	kind   string
	weight int
	do     func(*world, step) error
} {
	return []struct {
		kind   string
		weight int
		do     func(*world, step) error
	}{
		{"git edit", 14, (*world).gitEdit},
		{"git paragraph", 4, (*world).gitParagraph},
		{"git state", 3, (*world).gitState},
		{"git translation", 3, (*world).gitTranslation},
		{"git article", 6, (*world).gitArticle},
		{"git collection", 1, (*world).gitCollection},
		{"git move", 3, (*world).gitMove},
		{"git rename", 1, (*world).gitRename},
		{"git remove", 3, (*world).gitRemove},
		{"git folder", 3, (*world).gitFolder},
		{"git remove folder", 1, (*world).gitRemoveFolder},
		{"git collection text", 2, (*world).gitCollectionText},
		{"git link", 3, (*world).gitLink},
		{"restore", 2, (*world).restore},
		{"settle markers", 4, (*world).settleMarkers},
		{"commit", 4, func(w *world, _ step) error { return w.commitAll() }},
		{"branch", 3, (*world).switchBranch},
		{"merge", 3, (*world).merge},
		{"revert", 2, (*world).revert},
		{"live edit", 14, (*world).liveEdit},
		{"live paragraph", 3, (*world).liveParagraph},
		{"live draft", 4, (*world).liveDraft},
		{"live publish draft", 2, (*world).livePublishDraft},
		{"live state", 2, (*world).liveState},
		{"live article", 3, (*world).liveArticle},
		{"live collection", 1, (*world).liveCollection},
		{"live move", 3, (*world).liveMove},
		{"live delete", 3, (*world).liveDelete},
		{"live delete locale", 1, (*world).liveDeleteLocale},
		{"live collection text", 2, (*world).liveCollectionText},
		{"live nest", 2, (*world).liveNest},
		{"live delete collection", 1, (*world).liveDeleteCollection},
		{"live parents", 2, (*world).liveParents},
		{"live link", 2, (*world).liveLink},
		{"settings", 2, (*world).settings},
		{"saved plan", 3, (*world).savedPlan},
		{"push staging", 3, (*world).pushStaging},
		{"read staging", 1, (*world).readStaging},
		{"edit staging", 2, (*world).editStaging},
		{"plan", 2, (*world).plan},
		{"pull", 22, (*world).pull},
		{"push", 26, (*world).push},
	}
}

// randomSteps is a history.
func randomSteps(seed uint64, n int) []step {
	r := rand.New(rand.NewPCG(seed, 1))
	var bag []string
	for _, k := range kinds() {
		bag = append(bag, slices.Repeat([]string{k.kind}, k.weight)...)
	}
	var list []step
	for i := range n {
		s := step{i + 10, bag[r.IntN(len(bag))], r.IntN(1000), r.IntN(1000), r.IntN(1000)}
		if s.kind == "push" && i > 0 && r.IntN(2) == 0 {
			list[i-1].kind = []string{"git edit", "git edit", "git article"}[r.IntN(3)] // so that there is something to send
		}
		list = append(list, s)
	}
	return list
}

func (w *world) do(s step) error {
	for _, k := range kinds() {
		if k.kind == s.kind {
			w.steps++
			return k.do(w, s)
		}
	}
	return fmt.Errorf("no step %q", s.kind)
}

// onFile lets somebody edit one article file.
func (w *world) onFile(s step, edit func(*page) (string, error)) error {
	list, err := w.articles()
	if err != nil || len(list) == 0 {
		return err
	}
	byPlace := map[string]map[string]*page{}
	for _, p := range list {
		if byPlace[stem(p.path)] == nil {
			byPlace[stem(p.path)] = map[string]*page{}
		}
		byPlace[stem(p.path)][p.locale] = p
	}
	stems := keysOf(byPlace)
	both := byPlace[stems[s.pick(len(stems))]]
	p := both[s.language(both["fr"] != nil)]
	if p == nil {
		return nil // the English file holds a conflict
	}
	return w.byHand("edited", func() error {
		what, err := edit(p)
		w.tell("in git: %s: %s", p.path, what)
		if err != nil {
			return err
		}
		return w.save(p)
	})
}

var wordOf = map[string]string{"title": "Name", "description": "About", "body": "Text"}

// gitEdit writes a token into a field or paragraph.
func (w *world) gitEdit(s step) error {
	return w.onFile(s, func(p *page) (string, error) {
		field := []string{"body", "body", "body", "title", "description"}[s.c/3%5]
		if field != "body" {
			return field + " " + s.token(), p.doc.Set(field, wordOf[field]+" "+s.token())
		}
		list := strings.Split(strings.TrimSpace(p.doc.Body()), "\n\n")
		i := editable(list, s.c)
		if i < 0 {
			list, i = append(list, ""), len(list)
		}
		list[i] = "Text " + s.token() + " from git."
		p.doc.SetBody(strings.Join(list, "\n\n") + "\n")
		return fmt.Sprintf("paragraph %d %s", i, s.token()), nil
	})
}

// editable picks a paragraph that may be changed, or gives -1.
func editable(list []string, n int) int {
	var may []int
	for i, text := range list {
		if !birthWord.MatchString(text) {
			may = append(may, i)
		}
	}
	if len(may) == 0 {
		return -1
	}
	return may[n%len(may)]
}

// gitParagraph takes a paragraph out, or puts one in.
func (w *world) gitParagraph(s step) error {
	return w.onFile(s, func(p *page) (string, error) {
		list := strings.Split(strings.TrimSpace(p.doc.Body()), "\n\n")
		i := editable(list, s.c)
		what := fmt.Sprintf("without paragraph %d", i)
		if s.b%2 == 0 || i < 0 {
			i = s.c % (len(list) + 1)
			list = slices.Insert(list, i, "More "+s.token()+" from git.")
			what = fmt.Sprintf("new paragraph %d %s", i, s.token())
		} else {
			list = slices.Delete(list, i, i+1)
		}
		p.doc.SetBody(strings.Join(list, "\n\n") + "\n")
		return what, nil
	})
}

func (w *world) gitState(s step) error {
	return w.onFile(s, func(p *page) (string, error) {
		state := map[bool]string{true: "draft", false: "published"}[p.get("state") == "published"]
		return "state " + state, p.doc.Set("state", state)
	})
}

// create writes a new file.
func (w *world) create(name, text string) error {
	w.tell("in git: new file %s", name)
	doc, err := frontmatter.Parse([]byte(text))
	if err != nil {
		return err
	}
	file := filepath.Join(w.dir, "content", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return w.byHand("created", func() error { return w.save(&page{path: name, doc: doc}) })
}

func (w *world) gitTranslation(s step) error {
	list, err := w.articles()
	if err != nil || len(list) == 0 {
		return err
	}
	main := list[s.pick(len(list))]
	name := stem(main.path) + ".fr.md"
	if _, err := os.Stat(filepath.Join(w.dir, "content", filepath.FromSlash(name))); err == nil {
		return nil
	}
	w.anew[slot{birthWord.FindString(main.raw), "fr", ""}] = true
	return w.create(name, fmt.Sprintf("---\ntitle: Titre %s\n---\n\nTexte de git.\n", s.token()))
}

func (w *world) gitArticle(s step) error {
	folder := w.folder(s.a)
	if folder == "" {
		return nil
	}
	state := []string{"", "state: draft\n", "state: published\n"}[s.b%3]
	return w.create(path.Join(folder, s.token()+".md"), fmt.Sprintf("---\ntitle: New %s\n%s---\n\nFirst.\n\n%s\n\nLast.\n", s.token(), state, s.birth()))
}

// folder picks a collection's folder.
func (w *world) folder(n int) string {
	found := w.folders()
	if len(found) == 0 {
		return ""
	}
	return found[n%len(found)]
}

// folders are the folders of all collections.
func (w *world) folders() []string {
	var found []string
	for _, depth := range []string{"*", "*/*", "*/*/*"} {
		files, _ := filepath.Glob(filepath.Join(w.dir, "content/help", depth, "_collection.md"))
		for _, f := range files {
			rel, _ := filepath.Rel(filepath.Join(w.dir, "content"), filepath.Dir(f))
			found = append(found, filepath.ToSlash(rel))
		}
	}
	return found
}

func (w *world) gitCollection(s step) error {
	return w.create("help/"+s.token()+"/_collection.md", "---\ntitle: Part "+s.token()+"\ndescription: "+s.birth()+"\n---\n")
}

// files are the files of one article, the English one first.
func (w *world) files(s step) ([]string, error) {
	list, err := w.articles()
	var names []string
	for _, p := range list {
		if p.locale == "en" {
			names = append(names, p.path)
		}
	}
	if err != nil || len(names) == 0 {
		return nil, err
	}
	name := names[s.pick(len(names))]
	out := []string{name}
	for _, p := range list {
		if p.path == stem(name)+".fr.md" {
			out = append(out, p.path)
		}
	}
	return out, nil
}

func (w *world) gitMove(s step) error {
	folder := w.folder(s.b)
	return w.renamed(s, func(name string) string { return path.Join(folder, path.Base(name)) })
}

func (w *world) gitRename(s step) error {
	return w.renamed(s, func(name string) string {
		return strings.Replace(name, stem(path.Base(name)), "renamed-"+s.token(), 1)
	})
}

func (w *world) renamed(s step, to func(string) string) error {
	files, err := w.files(s)
	if err != nil || len(files) == 0 || to(files[0]) == files[0] {
		return err
	}
	return w.byHand("moved", func() error {
		for _, f := range files {
			w.tell("in git: %s → %s", f, to(f))
			if err := os.Rename(filepath.Join(w.dir, "content", f), filepath.Join(w.dir, "content", to(f))); err != nil {
				return err
			}
		}
		return nil
	})
}

// gitRemove removes an article, or its translation.
func (w *world) gitRemove(s step) error {
	files, err := w.files(s)
	if err != nil || len(files) == 0 {
		return err
	}
	if s.b%3 == 0 {
		files = files[1:]
	}
	return w.byHand("removed", func() error {
		for _, f := range files {
			w.tell("in git: remove %s", f)
			if err := os.Remove(filepath.Join(w.dir, "content", f)); err != nil {
				return err
			}
		}
		return nil
	})
}

var hunk = regexp.MustCompile(`(?ms)^<<<<<<<[^\n]*\n(.*?)^\|\|\|\|\|\|\|[^\n]*\n.*?^=======\n(.*?)^>>>>>>>[^\n]*\n?`)

// settleMarkers settles by hand what pulls left in the files.
func (w *world) settleMarkers(s step) error {
	list, err := w.pages()
	if err != nil {
		return err
	}
	return w.byHand("settled by hand", func() error {
		for _, p := range list {
			if !p.marked() {
				continue
			}
			w.tell("in git: settle %s by side %d", p.path, s.c%3)
			p.doc.SetBody(hunk.ReplaceAllString(p.doc.Body(), []string{"$1", "$2", "$1\n$2"}[s.c%3]))
			if p.doc.KeyLine("conflict") > 0 {
				if err := p.doc.Delete("conflict"); err != nil {
					return err
				}
			}
			if err := w.save(p); err != nil {
				return err
			}
		}
		return nil
	})
}
