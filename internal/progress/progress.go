// Package progress tells how far a run has come while it goes on.
//
// On a terminal that is one line at the bottom, drawn again and again in its
// place: the phase, a bar, counts, rate and what is left, or what the run is
// waiting for. Elsewhere, as in the log of a CI job, it is a line every few
// seconds, so that a run of a few seconds says nothing.
//
// The line must never be in the way of what matters. So it takes itself away
// before anything else is written ([Progress.Writer]), and it is not drawn while
// somebody else's line, such as a question, is unfinished. It holds nothing but
// ASCII: what other characters take up differs from terminal to terminal, and a
// line that wraps cannot be taken away. It has no colours.
package progress

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

const (
	// redraw is how often the line on a terminal is drawn again, and how long a
	// phase lasts before it is drawn at all: what is over at once only flickers.
	redraw = 200 * time.Millisecond
	// every is how long elsewhere a run goes on before its first line, and
	// between two.
	every = 5 * time.Second
	// usualWidth is that of a terminal which does not say.
	usualWidth = 80
)

// Progress is how far a run has come. It may be used by several goroutines; a
// nil one tells nothing.
type Progress struct {
	out   io.Writer
	width func() int

	mu    sync.Mutex
	quiet bool
	now   status
	stop  chan struct{} // ends the drawing; nil while nothing goes on
	// next is when the next line is due where there is no terminal.
	next time.Time
	// drawn is how many columns of a terminal's line are filled.
	drawn int
	// halfway says that the last thing that somebody else wrote was no whole line.
	halfway bool
}

// New makes a progress that is written to out. width gives the columns of the
// terminal that out is, anew at every call; it is nil where out is none, or one
// whose cursor cannot be moved.
func New(out io.Writer, width func() int) *Progress {
	return &Progress{out: out, width: width}
}

// Silence ends all telling.
func (p *Progress) Silence() {
	if p == nil {
		return
	}
	p.End()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quiet = true
}

// Begin starts a phase, such as "reading articles", and ends the one before, with
// its counts. Its name is ASCII, and the program's own.
func (p *Progress) Begin(phase string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quiet {
		return
	}
	now := time.Now()
	p.now = status{phase: phase, began: now}
	if p.next.IsZero() {
		p.next = now.Add(every)
	}
	if p.stop == nil {
		p.stop, p.halfway = make(chan struct{}), false
		go p.keep(p.stop)
	}
}

// At says how much of a phase is done, and of how much; a total of 0 is not
// known. It means nothing in any other phase.
func (p *Progress) At(phase string, done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now.phase == phase {
		p.now.done, p.now.total, p.now.until = done, total, time.Time{}
	}
}

// Wait says that nothing goes on until then, and why: "for the rate limit".
// Whatever gets done sooner ends the waiting.
func (p *Progress) Wait(why string, until time.Time) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.why, p.now.until = why, until
}

// End ends the phase, and takes its line away.
func (p *Progress) End() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop == nil {
		return
	}
	close(p.stop)
	p.stop = nil
	p.erase()
}

// Writer gives a writer to w, which shows on the terminal that the progress is
// on: the line makes way for what is written.
func (p *Progress) Writer(w io.Writer) io.Writer {
	if p == nil || p.width == nil {
		return w
	}
	return writer{p, w}
}

type writer struct {
	p *Progress
	w io.Writer
}

func (w writer) Write(b []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	w.p.erase()
	if len(b) > 0 {
		w.p.halfway = b[len(b)-1] != '\n'
	}
	return w.w.Write(b)
}

// keep tells again and again.
func (p *Progress) keep(stop <-chan struct{}) {
	t := time.NewTicker(redraw)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-t.C:
			p.tell(stop, now)
		}
	}
}

func (p *Progress) tell(stop <-chan struct{}, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.stop != stop: // it ended while the tick was on its way
	case p.width != nil && !p.halfway:
		p.draw(now)
	case p.width == nil && !now.Before(p.next):
		p.next = now.Add(every)
		fmt.Fprintln(p.out, p.now.text(now))
	}
}

// draw puts the line in place of the one before. The last column stays free: a
// full line leaves some terminals' cursors in the next.
func (p *Progress) draw(now time.Time) {
	line := p.now.line(now, p.columns()-1)
	fmt.Fprint(p.out, p.home(), line, "\x1b[K")
	p.drawn = len(line)
}

// erase takes the line away and leaves the cursor where it began.
func (p *Progress) erase() {
	if p.drawn > 0 {
		fmt.Fprint(p.out, p.home(), "\x1b[K")
		p.drawn = 0
	}
}

// home moves to the beginning of the line that was drawn. In a window that was
// made narrower since, terminals have broken it into several.
func (p *Progress) home() string {
	up := max(p.drawn-1, 0) / p.columns()
	if up == 0 {
		return "\r"
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", up)
}

func (p *Progress) columns() int {
	if w := p.width(); w > 0 {
		return w
	}
	return usualWidth
}

// status is what there is to tell at one moment.
type status struct {
	phase       string
	began       time.Time
	done, total int
	why         string
	until       time.Time
}

// text is the status in words, for a log.
func (s status) text(now time.Time) string { return s.phase + s.counts() + s.notes(now)[0] }

// line is the status in at most width columns: words as they fit, and a bar
// where there is room.
func (s status) line(now time.Time, width int) string {
	words := ""
	for _, notes := range s.notes(now) {
		if words = s.counts() + notes; len(s.phase)+len(words) <= width {
			break
		}
	}
	if room := min(width-len(s.phase)-len(words)-len(" []"), 30); room >= 8 && s.total > 0 {
		words = " [" + bar(s.done, s.total, room) + "]" + words
	}
	line := s.phase + words
	return line[:min(len(line), max(width, 0))]
}

func (s status) counts() string {
	switch {
	case s.total > 0:
		return fmt.Sprintf(" %d of %d", s.done, max(s.total, s.done))
	case s.done > 0:
		return fmt.Sprintf(" %d", s.done)
	}
	return ""
}

// notes say how fast it goes and how long it will take, or how long it has
// taken, or what it waits for; each in fewer words than the one before.
func (s status) notes(now time.Time) []string {
	if wait := s.until.Sub(now); wait > 0 {
		short := ", waiting " + duration(wait+time.Second-1)
		return []string{short + " " + s.why, short, ""}
	}
	elapsed := now.Sub(s.began)
	if elapsed < time.Second {
		return []string{""}
	}
	if s.done == 0 {
		return []string{", " + duration(elapsed), ""}
	}
	perSecond := float64(s.done) / elapsed.Seconds()
	left := ""
	if s.done < s.total {
		left = ", " + duration(time.Duration(float64(s.total-s.done)/perSecond*float64(time.Second))+time.Second/2) + " left"
	}
	return []string{", " + rate(perSecond) + left, left, ""}
}

func rate(perSecond float64) string {
	switch {
	case perSecond >= 10:
		return fmt.Sprintf("%.0f/s", perSecond)
	case perSecond >= 1:
		return fmt.Sprintf("%.1f/s", perSecond)
	}
	return fmt.Sprintf("%.1f/min", perSecond*60)
}

// duration rounds down to what a person plans with.
func duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
}

func bar(done, total, room int) string {
	full := min(room*done/total, room)
	if full == room {
		return strings.Repeat("=", room)
	}
	return strings.Repeat("=", full) + ">" + strings.Repeat(" ", room-full-1)
}
