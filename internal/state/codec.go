package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"regexp"
	"strings"
	"unicode/utf8"

	fastjson "github.com/go-json-experiment/json"

	"github.com/hcsync/hcsync/internal/model"
)

const objectFile = "object.json"

// What may become part of a file name. "object" is not a locale because its
// .json is taken.
var (
	idPattern     = regexp.MustCompile(`^[0-9]{1,40}$`)
	localePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	filePattern   = regexp.MustCompile(`^[a-z][a-z-]{3,40}\.[a-z]{2,4}$`)
	tokenPattern  = regexp.MustCompile(`^([0-9A-Za-z][0-9A-Za-z._-]{0,99})?$`)
)

func folder(k model.Key) (string, error) {
	if !idPattern.MatchString(k.ID) {
		return "", fmt.Errorf("%s: the id is not a decimal number", k)
	}
	id := "0" + k.ID
	shard := id[len(id)-2:]
	switch k.Kind {
	case model.Article:
		return "obj/" + shard + "/" + k.ID, nil
	case model.Collection:
		return "col/" + shard + "/" + k.ID, nil
	}
	return "", fmt.Errorf("%s: unknown kind of object", k)
}

// parsePath takes a file's path in the tree apart. ok is false for a path
// outside the folders of objects.
func parsePath(file string) (key model.Key, name string, ok bool, err error) {
	parts := strings.Split(file, "/")
	switch parts[0] {
	case "obj":
		key.Kind = model.Article
	case "col":
		key.Kind = model.Collection
	default:
		return key, "", false, nil
	}
	if len(parts) != 4 {
		return key, "", false, errors.New("not a file of an object")
	}
	key.ID, name = parts[2], parts[3]
	if dir, err := folder(key); err != nil || dir+"/"+name != file {
		return key, "", false, errors.New("not the folder of an object")
	}
	if name == objectFile {
		return key, name, true, nil
	}
	if locale, ext := splitName(name); !validLocale(locale) || ext != "json" && ext != "md" && ext != "html" {
		return key, "", false, errors.New("not a file of an object")
	}
	return key, name, true, nil
}

// splitName gives the locale and the ending of a file's name; object.json has
// no locale.
func splitName(name string) (model.Locale, string) {
	if name == objectFile {
		return "", "json"
	}
	locale, ext, _ := strings.Cut(name, ".")
	return model.Locale(locale), ext
}

func validLocale(l model.Locale) bool {
	return localePattern.MatchString(string(l)) && !l.Is("object")
}

type objectJSON struct {
	Kept          string   `json:"kept,omitempty"`
	LocalParents  []string `json:"local_parents,omitempty"`
	Path          string   `json:"path,omitempty"`
	Primary       string   `json:"primary,omitempty"`
	Pushed        string   `json:"pushed,omitempty"`
	RemoteParents []string `json:"remote_parents,omitempty"`
	Removed       bool     `json:"removed,omitempty"`
}

type localeJSON struct {
	Fields  map[model.Field]agreedJSON `json:"fields"`
	Removed bool                       `json:"removed,omitempty"`
	Seen    string                     `json:"seen,omitempty"`
	// Taken holds the body too: it is there for as long as a draft is pending.
	Taken map[model.Field]agreedJSON `json:"taken,omitempty"`
}

type agreedJSON struct {
	Local  *string `json:"local,omitempty"`
	Remote string  `json:"remote"`
}

// encode gives the files of an object's folder by name.
func encode(b *model.BaseObject) (map[string]string, error) {
	o := objectJSON{b.Kept, b.LocalParents, b.Path, b.Primary, b.Pushed, b.RemoteParents, b.Removed}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Key(), err)
	}
	files := map[string]string{objectFile: marshal(o)}
	folded := map[model.Locale]bool{}
	for l, c := range b.Contents {
		if !validLocale(l) || folded[l.Fold()] {
			return nil, fmt.Errorf("%s: %q cannot be the name of a locale's files", b.Key(), l)
		}
		folded[l.Fold()] = true
		if err := encodeLocale(files, l, c); err != nil {
			return nil, fmt.Errorf("%s in %s: %w", b.Key(), l, err)
		}
	}
	return files, nil
}

func encodeLocale(files map[string]string, l model.Locale, c model.BaseContent) error {
	j := localeJSON{Fields: map[model.Field]agreedJSON{}, Removed: c.Removed, Seen: c.Seen}
	for f, a := range c.Fields {
		if f == model.Body {
			continue
		}
		j.Fields[f] = agreedJSON{Remote: a.Remote}
		if a.Managed {
			j.Fields[f] = agreedJSON{Local: &a.Local, Remote: a.Remote}
		}
	}
	for f, a := range c.Taken {
		if j.Taken == nil {
			j.Taken = map[model.Field]agreedJSON{}
		}
		j.Taken[f] = agreedJSON{Local: &a.Local, Remote: a.Remote}
	}
	if err := j.check(); err != nil {
		return err
	}
	files[string(l)+".json"] = marshal(j)
	if body, ok := c.Fields[model.Body]; ok {
		files[string(l)+".html"] = body.Remote
		if body.Managed {
			files[string(l)+".md"] = body.Local
		}
	}
	return nil
}

// decodeObject reads object.json into b.
func decodeObject(text string, b *model.BaseObject) error {
	var o objectJSON
	if err := unmarshal(text, &o); err != nil {
		return err
	}
	b.Path, b.Primary, b.LocalParents, b.RemoteParents = o.Path, o.Primary, o.LocalParents, o.RemoteParents
	b.Kept, b.Pushed, b.Removed = o.Kept, o.Pushed, o.Removed
	return o.check()
}

// decodeLocale puts the files of one locale together: texts by ending.
func decodeLocale(texts map[string]string) (model.BaseContent, error) {
	var j localeJSON
	if err := unmarshal(texts["json"], &j); err != nil {
		return model.BaseContent{}, err
	}
	if err := j.check(); err != nil {
		return model.BaseContent{}, err
	}
	c := model.BaseContent{Fields: map[model.Field]model.Agreed{}, Removed: j.Removed, Seen: j.Seen}
	for f, a := range j.Fields {
		c.Fields[f] = model.Agreed{Remote: a.Remote}
		if a.Local != nil {
			c.Fields[f] = model.Agreed{Managed: true, Local: *a.Local, Remote: a.Remote}
		}
	}
	for f, a := range j.Taken {
		if c.Taken == nil {
			c.Taken = map[model.Field]model.Agreed{}
		}
		c.Taken[f] = model.Agreed{Managed: true, Local: *a.Local, Remote: a.Remote}
	}
	if remote, ok := texts["html"]; ok {
		local, managed := texts["md"]
		c.Fields[model.Body] = model.Agreed{Managed: managed, Local: local, Remote: remote}
	}
	return c, nil
}

// check refuses what must never reach the file system or a git command line.
func (o objectJSON) check() error {
	if o.Path != "" && !safePath(o.Path) {
		return fmt.Errorf("path %q leads out of the content folder or cannot be a path", o.Path)
	}
	if o.Primary != "" && !idPattern.MatchString(o.Primary) {
		return fmt.Errorf("primary %q is not the id of an object", o.Primary)
	}
	for name, commit := range map[string]string{"pushed": o.Pushed, "kept": o.Kept} {
		if !tokenPattern.MatchString(commit) {
			return fmt.Errorf("%s: %q is not the name of a commit", name, commit)
		}
	}
	for _, ids := range [][]string{o.LocalParents, o.RemoteParents} {
		for _, id := range ids {
			if !idPattern.MatchString(id) {
				return fmt.Errorf("parent %q is not the id of a collection", id)
			}
		}
	}
	return nil
}

func safePath(p string) bool {
	return fs.ValidPath(p) && p != "." && !strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f })
}

func (j localeJSON) check() error {
	if !tokenPattern.MatchString(j.Seen) {
		return fmt.Errorf("seen: %q is not the name of a commit", j.Seen)
	}
	if _, ok := j.Fields[model.Body]; ok {
		return errors.New("the body belongs in files of its own")
	}
	for f, a := range j.Taken {
		if a.Local == nil {
			return fmt.Errorf("taken: %q has no text of the file", f)
		}
	}
	for f, a := range both(j.Fields, j.Taken) {
		if !utf8.ValidString(string(f)) || !utf8.ValidString(a.Remote) || a.Local != nil && !utf8.ValidString(*a.Local) {
			return fmt.Errorf("field %q is not valid UTF-8", f)
		}
	}
	return nil
}

// both goes through two maps, one after the other.
func both[K comparable, V any](a, b map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, m := range []map[K]V{a, b} {
			for k, v := range m {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

// marshal writes JSON that reads well in a git diff and is the same for the
// same value: one line per member, keys sorted, letters as they are.
func marshal(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	// Structs of strings, booleans and maps of them always encode.
	_ = e.Encode(v)
	return b.String()
}

// unmarshal is strict: a member that this version does not know would be lost
// with the next commit.
func unmarshal(text string, v any) error {
	if err := fastjson.Unmarshal([]byte(text), v, fastjson.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf("broken, or written by a newer hcsync: %w", err)
	}
	return nil
}
