// Package frontmatter reads and edits the YAML block at the top of a Markdown
// file, and plain YAML files, without losing a byte of what the writer typed.
//
// YAML libraries rewrite what they print: they drop blank lines, fold long
// text again and change quotes. So yaml.v3 only reads here. It tells where
// each value stands, and an edit replaces the bytes of that value alone; keys
// that hcsync does not know, comments, order, quotes, line ends and a byte
// order mark stay as they are. Every edit is read back before it is taken.
//
// The laws, each of them a fuzz test:
//
//   - Parse(b).Bytes() is b, for every b that parses.
//   - after Set(k, v), Get(k) is v, whatever v is.
//   - Set(k, v) with the value that is there changes nothing, and otherwise
//     changes no line but those of k.
//
// # Values
//
// A scalar is its text: `id: 123` reads "123", `title: no` reads "no", and no
// number, date or bool of YAML is ever made of it. The one exception is null:
// `title:`, `~` and `null` read as the empty string, like `title: ""`. Quotes
// make a text of the word: `title: "null"` reads "null".
//
// Anchors, aliases, keys in `? ` form and a mapping in braces as the whole are
// refused: nobody needs them here, and they cannot be edited line by line.
//
// # Blank lines
//
// The body is what follows the closing fence less the blank lines at both of
// its ends, with LF line ends. [Doc.SetBody] keeps the blank lines that the
// file has there; where there was no body it puts one blank line after the
// fence and one line end after the body.
package frontmatter

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// MaxSize is the most that a block of front matter, or a plain YAML file, may
// have, in bytes.
const MaxSize = 64 << 10

// Error is what is wrong with a file, and where. Line counts from 1 in the
// whole file; 0 means no single line.
type Error struct {
	Line    int
	Message string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Message)
}

// Doc is a file: front matter and Markdown, or YAML alone.
type Doc struct {
	bom         string
	open, close string // the fences with their line ends; empty without front matter
	yaml        string
	body        string // as it is in the file
	eol         string
	plain       bool // a YAML file, without fences and body
	order       []string
	entries     []entry
	src         source // of the YAML that the entries were read from
}

// entry is one key of the mapping, with the offsets of its parts in Doc.yaml.
type entry struct {
	key        string
	start      int // of the line that holds the key
	colon      int // just after the colon
	value      *yaml.Node
	from, to   int // of the value
	headerStop int // of a block scalar: just after its indicator; else 0
	indent     int
}

// New gives a document with empty front matter and no body. Keys that are set
// stand in the given order; see [Doc.Order].
func New(keys ...string) *Doc {
	return &Doc{open: "---\n", close: "---\n", eol: "\n", order: keys}
}

// Parse reads a Markdown file. A file that does not begin with a line `---`
// has no front matter and is all body. An error is an [*Error].
func Parse(data []byte) (*Doc, error) {
	text, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	d := split(text)
	if d.open != "" && d.close == "" {
		return nil, unclosed(d.body)
	}
	if len(d.yaml) > MaxSize {
		return nil, tooLarge()
	}
	return d, d.read()
}

// ParseYAML reads a file that is YAML as a whole.
func ParseYAML(data []byte) (*Doc, error) {
	if len(data) > MaxSize {
		return nil, &Error{Message: fmt.Sprintf("larger than %d KB", MaxSize>>10)}
	}
	text, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	d := &Doc{plain: true, yaml: strings.TrimPrefix(text, bom), eol: lineEnd(text)}
	d.bom = text[:len(text)-len(d.yaml)]
	return d, d.read()
}

// Bytes gives the file.
func (d *Doc) Bytes() []byte {
	return []byte(d.bom + d.open + d.yaml + d.close + d.body)
}

// Has says whether the file has front matter at all, be it empty.
func (d *Doc) Has() bool { return d.plain || d.open != "" }

// Keys lists the keys in the order of the file.
func (d *Doc) Keys() []string {
	keys := make([]string, len(d.entries))
	for i, e := range d.entries {
		keys[i] = e.key
	}
	return keys
}

// Get gives the text of a key's scalar and the line where it stands. ok is
// false where the key is absent or holds a list or a mapping.
func (d *Doc) Get(key string) (value string, line int, ok bool) {
	v, ok := d.Value(key)
	if !ok || v.Kind != Scalar {
		return "", 0, false
	}
	return v.Text, v.Line, true
}

// List gives the scalars of a key's list with their lines; one scalar is a
// list of one, and null an empty one. ok says whether the key is there; the
// error is an [*Error] for anything else than scalars.
func (d *Doc) List(key string) (values []string, lines []int, ok bool, err error) {
	v, ok := d.Value(key)
	if !ok {
		return nil, nil, false, nil
	}
	items, err := v.list(key)
	for _, it := range items {
		values, lines = append(values, it.Text), append(lines, it.Line)
	}
	return values, lines, true, err
}

// KeyLine gives the line of a key, 0 where it is absent.
func (d *Doc) KeyLine(key string) int {
	if i := d.find(key); i >= 0 {
		return d.lineAt(d.entries[i].start)
	}
	return 0
}

func (d *Doc) find(key string) int {
	return slices.IndexFunc(d.entries, func(e entry) bool { return e.key == key })
}

// lineAt turns an offset in the YAML into a line of the file.
func (d *Doc) lineAt(offset int) int {
	return 1 + strings.Count(d.open, "\n") + strings.Count(d.yaml[:offset], "\n")
}
