package preview

import (
	"crypto/rand"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// guard refuses requests that no reader of the preview sends: for a host that
// is not this machine, which a web page reaches by giving its own name this
// address, and from a page of another origin.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !s.isOurs(r.Host):
			http.Error(w, "the preview answers to localhost only; open it by the address that `hcsync watch` shows", http.StatusForbidden)
		case !sameOrigin(r):
			http.Error(w, "the preview answers to its own pages only", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead && !(r.Method == http.MethodPost && r.URL.Path == refreshPath):
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the preview can only be read", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isOurs says whether a Host header names this machine: localhost, a loopback
// address, or the host that it was told to listen on. Where that is every
// address of the machine, any address will do, but no name.
func (s *Server) isOurs(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if IsLoopback(host) || s.Host != "" && strings.EqualFold(host, s.Host) {
		return true
	}
	at, err := netip.ParseAddr(s.Host)
	_, isAddr := netip.ParseAddr(host)
	return err == nil && at.IsUnspecified() && isAddr == nil
}

// IsLoopback says whether a host can only be reached from this machine.
func IsLoopback(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// sameOrigin lets a link from elsewhere open a page, and nothing else from
// there: no script reads an answer, and no other page takes one in.
func sameOrigin(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err == nil && u.Scheme == "http" && strings.EqualFold(u.Host, r.Host)
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// secure sets the headers of every answer, and gives the nonce of a page: only
// scripts and styles that carry it are run and applied.
func secure(w http.ResponseWriter) (nonce string) {
	nonce = rand.Text()
	frames := ""
	for _, host := range players() {
		frames += " https://" + host + " https://*." + host
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"'; style-src 'nonce-"+nonce+"'; img-src 'self' https: http:; "+
		"frame-src"+frames+"; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	return nonce
}
