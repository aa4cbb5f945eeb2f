package markup

import (
	"bytes"
	"slices"
	"strings"
)

// Verdict says what became of a body that was sent and whose answer was lost.
type Verdict int

// The verdicts of [Landed].
const (
	// Unknown: what is live follows from neither body.
	Unknown Verdict = iota
	// AsRead: what was read is still live.
	AsRead
	// AsSent: what was sent is live, up to what the server makes of it.
	AsSent
	// SentThenEdited: every block that the write changed is as sent, and other
	// blocks differ.
	SentThenEdited
	// EditedNotLanded: every block that the write was to change is as read, and
	// other blocks differ.
	EditedNotLanded
)

func (v Verdict) String() string {
	return [...]string{"unknown", "as-read", "as-sent", "sent-then-edited", "edited-not-landed"}[v]
}

// Landed holds a live body against the one that was read before a write ("" for
// none) and the one that the write sent. A body is written whole or not at all,
// so a few blocks tell what became of it, even where somebody has edited others
// since.
//
// stored is the body as the server must have had it right after the write, with
// the server's own image addresses and ids as far as they can be seen. It is
// empty unless the verdict is AsSent or SentThenEdited.
func Landed(read, sent, live string) (v Verdict, stored string) {
	expected := Predict(sent).HTML
	switch {
	case Equal(live, sent), Equal(live, expected):
		return AsSent, live
	case Equal(live, read):
		return AsRead, ""
	}
	before, ok := blocksOf(read)
	after, ok2 := blocksOf(expected)
	now, ok3 := blocksOf(live)
	if !ok || !ok2 || !ok3 {
		return Unknown, ""
	}
	l := landing{before: names(before)}
	l.after = unless(tally(l.before), after, fetched)
	l.now = unless(tally(slices.Concat(l.before, l.after)), now, func(*part) bool { return true })
	if slices.Equal(l.after, l.now) {
		return AsSent, live
	}
	if v = l.judge(); v == SentThenEdited {
		stored = l.stored(after, now)
	}
	return v, stored
}

// landing holds the blocks of three bodies by name. Equal blocks have equal
// names; a block with an image that the server fetches has a name in which no
// image has an address, because it gets a new one.
type landing struct{ before, after, now []string }

func names(parts []part) []string {
	out := make([]string, len(parts))
	for i := range parts {
		out[i] = parts[i].key
	}
	return out
}

// unless names parts by their canonical form, but those that mask holds for
// without the addresses of their images, unless the whole form is known.
func unless(known map[string]int, parts []part, mask func(*part) bool) []string {
	out := names(parts)
	for i, name := range out {
		if known[name] == 0 && mask(&parts[i]) {
			out[i] = masked(&parts[i])
		}
	}
	return out
}

// fetched reports whether the server takes an image of the block to its own
// hosts.
func fetched(p *part) bool {
	if !strings.Contains(p.key, "<img") {
		return false
	}
	root, ok := parse(p.html)
	if !ok {
		return false
	}
	for _, image := range collect(root).images {
		if src, _ := attr(image, "src"); !isFileHost(src) {
			return true
		}
	}
	return false
}

// masked is the canonical form of a block without the addresses of its images.
func masked(p *part) string {
	if !strings.Contains(p.key, "<img") {
		return p.key
	}
	root, ok := parse(p.html)
	if !ok {
		return p.key
	}
	for _, image := range collect(root).images {
		for i := range image.Attr {
			if image.Attr[i].Key == "src" {
				image.Attr[i].Val = "*"
			}
		}
	}
	var b bytes.Buffer
	if !canonicalForm.writeChildren(&b, root) {
		return p.key
	}
	return b.String()
}

// judge counts the blocks that the write made more or fewer of. Blank
// paragraphs come and go with other edits, so they count only where nothing
// else does. A write that merely reordered blocks leaves nothing to count.
func (l *landing) judge() Verdict {
	before, after, now := tally(l.before), tally(l.after), tally(l.now)
	var telling, blank []string
	for _, name := range slices.Sorted(slices.Values(slices.Concat(l.before, l.after))) {
		switch {
		case before[name] == after[name]:
		case name == "<p></p>":
			blank = append(blank, name)
		default:
			telling = append(telling, name)
		}
	}
	if telling == nil {
		telling = blank
	}
	sent, read := len(telling) > 0, len(telling) > 0
	for _, name := range telling {
		sent = sent && now[name] == after[name]
		read = read && now[name] == before[name]
	}
	switch {
	case sent:
		return SentThenEdited
	case read:
		return EditedNotLanded
	}
	return Unknown
}

func tally(names []string) map[string]int {
	n := make(map[string]int, len(names))
	for _, name := range names {
		n[name]++
	}
	return n
}

// stored puts the body that was sent together again, each block as the live
// body has it where it still does.
func (l *landing) stored(after, now []part) string {
	held := map[string]string{}
	for j, name := range l.now {
		held[name] = now[j].html
	}
	var out strings.Builder
	for i, name := range l.after {
		block, ok := held[name]
		if !ok {
			block = after[i].html
		}
		out.WriteString(block)
	}
	return out.String()
}
