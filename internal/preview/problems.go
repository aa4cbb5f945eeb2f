package preview

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/gather"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/report"
)

// ofReading is the code of what was found when the files were read.
const ofReading = "content"

// findings is what there is to say of the files, by file.
type findings map[string][]report.Finding

// counts says how many of each kind.
type counts struct{ Problems, Warnings, Notes int }

func (f findings) counts() counts {
	var c counts
	for _, list := range f {
		for _, one := range list {
			switch one.Severity {
			case report.SeverityProblem:
				c.Problems++
			case report.SeverityWarning:
				c.Warnings++
			default:
				c.Notes++
			}
		}
	}
	return c
}

// of gives what is said of an object's files.
func (f findings) of(o *model.Object) []report.Finding {
	var list []report.Finding
	for _, l := range o.Locales() {
		list = append(list, f[o.Contents[l].File]...)
	}
	return list
}

// elsewhere gives the problems of files that are shown on no page of their own:
// the home page has to tell of them.
func (f findings) elsewhere(s *site) []report.Finding {
	var list []report.Finding
	for _, file := range slices.Sorted(maps.Keys(f)) {
		if s.pageOf(file) == "" {
			for _, one := range f[file] {
				if one.Severity == report.SeverityProblem {
					list = append(list, one)
				}
			}
		}
	}
	return list
}

// all gives everything, the worst first, then by file and line.
func (f findings) all() []report.Finding {
	rank := map[report.Severity]int{report.SeverityProblem: 0, report.SeverityWarning: 1, report.SeverityNote: 2}
	worst := map[string]int{}
	var list []report.Finding
	for file, of := range f {
		worst[file] = 3
		for _, one := range of {
			worst[file] = min(worst[file], rank[one.Severity])
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(a, b report.Finding) int {
		return cmp.Or(cmp.Compare(worst[a.File], worst[b.File]), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(rank[a.Severity], rank[b.Severity]))
	})
	return list
}

// pageOf gives the page that shows a file, "" where none does.
func (s *site) pageOf(file string) string {
	p := stem(strings.TrimPrefix(strings.TrimPrefix(file, s.content), "/"))
	name, locale, _ := strings.Cut(path.Base(p), ".")
	if name == "_help-center" && s.folders[path.Dir(p)] != nil {
		return folderHref(s.standard, path.Dir(p))
	}
	var o *model.Object
	if f := s.folders[path.Dir(p)]; name == "_collection" && f != nil {
		o = f.object
	} else if o = s.articles[p]; o == nil && locale != "" {
		o = s.articles[path.Join(path.Dir(p), name)]
	}
	if o != nil {
		for l, c := range o.Contents {
			if c.File == file {
				return objectHref(l, o)
			}
		}
	}
	return ""
}

// texts is what was said of each text, by file.
type texts map[string]checked

type checked struct {
	text string
	said []report.Finding
}

// Check says what there is to say of one text.
type Check func(links *gather.Links, o *model.Object, l model.Locale) []report.Finding

// changed looks at the texts that are not those of last, at no more than most
// of them; complete says that these were all.
func (check Check) changed(s *site, last texts, most int) (now texts, complete bool) {
	now, complete = make(texts, len(last)), true
	for o, l := range s.bodies() {
		c := o.Contents[l]
		known, ok := last[c.File]
		if text := c.Fields[model.Body]; !ok || known.text != text {
			if most == 0 {
				complete = false
				continue
			}
			most--
			known = checked{text, check(s.links, o, l)}
		}
		now[c.File] = known
	}
	return now, complete
}

// all looks at every text, unless ctx ends.
func (check Check) all(ctx context.Context, s *site) (now texts, complete bool) {
	now = texts{}
	for o, l := range s.bodies() {
		if ctx.Err() != nil {
			return nil, false
		}
		c := o.Contents[l]
		now[c.File] = checked{c.Fields[model.Body], check(s.links, o, l)}
	}
	return now, true
}

// bodies goes through the texts that the files hold now.
func (s *site) bodies() iter.Seq2[*model.Object, model.Locale] {
	return func(yield func(*model.Object, model.Locale) bool) {
		for i := range s.objects {
			for l, c := range s.objects[i].Contents {
				_, has := c.Fields[model.Body]
				if has && c.Lines != nil && !yield(&s.objects[i], l) {
					return
				}
			}
		}
	}
}

// collect puts together what was said of reading the files and of their texts.
func collect(reading []model.Problem, texts texts) findings {
	out := findings{}
	for _, p := range reading {
		out[p.File] = append(out[p.File], report.ProblemFinding(ofReading, p))
	}
	for file, c := range texts {
		if len(c.said) > 0 {
			out[file] = append(out[file], c.said...)
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b report.Finding) int { return cmp.Compare(a.Line, b.Line) })
	}
	return out
}
