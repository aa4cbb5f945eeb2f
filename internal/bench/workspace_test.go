package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

const (
	idCode        = "bench123"
	centerURL     = "https://help.acme.test"
	teammate      = 77
	firstArticle  = 10_000_000
	firstCenter   = 41
	perCollection = 25
	// signed marks what is different in image addresses at every read; the server
	// replaces it, byte for byte.
	signed = "@@@SIGNED@"
)

// vocabulary gives the words of a locale's texts.
var vocabulary = map[string][]string{
	"en":    strings.Fields("open the menu and choose settings to add a new member your team can see who has access before you save check that every address is right then send an invitation or copy the link below if nothing happens wait for one minute reload this page contact support when it still fails"),
	"fr":    strings.Fields("ouvrez le menu et choisissez réglages pour ajouter un nouveau membre votre équipe voit qui a accès avant de valider vérifiez que chaque adresse est juste puis envoyez une invitation ou copiez le lien ci-dessous si rien ne se passe attendez une minute rechargez la page"),
	"pt-BR": strings.Fields("abra o menu e escolha configurações para adicionar um novo membro sua equipe vê quem tem acesso antes de salvar confira se cada endereço está certo depois envie um convite ou copie o link abaixo se nada acontecer espere um minuto recarregue a página fale com o suporte"),
}

// locales are those of the help center, the default first.
var locales = []string{"en", "fr", "pt-BR"}

// workspace is a made-up help center. The same size gives the same bytes.
type workspace struct{ articles int }

func (w workspace) collections() int { return (w.articles + perCollection - 1) / perCollection }

// author writes one body.
type author struct {
	*rand.Rand
	w      workspace
	locale string
	out    strings.Builder
}

func (w workspace) author(article int, locale string) *author {
	return &author{Rand: rand.New(rand.NewPCG(uint64(article), uint64(len(locale)))), w: w, locale: locale}
}

// body strings together the blocks that this article has, in any order.
func (w workspace) body(article int, locale string) string {
	a := w.author(article, locale)
	var blocks []func(*author)
	for _, b := range blockKinds {
		if a.Float64() >= b.share {
			continue
		}
		for range a.about(b.uses) {
			blocks = append(blocks, b.write)
		}
	}
	a.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	for _, write := range blocks {
		write(a)
	}
	return a.out.String()
}

// about gives a count that is at least one and has the given mean.
func (a *author) about(mean float64) int {
	n := 1 + int(a.Float64()*2*(mean-1)+0.5)
	return n
}

// blockKinds are the blocks of real bodies: the share of bodies that have one,
// and how many those have. Paragraphs and pictures in lists are the lists'.
var blockKinds = []struct {
	share, uses float64
	write       func(*author)
}{
	{0.989, 5.3, (*author).paragraph},
	{0.855, 5.3, func(a *author) { a.put(`<p class="no-margin"></p>`) }},
	{0.400, 2.3, func(a *author) { a.picture("") }},
	{0.206, 2.8, func(a *author) { a.picture(" intercom-align-center") }},
	{0.537, 1.2, func(a *author) { a.list("ol", 0) }},
	{0.186, 3.0, func(a *author) { a.list("ul", 0) }},
	{0.522, 2.3, func(a *author) { a.put("<hr>") }},
	{0.299, 2.0, func(a *author) { a.heading(3) }},
	{0.137, 4.2, func(a *author) { a.heading(2) }},
	{0.018, 2.5, func(a *author) { a.heading(4) }},
	{0.018, 2.0, func(a *author) { a.heading(1) }},
	{0.053, 1.0, (*author).video},
	{0.026, 1.0, (*author).callout},
	{0.020, 2.1, (*author).table},
	{0.018, 2.5, (*author).code},
	{0.003, 1.3, (*author).button},
	{0.001, 2.0, (*author).collapsible},
}

func (a *author) put(format string, args ...any) { fmt.Fprintf(&a.out, format, args...) }

// words gives about so many words, the first with a capital letter.
func (a *author) words(mean float64) string {
	list := vocabulary[a.locale]
	n := a.about(mean)
	text := make([]string, n)
	for i := range text {
		text[i] = list[a.IntN(len(list))]
	}
	text[0] = strings.ToUpper(text[0][:1]) + text[0][1:]
	return strings.Join(text, " ")
}

// inline gives text with what stands in it.
func (a *author) inline() string {
	text := a.words(5)
	switch p := a.Float64(); {
	case p < 0.52:
		text += " <b>" + a.words(2) + "</b>"
	case p < 0.59:
		text += " <b>" + a.words(2) + " </b>"
	case p < 0.64:
		text += ` <a href="https://www.acme.test/` + strconv.Itoa(a.IntN(1000)) + `" target="_blank" class="intercom-content-link">` + a.words(2) + "</a>"
	case p < 0.67:
		text += ` <a href="` + a.w.url(a.IntN(a.w.articles), a.locale) + `" target="_blank" class="intercom-content-link">` + a.words(2) + "</a>"
	case p < 0.685:
		text += " <i>" + a.words(2) + "</i>"
	case p < 0.694:
		text += " <code>" + a.words(1) + "</code>"
	}
	switch p := a.Float64(); {
	case p < 0.095:
		text += "<br>" + a.words(4)
	case p < 0.15:
		text += " \u200b" + a.words(2)
	case p < 0.16:
		text += " 🙂"
	}
	return text + " " + a.words(4) + "."
}

func (a *author) paragraph() { a.put(`<p class="no-margin">%s</p>`, a.inline()) }

func (a *author) heading(level int) {
	a.put(`<h%d id="h_%010x">%s</h%d>`, level, a.Uint32(), a.words(4), level)
}

// picture is signed, as nearly all are.
func (a *author) picture(align string) {
	width := ""
	if a.Float64() < 0.08 {
		width = ` width="500"`
	}
	a.put(`<div class="intercom-container%s"><img src="https://downloads.intercomcdn.com/i/o/%s/%d/%028x/image.png?expires=%s&amp;signature=%064x&amp;req=%040x"%s></div>`,
		align, idCode, a.Uint32(), a.Uint64(), signed, a.Uint64(), a.Uint64(), width)
}

// list has items of one or more blocks.
func (a *author) list(tag string, depth int) {
	a.put("<%s>", tag)
	for range a.about(3.4) {
		a.put("<li>")
		if a.Float64() < 0.15 {
			a.heading(3)
		} else {
			a.paragraph()
		}
		if a.Float64() < 0.25 {
			a.picture("")
		}
		if a.Float64() < 0.3 {
			a.put(`<p class="no-margin"></p>`)
		}
		if depth == 0 && a.Float64() < 0.04 {
			a.list("ul", 1)
		}
		a.put("</li>")
	}
	a.put("</%s>", tag)
}

func (a *author) video() {
	a.put(`<div class="intercom-h2b-video"><iframe src="https://www.youtube.com/embed/a%010d?rel=0" frameborder="0" webkitallowfullscreen mozallowfullscreen allowfullscreen></iframe></div>`, a.IntN(1e9))
}

func (a *author) callout() {
	a.put(`<div class="intercom-interblocks-callout" style="background-color: #feedaf80; border-color: #fbc91633;"><p class="no-margin">%s</p></div>`, a.inline())
}

func (a *author) table() {
	a.put(`<div class="intercom-interblocks-table-container"><table role="presentation"><tbody>`)
	columns := 2 + a.IntN(3)
	for range a.about(13) {
		a.put("<tr>")
		for range columns {
			a.put(`<td><p class="no-margin">%s</p></td>`, a.words(3))
		}
		a.put("</tr>")
	}
	a.put("</tbody></table></div>")
}

func (a *author) code() {
	a.put("<pre><code>%s<br>%s</code></pre>", a.words(5), a.words(5))
}

func (a *author) button() {
	a.put(`<a class="intercom-h2b-button" target="_blank" href="https://www.acme.test/start">%s</a>`, a.words(2))
}

func (a *author) collapsible() {
	a.put(`<details><summary>%s</summary><div class="collapsible-section-content"><p class="no-margin">%s</p></div></details>`, a.words(3), a.inline())
}

func (w workspace) url(article int, locale string) string {
	return fmt.Sprintf("%s/%s/articles/%d-about", centerURL, locale, firstArticle+article)
}

// text is what an article has in each locale.
type text struct {
	Type        string `json:"type,omitempty"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Body        string `json:"body"`
	Author      int    `json:"author_id"`
	State       string `json:"state"`
	Created     int    `json:"created_at"`
	Updated     int    `json:"updated_at"`
	URL         string `json:"url"`
}

func (w workspace) text(article int, locale string) text {
	a := w.author(article, locale+"title")
	a.locale = locale
	return text{
		Title: a.words(6) + " " + strconv.Itoa(article), Description: a.words(8), Body: w.body(article, locale),
		Author: teammate, State: "published", Created: 1_700_000_000, Updated: 1_700_000_000 + article, URL: w.url(article, locale),
	}
}

// article gives one item of the list of articles (intercom-api.md section 2.1).
func (w workspace) article(n int) any {
	translated := map[string]any{"type": "article_translated_content"}
	for _, l := range locales[1:] {
		t := w.text(n, l)
		t.Type = "article_content"
		translated[l] = t
	}
	collection := collectionID(n / perCollection)
	return struct {
		ID        string `json:"id"`
		Type      string `json:"type"`
		Workspace string `json:"workspace_id"`
		text
		Parent     int            `json:"parent_id"`
		ParentType string         `json:"parent_type"`
		Parents    []int          `json:"parent_ids"`
		Default    string         `json:"default_locale"`
		Translated map[string]any `json:"translated_content"`
	}{strconv.Itoa(firstArticle + n), "article", idCode, w.text(n, locales[0]), collection, "collection", []int{collection}, locales[0], translated}
}

func collectionID(n int) int { return 5000 + n }

// collection gives one of the collections, which lie in each other three deep.
func (w workspace) collection(n int) any {
	var parent any
	if n%9 > 0 {
		parent = strconv.Itoa(collectionID(n - n%9 + (n%9-1)/3))
	}
	translated := map[string]any{"type": "group_translated_content"}
	for _, l := range locales[1:] {
		translated[l] = map[string]any{"type": "group_content", "name": fmt.Sprintf("%s %d", l, n), "description": ""}
	}
	return map[string]any{
		"id": strconv.Itoa(collectionID(n)), "type": "collection", "workspace_id": idCode, "name": fmt.Sprintf("Topic %d", n), "description": "",
		"parent_id": parent, "help_center_id": firstCenter, "default_locale": locales[0], "created_at": 1_700_000_000, "updated_at": 1_700_000_000 + n,
		"translated_content": translated,
	}
}

func (workspace) center() any {
	return map[string]any{"id": strconv.Itoa(firstCenter), "identifier": "acme", "display_name": "Acme Help", "url": centerURL,
		"website_turned_on": true, "workspace_id": idCode, "default": true, "locales": locales, "default_locale": locales[0]}
}

// encode writes JSON as the API does, markup as it stands.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // maps and structs of strings and numbers
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
