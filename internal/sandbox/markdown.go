package sandbox

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// The dialect of body_markdown is not documented (intercom-api.md 6.5). What is
// taken here is the part of Markdown that all dialects share: headings, lists,
// fenced code, rules, raw HTML, and in a line emphasis, code, links and images.

// fromMarkdown gives the HTML that is then treated like any other body.
func fromMarkdown(source string) string {
	var b strings.Builder
	markdownBlocks(&b, strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n"))
	return b.String()
}

func markdownBlocks(b *strings.Builder, lines []string) {
	for len(lines) > 0 {
		n := markdownBlock(b, lines)
		lines = lines[n:]
	}
}

// markdownBlock writes the block that the lines begin with and says how many of
// them it took.
func markdownBlock(b *strings.Builder, lines []string) int {
	first := strings.TrimSpace(lines[0])
	title := strings.TrimLeft(first, "#")
	level := len(first) - len(title)
	switch {
	case first == "":
		return 1
	case strings.HasPrefix(first, "```"):
		n := until(lines[1:], func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "```") })
		fmt.Fprintf(b, "<pre><code>%s</code></pre>", html.EscapeString(strings.Join(lines[1:n+1], "\n")))
		return min(n+2, len(lines))
	case level >= 1 && level <= 6 && strings.HasPrefix(title, " "):
		fmt.Fprintf(b, "<h%d>%s</h%d>", level, markdownLine(strings.TrimSpace(title)), level)
		return 1
	case len(first) >= 3 && (strings.Trim(first, "-") == "" || strings.Trim(first, "*") == ""):
		b.WriteString("<hr>")
		return 1
	case marker(lines[0]) != "":
		return markdownList(b, lines)
	case strings.HasPrefix(first, "<"):
		n := until(lines, isBlank)
		b.WriteString(strings.Join(lines[:n], "\n"))
		return n
	}
	n := 1 + until(lines[1:], func(l string) bool {
		return isBlank(l) || marker(l) != "" || strings.HasPrefix(l, "#") || strings.HasPrefix(l, "```")
	})
	fmt.Fprintf(b, "<p>%s</p>", markdownLine(strings.TrimSpace(strings.Join(lines[:n], "\n"))))
	return n
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

func until(lines []string, stop func(string) bool) int {
	for i, l := range lines {
		if stop(l) {
			return i
		}
	}
	return len(lines)
}

// marker is the beginning of a list item, up to its text.
func marker(line string) string {
	return regexp.MustCompile(`^\s*(?:[-*+]|\d{1,9}[.)])\s+`).FindString(line)
}

func isOrdered(marker string) bool { return strings.ContainsAny(marker, ".)") }

// markdownList takes the items of one kind, and in each the lines that are
// indented to its text.
func markdownList(b *strings.Builder, lines []string) int {
	name := map[bool]string{true: "ol", false: "ul"}[isOrdered(marker(lines[0]))]
	ordered, taken := name == "ol", 0
	fmt.Fprintf(b, "<%s>", name)
	for taken < len(lines) {
		m := marker(lines[taken])
		if m == "" || isOrdered(m) != ordered {
			break
		}
		item := []string{lines[taken][len(m):]}
		taken++
		for taken < len(lines) && (isBlank(lines[taken]) || indent(lines[taken]) >= 2 && indent(lines[taken]) > indent(m)) {
			item = append(item, dedent(lines[taken], len(m)))
			taken++
		}
		b.WriteString("<li>")
		markdownBlocks(b, item)
		b.WriteString("</li>")
	}
	fmt.Fprintf(b, "</%s>", name)
	return taken
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func dedent(line string, width int) string { return line[min(width, indent(line)):] }

// markdownLine writes the text of one block.
func markdownLine(text string) string {
	parts := strings.Split(text, "`")
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i%2 == 1 && i < len(parts)-1:
			b.WriteString("<code>" + html.EscapeString(part) + "</code>")
		case i%2 == 1:
			b.WriteString("`" + emphasis(part))
		default:
			b.WriteString(emphasis(part))
		}
	}
	return b.String()
}

func emphasis(text string) string {
	text = html.EscapeString(html.UnescapeString(text))
	for _, rule := range [][2]string{
		{`!\[([^\]]*)\]\(([^)\s]+)\)`, `<img src="$2" alt="$1">`},
		{`\[([^\]]*)\]\(([^)\s]+)\)`, `<a href="$2">$1</a>`},
		{`\*\*(\S|\S.*?\S)\*\*`, `<b>$1</b>`},
		{`\*(\S|\S.*?\S)\*`, `<i>$1</i>`},
		{`(?: {2,}|\\)\n`, `<br>`},
		{`\n`, ` `},
	} {
		text = regexp.MustCompile(rule[0]).ReplaceAllString(text, rule[1])
	}
	return text
}
