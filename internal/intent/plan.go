package intent

import (
	"maps"
	"slices"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// Of lists what a plan is about to write. tip holds the newest entries of the
// state, which need not be repeated.
func Of(p *diff.Plan, tip map[model.Key]*model.BaseObject) []Change {
	out := make([]Change, 0, len(p.Changes))
	for i := range p.Changes {
		out = append(out, change(&p.Changes[i], tip))
	}
	return out
}

func change(c *diff.Change, tip map[model.Key]*model.BaseObject) Change {
	out := Change{Kind: c.Kind, Path: c.Path, Title: c.Title, Op: c.Op, HelpCenter: c.HelpCenter, Locales: []Locale{}}
	var held *model.BaseObject
	switch {
	case c.Live != nil:
		out.ID, out.Default, held = c.Live.ID, c.Live.Default, tip[c.Live.Key()]
	case c.Local != nil:
		out.Default = c.Local.Default
	}
	if c.Local != nil {
		out.Primary = c.Local.Primary
	}
	if c.Base != nil {
		out.LocalParents, out.RemoteParents = c.Base.LocalParents, c.Base.RemoteParents
	}
	if c.Parent != nil && c.Local != nil {
		out.Move = &Move{From: c.Parent.From, To: c.Parent.To, Home: home(c)}
	}
	for _, lc := range c.Contents {
		out.Locales = append(out.Locales, locale(c, lc, held))
	}
	return out
}

// home gives the folders of the file, with the ids that the plan found.
func home(c *diff.Change) []model.Ref {
	out := slices.Clone(c.Parent.To)
	return out[:min(len(out), len(c.Local.Parents))]
}

func locale(c *diff.Change, lc diff.LocaleChange, held *model.BaseObject) Locale {
	out := Locale{Locale: lc.Locale, Removed: lc.Removed && c.Op != diff.Unpublish, Fields: []Field{}}
	base, at := contentOf(c.Base, lc.Locale), contentOf(held, lc.Locale)
	if !maps.Equal(base, at) {
		out.Base = map[model.Field]Value{}
		for f, a := range base {
			out.Base[f] = Value(a)
		}
	}
	for _, f := range lc.Fields {
		out.Fields = append(out.Fields, field(c, lc, f, base))
	}
	return out
}

func contentOf(b *model.BaseObject, l model.Locale) map[model.Field]model.Agreed {
	if b == nil {
		return nil
	}
	return b.Contents[l].Fields
}

func field(c *diff.Change, lc diff.LocaleChange, f diff.FieldChange, base map[model.Field]model.Agreed) Field {
	out := Field{Field: f.Field, Send: f.Send, Pending: f.Pending}
	if c.Local != nil {
		if _, managed := c.Local.Contents[lc.Locale].Fields[f.Field]; managed {
			out.Managed, out.Local = true, f.After
		}
	}
	live, there := liveValue(c, lc.Locale, f.Field)
	switch {
	case !there:
	case f.Field != model.Body:
		out.Read = &live
	default:
		out.Hash = Hash(live)
		if base[f.Field].Remote != live {
			out.Read = &live
		}
	}
	return out
}

func liveValue(c *diff.Change, l model.Locale, f model.Field) (string, bool) {
	if c.Live == nil {
		return "", false
	}
	content, ok := c.Live.Contents[l]
	return content.Fields[f], ok
}
