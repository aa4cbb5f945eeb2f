package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/content"
	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/preview"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/watch"
)

// previewPort is where the preview listens unless told otherwise, or the next
// one that is free.
const previewPort = 8026

func newWatch(env *Env) *cobra.Command {
	var o watchOptions
	cmd := &cobra.Command{
		Use:     "watch",
		Aliases: []string{"dev"},
		Short:   "Show the files as a help center in the browser, live",
		Long: `Serves the files as a help center on this computer, and brings every open page
up to date when a file is saved. What is wrong in a file is shown on its page,
on /problems and here. Needs no token and no network, and sends nothing.

Where the workspace can be read, badges say how each article stands, and the tab
Changes of a page shows what a push would change. It is read when the preview
starts, every five minutes, and on demand; not on every save.

With --push every save is pushed, but only to the sandbox or to a target that
hcsync.yaml marks with live: false. Conflicts, limits and files that are not in
order hold it back.

Ctrl-C ends it.`,
		Example: "  hcsync watch --open\n  hcsync dev --port 9000\n  hcsync watch --push -t sandbox",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runWatch(cmd.Context(), env, o)
		},
	}
	cmd.Flags().StringVar(&o.host, "host", "127.0.0.1", "the `address` to listen on; others than this computer can read the preview if it is not loopback")
	cmd.Flags().IntVar(&o.port, "port", previewPort, "the `number` of the port, or the next one that is free")
	cmd.Flags().BoolVar(&o.open, "open", false, "open the browser")
	cmd.Flags().BoolVar(&o.push, "push", false, "push every save, to the sandbox or a target with live: false")
	o.targetFlags.register(cmd)
	return cmd
}

type watchOptions struct {
	host string
	port int
	open bool
	// push says that what is saved is pushed at once.
	push bool
	targetFlags
}

func runWatch(ctx context.Context, env *Env, o watchOptions) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w, err := newWatcher(ctx, env, o)
	if err != nil {
		return err
	}
	defer w.tree.Close()
	defer w.server.Close()
	if err := w.mayPush(ctx, o); err != nil {
		return err
	}
	defer func() { w.close() }()
	listener, err := w.listen(ctx, o)
	if err != nil {
		return err
	}
	batches, err := watch.Start(ctx, watch.Options{Dir: w.cfg.Dir, Want: w.wants, Lost: func(err error) {
		fmt.Fprintf(env.Stderr, "note: %s\n", report.Clean(err.Error()))
	}})
	if err != nil {
		listener.Close()
		return err
	}
	w.update(ctx, watch.Batch{All: true})
	go w.comparer.run(ctx)
	url := "http://" + listener.Addr().String() + "/"
	fmt.Fprintf(env.Stdout, "Preview: %s\nCtrl-C ends it.\n", url)
	if o.open {
		if err := openBrowser(ctx, url); err != nil {
			fmt.Fprintf(env.Stderr, "note: no browser could be opened (%v); open the address yourself\n", err)
		}
	}
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		for batch := range batches {
			w.update(ctx, batch)
		}
	}()
	err = serve(ctx, listener, w.server)
	stop()
	<-followed
	w.comparer.finished()
	return err
}

// watcher follows the files and hands them to the preview.
type watcher struct {
	*linter
	server   *preview.Server
	comparer *comparer
	pages    string // where the sandbox serves its help centers, while pushing to it
	follower *content.Follower
	told     map[report.Finding]bool // what the terminal has shown and is still so
}

func newWatcher(ctx context.Context, env *Env, o watchOptions) (*watcher, error) {
	w := &watcher{linter: &linter{session: newSession(env, comparing)}}
	if err := w.open(); err != nil {
		return nil, err
	}
	w.follower = w.tree.Follow()
	untouched := w.untouched(ctx)
	w.comparer = newComparer(w, o)
	var err error
	w.server, err = preview.New(preview.Options{
		Dir: w.cfg.Dir, Content: w.cfg.Content, Host: o.host, Told: w.tell, Refresh: w.comparer.again,
		ImageBase: cmp.Or(w.cfg.ImageBaseURL, "https://images.example.com"), // any will do to look at a text
		Check: func(links *gather.Links, o *model.Object, l model.Locale) []report.Finding {
			return w.look(links, o, l, untouched)
		},
	})
	return w, err
}

// look tells what a push of a text would meet: what lint finds, and what
// Intercom would make of the HTML. What was pulled and not touched since is no
// concern of the writer.
func (w *watcher) look(links *gather.Links, o *model.Object, l model.Locale, untouched func(*model.Object, model.Locale) bool) []report.Finding {
	found := w.text(links, o, l, untouched)
	if untouched(o, l) {
		for i := range found {
			found[i].Severity = report.SeverityNote
		}
		return found
	}
	told := map[string]bool{}
	for _, f := range found {
		told[f.Code] = true
	}
	c := o.Contents[l]
	for _, f := range markup.Predict(links.Render(c.File, l, c.Fields[model.Body]).HTML).Warnings {
		if told[f.Code] {
			continue
		}
		severity := report.SeverityWarning
		if strings.HasPrefix(f.Code, "unsure-") {
			severity = report.SeverityNote // nothing that the writer could do better
		}
		found = append(found, report.Finding{File: c.File, Line: c.Lines[model.Body], Code: f.Code, Severity: severity, Message: f.Message})
	}
	return found
}

// wants says what is watched: hcsync.yaml, and the content folder with those
// above it, which may come and go.
func (w *watcher) wants(p string) bool {
	return p == w.cfg.File || w.cfg.Content == "." || p == w.cfg.Content || strings.HasPrefix(p, w.cfg.Content+"/") || strings.HasPrefix(w.cfg.Content, p+"/")
}

// update reads what changed and shows it. Files that go away while they are
// read are told of by a batch of their own.
func (w *watcher) update(ctx context.Context, b watch.Batch) {
	changed, pictures := []string{"."}, true
	if !b.All {
		changed, pictures = w.inTree(b.Paths)
	}
	files, problems, err := w.follower.Read(ctx, changed...)
	if err != nil {
		problems = []model.Problem{{File: w.cfg.Content, Message: "cannot be read now: " + err.Error()}}
		files = w.files
	}
	problems = append(problems, w.configuration()...)
	w.files = files
	w.comparer.changed(files, problems, !b.All || w.comparer.started())
	if !b.All && w.env.OutTerminal {
		fmt.Fprintf(w.env.Stdout, "%s  %s\n", time.Now().Format(time.TimeOnly), namePaths(b.Paths))
	}
	w.server.Show(files, problems, pictures)
}

// configuration tells what is wrong in hcsync.yaml now. What it says is read
// once, so that a preview does not become another one while it is open.
func (w *watcher) configuration() []model.Problem {
	cfg, problems, err := config.Load(w.cfg.Path())
	switch {
	case err != nil:
		return []model.Problem{{File: w.cfg.File, Message: "cannot be read now: " + err.Error()}}
	case cfg.Content != w.cfg.Content:
		problems = append(problems, model.Problem{File: w.cfg.File, Message: "content is another folder now: end the preview and begin it again", Note: len(problems) > 0})
	}
	return problems
}

// namePaths names what changed, as far as a line has room for it.
func namePaths(paths []string) string {
	if len(paths) == 1 {
		return report.Clean(paths[0])
	}
	return fmt.Sprintf("%s and %s", report.Clean(paths[0]), report.Plural(len(paths)-1, "other file"))
}

// inTree gives the paths in the content folder, and says whether there are
// others than texts among them, which links and pictures may be about.
func (w *watcher) inTree(paths []string) (changed []string, others bool) {
	for _, p := range paths {
		rel, ok := strings.CutPrefix(p, w.cfg.Content+"/")
		switch {
		case w.cfg.Content == ".":
			rel, ok = p, true
		case p == w.cfg.Content || strings.HasPrefix(w.cfg.Content, p+"/"):
			rel, ok = ".", true
		}
		if ok {
			changed = append(changed, rel)
		}
		others = others || !strings.EqualFold(path.Ext(p), ".md")
	}
	return changed, others
}

// lines is how many findings the terminal shows at once.
const lines = 20

// tell writes what is wrong now and was not before, and says when all is well
// again.
func (w *watcher) tell(found []report.Finding) {
	told := map[report.Finding]bool{}
	var fresh []report.Finding
	for _, f := range found {
		if f.Severity == report.SeverityNote {
			continue
		}
		told[f] = true
		if !w.told[f] {
			fresh = append(fresh, f)
		}
	}
	report.Findings(w.env.Stderr, w.env.style(), fresh[:min(len(fresh), lines)])
	if more := len(fresh) - lines; more > 0 {
		fmt.Fprintf(w.env.Stderr, "and %d more: see /problems in the preview\n", more)
	}
	if len(told) == 0 && len(w.told) > 0 {
		fmt.Fprintln(w.env.Stderr, "all files are in order again")
	}
	w.told = told
}

// windowsInUse is what Windows calls a port that is taken (WSAEADDRINUSE); on
// other systems nothing has this number.
const windowsInUse = syscall.Errno(10048)

// portsTried is how many ports in a row may be taken.
const portsTried = 50

// listen takes the port that was asked for, or the next one that is free.
func (w *watcher) listen(ctx context.Context, o watchOptions) (net.Listener, error) {
	if !preview.IsLoopback(o.host) {
		fmt.Fprintf(w.env.Stderr, "note: whoever reaches %s can read the preview, drafts included\n", report.Clean(o.host))
	}
	var taken error
	for port := o.port; port < o.port+portsTried; port++ {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(o.host, strconv.Itoa(port)))
		switch {
		case err == nil && port != o.port:
			fmt.Fprintf(w.env.Stderr, "note: port %d is taken, so this is port %d\n", o.port, port)
			return listener, nil
		case err == nil:
			return listener, nil
		case !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, windowsInUse) || o.port == 0:
			return nil, fmt.Errorf("%s: no place to listen: %w", o.host, err)
		}
		taken = err
	}
	return nil, fmt.Errorf("ports %d to %d are all taken; choose another one with --port: %w", o.port, o.port+portsTried-1, taken)
}

// serve answers until ctx ends. Pages that listen end with it.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(last) != nil {
			server.Close()
		}
	})
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// openBrowser asks the system for its browser.
func openBrowser(ctx context.Context, url string) error {
	command := []string{"xdg-open", url}
	switch runtime.GOOS {
	case "darwin":
		command = []string{"open", url}
	case "windows":
		command = []string{filepath.Join("C:\\Windows", "System32", "rundll32.exe"), "url.dll,FileProtocolHandler", url}
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // or it stays as a zombie
	return nil
}
