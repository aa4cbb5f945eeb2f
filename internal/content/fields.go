package content

import (
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/frontmatter"
	"github.com/hcsync/hcsync/internal/model"
)

// keyOrder is the order of the keys in new files, and so the list of all.
func keyOrder(base string) []string {
	if fold(base) == HelpCenterFile {
		return []string{"id", "name", "url", "identifier", "locales", "default_locale", "default"}
	}
	return []string{"id", "title", "description", "state", "author", "author_id", "also_in", "locale", "synced", "conflict"}
}

// statement is what a file says by itself, whatever stands around it.
type statement struct {
	kind     model.Kind
	main     bool
	content  model.Content
	id       string
	line     int // of the id
	problems []problem
}

// statement reads what a file says; main is true for the default locale. It is
// worked out once for a file, since most files stay as they are while one is
// being edited.
func (r *reader) statement(f *file, kind model.Kind, main bool) *statement {
	if s := f.said; s != nil && (f.kept || s.kind == kind && s.main == main) {
		r.problems = append(r.problems, s.problems...)
		return s
	}
	before := len(r.problems)
	s := &statement{kind: kind, main: main, content: r.content(f, kind, main)}
	s.id, s.line = r.id(f)
	s.problems = slices.Clone(r.problems[before:])
	f.said = s
	return s
}

// content reads the fields of a file.
func (r *reader) content(f *file, kind model.Kind, main bool) model.Content {
	c := model.Content{File: r.t.File(f.path), Fields: map[model.Field]string{}, Lines: map[model.Field]int{}}
	if !r.usable(f) {
		return c
	}
	r.typos(f, keyOrder(f.path)...)
	for _, key := range f.doc.Keys() {
		c.Lines[model.Field(key)] = f.doc.KeyLine(key)
	}
	r.title(f, &c, main)
	if text, _, ok := r.text(f, "description"); ok {
		c.Fields[model.Description] = text
	}
	c.Synced, _, _ = r.text(f, "synced")
	r.standing(f)
	if kind == model.Article {
		r.state(f, &c)
		r.author(f, &c)
		r.body(f, &c)
	}
	return c
}

func (r *reader) title(f *file, c *model.Content, main bool) {
	text, line, ok := r.text(f, "title")
	switch {
	case ok && strings.TrimSpace(text) == "" && f.pulled():
		c.Fields[model.Title] = text
		r.note(f.path, line, "title is empty, as in Intercom: write one")
	case ok && strings.TrimSpace(text) == "":
		r.problem(f.path, line, "title is empty: write one")
	case ok:
		c.Fields[model.Title] = text
	case main && f.doc.KeyLine("title") == 0 && !f.pulled(): // else Intercom's title stays as it is
		r.problem(f.path, 1, "has no title: add a line `title: …` to the front matter")
	}
}

func (r *reader) state(f *file, c *model.Content) {
	text, line, ok := r.text(f, "state")
	if !ok {
		return
	}
	if text != model.Draft && text != model.Published {
		hint := ""
		if near := frontmatter.Nearest(text, []string{model.Draft, model.Published}); near != "" {
			hint = ": did you mean " + near + "?"
		}
		r.problem(f.path, line, "state must be %s or %s, not %q%s", model.Draft, model.Published, text, hint)
		return
	}
	c.Fields[model.State] = text
}

func (r *reader) author(f *file, c *model.Content) {
	mail, line, ok := r.text(f, "author")
	id, idLine, hasID := r.text(f, "author_id")
	switch {
	case ok && hasID:
		r.problem(f.path, idLine, "author_id stands beside author: remove one of the two")
		return
	case hasID && (id == "" || strings.Trim(id, "0123456789") != ""):
		r.problem(f.path, idLine, "author_id must be a teammate's id, a number; an e-mail address goes into author")
		return
	case hasID:
		c.Lines[model.Author] = f.doc.KeyLine("author_id")
		mail = id
	case !ok:
		return
	case strings.Trim(mail, "0123456789") != "" && !strings.Contains(mail, "@") || mail == "":
		r.problem(f.path, line, "author must be a teammate's e-mail address or id")
		return
	}
	c.Fields[model.Author] = mail
}

func (r *reader) body(f *file, c *model.Content) {
	body := f.doc.Body()
	c.Fields[model.Body] = body
	c.Lines[model.Body] = f.doc.BodyLine()
	first, _, _ := strings.Cut(body, "\n")
	heading, ok := strings.CutPrefix(first, "# ")
	if title := c.Fields[model.Title]; ok && strings.TrimSpace(heading) == title && title != "" {
		r.note(f.path, c.Lines[model.Body], "the heading repeats the title, which Intercom shows above the text: remove it")
	}
}

// standing tells about a conflict that a pull left in the front matter.
func (r *reader) standing(f *file) {
	v, ok := f.doc.Value("conflict")
	if !ok {
		return
	}
	var fields []string
	for _, fl := range v.Fields {
		fields = append(fields, fl.Key)
	}
	of := "this file"
	if len(fields) > 0 {
		of = strings.Join(fields, ", ")
	}
	r.problem(f.path, f.doc.KeyLine("conflict"), "conflict about %s: keep or change the value above, then remove the key conflict", of)
}
