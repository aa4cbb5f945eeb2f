package content

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/model"
)

// hostile are titles that somebody could give an article.
var hostile = []string{
	"../../etc/passwd", "..", ".", "/", `C:\x`, "a\x00b", "🎉", "👩‍👩‍👧 family", "שלום עולם", "\u202Egnp.exe", "CON", "con.txt", "lpt¹",
	".md", "x.md", strings.Repeat("long ", 60), "...", "Café", "Cafe\u0301", "CAFÉ", "Twin", "twin", "images", "README", "_x",
	"_collection", "Notes.fr", "Notes fr", "fr", "---", "- a", "a: b", "'quoted'", `"quoted"`, "#hash", "no", "null", "~", "123", "0x1F",
	"1e3", "2024-01-02", "<b>", "[link](x)", "{a: b}", "*x", "&x", "!x", "%x", "@x", "`x`", "a\nb", "tab\there", "\u0085", "\u2028",
	" space ", "\ufeffbom", "日本語", "ﬁ", "a\\b", "x #y", "=", "<<", "|", ">", "?", "- ", "trailing:", "\ue000", "fi", "straße", "STRASSE",
}

// random makes a workspace out of hostile parts.
func random(rnd *rand.Rand) model.Snapshot {
	var s model.Snapshot
	locales := []model.Locale{"en", "fr", "pt-BR", "de"}
	id := 100
	next := func() string { id += 1 + rnd.IntN(3); return strconv.Itoa(id) }
	pick := func() string { return hostile[rnd.IntN(len(hostile))] }
	for range 1 + rnd.IntN(3) {
		s.HelpCenters = append(s.HelpCenters, model.HelpCenter{
			ID: next(), Name: pick(), Identifier: []string{"", pick()}[rnd.IntN(2)], Default: locales[rnd.IntN(3)], Locales: locales,
		})
	}
	s.HelpCenters[rnd.IntN(len(s.HelpCenters))].IsDefault = true
	var collections []model.Object
	depth := map[string]int{}
	for range rnd.IntN(12) {
		hc := s.HelpCenters[rnd.IntN(len(s.HelpCenters))]
		o := model.Object{Kind: model.Collection, ID: next(), HelpCenter: hc.ID, Default: hc.Default, ParentsComplete: true}
		if len(collections) > 0 && rnd.IntN(2) == 0 {
			if p := collections[rnd.IntN(len(collections))]; p.HelpCenter == hc.ID && depth[p.ID] < maxLevels-1 {
				o.Parents = []model.Ref{{ID: p.ID}}
				depth[o.ID] = depth[p.ID] + 1
			}
		}
		o.Contents = contents(rnd, o, hc.Locales, pick)
		collections = append(collections, o)
	}
	s.Objects = append(s.Objects, collections...)
	for range rnd.IntN(25) {
		o := model.Object{Kind: model.Article, ID: next(), Default: locales[rnd.IntN(len(locales))], ParentsComplete: true}
		for range rnd.IntN(4) {
			if len(collections) > 0 {
				c := collections[rnd.IntN(len(collections))]
				if o.HelpCenter == "" || o.HelpCenter == c.HelpCenter {
					o.HelpCenter, o.Default = c.HelpCenter, c.Default
					if ref := (model.Ref{ID: c.ID}); !slices.Contains(o.Parents, ref) {
						o.Parents = append(o.Parents, ref)
					}
				}
			}
		}
		o.Contents = contents(rnd, o, locales, pick)
		s.Objects = append(s.Objects, o)
	}
	return s
}

func contents(rnd *rand.Rand, o model.Object, locales []model.Locale, pick func() string) map[model.Locale]model.Content {
	all := map[model.Locale]model.Content{}
	for _, l := range locales {
		if l != o.Default && rnd.IntN(3) > 0 {
			continue
		}
		fields := map[model.Field]string{model.Title: cmp.Or(strings.TrimSpace(pick()), "x"), model.Description: pick()}
		if o.Kind == model.Article {
			fields[model.State] = []string{model.Draft, model.Published}[rnd.IntN(2)]
			fields[model.Author] = "12345"
			fields[model.Body] = TrimBody(bodies[rnd.IntN(len(bodies))])
		}
		all[l] = model.Content{Fields: fields}
	}
	return all
}

var bodies = []string{
	"", "text", "---\nrule", "# A\n\ntext", "    code\n\n\n\ntext   ", "a\r\nb", "\n\n---\nid: 1\n---\n", "```\n\n```", "...", "\ufeffx",
	"a\u2028b\u0085c", strings.Repeat("long line ", 1000),
}

// edits write an object in every locale, as a pull of something new does.
func edits(o *model.Object, paths map[model.Key]string, unlisted model.Locale) []Edit {
	var list []Edit
	at := paths[o.Key()]
	for l, c := range o.Contents {
		e := Edit{Path: Name(o.Kind, at, l, o.Default), New: true, Set: []Pair{{Key: "synced", Value: "1e10"}, {Key: "id", Value: o.ID}}}
		for _, f := range model.Fields(o.Kind) {
			if f != model.Body {
				e.Set = append(e.Set, Pair{Key: string(f), Value: c.Fields[f]})
			}
		}
		if o.Kind == model.Article {
			body := c.Fields[model.Body]
			e.Body = &body
		}
		if o.Kind == model.Article && l == o.Default {
			var folders []string
			for _, p := range o.Parents {
				folders = append(folders, paths[model.Key{Kind: model.Collection, ID: p.ID}])
			}
			e.Set = append(e.Set, Pair{Key: "also_in", List: AlsoIn(at, folders)})
			if len(o.Parents) == 0 && o.Default != unlisted {
				e.Set = append(e.Set, Pair{Key: "locale", Value: string(o.Default)})
			}
		}
		list = append(list, e)
	}
	return list
}

func mirror(hc model.HelpCenter, folder string) Edit {
	var locales []string
	for _, l := range hc.Locales {
		locales = append(locales, string(l))
	}
	e := Edit{Path: path.Join(folder, HelpCenterFile), Set: []Pair{
		{Key: "id", Value: hc.ID}, {Key: "name", Value: hc.Name}, {Key: "identifier", Value: hc.Identifier},
		{Key: "locales", List: locales}, {Key: "default_locale", Value: string(hc.Default)},
	}}
	if hc.IsDefault {
		e.Set = append(e.Set, Pair{Key: "default", Value: "true"})
	}
	return e
}

// TestRoundTrip writes random workspaces and reads them back: the same values,
// no problem but notes, nothing outside of the tree, and a second write
// touches no file.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			remote := random(rand.New(rand.NewPCG(seed, 7)))
			dir := t.TempDir()
			tree := openTree(t, Options{Dir: dir, Content: "docs/content"})
			first := Place(model.Snapshot{}, remote, nil)
			paths, centers := first.Paths, first.HelpCenters
			again := Place(model.Snapshot{}, remote, nil).Paths
			if diff := gocmp.Diff(paths, again); diff != "" {
				t.Fatalf("two runs give two placings:\n%s", diff)
			}
			all := allEdits(remote, paths, centers)
			var g errgroup.Group
			g.SetLimit(8)
			for _, e := range all {
				g.Go(func() error {
					changed, err := tree.Write(e)
					if !changed && err == nil {
						return errors.New(e.Path + " was not written")
					}
					return err
				})
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			onlyHere(t, dir)
			local, problems, err := tree.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range problems {
				if !p.Note {
					t.Error(p)
				}
			}
			if diff := gocmp.Diff(plain(remote, paths), plain(local, nil)); diff != "" {
				t.Errorf("read differs from written:\n%s", diff)
			}
			for _, e := range all {
				e.New = false
				if changed, err := tree.Write(e); err != nil || changed {
					t.Fatalf("%s was written again: %v, %v", e.Path, changed, err)
				}
			}
			kept := tree.Place(local, remote, nil).Paths
			if diff := gocmp.Diff(paths, kept); diff != "" {
				t.Errorf("files do not keep their places:\n%s", diff)
			}
		})
	}
}

func allEdits(s model.Snapshot, paths map[model.Key]string, centers map[string]string) []Edit {
	var all []Edit
	var unlisted model.Locale
	for _, hc := range s.HelpCenters {
		all = append(all, mirror(hc, centers[hc.ID]))
		if hc.IsDefault {
			unlisted = hc.Default
		}
	}
	for _, o := range s.Objects {
		all = append(all, edits(&o, paths, unlisted)...)
	}
	return all
}

// onlyHere says that nothing but the content folder was made, and no
// temporary file is left.
func onlyHere(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, p)
		inside := strings.HasPrefix(filepath.ToSlash(rel)+"/", "docs/content/") || rel == "." || rel == "docs"
		if !inside || strings.HasPrefix(d.Name(), tempPrefix) {
			t.Errorf("there is %s", rel)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// plain reduces a snapshot to what both sides have: ids instead of paths.
func plain(s model.Snapshot, paths map[model.Key]string) map[string]string {
	out := map[string]string{}
	for _, o := range s.Objects {
		at := o.Path
		if paths != nil {
			at = paths[o.Key()]
		}
		var parents []string
		for _, p := range o.Parents {
			parents = append(parents, p.ID)
		}
		slices.Sort(parents)
		out[o.Key().String()] = fmt.Sprint(o.HelpCenter, " ", at, " ", parents, " ", o.Default, " ", o.ParentsComplete)
		for l, c := range o.Contents {
			for f, v := range c.Fields {
				out[fmt.Sprint(o.Key(), " ", l, " ", f)] = v
			}
		}
	}
	return out
}
