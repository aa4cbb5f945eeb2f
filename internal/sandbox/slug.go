package sandbox

import (
	"strings"
	"unicode"
)

// slug makes the readable end of an address out of a title: lower case, accents
// off, each run of anything else one hyphen. Letters of other scripts stay, as
// in the addresses of Intercom's own Japanese help center.
func slug(title string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(title) {
		base := string(r)
		if unicode.Is(unicode.Latin, r) {
			base = withoutAccent(r)
		}
		switch {
		case unicode.IsMark(r):
		case r == '\'' || r == '’':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteString(base)
			gap = false
		default:
			gap = true
		}
	}
	return b.String()
}

// withoutAccent spells a lower-case Latin letter in ASCII where that is usual.
func withoutAccent(r rune) string {
	const accented = "àáâãäåāăąçćĉċčďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľŀłñńņňòóôõöøōŏőŕŗřśŝşšșţťŧțùúûüũūŭůűųŵýÿŷźżž"
	const plain = "aaaaaaaaacccccddeeeeeeeeegggghhiiiiiiiiijklllllnnnnooooooooorrrsssssttttuuuuuuuuuuwyyyzzz"
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	}
	i := 0
	for _, a := range accented {
		if a == r {
			return plain[i : i+1]
		}
		i++
	}
	return string(r)
}
