package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// role makes a process of this test binary do one part; see [TestMain].
const role = "HCSYNC_BENCH_ROLE"

// TestMain lets the test binary be the server and the references too.
func TestMain(m *testing.M) {
	part, argument, _ := strings.Cut(os.Getenv(role), " ")
	n, _ := strconv.Atoi(argument)
	switch part {
	case "":
		os.Exit(m.Run())
	case "serve":
		serve(n)
	case "read":
		dir, url, _ := strings.Cut(argument, " ")
		report(func() error { return read(dir, url) })
	case "convert":
		bodies := workspace{n}.bodies()
		report(func() error { convert(bodies); return nil })
	}
}

// cost is what a process took.
type cost struct {
	CPU, Wall time.Duration
	// Memory is the most that was resident at a time, in bytes.
	Memory int64
}

// report measures a part of this process and prints its cost.
func report(part func() error) {
	start, before := time.Now(), used(syscall.RUSAGE_SELF)
	if err := part(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	after := used(syscall.RUSAGE_SELF)
	after.CPU -= before.CPU
	after.Wall = time.Since(start)
	json.NewEncoder(os.Stdout).Encode(after)
}

func used(who int) cost {
	var r syscall.Rusage
	if err := syscall.Getrusage(who, &r); err != nil {
		panic(err)
	}
	return ofRusage(&r)
}

func ofRusage(r *syscall.Rusage) cost {
	return cost{CPU: time.Duration(r.Utime.Nano() + r.Stime.Nano()), Memory: r.Maxrss << 10}
}

// world is a help center, its server, and a clone that has pulled it.
type world struct {
	testing.TB
	workspace
	binary, dir, url string
}

// newWorld pulls the help center and commits the files.
func newWorld(b testing.TB, articles int) *world {
	w := &world{TB: b, workspace: workspace{articles}, binary: build(b), url: start(b, articles)}
	w.fresh()
	w.hcsync("pull")
	w.commit()
	return w
}

// build makes the program.
func build(b testing.TB) string {
	name := filepath.Join(b.TempDir(), "hcsync")
	if out, err := exec.Command("go", "build", "-o", name, "../../cmd/hcsync").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return name
}

// start runs the server in a process of its own, until the test ends.
func start(b testing.TB, articles int) string {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=serve %d", role, articles))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(url)
}

// fresh begins again with an empty repository that is connected to the
// workspace, and shares it with a bare one beside it.
func (w *world) fresh() {
	root := w.TempDir()
	w.dir = filepath.Join(root, "docs")
	w.run(root, "git", "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
	w.run(root, "git", "init", "--quiet", "--initial-branch=main", w.dir)
	w.run(w.dir, "git", "remote", "add", "origin", filepath.Join(root, "origin.git"))
	w.hcsync("init", "--yes")
}

func (w *world) commit() {
	w.run(w.dir, "git", "add", "--all")
	w.run(w.dir, "git", "commit", "--quiet", "--message=pull")
	w.run(w.dir, "git", "push", "--quiet", "origin", "main")
}

// forget removes what earlier runs have left to make later ones faster.
func (w *world) forget() {
	if err := os.RemoveAll(filepath.Join(w.dir, ".git", "hcsync", "cache")); err != nil {
		w.Fatal(err)
	}
}

// hcsync runs the program and gives its cost, that of its git processes
// included.
func (w *world) hcsync(args ...string) cost { return w.run(w.dir, w.binary, args...) }

func (w *world) run(dir, name string, args ...string) cost {
	w.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "INTERCOM_API_URL="+w.url, "INTERCOM_ACCESS_TOKEN=not-a-secret",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=Bench", "GIT_AUTHOR_EMAIL=bench@acme.test", "GIT_COMMITTER_NAME=Bench", "GIT_COMMITTER_EMAIL=bench@acme.test")
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	c := ofRusage(cmd.ProcessState.SysUsage().(*syscall.Rusage))
	c.Wall = time.Since(start)
	return c
}

// part runs a reference as a process of its own.
func (w *world) part(what string) cost {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"="+what)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		w.Fatal(err)
	}
	var c cost
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&c); err != nil {
		w.Fatal(err)
	}
	return c
}

func (w *world) reading() cost { return w.part("read " + w.dir + " " + w.url) }

// sent gives the bytes that the server has sent since it was last asked.
func (w *world) sent() int64 {
	resp, err := http.Get(w.url + "/bench/sent")
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	n, _ := strconv.ParseInt(string(text), 10, 64)
	return n
}

// least keeps the smallest of each figure.
func (c *cost) least(d cost) {
	if c.CPU == 0 {
		*c = d
	}
	c.CPU, c.Wall, c.Memory = min(c.CPU, d.CPU), min(c.Wall, d.Wall), min(c.Memory, d.Memory)
}

func sizes(b *testing.B, run func(b *testing.B, articles int)) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { run(b, n) })
	}
}

// BenchmarkPlan measures a plan with nothing changed against the least that any
// plan has to do: warm, and cold, which is without what earlier runs have kept.
func BenchmarkPlan(b *testing.B) {
	sizes(b, func(b *testing.B, articles int) {
		w := newWorld(b, articles)
		time.Sleep(3 * time.Second) // what was changed a moment ago is read again, as nobody's files are day after day
		var plan, cold, reference cost
		for b.Loop() {
			reference.least(w.reading())
			w.forget()
			cold.least(w.hcsync("plan", "--detailed-exitcode"))
			w.sent()
			plan.least(w.hcsync("plan", "--detailed-exitcode"))
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(plan.CPU.Seconds()*1e6/float64(articles), "µs-CPU/article")
		b.ReportMetric(ratio(plan.CPU, reference.CPU), "x-reading")
		b.ReportMetric(ratio(cold.CPU, reference.CPU), "x-reading-cold")
		b.ReportMetric(float64(plan.Memory)/float64(w.sent()), "x-JSON-bytes")
	})
}

// BenchmarkPull measures a pull from nothing against the conversion alone.
func BenchmarkPull(b *testing.B) {
	sizes(b, func(b *testing.B, articles int) {
		w := &world{TB: b, workspace: workspace{articles}, binary: build(b), url: start(b, articles)}
		var pull, reference cost
		for b.Loop() {
			reference.least(w.part("convert " + strconv.Itoa(articles)))
			w.fresh()
			w.sent()
			pull.least(w.hcsync("pull"))
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(pull.CPU.Seconds()*1e6/float64(articles), "µs-CPU/article")
		b.ReportMetric(ratio(pull.CPU, reference.CPU), "x-conversion-CPU")
		b.ReportMetric(ratio(pull.Wall, reference.Wall), "x-conversion-time")
		b.ReportMetric(float64(pull.Memory)/float64(w.sent()), "x-JSON-bytes")
	})
}

// BenchmarkVersion measures what the program costs before it does anything.
func BenchmarkVersion(b *testing.B) {
	w := &world{TB: b, dir: b.TempDir(), binary: build(b)}
	var c cost
	for b.Loop() {
		c.least(w.hcsync("version"))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(c.CPU.Seconds()*1e3, "ms-CPU")
}

func ratio(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }
