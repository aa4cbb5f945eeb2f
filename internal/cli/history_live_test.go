package cli_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hcsync/hcsync/internal/sandbox"
)

// onLive lets a teammate work on one article.
func (w *world) onLive(s step, work func(*wireObject) error) error {
	articles, _, err := w.export()
	if err != nil || len(articles) == 0 {
		return err
	}
	births := keysOf(articles)
	o := articles[births[s.pick(len(births))]]
	return w.byTeammate("edited", func() error { return work(o) })
}

var paragraph = regexp.MustCompile(`<p[^>]*>.*?</p>`)

// change is a teammate's edit of a language that is written.
func (w *world) change(s step, o *wireObject, what func(field, text string) string) sandbox.UIEdit {
	texts := o.texts()
	_, french := texts["fr"]
	_, english := texts["en"]
	e := sandbox.UIEdit{Locale: s.language(french && !w.frenchOff)}
	if !english && !w.frenchOff {
		e.Locale = "fr"
	}
	text := texts[e.Locale]
	switch field := []string{"body", "body", "body", "title", "description"}[s.c%5]; field {
	case "title", "description":
		v := wordOf[field] + " " + s.token()
		if field == "title" {
			e.Title = &v
		} else {
			e.Description = &v
		}
	default:
		v := what(field, text.Body)
		e.Body = &v
	}
	return e
}

func (s step) otherParagraph(_, html string) string {
	list := paragraph.FindAllString(html, -1)
	i := editable(list, s.b/4)
	if i < 0 {
		return html + "<p class=\"no-margin\">Text " + s.token() + " from Intercom.</p>"
	}
	return strings.Replace(html, list[i], "<p class=\"no-margin\">Text "+s.token()+" from Intercom.</p>", 1)
}

func (w *world) uiEdit(o *wireObject, e sandbox.UIEdit) error {
	show := func(p *string) string {
		if p == nil {
			return "-"
		}
		return strconv.Quote(*p)
	}
	w.tell("in Intercom: %s %s: title %s description %s body %s state %q draft %t", o.ID, e.Locale, show(e.Title), show(e.Description), show(e.Body), e.State, e.Draft)
	return w.server.UIEdit(o.ID, e)
}

func (w *world) liveEdit(s step) error {
	return w.onLive(s, func(o *wireObject) error { return w.uiEdit(o, w.change(s, o, s.otherParagraph)) })
}

func (w *world) liveParagraph(s step) error {
	s.c = 0
	return w.onLive(s, func(o *wireObject) error {
		return w.uiEdit(o, w.change(s, o, func(_, html string) string {
			list := paragraph.FindAllString(html, -1)
			if i := editable(list, s.b/4); i >= 0 && s.a%2 == 0 {
				return strings.Replace(html, list[i], "", 1)
			}
			return "<p class=\"no-margin\">More " + s.token() + " from Intercom.</p>" + html
		}))
	})
}

func (w *world) liveDraft(s step) error {
	return w.onLive(s, func(o *wireObject) error {
		e := w.change(s, o, s.otherParagraph)
		if o.texts()[e.Locale].State != "published" {
			return nil
		}
		e.Draft = true
		return w.uiEdit(o, e)
	})
}

func (w *world) livePublishDraft(s step) error {
	return w.onLive(s, func(o *wireObject) error { return w.endDraft(s, o) })
}

// endDraft publishes what is pending, or discards it.
func (w *world) endDraft(s step, o *wireObject) error {
	for l, t := range o.texts() {
		switch {
		case len(t.Pending) == 0:
		case s.b%3 == 0:
			w.tell("in Intercom: %s %s: discard the pending draft", o.ID, l)
			if err := w.server.UIDiscardDraft(o.ID, l); err != nil {
				return err
			}
		default:
			w.tell("in Intercom: %s: publish what is pending", o.ID)
			return w.control("articles/"+o.ID+"/ui-publish-draft", struct{}{})
		}
	}
	return nil
}

func (w *world) liveState(s step) error {
	return w.onLive(s, func(o *wireObject) error {
		e := sandbox.UIEdit{Locale: "en", State: map[bool]string{true: "draft", false: "published"}[o.State == "published"]}
		return w.uiEdit(o, e)
	})
}

// collection picks a collection's id.
func (w *world) collection(n int) int64 {
	_, all, err := w.export()
	all = slices.DeleteFunc(all, func(o *wireObject) bool { return o.Type == "article" })
	if err != nil || len(all) == 0 {
		return 0
	}
	id, _ := strconv.ParseInt(all[n%len(all)].ID, 10, 64)
	return id
}

func (w *world) liveArticle(s step) error {
	return w.byTeammate("created", func() error {
		w.tell("in Intercom: new article %s", s.token())
		return w.control("articles", map[string]any{"title": "Fresh " + s.token(), "author_id": 77, "state": []string{"draft", "published"}[s.b%2],
			"body": "<p>Hello.</p><p>" + s.birth() + "</p>", "parent_id": w.collection(s.a), "parent_type": "collection"})
	})
}

func (w *world) liveCollection(s step) error {
	return w.byTeammate("created", func() error {
		w.tell("in Intercom: new collection %s", s.token())
		return w.control("collections", map[string]any{"name": "Group " + s.token(), "description": s.birth()})
	})
}

func (w *world) liveMove(s step) error {
	return w.onLive(s, func(o *wireObject) error {
		to := w.collection(s.b)
		w.tell("in Intercom: move %s to %d", o.ID, to)
		return w.server.UIMove(o.ID, to)
	})
}

func (w *world) liveDelete(s step) error {
	return w.onLive(s, func(o *wireObject) error {
		w.tell("in Intercom: delete %s", o.ID)
		return w.server.UIDelete(o.ID)
	})
}

func (w *world) liveDeleteLocale(s step) error {
	return w.onLive(s, func(o *wireObject) error {
		if _, ok := o.texts()["fr"]; !ok || w.first == "fr" {
			return nil
		}
		w.tell("in Intercom: delete %s in French", o.ID)
		return w.server.UIDeleteLocale(o.ID, "fr")
	})
}
