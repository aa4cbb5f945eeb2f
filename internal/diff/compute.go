package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// Input is everything that a plan depends on.
type Input struct {
	Local, Remote model.Snapshot
	// Base is keyed by identity; the version of each locale is already the one
	// that its file is compared with (see [BaseSeq]).
	Base map[model.Key]*model.BaseObject
	// Claims tells which object a file without an id belongs to: the path that
	// the state recorded for it.
	Claims map[Place]model.Key
	Options
}

// Place is where a file of one kind stands, relative to the content folder.
type Place struct {
	Kind model.Kind
	Path string
}

// Rendered is a body as it would be sent.
type Rendered struct {
	HTML string
	// Pending says that it links to objects without an address so far.
	Pending bool
}

// Options are facts about the workspace and wishes of the user.
type Options struct {
	// Render turns Markdown of one file into HTML, links resolved.
	Render func(file string, l model.Locale, md string) Rendered
	// ToHTML and ToMarkdown give the link resolvers of one file, each for its
	// direction.
	ToHTML, ToMarkdown func(file string, l model.Locale) markup.Options
	// Authors maps a teammate's e-mail address in lower case, and the id in
	// decimal, to the id.
	Authors map[string]string
	// AuthorNames maps an id to what files say for it.
	AuthorNames map[string]string
	// DefaultAuthor is the id for new articles and translations without one.
	DefaultAuthor string
	// ManyParents says that the API version can write more than one parent and
	// none (Preview, intercom-api.md section 2.2).
	ManyParents bool
	// Recorded says that a push of HEAD's history, or the first pull, saw this
	// locale in the files. Only then is its absence a removal.
	Recorded func(model.Key, model.Locale) bool
	// Behind holds objects whose last push came from a commit that the default
	// branch has and HEAD has not.
	Behind map[model.Key]bool
	// AllowRollback pushes those all the same.
	AllowRollback bool
	// Selected limits the plan; nil selects everything.
	Selected func(About) bool
	// Locale says whether a locale is selected; nil selects all.
	Locale func(model.Locale) bool
}

// BaseSeq chooses between the two versions in the state's linear history that
// can be an object's base: the one its file names in `synced`, and its last
// push if that push came from HEAD's history. Each is -1 where there is none;
// the newer one wins.
func BaseSeq(synced, pushed int) int { return max(synced, pushed) }

// Compute makes the plan.
func Compute(in Input) *Plan {
	c := &computation{Input: in, plan: &Plan{}, ids: map[string]string{}}
	c.plan.Pairs = c.match()
	for i := range c.plan.Pairs {
		c.pair(&c.plan.Pairs[i])
	}
	c.plan.sort()
	return c.plan
}

// computation is the working state of one [Compute].
type computation struct {
	Input
	plan *Plan
	// ids maps a collection's folder to its id, as far as matched.
	ids     map[string]string
	remote  map[model.Key]*model.Object
	centers map[string]model.HelpCenter
	noted   map[string]bool
}

func (c *computation) pair(p *Pair) {
	about := p.about()
	if c.Selected != nil && !c.Selected(about) {
		return
	}
	switch {
	case p.Local == nil:
		c.absentHere(p, about)
	case p.Remote == nil && p.Base == nil && p.Local.ID == "":
		c.create(p, about)
	case p.Remote == nil:
		c.absentThere(p, about)
	case c.Behind[p.Remote.Key()] && !c.AllowRollback:
		c.plan.Behind = append(c.plan.Behind, Drift{About: about, What: Newer})
	default:
		c.compare(p, about)
	}
}

func (p *Pair) about() About {
	a := About{}
	if p.Local != nil {
		a = About{p.Local.Kind, p.Local.ID, p.Local.Path, p.Local.Title()}
	}
	if p.Remote != nil {
		a.Kind, a.ID = p.Remote.Kind, p.Remote.ID
		if a.Title == "" {
			a.Title = p.Remote.Title()
		}
	}
	if p.Base != nil && p.Remote == nil {
		a.Kind, a.ID = p.Base.Kind, p.Base.ID
	}
	if a.Path == "" && p.Base != nil {
		a.Path = p.Base.Path
	}
	return a
}

// absentHere handles what only Intercom has.
func (c *computation) absentHere(p *Pair, about About) {
	key := p.Remote.Key()
	if p.Base != nil && p.Base.Removed {
		return
	}
	recorded := p.Base != nil && slices.ContainsFunc(p.Remote.Locales(), func(l model.Locale) bool { return c.Recorded(key, l) })
	if recorded {
		c.plan.Removals = append(c.plan.Removals, Removal{About: about})
		return
	}
	about.Path = ""
	c.plan.Drift = append(c.plan.Drift, Drift{About: about, What: New})
}

// absentThere handles a file whose object the workspace does not have.
func (c *computation) absentThere(p *Pair, about About) {
	if p.Base == nil {
		main := p.Local.Contents[p.Local.Default]
		c.plan.Problems = append(c.plan.Problems, model.Problem{File: main.File, Line: main.Lines["id"],
			Message: "id " + p.Local.ID + " is not in this workspace; remove the line to create a new " + string(p.Local.Kind) + ", or correct the id"})
		return
	}
	if !c.editedHere(p) {
		c.plan.Drift = append(c.plan.Drift, Drift{About: about, What: Gone})
		return
	}
	c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, File: p.Local.Contents[p.Local.Default].File,
		Reason: "edited here and deleted in Intercom",
		Hint:   "delete the file to agree, or remove its id to create it anew"})
}

// editedHere says whether any managed field differs from the base.
func (c *computation) editedHere(p *Pair) bool {
	for _, l := range p.Local.Locales() {
		local := p.Local.Contents[l]
		base := p.Base.Contents[l]
		for _, f := range model.Fields(p.Local.Kind) {
			if v, ok := local.Fields[f]; ok && c.changedHere(local.File, l, f, v, base) {
				return true
			}
		}
	}
	return false
}

// create plans a new object.
func (c *computation) create(p *Pair, about About) {
	o := p.Local
	ch := Change{About: about, Op: Create, Local: o, HelpCenter: o.HelpCenter, Parent: &ParentChange{To: c.resolve(o.Parents)}}
	for _, l := range o.Locales() {
		if c.skipLocale(o, l, o.HelpCenter) {
			continue
		}
		if lc := c.newLocale(o, l); len(lc.Fields) > 0 {
			ch.Contents = append(ch.Contents, lc)
		}
	}
	if len(ch.Contents) > 0 {
		c.plan.Changes = append(c.plan.Changes, ch)
	}
}

// newLocale lists every managed field of a locale that Intercom has not got,
// with the state and author that a new one needs.
func (c *computation) newLocale(o *model.Object, l model.Locale) LocaleChange {
	content := o.Contents[l]
	lc := LocaleChange{Locale: l, New: true, File: content.File}
	if content.Fields[model.Title] == "" {
		c.plan.Problems = append(c.plan.Problems, model.Problem{File: content.File, Line: 1, Message: "a new translation needs a title; add a `title:` line"})
		return lc
	}
	for _, f := range model.Fields(o.Kind) {
		v, ok := content.Fields[f]
		fc := FieldChange{Field: f, After: v, Send: v}
		switch {
		case f == model.Body:
			r := c.Render(content.File, l, v)
			fc.Send, fc.Pending = r.HTML, r.Pending
		case f == model.State && !ok:
			fc.After, fc.Send = model.Draft, model.Draft
		case f == model.Author:
			fc.After, fc.Send = c.author(content, v, ok)
		case !ok:
			continue
		}
		lc.Fields = append(lc.Fields, fc)
	}
	return lc
}

// author resolves what a file says to an id. A file that says nothing gets the
// default author.
func (c *computation) author(content model.Content, v string, ok bool) (shown, id string) {
	if !ok || v == "" {
		id = c.DefaultAuthor
		return cmp.Or(c.AuthorNames[id], id), id
	}
	id, known := c.Authors[strings.ToLower(v)]
	if !known {
		c.plan.Problems = append(c.plan.Problems, model.Problem{File: content.File, Line: content.Lines[model.Author],
			Message: "author " + v + " is not a teammate of this workspace; use the e-mail address of one, or leave the line out"})
	}
	return v, id
}

// skipLocale says that a locale takes no part: it was not asked for, or the
// workspace has no multi-language and would ignore it.
func (c *computation) skipLocale(o *model.Object, l model.Locale, center string) bool {
	if c.Locale != nil && !c.Locale(l) {
		return true
	}
	if c.multilingual(center) || l.Is(o.Default) {
		return false
	}
	c.note("multi-language is off in this workspace: translations are left alone")
	return true
}

// multilingual answers for one help center, or for any where none is named.
func (c *computation) multilingual(center string) bool {
	if hc, ok := c.centers[center]; ok {
		return hc.Multilingual
	}
	return slices.ContainsFunc(c.Remote.HelpCenters, func(hc model.HelpCenter) bool { return hc.Multilingual })
}

func (c *computation) note(s string) {
	if !c.noted[s] {
		c.noted[s] = true
		c.plan.Notes = append(c.plan.Notes, s)
	}
}

// resolve gives refs their ids where the folder's collection has one.
func (c *computation) resolve(refs []model.Ref) []model.Ref {
	out := make([]model.Ref, len(refs))
	for i, r := range refs {
		if id, ok := c.ids[r.Path]; ok && r.Path != "" {
			r.ID = id
		}
		out[i] = r
	}
	return out
}
