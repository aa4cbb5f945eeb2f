package preview

import (
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// pictureTypes are the files that are given out, by their endings.
func pictureTypes() map[string]string {
	return map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
		".webp": "image/webp", ".svg": "image/svg+xml", ".avif": "image/avif", ".ico": "image/x-icon", ".bmp": "image/bmp"}
}

// openPicture opens a picture of the repository. The root keeps links from
// leading out of it; what is hidden and what is no picture is not given out.
func (s *Server) openPicture(p string) (*os.File, fs.FileInfo, bool) {
	if !fs.ValidPath(p) || strings.HasPrefix(p, ".") || strings.Contains(p, "/.") || pictureTypes()[strings.ToLower(path.Ext(p))] == "" {
		return nil, nil, false
	}
	f, err := s.root.Open(filepath.FromSlash(p))
	if err != nil {
		return nil, nil, false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, nil, false
	}
	return f, info, true
}

func (s *Server) hasPicture(p string) bool {
	f, _, ok := s.openPicture(p)
	if ok {
		f.Close()
	}
	return ok
}

// servePicture gives a picture out, and nothing that acts: an SVG that is opened
// as a page is one without scripts.
func (s *Server) servePicture(w http.ResponseWriter, r *http.Request) {
	secure(w)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	p := r.PathValue("path")
	f, _, ok := s.openPicture(p)
	if !ok {
		http.Error(w, "no such picture in the tree", http.StatusNotFound)
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", pictureTypes()[strings.ToLower(path.Ext(p))])
	http.ServeContent(w, r, "", time.Time{}, f)
}
