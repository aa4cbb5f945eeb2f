// Package intent describes what a push is about to send, so that a later run
// can tell what became of it (design.md section 6).
//
// A push writes its [Intent] into the state before its first call and takes it
// out with its last commit. One that is found later belongs to a run that is
// still busy, or to one that was cut off: by a signal, a power failure, a lost
// connection. [Settle] then holds every value that was to be sent against what
// is live, and says what has landed. All here are values and pure functions;
// who may settle whose intent, and when, is decided by package resume.
package intent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// File is where the state keeps the intent.
const File = "intent.json"

// maxSize bounds an encoded intent in bytes; the state reads no larger file.
const maxSize = 48 << 20

// Intent is one run's permission to write.
type Intent struct {
	// Run is a name that no other run has.
	Run string `json:"run"`
	// Owner is who runs.
	Owner
	// Start is when it began, in Unix seconds by the owner's clock.
	Start int64 `json:"start"`
	// Main is the commit of the docs repository that is pushed.
	Main string `json:"main"`
	// Beat counts renewals.
	Beat int `json:"beat"`
	// Ended says that the owner has stopped and knows not how some calls ended:
	// nobody need wait for it.
	Ended bool `json:"ended,omitempty"`
	// Changes are what is not recorded so far, collections before what is in
	// them.
	Changes []Change `json:"changes"`
}

// Owner names a process.
type Owner struct {
	Host string `json:"host"`
	// Boot tells apart the times that a host was started; empty where the
	// system does not say.
	Boot string `json:"boot,omitempty"`
	PID  int    `json:"pid"`
	// Born tells apart processes that got the same number one after the other.
	Born string `json:"born,omitempty"`
}

// Change is one object that is about to be written.
type Change struct {
	Kind model.Kind `json:"kind"`
	// ID is empty for an object that is still to be created.
	ID string `json:"id,omitempty"`
	// Primary is the id that the files name, in a second workspace.
	Primary string `json:"primary,omitempty"`
	// Path is the file or folder, relative to the content folder.
	Path    string       `json:"path"`
	Title   string       `json:"title"`
	Op      diff.Op      `json:"op"`
	Default model.Locale `json:"default"`
	// HelpCenter is where a new collection goes.
	HelpCenter string `json:"help_center,omitempty"`
	// Move is nil where the parents stay.
	Move *Move `json:"move,omitempty"`
	// LocalParents and RemoteParents are those of the agreement that the plan
	// was made from.
	LocalParents  []string `json:"local_parents,omitempty"`
	RemoteParents []string `json:"remote_parents,omitempty"`
	Locales       []Locale `json:"locales"`
}

// Move is a change of parents. A folder without an id becomes a collection in
// the same run.
type Move struct {
	From []model.Ref `json:"from"`
	To   []model.Ref `json:"to"`
	// Home are the folders that the files put the object into.
	Home []model.Ref `json:"home"`
}

// Locale is what is about to be written in one locale.
type Locale struct {
	Locale model.Locale `json:"locale"`
	// Removed says that the files no longer have it: it is unpublished.
	Removed bool `json:"removed,omitempty"`
	// Base is the agreement that the plan was made from, nil where it is the
	// one at the tip of the state.
	Base   map[model.Field]Value `json:"base,omitzero"`
	Fields []Field               `json:"fields"`
}

// Value is a [model.Agreed].
type Value struct {
	Managed bool   `json:"managed,omitempty"`
	Local   string `json:"local,omitempty"`
	Remote  string `json:"remote"`
}

// Field is one value.
type Field struct {
	Field model.Field `json:"field"`
	// Managed and Local are what the file says: Markdown for a body.
	Managed bool   `json:"managed,omitempty"`
	Local   string `json:"local,omitempty"`
	// Send is the value for the API: HTML for a body.
	Send string `json:"send"`
	// Pending says that Send lacks links to objects of the same run, and is
	// sent again when they exist.
	Pending bool `json:"pending,omitempty"`
	// Hash names the body that was live when the plan was made, empty where
	// there was none; see [Hash].
	Hash string `json:"hash,omitempty"`
	// Read is the value that was live, nil where there was none. A body that
	// the base holds too is not repeated.
	Read *string `json:"read,omitempty"`
}

// Hash names a body by its canonical form.
func Hash(body string) string {
	sum := sha256.Sum256([]byte(markup.Canonical(body)))
	return hex.EncodeToString(sum[:16])
}

// Encode gives an intent as JSON that reads well in a git diff, the same for
// the same value.
func Encode(in *Intent) (string, error) {
	if err := in.check(); err != nil {
		return "", err
	}
	text, err := encode(in, "  ")
	if err == nil && len(text) > maxSize {
		return "", fmt.Errorf("%d MB of changes are too many for one push\npush the folders one after the other: hcsync push <folder>", len(text)>>20)
	}
	return text, err
}

func encode(v any, indent string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(v)
	return b.String(), err
}

// Decode reads what [Encode] wrote, and nothing else.
func Decode(text string) (*Intent, error) {
	in := &Intent{}
	if err := decode(text, in); err != nil {
		return nil, fmt.Errorf("%s: %w", File, err)
	}
	if err := in.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", File, err)
	}
	return in, nil
}

// decode is strict: what this version does not know may be what keeps a push
// from being repeated.
func decode(text string, v any) error {
	if len(text) > maxSize {
		return fmt.Errorf("%d bytes are more than any push has", len(text))
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("broken, or written by a newer hcsync: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// check refuses what could not be told apart later or not be written.
func (in *Intent) check() error {
	if in.Run == "" || strings.Trim(in.Run, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" || len(in.Run) > 64 {
		return fmt.Errorf("%q is not the name of a run", in.Run)
	}
	seen := map[place]bool{}
	for i := range in.Changes {
		c := &in.Changes[i]
		if c.Kind != model.Article && c.Kind != model.Collection || c.Path == "" || seen[c.place()] {
			return fmt.Errorf("%s %q: listed twice, or not an object", c.Kind, c.Path)
		}
		seen[c.place()] = true
		if err := c.check(); err != nil {
			return fmt.Errorf("%s %s: %w", c.Kind, c.Path, err)
		}
	}
	return nil
}

func (c *Change) check() error {
	if strings.Trim(c.ID+c.Primary, "0123456789") != "" || c.ID == "" && c.Op != diff.Create {
		return fmt.Errorf("%q is not an id", c.ID+c.Primary)
	}
	if !slices.Contains([]diff.Op{diff.Create, diff.Update, diff.Move, diff.Unpublish, diff.Delete}, c.Op) {
		return fmt.Errorf("%q is not an operation", c.Op)
	}
	texts := []string{c.Path, c.Title}
	for _, l := range c.Locales {
		texts = append(texts, string(l.Locale))
		for _, f := range l.Fields {
			texts = append(texts, f.Local, f.Send)
		}
	}
	if slices.ContainsFunc(texts, func(s string) bool { return !utf8.ValidString(s) }) {
		return errors.New("holds text that is not valid UTF-8")
	}
	return nil
}

// place is how a change is told from others: where its file stands, or stood
// when it had another id.
type place struct {
	kind     model.Kind
	path, id string
}

func (c *Change) place() place { return place{c.Kind, c.Path, c.ID} }
