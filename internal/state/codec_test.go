package state

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hcsync/hcsync/internal/model"
)

// decode puts a folder's files back together the way Load does.
func decode(key model.Key, files map[string]string) (*model.BaseObject, error) {
	h := &History{commits: []Commit{{Hash: strings.Repeat("0", 40)}}, objects: map[model.Key]entry{key: {}}}
	texts := map[string]string{}
	for name, text := range files {
		h.objects[key] = h.objects[key].with(name, version{0, name})
		texts[name] = text
	}
	parts, err := h.parts(h.Want(key, 0))
	if err != nil {
		return nil, err
	}
	objects, err := assemble(h, parts, texts)
	return objects[key], err
}

func TestEntryReadsWellInADiff(t *testing.T) {
	t.Parallel()
	b := article("12345678", "app", "pt-BR")
	b.Pushed = "3f2a91c0"
	files := must(encode(b))(t)
	want := map[string]string{
		"object.json": `{
  "local_parents": [
    "309"
  ],
  "path": "acme/start/12345678.md",
  "pushed": "3f2a91c0",
  "remote_parents": [
    "309",
    "310"
  ]
}
`,
		"pt-BR.json": `{
  "fields": {
    "description": {
      "remote": "only there"
    },
    "title": {
      "local": "Install <app>",
      "remote": "Install & app"
    }
  }
}
`,
		"pt-BR.md":   "# app\n",
		"pt-BR.html": "<h1>app</h1>",
	}
	diff(t, "files", want, files)
	for range 20 {
		diff(t, "the same value again", files, must(encode(b))(t))
	}
}

func TestTakenDraftsAreKept(t *testing.T) {
	t.Parallel()
	b := article("12345678", "app", "fr")
	b.Take("fr", map[model.Field]model.Agreed{
		model.Title: {Managed: true, Local: "Install", Remote: "Install"},
		model.Body:  {Managed: true, Local: "# in the making\n", Remote: "<h1>in the making</h1>"},
	})
	got, err := decode(b.Key(), must(encode(b))(t))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b, got); d != "" {
		t.Error(d)
	}
	files := must(encode(b))(t)
	files["fr.json"] = strings.Replace(files["fr.json"], `"local": "Install",`, "", 1)
	if _, err := decode(b.Key(), files); err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("a taken text without the file's half: %v", err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	broken := func(change func(*model.BaseObject)) *model.BaseObject {
		b := article("1", "x", "en")
		change(b)
		return b
	}
	locale := func(l model.Locale) func(*model.BaseObject) {
		return func(b *model.BaseObject) { b.Contents[l] = model.BaseContent{} }
	}
	for name, b := range map[string]*model.BaseObject{
		"id with a slash":      broken(func(b *model.BaseObject) { b.ID = "../1" }),
		"no id":                broken(func(b *model.BaseObject) { b.ID = "" }),
		"unknown kind":         broken(func(b *model.BaseObject) { b.Kind = "help center" }),
		"empty locale":         broken(locale("")),
		"locale up the tree":   broken(locale("..")),
		"locale with slash":    broken(locale("a/b")),
		"locale with dot":      broken(locale("en.md")),
		"locale with line end": broken(locale("en\nM 100644 inline x")),
		"locale object":        broken(locale("Object")),
		"locale twice":         broken(locale("EN")),
		"huge locale":          broken(locale(model.Locale(strings.Repeat("x", 300)))),
		"path up the tree":     broken(func(b *model.BaseObject) { b.Path = "../../.bashrc" }),
		"absolute path":        broken(func(b *model.BaseObject) { b.Path = "/etc/passwd" }),
		"path of Windows":      broken(func(b *model.BaseObject) { b.Path = `a\..\..\b` }),
		"parent":               broken(func(b *model.BaseObject) { b.LocalParents = []string{"new/folder"} }),
		"pushed":               broken(func(b *model.BaseObject) { b.Pushed = "--all" }),
		"seen":                 broken(func(b *model.BaseObject) { b.Contents["en"] = model.BaseContent{Seen: "a b"} }),
		"invalid UTF-8": broken(func(b *model.BaseObject) {
			b.Contents["en"].Fields[model.Title] = model.Agreed{Remote: "\xff"}
		}),
	} {
		if _, err := encodeAll(put(b)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := encodeAll(put(article("1", "x"), article("1", "y"))); err == nil {
		t.Error("two updates of one object: accepted")
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	const ok = `{"fields":{}}`
	for name, files := range map[string]map[string]string{
		"no object.json":      {"en.json": ok},
		"body without fields": {"object.json": "{}", "en.html": "x"},
		"half a body":         {"object.json": "{}", "en.json": ok, "en.md": "x"},
		"two spellings":       {"object.json": "{}", "en.json": ok, "EN.json": ok},
		"not JSON":            {"object.json": "<<<<<<< ours"},
		"null in a list":      {"object.json": `{"local_parents":[null]}`},
		"empty":               {"object.json": ""},
		"two values":          {"object.json": "{}{}"},
		"newer format":        {"object.json": `{"owner":"x"}`},
		"path up the tree":    {"object.json": `{"path":"../x"}`},
		"hostile primary":     {"object.json": `{"primary":"../1"}`},
		"hostile commit":      {"object.json": `{"pushed":"--exec=x"}`},
		"hostile seen":        {"object.json": "{}", "en.json": `{"fields":{},"seen":"\n"}`},
		"body in the fields":  {"object.json": "{}", "en.json": `{"fields":{"body":{"remote":"x"}}}`},
		"deep":                {"object.json": strings.Repeat("[", 1<<20)},
		"wrong type":          {"object.json": "{}", "en.json": `{"fields":["title"]}`},
	} {
		if b, err := decode(model.Key{Kind: model.Article, ID: "1"}, files); err == nil {
			t.Errorf("%s: accepted as %+v", name, b)
		} else if !strings.Contains(err.Error(), "commit 00000000: obj/01/1/") {
			t.Errorf("%s: the error does not name commit and path: %v", name, err)
		}
	}
}

func TestParsePath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"obj/78/12345678/fr.md": true, "obj/07/7/object.json": true, "col/09/309/pt-BR.json": true, "obj/78/12345678/fr.html": true,
		"obj/79/12345678/fr.md": false, "obj/7/7/object.json": false, "obj/78/12345678": false, "obj/78/12345678/fr.md/x": false,
		"obj/78/12345678/fr.exe": false, "obj/78/12345678/.md": false, "obj/78/12345678/object.md": false, "obj/../1/object.json": false,
		"obj/ab/ab/object.json": false, "obj/78/12345678/a.b.md": false, "obj//": false,
	} {
		if _, _, ok, err := parsePath(path); ok != want || (err == nil) != want {
			t.Errorf("parsePath(%q) = %v, %v", path, ok, err)
		}
	}
	if _, _, ok, err := parsePath("intent.json"); ok || err != nil {
		t.Errorf("a file beside the objects: %v, %v", ok, err)
	}
}

func FuzzEntry(f *testing.F) {
	f.Add("309", "en", "title", "Install", "Install", true, "# x\n", "<h1>x</h1>", true, "acme/x.md", "abc", true)
	f.Add("7", "pt-BR", "body", "\u2028<&>", "", false, "", "", false, "", "", false)
	f.Add("", "object", "\xff", "\x00", "\xff", true, "\r\n\xff", "\x00", true, "../x", "-x", true)
	f.Fuzz(func(t *testing.T, id, locale, field, local, remote string, managed bool, md, html string, body bool, path, commit string, removed bool) {
		fields := map[model.Field]model.Agreed{model.Field(field): {Managed: managed, Local: local, Remote: remote}}
		if body || field == string(model.Body) {
			fields[model.Body] = model.Agreed{Managed: managed, Local: md, Remote: html}
		}
		if !managed {
			for name, a := range fields {
				a.Local = ""
				fields[name] = a
			}
		}
		b := &model.BaseObject{
			Kind: model.Article, ID: id, Primary: id, Path: path, LocalParents: []string{id}, Pushed: commit, Removed: removed,
			Contents: map[model.Locale]model.BaseContent{model.Locale(locale): {Fields: fields, Seen: commit}},
		}
		changes, err := encodeAll(put(b))
		if err != nil {
			return
		}
		for name := range changes[0].files {
			if key, _, ok, err := parsePath(name); err != nil || !ok || key != b.Key() {
				t.Errorf("wrote the file %q, which is not one: %v", name, err)
			}
		}
		files := must(encode(b))(t)
		back, err := decode(b.Key(), files)
		if err != nil {
			t.Fatalf("cannot read back %q: %v", files, err)
		}
		if d := cmp.Diff(b, back, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("decode(encode(x)) differs (-x +got):\n%s", d)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add("{}", `{"fields":{"title":{"local":"a","remote":"b"}},"seen":"abc"}`, "# x", "<h1>x</h1>")
	f.Add(`{"path":"a/b.md","local_parents":["1"],"removed":true}`, `{"fields":null}`, "", "")
	f.Add("[]", `{"fields":{"":{}}}`, "\x00", "\xff")
	f.Fuzz(func(t *testing.T, object, fields, md, html string) {
		key := model.Key{Kind: model.Article, ID: "1"}
		b, err := decode(key, map[string]string{"object.json": object, "en.json": fields, "en.md": md, "en.html": html})
		if err != nil {
			return
		}
		files, err := encode(b)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := decode(key, files)
		if d := cmp.Diff(b, again, cmpopts.EquateEmpty()); d != "" || err != nil {
			t.Errorf("decode(encode(x)) differs (-x +got):\n%s%v", d, err)
		}
	})
}

func FuzzLog(f *testing.F) {
	hash := func(c string) string { return strings.Repeat(c, 40) }
	commit := hash("a") + "\x00\x001700000000\x00pull: x\n\nAction: pull\n\x00"
	change := "\x00\n:000000 100644 " + hash("0") + " " + hash("b") + " A\x00obj/01/1/object.json\x00"
	f.Add(commit + change)
	f.Add(commit + change + hash("c") + "\x00" + hash("a") + "\x001700000001\x00\n\n\nAction: push\nMain: x\x00")
	f.Add(":\x00" + commit)
	f.Add(commit + ":1 2 3 4 5\x00col/../x\x00")
	f.Fuzz(func(t *testing.T, log string) {
		h := newHistory()
		if h.read(strings.NewReader(log)) != nil {
			return
		}
		for seq := range h.Len() {
			if found, ok := h.Find(h.Short(seq)); !ok || found > seq {
				t.Errorf("Short(%d) leads to %d, %v", seq, found, ok)
			}
			for _, key := range h.Objects(seq) {
				if _, err := folder(key); err != nil {
					t.Error(err)
				}
				h.LastPush(key, "")
				if !h.InRoot(key, "") && seq == 0 && len(h.Locales(key, 0)) == 0 {
					t.Errorf("%s exists at 0, but not in the root", key)
				}
			}
		}
	})
}

func TestLogEndsEarly(t *testing.T) {
	t.Parallel()
	for _, log := range []string{"abc", strings.Repeat("a", 40) + "\x00", ":000000 100644 x y A\x00"} {
		h := newHistory()
		if err := h.read(strings.NewReader(log)); err == nil {
			t.Errorf("%q was read as %d commits", log, h.Len())
		}
	}
	var broken brokenReader
	h := newHistory()
	if err := h.read(broken); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}

var errBroken = errors.New("broken pipe")

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func FuzzMessage(f *testing.F) {
	f.Add("push: 3 articles", "push", strings.Repeat("a", 40))
	f.Add("", "pull", "")
	f.Add("x\n\nAction: evil\nMain: y", "init", "")
	f.Add("\x00\xff \u2028", "a", "b")
	f.Fuzz(func(t *testing.T, subject, action, main string) {
		c, err := Commit{Subject: subject, Action: action, Main: main}.clean()
		if err != nil {
			return
		}
		back := parseMessage(c.message())
		back.Time = c.Time
		if back != c {
			t.Errorf("wrote %+v, read %+v", c, back)
		}
	})
}
