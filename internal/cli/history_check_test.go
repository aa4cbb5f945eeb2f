package cli_test

import (
	"fmt"
	"slices"
	"strings"
)

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
	if slices.Contains(args, "--take-draft") {
		for k, text := range after.here.slots { // what a draft brings is an edit here
			w.editedHere[k] = w.editedHere[k] || before.here.slots[k] != text
		}
	}
	w.editThere(before.live, after.live) // as the others see a push; for this one it ends in what follows
	if code == 0 && (args[0] == "pull" || args[0] == "push" && !slices.Contains(args, savedFile)) {
		w.agree(after)
	}
	w.learn(after)
	return code, out, nil
}

// giveUp notes what the flags of a command may drop.
func (w *world) giveUp(m moment, args []string) {
	has := func(flag string) bool { return slices.Contains(args, flag) }
	drafts := has("--take-draft")
	switch {
	case has("--override-drafts"):
		w.overrideDrafts(m)
	case args[0] != "pull":
		return
	case drafts:
		w.takeDrafts(m, has("--theirs"))
	}
	if has("--ours") {
		w.giveUpTheirs(m, drafts)
	}
	if has("--theirs") {
		w.giveUpOurs(m)
	}
}

// giveUpTheirs: with --ours a pull may leave what Intercom says in fields that
// both sides changed, or of what was removed here; so it may what drafts say.
func (w *world) giveUpTheirs(m moment, drafts bool) {
	for k, text := range m.live.slots {
		_, there := m.here.slots[k]
		removed := !there && (w.known[slot{k.birth, k.locale, ""}] || w.known[slot{k.birth, "", ""}] && !slices.Contains(m.here.births, k.birth))
		if k.field == "pending" && drafts || k.field != "pending" && (w.editedHere[k] || removed) {
			w.drop(w.overHere, text, m.here, "pull --ours")
		}
	}
}

// giveUpOurs: the same the other way round.
func (w *world) giveUpOurs(m moment) {
	for k, text := range m.here.slots {
		_, there := m.live.slots[k]
		if k.field != "file" && (w.editedThere[k] || !there || w.anew[slot{k.birth, k.locale, ""}]) {
			w.drop(w.overThere, text, m.live, "pull --theirs")
		}
	}
}

// draftTaken is why the files may lose a word that Intercom still has: a draft
// that has not got it came home.
const draftTaken = "draft taken"

// takeDrafts: what a draft leaves out of the live text goes from the file; with
// --theirs so does what was written here in the meantime.
func (w *world) takeDrafts(m moment, theirs bool) {
	for k, draft := range m.live.slots {
		if k.field != "pending" || len(words(draft)) == 0 {
			continue
		}
		for _, field := range []string{"title", "description", "body"} {
			at := slot{k.birth, k.locale, field}
			for _, word := range words(m.live.slots[at]) {
				if !slices.Contains(words(draft), word) {
					w.overHere[word] = draftTaken
				}
			}
			if theirs {
				w.drop(w.overThere, m.here.slots[at], m.live, "pull --theirs")
			}
		}
	}
}

// overrideDrafts: a push may end a draft of what was edited here.
func (w *world) overrideDrafts(m moment) {
	for k, draft := range m.live.slots {
		for _, field := range []string{"title", "description", "body", "state"} {
			at := slot{k.birth, k.locale, field}
			if k.field == "pending" && (w.editedHere[at] || w.stateHere[at]) {
				w.drop(w.overHere, draft, m.here, "push --override-drafts")
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
		case c.overHere[word] == draftTaken:
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
		if strings.Contains(c.out, "Behind: this checkout is older") {
			return nil // it waits for what another one has pushed, and says so
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
		} else if ok && was != place {
			c.movedLive[birth] = true // for another checkout
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
