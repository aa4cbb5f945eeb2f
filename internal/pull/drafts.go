package pull

import (
	"slices"

	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// takeDraft merges a pending draft into a file. What it changed is an edit of
// the file from then on: the draft is not live, so nothing is agreed on. It is
// recorded as taken, so that the same draft is never merged twice, a later one
// is merged on top of it, and its being published is no conflict.
func (c *computation) takeDraft(e *edit, p *diff.Pair, l model.Locale) (map[model.Field]model.Agreed, error) {
	i := slices.IndexFunc(c.drafts[p.Remote.Key()], func(d diff.Draft) bool { return d.Locale == l })
	if i < 0 || p.Base == nil {
		return nil, nil
	}
	d := draft{edit: e, Draft: c.drafts[p.Remote.Key()][i], local: p.Local.Contents[l], taken: map[model.Field]model.Agreed{}}
	texts := p.Remote.Contents[l].PendingDraft.Fields
	for _, f := range model.Texts() {
		text, known := texts[f]
		before, agreed := d.before(p.Base.Contents[l], f)
		if !known || !agreed || c.unsettled(d, f) || sameText(f, before.Remote, text) {
			continue
		}
		if err := c.takeField(&d, f, before, text); err != nil {
			return nil, err
		}
	}
	return d.taken, nil
}

// draft is a pending draft on its way into a file.
type draft struct {
	*edit
	diff.Draft
	local model.Content
	taken map[model.Field]model.Agreed
}

// before gives the text that the file and the draft both began with: the draft
// as it was taken the last time, else what both sides agree on. A field that the
// file leaves to Intercom stays there, unless nothing was in it so far.
func (d *draft) before(base model.BaseContent, f model.Field) (a model.Agreed, ok bool) {
	if a, ok = d.values[f]; ok {
		return a, true
	}
	if a, ok = base.Taken[f]; ok {
		return a, true
	}
	a, ok = base.Fields[f]
	return a, ok && (a.Managed || a.Remote == "" && f != model.Body)
}

// unsettled says that this pull has left a conflict in the field already.
func (c *computation) unsettled(d draft, f model.Field) bool {
	return slices.ContainsFunc(c.result.Conflicts, func(x diff.Conflict) bool {
		return x.ID == d.Draft.ID && x.Kind == d.Draft.Kind && x.Locale == d.Draft.Locale && (x.Field == f || x.Field == "")
	})
}

func sameText(f model.Field, a, b string) bool {
	return a == b || f == model.Body && markup.Equal(a, b)
}

// takeField merges one text. text is the draft's, as the API gave it.
func (c *computation) takeField(d *draft, f model.Field, before model.Agreed, text string) error {
	l, ours, theirs := d.Draft.Locale, d.now(f), text
	x := diff.Conflict{About: d.edit.About, Locale: l, Field: f, File: d.local.File, Line: d.local.Lines[f], Draft: true,
		Reason: "changed here and in a pending draft", By: d.Draft.By, At: d.UpdatedAt, Base: before.Local, Local: ours}
	if f == model.Body {
		if markup.Undisplayable(text) {
			x.Reason, x.Hint = "the draft holds a block that the API cannot carry (`Could not display content`)", "publish the draft in Intercom, then pull"
			c.open(x)
			return nil
		}
		theirs = content.TrimBody(markup.PatchMarkdown(before.Local, before.Remote, text, c.st.Input.ToMarkdown(d.local.File, l)))
	}
	x.Remote = theirs
	d.taken[f] = model.Agreed{Managed: true, Local: theirs, Remote: text}
	switch {
	case ours == theirs:
		return nil
	case c.Side == Ours:
	case c.Side == Theirs || ours == content.TrimBody(before.Local):
		d.put(f, theirs)
	case f == model.Body:
		merged, conflicts, err := c.MergeText(x)
		if err != nil {
			return err
		}
		d.put(f, content.TrimBody(merged))
		if conflicts > 0 {
			x.Hint = "settle the marked lines in the file, then push"
			c.open(x)
		}
	default:
		x.Hint = d.note(x)
		c.open(x)
	}
	d.Fields = append(d.Fields, f)
	if d.Why == "" || d.Why == "changed" && c.Side != Ours {
		d.Why = "draft taken"
	}
	return nil
}

// now gives what the file says after the rest of the pull.
func (d *draft) now(f model.Field) string {
	if f == model.Body && d.Body != nil {
		return *d.Body
	}
	for _, pair := range d.Set {
		if pair.Key == string(f) {
			return pair.Value
		}
	}
	return d.local.Fields[f]
}

func (d *draft) put(f model.Field, text string) {
	if f == model.Body {
		d.Body = &text
		return
	}
	d.Set = slices.DeleteFunc(d.Set, func(pair content.Pair) bool { return pair.Key == string(f) })
	d.Set = append(d.Set, content.Pair{Key: string(f), Value: text})
}
