package gather

import (
	"net/url"
	"path"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// Check looks at the texts that a plan would send: titles that are empty, links
// that lead nowhere, local images that are missing or that Intercom has no way
// to fetch. What was pulled and not touched is not looked at.
func (l *Links) Check(p *diff.Plan, exists func(file string) bool, published bool) []model.Problem {
	var out []model.Problem
	for _, c := range p.Changes {
		for _, lc := range c.Contents {
			for _, f := range lc.Fields {
				if f.Field == model.Title && strings.TrimSpace(f.After) == "" {
					line := c.Local.Contents[lc.Locale].Lines[model.Title]
					out = append(out, model.Problem{File: lc.File, Line: line, Message: "title is empty: write one"})
				}
				if f.Field == model.Body {
					out = append(out, l.checkBody(c.Local, lc, f.After, exists, published)...)
				}
			}
		}
	}
	return out
}

func (l *Links) checkBody(o *model.Object, lc diff.LocaleChange, md string, exists func(string) bool, published bool) []model.Problem {
	var out []model.Problem
	first := o.Contents[lc.Locale].Lines[model.Body]
	for _, d := range markup.Destinations(md) {
		message := ""
		if d.Image {
			message = localImage(lc.File, d.URL, exists, published)
		} else if _, v := l.Resolve(lc.File, lc.Locale, d.URL); v == Dead {
			message = "the link to " + d.URL + " leads to no article or collection; correct the path"
		}
		if message != "" {
			out = append(out, model.Problem{File: lc.File, Line: first + d.Line - 1, Message: message})
		}
	}
	return out
}

func localImage(file, src string, exists func(string) bool, published bool) string {
	u, err := url.Parse(src)
	switch {
	case err != nil || u.Scheme != "" || u.Host != "" || u.Path == "":
		return ""
	case path.IsAbs(u.Path) || !exists(path.Join(path.Dir(file), u.Path)):
		return "the image " + src + " is not there; correct the path, relative to this file"
	case !published:
		return "the image " + src + " is local, and Intercom fetches images from public addresses; set image_base_url in hcsync.yaml to where this folder is published"
	}
	return ""
}
