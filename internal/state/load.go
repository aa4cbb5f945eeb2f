package state

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/hcsync/hcsync/internal/model"
)

// maxBlob bounds what is read into memory for one text, in bytes. Articles are
// a thousand times smaller.
const maxBlob = 64 << 20

// Want names the versions of one object that are asked for.
type Want struct {
	Key model.Key
	// Object is the commit to take object.json from, -1 for none.
	Object int
	// Locales says for each locale which commit to take it from.
	Locales map[model.Locale]int
}

// Want asks for the whole of an object as it is at one commit.
func (h *History) Want(key model.Key, seq int) Want {
	w := Want{Key: key, Object: seq, Locales: map[model.Locale]int{}}
	for _, l := range h.Locales(key, seq) {
		w.Locales[l] = seq
	}
	return w
}

// Texts are texts at hand by their blob id (see [Store.BlobID]).
type Texts map[string]string

// Same says whether a want asks for nothing else than all of an object as it is
// at one commit.
func (h *History) Same(w Want, seq int) bool {
	locales := 0
	for name, versions := range h.objects[w.Key].all() {
		l, ext := splitName(name)
		wanted := w.Object
		if l != "" {
			var asked bool
			if wanted, asked = w.Locales[l]; !asked {
				return false
			}
			if ext == "json" {
				locales++
			}
		}
		if at(versions, wanted) != at(versions, seq) {
			return false
		}
	}
	return locales == len(w.Locales)
}

// part is one file that is wanted.
type part struct {
	key    model.Key
	locale model.Locale
	// ext is "json", "md" or "html".
	ext  string
	seq  int
	name string
	blob string
}

// Load gives the wanted versions. An object that does not exist at any of the
// commits asked for is not in the result, nor is a locale that does not exist
// at its commit. Locales are keyed as Want spells them.
//
// Texts are read with one git process, and only those that are not known yet;
// what was read is added to known, which may be nil.
func (s *Store) Load(ctx context.Context, h *History, wants []Want, known Texts) (map[model.Key]*model.BaseObject, error) {
	var parts []part
	for _, w := range wants {
		ps, err := h.parts(w)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.ref, err)
		}
		parts = append(parts, ps...)
	}
	texts, err := s.texts(ctx, h, parts, known)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.ref, err)
	}
	objects, err := assemble(h, parts, texts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.ref, err)
	}
	return objects, nil
}

// parts looks the files of a want up, its object.json first, then locale by
// locale with the .json first.
func (h *History) parts(w Want) ([]part, error) {
	var parts []part
	for name, versions := range h.objects[w.Key].all() {
		locale, ext := splitName(name)
		seq := w.Object
		if locale != "" {
			wanted, asked := w.spelling(locale)
			if !asked {
				continue
			}
			locale, seq = wanted, w.Locales[wanted]
		}
		if blob := at(versions, seq); blob != "" {
			parts = append(parts, part{w.Key, locale, ext, seq, name, blob})
		}
	}
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.locale, b.locale), cmp.Compare(rank(a.ext), rank(b.ext)), cmp.Compare(a.name, b.name))
	})
	if (len(parts) == 0 || parts[0].locale != "") && h.has(w.Key, w.Object) {
		return nil, h.broken(part{key: w.Key, seq: w.Object, name: objectFile}, errors.New("the file is not there"))
	}
	return parts, h.complete(parts)
}

// rank puts an ending after those that it needs beside it.
func rank(ext string) int { return slices.Index([]string{"json", "html", "md"}, ext) }

// spelling finds a locale among the wanted ones.
func (w Want) spelling(l model.Locale) (model.Locale, bool) {
	if _, ok := w.Locales[l]; ok {
		return l, true
	}
	for wanted := range w.Locales {
		if wanted.Is(l) {
			return wanted, true
		}
	}
	return l, false
}

// complete refuses a locale that lacks a file that the others need, or has two
// spellings.
func (h *History) complete(parts []part) error {
	have, spelled := map[string]bool{}, map[model.Locale]model.Locale{}
	for _, p := range parts {
		locale, _ := splitName(p.name)
		beside := func(ext string) bool { return have[string(locale)+"."+ext] }
		switch before, ok := spelled[locale.Fold()]; {
		case ok && before != locale:
			return h.broken(p, fmt.Errorf("the locale is also spelled %s", before))
		case p.ext != "json" && !beside("json"):
			return h.broken(p, fmt.Errorf("there is no %s.json beside it", locale))
		case p.ext == "md" && !beside("html"):
			return h.broken(p, fmt.Errorf("there is no %s.html beside it", locale))
		}
		have[p.name], spelled[locale.Fold()] = true, locale
	}
	return nil
}

// broken names the commit and the path of a file that cannot be used.
func (h *History) broken(p part, err error) error {
	return fmt.Errorf("commit %s: %s: %w", h.Short(p.seq), p.path(), err)
}

// path is where the file is in the tree.
func (p part) path() string {
	dir, _ := folder(p.key)
	return dir + "/" + p.name
}

// texts gives the text of each blob that the parts need, beside those known.
func (s *Store) texts(ctx context.Context, h *History, parts []part, texts Texts) (Texts, error) {
	if texts == nil {
		texts = Texts{}
	}
	from := map[string]part{}
	// The ids stay in the order of the objects: git stores a text as its
	// difference to a neighbour's, and reads neighbours fastest.
	var ids []string
	for _, p := range parts {
		_, have := texts[p.blob]
		if _, asked := from[p.blob]; have || asked {
			continue
		}
		from[p.blob] = p
		ids = append(ids, p.blob)
	}
	if len(ids) == 0 {
		return texts, nil
	}
	read := func(r io.Reader) error {
		in := bufio.NewReaderSize(r, 1<<16)
		for _, id := range ids {
			text, err := readBlob(in, id)
			if err != nil {
				return h.broken(from[id], err)
			}
			texts[id] = text
		}
		return nil
	}
	return texts, s.repo.Stream(ctx, strings.NewReader(strings.Join(ids, "\n")+"\n"), read, "cat-file", "--batch", "--buffer")
}

// ReadFile gives a file at the top of a commit's tree, which [Update] wrote. ok
// is false where there is none.
func (s *Store) ReadFile(ctx context.Context, h *History, seq int, name string) (text string, ok bool, err error) {
	id := at(h.files.of(name), seq)
	if id == "" {
		return "", false, nil
	}
	err = s.repo.Stream(ctx, strings.NewReader(id+"\n"), func(r io.Reader) error {
		text, err = readBlob(bufio.NewReader(r), id)
		return err
	}, "cat-file", "--batch")
	if err != nil {
		return "", false, fmt.Errorf("%s: commit %s: %s: %w", s.ref, h.Short(seq), name, err)
	}
	return text, true, nil
}

// readBlob reads one answer of `git cat-file --batch`: "<id> blob <size>", the
// bytes, and a line end.
func readBlob(in *bufio.Reader, id string) (string, error) {
	head, err := in.ReadString('\n')
	if err != nil {
		return "", io.ErrUnexpectedEOF
	}
	digits, ok := strings.CutPrefix(strings.TrimSuffix(head, "\n"), id+" blob ")
	size, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return "", fmt.Errorf("git has no text for it: %s", strings.TrimSpace(head))
	}
	if size > maxBlob {
		return "", fmt.Errorf("%d bytes are more than any article has", size)
	}
	text := make([]byte, size+1)
	if _, err := io.ReadFull(in, text); err != nil {
		return "", io.ErrUnexpectedEOF
	}
	return string(text[:size]), nil
}

// assemble decodes the parts, which come object by object and locale by locale.
func assemble(h *History, parts []part, texts map[string]string) (map[model.Key]*model.BaseObject, error) {
	objects := map[model.Key]*model.BaseObject{}
	for len(parts) > 0 {
		first := parts[0]
		n := 0
		group := map[string]string{}
		for n < len(parts) && parts[n].key == first.key && parts[n].locale == first.locale {
			group[parts[n].ext] = texts[parts[n].blob]
			n++
		}
		parts = parts[n:]
		b := objects[first.key]
		if b == nil {
			b = &model.BaseObject{Kind: first.key.Kind, ID: first.key.ID, Contents: map[model.Locale]model.BaseContent{}}
			objects[first.key] = b
		}
		var err error
		if first.locale == "" {
			err = decodeObject(group["json"], b)
		} else {
			b.Contents[first.locale], err = decodeLocale(group)
		}
		if err != nil {
			return nil, h.broken(first, err)
		}
	}
	return objects, nil
}
