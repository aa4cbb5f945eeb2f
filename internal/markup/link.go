package markup

import (
	"bytes"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Links. An address that is its own text is written in angle brackets.
//
//	<a href="u" target="_blank" class="intercom-content-link">t</a>   [t](u)
//	<a target="_blank" class="intercom-content-link">t</a>            <a>t</a>
func links() kind {
	return kind{
		html:     map[ast.NodeKind]nodeWriter{ast.KindLink: linkHTML, ast.KindAutoLink: autoLinkHTML},
		markdown: map[string]elementWriter{"a": linkMarkdown},
	}
}

// oneLine joins the lines of a title: what is sent is one line.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }

const linkEnd = ` target="_blank" class="` + classLink + `">`

func linkHTML(p *page, w util.BufWriter, _ []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		_, _ = w.WriteString("</a>")
		return ast.WalkContinue
	}
	link := n.(*ast.Link)
	_, _ = w.WriteString("<a")
	writeAttribute(w, "href", p.options.link(resolved(link.Destination)))
	if link.Title != nil {
		writeAttribute(w, "title", oneLine(resolved(link.Title)))
	}
	_, _ = w.WriteString(linkEnd)
	return ast.WalkContinue
}

func autoLinkHTML(p *page, w util.BufWriter, source []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		return ast.WalkContinue
	}
	link := n.(*ast.AutoLink)
	label := string(link.Label(source))
	_, _ = w.WriteString("<a")
	writeAttribute(w, "href", p.options.link(autoLinkAddress(link, source)))
	_, _ = w.WriteString(linkEnd + codeEscaper().Replace(label) + "</a>")
	return ast.WalkContinue
}

func autoLinkAddress(link *ast.AutoLink, source []byte) string {
	label := string(link.Label(source))
	if link.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(label), "mailto:") {
		return "mailto:" + label
	}
	return label
}

func linkMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	href, ok := attr(n, "href")
	if !ok || len(n.Attr) > 1 {
		return s.inlineTag(ctx, w, n)
	}
	mapped := s.link(href)
	if text := onlyChild(n); text != nil && text.Type == html.TextNode && isAutoLink(text.Data, mapped) && !s.cautious {
		_, _ = w.WriteString("<" + text.Data + ">")
		return true
	}
	dest, ok := destination(mapped)
	if !ok {
		return s.inlineTag(ctx, w, n)
	}
	var buf bytes.Buffer
	ctx.RenderChildNodes(ctx.WithValue("is_inside_link", true), &buf, n)
	_, _ = w.WriteString("[" + buf.String() + "](" + dest + ")")
	return true
}

// isAutoLink reports text that in angle brackets is a link to href.
func isAutoLink(text, href string) bool {
	if strings.ContainsAny(text, " <>\\\"`") || strings.ContainsFunc(text, isInvisible) || hasPrivate(text) {
		return false
	}
	if text == href {
		return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	}
	name, domain, ok := strings.Cut(text, "@")
	return ok && href == "mailto:"+text && name != "" && strings.Contains(domain, ".") && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-+") == "" &&
		strings.Count(text, "@") == 1 && strings.Trim(domain, ".-") == domain
}

// destination spells an address as the destination of a link or image; false if
// Markdown has no spelling for it.
func destination(address string) (string, bool) {
	if strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == 0x7f }) || hasPrivate(address) {
		return "", false
	}
	var b strings.Builder
	depth, balanced := 0, true
	for i := range len(address) {
		switch c := address[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
			balanced = balanced && depth >= 0
		case c == '\\' && i+1 < len(address) && util.IsPunct(address[i+1]), c == '<' || c == '>', c == '&' && strings.Contains(address[i:], ";"):
			b.WriteByte('\\')
		}
		b.WriteByte(address[i])
	}
	if depth != 0 || !balanced || strings.ContainsAny(address, " <>") || strings.ContainsFunc(address, isInvisible) {
		return "<" + b.String() + ">", true
	}
	return b.String(), true
}
