package push

import (
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// judge holds an answer against what was sent. A field counts as taken when
// the answer shows it, or shows something new, which is then the server's way
// of writing it. The old value means that it was not taken.
func (e *Executor) judge(c *diff.Change, w intercom.Write, before, live *model.Object) Outcome {
	o := Outcome{Change: c, Status: Done, Live: live, Taken: map[model.Locale]map[model.Field]model.Agreed{}}
	var kept []string
	for _, l := range c.Contents {
		sent, touched := w.Contents[l.Locale]
		got, there := live.Contents[l.Locale]
		switch {
		case !touched:
		case !there:
			kept = append(kept, string(l.Locale)+": the answer has no content in this locale; is it enabled in Intercom, and multi-language on?")
		default:
			taken, old := judgeLocale(c, l, sent, startingFrom(before, l.Locale), got.Fields)
			o.Taken[l.Locale] = taken
			kept = append(kept, old...)
		}
	}
	o.ParentTaken = c.Parent == nil || e.placed(c, live)
	if !o.ParentTaken {
		kept = append(kept, "its collection did not change; the API may not be able to do this move, do it in Intercom")
	}
	if len(kept) > 0 {
		o.Status, o.Message = Partly, strings.Join(kept, "; ")
	}
	if before == nil && waits(c) {
		forgetLinks(&o)
	}
	return o
}

// startingFrom gives the values before a write. What was not there was empty
// and a draft.
func startingFrom(before *model.Object, l model.Locale) map[model.Field]string {
	if before != nil {
		if c, ok := before.Contents[l]; ok {
			return c.Fields
		}
	}
	return map[model.Field]string{model.State: model.Draft}
}

func judgeLocale(c *diff.Change, l diff.LocaleChange, sent, old, got map[model.Field]string) (taken map[model.Field]model.Agreed, kept []string) {
	taken = map[model.Field]model.Agreed{}
	for _, f := range l.Fields {
		want, ok := sent[f.Field]
		if !ok {
			continue
		}
		value := got[f.Field]
		if f.Field == model.Body {
			value = markup.StripSignatures(value)
		}
		if sameValue(f.Field, old[f.Field], value) && !arrived(f.Field, want, value) {
			kept = append(kept, string(l.Locale)+" "+string(f.Field)+" still has its old value"+likelyCause(f.Field))
			continue
		}
		taken[f.Field] = agreed(c, l.Locale, f, value)
	}
	return taken, kept
}

// likelyCause says why a field may have kept its old value.
func likelyCause(f model.Field) string {
	if f == model.Author {
		return "; is the author still a teammate?"
	}
	return "; a teammate's unpublished draft keeps edits from going live"
}

// agreed pairs what the file says with what the answer shows. The state and
// author that a new object needs all the same are not the file's words.
func agreed(c *diff.Change, l model.Locale, f diff.FieldChange, value string) model.Agreed {
	if _, managed := c.Local.Contents[l].Fields[f.Field]; !managed {
		return model.Agreed{Remote: value}
	}
	return model.Agreed{Managed: true, Local: f.After, Remote: value}
}

func (e *Executor) placed(c *diff.Change, live *model.Object) bool {
	want, err := e.ids(c.Parent.To)
	if err != nil {
		return false
	}
	if len(want) == 0 {
		return len(live.Parents) == 0
	}
	for _, id := range want {
		if !slices.ContainsFunc(live.Parents, func(r model.Ref) bool { return r.ID == id }) {
			return false
		}
	}
	return true
}

func arrived(f model.Field, sent, got string) bool {
	return sameValue(f, sent, got) || f == model.Body && markup.Equal(markup.Predict(sent).HTML, got)
}

func sameValue(f model.Field, a, b string) bool {
	if f == model.Body {
		return markup.Equal(a, b)
	}
	return a == b
}

func sameParents(a, b []model.Ref) bool {
	ids := func(list []model.Ref) []string {
		var out []string
		for _, r := range list {
			out = append(out, r.ID)
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(ids(a), ids(b))
}

// forgetLinks takes back what the first of two calls says about texts and
// states that the second one is to complete: recorded like this, the next plan
// sends them.
func forgetLinks(o *Outcome) {
	for _, taken := range o.Taken {
		if a, ok := taken[model.Body]; ok {
			a.Local = ""
			taken[model.Body] = a
		}
		if a, ok := taken[model.State]; ok {
			a.Local, a.Managed = model.Draft, true
			taken[model.State] = a
		}
	}
}
