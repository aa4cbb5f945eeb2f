package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hcsync/hcsync/internal/har"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/progress"
	"github.com/hcsync/hcsync/internal/report"
)

// The phases of a run that count something.
const (
	readingArticles = "reading articles"
	converting      = "converting"
	writingFiles    = "writing files"
	writing         = "writing"
)

// telling are the flags that say how much a run tells on its way, on standard
// error or into a file.
type telling struct {
	quiet, verbose bool
	trace          string
}

func (f *telling) register(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "show no progress")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "show every call of the API")
	cmd.Flags().StringVar(&f.trace, "trace", "", "write every call, without secrets, to a HAR `file`")
}

// newProgress lets everything that is written to the terminal make way for the
// progress.
func (e *Env) newProgress() {
	var width func() int
	if e.ErrWidth != nil && e.Getenv("TERM") != "dumb" {
		width = e.ErrWidth
	}
	e.progress = progress.New(e.Stderr, width)
	e.Stderr = e.progress.Writer(e.Stderr)
	if e.OutTerminal {
		e.Stdout = e.progress.Writer(e.Stdout)
	}
}

// tell sets up what a client tells of its calls. The function it gives ends the
// trace.
func (e *Env) tell(f telling, o *intercom.Options) (func(), error) {
	if f.quiet {
		e.progress.Silence()
	}
	o.Waiting = e.progress.Wait
	o.Listed = func(list string, read, total int) {
		if list == "/articles" {
			e.progress.At(readingArticles, read, total)
		}
	}
	var tellers []func(intercom.Call)
	if f.verbose {
		tellers = append(tellers, e.tellCall)
	}
	end := func() {}
	if f.trace != "" {
		file, err := har.Create(join(e.Dir, f.trace), version())
		if err != nil {
			return nil, err
		}
		tellers = append(tellers, e.traceTo(file, f.trace))
		end = func() { _ = file.Close() } // whatever was written is whole
	}
	if tellers != nil {
		o.Trace = func(c intercom.Call) {
			for _, tell := range tellers {
				tell(c)
			}
		}
	}
	return end, nil
}

// counts gives what tells how much of a phase is done.
func (s *session) counts(phase string) func(done, total int) {
	return func(done, total int) { s.env.progress.At(phase, done, total) }
}

// tellCall writes a call as one line.
func (e *Env) tellCall(c intercom.Call) {
	parts := []string{c.Method, c.Path}
	if c.Err != nil {
		parts = append(parts, "no answer: "+c.Err.Error())
	} else {
		parts = append(parts, fmt.Sprint(c.Status))
	}
	parts = append(parts, c.Duration.Round(time.Millisecond).String())
	if c.RequestID != "" {
		parts = append(parts, "request "+c.RequestID)
	}
	if c.Attempt > 1 {
		parts = append(parts, fmt.Sprintf("attempt %d", c.Attempt))
	}
	fmt.Fprintln(e.Stderr, strings.Join(strings.Fields(report.Clean(strings.Join(parts, "  "))), " "))
}

// traceTo gives what writes calls into an archive, for as long as that can be
// written. The work goes on without one.
func (e *Env) traceTo(file *har.File, name string) func(intercom.Call) {
	broken := false
	return func(c intercom.Call) {
		if broken {
			return
		}
		x := har.Exchange{
			Start: c.Start, Duration: c.Duration, Method: c.Method, URL: c.URL, Status: c.Status, Protocol: c.Protocol, Attempt: c.Attempt,
			Request: har.Message(c.Request), Response: har.Message(c.Response),
		}
		if c.Err != nil {
			x.Error = c.Err.Error()
		}
		if err := file.Add(x); err != nil {
			broken = true
			fmt.Fprintf(e.Stderr, "note: %s: the trace ends here: %v\n", name, err)
		}
	}
}
