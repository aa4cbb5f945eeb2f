package diff

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// compare plans an object that both sides have.
func (c *computation) compare(p *Pair, about About) {
	ch := Change{About: about, Op: Update, Contents: []LocaleChange{}, Local: p.Local, Live: p.Remote, Base: p.Base}
	c.parents(p, &ch)
	for _, l := range c.locales(p) {
		if c.skipLocale(p.Local, l, p.Remote.HelpCenter) {
			continue
		}
		c.locale(p, l, &ch)
	}
	if ch.Parent != nil {
		ch.Op = Move
	}
	if ch.Parent != nil || len(ch.Contents) > 0 {
		c.plan.Changes = append(c.plan.Changes, ch)
	}
	if p.Base != nil && p.Base.Path != "" && path.Base(p.Base.Path) != path.Base(p.Local.Path) && ch.Parent == nil {
		c.plan.Renames = append(c.plan.Renames, Rename{About: about, From: p.Base.Path})
	}
}

// locales lists the union of what the three states have, in the files' order.
func (c *computation) locales(p *Pair) []model.Locale {
	list := p.Local.Locales()
	add := func(l model.Locale) {
		if !slices.ContainsFunc(list, l.Is) {
			list = append(list, l)
		}
	}
	for _, l := range p.Remote.Locales() {
		add(l)
	}
	if p.Base != nil {
		for _, l := range sortedLocales(p.Base.Contents) {
			add(l)
		}
	}
	return list
}

func sortedLocales[V any](m map[model.Locale]V) []model.Locale { return slices.Sorted(maps.Keys(m)) }

// locale compares one locale of an object, whole first, then by field.
func (c *computation) locale(p *Pair, l model.Locale, ch *Change) {
	local, here := model.In(p.Local.Contents, l)
	live, there := model.In(p.Remote.Contents, l)
	var base model.BaseContent
	known := false
	if p.Base != nil {
		base, known = model.In(p.Base.Contents, l)
	}
	switch {
	case here && there && !known && local.Silent() && written(live):
		c.plan.Drift = append(c.plan.Drift, Drift{About: ch.About, Locale: l, What: New})
	case here && there:
		c.fields(p, l, local, live, base, ch)
	case here && known:
		c.localeGone(p, l, local, base, ch.About)
	case here:
		if lc := c.newLocale(p.Local, l); len(lc.Fields) > 0 {
			ch.Contents = append(ch.Contents, lc)
		}
	case there && base.Removed && !editedContent(live, base):
	case there && known && !base.Removed && c.Recorded(p.Remote.Key(), l):
		c.localeRemoval(p, l, live, base, ch)
	case there:
		c.plan.Drift = append(c.plan.Drift, Drift{About: ch.About, Locale: l, What: New})
	}
}

// written says that somebody wrote a text, and not only Intercom's own fields.
func written(c model.Content) bool {
	return c.Fields[model.Title] != "" || c.Fields[model.Body] != ""
}

// localeGone handles a translation that was agreed on and that Intercom no
// longer returns.
func (c *computation) localeGone(p *Pair, l model.Locale, local model.Content, base model.BaseContent, about About) {
	if c.switchedOff(p.Remote.HelpCenter, l) {
		return
	}
	if c.localeEdited(p.Local, l, base) {
		c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, Locale: l, File: local.File, What: LocaleOff,
			Reason: "edited here and removed in Intercom",
			Hint:   "`hcsync pull --theirs` removes the file; `hcsync pull --ours` keeps it, and the next push sends it again"})
		return
	}
	c.plan.Drift = append(c.plan.Drift, Drift{About: about, Locale: l, What: LocaleOff})
}

// fields compares the managed fields of a locale that both sides have.
func (c *computation) fields(p *Pair, l model.Locale, local, live model.Content, base model.BaseContent, ch *Change) {
	lc := LocaleChange{Locale: l, File: local.File}
	agreed, base := base, wentLive(base, live)
	for _, f := range model.Fields(p.Local.Kind) {
		here, managed := local.Fields[f]
		a, based := base.Fields[f]
		there, shown := live.Fields[f]
		if !shown { // the API version has no such field of this object
			switch {
			case managed && c.Recalled && !c.unsaid(p.Local, f):
				c.note(local.File + ": its " + string(f) + " was never agreed on, and was not compared")
			case managed && (!based || here != a.Local):
				c.undescribed(local.File, here)
			}
			continue
		}
		v := verdict{file: local.File, f: f, here: here, there: there, base: a, based: based, by: c.editor(live), at: live.UpdatedAt}
		v.fromDraft = a != agreed.Fields[f]
		if !managed {
			if based && blank(a) && v.there != "" {
				c.plan.Drift = append(c.plan.Drift, c.drift(l, v, ch.About))
			}
			continue
		}
		v.editedHere = !based || c.changedHere(local.File, l, f, here, base)
		v.editedThere = !based || !same(f, a.Remote, v.there)
		c.judge(p, l, local, live, v, ch.About, &lc)
	}
	c.pendingDraft(p, l, live, base, ch.About)
	if len(lc.Fields) > 0 && (live.PendingDraft == nil || c.override(l, local, live, base, ch.About, &lc)) {
		ch.Contents = append(ch.Contents, lc)
	}
}

// editor names the teammate who edited a locale last. What the token's owner
// wrote may have been a push, and says nothing.
func (c *computation) editor(live model.Content) string {
	if live.UpdatedBy == c.TokenOwner {
		return ""
	}
	return c.Teammates[live.UpdatedBy]
}

// blank says that a file never named a field, because there was nothing to say:
// pull writes no key for an empty description. What somebody writes into it in
// Intercom is news then. A key that was there and was taken out, or that was left
// out although Intercom had a value, is not managed and stays so.
func blank(a model.Agreed) bool { return !a.Managed && a.Remote == "" }

// verdict is one field on all three sides.
type verdict struct {
	file                    string
	f                       model.Field
	here, there             string
	base                    model.Agreed
	based                   bool
	editedHere, editedThere bool
	by                      string // who edited the locale last in Intercom
	at                      int64  // and when
	// fromDraft says that base is a draft that the file had taken in and that
	// was published since.
	fromDraft bool
}

// judge applies the table of the package comment to one field.
func (c *computation) judge(p *Pair, l model.Locale, local, live model.Content, v verdict, about About, lc *LocaleChange) {
	if !v.editedHere && !v.editedThere {
		if v.fromDraft {
			c.agree(p, l, v)
		}
		return
	}
	if !v.editedHere && !c.GitWins {
		c.plan.Drift = append(c.plan.Drift, c.drift(l, v, about))
		return
	}
	fc := c.outgoing(local, l, v)
	switch {
	case c.reached(v, fc):
		c.agree(p, l, v)
	case v.editedThere && !c.GitWins:
		c.conflict(l, local, v, fc, about, "changed here and in Intercom", "run `hcsync pull`, settle it in the file, and push again")
	case v.f == model.Body && markup.Undisplayable(v.there):
		c.conflict(l, local, v, fc, about, "the article holds a block that the API cannot carry (`Could not display content`); sending the body would destroy it", "edit the text in Intercom, and undo the change of the body here")
	case live.PendingDraft != nil && !c.OverrideDrafts:
		c.blocked(l, local, live, v, fc, about)
	default:
		if v.f == model.Body {
			fc.warn(local, fc.Before, v.there)
		}
		lc.Fields = append(lc.Fields, fc)
	}
}

// outgoing makes the change of one field. What a file did not touch of a body
// is sent as the server holds it; where the server's text was edited too, the
// agreed one takes its place, so that the edit cannot pass for the file's.
func (c *computation) outgoing(local model.Content, l model.Locale, v verdict) FieldChange {
	fc := FieldChange{Field: v.f, Before: v.base.Local, After: v.here, Send: v.here}
	if !v.base.Managed || v.editedThere { // what is overwritten is what is live
		fc.Before = c.shown(v.file, l, v.f, v.there)
	}
	switch {
	case v.f == model.Body:
		r := c.Render(local.File, l, v.here)
		fc.Send, fc.Pending = r.HTML, r.Pending
		if v.base.Managed {
			held := v.there
			if v.editedThere {
				held = v.base.Remote
			}
			fc.Send = markup.PatchHTML(v.base.Local, held, v.here, c.ToHTML(local.File, l))
		}
	case v.f == model.Author && v.here != v.there: // an id that stays may be of somebody who left
		fc.After, fc.Send = c.author(local, v.here, true)
	}
	return fc
}

// reached says that Intercom already shows what the file says, or what the
// server is known to make of it.
func (c *computation) reached(v verdict, fc FieldChange) bool {
	if same(v.f, fc.Send, v.there) {
		return true
	}
	return v.f == model.Body && v.editedThere && !fc.Pending && markup.Equal(markup.Predict(fc.Send).HTML, v.there)
}

func (c *computation) agree(p *Pair, l model.Locale, v verdict) {
	c.plan.Agreed = append(c.plan.Agreed, Agreement{Key: p.Remote.Key(), Path: p.Local.Path, Locale: l, Field: v.f,
		Value: model.Agreed{Managed: true, Local: v.here, Remote: v.there}})
}

func (c *computation) conflict(l model.Locale, local model.Content, v verdict, fc FieldChange, about About, reason, hint string) {
	x := Conflict{About: about, Locale: l, Field: v.f, File: local.File, Line: local.Lines[v.f],
		Reason: reason, Hint: hint, Base: v.base.Local, Local: v.here, Remote: c.drift(l, v, about).After,
		Both: v.editedThere, Based: v.based && (v.base.Managed || blank(v.base)), Live: v.there, Send: fc.Send}
	if x.Both {
		x.By, x.At = v.by, v.at
	}
	c.plan.Conflicts = append(c.plan.Conflicts, x)
}

// drift describes what happened to a field in Intercom, in the files' terms.
// A body that the file only writes differently keeps the file's way.
func (c *computation) drift(l model.Locale, v verdict, about About) Drift {
	d := Drift{About: about, Locale: l, Field: v.f, What: Changed, By: v.by, Before: v.base.Local, Live: v.there, Agreed: v.base.Remote, After: c.shown(v.file, l, v.f, v.there)}
	if v.f == model.Body && v.base.Managed {
		if !v.editedHere {
			d.Before = v.here
		}
		d.After = markup.PatchMarkdown(d.Before, v.base.Remote, v.there, c.ToMarkdown(v.file, l))
	}
	if c.reverted(l, v, about) {
		d.What = Reverted
	}
	return d
}

// reverted says that a live value is the one that our last push had replaced.
func (c *computation) reverted(l model.Locale, v verdict, about About) bool {
	previous, pushed := model.In(c.Previous[model.Key{Kind: about.Kind, ID: about.ID}], l)
	old, wrote := previous[v.f]
	return pushed && wrote && same(v.f, old, v.there)
}

// shown gives a remote value as files write it.
func (c *computation) shown(file string, l model.Locale, f model.Field, v string) string {
	switch f {
	case model.Body:
		return markup.Markdown(v, c.ToMarkdown(file, l))
	case model.Author:
		return cmp.Or(c.AuthorNames[v], v)
	}
	return v
}

// changedHere says whether a file's value differs from what it was when both
// sides agreed. A body that is written differently and means the same is no
// change.
func (c *computation) changedHere(file string, l model.Locale, f model.Field, v string, base model.BaseContent) bool {
	a, ok := base.Fields[f]
	if !ok || !a.Managed {
		return true
	}
	if a.Local == v {
		return false
	}
	switch f {
	case model.Body:
		return !markup.Equal(c.Render(file, l, a.Local).HTML, c.Render(file, l, v).HTML)
	case model.Author:
		return !strings.EqualFold(a.Local, v)
	}
	return true
}

func same(f model.Field, a, b string) bool {
	if f == model.Body {
		return markup.Equal(a, b)
	}
	return a == b
}
