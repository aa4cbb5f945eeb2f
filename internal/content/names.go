package content

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The most that a name made from a title may have, in bytes.
const (
	maxArticleName = 60
	maxFolderName  = 40
)

// fold gives the spelling by which names are compared: two names that some
// file system cannot hold side by side fold to the same.
func fold(name string) string {
	lower := true
	for i := range len(name) {
		switch c := name[i]; {
		case c >= utf8.RuneSelf:
			return folded(name)
		case 'A' <= c && c <= 'Z':
			lower = false
		}
	}
	if lower {
		return name
	}
	return strings.ToLower(name)
}

// folded folds a name that is not all ASCII.
func folded(name string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFD.String(name)))
}

// Slug makes a file name, without an extension, from a title: its letters,
// marks and numbers in lower case, with one dash for whatever stands between
// them, in at most max bytes. Where that gives nothing usable it is made from
// the fallback, which is the object's id. A slug never is a name that has a
// meaning here or on Windows.
func Slug(title, fallback string, max int) string {
	slug, spare := slugText(title, max), slugText(fallback, max)
	switch {
	case slug != "" && !reserved(slug):
		return slug
	case spare == "" || reserved(spare):
		spare = "untitled"
	}
	if slug == "" {
		return spare
	}
	return slug + "-" + spare
}

func slugText(text string, max int) string {
	text = norm.NFC.String(strings.ToLower(strings.ToValidUTF8(text, " ")))
	var b strings.Builder
	gap := true
	for _, r := range text {
		mark := unicode.Is(unicode.M, r)
		if !visible(r) || mark && gap {
			gap = gap || !ignorable(r)
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(r)
	}
	return cutName(norm.NFC.String(b.String()), max)
}

// visible says whether a name may hold a character.
func visible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N) && !ignorable(r)
}

// ignorable tells characters that show nothing: variation selectors, fillers.
func ignorable(r rune) bool {
	return unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// cutName shortens a name on a rune boundary.
func cutName(name string, max int) string {
	if len(name) > max {
		for max > 0 && !utf8.RuneStart(name[max]) {
			max--
		}
		name = name[:max]
	}
	return strings.Trim(name, "-")
}

func reserved(name string) bool {
	folded := fold(name)
	return folded == "images" || folded == "readme" || windowsDevice(name)
}

// windowsDevice tells the names that Windows keeps for devices, whatever
// extension follows.
func windowsDevice(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	rest, com := strings.CutPrefix(stem, "com")
	if !com {
		rest, com = strings.CutPrefix(stem, "lpt")
	}
	return com && utf8.RuneCountInString(rest) == 1 && strings.Contains("0123456789¹²³", rest)
}

// portable says what keeps another system from holding a name, or "".
func portable(name string) string {
	switch {
	case windowsDevice(name):
		return "Windows keeps this name for a device"
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"|?*\`, r) }):
		return `Windows cannot hold a name with < > : " | ? * \ or a control character`
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
		return "Windows cannot hold a name that ends with a dot or a space"
	case !utf8.ValidString(name):
		return "the name is not UTF-8"
	}
	return ""
}

func isMarkdown(name string) bool { return strings.EqualFold(path.Ext(name), ".md") }

// isReadme tells the files that are for readers of the repository.
func isReadme(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	return strings.EqualFold(stem, "readme")
}

// splitName takes `install.fr.md` apart. Without a dot in the stem there is no
// locale.
func splitName(name string) (stem, locale string) {
	name = name[:len(name)-len(".md")]
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}
