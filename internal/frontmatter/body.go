package frontmatter

import "strings"

// Body gives the Markdown after the front matter: LF line ends, no blank line
// at either end, no final line end.
func (d *Doc) Body() string {
	return TrimBody(d.body)
}

// TrimBody gives a text as [Doc.Body] would.
func TrimBody(md string) string {
	_, body, _ := trimBlankLines(normalLines(md))
	return body
}

// BodyLine gives the line of the file that the body begins in, also where it
// is empty.
func (d *Doc) BodyLine() int {
	lead, _, _ := trimBlankLines(d.body)
	return 1 + strings.Count(d.open+d.yaml+d.close+lead, "\n")
}

// SetBody replaces the body, in the file's own line ends. It does nothing
// where Body already gives the same text, blank lines at the ends aside.
func (d *Doc) SetBody(md string) {
	md = TrimBody(md)
	if md == d.Body() {
		return
	}
	lead, old, tail := trimBlankLines(d.body)
	if first, _ := cutLine(md); d.open == "" && isFence(first, "---") {
		d.open, d.close = "---"+d.eol, "---"+d.eol
	}
	eol := d.eol
	if strings.Contains(d.body, "\n") {
		eol = lineEnd(d.body)
	}
	if old == "" {
		lead, tail = "", eol
		if d.open != "" {
			lead = eol
		}
	}
	if md == "" {
		d.body = ""
		return
	}
	if d.close != "" && !strings.HasSuffix(d.close, "\n") {
		d.close += eol
	}
	d.body = lead + strings.ReplaceAll(md, "\n", eol) + tail
}

// trimBlankLines cuts the blank lines off both ends. The line end of the last
// line goes to tail.
func trimBlankLines(s string) (lead, body, tail string) {
	body = s
	for body != "" {
		line, rest := cutLine(body)
		if strings.Trim(line, " \t\r\n") != "" {
			break
		}
		body = rest
	}
	lead = s[:len(s)-len(body)]
	whole := body
	for {
		line := body[strings.LastIndexByte(body, '\n')+1:]
		if body == "" || strings.Trim(line, " \t\r") != "" {
			break
		}
		body = strings.TrimSuffix(body[:len(body)-len(line)], "\n")
	}
	body = strings.TrimSuffix(body, "\r")
	return lead, body, whole[len(body):]
}

// normalLines turns every line end that CommonMark knows into a line feed.
func normalLines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
}
