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

// Place is where the object's main file or folder stands.
func (a About) Place() Place { return Place{a.Kind, a.Path} }

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
	// Teammates maps an id to the name by which plans speak of a teammate.
	Teammates map[string]string
	// TokenOwner is the id of the teammate in whose name a push writes.
	TokenOwner string
	// DefaultAuthor is the id for new articles and translations without one.
	DefaultAuthor string
	// GitWins says that the files have the last word: what changed in the
	// workspace is overwritten, and shown as such. For staging copies only.
	GitWins bool
	// UnknownAuthor is what the configuration names as the default author if
	// that is no teammate of this workspace.
	UnknownAuthor string
	// Recalled says that Remote is not the workspace but what the state recalls of
	// it: who is not in Authors may still be a teammate, and a field that was never
	// agreed on is absent.
	Recalled bool
	// ManyParents says that the API version can write more than one parent and
	// none (Preview, intercom-api.md section 2.2).
	ManyParents bool
	// Sections says that the API version knows a collection in another one as a
	// section: one level deep, without a description, and never moved to or from
	// the first level (2.9, intercom-api.md section 2.14).
	Sections bool
	// HidesDrafts says that the API version does not tell of text that a teammate
	// has not published yet (up to 2.15, intercom-api.md section 2.6).
	HidesDrafts bool
	// Recorded says that a push of HEAD's history, or the first pull, saw this
	// locale in the files. Only then is its absence a removal.
	Recorded func(model.Key, model.Locale) bool
	// Behind holds objects whose last push came from a commit that the default
	// branch has and HEAD has not.
	Behind map[model.Key]bool
	// Previous holds the live value that the last push of a field replaced.
	Previous map[model.Key]map[model.Locale]map[model.Field]string
	// Paths tells where the file of an object that has none would be, Managed
	// whether the configuration leaves a path to hcsync; nil manages everything.
	Paths   map[model.Key]string
	Managed func(path string) bool
	// Prune says what becomes of removals.
	Prune Prune
	// OverrideDrafts lets what changed in the files take the place of pending
	// drafts in Intercom, which are conflicts otherwise.
	OverrideDrafts bool
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
	c := &computation{Input: in, plan: &Plan{}, centers: map[string]model.HelpCenter{}, noted: map[string]bool{}}
	for _, hc := range in.Remote.HelpCenters {
		c.centers[hc.ID] = hc
	}
	c.plan.Pairs = c.match()
	selected := c.selection()
	for _, conflict := range c.doubts {
		if selected(conflict.About) {
			c.plan.Conflicts = append(c.plan.Conflicts, conflict)
		}
	}
	for i := range c.plan.Pairs {
		if p := &c.plan.Pairs[i]; selected(p.about()) {
			c.pair(p)
		}
	}
	c.crossed()
	c.emptied()
	c.dropped()
	c.defaults()
	c.hiddenDrafts()
	c.plan.sort()
	return c.plan
}

// computation is the working state of one [Compute].
type computation struct {
	Input
	matching
	plan    *Plan
	centers map[string]model.HelpCenter
	noted   map[string]bool
	// doomed are collections to be deleted, if nothing is left in them.
	doomed []*Pair
	// off answers once for each help center and locale; see switchedOff.
	off map[offKey]bool
}

func (c *computation) pair(p *Pair) {
	about := p.about()
	if c.unmanaged(p, about) {
		return
	}
	switch {
	case p.Remote != nil && c.Behind[p.Remote.Key()]:
		c.plan.Behind = append(c.plan.Behind, Drift{About: about, What: Newer})
	case p.Local == nil:
		c.absentHere(p, about)
	case p.Remote != nil:
		c.compare(p, about)
	case p.Base == nil && p.Local.ID == "":
		c.create(p, about)
	default:
		c.absentThere(p, about)
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

// absentHere handles what only Intercom has. A tombstone that nobody touched
// since is as both sides left it.
func (c *computation) absentHere(p *Pair, about About) {
	switch {
	case p.Base != nil && p.Base.Removed && !edited(p.Remote, p.Base):
	case p.Base != nil && !p.Base.Removed && c.recorded(p.Remote.Key(), p.Base):
		c.removal(p, about)
	default:
		about.Path = c.Paths[p.Remote.Key()]
		c.plan.Drift = append(c.plan.Drift, Drift{About: about, What: New})
	}
}

// unmanaged says that the configuration leaves an object without a file to
// others: then it is no drift and no removal either.
func (c *computation) unmanaged(p *Pair, about About) bool {
	if p.Local != nil || c.Managed == nil {
		return false
	}
	return !c.Managed(cmp.Or(about.Path, c.Paths[p.Remote.Key()]))
}

// recorded says that the files once had the object, as far as this checkout's
// history knows.
func (c *computation) recorded(key model.Key, base *model.BaseObject) bool {
	for l := range base.Contents {
		if c.Recorded(key, l) {
			return true
		}
	}
	return false
}

// absentThere handles a file whose object the workspace does not have.
func (c *computation) absentThere(p *Pair, about About) {
	main := p.Local.Contents[p.Local.Default]
	switch {
	case p.Base == nil:
		c.plan.Problems = append(c.plan.Problems, model.Problem{File: main.File, Line: main.Lines["id"],
			Message: "id " + p.Local.ID + " is not in this workspace; remove the line to create a new " + string(p.Local.Kind) + ", or correct the id"})
	case c.editedHere(p):
		c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, File: main.File,
			Reason: "edited here and deleted in Intercom", What: Gone,
			Hint: "`hcsync pull --theirs` removes the files; `hcsync pull --ours` keeps them, and the next push creates it anew"})
	default:
		c.plan.Drift = append(c.plan.Drift, Drift{About: about, What: Gone})
	}
}

// editedHere says whether any managed field differs from the base.
func (c *computation) editedHere(p *Pair) bool {
	for _, l := range p.Local.Locales() {
		base, _ := model.In(p.Base.Contents, l)
		if c.localeEdited(p.Local, l, base) {
			return true
		}
	}
	return false
}

func (c *computation) localeEdited(o *model.Object, l model.Locale, base model.BaseContent) bool {
	content := o.Contents[l]
	for _, f := range model.Fields(o.Kind) {
		if v, ok := content.Fields[f]; ok && c.changedHere(content.File, l, f, v, base) {
			return true
		}
	}
	return false
}

// create plans a new object.
func (c *computation) create(p *Pair, about About) {
	o := p.Local
	if !c.creatable(o, about) {
		return
	}
	ch := Change{About: about, Op: Create, Local: o, HelpCenter: o.HelpCenter, Contents: []LocaleChange{},
		Parent: &ParentChange{From: []model.Ref{}, To: c.resolve(o.Parents)}}
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

// creatable says whether the API can make the object now. Its text in the live
// default locale is what makes it.
func (c *computation) creatable(o *model.Object, about About) bool {
	main := o.Contents[o.Default]
	hc, known := c.centers[o.HelpCenter]
	gone := c.gone(c.resolve(o.Parents))
	switch {
	case c.Locale != nil && !c.Locale(o.Default):
		c.note(o.Path + " is new and is created with its text in " + string(o.Default) + ", which was not asked for")
	case known && !hc.Default.Is(o.Default):
		c.plan.Problems = append(c.plan.Problems, model.Problem{File: main.File,
			Message: "is new and in " + string(o.Default) + ", but the default locale in Intercom is now " + string(hc.Default) + ", in which a new article begins: create it in Intercom, pull, then add this text"})
	case main.Silent():
		c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, File: main.File,
			Reason: "Intercom creates nothing without a title in " + string(o.Default),
			Hint:   "add a title to the file, then push"})
	case len(o.Parents) > 1 && !c.ManyParents:
		c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, File: main.File, Line: main.Lines["also_in"],
			Reason: "this API version cannot put an article into several collections",
			Hint:   "leave out also_in, push, add the collections in Intercom, then pull"})
	case c.tooDeep(o):
		c.plan.Conflicts = append(c.plan.Conflicts, Conflict{About: about, File: main.File, Reason: tooDeep, Hint: newer})
	case gone != "":
		c.homeless(about, main.File, "is new in "+gone)
	default:
		return true
	}
	return false
}

// defaults tells of help centers whose default locale was changed. That
// changes no text: content is keyed by locale, wherever the API keeps it.
func (c *computation) defaults() {
	for _, hc := range c.Local.HelpCenters {
		if live, ok := c.centers[hc.ID]; ok && hc.Default != "" && !live.Default.Is(hc.Default) {
			c.note(hc.Path + ": the default locale is " + string(live.Default) + " in Intercom and " + string(hc.Default) + " here")
		}
	}
}

// newLocale lists every managed field of a locale that Intercom has not got,
// with the state and author that a new one needs.
func (c *computation) newLocale(o *model.Object, l model.Locale) LocaleChange {
	content := o.Contents[l]
	lc := LocaleChange{Locale: l, New: true, File: content.File}
	if content.Silent() {
		return lc // a main file that is there for its translations alone
	}
	if content.Fields[model.Title] == "" {
		c.plan.Problems = append(c.plan.Problems, model.Problem{File: content.File, Line: 1, Message: "a new translation needs a title; add a `title:` line"})
		return lc
	}
	for _, f := range model.Fields(o.Kind) {
		v, ok := content.Fields[f]
		fc := FieldChange{Field: f, After: v, Send: v}
		switch {
		case f == model.Author:
			if fc.After, fc.Send = c.author(content, v, ok); fc.After == "" {
				continue // whose token a push will have is not known
			}
		case f == model.State && !ok:
			fc.After, fc.Send = model.Draft, model.Draft
		case !ok:
			continue
		case c.unsaid(o, f):
			c.undescribed(content.File, v)
			continue
		case f == model.Body:
			r := c.Render(content.File, l, v)
			fc.Send, fc.Pending = r.HTML, r.Pending
			fc.warn(content, "", "")
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
		if c.UnknownAuthor != "" {
			c.plan.Problems = append(c.plan.Problems, model.Problem{File: content.File, Line: 1,
				Message: "its author would be default_author " + c.UnknownAuthor + " of hcsync.yaml, who is not a teammate of this workspace; name one there or add an `author:` line"})
		}
		return cmp.Or(c.AuthorNames[id], id), id
	}
	id, known := c.Authors[strings.ToLower(v)]
	if !known && !c.Recalled {
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
