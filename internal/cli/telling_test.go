package cli_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/cli"
)

// A pull that a person watches: the line on standard error is there while it
// runs, and gone before its report, which stays JSON. Nobody who asked not to be
// told, and no terminal that cannot move its cursor, gets one.
func TestProgress(t *testing.T) {
	for name, c := range map[string]struct {
		term string
		args []string
		told bool
	}{
		"terminal": {"xterm", nil, true},
		"quiet":    {"xterm", []string{"--quiet"}, false},
		"dumb":     {"dumb", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, url := serve(t, []string{"latency=300ms", "max_per_page=2"})
			r := runner{t: t, dir: t.TempDir(), url: url}
			r.git("init", "--quiet", "--initial-branch=main")
			r.run(0, "init", "--yes")
			var out, told bytes.Buffer
			vars := map[string]string{"INTERCOM_API_URL": url, "INTERCOM_ACCESS_TOKEN": "not-a-secret", "TERM": c.term}
			code := cli.Main(t.Context(), cli.Env{
				Args: append([]string{"pull", "--json"}, c.args...), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &told, Dir: r.dir,
				Getenv: func(k string) string { return vars[k] }, OutTerminal: true, ErrWidth: func() int { return 80 },
			})
			if code != 0 || !json.Valid(out.Bytes()) {
				t.Fatalf("exit %d\n%s\n%s", code, out.String(), told.String())
			}
			if !c.told && told.Len() > 0 {
				t.Errorf("told: %q", told.String())
			}
			if c.told && (!strings.Contains(told.String(), "reading articles [") || !strings.Contains(told.String(), " of 4") || !strings.HasSuffix(told.String(), "\r\x1b[K")) {
				t.Errorf("told: %q", told.String())
			}
		})
	}
}
