package sandbox

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxBody is far above the largest body seen in a real workspace (126 kB).
const maxBody = 32 << 20

// answer is a response as a value, so that a fault can lose, cut or delay it
// after the work was done.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ServeHTTP answers the API, the controls under /_sandbox/ and, for what is
// neither, the public pages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "request body: "+err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	switch rt, vars := findRoute(r.Method, r.URL.Path); {
	case strings.HasPrefix(r.URL.Path, "/_sandbox/"):
		s.serveControl(w, r, body)
	case rt == nil && s.servePage(w, r):
	default:
		s.serveAPI(w, r, body, rt, vars)
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, body []byte, rt *route, vars map[string]string) {
	entry := s.seen.begin(r, body)
	f := s.faults.take(s, r)
	status := s.deliver(w, r, f, func() answer { return s.answer(r, body, rt, vars) })
	s.seen.end(entry, status)
	s.log(fmt.Sprintf("%s %s %d%s", r.Method, r.URL.RequestURI(), status, f.note()))
}

// answer does what the request asks for.
func (s *Server) answer(r *http.Request, body []byte, rt *route, vars map[string]string) answer {
	h := http.Header{}
	requestID := newUUID()
	h.Set("X-Request-Id", requestID)
	h.Set("Content-Type", "application/json; charset=utf-8")
	if !s.authorized(r) {
		return errorAnswer(h, requestID, &apiError{http.StatusUnauthorized, "unauthorized", "Access Token Invalid", ""})
	}
	if err := s.limit.take(s.Switches().RateLimit, s.now(), h, false); err != nil {
		return errorAnswer(h, requestID, err)
	}
	v, echo, err := versionOf(r.Header)
	if err != nil {
		return errorAnswer(h, requestID, err)
	}
	if r.Header.Get("Intercom-Version") == "" {
		s.log("no Intercom-Version header: answered as 2.14; the real API would use the app's own setting")
	}
	h.Set("Intercom-Version", echo)
	if rt == nil || !rt.serves(v) {
		return errorAnswer(h, requestID, notFound())
	}
	result, err := s.run(r, body, rt, vars, v)
	if err != nil {
		return s.refusal(h, requestID, err)
	}
	return answer{http.StatusOK, h, encode(result)}
}

// run calls the handler, a reading one beside others and a writing one alone,
// and makes its change last.
func (s *Server) run(r *http.Request, body []byte, rt *route, vars map[string]string, v version) (any, error) {
	lock, unlock := s.mu.RLock, s.mu.RUnlock
	if r.Method != http.MethodGet {
		lock, unlock = s.mu.Lock, s.mu.Unlock
	}
	lock()
	defer unlock()
	c := s.newCall()
	c.v, c.via, c.r, c.vars, c.query, c.base = v, "api", r, vars, r.URL.Query(), s.baseOf(r)
	if r.Method == http.MethodGet {
		return rt.handle(c)
	}
	if c.sw.ReadOnly == "on" {
		return nil, &apiError{http.StatusForbidden, "token_unauthorized", "Token unauthorized: it may only read articles", ""}
	}
	var err error
	if c.params, err = parseParams(body); err != nil {
		return nil, err
	}
	result, err := rt.handle(c)
	if err != nil {
		return nil, err
	}
	return result, s.commit(c.edit)
}

func (s *Server) authorized(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return strings.EqualFold(scheme, "Bearer") && token != "" && (len(s.tokens) == 0 || slices.Contains(s.tokens, token))
}

// refusal turns an error into its answer; what is not one of the API's own
// errors is ours, and a 500.
func (s *Server) refusal(h http.Header, requestID string, err error) answer {
	var api *apiError
	if !errors.As(err, &api) {
		s.log("error: " + err.Error())
		return errorAnswer(h, requestID, &apiError{http.StatusInternalServerError, "server_error", err.Error(), ""})
	}
	if api.status == http.StatusUnprocessableEntity && s.Switches().Draft422 == "message" {
		return answer{api.status, h, encode(map[string]any{"message": api.message, "status": api.status})}
	}
	if api.status == http.StatusNotFound && api.code == noDraft {
		return answer{api.status, h, nil}
	}
	return errorAnswer(h, requestID, api)
}

func errorAnswer(h http.Header, requestID string, err error) answer {
	var api *apiError
	if !errors.As(err, &api) {
		api = &apiError{http.StatusInternalServerError, "server_error", err.Error(), ""}
	}
	return answer{api.status, h, encode(api.wire(requestID))}
}

// encode writes JSON as the API does: with < and > as they are.
func encode(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Appendf(nil, "%q", err.Error())
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

func (a answer) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	w.Write(a.body)
}

func (s *Server) baseOf(r *http.Request) string {
	if s.base != "" {
		return s.base
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
