package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// Prune says what a push does with what the files no longer have.
type Prune struct {
	// On acts on removals; else they are only listed.
	On bool
	// Delete deletes removed articles; else they become drafts.
	Delete bool
	// Incomplete says why the files may not be all there are; where it is set,
	// nothing is removed.
	Incomplete string
}

// Action is what becomes of a removal.
type Action string

// What can become of it. Note means that there is nothing to send: the state
// notes that the object is left in Intercom on purpose.
const (
	Keep        Action = "keep"
	Note        Action = "note"
	ToDraft     Action = "unpublish"
	ToBeDeleted Action = "delete"
)

// Removal is an object, or one locale of it, that is gone from the files.
type Removal struct {
	About
	// Locale is empty for the whole object.
	Locale model.Locale `json:"locale,omitempty"`
	Action Action       `json:"action"`
	// Reason says why more is not done.
	Reason string `json:"reason,omitempty"`
}

// Removes says that the files no longer have the object.
func (c *Change) Removes() bool { return c.Op == Delete || c.Op == Unpublish }

func (c *computation) remove(r Removal) { c.plan.Removals = append(c.plan.Removals, r) }

// removal handles an object that the files no longer have. A collection waits
// until it is known what is left in it.
func (c *computation) removal(p *Pair, about About) {
	if why := overruled(p.Remote, p.Base); why != "" {
		c.removedAndEdited(about, "", why)
		return
	}
	switch why := c.unready(); {
	case !c.Prune.On || why != "":
		c.remove(Removal{About: about, Action: Keep, Reason: why})
	case p.Remote.Kind == model.Collection:
		c.doomed = append(c.doomed, p)
	case c.Prune.Delete:
		c.drop(p, about)
	default:
		c.unpublish(p, about)
	}
}

// unready says why an absence may be none: whoever did not look at everything
// must not remove anything.
func (c *computation) unready() string {
	switch {
	case !c.Prune.On:
		return ""
	case c.Prune.Incomplete != "":
		return c.Prune.Incomplete
	case len(c.Local.Objects) == 0:
		return "there is no file at all, which looks like an incomplete checkout"
	case c.Locale != nil:
		return "it is removed as a whole only without --locale"
	}
	return ""
}

func (c *computation) drop(p *Pair, about About) {
	c.remove(Removal{About: about, Action: ToBeDeleted})
	c.plan.Changes = append(c.plan.Changes, Change{About: about, Op: Delete, Contents: []LocaleChange{}, Live: p.Remote, Base: p.Base})
}

// unpublish takes an article off in every locale. The API has no other way to
// remove one that can be taken back.
func (c *computation) unpublish(p *Pair, about About) {
	ch := Change{About: about, Op: Unpublish, Contents: []LocaleChange{}, Live: p.Remote, Base: p.Base}
	for _, l := range p.Remote.Locales() {
		if p.Remote.Contents[l].Fields[model.State] == model.Published {
			ch.Contents = append(ch.Contents, toDraft(l))
		}
	}
	r := Removal{About: about, Action: Note, Reason: "it is a draft already"}
	if len(ch.Contents) > 0 {
		r = Removal{About: about, Action: ToDraft}
		c.plan.Changes = append(c.plan.Changes, ch)
	}
	c.remove(r)
}

func toDraft(l model.Locale) LocaleChange {
	return LocaleChange{Locale: l, Removed: true, Fields: []FieldChange{
		{Field: model.State, Before: model.Published, After: model.Draft, Send: model.Draft}}}
}

// localeRemoval handles a translation that the files no longer have. It can
// become a draft, but the API cannot delete it (intercom-api.md section 5.4).
func (c *computation) localeRemoval(p *Pair, l model.Locale, live model.Content, base model.BaseContent, ch *Change) {
	if why := overruledContent(live, base); why != "" {
		c.removedAndEdited(ch.About, l, why)
		return
	}
	r := Removal{About: ch.About, Locale: l, Action: Keep, Reason: c.Prune.Incomplete}
	switch {
	case !c.Prune.On:
		r.Reason = ""
	case r.Reason != "":
	case p.Remote.Kind == model.Collection:
		r.Action, r.Reason = Note, "the API cannot delete one translation: remove it in Intercom"
	case live.Fields[model.State] != model.Published:
		r.Action, r.Reason = Note, "it is a draft already; the API cannot delete one translation"
	default:
		r.Action, r.Reason = ToDraft, "the API cannot delete one translation: its text stays in Intercom, as a draft"
		ch.Contents = append(ch.Contents, toDraft(l))
	}
	c.remove(r)
}

func (c *computation) removedAndEdited(about About, l model.Locale, why string) {
	x := Conflict{About: about, Locale: l, What: EditedThere, Reason: "removed here, but " + why,
		Hint: "`hcsync pull --theirs` writes the files again; `hcsync pull --ours` keeps them removed"}
	if why == draftThere {
		x.Draft, x.Hint = true, "publish or discard the draft in Intercom, or write the files again with `hcsync pull --theirs`"
	}
	c.plan.Conflicts = append(c.plan.Conflicts, x)
}

// overruled says what a removal would lose or overrule that somebody did in
// Intercom since both sides agreed; "" for nothing. That it was unpublished
// there is no objection.
func overruled(live *model.Object, base *model.BaseObject) string {
	for _, l := range live.Locales() {
		agreed, known := model.In(base.Contents, l)
		if !known {
			return "translated into " + string(l) + " in Intercom since"
		}
		if why := overruledContent(live.Contents[l], agreed); why != "" {
			return why
		}
	}
	return ""
}

// draftThere is the objection that only somebody in Intercom can lift.
const draftThere = "a teammate has unpublished changes in Intercom"

func overruledContent(live model.Content, base model.BaseContent) string {
	switch {
	case editedContent(live, base):
		return "edited in Intercom since"
	case live.PendingDraft != nil:
		return draftThere
	}
	return ""
}

// edited says that a live text is not the one that was agreed, or that somebody
// has published it since.
func edited(live *model.Object, base *model.BaseObject) bool {
	for l, content := range live.Contents {
		agreed, known := model.In(base.Contents, l)
		if !known || editedContent(content, agreed) {
			return true
		}
	}
	return false
}

func editedContent(live model.Content, base model.BaseContent) bool {
	for _, f := range []model.Field{model.Title, model.Description, model.Body} {
		if a, ok := base.Fields[f]; ok && !same(f, a.Remote, live.Fields[f]) {
			return true
		}
	}
	a, ok := base.Fields[model.State]
	return ok && a.Remote != model.Published && live.Fields[model.State] == model.Published
}

// emptied decides about removed collections, from the inside out: one that
// would still hold something stays.
func (c *computation) emptied() {
	gone := map[model.Key]bool{}
	moved := map[model.Key][]string{}
	for _, ch := range c.plan.Changes {
		key := model.Key{Kind: ch.Kind, ID: ch.ID}
		if ch.Op == Delete {
			gone[key] = true
		} else if ch.Op == Move {
			moved[key] = ids(ch.Parent.To)
		}
	}
	slices.SortFunc(c.doomed, func(a, b *Pair) int {
		if d := c.level(b.Remote) - c.level(a.Remote); d != 0 {
			return d
		}
		return a.Remote.Key().Compare(b.Remote.Key())
	})
	for _, p := range c.doomed {
		if inside := c.inside(p.Remote.ID, gone, moved); len(inside) > 0 {
			c.remove(Removal{About: p.about(), Action: Keep, Reason: "it still holds " + some(inside)})
			continue
		}
		gone[p.Remote.Key()] = true
		c.drop(p, p.about())
	}
}

// level counts the collections above one.
func (c *computation) level(o *model.Object) int {
	n := 0
	for o != nil && len(o.Parents) > 0 && n < 10 {
		o = c.remote[model.Key{Kind: model.Collection, ID: o.Parents[0].ID}]
		n++
	}
	return n
}

// inside names what will be in a collection after the push.
func (c *computation) inside(id string, gone map[model.Key]bool, moved map[model.Key][]string) []string {
	var list []string
	for i := range c.Remote.Objects {
		o := &c.Remote.Objects[i]
		parents := ids(o.Parents)
		if to, ok := moved[o.Key()]; ok {
			parents = to
		}
		if !gone[o.Key()] && slices.Contains(parents, id) {
			list = append(list, fmt.Sprintf("%s “%s”", o.Kind, o.Title()))
		}
	}
	slices.Sort(list)
	return list
}

// some names the first two of a list, and counts the rest.
func some(list []string) string {
	if len(list) <= 2 {
		return strings.Join(list, " and ")
	}
	return strings.Join(list[:2], ", ") + fmt.Sprintf(" and %d more", len(list)-2)
}

// byTombstone finds the object of a file that was removed and is back, without
// its id: in its old place with its title or text, or with all its texts.
func (c *computation) byTombstone(o *model.Object) (model.Key, bool) {
	var here, elsewhere []model.Key
	for key, base := range c.Base {
		switch {
		case key.Kind != o.Kind || !base.Removed || c.taken[key] || c.remote[key] == nil:
		case base.Path == o.Path && alikeText(o, base):
			here = append(here, key)
		case sameText(o, base):
			elsewhere = append(elsewhere, key)
		}
	}
	for _, found := range [][]model.Key{here, elsewhere} {
		if len(found) == 1 {
			return found[0], true
		}
	}
	return model.Key{}, false
}

// dropped finds what both sides have removed, as far as this checkout's history
// knew it.
func (c *computation) dropped() {
	for key, b := range c.Base {
		if c.remote[key] == nil && !c.taken[key] && (b.Removed || c.recorded(key, b)) {
			c.plan.Dropped = append(c.plan.Dropped, key)
		}
	}
	slices.SortFunc(c.plan.Dropped, model.Key.Compare)
}

// offKey names a locale of a help center.
type offKey struct {
	center string
	locale model.Locale
}

// few is how many translations may vanish at once and be believed removed one
// by one.
const few = 3

// switchedOff says that a locale is gone from a help center as a whole: it was
// disabled there, or most translations vanished at once. Then nobody removed
// this translation, and its text may well come back.
func (c *computation) switchedOff(center string, l model.Locale) bool {
	key := offKey{center, l.Fold()}
	off, known := c.off[key]
	if !known {
		off = c.disabled(center, l)
		if c.off == nil {
			c.off = map[offKey]bool{}
		}
		c.off[key] = off
	}
	if off {
		c.note("Intercom does not show " + string(l) + " any more: translations in " + string(l) + " are left alone")
	}
	return off
}

func (c *computation) disabled(center string, l model.Locale) bool {
	listed, unknown := c.listed(center, l)
	if !listed && !unknown {
		return true
	}
	had, gone := 0, 0
	for _, p := range c.plan.Pairs {
		if p.Local == nil || p.Remote == nil || p.Base == nil || p.Remote.HelpCenter != center {
			continue
		}
		_, here := model.In(p.Local.Contents, l)
		if _, agreed := model.In(p.Base.Contents, l); !here || !agreed {
			continue
		}
		had++
		if _, there := model.In(p.Remote.Contents, l); !there {
			gone++
		}
	}
	return gone > few && 2*gone > had || unknown && gone == had
}

// listed says whether a help center, or any for what is in none, lists a
// locale; unknown where the API does not tell.
func (c *computation) listed(center string, l model.Locale) (listed, unknown bool) {
	for _, hc := range c.Remote.HelpCenters {
		if hc.ID != center && center != "" {
			continue
		}
		_, has := hc.Has(l)
		listed = listed || hc.Locales != nil && has
		unknown = unknown || hc.Locales == nil
	}
	return listed, unknown
}
