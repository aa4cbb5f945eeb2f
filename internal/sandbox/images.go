package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// brokenImage takes the place of an image that could not be fetched, where the
// write does not fail altogether.
const brokenImage = "https://static.intercomassets.com/assets/article_broken_image_placeholder.png"

// isMediaHost knows the hosts that signed addresses are on (intercom-api.md 6.3).
func isMediaHost(host string) bool {
	host = strings.ToLower(host)
	for _, domain := range []string{"intercomcdn.com", "intercomcdn.eu", "intercomusercontent.com", "intercom-attachments.eu", "intercom-attachments.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	labels := strings.Split(host, ".")
	n := len(labels)
	return n >= 2 && labels[n-1] == "com" && strings.HasPrefix(labels[n-2], "intercom-attachments-")
}

func isIntercomHost(host string) bool {
	return isMediaHost(host) || strings.HasSuffix(strings.ToLower(host), ".intercomassets.com")
}

// stripSignatures takes the signed query off every media address: stored bodies
// have none, and each answer gets fresh ones.
func stripSignatures(root *html.Node) {
	for n := range root.Descendants() {
		for i, a := range n.Attr {
			if a.Key == "src" || a.Key == "href" {
				n.Attr[i].Val = withoutSignature(a.Val)
			}
		}
	}
}

func withoutSignature(address string) string {
	bare, query, _ := strings.Cut(address, "?")
	if u, err := url.Parse(bare); err == nil && strings.HasPrefix(query, "expires=") && isMediaHost(u.Hostname()) {
		return bare
	}
	return address
}

func (w *rewriter) refuseImage(n *html.Node) error {
	src := attr(n, "src")
	u, err := url.Parse(src)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		shown := src
		if len(shown) > 60 {
			shown = shown[:60] + "…"
		}
		return fmt.Errorf("an image needs a public absolute address, not %q", shown)
	case w.sw.ImageFailure == "reject" && !isPublic(u.Hostname()):
		return fmt.Errorf("the image %s could not be fetched", src)
	}
	return nil
}

// isPublic guesses whether Intercom could fetch from a host; the sandbox itself
// fetches nothing. Names under .invalid stand for images that are gone.
func isPublic(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
	}
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".invalid") && !strings.HasSuffix(host, ".localhost") && !strings.HasSuffix(host, ".local")
}

// rewriter is the body pipeline with this call's switches and ids.
func (c *call) rewriter() *rewriter {
	return &rewriter{sw: c.sw, rehost: c.rehost, newID: func() string { return "h_" + newUUID()[24:34] }}
}

// rehost gives an image its address on Intercom's host, a new one each time it
// is sent; what is there already stays (intercom-api.md 6.3).
func (c *call) rehost(src string) (string, error) {
	u, err := url.Parse(src)
	if err != nil {
		return "", err
	}
	if isIntercomHost(u.Hostname()) {
		return src, nil
	}
	if !isPublic(u.Hostname()) {
		return brokenImage, nil
	}
	n := c.next("images")
	sum := sha256.Sum256([]byte(strconv.FormatInt(n, 10) + " " + src))
	host := map[string]string{"EU": "downloads.intercomcdn.eu", "AU": "downloads.au.intercomcdn.com"}[c.st.Workspace.Region]
	if host == "" {
		host = "downloads.intercomcdn.com"
	}
	name := path.Base(u.Path)
	if name == "." || name == "/" {
		name = "image"
	}
	at := fmt.Sprintf("/i/o/%d/%s/%s", n, hex.EncodeToString(sum[:12]), url.PathEscape(name))
	c.edit.Assets[at] = src
	return "https://" + host + at, nil
}

// signed gives a stored body as an answer shows it: media addresses with a
// query that holds for half an hour, the same in all of one answer, and changes
// every quarter of an hour.
func (c *call) signed(body string) string {
	if c.sw.SignImages == "off" {
		return withoutSignatures(body)
	}
	const step = 15 * 60
	expires := strconv.FormatInt((c.now/step+2)*step, 10)
	return eachMediaAddress(body, func(u *url.URL) string { return "?expires=" + expires + signature(u.Path, expires) })
}

// withoutSignatures is signed the other way round.
func withoutSignatures(body string) string {
	return eachMediaAddress(body, func(*url.URL) string { return "" })
}

// eachMediaAddress gives every media address of a body, signed or without a
// query, the query that f says. The rest of the body stays byte for byte.
func eachMediaAddress(body string, f func(*url.URL) string) string {
	var out strings.Builder
	for {
		before, rest, more := strings.Cut(body, `="http`)
		out.WriteString(before)
		if !more {
			return out.String()
		}
		address, after, closed := strings.Cut(rest, `"`)
		out.WriteString(`="`)
		out.WriteString(withQuery("http"+address, f))
		if closed {
			out.WriteByte('"')
		}
		body = after
	}
}

func withQuery(address string, f func(*url.URL) string) string {
	bare, query, _ := strings.Cut(address, "?")
	if query != "" && !strings.HasPrefix(query, "expires=") || !strings.Contains(bare, "intercom") {
		return address
	}
	u, err := url.Parse(bare)
	if err != nil || !isMediaHost(u.Hostname()) {
		return address
	}
	return bare + f(u)
}

func signature(path, expires string) string {
	mac := hmac.New(sha256.New, []byte(expires))
	mac.Write([]byte(path))
	sum := mac.Sum(nil)
	req := url.QueryEscape(base64.StdEncoding.EncodeToString(sum[:27]) + "\n")
	return "&amp;signature=" + hex.EncodeToString(sum) + "&amp;req=" + req
}
