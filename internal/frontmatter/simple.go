package frontmatter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// simple reads what nearly all front matter is, and what pull writes: lines
// `key: value` with a plain word or a text in double quotes. It gives the very
// nodes that yaml.v3 gives, which FuzzSimple says, and nil for anything that
// could mean something else there. It is here because reading the front matter
// was most of what reading an unchanged file cost.
func simple(text string) *yaml.Node {
	if text == "" || !strings.HasSuffix(text, "\n") {
		return nil
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: 1}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if !ok || !isSimpleKey(key) {
			return nil
		}
		n := simpleValue(value)
		if n == nil {
			return nil
		}
		at := len(root.Content)/2 + 1
		n.Line, n.Column = at, len(key)+3
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: at, Column: 1}, n)
	}
	return root
}

// isSimpleKey takes lower-case names, but for those that YAML reads as other
// things than text.
func isSimpleKey(key string) bool {
	return key != "" && len(key) < 64 && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") == "" && isText(key)
}

func simpleValue(value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		inner, ok = strings.CutSuffix(inner, `"`)
		n.Value, n.Style = inner, yaml.DoubleQuotedStyle
		if !ok || strings.ContainsAny(inner, `"\`) || strings.ContainsFunc(inner, isSpecial) {
			return nil
		}
		return n
	}
	first, _ := utf8.DecodeRuneInString(value)
	if !unicode.IsLetter(first) && !isHash(value) || !isText(value) || strings.HasSuffix(value, " ") || strings.HasSuffix(value, ":") ||
		strings.Contains(value, ": ") || strings.ContainsRune(value, '#') || strings.ContainsFunc(value, isSpecial) {
		return nil
	}
	return n
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
