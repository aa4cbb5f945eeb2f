package action

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestRelease makes the release of this platform in a copy of the repository
// that has its tag, as release.yml does, and installs it as the action does.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	repo := copyRepository(t)
	version := thisVersion(t)
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"}, {"-c", "user.name=a", "-c", "user.email=a@acme.test", "commit", "--quiet", "--message", "release"}, {"tag", "v" + version}} {
		run(t, repo, "git", args...)
	}
	dist := filepath.Join(t.TempDir(), "v"+version)
	run(t, repo, "action/release.sh", version, dist, runtime.GOOS+"_"+runtime.GOARCH)
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(dist))))
	defer server.Close()
	host := map[string]string{"linux": "Linux", "darwin": "macOS", "amd64": "X64", "arm64": "ARM64"}
	outputs, log, ok := script(t, "install.sh", map[string]string{"HCSYNC_VERSION": version, "HCSYNC_RELEASES": server.URL,
		"RUNNER_OS": host[runtime.GOOS], "RUNNER_ARCH": host[runtime.GOARCH], "RUNNER_TEMP": t.TempDir()})
	if !ok {
		t.Fatal(log)
	}
	program := strings.TrimSpace(strings.TrimPrefix(outputs, "hcsync="))
	want := "hcsync v" + version + " " + runtime.GOOS + "/" + runtime.GOARCH + " "
	if got := run(t, repo, program, "version"); !strings.HasPrefix(got, want) {
		t.Errorf("it says %q, want %q", got, want)
	}
	if out, err := exec.CommandContext(t.Context(), filepath.Join(repo, "action/release.sh"), "0.0.1", dist).CombinedOutput(); err == nil || !strings.Contains(string(out), "change it in the commit that is tagged") {
		t.Errorf("another version is released: %s", out)
	}
}

// TestInstallSource builds the action's own checkout.
func TestInstallSource(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	outputs, log, ok := script(t, "install.sh", map[string]string{"HCSYNC_VERSION": "source", "HCSYNC_ACTION": "..", "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "RUNNER_TEMP": t.TempDir()})
	if !ok {
		t.Fatal(log)
	}
	if got := run(t, ".", strings.TrimSpace(strings.TrimPrefix(outputs, "hcsync=")), "version"); !strings.HasPrefix(got, "hcsync ") {
		t.Errorf("it says %q", got)
	}
}

// copyRepository copies the files that git knows or would know.
func copyRepository(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Skip("not in a git repository: nothing says which files are part of it")
	}
	to := t.TempDir()
	for file := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		info, err := os.Lstat(filepath.Join("..", file))
		if err != nil || !info.Mode().IsRegular() {
			continue // removed and not committed, or a link
		}
		raw, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, file), raw, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
