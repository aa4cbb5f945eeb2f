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
					body := c.Local.Contents[lc.Locale]
					body.File = lc.File
					out = append(out, l.CheckBody(body, lc.Locale, f.After, exists, published)...)
				}
			}
		}
	}
	return out
}

// CheckBody looks at the links and images of one text. published says that local
// images can be fetched from somewhere.
func (l *Links) CheckBody(c model.Content, locale model.Locale, md string, exists func(file string) bool, published bool) []model.Problem {
	var out []model.Problem
	first := c.Lines[model.Body]
	for _, d := range markup.Destinations(md) {
		message := ""
		if d.Image {
			message = localImage(c.File, d.URL, exists, published)
		} else if _, v := l.Resolve(c.File, locale, d.URL); v == Dead {
			message = "the link to " + d.URL + " leads to no article or collection; correct the path"
		}
		if message != "" {
			out = append(out, model.Problem{File: c.File, Line: first + d.Line - 1, Message: message})
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
