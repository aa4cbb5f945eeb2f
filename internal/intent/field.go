package intent

import (
	"cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// base is the agreement that the run worked with; known is false where it knew
// of none in this locale.
func (l *Locale) base(tip *model.BaseObject) (b model.BaseContent, known bool) {
	if l.Base == nil {
		if tip != nil {
			b, known = tip.Contents[l.Locale]
		}
		return b, known
	}
	b.Fields = map[model.Field]model.Agreed{}
	for f, v := range l.Base {
		b.Fields[f] = model.Agreed(v)
	}
	return b, len(l.Base) > 0
}

// landed gives the fields of which the live values show that they were
// written, with what both sides thereby agree on.
func (s *settlement) landed(c *Change, l *Locale, tip *model.BaseObject, live *model.Object) map[model.Field]model.Agreed {
	content, ok := live.Contents[l.Locale]
	if !ok {
		return nil
	}
	base, _ := l.base(tip)
	values := map[model.Field]model.Agreed{}
	for i := range l.Fields {
		f := &l.Fields[i]
		now := content.Fields[f.Field]
		a := model.Agreed{Managed: f.Managed, Local: f.Local, Remote: now}
		switch {
		case l.Removed || c.Op == diff.Unpublish:
			// What the file said of a locale that is gone stays, but for the
			// state: a file that returns as published is published again.
			a.Managed, a.Local, ok = base.Fields[f.Field].Managed, now, now == f.Send
		case f.Field == model.Body && f.Pending:
			a.Local, a.Remote, ok = s.linked(c, l, f, base.Fields[f.Field], now)
		case f.Field == model.Body:
			a.Remote, ok = f.body(base.Fields[f.Field].Remote, now)
		case f.Field == model.State && c.waits() && now == model.Draft:
			a.Local, ok = model.Draft, true
		default:
			ok = now == f.Send && (f.Read == nil || *f.Read != now)
		}
		if ok {
			values[f.Field] = a
		}
	}
	return values
}

// linked judges a body that links to objects of the same run. A new article is
// sent without those links first. Then an empty text is agreed on, which is
// never equal to the file's, so that the next plan sends the whole.
func (s *settlement) linked(c *Change, l *Locale, f *Field, base model.Agreed, live string) (local, stored string, ok bool) {
	if s.Links != nil {
		if o, found := s.Links(c, l.Locale, f.Local); found {
			whole := *f
			whole.Send = markup.Render(f.Local, o)
			if read, known := f.read(base.Remote); known && base.Managed {
				whole.Send = markup.PatchHTML(base.Local, read, f.Local, o)
			}
			if stored, ok := whole.body(base.Remote, live); ok {
				return f.Local, stored, true
			}
		}
	}
	if c.Op != diff.Create {
		return "", "", false
	}
	v, _ := markup.Landed("", f.Send, live)
	return "", live, v == markup.AsSent
}

// read gives the body that was live before; known is false where only its hash
// is left. held is what the base says the server had.
func (f *Field) read(held string) (text string, known bool) {
	switch {
	case f.Hash == "":
		return "", true
	case f.Read != nil:
		return *f.Read, true
	}
	return held, Hash(held) == f.Hash
}

// body gives the server's half of the agreement on a body that has landed.
func (f *Field) body(held, live string) (stored string, ok bool) {
	read, known := f.read(held)
	if !known {
		v, stored := markup.Landed("", f.Send, live)
		return stored, v == markup.AsSent
	}
	v, stored := markup.Landed(read, f.Send, live)
	return stored, v == markup.AsSent || v == markup.SentThenEdited
}

// waits says that a new object was first created as a draft, because its text
// links to others of the same run.
func (c *Change) waits() bool {
	if c.Op != diff.Create {
		return false
	}
	for _, l := range c.Locales {
		for _, f := range l.Fields {
			if f.Pending {
				return true
			}
		}
	}
	return false
}

// agree records values of one locale over the agreement that the run worked
// with.
func (l *Locale) agree(e, tip *model.BaseObject, live *model.Object, values map[model.Field]model.Agreed, main string) {
	from := tip
	if base, known := l.base(tip); l.Base != nil {
		from = nil
		if known {
			from = &model.BaseObject{Contents: map[model.Locale]model.BaseContent{l.Locale: base}}
		}
	}
	local := model.Content{Fields: map[model.Field]string{}}
	for _, f := range l.Fields {
		if f.Managed {
			local.Fields[f.Field] = f.Local
		}
	}
	e.Agree(l.Locale, from, local, live.Contents[l.Locale], values)
	c := e.Contents[l.Locale]
	c.Seen, c.Removed = cmp.Or(c.Seen, main), l.Removed
	e.Contents[l.Locale] = c
}
