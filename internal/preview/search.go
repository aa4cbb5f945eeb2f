package preview

import (
	"cmp"
	"html"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/hcsync/hcsync/internal/model"
)

// result is a hit of a search.
type result struct {
	words
	Href    string
	Where   string // names of the collections that hold it
	Snippet []piece
}

// piece is a part of a snippet; Hit marks the words that were asked for.
type piece struct {
	Text string
	Hit  bool
}

// most is how many results a search shows.
const most = 50

// index keeps the words of each text, by file, for as long as the text stays.
type index struct {
	mu    sync.Mutex
	known map[string]indexed
}

type indexed struct{ text, folded string }

// folded gives a text in the form that searches compare.
func (x *index) folded(file, text string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if have, ok := x.known[file]; ok && have.text == text {
		return have.folded
	}
	if x.known == nil {
		x.known = map[string]indexed{}
	}
	f := fold(plain(text))
	x.known[file] = indexed{text, f}
	return f
}

// fold takes case and accents away, so that "reunion" finds "Réunion".
func fold(s string) string {
	ascii := !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
	if ascii {
		return strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

var (
	destination = regexp.MustCompile(`\]\([^)]*\)|\]\[[^\]]*\]`)
	tag         = regexp.MustCompile(`(?s)<!--.*?-->|</?[a-zA-Z][^>]*>`)
	marks       = regexp.MustCompile("(?m)^[ \t]*>[ \t]*\\[![A-Za-z]+\\]|^[ \t]*(?:#+|>|[-*+]|[0-9]+[.)])[ \t]+|[*_`|\\[\\]\\\\]+|!\\[")
)

// plain gives the words of Markdown, near enough to search in and to show a
// line of.
func plain(md string) string {
	md = tag.ReplaceAllString(md, " ")
	md = destination.ReplaceAllString(md, " ")
	return html.UnescapeString(marks.ReplaceAllString(md, ""))
}

func (v *view) searchPage() *page {
	p := v.newPage("search")
	p.Title = "Search"
	p.Heading = words{Title: "Search", Lang: "en", Dir: "ltr"}
	p.Crumbs = v.crumbs(nil)
	if terms := strings.Fields(fold(p.Query)); len(terms) > 0 {
		p.Results = v.search(terms)
	}
	return p
}

// search finds the articles that have every word, those with words in the title
// first.
func (v *view) search(terms []string) []result {
	type hit struct {
		o     *model.Object
		score int
	}
	var hits []hit
	for i := range v.site.objects {
		o := &v.site.objects[i]
		if score := v.score(o, terms); o.Kind == model.Article && score > 0 {
			hits = append(hits, hit{o, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	var out []result
	for _, h := range hits[:min(len(hits), most)] {
		out = append(out, v.result(h.o, terms))
	}
	return out
}

// score counts where an article has the words: the title weighs most, and a
// text of the asked locale more than one that stands in for it.
func (v *view) score(o *model.Object, terms []string) int {
	t, c := in(o, v.locale), v.content(o)
	title, description := fold(t.Title), fold(t.Description)
	text := v.server.index.folded(c.File, c.Fields[model.Body])
	score := 0
	for _, term := range terms {
		n := min(strings.Count(text, term), 5)
		if strings.Contains(title, term) {
			n += 20
		}
		if strings.Contains(description, term) {
			n += 5
		}
		if n == 0 {
			return 0
		}
		score += n
	}
	if !t.Missing {
		score *= 4
	}
	return score
}

func (v *view) result(o *model.Object, terms []string) result {
	r := result{words: v.words(in(o, v.locale)), Href: objectHref(v.locale, o)}
	var names []string
	for f := v.site.folders[path.Dir(o.Path)]; f != nil && (f.parent != nil || !v.site.single); f = f.parent {
		names = append(names, f.in(v.locale).Title)
	}
	slices.Reverse(names)
	r.Where = strings.Join(names, " › ")
	r.Snippet = snippet(plain(v.content(o).Fields[model.Body]), terms)
	return r
}

// snippet cuts the words round the first hit out of a text.
func snippet(text string, terms []string) []piece {
	words := strings.Fields(text)
	hit := func(w string) bool {
		w = fold(w)
		return slices.ContainsFunc(terms, func(t string) bool { return strings.Contains(w, t) })
	}
	first := max(slices.IndexFunc(words, hit), 0)
	from := max(first-8, 0)
	to := min(from+32, len(words))
	var out []piece
	add := func(s string, is bool) {
		if n := len(out); n > 0 && out[n-1].Hit == is {
			out[n-1].Text += " " + s
			return
		}
		out = append(out, piece{s, is})
	}
	if from > 0 {
		add("…", false)
	}
	for _, w := range words[from:to] {
		add(w, hit(w))
	}
	if to < len(words) {
		add("…", false)
	}
	return out
}
