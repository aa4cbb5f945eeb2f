package action

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// script runs one of the scripts with these variables and gives what it wrote to
// $GITHUB_OUTPUT and to the log.
func script(t *testing.T, name string, env map[string]string) (outputs, log string, ok bool) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "output")
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", name)
	cmd.Env = []string{"GITHUB_OUTPUT=" + file, "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	raw, _ := os.ReadFile(file) // a script that fails may have written none
	return string(raw), string(out), err == nil
}

func TestChoose(t *testing.T) {
	here := thisVersion(t)
	major, _, _ := strings.Cut(here, ".")
	tests := []struct{ version, folder, want string }{
		{"", "v" + major, here},
		{"", "v" + here, here},
		{"", `D:\a\_actions\hcsync\hcsync\v` + major, here},
		{"", "v0.0.1", "source"}, // another's tag, or a release that this is not
		{"", "v" + major + "0", "source"},
		{"", "main", "source"},
		{"", "08c6903cd8c0fde910a37f88322edcfb5dd907a8", "source"},
		{"", "docs", "source"}, // uses: ./ in a checkout
		{"source", "v" + major, "source"},
		{"0.9.0", "main", "0.9.0"},
		{"v0.9.0", "main", "0.9.0"},
		{"1.0.0-rc.1+build5", "main", "1.0.0-rc.1+build5"},
		{"latest", "main", ""},
		{"../../evil/1.0.0", "main", ""},
		{"1.0.0 && rm", "main", ""},
		{"1.0.0\nversion=evil", "main", ""},
	}
	for _, tt := range tests {
		// A folder of the name, with the scripts in it.
		root := filepath.Join(t.TempDir(), tt.folder)
		if err := os.MkdirAll(filepath.Join(root, "action"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "action", "version"), []byte(here+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		outputs, log, ok := script(t, "choose.sh", map[string]string{"HCSYNC_VERSION": tt.version, "HCSYNC_ACTION": root})
		want := "version=" + tt.want + "\nsource=" + map[bool]string{true: "true", false: "false"}[tt.want == "source"] + "\n"
		if tt.want == "" {
			if ok || outputs != "" || !strings.Contains(log, "::error::version: not a release") {
				t.Errorf("%q in %s: taken: %q %q", tt.version, tt.folder, outputs, log)
			}
			continue
		}
		if !ok || outputs != want {
			t.Errorf("%q in %s: %q %q, want %q", tt.version, tt.folder, outputs, log, want)
		}
	}
}

func TestInstallRelease(t *testing.T) {
	dir := t.TempDir()
	for version, platform := range map[string]string{"1.0.0": "linux_amd64", "1.0.1": "darwin_arm64", "1.0.2": "windows_amd64", "1.0.3": "linux_amd64", "1.0.4": "linux_amd64", "1.0.5": "linux_amd64"} {
		program := "hcsync"
		if strings.HasPrefix(platform, "windows") {
			program = "hcsync.exe"
		}
		publish(t, dir, version, platform, program, "#!/bin/sh\necho release "+version+"\n")
	}
	spoil := func(version, file string, change func(string) string) {
		at := filepath.Join(dir, "v"+version, file)
		raw, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(change(string(raw))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	spoil("1.0.3", "hcsync_1.0.3_linux_amd64.tar.gz", func(s string) string { return s + "x" })
	spoil("1.0.4", "checksums.txt", func(s string) string { return strings.ReplaceAll(s, "linux", "plan9") })
	spoil("1.0.5", "checksums.txt", func(s string) string { return "" })
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	tests := []struct{ version, os, arch, want string }{
		{"1.0.0", "Linux", "X64", ""},
		{"1.0.1", "macOS", "ARM64", ""},
		{"1.0.2", "Windows", "X64", ""},
		{"1.0.2", "Windows", "ARM64", ""},
		{"1.0.3", "Linux", "X64", "is not what checksums.txt of release 1.0.3 says; nothing was run"},
		{"1.0.4", "Linux", "X64", "is not what checksums.txt"},
		{"1.0.5", "Linux", "X64", "is not what checksums.txt"},
		{"1.0.1", "Linux", "X64", "cannot be downloaded; is 1.0.1 a release?"},
		{"9.9.9", "Linux", "X64", "cannot be downloaded; is 9.9.9 a release?"},
		{"1.0.0", "Linux", "ARM", "there is no release for ARM; use version: source"},
		{"1.0.0", "Plan9", "X64", "there is no release for Plan9; use version: source"},
	}
	for _, tt := range tests {
		temp := t.TempDir()
		outputs, log, ok := script(t, "install.sh", map[string]string{"HCSYNC_VERSION": tt.version, "HCSYNC_RELEASES": server.URL, "RUNNER_OS": tt.os, "RUNNER_ARCH": tt.arch, "RUNNER_TEMP": temp})
		if tt.want != "" {
			if ok || outputs != "" || !strings.Contains(log, "::error::") || !strings.Contains(log, tt.want) {
				t.Errorf("%+v: %t %q %q", tt, ok, outputs, log)
			}
			continue
		}
		program, found := strings.CutPrefix(strings.TrimSpace(outputs), "hcsync=")
		if !ok || !found {
			t.Errorf("%+v: %q %q", tt, outputs, log)
			continue
		}
		if out, err := exec.CommandContext(t.Context(), program).Output(); err != nil || string(out) != "release "+tt.version+"\n" {
			t.Errorf("%+v: %s says %q, %v", tt, program, out, err)
		}
	}
}

// TestReleasesCannotBeMoved holds that no variable of a job says where releases
// come from: the step has the address itself.
func TestReleasesCannotBeMoved(t *testing.T) {
	for _, s := range readMetadata(t).Runs.Steps {
		if s.ID == "install" && s.Env["HCSYNC_RELEASES"] == "https://github.com/hcsync/hcsync/releases/download" {
			return
		}
	}
	t.Error("action.yml does not say where releases come from")
}

// TestScripts has bash read the scripts, and looks for what the old bash of
// macOS trips over: arrays that may be empty.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("*.sh")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if out, err := exec.CommandContext(t.Context(), "bash", "-n", file).CombinedOutput(); err != nil {
			t.Errorf("%s", out)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(raw); strings.Contains(text, "[@]}") || !strings.Contains(text, "set -") {
			t.Errorf("%s: has an array, or goes on after errors", file)
		}
	}
}
