package markup

import (
	"bytes"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Videos. Where the address of the player and the address that people open map
// both ways exactly, the latter alone in a paragraph is the video; else the
// player stays as one line of HTML.
//
//	<div class="intercom-h2b-video"><iframe src="https://www.youtube.com/embed/ID?rel=0" …></iframe></div>   https://www.youtube.com/watch?v=ID
func videos() kind {
	return kind{markdown: map[string]elementWriter{"iframe": videoMarkdown}}
}

// A player is one video host: the addresses round the id of a video, and the
// attributes after src with which Intercom stores its frame (section 6.3).
type player struct {
	watch, embed, embedEnd string
	idLength               int // 0: digits of any number
	attributes             string
}

const switches = ` frameborder="0" webkitallowfullscreen mozallowfullscreen allowfullscreen`

func players() [3]player {
	return [3]player{
		{"https://www.youtube.com/watch?v=", "https://www.youtube.com/embed/", "?rel=0", 11, switches},
		{"https://www.loom.com/share/", "https://www.loom.com/embed/", "", 32, switches + ` allow="autoplay; fullscreen; picture-in-picture; encrypted-media"`},
		{"https://vimeo.com/", "https://player.vimeo.com/video/", "", 0, switches},
	}
}

func (p player) frame(id string) string {
	return `<iframe src="` + p.embed + id + p.embedEnd + `"` + p.attributes + `></iframe>`
}

func (p player) isID(id string) bool {
	if p.idLength == 0 {
		return id != "" && strings.Trim(id, "0123456789") == ""
	}
	return len(id) == p.idLength && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// videoFrame gives the frame of a watch address.
func videoFrame(address string) (frame string, ok bool) {
	if !strings.HasPrefix(address, "https://") {
		return "", false
	}
	for _, p := range players() {
		if id, ok := strings.CutPrefix(address, p.watch); ok && p.isID(id) {
			return p.frame(id), true
		}
	}
	return "", false
}

// loneVideo writes a paragraph that is one watch address, where it means a
// video: at top level, or after the first block of a list item.
func (p *page) loneVideo(w util.BufWriter, source []byte, n ast.Node) bool {
	if n.Lines().Len() != 1 {
		return false
	}
	parent := n.Parent()
	if parent.Kind() != ast.KindDocument && (parent.Kind() != ast.KindListItem || n.PreviousSibling() == nil) {
		return false
	}
	line := n.Lines().At(0)
	frame, ok := videoFrame(string(bytes.TrimSpace(line.Value(source))))
	if ok {
		_, _ = w.WriteString(`<div class="` + classVideo + `">` + frame + `</div>`)
	}
	return ok
}

func videoMarkdown(s *scribe, _ converter.Context, w converter.Writer, n *html.Node) bool {
	if n.Parent.Data == "p" || shapeOf(n.Parent) != shapeContainer {
		return false
	}
	if !s.nested && mayBeVideo(n) {
		if address, ok := watchAddress(n); ok {
			_, _ = w.WriteString(address)
			return true
		}
	}
	return false
}

// mayBeVideo reports whether an address at n's place would mean a video.
func mayBeVideo(n *html.Node) bool {
	return n.Parent.Data == "body" || n.Parent.Data == "details" && depthOf(n, 1) == 0 || n.Parent.Data == "li" && n.PrevSibling != nil
}

// watchAddress gives the watch address whose frame is exactly n.
func watchAddress(n *html.Node) (string, bool) {
	src, _ := attr(n, "src")
	for _, p := range players() {
		id, ok := strings.CutPrefix(src, p.embed)
		if !ok || n.FirstChild != nil {
			continue
		}
		if id, ok = strings.CutSuffix(id, p.embedEnd); !ok || !p.isID(id) {
			continue
		}
		var have bytes.Buffer
		canonicalForm.write(&have, n)
		if want, ok := canonicalPass(p.frame(id)); ok && want == have.String() {
			return p.watch + id, true
		}
	}
	return "", false
}
