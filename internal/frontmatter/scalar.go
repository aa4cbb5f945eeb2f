package frontmatter

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// otherType matches plain words that yaml.v3 reads as text and other readers,
// of YAML 1.1, do not: bools and numbers to the base 60.
var otherType = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|=|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)$`)

// encode writes a scalar on one line, in the given style where that can hold
// it, so that it reads back as the very string. flow is true inside brackets.
func encode(value string, style yaml.Style, flow bool) string {
	quoted := style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
	switch {
	case strings.ContainsFunc(value, mustEscape):
		return doubleQuote(value)
	case !quoted && isPlain(value, flow):
		return value
	case style&yaml.SingleQuotedStyle != 0, !quoted && strings.ContainsAny(value, `"\`):
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	return doubleQuote(value)
}

// isPlain asks the reader itself whether a text needs quotes.
func isPlain(value string, flow bool) bool {
	if strings.Trim(value, "0123456789") == "" || otherType.MatchString(value) {
		return false
	}
	if n := (yaml.Node{}); !flow && simpleValue(value, &n) && n.Style == 0 {
		return true
	}
	text := "k: " + value + "\n"
	if flow {
		text = "k: [" + value + "]\n"
	}
	root, err := decode(text)
	if err != nil || root == nil || root.Kind != yaml.MappingNode || len(root.Content) != 2 {
		return false
	}
	n := root.Content[1]
	if flow {
		if n.Kind != yaml.SequenceNode || len(n.Content) != 1 {
			return false
		}
		n = n.Content[0]
	}
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Anchor == "" && n.ShortTag() == "!!str" && n.Value == value
}

// mustEscape tells the characters that YAML cannot hold, that it takes for
// line ends, or that turn the direction of the text around them and so could
// make a reviewer read something else.
func mustEscape(r rune) bool {
	switch {
	case unicode.IsControl(r), r == 0x2028, r == 0x2029, r == 0xFEFF, r&0xFFFE == 0xFFFE:
		return true
	}
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

func doubleQuote(value string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case mustEscape(r) && r <= 0xFF:
			fmt.Fprintf(&b, `\x%02X`, r)
		case mustEscape(r) && r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		case mustEscape(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
