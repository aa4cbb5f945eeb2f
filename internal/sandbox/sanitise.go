package sandbox

import (
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// publicBody makes a stored body safe to show: imported bodies are kept as they
// came, so nothing is believed of them. Re-hosted images show the picture that
// was sent, and links to a help center's own pages stay on this server.
func (c *call) publicBody(body string) template.HTML {
	root, err := parseBody(body)
	if err != nil {
		return template.HTML("<p>" + template.HTMLEscapeString(err.Error()) + "</p>")
	}
	c.sanitise(root)
	return template.HTML(serialise(root)) // #nosec: it has been through sanitise
}

func (c *call) sanitise(parent *html.Node) {
	for _, n := range children(parent) {
		if isText(n) {
			continue
		}
		isVideoFrame := isElement(n, "iframe") && isVideo(attr(n, "src")) && strings.HasPrefix(attr(n, "src"), "https:")
		if n.Type != html.ElementNode || isDropped(n) || isElement(n, "iframe") && !isVideoFrame {
			parent.RemoveChild(n)
			continue
		}
		n.Attr = c.safeAttrs(n)
		c.sanitise(n)
	}
}

func (c *call) safeAttrs(n *html.Node) []html.Attribute {
	var kept []html.Attribute
	for _, a := range n.Attr {
		switch {
		case a.Namespace != "":
			continue
		case a.Key == "href" && isElement(n, "a"):
			a.Val = c.localised(a.Val)
			if !isSafeLink(a.Val, "http", "https", "mailto", "tel", "") {
				continue
			}
		case a.Key == "src":
			a.Val = c.picture(a.Val)
			if !isSafeLink(a.Val, "http", "https") {
				continue
			}
		case a.Key == "style":
			if a.Val = safeStyle(a.Val); a.Val == "" {
				continue
			}
		case !slices.Contains([]string{"alt", "width", "height", "class", "id", "role", "colspan", "rowspan", "allowfullscreen"}, a.Key):
			continue
		}
		kept = append(kept, a)
	}
	if isElement(n, "a") {
		kept = append(kept, html.Attribute{Key: "rel", Val: "nofollow noopener noreferrer"})
	}
	return kept
}

func isSafeLink(address string, schemes ...string) bool {
	u, err := url.Parse(address)
	return err == nil && slices.Contains(schemes, strings.ToLower(u.Scheme))
}

// safeStyle keeps what stored bodies have: colours, sizes, borders and spacing.
func safeStyle(style string) string {
	plain := regexp.MustCompile(`^\s*(background-color|border-color|border(-(top|right|bottom|left))?|width|height|padding|text-align)\s*:\s*[-#.,%\w\s()]*$`)
	var kept []string
	for declaration := range strings.SplitSeq(style, ";") {
		if plain.MatchString(declaration) && !strings.Contains(strings.ToLower(declaration), "url") {
			kept = append(kept, strings.TrimSpace(declaration))
		}
	}
	return strings.Join(kept, "; ")
}

// localised makes an address of one of the help centers a path on this server.
func (c *call) localised(address string) string {
	for _, hc := range c.st.HelpCenters {
		if home := strings.TrimSuffix(hc.URL, "/"); home != "" && strings.HasPrefix(address, home+"/") {
			return strings.TrimPrefix(address, home)
		}
	}
	return address
}

// picture is where a re-hosted image came from; there is nothing at its address
// on the made-up host.
func (c *call) picture(src string) string {
	if u, err := url.Parse(src); err == nil {
		if from, ok := c.st.Assets[u.EscapedPath()]; ok {
			return from
		}
	}
	return src
}
