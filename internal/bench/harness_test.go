package bench

import (
	"strings"
	"testing"
)

// TestWorkspace compares what is made up with what it was made after: how many
// of each a body has on average.
func TestWorkspace(t *testing.T) {
	bodies := workspace{1000}.bodies()
	for _, tt := range []struct {
		what string
		want float64
	}{
		{`<p class="no-margin">`, 17.2}, {`<p class="no-margin"></p>`, 6.0}, {"<b>", 5.6}, {"<li>", 4.5},
		{"<img ", 2.2}, {"intercom-align-center", 0.57}, {"<h3", 1.4}, {"<h2", 0.57}, {"<hr>", 1.2}, {"<a href", 0.85},
		{"<br>", 0.95}, {"<ul>", 0.67}, {"<ol>", 0.66}, {"<td", 2.75}, {"<i>", 0.17}, {"<code>", 0.14}, {"\u200b", 0.57},
	} {
		n := 0
		for _, b := range bodies {
			n += strings.Count(b, tt.what)
		}
		if got := float64(n) / float64(len(bodies)); got < 0.7*tt.want || got > 1.3*tt.want {
			t.Errorf("%s: %.2f in a body, want about %.2f", tt.what, got, tt.want)
		}
	}
	size := len(strings.Join(bodies, "")) / len(bodies)
	if size < 1900 || size > 2800 {
		t.Errorf("a body has %d bytes on average, real ones have 2,300", size)
	}
}

// TestHarness runs what the benchmarks run, on a small help center.
func TestHarness(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and runs it")
	}
	w := newWorld(t, 30)
	if sent := w.sent(); sent < 100_000 {
		t.Errorf("a pull read %d bytes", sent)
	}
	if c := w.hcsync("plan", "--detailed-exitcode"); c.CPU == 0 {
		t.Error("a plan that costs nothing")
	}
	if w.reading().CPU == 0 || w.part("convert 30").CPU == 0 {
		t.Error("a reference that costs nothing")
	}
}
