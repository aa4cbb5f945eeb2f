// Package saved keeps a plan in a file, so that it can be reviewed and later be
// carried out as it is or not at all.
//
// The file is plain JSON without secrets. It holds the calls, and what they were
// computed from: hashes of the files and of the live values, the versions of the
// tool and of the API. Nothing in it is executed. A push computes the plan
// afresh, and [Plan.Moved] says what is no longer as it was; only where that is
// nothing may the fresh plan, which is then the same, be carried out.
//
// It is bound to contents, not to commits: a plan that was reviewed on a branch
// is carried out on main, after a squash merge has given the same files another
// commit, and after a colleague's push has moved the state for other objects.
package saved

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

// FormatVersion is raised when the same file would mean something else, or
// plans are computed differently.
const FormatVersion = 1

// Format is the first value of every saved plan.
const Format = "hcsync plan"

// Plan is a saved plan.
type Plan struct {
	Format        string `json:"format"`
	FormatVersion int    `json:"format_version"`
	// Checksum is "sha256:" and the hash of the plan without this key, in hex.
	Checksum string `json:"checksum,omitempty"`
	Source
	// Flags are those that the plan depends on, with their values.
	Flags   map[string][]string `json:"flags"`
	Changes []Change            `json:"changes"`
	Summary diff.Counts         `json:"summary"`
}

// Source is what a plan as a whole was computed from.
type Source struct {
	// Tool is the version of the program.
	Tool string `json:"tool"`
	// Target is the name under `targets`, empty for the primary workspace.
	Target      string `json:"target"`
	WorkspaceID string `json:"workspace_id"`
	// URL is the API's address where it is not Intercom's own.
	URL        string `json:"url,omitempty"`
	APIVersion string `json:"api_version"`
	// Head is the commit that was checked out, State the tip of the state;
	// empty where there was none. Neither binds: Head names the images that the
	// calls link to, and State tells why calls may differ.
	Head  string `json:"head"`
	State string `json:"state"`
}

// Change is one object with its calls and what they were computed from.
type Change struct {
	diff.Change
	Read Read `json:"read"`
}

// Read holds hashes in hex: of what each file of the object says, and of
// everything that is live of it. A file is named as in the plan.
type Read struct {
	Files  map[string]string `json:"files"`
	Remote string            `json:"remote,omitempty"`
}

// New makes a plan to save.
func New(p *diff.Plan, from Source, flags map[string][]string) *Plan {
	s := &Plan{Format: Format, FormatVersion: FormatVersion, Source: from, Flags: flags, Changes: []Change{}, Summary: p.Counts()}
	if s.Flags == nil {
		s.Flags = map[string][]string{}
	}
	for _, c := range p.Changes {
		s.Changes = append(s.Changes, Change{c, readOf(c.Local, c.Live)})
	}
	return s
}

// Encode gives the file, checksum included.
func (s *Plan) Encode() ([]byte, error) {
	sum, err := s.sum()
	if err != nil {
		return nil, err
	}
	out := *s
	out.Checksum = sum
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(out)
	return b.Bytes(), err
}

// Is says whether a file means to be a saved plan, by how it begins.
func Is(data []byte) bool {
	rest := bytes.TrimLeft(data, "\ufeff \t\r\n")
	return len(rest) > 0 && rest[0] == '{'
}

// Decode reads a file that Encode made. What was changed in it since, or cut
// off, is an error.
func Decode(data []byte) (*Plan, error) {
	var head struct {
		Format        string `json:"format"`
		FormatVersion int    `json:"format_version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("not a whole plan: %w\nplan again with `hcsync plan --out`", err)
	}
	if head.Format != Format {
		return nil, errors.New("not a plan that `hcsync plan --out` saved")
	}
	if head.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("the plan has format %d and this hcsync carries out format %d\nplan again with this version", head.FormatVersion, FormatVersion)
	}
	var s Plan
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("the plan was changed, or made by another version: %w\nplan again with `hcsync plan --out`", err)
	}
	sum, err := s.sum()
	if _, trailing := d.Token(); err == nil && !errors.Is(trailing, io.EOF) || sum != s.Checksum {
		return nil, errors.New("the checksum does not fit: the plan was changed after it was saved\nplan again with `hcsync plan --out`")
	}
	return &s, err
}

// sum gives the checksum: of the JSON with sorted keys, without spaces and
// without the checksum itself.
func (s *Plan) sum() (string, error) {
	bare := *s
	bare.Checksum = ""
	text, err := canonical(bare)
	return "sha256:" + hash(text), err
}

// canonical gives the one JSON text of a value: keys sorted, no spaces, and
// texts as a reader gets them.
func canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return nil, err
	}
	return json.Marshal(plain)
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// readOf hashes what a change was computed from.
func readOf(local, live *model.Object) Read {
	r := Read{Files: map[string]string{}}
	if local != nil {
		for _, c := range local.Contents {
			r.Files[c.File] = hashOf(c.Fields)
		}
	}
	if live != nil {
		r.Remote = hashOf(remote(live))
	}
	return r
}

// remote is everything live that a push could write over, or that decides how
// it writes.
func remote(o *model.Object) any {
	type content struct {
		Fields  map[model.Field]string
		Pending *model.PendingDraft
	}
	contents := map[model.Locale]content{}
	for l, c := range o.Contents {
		contents[l] = content{maps.Clone(c.Fields), c.PendingDraft}
	}
	return []any{o.Parents, contents}
}

func hashOf(v any) string {
	// Maps of texts always encode.
	text, _ := canonical(v)
	return hash(text)
}
