package cli_test

import (
	"maps"
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
	edited
	// others is that of the other checkouts, by branch or folder.
	others map[string]edited
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
	// away are the files of the branches that are not checked out.
	away map[string]*side
	all  map[string]bool
	// last is both sides after the last step, and so before the next one.
	last moment
	// during is what happened in Intercom while the last command ran.
	during *change
}

// edited are the fields that one side changed since a command last saw both say
// the same, as one checkout knows them. That both came to say the same by
// themselves, or that a push sent it before it was stopped, is not known to it.
type edited struct{ editedHere, editedThere map[slot]bool }

func newLedger() ledger {
	return ledger{overHere: map[string]string{}, overThere: map[string]string{}, edited: edited{map[slot]bool{}, map[slot]bool{}}, others: map[string]edited{},
		stateHere: map[slot]bool{}, movedHere: map[string]bool{}, movedLive: map[string]bool{}, known: map[slot]bool{}, anew: map[slot]bool{},
		away: map[string]*side{}, all: map[string]bool{}}
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
	for k := range m.here.slots {
		w.known[slot{k.birth, k.locale, ""}] = true
		w.known[slot{k.birth, "", ""}] = true
	}
	for word := range m.here.tokens {
		w.all[word] = true
	}
	for word := range m.live.tokens {
		w.all[word] = true
	}
}

// agree takes note of what both sides say after a command that saw both.
func (w *world) agree(m moment) {
	for k, text := range m.here.slots {
		if there, ok := m.live.slots[k]; ok && sameWords(text, there) && !strings.Contains(m.here.slots[slot{k.birth, k.locale, "file"}], "<<<<<<<") {
			delete(w.editedHere, k)
			delete(w.editedThere, k)
		}
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

// turn takes up what was edited in another checkout; a new one begins as this one is.
func (w *world) turn(from, to string) {
	w.others[from] = w.edited
	if other, known := w.others[to]; known {
		w.edited = other
	} else {
		w.edited = edited{maps.Clone(w.editedHere), maps.Clone(w.editedThere)}
	}
	delete(w.others, to)
}

// editThere notes fields that changed in Intercom, for every checkout.
func (w *world) editThere(before, after *side) {
	for k, text := range after.slots {
		if before.slots[k] == text {
			continue
		}
		w.editedThere[k] = true
		for _, other := range w.others {
			other.editedThere[k] = true
		}
	}
}

// noteThere notes what a teammate changed.
func (w *world) noteThere(before, after *side, what string) {
	for word := range before.tokens {
		if !after.tokens[word] {
			w.overThere[word] = what
		}
	}
	w.editThere(before, after)
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
