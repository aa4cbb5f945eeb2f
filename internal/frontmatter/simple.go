package frontmatter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// simple reads what nearly all front matter is, and what pull writes: lines
// `key: value` with a plain word or a text in double quotes. It gives the very
// entries that reading with yaml.v3 gives, which FuzzSimple says, and ok is
// false for anything that could mean something else there. It is here because
// reading the front matter was most of what reading an unchanged file cost.
func simple(text string) (entries []entry, src source, ok bool) {
	if text == "" || text[len(text)-1] != '\n' {
		return nil, src, false
	}
	count := strings.Count(text, "\n")
	nodes := make([]yaml.Node, count)
	entries = make([]entry, 0, count)
	src = source{text, make([]int, 1, count+1)}
	for start := 0; start < len(text); {
		stop := start + strings.IndexByte(text[start:], '\n')
		key, value, ok := strings.Cut(text[start:stop], ": ")
		if !ok || !isSimpleKey(key) || slices.ContainsFunc(entries, func(e entry) bool { return e.key == key }) {
			return nil, src, false
		}
		n := &nodes[len(entries)]
		if !simpleValue(value, n) {
			return nil, src, false
		}
		n.Line, n.Column = len(entries)+1, len(key)+3
		colon := start + len(key) + 1
		entries = append(entries, entry{key: key, start: start, colon: colon, value: n, from: colon + 1, to: stop})
		start = stop + 1
		src.lines = append(src.lines, start)
	}
	return entries, src, true
}

// isSimpleKey takes lower-case names, but for those that YAML reads as other
// things than text.
func isSimpleKey(key string) bool {
	return key != "" && len(key) < 64 && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") == "" && isText(key)
}

// simpleValue reads a value into a node, if it is a simple one.
func simpleValue(value string, n *yaml.Node) bool {
	n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!str", value
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		inner, ok = strings.CutSuffix(inner, `"`)
		n.Value, n.Style = inner, yaml.DoubleQuotedStyle
		return ok && !strings.ContainsAny(inner, `"\`) && !strings.ContainsFunc(inner, isSpecial)
	}
	first, _ := utf8.DecodeRuneInString(value)
	return (unicode.IsLetter(first) || isHash(value)) && isText(value) && !strings.HasSuffix(value, " ") && !strings.HasSuffix(value, ":") &&
		!strings.Contains(value, ": ") && !strings.ContainsRune(value, '#') && !strings.ContainsFunc(value, isSpecial)
}

// isText says that a word that begins with a letter is none of YAML's own.
func isText(word string) bool {
	switch strings.ToLower(word) {
	case "true", "false", "null":
		return false
	}
	return true
}

// isHash says that a word is an abbreviated commit, and no number: those have
// no letter but e, x, o and b.
func isHash(word string) bool {
	return strings.Trim(word, "0123456789abcdef") == "" && strings.ContainsAny(word, "acdf")
}

// isSpecial tells the characters that are not simply part of a text.
func isSpecial(r rune) bool {
	if r >= ' ' && r <= '~' {
		return false
	}
	return r == utf8.RuneError || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)
}
