package github

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// Guard is a writer for a step's log: a line that the runner would take for a
// workflow command reaches it with a character in front that has no width. The
// runner looks for "::" at the start of a line, after spaces, and for "##["
// anywhere in it.
//
// A line is written when it ends, so Close must be called for the last one.
func Guard(w io.Writer) io.WriteCloser { return &guard{w: w} }

type guard struct {
	mu   sync.Mutex
	w    io.Writer
	line []byte
}

func (g *guard) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.line = append(g.line, p...)
	end := bytes.LastIndexAny(g.line, "\r\n")
	if end < 0 {
		return len(p), nil
	}
	done := g.line[:end+1]
	_, err := io.WriteString(g.w, harmless(string(done)))
	g.line = append([]byte(nil), g.line[end+1:]...)
	return len(p), err
}

// Close writes what has no end of line yet.
func (g *guard) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	rest := g.line
	g.line = nil
	if len(rest) == 0 {
		return nil
	}
	_, err := io.WriteString(g.w, harmless(string(rest)))
	return err
}

func harmless(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		n := strings.IndexAny(text, "\r\n") + 1
		if n == 0 {
			n = len(text)
		}
		b.WriteString(harmlessLine(text[:n]))
		text = text[n:]
	}
	return b.String()
}

func harmlessLine(line string) string {
	line = strings.ReplaceAll(line, "##[", "##"+gap+"[")
	trimmed := strings.TrimSpace(strings.TrimLeft(line, "\ufeff"))
	if !strings.HasPrefix(trimmed, "::") {
		return line
	}
	return strings.Replace(line, "::", gap+"::", 1)
}
