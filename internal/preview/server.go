package preview

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/microcosm-cc/bluemonday"

	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

//go:embed assets templates
var embedded embed.FS

// Options say what is shown, and to whom.
type Options struct {
	// Dir is the folder of hcsync.yaml, which pictures are taken from; Content
	// the content folder relative to it, with slashes.
	Dir, Content string
	// ImageBase is the public address of Dir, for Check.
	ImageBase string
	// Host is where it listens, if that is not only loopback.
	Host string
	// Check says what there is to say of a text; Told is given everything that
	// there is to say whenever that may have changed.
	Check Check
	Told  func([]report.Finding)
	// Refresh has the workspace read again; nil where nothing is compared.
	Refresh func()
}

// Server shows a tree. It is an [http.Handler].
type Server struct {
	Options
	root    *os.Root
	policy  *bluemonday.Policy
	marked  *bluemonday.Policy // of bodies that are compared
	pages   *template.Template
	handler http.Handler
	index   index

	run  string // tells the versions of one run from those of another
	site atomic.Pointer[site]

	compared atomic.Pointer[comparison]

	showing sync.Mutex // one Show at a time
	texts   texts
	stale   bool   // what was said of some texts may not be true any more
	stop    func() // ends the look at all texts that is under way
	settle  func() // waits until it has ended

	mu      sync.Mutex
	changed chan struct{} // closed when there is another site
}

// New makes a server, which shows nothing until Show was called.
func New(o Options) (*Server, error) {
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, err
	}
	pages, err := template.ParseFS(embedded, "templates/*.html")
	if err != nil {
		return nil, err
	}
	s := &Server{Options: o, run: rand.Text()[:8], root: root, policy: newBodyPolicy(), marked: newPolicy(markedClass), pages: pages, changed: make(chan struct{}), stop: func() {}, settle: func() {}}
	s.site.Store(newSite(nil, model.Snapshot{}, o))
	s.compared.Store(&comparison{})
	s.handler = s.guard(s.routes())
	return s, nil
}

// Close ends what runs behind the pages.
func (s *Server) Close() error {
	s.showing.Lock()
	defer s.showing.Unlock()
	s.stop()
	s.settle()
	return s.root.Close()
}

// atOnce is how many changed texts are looked at before readers see them; a
// checkout changes more than anybody wants to wait for.
const atOnce = 20

// Show makes another state of the files the one that is shown, and tells every
// open page. The problems are those of reading the files. otherFiles says that
// others than texts may have changed too, such as pictures.
func (s *Server) Show(files model.Snapshot, problems []model.Problem, otherFiles bool) {
	s.showing.Lock()
	defer s.showing.Unlock()
	s.stop()
	s.settle()
	last := s.site.Load()
	next := newSite(last, files, s.Options)
	var complete bool
	s.texts, complete = s.Check.changed(next, s.texts, atOnce)
	next.findings = collect(problems, s.texts)
	s.publish(next)
	// Links and pictures may lead elsewhere in any text when files come or go.
	s.stale = s.stale || !complete || otherFiles || next.links != last.links
	if !s.stale {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	s.stop, s.settle = stop, func() { <-done }
	go func() {
		defer close(done)
		s.lookAtAll(ctx, next, problems)
	}()
}

// lookAtAll looks at every text, and publishes what it finds.
func (s *Server) lookAtAll(ctx context.Context, shown *site, problems []model.Problem) {
	texts, complete := s.Check.all(ctx, shown)
	if !complete {
		return
	}
	s.texts, s.stale = texts, false
	found := collect(problems, texts)
	if maps.EqualFunc(found, shown.findings, func(a, b []report.Finding) bool { return slices.Equal(a, b) }) {
		return
	}
	next := *shown
	next.version++
	next.findings = found
	s.publish(&next)
}

func (s *Server) publish(next *site) {
	s.site.Store(next)
	s.mu.Lock()
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
	if s.Told != nil {
		s.Told(next.findings.all())
	}
}

// version names a state of the site and of what is said of Intercom.
func (s *Server) version(of *site, with *comparison) string {
	return fmt.Sprintf("%s-%d-%d", s.run, of.version, with.version)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{name}", s.serveAsset)
	mux.HandleFunc("GET /files/{path...}", s.servePicture)
	mux.HandleFunc("GET /events", s.serveEvents)
	mux.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) { s.write(w, s.view(r).searchPage()) })
	mux.HandleFunc("GET /problems", func(w http.ResponseWriter, r *http.Request) { s.write(w, s.view(r).problemsPage()) })
	mux.HandleFunc("GET "+refreshPath, func(w http.ResponseWriter, r *http.Request) { s.write(w, s.view(r).overview()) })
	mux.HandleFunc("POST "+refreshPath, s.refresh)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		secure(w)
		http.Redirect(w, r, "/"+string(s.site.Load().standard)+"/", http.StatusFound)
	})
	mux.HandleFunc("GET /", s.servePage)
	return mux
}

// view looks at the newest site in the locale that the request asks for: by the
// first part of the address, else by ?locale=.
func (s *Server) view(r *http.Request) *view {
	v := &view{server: s, site: s.site.Load(), compared: s.compared.Load(), path: r.URL.Path, query: r.URL.Query()}
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, code := range []string{first, v.query.Get("locale")} {
		if l, ok := v.site.spelled(code); ok {
			v.locale = l
			return v
		}
	}
	v.locale = v.site.standard
	return v
}

// servePage answers the pages of help centers, collections and articles.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	v := s.view(r)
	code, p, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	_, known := v.site.spelled(code)
	folder := v.site.folders[strings.TrimSuffix(p, "/")]
	switch {
	case known && p == "":
		s.write(w, v.homePage())
	case known && v.query.Has("changes") && v.object(p) != nil && len(v.tabs(v.object(p))) > 0:
		s.write(w, v.changesPage(v.object(p)))
	case known && v.site.articles[p] != nil:
		s.write(w, v.articlePage(v.site.articles[p]))
	case known && folder != nil && !strings.HasSuffix(p, "/"):
		secure(w)
		http.Redirect(w, r, folderHref(v.locale, p), http.StatusFound)
	case known && folder != nil:
		s.write(w, v.folderPage(folder))
	default:
		s.write(w, v.missingPage())
	}
}

func (s *Server) write(w http.ResponseWriter, p *page) {
	p.Nonce = secure(w)
	var out bytes.Buffer
	if err := s.pages.ExecuteTemplate(&out, "page.html", p); err != nil {
		http.Error(w, "this page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(p.Status)
	_, _ = out.WriteTo(w)
}

func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request) {
	secure(w)
	types := map[string]string{"style.css": "text/css; charset=utf-8", "live.js": "text/javascript; charset=utf-8", "changes.css": "text/css; charset=utf-8", "theme.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"}
	name := r.PathValue("name")
	data, err := embedded.ReadFile("assets/" + name)
	if err != nil || types[name] == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", types[name])
	_, _ = w.Write(data)
}

// heartbeat keeps proxies and sleeping laptops from taking a quiet stream for a
// dead one.
const heartbeat = 20 * time.Second

// serveEvents tells a page the version of the site, now and whenever there is
// another, until the page or the server goes.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	secure(w)
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	last := ""
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		line := ": still here\n\n"
		if v := s.version(s.site.Load(), s.compared.Load()); v != last {
			last = v
			line = fmt.Sprintf("retry: 1000\nevent: site\nid: %s\ndata: %s\n\n", v, v)
		}
		if _, err := w.Write([]byte(line)); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C:
		case <-r.Context().Done():
			return
		}
	}
}
