package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"syscall"
	"time"

	"github.com/hcsync/hcsync/internal/config"
	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/preview"
	"github.com/hcsync/hcsync/internal/push"
	"github.com/hcsync/hcsync/internal/report"
	"github.com/hcsync/hcsync/internal/sandbox"
)

// mayPush refuses, before anything starts, to push on save to what readers see.
// The sandbox is served for as long as the preview, so that one can look at what
// was pushed.
func (w *watcher) mayPush(ctx context.Context, o watchOptions) error {
	if !o.push {
		return nil
	}
	if err := w.chooseTarget(ctx, o.targetFlags); err != nil {
		return err
	}
	if w.target.IsLive() {
		return fmt.Errorf("watch --push: %s is live: its readers would see every save\nuse `-t sandbox`, or a target with `live: false` in %s", targetName(w.target.Name), w.cfg.File)
	}
	if !w.sandbox {
		return nil
	}
	at, stop, err := serveSandbox(ctx, w.cfg)
	if err != nil {
		return err
	}
	w.close, w.pages = stop, at
	fmt.Fprintf(w.env.Stdout, "Sandbox: %s/\n", at)
	return nil
}

// serveSandbox serves the sandbox as `sandbox serve` does, unless that runs.
func serveSandbox(ctx context.Context, cfg *config.Config) (address string, stop func(), err error) {
	for _, at := range []struct{ addr, base string }{{serveAddr, "http://" + serveAddr}, {"127.0.0.1:0", ""}} {
		server, err := openSandbox(ctx, cfg, sandboxOptions{base: at.base})
		if errors.Is(err, sandbox.ErrInUse) {
			if at, ok := served(ctx, cfg); ok {
				return at, func() {}, nil
			}
		}
		if err != nil {
			return "", nil, err
		}
		address, stop, err := listenUntil(ctx, server, at.addr)
		if err == nil {
			if err = announce(cfg, address); err == nil {
				return address, stop, nil
			}
			stop()
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return "", nil, err
		}
	}
	return "", nil, fmt.Errorf("%s: taken, and no other port is free", serveAddr)
}

// pushNow pushes the files as they are, and tells the page and the terminal what
// came of it.
func (c *comparer) pushNow(ctx context.Context) {
	outcomes, err := c.pushed(ctx)
	if ctx.Err() != nil || err == nil && len(outcomes) == 0 {
		return
	}
	p := preview.Pushed{At: time.Now()}
	for _, r := range results(outcomes) {
		did := map[diff.Op]string{diff.Create: "created", diff.Update: "updated", diff.Move: "moved"}[r.Op]
		if r.Status != string(push.Done) {
			did = r.Status + ": " + r.Message
		}
		r.URL = c.w.publicPage(r.URL)
		p.Changes = append(p.Changes, preview.PushedChange{Title: r.Title, Did: did, URL: r.URL})
		fmt.Fprintf(c.w.env.Stdout, "%s  %s %s  %s\n", p.At.Format(time.TimeOnly), report.Clean(did), report.Clean(r.Path), report.Clean(r.URL))
	}
	if err != nil {
		p.Failed = reasonOf(err)
		fmt.Fprintf(c.w.env.Stderr, "%s  not pushed: %s\n", p.At.Format(time.TimeOnly), p.Failed)
	}
	c.w.server.Pushed(p)
}

// publicPage is where a page can be looked at: the sandbox's own, which has the
// same path as the one that the help center says it is at.
func (w *watcher) publicPage(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" || w.pages == "" {
		return address
	}
	return w.pages + u.EscapedPath()
}

// pushed is a push as `hcsync push --yes` makes it.
func (c *comparer) pushed(ctx context.Context) ([]push.Outcome, error) {
	t := c.take()
	s, err := c.open(ctx, t.files)
	if err != nil {
		return nil, err
	}
	defer s.close()
	s.writing = true
	st, plan, err := s.plan(ctx, planFlags{}, nil)
	if err != nil {
		return nil, err
	}
	if err := heldBack(plan); err != nil {
		return nil, err
	}
	if err := s.refused(ctx, st, plan, pushFlags{yes: true}); err != nil {
		return nil, err
	}
	outcomes, err := s.apply(ctx, st, plan)
	return outcomes, pushCode(plan, outcomes, err, false)
}

// heldBack names what keeps a plan from being pushed; the command that one
// types shows the plan, and need not.
func heldBack(p *diff.Plan) error {
	switch {
	case len(p.Problems) > 0:
		return errors.New(p.Problems[0].String())
	case len(p.Conflicts) == 0:
		return nil
	}
	x := p.Conflicts[0]
	return fmt.Errorf("%s: %s\n%s", report.Plural(len(p.Conflicts), "conflict"), x.Path, x.Reason)
}
