package bench

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
)

// server answers what a command reads. All pages are there before the first
// request, and each is sent with other signatures at every read.
type server struct {
	workspace
	articles, collections [][]byte // items, newest first
	reads                 atomic.Int64
	sent                  atomic.Int64 // bytes of answers
}

func newServer(w workspace) *server {
	s := &server{workspace: w}
	for n := w.articles - 1; n >= 0; n-- {
		s.articles = append(s.articles, encode(w.article(n)))
	}
	for n := w.collections() - 1; n >= 0; n-- {
		s.collections = append(s.collections, encode(w.collection(n)))
	}
	return s
}

// serve runs the server until its input is closed, and prints its address.
func serve(articles int) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := newServer(workspace{articles})
	go http.Serve(l, s.routes())
	fmt.Println("http://" + l.Addr().String())
	os.Stdin.Read(make([]byte, 1))
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	constant := func(v any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { s.send(w, encode(v)) }
	}
	admin := map[string]any{"type": "admin", "id": strconv.Itoa(teammate), "name": "Ana", "email": "ana@acme.test"}
	mux.HandleFunc("GET /me", constant(map[string]any{"type": "admin", "id": strconv.Itoa(teammate), "name": "Ana", "email": "ana@acme.test",
		"app": map[string]any{"type": "app", "id_code": idCode, "name": "Acme", "region": "US"}}))
	mux.HandleFunc("GET /admins", constant(map[string]any{"type": "admin.list", "admins": []any{admin}}))
	mux.HandleFunc("GET /help_center/help_centers", constant(map[string]any{"type": "list", "data": []any{s.center()}}))
	mux.HandleFunc("GET /help_center/collections", func(w http.ResponseWriter, r *http.Request) { s.page(w, r, s.collections) })
	mux.HandleFunc("GET /articles", func(w http.ResponseWriter, r *http.Request) { s.page(w, r, s.articles) })
	mux.HandleFunc("GET /bench/sent", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s.sent.Swap(0)) })
	return mux
}

func (s *server) page(w http.ResponseWriter, r *http.Request, items [][]byte) {
	page, _ := strconv.Atoi(r.FormValue("page"))
	size, _ := strconv.Atoi(r.FormValue("per_page"))
	page, size = max(page, 1), max(size, 1)
	from := min((page-1)*size, len(items))
	to := min(from+size, len(items))
	pages := (len(items) + size - 1) / size
	body := fmt.Appendf(nil, `{"type":"list","pages":{"type":"pages","page":%d,"per_page":%d,"total_pages":%d},"total_count":%d,"data":[`, page, size, pages, len(items))
	body = append(body, bytes.Join(items[from:to], []byte(","))...)
	stamp := fmt.Sprintf("%0*d", len(signed), 1_700_000_000+s.reads.Add(1))
	s.send(w, bytes.ReplaceAll(append(body, "]}"...), []byte(signed), []byte(stamp)))
}

func (s *server) send(w http.ResponseWriter, body []byte) {
	s.sent.Add(int64(len(body)))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}
