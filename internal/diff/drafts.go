package diff

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// Draft is text that somebody staged in Intercom and did not publish. It is
// not live, so it is no drift; it blocks a push to its locale alone.
type Draft struct {
	About
	Locale model.Locale `json:"locale"`
	Origin
	// Taken says that the file has taken this very text in.
	Taken bool `json:"taken,omitempty"`
}

// Origin says whose a draft is and from when, as far as the API tells.
type Origin struct {
	// By is a teammate's name; empty where it is not known.
	By string `json:"by,omitempty"`
	// UpdatedAt is in Unix seconds.
	UpdatedAt int64 `json:"updated_at,omitempty"`
}

// Whose gives "Ana, 2026-11-20", or what of it is known.
func (a Origin) Whose() string {
	var parts []string
	if a.By != "" {
		parts = append(parts, a.By)
	}
	if a.UpdatedAt != 0 {
		parts = append(parts, time.Unix(a.UpdatedAt, 0).UTC().Format(time.DateOnly))
	}
	return strings.Join(parts, ", ")
}

// Override is a pending draft that gives way to what the file says.
type Override struct {
	Origin
	// Fields are the whole text of the locale: Before is the draft's, After and
	// Send what goes live. What did not change in the file is sent as it is
	// live, so that nothing of the draft is published with it.
	Fields []FieldChange `json:"fields"`
	// Publishes says that some of the draft's text becomes public all the same,
	// because the file says the same.
	Publishes bool `json:"publishes,omitempty"`
}

func (c *computation) origin(d *model.PendingDraft) Origin {
	return Origin{By: c.Teammates[d.By], UpdatedAt: d.UpdatedAt}
}

// pendingDraft lists what is pending in a locale.
func (c *computation) pendingDraft(p *Pair, l model.Locale, live model.Content, base model.BaseContent, about About) {
	if d := live.PendingDraft; d != nil {
		c.plan.Drafts = append(c.plan.Drafts, Draft{About: about, Locale: l, Origin: c.origin(d), Taken: taken(p.Local.Contents[l], base, live)})
	}
}

// taken says that the file has taken in all that a draft changes.
func taken(local model.Content, base model.BaseContent, live model.Content) bool {
	some := false
	for f, v := range live.PendingDraft.Fields {
		if _, managed := local.Fields[f]; !managed || same(f, v, live.Fields[f]) {
			continue
		}
		t, ok := base.Taken[f]
		if !ok || !same(f, v, t.Remote) {
			return false
		}
		some = true
	}
	return some
}

// wentLive gives the agreement with the text of a draft that the file had taken
// in, where that text went live, in place of what it has replaced. The file has
// seen it, so what was edited there on top of it is compared with it.
func wentLive(base model.BaseContent, live model.Content) model.BaseContent {
	if len(base.Taken) == 0 {
		return base
	}
	base.Fields = maps.Clone(base.Fields)
	for f, t := range base.Taken {
		if follows(f, base.Fields[f].Remote, t.Remote, live) {
			base.Fields[f] = t
		}
	}
	return base
}

// follows says that what is live came from a draft. It does not where it is what
// was live before, where the draft is still waiting, and where all that the draft
// had changed is as before: that one was discarded, and something else edited.
func follows(f model.Field, before, draft string, live model.Content) bool {
	now := live.Fields[f]
	switch p := live.PendingDraft; {
	case same(f, before, now):
		return false
	case same(f, draft, now):
		return true
	case p != nil && same(f, p.Fields[f], draft):
		return false
	case f != model.Body:
		return true
	}
	v, _ := markup.Landed(before, draft, now)
	return v != markup.EditedNotLanded
}

// blocked is the conflict of an edit with a pending draft.
func (c *computation) blocked(l model.Locale, local, live model.Content, v verdict, fc FieldChange, about About) {
	who := ""
	if a := c.origin(live.PendingDraft).Whose(); a != "" {
		who = " (" + a + ")"
	}
	c.conflict(l, local, v, fc, about, "a teammate has unpublished changes in Intercom"+who+"; the edit would end up in their draft, or publish it",
		"publish or discard the draft in Intercom, take it into the file with `hcsync pull --take-draft`, or replace it with `--override-drafts`")
	text, known := live.PendingDraft.Fields[v.f]
	if !known {
		return
	}
	x := &c.plan.Conflicts[len(c.plan.Conflicts)-1]
	x.Remote, x.Draft = text, true
	x.By, x.At = "", 0 // of what is live
	if v.f == model.Body {
		x.Remote = c.draftBody(v.file, l, v.base.Local, v.base.Remote, text)
	}
	if x.Remote == x.Local {
		x.Hint = "the draft says the same: publish it in Intercom, or push with `--override-drafts`"
	}
}

// draftBody writes a draft's body in the file's way where it says the same.
func (c *computation) draftBody(file string, l model.Locale, md, html, draft string) string {
	return markup.PatchMarkdown(md, html, draft, c.ToMarkdown(file, l))
}

// override completes a change of a locale that has a pending draft, so that
// exactly the planned text goes live. It says whether that can be done.
func (c *computation) override(l model.Locale, local, live model.Content, base model.BaseContent, about About, lc *LocaleChange) bool {
	reason, hint := "", ""
	switch {
	case live.PendingDraft.Fields == nil:
		reason, hint = "there is a pending draft in Intercom that cannot be read", "plan again; if it stays, publish or discard the draft in Intercom"
	case markup.Undisplayable(live.Fields[model.Body]):
		reason = "the article holds a block that the API cannot carry (`Could not display content`); to replace the draft its whole body would be sent, and the block destroyed"
		hint = "publish or discard the draft in Intercom first"
	}
	if reason != "" {
		c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, Locale: l, File: local.File, Reason: reason, Hint: hint})
		return false
	}
	o := &Override{Origin: c.origin(live.PendingDraft)}
	for _, f := range model.Texts() {
		fc := c.whole(l, f, local, live, base, lc)
		draft := live.PendingDraft.Fields[f]
		switch {
		case same(f, draft, fc.Send):
			fc.Before = fc.After
			o.Publishes = o.Publishes || !same(f, draft, live.Fields[f]) && lc.public(live)
		case f == model.Body:
			fc.Before = c.draftBody(local.File, l, fc.After, fc.Send, draft)
		default:
			fc.Before = draft
		}
		o.Fields = append(o.Fields, fc)
	}
	lc.Override = o
	return true
}

// whole gives a field as it is to go live: as the plan changes it, else as it
// is live.
func (c *computation) whole(l model.Locale, f model.Field, local, live model.Content, base model.BaseContent, lc *LocaleChange) FieldChange {
	for _, fc := range lc.Fields {
		if fc.Field == f {
			return FieldChange{Field: f, After: fc.After, Send: fc.Send, Pending: fc.Pending}
		}
	}
	here, managed := local.Fields[f]
	if !managed || !same(f, base.Fields[f].Remote, live.Fields[f]) {
		here = c.shown(local.File, l, f, live.Fields[f])
	}
	return FieldChange{Field: f, After: here, Send: live.Fields[f]}
}

// Written lists what a push sends of the locale: what changes and, where a
// draft gives way, the rest of its text.
func (lc *LocaleChange) Written() []FieldChange {
	if lc.Override == nil {
		return lc.Fields
	}
	return append(slices.Clone(lc.Fields), lc.Override.Fields...)
}

// public says that a locale is published once the change is made.
func (lc *LocaleChange) public(live model.Content) bool {
	for _, fc := range lc.Fields {
		if fc.Field == model.State {
			return fc.Send == model.Published
		}
	}
	return live.Fields[model.State] == model.Published
}
