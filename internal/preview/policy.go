package preview

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// players are the hosts whose videos Intercom takes (intercom-api.md section
// 6.1), for the policy of bodies and for that of pages.
func players() []string {
	return []string{"youtube.com", "youtube-nocookie.com", "wistia.com", "wistia.net", "vimeo.com", "loom.com", "vidyard.com", "streamio.com"}
}

var (
	playerAddress = regexp.MustCompile(`^https://(?:[a-z0-9-]+\.)*(?:youtube\.com|youtube-nocookie\.com|wistia\.com|wistia\.net|vimeo\.com|loom\.com|vidyard\.com|streamio\.com)/[^\s"'<>]*$`)
	// bodyClass are Intercom's classes and those that dress gives. No other
	// may stay: a body must not look like a part of the page.
	bodyClass = regexp.MustCompile(`^(?:(?:no-margin|intercom-(?:container|content-link|h2b-button|h2b-video|interblocks-(?:callout|table-container)|align-(?:left|right|center|justify))|collapsible-section-content|level-[1-4]|callout-(?:blue|green|gray|yellow|red)|lifted-[0-9a-f]{8}|dead-link|missing-image|video|video-host|for-ears)(?: |$))+$`)
	// markedClass are those with the marks of a comparison (package htmldiff,
	// which takes them off the bodies first).
	markedClass = regexp.MustCompile(strings.Replace(bodyClass.String(), "no-margin", "no-margin|was|now", 1))
	headingID   = regexp.MustCompile(`^(?:h_[0-9A-Za-z]+|section-[\p{L}\p{M}\p{N}-]+)$`)
	length      = regexp.MustCompile(`^[0-9]{1,5}(?:\.[0-9]+)?(?:px|%)?$`)
	span        = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)
	fixed       = regexp.MustCompile(`^(?:_blank|noopener noreferrer|lazy|region|0|Table|Code)$`)
)

// newPolicy lists what may stay in a body on a page: the blocks that Intercom
// has, and the marks that dress puts there. What is not on the list goes, and
// of elements only their text stays; of scripts and styles not even that.
func newPolicy(classes *regexp.Regexp) *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "mark", "small",
		"code", "kbd", "pre", "ul", "ol", "li", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "div", "span",
		"details", "summary", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd")
	p.AllowAttrs("class").Matching(classes).Globally()
	p.AllowAttrs("target", "rel").Matching(fixed).OnElements("a")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("data-embed").Matching(playerAddress).OnElements("a")
	p.AllowAttrs("src").OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(length).OnElements("img")
	p.AllowAttrs("loading").Matching(fixed).OnElements("img")
	p.AllowAttrs("colspan", "rowspan").Matching(span).OnElements("td", "th")
	p.AllowAttrs("role", "tabindex", "aria-label").Matching(fixed).OnElements("div", "pre")
	p.AllowAttrs("open").OnElements("details")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	return p
}

// newBodyPolicy is for the text of an article.
func newBodyPolicy() *bluemonday.Policy {
	p := newPolicy(bodyClass)
	p.AllowAttrs("id").Matching(headingID).OnElements("h1", "h2", "h3", "h4", "h5", "h6")
	return p
}
