package history

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hcsync/hcsync/internal/state"
)

// Log is what naming a commit needs of a state's history.
type Log interface {
	Len() int
	Commit(seq int) state.Commit
	Find(prefix string) (seq int, ok bool)
	Short(seq int) string
}

var commitName = regexp.MustCompile(`^([0-9A-Fa-f]{4,64})(\^+|~[0-9]{1,6})?$`)

// Resolve gives the state commit that a user names: by its hash, at least four
// digits of it, with ^ for what was before it, and ~2 for the second commit
// before it. A long push makes several commits, and ^ of any is what was before
// that push. Or by a time, which stands for the newest commit up to then. A day alone means its
// end, in the given time zone.
func Resolve(h Log, name string, zone *time.Location) (int, error) {
	if h.Len() == 0 {
		return 0, fmt.Errorf("%s: there is no state yet; `hcsync pull` makes it", name)
	}
	if until, ok := moment(name, zone); ok {
		return before(h, name, until)
	}
	m := commitName.FindStringSubmatch(name)
	if m == nil {
		return 0, fmt.Errorf("%s: neither a state commit nor a date\nname a commit of `hcsync log`, such as 3f2a91c0 or 3f2a91c0^ for the one before it, or a date such as 2026-05-31 or 2026-05-31T14:00", name)
	}
	seq, ok := h.Find(m[1])
	if !ok {
		return 0, unknown(h, m[1])
	}
	at := seq
	for range strings.Count(m[2], "^") {
		at = previous(h, at)
	}
	if digits, ok := strings.CutPrefix(m[2], "~"); ok {
		back, _ := strconv.Atoi(digits) // at most six digits
		at -= back
	}
	if at < 0 {
		return 0, fmt.Errorf("%s: the state begins with commit %s, and that is not so far back", name, h.Short(0))
	}
	return at, nil
}

// previous gives the commit before one, before all of its push where it is part
// of one; -1 where there is none.
func previous(h Log, seq int) int {
	if seq < 0 {
		return seq
	}
	c := h.Commit(seq)
	seq--
	for c.Action == state.Push && seq >= 0 && h.Commit(seq).Action == state.Push && h.Commit(seq).Main == c.Main {
		seq--
	}
	return seq
}

// unknown explains a hash that is no state commit; it may be one of the docs.
func unknown(h Log, hash string) error {
	for seq := h.Len() - 1; seq >= 0; seq-- {
		if c := h.Commit(seq); c.Main != "" && strings.HasPrefix(c.Main, strings.ToLower(hash)) {
			return fmt.Errorf("%s: is a commit of the docs, not of the state\nits push is %s in the state, and %[2]s^ is what was live before", hash, h.Short(seq))
		}
	}
	return fmt.Errorf("%s: no such commit in the state\n`hcsync log` lists the commits of an article", hash)
}

func moment(name string, zone *time.Location) (time.Time, bool) {
	if day, err := time.ParseInLocation(time.DateOnly, name, zone); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), true
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateTime, time.RFC3339} {
		if t, err := time.ParseInLocation(layout, name, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func before(h Log, name string, until time.Time) (int, error) {
	for seq := h.Len() - 1; seq >= 0; seq-- {
		if !h.Commit(seq).Time.After(until) {
			return seq, nil
		}
	}
	return 0, fmt.Errorf("%s: the state begins later, on %s", name, h.Commit(0).Time.In(until.Location()).Format(time.DateTime))
}
