package sandbox

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Server is one emulated workspace. It is an [http.Handler] and safe for
// concurrent use: reads run side by side, writes one at a time.
type Server struct {
	mu    sync.RWMutex
	state *state
	store *store
	sw    Switches // filled

	now    func() time.Time
	log    func(string)
	tokens []string
	base   string
	limit  limiter
	faults faults
	seen   recorder
}

// Options says where a sandbox keeps its state and how it behaves.
type Options struct {
	// Dir is the folder of the state; empty keeps it in memory only.
	Dir string
	// Switches choose behaviours; the zero value is the documented default.
	Switches Switches
	// Tokens are the bearer tokens it accepts; without any, every one that is
	// not empty.
	Tokens []string
	// Base is the address that help centers without one of their own are said
	// to be at; empty means the address that a request came to.
	Base string
	// Now is the clock, time.Now when nil.
	Now func() time.Time
	// Log gets one line per request or notice, when set.
	Log func(string)
}

// Ids begin with seven or eight digits, as in workspaces of some age, each kind
// in a range of its own so that a mixed-up id is a 404 and not another object.
const (
	firstAdmin      = 7_100_001
	firstHelpCenter = 1_200_001
	firstCollection = 13_300_001
	firstArticle    = 15_200_001
	firstVersion    = 31_000_001
	firstTag        = 9_400_001
	firstRedirect   = 2_600_001
	firstImage      = 1_370_000_001
)

func firstID(kind string) int64 {
	return map[string]int64{
		"admins": firstAdmin, "help_centers": firstHelpCenter, "collections": firstCollection, "articles": firstArticle,
		"versions": firstVersion, "tags": firstTag, "redirects": firstRedirect, "images": firstImage,
	}[kind]
}

// freshWorkspaceID is the app.id_code of a workspace that nothing was imported
// into.
const freshWorkspaceID = "sandbox"

// Open loads the state in o.Dir. A folder without one, or no folder, gives a
// workspace with one teammate and one English help center and nothing in it.
func Open(o Options) (*Server, error) {
	if err := o.Switches.check(); err != nil {
		return nil, err
	}
	s := &Server{store: &store{}, sw: o.Switches.filled(), now: o.Now, log: o.Log, tokens: o.Tokens, base: o.Base}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = func(string) {}
	}
	if o.Dir != "" {
		var err error
		if s.store, s.state, err = openStore(o.Dir); err != nil {
			return nil, err
		}
	}
	if s.state == nil {
		s.state = freshState(s.now().Unix())
		if err := s.store.snapshot(s.state); err != nil {
			return nil, errors.Join(err, s.store.close())
		}
	}
	return s, nil
}

func freshState(now int64) *state {
	st := newState()
	st.Workspace = &workspace{ID: freshWorkspaceID, Name: "Sandbox", Region: "US", Created: now, AdminID: firstAdmin, Pristine: true}
	st.Admins[firstAdmin] = &admin{ID: firstAdmin, Name: "Sandbox Admin", Email: "admin@sandbox.test"}
	st.HelpCenters[firstHelpCenter] = &helpCenter{
		ID: firstHelpCenter, Identifier: "sandbox", Name: "Sandbox Help Center", Default: true,
		Locales: []string{"en"}, Locale: "en", Created: now, Updated: now,
	}
	st.Counters = map[string]int64{"admins": firstAdmin, "help_centers": firstHelpCenter}
	return st
}

// Close writes the state down in its short form and lets go of the folder.
// Without it nothing is lost: every answered change is on disk already.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.store.size > 0 && s.store.failed == nil {
		err = s.store.snapshot(s.state)
	}
	err = errors.Join(err, s.store.close())
	s.store = &store{failed: errors.New("the sandbox is closed"), dir: s.store.dir}
	return err
}

// Reset puts the workspace back to a fresh one. Switches and faults stay.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.replace(freshState(s.now().Unix()))
}

// replace puts a whole state in place of the present one, on disk first.
func (s *Server) replace(st *state) error {
	if s.store.failed != nil {
		return s.store.failed
	}
	if err := s.store.snapshot(st); err != nil {
		return fmt.Errorf("sandbox state: %w", err)
	}
	s.state = st
	return nil
}

// commit makes a change last and then visible. The caller holds s.mu.
func (s *Server) commit(delta *state) error {
	if err := s.store.append(delta); err != nil {
		return fmt.Errorf("sandbox state: %w", err)
	}
	s.state.apply(delta)
	if s.store.size > compactAt {
		return s.store.snapshot(s.state)
	}
	return nil
}

// Empty says whether there is no collection and no article.
func (s *Server) Empty() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.empty()
}

// settled is the workspace once its help centers are no longer the ones that
// every fresh sandbox has.
func (w *workspace) settled() *workspace {
	c := *w
	c.Pristine = false
	return &c
}

func (st *state) empty() bool { return len(st.Collections) == 0 && len(st.Articles) == 0 }

// Switches gives the switches in force, with every default spelled out.
func (s *Server) Switches() Switches {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sw
}

// SetSwitches puts other switches in force; empty fields mean the default.
func (s *Server) SetSwitches(sw Switches) error {
	if err := sw.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sw = sw.filled()
	return nil
}

// Status counts what the workspace holds.
type Status struct {
	WorkspaceID string   `json:"workspace_id"`
	HelpCenters int      `json:"help_centers"`
	Collections int      `json:"collections"`
	Articles    int      `json:"articles"`
	Published   int      `json:"published"` // articles whose default locale is live
	Drafts      int      `json:"drafts"`    // the others
	Admins      int      `json:"admins"`
	Locales     []string `json:"locales"`
}

// Status counts what the workspace holds.
func (s *Server) Status() Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := s.state
	status := Status{
		WorkspaceID: st.Workspace.ID, HelpCenters: len(st.HelpCenters), Collections: len(st.Collections),
		Articles: len(st.Articles), Admins: len(st.Admins), Locales: localesOf(sorted(st.HelpCenters)),
	}
	for _, a := range st.Articles {
		if a.root().State == published {
			status.Published++
		} else {
			status.Drafts++
		}
	}
	return status
}

// HelpCenterSeed describes a help center of a workspace that has no content
// yet. ID is a decimal number; without one the sandbox makes one up. Without
// URL the pages are at the sandbox's own address.
type HelpCenterSeed struct {
	ID, Identifier, Name, URL, DefaultLocale string
	Locales                                  []string
}

// SeedHelpCenters gives an empty workspace these help centers in place of those
// it has. A help center with several locales is multilingual.
func (s *Server) SeedHelpCenters(seeds []HelpCenterSeed) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.state.empty() {
		return errors.New("the sandbox already has content; reset it before it takes other help centers")
	}
	if len(seeds) == 0 {
		return nil
	}
	c := s.newCall()
	for key := range s.state.HelpCenters {
		c.edit.HelpCenters[key] = nil
	}
	for i, seed := range seeds {
		hc, err := c.seed(seed)
		if err != nil {
			return err
		}
		hc.Default = i == 0
	}
	c.edit.Workspace = c.st.Workspace.settled()
	return s.commit(c.edit)
}

func (c *call) seed(seed HelpCenterSeed) (*helpCenter, error) {
	id, err := flexID(seed.ID).parse()
	if err != nil {
		return nil, fmt.Errorf("help center %q: its id %q is not a number", seed.Identifier, seed.ID)
	}
	if id == 0 {
		id = c.next("help_centers")
	}
	c.reserve("help_centers", id)
	hc := &helpCenter{
		ID: id, Identifier: seed.Identifier, Name: seed.Name, URL: seed.URL, Locale: seed.DefaultLocale,
		Locales: seed.Locales, Created: c.now, Updated: c.now,
	}
	hc.settle()
	hc.Multilingual = len(hc.Locales) > 1
	c.edit.HelpCenters[id] = hc
	return hc, nil
}
