package markup

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// cleanClasses drops the classes that the server adds by itself and the one that
// names the default alignment, and sorts the rest.
func cleanClasses(list string) string {
	if isNoise(list) {
		return ""
	}
	words := slices.DeleteFunc(strings.Fields(list), isNoise)
	if len(words) == 1 {
		return words[0]
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

func isNoise(class string) bool {
	return class == classNoMargin || class == classLink || class == classAlign+"left"
}

// cleanStyle writes declarations as `name: value; name: value`, with colours as
// lower-case hex, so that `rgba(227, 231, 250, 0.5)` and `#E3E7FA80` are one.
func cleanStyle(style string) string {
	var out []string
	for _, declaration := range strings.Split(style, ";") {
		name, value, ok := strings.Cut(declaration, ":")
		if !ok {
			if s := strings.TrimSpace(declaration); s != "" {
				out = append(out, s)
			}
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		out = append(out, name+": "+cleanValue(strings.TrimSpace(value)))
	}
	return strings.Join(out, "; ")
}

func cleanValue(value string) string {
	if hex, ok := hexColor(value); ok {
		return hex
	}
	return strings.Join(strings.Fields(value), " ")
}

// hexColor spells a colour as #rrggbb or #rrggbbaa; an alpha of ff is left out.
func hexColor(value string) (string, bool) {
	v := strings.ToLower(value)
	if strings.HasPrefix(v, "rgb") {
		return hexFromRGB(v)
	}
	if !strings.HasPrefix(v, "#") || strings.Trim(v[1:], "0123456789abcdef") != "" {
		return "", false
	}
	digits := v[1:]
	if len(digits) == 3 || len(digits) == 4 {
		var long strings.Builder
		for i := range len(digits) {
			long.WriteString(digits[i : i+1])
			long.WriteString(digits[i : i+1])
		}
		digits = long.String()
	}
	if len(digits) == 8 && strings.HasSuffix(digits, "ff") {
		digits = digits[:6]
	}
	return "#" + digits, len(digits) == 6 || len(digits) == 8
}

func hexFromRGB(v string) (string, bool) {
	_, inside, ok := strings.Cut(v, "(")
	if !ok || !strings.HasSuffix(inside, ")") {
		return "", false
	}
	parts := strings.FieldsFunc(strings.TrimSuffix(inside, ")"), func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) != 3 && len(parts) != 4 {
		return "", false
	}
	hex := "#"
	for i, part := range parts {
		scale := 1.0
		if i == 3 {
			scale = 255
		}
		f, err := strconv.ParseFloat(part, 64)
		if err != nil || f < 0 || f*scale > 255 {
			return "", false
		}
		hex += fmt.Sprintf("%02x", int(math.Round(f*scale)))
	}
	if len(parts) == 4 && strings.HasSuffix(hex, "ff") {
		hex = hex[:7]
	}
	return hex, true
}
