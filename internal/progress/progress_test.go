package progress

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// screen is a terminal of one line and what scrolled off it, as far as progress
// needs one: text wraps at its width, \r, ESC[K, ESC[J and ESC[nA.
type screen struct {
	mu       sync.Mutex
	width    int
	rows     []string
	row, col int
}

func newScreen(width int) *screen { return &screen{width: width, rows: []string{""}} }

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\r':
			s.col = 0
		case b[i] == '\n':
			s.down()
		case b[i] == 0x1b:
			var n int
			var command byte
			rest := string(b[i+1:])
			if _, err := fmt.Sscanf(rest, "[%d%c", &n, &command); err != nil {
				command = b[i+2]
			}
			i += strings.IndexByte(rest, command) + 1
			s.control(n, command)
		default:
			s.put(b[i])
		}
	}
	return len(b), nil
}

func (s *screen) control(n int, command byte) {
	switch command {
	case 'K':
		s.rows[s.row] = s.rows[s.row][:s.col]
	case 'J':
		s.rows = append(s.rows[:s.row], s.rows[s.row][:s.col])
	case 'A':
		s.row -= n
	default:
		panic(command)
	}
}

func (s *screen) put(c byte) {
	if s.col == s.width {
		s.down()
	}
	line := []byte(s.rows[s.row] + strings.Repeat(" ", max(s.col+1-len(s.rows[s.row]), 0)))
	line[s.col] = c
	s.rows[s.row] = string(line)
	s.col++
}

func (s *screen) down() {
	if s.row++; s.row == len(s.rows) {
		s.rows = append(s.rows, "")
	}
	s.col = 0
}

// resize breaks and joins lines anew, as terminals do; only the last may be
// longer than before.
func (s *screen) resize(width int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.rows[s.row]
	s.rows, s.width, s.col = s.rows[:s.row], width, 0
	s.rows = append(s.rows, "")
	for i := range last {
		s.put(last[i])
	}
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimRight(strings.Join(s.rows, "\n"), "\n")
}

func (s *screen) columns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.width
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("there is\n%s\nand not\n%s", got, want)
	}
}

// pass lets time go by, and what is due in it happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen(80)
		p := New(s, s.columns)
		out := p.Writer(s)
		p.Begin("reading articles")
		want(t, s.text(), "")
		pass(time.Second - time.Millisecond)
		want(t, s.text(), "reading articles")
		p.At("reading articles", 150, 1200)
		pass(2 * time.Second)
		want(t, s.text(), "reading articles [===>                          ] 150 of 1200, 54/s, 20 s left")
		fmt.Fprintln(out, "note: something")
		want(t, s.text(), "note: something")
		pass(time.Second)
		want(t, s.text(), "note: something\nreading articles [===>                          ] 150 of 1200, 39/s, 27 s left")
		p.Begin("writing")
		p.At("writing", 12, 400)
		p.Wait("for the rate limit", time.Now().Add(7*time.Second))
		pass(200 * time.Millisecond)
		want(t, s.text(), "note: something\nwriting [>                          ] 12 of 400, waiting 7 s for the rate limit")
		p.At("reading articles", 1200, 1200)
		p.At("writing", 13, 400)
		pass(3 * time.Second)
		want(t, s.text(), "note: something\nwriting [>                             ] 13 of 400, 4.3/s, 1 min left")
		p.End()
		want(t, s.text(), "note: something")
		pass(time.Minute)
		want(t, s.text(), "note: something")
	})
}

// A question is an unfinished line: nothing is drawn over it, until a phase
// begins after the answer.
func TestQuestionsStand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen(80)
		p := New(s, s.columns)
		p.Begin("comparing")
		pass(2 * time.Second)
		fmt.Fprint(p.Writer(s), "Go on? [y/N] ")
		pass(time.Minute)
		want(t, s.text(), "Go on? [y/N] ")
		p.End()
		s.Write([]byte("y\n")) // the terminal's own echo
		p.Begin("writing")
		pass(time.Second)
		want(t, s.text(), "Go on? [y/N] y\nwriting, 1 s")
		p.End()
	})
}

func TestResizing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen(80)
		p := New(s, s.columns)
		fmt.Fprintln(p.Writer(s), "above")
		p.Begin("reading articles")
		p.At("reading articles", 150, 1200)
		pass(3 * time.Second)
		s.resize(40)
		pass(200 * time.Millisecond)
		want(t, s.text(), "above\nreading articles 150 of 1200, 22 s left")
		s.resize(12)
		pass(200 * time.Millisecond)
		want(t, s.text(), "above\nreading art")
		s.resize(100)
		pass(2 * time.Second)
		want(t, s.text(), "above\nreading articles [===>                          ] 150 of 1200, 28/s, 38 s left")
		s.resize(30)
		p.End()
		want(t, s.text(), "above")
	})
}

// logged collects what a log gets, and how long after the beginning.
func logged(t *testing.T, run func(p *Progress)) string {
	t.Helper()
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		run(New(&out, nil))
	})
	return out.String()
}

func TestLog(t *testing.T) {
	got := logged(t, func(p *Progress) {
		p.Begin("reading articles")
		p.At("reading articles", 150, 1200)
		pass(4 * time.Second)
		p.Begin("writing")
		p.At("writing", 10, 400)
		pass(3 * time.Second)
		p.End()
		p.Begin("writing")
		p.Wait("for the rate limit", time.Now().Add(time.Minute))
		pass(4 * time.Second)
		p.End()
		pass(time.Hour)
	})
	want(t, got, "writing 10 of 400, 10/s, 39 s left\nwriting, waiting 57 s for the rate limit\n")
}

func TestShortRunsSayNothingInLogs(t *testing.T) {
	want(t, logged(t, func(p *Progress) {
		p.Begin("reading articles")
		pass(2 * time.Second)
		p.Begin("comparing")
		pass(2 * time.Second)
		p.End()
	}), "")
}

func TestSilence(t *testing.T) {
	want(t, logged(t, func(p *Progress) {
		p.Silence()
		p.Begin("reading articles")
		pass(time.Minute)
		p.End()
	}), "")
}

func TestNilTellsNothing(t *testing.T) {
	var p *Progress
	p.Begin("reading")
	p.At("reading", 1, 2)
	p.Wait("for nothing", time.Now())
	p.End()
	p.Silence()
	if w := p.Writer(io.Discard); w != io.Discard {
		t.Error("the writer is not what it was")
	}
}

// No line is ever wider than it may be, nor empty of its phase.
func TestWidths(t *testing.T) {
	now := time.Now()
	for _, s := range []status{
		{phase: "reading articles"}, {phase: "reading articles", done: 150, total: 1200}, {phase: "writing", done: 7},
		{phase: "writing", done: 12, total: 400, why: "for the rate limit", until: now.Add(time.Minute)},
		{phase: "writing", done: 500, total: 400}, {phase: "writing", done: 400, total: 400},
		{phase: "writing", done: 1, total: 1 << 30},
	} {
		for _, elapsed := range []time.Duration{0, time.Second, time.Hour} {
			s.began = now.Add(-elapsed)
			for width := range 200 {
				line := s.line(now, width)
				if len(line) > width || !strings.HasPrefix(s.phase, line[:min(len(s.phase), len(line))]) {
					t.Errorf("%d columns: %q", width, line)
				}
			}
		}
	}
}

func TestRateAndDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 59 * time.Second: "59 s", 61 * time.Second: "1 min", 59*time.Minute + 59*time.Second: "59 min", 125 * time.Minute: "2 h 5 min",
	} {
		if got := duration(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
	for n, want := range map[float64]string{150.4: "150/s", 9.96: "10.0/s", 0.5: "30.0/min"} {
		if got := rate(n); got != want {
			t.Errorf("%v: %s, want %s", n, got, want)
		}
	}
}
