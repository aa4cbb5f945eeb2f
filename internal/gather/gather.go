// Package gather reads the three states of a help center and hands them to the
// planner: the files, the workspace, and the base out of the state.
//
// It does all the reading that plan, push and pull have in common, and decides
// one thing only, which the planner needs decided: the version of the state
// that each file is compared with (design.md section 3).
package gather

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/state"
)

// Sources are where the three states come from.
type Sources struct {
	// Files is the content tree, already read.
	Files model.Snapshot
	// Client is nil where Intercom is not to be asked: then the tip of the state
	// stands in for what is live.
	Client *intercom.Client
	Store  *state.Store
	// Bodies are the live bodies of the last run, which the client puts in the place
	// of those it reads; nil where none are kept. FileID gives the blob id of a body
	// of a file where that is known without looking at it; nil knows none.
	Bodies *Bodies
	FileID func(body string) (id string, ok bool)
	// Repo is nil outside a git repository.
	Repo *git.Repo
	// Remote names the remote of the docs repository, for the default branch.
	Remote string
	// Workspace is the id that the files mirror; empty accepts any.
	Workspace string
	// Secondary says that ids in the files are those of another workspace.
	Secondary bool
	// Target is the name of a secondary target, HelpCenters what it maps: the
	// folder of a help center to the identifier of the one that takes its place
	// there.
	Target      string
	HelpCenters map[string]string
	// GitWins says that what drifted there is overwritten.
	GitWins bool
	// Rollback says that this checkout's texts are to go over those that a newer
	// commit of the default branch has pushed.
	Rollback bool
	// Drafts says that the texts of pending drafts are to be read.
	Drafts bool
	// Content is the content folder relative to the folder of hcsync.yaml,
	// ImageBase the public address of that folder.
	Content, ImageBase string
	// DefaultAuthor is an e-mail address or id from the configuration.
	DefaultAuthor string
	// Journals is the folder of the journals that pushes on this machine keep.
	Journals string
	// APIVersion is the one the client speaks.
	APIVersion string
	// Place chooses paths for objects without a file, Managed says what the
	// configuration leaves to hcsync; see package content.
	Place   func(local, remote model.Snapshot) map[model.Key]string
	Managed func(path string) bool
	// Phase is told when the reading of something else than articles begins;
	// nil tells nobody.
	Phase func(name string)
}

// States is everything that was read.
type States struct {
	Workspace model.Workspace
	Admins    []model.Admin
	History   *state.History
	// Tip holds the newest entry of every object in the state.
	Tip map[model.Key]*model.BaseObject
	// Main is HEAD's commit, or a word of its own where there is none.
	Main  string
	Links *Links
	// Unsettled is nil unless a push has begun and not ended.
	Unsettled *Unsettled
	// Unreached is as in [Live].
	Unreached error
	// Input is what the planner computes from.
	Input diff.Input
}

// NoCommit stands for the main commit of a push from outside a repository.
const NoCommit = "none"

// WrongWorkspaceError is a token that belongs to another workspace than the
// files.
type WrongWorkspaceError struct{ Want, Got, Name string }

func (e *WrongWorkspaceError) Error() string {
	return fmt.Sprintf("the token belongs to workspace %s (%s), but hcsync.yaml names %s\nuse a token of %s, or correct `workspace` in hcsync.yaml", e.Got, e.Name, e.Want, e.Want)
}

// Live is what the workspace and the state said at one moment. It stays as it
// is, so that other files can be compared with it later on.
type Live struct {
	Workspace model.Workspace
	Admins    []model.Admin
	Remote    model.Snapshot
	History   *state.History
	// Unreached is why the state could not be fetched, and is what this clone last
	// saw of it. Only a reading without Intercom puts up with that.
	Unreached error
}

// Read reads the workspace and the state, and compares the files with them.
func (s Sources) Read(ctx context.Context) (*States, error) {
	ask := s.Ask
	if s.Client == nil {
		ask = s.recall
	}
	live, err := ask(ctx)
	if err != nil {
		return nil, err
	}
	return s.With(ctx, live)
}

// Ask reads the workspace and the state, at the same time. The workspace's
// identity is checked first.
func (s Sources) Ask(ctx context.Context) (*Live, error) {
	live := &Live{}
	var err error
	if live.Workspace, err = s.Client.Me(ctx); err != nil {
		return nil, err
	}
	if s.Workspace != "" && live.Workspace.ID != s.Workspace {
		return nil, &WrongWorkspaceError{Want: s.Workspace, Got: live.Workspace.ID, Name: live.Workspace.Name}
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { live.Admins, err = s.admins(gctx); return err })
	g.Go(func() (err error) {
		live.Remote, err = s.Client.Snapshot(gctx)
		if err == nil && s.Drafts {
			err = s.drafts(gctx, live.Remote)
		}
		s.phase("reading the state") // if that is not there yet, it is what takes so long
		return err
	})
	g.Go(func() (err error) {
		if err = s.Store.Fetch(gctx); err == nil {
			live.History, err = s.Store.History(gctx)
		}
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	s.stripSignatures(live.Remote)
	s.Bodies.save(live.Remote)
	return live, nil
}

// With compares the files, as they are now, with what was read before. It asks
// the API for nothing.
func (s Sources) With(ctx context.Context, live *Live) (*States, error) {
	st := &States{Workspace: live.Workspace, Admins: live.Admins, History: live.History, Unreached: live.Unreached}
	var err error
	if st.Main, err = s.main(ctx); err != nil {
		return nil, err
	}
	local, err := s.local(st.Admins, live.Remote.HelpCenters)
	if err != nil {
		return nil, err
	}
	return st, s.combine(ctx, st, local, alignLocales(local, live.Remote))
}

func (s Sources) phase(name string) {
	if s.Phase != nil {
		s.Phase(name)
	}
}

// admins lists the teammates. A token that may not read them still works: then
// files name authors by id.
func (s Sources) admins(ctx context.Context) ([]model.Admin, error) {
	list, err := s.Client.Admins(ctx)
	if errors.Is(err, intercom.ErrAuth) || errors.Is(err, intercom.ErrNotFound) {
		return nil, nil
	}
	return list, err
}

// main gives HEAD's commit.
func (s Sources) main(ctx context.Context) (string, error) {
	if s.Repo == nil {
		return NoCommit, nil
	}
	head, ok, err := s.Repo.Head(ctx)
	if err != nil || !ok {
		return NoCommit, err
	}
	return head, nil
}

// combine chooses the base of every object and makes the planner's input.
func (s Sources) combine(ctx context.Context, st *States, local, remote model.Snapshot) error {
	known := s.known(local, remote)
	var err error
	if st.Tip, err = s.Store.Newest(ctx, st.History, known); err != nil {
		return err
	}
	if err := s.unsettled(ctx, st, local, remote); err != nil {
		return err
	}
	claims := Claims(st.Tip, local.Objects)
	in, err := s.lineage(ctx, st)
	if err != nil {
		return err
	}
	if s.Rollback {
		if err := s.rollback(ctx, st, in); err != nil {
			return err
		}
	}
	base, err := s.base(ctx, st, local, claims, in, known)
	if err != nil {
		return err
	}
	if u := st.Unsettled; u != nil && (s.Store.Own() || in[u.Intent.Main]) {
		u.onto(base)
	}
	behind, err := s.behind(ctx, st, in)
	if err != nil {
		return err
	}
	st.Links = NewLinks(s.Content, s.ImageBase, local, remote, claims)
	st.Input = diff.Input{Local: local, Remote: remote, Base: base, Claims: claims, Options: s.options(st, in)}
	st.Input.Behind, st.Input.GitWins = behind, s.GitWins
	if filed := claimed(local, claims); !filedAll(filed, remote) {
		st.Input.Paths = s.Place(filed, remote)
	}
	st.Input.Managed = s.Managed
	st.Input.Previous, err = s.previous(ctx, st, remote)
	return err
}

// known are the texts that are at hand, so that an unchanged body is never read
// from git.
func (s Sources) known(snapshots ...model.Snapshot) state.Texts {
	size := 0
	for _, snapshot := range snapshots {
		size += 3 * len(snapshot.Objects)
	}
	texts := make(state.Texts, size)
	for _, snapshot := range snapshots {
		for body := range bodiesOf(snapshot) {
			texts[s.blobID(body)] = body
		}
	}
	return texts
}

// bodiesOf goes through all bodies of a snapshot.
func bodiesOf(snapshot model.Snapshot) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, o := range snapshot.Objects {
			for _, c := range o.Contents {
				if body, ok := c.Fields[model.Body]; ok && !yield(body) {
					return
				}
			}
		}
	}
}

// blobID gives the blob id of a body, by hashing it only where it is news.
func (s Sources) blobID(body string) string {
	if id, ok := s.Bodies.ID(body); ok {
		return id
	}
	if s.FileID != nil {
		if id, ok := s.FileID(body); ok {
			return id
		}
	}
	return s.Store.BlobID(body)
}

// filedAll says that every live object has a file, so that none needs a place.
func filedAll(local, remote model.Snapshot) bool {
	filed := make(map[model.Key]bool, len(local.Objects))
	for i := range local.Objects {
		filed[local.Objects[i].Key()] = true
	}
	return !slices.ContainsFunc(remote.Objects, func(o model.Object) bool { return !filed[o.Key()] })
}

// claimed gives files without an id the one that the state knows them by.
func claimed(local model.Snapshot, claims map[diff.Place]model.Key) model.Snapshot {
	out := model.Snapshot{HelpCenters: local.HelpCenters, Objects: slices.Clone(local.Objects)}
	for i := range out.Objects {
		o := &out.Objects[i]
		if key, ok := identity(o, claims); ok {
			o.ID = key.ID
		}
	}
	return out
}

// stripSignatures takes the expiring part off image addresses: it changes at
// every read and means nothing (intercom-api.md section 6.3).
func (s Sources) stripSignatures(live model.Snapshot) {
	for _, o := range live.Objects {
		for _, c := range o.Contents {
			body, ok := c.Fields[model.Body]
			if _, settled := s.Bodies.ID(body); ok && !settled {
				c.Fields[model.Body] = markup.StripSignatures(body)
			}
			if d := c.PendingDraft; d != nil && d.Fields != nil {
				d.Fields[model.Body] = markup.StripSignatures(d.Fields[model.Body])
			}
		}
	}
}

// alignLocales gives a workspace without multi-language, which names no
// locale, the default locale of the files. What was read stays as it is.
func alignLocales(local, remote model.Snapshot) model.Snapshot {
	for i, hc := range remote.HelpCenters {
		want := localDefault(local, hc.ID)
		if hc.Multilingual || want == "" || hc.Default == want {
			continue
		}
		remote.HelpCenters, remote.Objects = slices.Clone(remote.HelpCenters), slices.Clone(remote.Objects)
		for j := range remote.Objects {
			if o := &remote.Objects[j]; o.HelpCenter == hc.ID || o.HelpCenter == "" {
				rename(o, want)
			}
		}
		remote.HelpCenters[i].Default = want
	}
	return remote
}

func localDefault(s model.Snapshot, id string) model.Locale {
	for _, hc := range s.HelpCenters {
		if hc.ID == id || len(s.HelpCenters) == 1 {
			return hc.Default
		}
	}
	return ""
}

func rename(o *model.Object, l model.Locale) {
	c, ok := o.Contents[o.Default]
	if !ok || o.Default == l {
		return
	}
	o.Contents = maps.Clone(o.Contents)
	delete(o.Contents, o.Default)
	o.Contents[l] = c
	o.Default = l
}

func (s Sources) options(st *States, in map[string]bool) diff.Options {
	able, _ := intercom.AbilitiesOf(s.APIVersion) // the client has accepted it
	o := diff.Options{
		Render: st.Links.Render, ToHTML: st.Links.ToHTML, ToMarkdown: st.Links.ToMarkdown,
		Authors: map[string]string{}, AuthorNames: map[string]string{},
		Teammates: teammates(st.Admins), TokenOwner: st.Workspace.Admin.ID,
		ManyParents: able.ManyParents, Sections: able.Sections, HidesDrafts: !able.Drafts,
		Recorded: func(key model.Key, l model.Locale) bool {
			if st.History.Len() > 0 && st.History.InRoot(key, l) {
				return true
			}
			e := st.Tip[key]
			return e != nil && e.Contents[l].Seen != "" && (s.Store.Own() || in[e.Contents[l].Seen])
		},
	}
	if s.Client == nil {
		o.Recalled = true
		o.Authors, o.AuthorNames = remembered(st.Tip)
	}
	for _, a := range st.Admins {
		o.Authors[a.ID] = a.ID
		o.AuthorNames[a.ID] = a.ID
		if a.Email != "" {
			o.Authors[strings.ToLower(a.Email)] = a.ID
			o.AuthorNames[a.ID] = a.Email
		}
	}
	o.DefaultAuthor = st.Workspace.Admin.ID
	if id, ok := o.Authors[strings.ToLower(s.DefaultAuthor)]; ok {
		o.DefaultAuthor = id
	} else if len(st.Admins) > 0 && !s.Secondary {
		o.UnknownAuthor = s.DefaultAuthor
	}
	return o
}
