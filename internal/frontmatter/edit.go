package frontmatter

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// splice replaces the bytes from..to of the YAML.
type splice struct {
	from, to int
	text     string
}

// Order says where keys that are set for the first time go: after the last of
// the keys named before them that is there, else to the top. A key that is
// not named goes to the end.
func (d *Doc) Order(keys ...string) { d.order = keys }

// Set gives a key a text. It does nothing where Get already gives that text.
// Where the edit cannot be made (a text that is not UTF-8) the document is
// unchanged and the error, an [*Error], says why; so with every edit here.
func (d *Doc) Set(key, value string) error {
	if have, _, ok := d.Get(key); ok && have == value {
		return nil
	}
	took := func(d *Doc) bool {
		have, _, ok := d.Get(key)
		return ok && have == value
	}
	i := d.find(key)
	if i < 0 {
		return d.insert(key, " "+encode(value, 0, false), took)
	}
	text := encode(value, d.entries[i].value.Style, false)
	return d.apply(key, d.replace(d.entries[i], text), took)
}

// Fill gives many keys their texts, as Set would one after the other. Where no
// key is there yet it reads back once for all of them.
func (d *Doc) Fill(pairs [][2]string) error {
	if d.yaml == "" && d.Has() && !d.plain {
		if next := d.filled(pairs); next != nil {
			*d = *next
			return nil
		}
	}
	for _, p := range pairs {
		if err := d.Set(p[0], p[1]); err != nil {
			return err
		}
	}
	return nil
}

// filled gives empty front matter with keys in it, nil where it does not read
// back as wanted.
func (d *Doc) filled(pairs [][2]string) *Doc {
	rank := func(p [2]string) int {
		if i := slices.Index(d.order, p[0]); i >= 0 {
			return i
		}
		return len(d.order)
	}
	pairs = slices.Clone(pairs)
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return rank(a) - rank(b) })
	next := *d
	for _, p := range pairs {
		next.yaml += encode(p[0], 0, false) + ": " + encode(p[1], 0, false) + d.eol
	}
	if next.read() != nil || !utf8.ValidString(next.yaml) || len(next.entries) != len(pairs) {
		return nil
	}
	for i, p := range pairs {
		if have, _, ok := next.Get(p[0]); !ok || have != p[1] || next.entries[i].key != p[0] {
			return nil
		}
	}
	return &next
}

// SetList gives a key a list, in brackets unless it already stands on several
// lines. It does nothing where List already gives these values.
func (d *Doc) SetList(key string, values []string) error {
	took := func(d *Doc) bool {
		have, _, ok, err := d.List(key)
		return ok && err == nil && slices.Equal(have, values)
	}
	if took(d) {
		return nil
	}
	i := d.find(key)
	if i < 0 {
		return d.insert(key, " "+flowList(values), took)
	}
	if s := d.replaceItems(d.entries[i], values); s != nil {
		return d.apply(key, s, took)
	}
	return d.apply(key, d.replace(d.entries[i], flowList(values)), took)
}

// SetMap gives a key a mapping of texts, one a line, in place of what it held.
func (d *Doc) SetMap(key string, pairs [][2]string) error {
	var want []string
	b := strings.Builder{}
	for _, p := range pairs {
		want = append(want, p[0], p[1])
		b.WriteString(d.eol + d.margin() + "  " + encode(p[0], 0, false) + ": " + encode(p[1], 0, false))
	}
	if len(pairs) == 0 {
		b.WriteString(" {}")
	}
	took := func(d *Doc) bool {
		v, ok := d.Value(key)
		var have []string
		for _, f := range v.Fields {
			have = append(have, f.Key, f.Value.Text)
		}
		return ok && v.Kind == Mapping && slices.Equal(have, want)
	}
	if took(d) {
		return nil
	}
	without := *d
	if err := without.Delete(key); err != nil {
		return err
	}
	if err := without.insert(key, b.String(), took); err != nil {
		return err
	}
	*d = without
	return nil
}

// Delete removes a key with its value and the comment on its line.
func (d *Doc) Delete(key string) error {
	i := d.find(key)
	if i < 0 {
		return nil
	}
	e, src := d.entries[i], newSource(d.yaml)
	to := src.nextLine(e.to)
	if i > 0 && src.keepsBlankLines(d.entries[i-1]) && src.skipBlankLines(src.nextLine(d.entries[i-1].to)) == e.start {
		to = src.skipBlankLines(to)
	}
	return d.apply(key, []splice{{e.start, to, ""}}, func(d *Doc) bool { return d.find(key) < 0 })
}

// replace puts other text where a value stands. A value that begins on a line
// of its own is replaced beside its key, where no indentation matters.
// Comments stay in every case.
func (d *Doc) replace(e entry, text string) []splice {
	src := newSource(d.yaml)
	first := src.lineStart(e.from)
	switch {
	case e.from == e.to:
		return []splice{{e.colon, e.colon, " " + text}}
	case first != e.start:
		above := src.lineStop(src.lineStart(first - 1))
		return []splice{{e.colon, e.colon, " " + text}, {above, e.to, ""}}
	case e.headerStop > 0:
		stop := src.lineStop(e.headerStop)
		return []splice{{e.from, e.headerStop, text}, {stop, max(stop, e.to), ""}}
	}
	return []splice{{e.from, e.to, text}}
}

// replaceItems edits a list that stands on several lines: the items at both
// ends that stay the same keep their lines. It gives nil for any other value.
func (d *Doc) replaceItems(e entry, values []string) []splice {
	src := newSource(d.yaml)
	margin := d.yaml[src.lineStart(e.from):e.from]
	items := e.value.Content
	if e.value.Kind != yaml.SequenceNode || len(values) == 0 || len(items) == 0 || strings.Trim(margin, " ") != "" {
		return nil
	}
	starts := []int{src.lineStart(e.from)}
	for _, it := range items {
		starts = append(starts, src.nextLine(src.end(it)))
	}
	same := func(it *yaml.Node, v string) bool {
		return it.Kind == yaml.ScalarNode && it.ShortTag() != "!!null" && it.Value == v
	}
	from, to := 0, len(items)
	for from < to && from < len(values) && same(items[from], values[from]) {
		from++
	}
	rest := values[from:]
	for to > from && len(rest) > 0 && same(items[to-1], rest[len(rest)-1]) {
		to, rest = to-1, rest[:len(rest)-1]
	}
	var b strings.Builder
	for _, v := range rest {
		b.WriteString(margin + "- " + encode(v, 0, false) + d.eol)
	}
	return []splice{{starts[from], starts[to], src.onNewLine(starts[from], d.eol) + b.String()}}
}

func flowList(values []string) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = encode(v, 0, true)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// margin is the indentation of the keys.
func (d *Doc) margin() string {
	if len(d.entries) == 0 {
		return ""
	}
	return strings.Repeat(" ", d.entries[0].indent)
}

// insert adds a line for a new key; text follows the colon.
func (d *Doc) insert(key, text string, took func(*Doc) bool) error {
	next := *d
	if !d.Has() {
		next.open, next.close = "---"+d.eol, "---"+d.eol
		if first, _ := cutLine(d.body); strings.TrimSpace(first) != "" {
			next.body = d.eol + d.body
		}
	}
	at := d.place(key)
	line := newSource(d.yaml).onNewLine(at, d.eol) + d.margin() + encode(key, 0, false) + ":" + text + d.eol
	if err := next.apply(key, []splice{{at, at, line}}, took); err != nil {
		return err
	}
	*d = next
	return nil
}

// place gives the offset where a new key's line goes; see [Doc.Order].
func (d *Doc) place(key string) int {
	rank := slices.Index(d.order, key)
	if rank < 0 || len(d.entries) == 0 {
		return len(d.yaml)
	}
	src := newSource(d.yaml)
	for i := rank - 1; i >= 0; i-- {
		if j := d.find(d.order[i]); j >= 0 {
			return src.nextLine(d.entries[j].to)
		}
	}
	return src.aboveComments(d.entries[0].start)
}

// apply makes the splices, which stand in order, and takes the result only if
// it reads back as wanted, with every other key as it was.
func (d *Doc) apply(key string, splices []splice, took func(*Doc) bool) error {
	next := *d
	for _, s := range slices.Backward(splices) {
		next.yaml = next.yaml[:s.from] + s.text + next.yaml[s.to:]
	}
	if err := next.read(); err != nil {
		return fmt.Errorf("cannot set %s: %w", key, err)
	}
	if !utf8.ValidString(next.yaml) {
		return &Error{d.KeyLine(key), fmt.Sprintf("cannot set %s to a text that is not UTF-8", key)}
	}
	if !took(&next) || !sameElsewhere(d, &next, key) {
		return &Error{d.KeyLine(key), fmt.Sprintf("cannot set %s in YAML of this form: write it as a plain `%[1]s: value` line", key)}
	}
	*d = next
	return nil
}

func sameElsewhere(a, b *Doc, key string) bool {
	others := func(d *Doc) []entry {
		return slices.DeleteFunc(slices.Clone(d.entries), func(e entry) bool { return e.key == key })
	}
	return slices.EqualFunc(others(a), others(b), func(x, y entry) bool {
		return x.key == y.key && sameNode(x.value, y.value)
	})
}

func sameNode(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && a.ShortTag() == b.ShortTag() &&
		slices.EqualFunc(a.Content, b.Content, sameNode)
}
