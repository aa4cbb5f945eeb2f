package action

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hcsync/hcsync/internal/cli"
	"github.com/hcsync/hcsync/internal/resume"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"hcsync": standIn}) }

// These say of the program which machine it runs on, and how long runs wait for
// each other.
const (
	machineEnv = "HCSYNC_TEST_MACHINE"
	timesEnv   = "HCSYNC_TEST_TIMES"
)

// standIn is the program, told where it is and in what kind of time it lives.
func standIn() {
	times := resume.Usual()
	if err := json.Unmarshal([]byte(os.Getenv(timesEnv)), &times); err != nil {
		panic(timesEnv + ": " + err.Error())
	}
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	os.Exit(cli.Main(context.Background(), cli.Env{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Dir: dir, Machine: os.Getenv(machineEnv), Times: &times}))
}
