package resume

import (
	"os"

	"github.com/hcsync/hcsync/internal/intent"
)

// Self names this process.
func Self() intent.Owner {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	born, _ := process(os.Getpid())
	return intent.Owner{Host: host, Boot: boot(), PID: os.Getpid(), Born: born}
}

// Verdict says whether the owner of an intent may still be at work.
type Verdict int

// The verdicts of [Judge].
const (
	// Elsewhere: the owner is, or was, on another machine, or this system does
	// not say. Only time tells.
	Elsewhere Verdict = iota
	// Over: the owner has ended.
	Over
	// Busy: the owner is running.
	Busy
)

// Judge looks for the owner of an intent, from the process self. With own set the
// state belongs to this checkout alone, so that the owner was here, under whatever
// name the host had then.
func Judge(in *intent.Intent, self intent.Owner, own bool) Verdict {
	elsewhere := in.Host != self.Host || in.Boot != self.Boot || in.Boot == ""
	switch {
	case in.Ended:
		return Over
	case elsewhere && !own:
		return Elsewhere
	case in.Boot != self.Boot, in.PID == self.PID:
		// The machine was started anew, or this process itself left it behind.
		return Over
	}
	born, running := process(in.PID)
	if running && (born == "" || in.Born == "" || born == in.Born) {
		return Busy
	}
	return Over
}
