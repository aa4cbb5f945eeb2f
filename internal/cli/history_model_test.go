package cli_test

import (
	"fmt"
	"slices"
	"strings"
)

// ledger is the reference model: which words may have gone from where, and why.
// It knows nothing of bases, merges and plans, only who has seen what.
type ledger struct {
	// overHere are words that somebody replaced or removed in a file in which
	// they stood, or gave up with --ours: Intercom may lose them to a push.
	overHere map[string]string
	// overThere are words that a teammate replaced or removed in Intercom, or
	// that were given up with --theirs: the files may lose them to a pull.
	overThere map[string]string
	// editedHere and editedThere are the fields that one side changed since both
	// said the same.
	editedHere, editedThere map[slot]bool
	// stateHere and movedHere are what the files may change in Intercom besides
	// texts, once for each time that somebody asked for it.
	stateHere map[slot]bool
	movedHere map[string]bool
	movedLive map[string]bool
	// known are the articles and languages that the files once had.
	known map[slot]bool
	// anew are languages of which somebody wrote a new file. It shares no past
	// with what Intercom says, so the two are in conflict.
	anew map[slot]bool
	// away are the words in the files of the branches that are not checked out.
	away map[string]map[string]bool
	all  map[string]bool
	// last is both sides after the last step, and so before the next one.
	last moment
	// during is what happened in Intercom while the last command ran.
	during *change
}

func newLedger() ledger {
	return ledger{overHere: map[string]string{}, overThere: map[string]string{}, editedHere: map[slot]bool{}, editedThere: map[slot]bool{},
		stateHere: map[slot]bool{}, movedHere: map[string]bool{}, movedLive: map[string]bool{}, known: map[slot]bool{}, anew: map[slot]bool{},
		away: map[string]map[string]bool{}, all: map[string]bool{}}
}

// pushed is why a word is no longer in Intercom after a push of what replaced
// it: another checkout, which still has it, may take that over. To bring it
// back in git is a new edit.
const pushed = "pushed over"

// moment is both sides at one time.
type moment struct{ here, live *side }

func (w *world) now() (moment, error) {
	here, err := w.here()
	if err != nil {
		return moment{}, err
	}
	live, err := w.live()
	return moment{here, live}, err
}

func (w *world) begin() error {
	m, err := w.now()
	if err == nil {
		w.learn(m)
	}
	return err
}

// learn takes note of what is there after a step.
func (w *world) learn(m moment) {
	w.last = m
	for k, text := range m.here.slots {
		w.known[slot{k.birth, k.locale, ""}] = true
		w.known[slot{k.birth, "", ""}] = true
		if there, ok := m.live.slots[k]; ok && sameWords(text, there) && !strings.Contains(m.here.slots[slot{k.birth, k.locale, "file"}], "<<<<<<<") {
			delete(w.editedHere, k)
			delete(w.editedThere, k)
		}
	}
	for word := range m.here.tokens {
		w.all[word] = true
	}
	for word := range m.live.tokens {
		w.all[word] = true
	}
}

func sameWords(a, b string) bool {
	return strings.Join(words(a), " ") == strings.Join(words(b), " ")
}

// byHand is somebody's work in the files or with git: what it takes out of them
// was seen and meant.
func (w *world) byHand(what string, work func() error) error {
	before := w.last
	if err := work(); err != nil {
		return err
	}
	after, err := w.now()
	if err != nil {
		return err
	}
	for word := range before.here.tokens {
		if !after.here.tokens[word] {
			w.overHere[word] = what
		}
	}
	for word := range after.here.tokens {
		if !before.here.tokens[word] {
			delete(w.overHere, word)
			if w.overThere[word] == pushed {
				delete(w.overThere, word)
			}
		}
	}
	w.noteEdits(before.here, after.here)
	w.learn(after)
	return nil
}

// noteEdits notes which fields differ, and which states and places.
func (w *world) noteEdits(before, after *side) {
	for k, text := range after.slots {
		if old, ok := before.slots[k]; !ok || old != text {
			w.editedHere[k] = true
			if k.field == "state" {
				w.stateHere[k] = true
			}
		}
	}
	for k := range before.slots {
		if _, ok := after.slots[k]; !ok {
			w.editedHere[k] = true
		}
	}
	for birth, place := range after.places {
		if before.places[birth] != place {
			w.movedHere[birth] = true
		}
	}
}

// byTeammate is work in Intercom.
func (w *world) byTeammate(what string, work func() error) error {
	before := w.last.live
	if err := work(); err != nil {
		return err
	}
	after, err := w.now()
	if err != nil {
		return err
	}
	w.noteThere(before, after.live, what)
	w.learn(after)
	return nil
}

// noteThere notes what a teammate changed.
func (w *world) noteThere(before, after *side, what string) {
	for word := range before.tokens {
		if !after.tokens[word] {
			w.overThere[word] = what
		}
	}
	for k, text := range after.slots {
		if before.slots[k] != text {
			w.editedThere[k] = true
		}
	}
	for birth, place := range after.places {
		if before.places[birth] != place {
			w.movedLive[birth] = true
		}
	}
}

// change is what a teammate did to the words while a command ran.
type change struct{ before, after map[string]bool }

// apply makes a moment before the command one after the teammate.
func (c *change) apply(s *side) {
	for word := range c.before {
		if !c.after[word] {
			delete(s.tokens, word)
		}
	}
	for word := range c.after {
		if !c.before[word] {
			s.tokens[word] = true
		}
	}
}

// checked runs one command and holds what it did against the ledger.
func (w *world) checked(run func() (int, string), args ...string) (int, string, error) {
	before := w.last
	w.giveUp(before, args)
	code, out := run()
	if w.during != nil {
		w.during.apply(before.live)
		w.during = nil
	}
	after, err := w.now()
	if err != nil {
		return code, out, err
	}
	c := check{w, before, after, args[0], strings.Join(args, " "), out, code}
	for _, law := range []func() error{c.liveWords, c.fileWords, c.arrived, c.twice, c.states, c.places, c.whole} {
		if err := law(); err != nil {
			return code, out, fmt.Errorf("%w\nby hcsync %s, exit %d:\n%s", err, c.line, code, out)
		}
	}
	w.learn(after)
	return code, out, nil
}

// giveUp notes what --ours and --theirs may drop: what the other side says in
// fields that both sides changed, or of what one side removed.
func (w *world) giveUp(m moment, args []string) {
	line := strings.Join(args, " ")
	if args[0] != "pull" {
		return
	}
	if strings.Contains(line, "--ours") {
		for k, text := range m.live.slots {
			_, there := m.here.slots[k]
			removed := !there && (w.known[slot{k.birth, k.locale, ""}] || w.known[slot{k.birth, "", ""}] && !slices.Contains(m.here.births, k.birth))
			if k.field != "pending" && (w.editedHere[k] || removed) {
				w.drop(w.overHere, text, m.here, "pull --ours")
			}
		}
	}
	if strings.Contains(line, "--theirs") {
		for k, text := range m.here.slots {
			_, there := m.live.slots[k]
			if k.field != "file" && (w.editedThere[k] || !there || w.anew[slot{k.birth, k.locale, ""}]) {
				w.drop(w.overThere, text, m.live, "pull --theirs")
			}
		}
	}
}

// drop gives up the words of a text that a side does not have.
func (w *world) drop(from map[string]string, text string, s *side, why string) {
	for _, word := range words(text) {
		if !s.tokens[word] {
			from[word] = why
		}
	}
}

// check is one command between two moments.
type check struct {
	*world
	before, after moment
	command, line string
	out           string
	code          int
}

// liveWords: Intercom loses a word only to a push from files in which somebody
// replaced it.
func (c check) liveWords() error {
	for _, word := range keysOf(c.before.live.tokens) {
		switch {
		case c.after.live.tokens[word]:
		case c.command != "push":
			return fmt.Errorf("lost: %s went from Intercom without a push", word)
		case c.after.here.tokens[word]:
			return fmt.Errorf("lost: %s went from Intercom, and the files have it", word)
		case c.overHere[word] == "":
			return fmt.Errorf("lost: %s was in Intercom and nobody has seen it in the files", word)
		default:
			c.overThere[word] = pushed
		}
	}
	for _, word := range keysOf(c.after.live.tokens) {
		if !c.before.live.tokens[word] {
			if !c.before.here.tokens[word] {
				return fmt.Errorf("risen: %s came to Intercom and is in no file", word)
			}
			delete(c.overThere, word)
		}
	}
	return nil
}

// fileWords: the files lose a word only to a pull, after a teammate replaced it.
func (c check) fileWords() error {
	for _, word := range keysOf(c.before.here.tokens) {
		switch {
		case c.after.here.tokens[word]:
		case c.command != "pull":
			return fmt.Errorf("lost: %s went from the files without a pull", word)
		case c.after.live.tokens[word]:
			return fmt.Errorf("lost: %s went from the files, and Intercom has it", word)
		case c.overThere[word] == "":
			return fmt.Errorf("lost: %s was in the files and nobody has seen it in Intercom", word)
		}
	}
	for _, word := range keysOf(c.after.here.tokens) {
		if !c.before.here.tokens[word] {
			delete(c.overHere, word)
		}
	}
	return nil
}

// arrived: a command that ends with 0 leaves nothing behind without a word. What
// the files say is in Intercom after a push, and the other way round after a
// pull, unless the other side has replaced it.
func (c check) arrived() error {
	if c.code != 0 {
		return nil
	}
	switch c.command {
	case "push":
		if strings.Contains(c.line, savedFile) {
			return nil // it owes only what was in the plan
		}
		for _, word := range keysOf(c.after.here.tokens) {
			if !c.after.live.tokens[word] && c.overThere[word] == "" && !c.left(word) {
				return fmt.Errorf("dropped: %s is in the files, and a push that ended well left it there", word)
			}
		}
	case "pull":
		apart := c.unmanaged(c.after)
		for _, word := range keysOf(c.after.live.tokens) {
			if !c.after.here.tokens[word] && c.overHere[word] == "" && !apart[word] {
				return fmt.Errorf("dropped: %s is in Intercom, and a pull that ended well left it there", word)
			}
		}
	}
	return nil
}

// left says that a push leaves a word alone: French, while there is none.
func (c check) left(word string) bool {
	if !c.frenchOff {
		return false
	}
	for k, text := range c.after.here.slots {
		if k.locale == "fr" && strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// twice: one object is one article and one file.
func (c check) twice() error {
	for where, list := range map[string][]string{"Intercom": c.after.live.births, "the files": c.after.here.births} {
		seen := map[string]bool{}
		for _, b := range list {
			if seen[b] {
				return fmt.Errorf("doubled: %s is in %s twice", b, where)
			}
			seen[b] = true
		}
	}
	return nil
}

// states: an article is published or unpublished only by a push that says so,
// after somebody wrote it in its file or removed that.
func (c check) states() error {
	for k, state := range c.after.live.slots {
		if k.field != "state" || state == "" {
			continue
		}
		old, was := c.before.live.slots[k]
		if old == state || !was && state != "published" {
			continue
		}
		_, inFiles := c.after.here.slots[k]
		pruned := !inFiles && state == "draft" && strings.Contains(c.line, "--prune")
		asked := (c.stateHere[k] || !was) && c.after.here.slots[k] == state || c.newbornIn(k, state)
		if c.command != "push" || !asked && !pruned || !strings.Contains(c.out, "publish") {
			return fmt.Errorf("state: %v went from %q to %q unasked", k, old, state)
		}
		delete(c.stateHere, k)
	}
	return nil
}

// newbornIn says that a new article has in this language what its file says in
// another: a workspace that hides its languages takes the text for its own.
func (c check) newbornIn(k slot, state string) bool {
	if slices.Contains(c.before.live.births, k.birth) {
		return false
	}
	for h, said := range c.after.here.slots {
		if h.birth == k.birth && h.field == k.field && said == state {
			return true
		}
	}
	return false
}

// places: an article moves in Intercom only after its file was moved, and the
// other way round.
func (c check) places() error {
	for birth, place := range c.after.live.places {
		if was, ok := c.before.live.places[birth]; ok && was != place && (c.command != "push" || !c.movedHere[birth]) {
			return fmt.Errorf("moved: %s went in Intercom from %s to %s unasked", birth, was, place)
		}
	}
	for birth, place := range c.after.here.places {
		if was, ok := c.before.here.places[birth]; ok && was != place && (c.command != "pull" || !c.movedLive[birth]) {
			return fmt.Errorf("moved: the file of %s went from %s to %s unasked", birth, was, place)
		}
	}
	return nil
}

func (c check) whole() error { return whole(c.before.here, c.after.here) }

// settled: what nobody replaced is on both sides, when both agree.
func (w *world) settled(m moment) error {
	apart := w.unmanaged(m)
	for _, word := range keysOf(w.all) {
		if w.overHere[word] != "" || w.overThere[word] != "" || apart[word] {
			continue
		}
		if !m.here.tokens[word] || !m.live.tokens[word] {
			return fmt.Errorf("lost: in the end %s is in the files: %t, in Intercom: %t", word, m.here.tokens[word], m.live.tokens[word])
		}
	}
	return nil
}

// unmanaged are Intercom's words that no pull brings: in drafts that nobody has
// published, and in descriptions that a new file does not name.
func (w *world) unmanaged(m moment) map[string]bool {
	apart := map[string]bool{}
	for k, text := range m.live.slots {
		if k.field == "pending" || k.field == "description" && w.anew[slot{k.birth, k.locale, ""}] {
			for _, word := range words(text) {
				apart[word] = true
			}
		}
	}
	return apart
}
