package cli_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// rename moves a file or folder of the content tree.
func (w *world) rename(from, to string) error {
	w.tell("in git: %s → %s", from, to)
	return os.Rename(filepath.Join(w.dir, "content", from), filepath.Join(w.dir, "content", to))
}

// gitFolder gives a collection's folder another name, or puts it into another
// collection or out of all. Intercom has three levels.
func (w *world) gitFolder(s step) error {
	from, into := w.folder(s.a), w.folder(s.b)
	to := path.Join(into, path.Base(from))
	switch s.c % 3 {
	case 0:
		to = path.Join(path.Dir(from), "folder-"+s.token())
	case 1:
		to = path.Join("help", path.Base(from))
	}
	_, err := os.Stat(filepath.Join(w.dir, "content", to))
	if from == "" || err == nil || strings.HasPrefix(to+"/", from+"/") || w.levels(from)+strings.Count(path.Dir(to), "/") > 3 {
		return nil
	}
	return w.byHand("moved", func() error { return w.rename(from, to) })
}

// levels counts the collections that stand in each other below a folder, itself
// included.
func (w *world) levels(folder string) int {
	most := 0
	for _, f := range w.folders() {
		if strings.HasPrefix(f+"/", folder+"/") {
			most = max(most, 1+strings.Count(f, "/")-strings.Count(folder, "/"))
		}
	}
	return most
}

// gitRemoveFolder removes a collection with all that is in it.
func (w *world) gitRemoveFolder(s step) error {
	folder := w.folder(s.a)
	if folder == "" {
		return nil
	}
	return w.byHand("removed", func() error {
		w.tell("in git: remove %s", folder)
		return os.RemoveAll(filepath.Join(w.dir, "content", folder))
	})
}

// gitCollectionText changes the title or description of a collection in a
// language.
func (w *world) gitCollectionText(s step) error {
	list, err := w.pages()
	list = slices.DeleteFunc(list, func(p *page) bool { return !p.collection() || p.marked() })
	if err != nil || len(list) == 0 {
		return err
	}
	p := list[s.pick(len(list))]
	if name := stem(p.path) + ".fr.md"; s.b%3 == 0 && !slices.ContainsFunc(list, func(p *page) bool { return p.path == name }) {
		return w.create(name, "---\ntitle: Partie "+s.token()+"\n---\n")
	}
	return w.byHand("edited", func() error {
		key, value := "title", "Part "+s.token()
		if s.c%2 == 0 {
			key, value = "description", strings.TrimSpace("About "+s.token()+" "+birthWord.FindString(p.get("description")))
		}
		w.tell("in git: %s: %s %s", p.path, key, value)
		if err := p.doc.Set(key, value); err != nil {
			return err
		}
		return w.save(p)
	})
}

// onLiveCollection lets a teammate work on one collection.
func (w *world) onLiveCollection(s step, what string, work func(*wireObject) (path string, body map[string]any)) error {
	_, all, err := w.export()
	all = slices.DeleteFunc(all, func(o *wireObject) bool { return o.Type == "article" })
	if err != nil || len(all) == 0 {
		return err
	}
	o := all[s.pick(len(all))]
	action, body := work(o)
	return w.byTeammate(what, func() error {
		w.tell("in Intercom: collection %s: %s %v", o.ID, action, body)
		return w.control("collections/"+o.ID+"/"+action, body)
	})
}

func (w *world) liveCollectionText(s step) error {
	return w.onLiveCollection(s, "edited", func(o *wireObject) (string, map[string]any) {
		if s.b%3 == 0 && !w.frenchOff && o.Default == "en" {
			return "ui-edit", map[string]any{"translated_content": map[string]any{"fr": map[string]any{"name": "Groupe " + s.token(), "description": o.texts()["fr"].Description}}}
		}
		if s.c%2 == 0 {
			return "ui-edit", map[string]any{"description": strings.TrimSpace("About " + s.token() + " " + birthWord.FindString(o.Description))}
		}
		return "ui-edit", map[string]any{"name": "Group " + s.token()}
	})
}

func (w *world) liveNest(s step) error {
	into := w.collection(s.b)
	return w.onLiveCollection(s, "moved", func(o *wireObject) (string, map[string]any) {
		if s.c%2 == 0 || strconv.FormatInt(into, 10) == o.ID {
			return "ui-move", map[string]any{"parent_id": nil}
		}
		return "ui-move", map[string]any{"parent_id": strconv.FormatInt(into, 10)}
	})
}

func (w *world) liveDeleteCollection(s step) error {
	if w.staging != nil {
		return nil // it would leave articles in no collection, and the API cannot take them out of theirs in staging
	}
	return w.onLiveCollection(s, "deleted", func(*wireObject) (string, map[string]any) { return "ui-delete", nil })
}

// liveParents puts an article into two collections.
func (w *world) liveParents(s step) error {
	if w.staging != nil {
		return nil // nor can it put them into two
	}
	return w.onLive(s, func(o *wireObject) error {
		a, b := w.collection(s.b), w.collection(s.b+1)
		if a == b {
			return nil
		}
		w.tell("in Intercom: %s stands in %d and %d", o.ID, a, b)
		return w.server.UIMove(o.ID, a, b)
	})
}

// gitLink writes a paragraph with a link to another article, or with an image
// beside the file.
func (w *world) gitLink(s step) error {
	files, err := w.files(step{a: s.c})
	if err != nil || len(files) == 0 {
		return err
	}
	return w.onFile(s, func(p *page) (string, error) {
		text := fmt.Sprintf("See [%s](%s).", s.token(), relative(path.Dir(p.path), files[0]))
		if s.c%2 == 0 {
			image := "images/" + s.token() + ".png"
			text = "![" + s.token() + "](" + image + ")"
			if err := w.write(path.Join(path.Dir(p.path), image), "not really a picture"); err != nil {
				return "", err
			}
		}
		p.doc.SetBody(strings.TrimSpace(p.doc.Body()) + "\n\n" + text + "\n")
		return text, nil
	})
}

func (w *world) write(name, text string) error {
	file := filepath.Join(w.dir, "content", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

func relative(from, to string) string {
	rel, _ := filepath.Rel(from, to)
	return filepath.ToSlash(rel)
}

func (w *world) liveLink(s step) error {
	articles, _, err := w.export()
	if err != nil || len(articles) == 0 {
		return err
	}
	births := keysOf(articles)
	to := articles[births[s.c%len(births)]]
	s.c = 0
	return w.onLive(s, func(o *wireObject) error {
		return w.uiEdit(o, w.change(s, o, func(_, html string) string {
			return html + `<p class="no-margin">See <a href="https://help.acme.test/en/articles/` + to.ID + `">` + s.token() + `</a>.</p>`
		}))
	})
}
