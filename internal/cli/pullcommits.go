package cli

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/git"
	"github.com/hcsync/hcsync/internal/github"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/pull"
)

// commitPulled makes one commit of each object that a pull brought, and one of
// the ids, markers and mirrors that remain. It gives their number.
func (s *session) commitPulled(ctx context.Context, got *pulled) (int, error) {
	dirty, err := s.repo.Dirty(ctx, s.cfg.Content)
	if err != nil {
		return 0, err
	}
	made := 0
	for _, c := range divide(pull.Commits(got.result, got.wrote, got.st), s.cfg.Content, dirty) {
		if err := s.repo.Commit(ctx, c); err != nil {
			return made, fmt.Errorf("the commit of %s: %w", c.Files[0], err)
		}
		made++
	}
	return made, nil
}

// divide gives every changed file to the commit that names it, else to the one
// whose folder it stands in, and the rest to a commit of its own.
func divide(list []pull.Commit, content string, dirty []string) []git.Change {
	owner := map[string]int{}
	for i, c := range list {
		for _, f := range c.Files {
			owner[path.Join(content, f)] = i
		}
	}
	files := make([][]string, len(list)+1)
	for _, f := range dirty {
		i, named := owner[f]
		if !named {
			i = slices.IndexFunc(list, func(c pull.Commit) bool {
				return slices.ContainsFunc(c.Folders, func(folder string) bool { return strings.HasPrefix(f+"/", path.Join(content, folder)+"/") })
			})
		}
		if i < 0 {
			i = len(list)
		}
		files[i] = append(files[i], f)
	}
	var out []git.Change
	for i, c := range list {
		if len(files[i]) > 0 {
			out = append(out, change(c, files[i]))
		}
	}
	if rest := files[len(list)]; len(rest) > 0 {
		out = append(out, git.Change{Message: "Ids and markers of the last pull from Intercom\n", Files: rest})
	}
	return out
}

// change is the commit of one object, by the teammate who edited it last.
func change(c pull.Commit, files []string) git.Change {
	out := git.Change{Time: c.At, Files: files, Name: "Intercom", Email: "intercom@hcsync.invalid",
		Message: github.Line(cmp.Or(c.Title, c.Path)) + ": " + c.What + " in Intercom\n"}
	if c.Says != "" {
		out.Message += "\n" + c.Says + "\n"
	}
	if c.What == "removed" {
		return out
	}
	for i, a := range c.By {
		name, email := person(a)
		if i == 0 {
			out.Name, out.Email = name, email
			continue
		}
		if i == 1 {
			out.Message += "\n"
		}
		out.Message += "Co-authored-by: " + name + " <" + email + ">\n"
	}
	return out
}

// person gives a teammate as git names people. An address is nobody's where the
// API tells none.
func person(a model.Admin) (name, email string) {
	plain := func(s string) string {
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune("<>", r) || unicode.IsControl(r) {
				return ' '
			}
			return r
		}, s)
		return strings.Join(strings.Fields(s), " ")
	}
	email = strings.ReplaceAll(plain(a.Email), " ", "")
	// git takes punctuation off the ends of a name, and no name that is nothing else.
	name = cmp.Or(strings.Trim(plain(a.Name), ".,:;\"'\\"), email, "admin "+a.ID)
	return name, cmp.Or(email, "admin-"+a.ID+"@hcsync.invalid")
}

// overlooked are the lines of front matter that a pull writes for itself.
const overlooked = "^(id|synced): "

// told says what the pull request holds: all that its branch, at the commit head,
// has and the default branch has not. at is the commit that GitHub shows.
func (s *session) told(ctx context.Context, p *proposal, got *pulled, head, at string) (github.Proposal, error) {
	out := github.Proposal{Conflicts: got.result.Conflicts, Left: got.result.Left}
	out.Report = s.planReport(s.head(got.st), &diff.Plan{})
	out.Step = p.step
	out.Step.SHA, out.Step.Pull = at, nil
	changes, err := s.repo.Between(ctx, p.main, head, s.cfg.Content, overlooked)
	if err != nil {
		return out, err
	}
	known := s.objects(got)
	for _, c := range changes {
		if c.Ignored || path.Base(c.File) == "_help-center.md" {
			out.Linked++
			continue
		}
		out.Brought = bring(out.Brought, s.about(known, c.File), c)
	}
	for _, f := range got.result.Skipped {
		out.Standing = append(out.Standing, github.Brought{About: s.about(known, f), Files: []string{f}})
	}
	return out, nil
}

// objects tells what is in each file, whether it was there before or not.
func (s *session) objects(got *pulled) map[string]diff.About {
	known := map[string]diff.About{}
	for _, o := range s.files.Objects {
		for _, c := range o.Contents {
			known[c.File] = diff.About{Kind: o.Kind, ID: o.ID, Path: o.Path, Title: o.Title()}
		}
	}
	for _, w := range got.wrote {
		if w.About.Title != "" {
			known[s.tree.File(w.Path)] = w.About
		}
	}
	return known
}

// about names the object of a file, also of one that is gone.
func (s *session) about(known map[string]diff.About, file string) diff.About {
	if a, ok := known[file]; ok {
		return a
	}
	a := diff.About{Kind: model.Article, Path: strings.TrimPrefix(file, s.cfg.Content+"/")}
	if strings.HasPrefix(path.Base(file), "_collection.") {
		a.Kind, a.Path = model.Collection, path.Dir(a.Path)
	}
	return a
}

// bring adds a file to its object. An object is new or removed only as a whole.
func bring(list []github.Brought, a diff.About, c git.FileChange) []github.Brought {
	what := map[string]string{"A": "new", "D": "removed", "R": "moved"}[c.Status]
	what = cmp.Or(what, "changed")
	for i := range list {
		if b := &list[i]; b.Path == a.Path && b.Kind == a.Kind {
			b.Files = append(b.Files, c.File)
			if b.What != what && b.What != "moved" {
				b.What = "changed"
			}
			return list
		}
	}
	return append(list, github.Brought{About: a, What: what, Files: []string{c.File}})
}
