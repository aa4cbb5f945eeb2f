package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// control is one call under /_sandbox/. It answers what it returns, or 400 with
// the error; an API error keeps its own form.
type control struct {
	method, pattern string
	handle          func(*Server, controlRequest) (any, error)
}

type controlRequest struct {
	vars map[string]string
	body []byte
	base string
}

// into decodes the JSON body; a field that it does not know is an error, so
// that a misspelt one is seen.
func (r controlRequest) into(v any) error {
	if len(bytes.TrimSpace(r.body)) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(r.body))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

// controls is in the package comment too.
func controls() []control {
	const get, post, patch, del = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
	return []control{
		{get, "/_sandbox/status", func(s *Server, _ controlRequest) (any, error) { return s.Status(), nil }},
		{get, "/_sandbox/switches", func(s *Server, _ controlRequest) (any, error) { return s.Switches(), nil }},
		{patch, "/_sandbox/switches", (*Server).patchSwitches},
		{get, "/_sandbox/faults", func(s *Server, _ controlRequest) (any, error) { return s.Faults(), nil }},
		{post, "/_sandbox/faults", (*Server).postFault},
		{del, "/_sandbox/faults", func(s *Server, _ controlRequest) (any, error) { s.ClearFaults(); return s.Faults(), nil }},
		{get, "/_sandbox/requests", func(s *Server, _ controlRequest) (any, error) { return s.Requests("", ""), nil }},
		{del, "/_sandbox/requests", func(s *Server, _ controlRequest) (any, error) { s.ForgetRequests(); return s.Status(), nil }},
		{post, "/_sandbox/import", func(s *Server, r controlRequest) (any, error) { return s.Import(bytes.NewReader(r.body)) }},
		{post, "/_sandbox/reset", func(s *Server, _ controlRequest) (any, error) { return s.Status(), s.Reset() }},
		{post, "/_sandbox/articles/{id}/ui-edit", (*Server).postEdit},
		{post, "/_sandbox/articles/{id}/ui-move", (*Server).postMove},
		{post, "/_sandbox/articles/{id}/ui-delete", func(s *Server, r controlRequest) (any, error) { return done(s.UIDelete(r.vars["id"])) }},
		{post, "/_sandbox/articles/{id}/ui-publish-draft", (*Server).postPublish},
		{post, "/_sandbox/articles/{id}/ui-discard-draft", onLocale((*Server).UIDiscardDraft)},
		{post, "/_sandbox/articles/{id}/ui-delete-locale", onLocale((*Server).UIDeleteLocale)},
		{post, "/_sandbox/articles", asAPI(http.MethodPost, "/articles")},
		{post, "/_sandbox/collections", asAPI(http.MethodPost, "/help_center/collections")},
		{post, "/_sandbox/collections/{id}/ui-edit", asAPI(http.MethodPut, "/help_center/collections/{id}")},
		{post, "/_sandbox/collections/{id}/ui-move", asAPI(http.MethodPut, "/help_center/collections/{id}")},
		{post, "/_sandbox/collections/{id}/ui-delete", asAPI(http.MethodDelete, "/help_center/collections/{id}")},
		{patch, "/_sandbox/help_centers/{id}", (*Server).patchHelpCenter},
		{post, "/_sandbox/admins", (*Server).postAdmin},
		{del, "/_sandbox/admins/{id}", func(s *Server, r controlRequest) (any, error) { return done(s.UIAdminLeaves(r.vars["id"])) }},
	}
}

// serveControl answers the controls. They need no token and no version, suffer
// no fault and are not recorded.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.Method == http.MethodGet && r.URL.Path == "/_sandbox/export" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if err := s.Export(w); err != nil {
			s.log("error: " + err.Error())
		}
		return
	}
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	for _, c := range controls() {
		vars, ok := match(c.pattern, r.URL.Path)
		if !ok || c.method != r.Method {
			continue
		}
		result, err := c.handle(s, controlRequest{vars, body, s.baseOf(r)})
		if err != nil {
			s.refuseControl(h, err).write(w)
			return
		}
		answer{http.StatusOK, h, encode(result)}.write(w)
		return
	}
	message := fmt.Sprintf("no control %s %s; the documentation of the package has the list", r.Method, r.URL.Path)
	errorAnswer(h, newUUID(), &apiError{http.StatusNotFound, "not_found", message, ""}).write(w)
}

func (s *Server) refuseControl(h http.Header, err error) answer {
	if api, ok := err.(*apiError); ok {
		return errorAnswer(h, newUUID(), api)
	}
	return errorAnswer(h, newUUID(), &apiError{http.StatusBadRequest, "bad_request", err.Error(), ""})
}

func done(err error) (any, error) { return map[string]bool{"done": err == nil}, err }

// patchSwitches changes the switches that the body names.
func (s *Server) patchSwitches(r controlRequest) (any, error) {
	sw := s.Switches()
	if err := r.into(&sw); err != nil {
		return nil, err
	}
	err := s.SetSwitches(sw)
	return s.Switches(), err
}

func (s *Server) postFault(r controlRequest) (any, error) {
	var f Fault
	if err := r.into(&f); err != nil {
		return nil, err
	}
	err := s.AddFault(f)
	return s.Faults(), err
}

func (s *Server) postEdit(r controlRequest) (any, error) {
	var e UIEdit
	if err := r.into(&e); err != nil {
		return nil, err
	}
	if err := s.UIEdit(r.vars["id"], e); err != nil {
		return nil, err
	}
	return s.asTeammate(http.MethodGet, path.Join("/articles", r.vars["id"]), nil, r.base)
}

func (s *Server) postMove(r controlRequest) (any, error) {
	var in struct {
		Parents []flexID `json:"parent_ids"`
	}
	if err := r.into(&in); err != nil {
		return nil, err
	}
	var ids []int64
	for _, p := range in.Parents {
		id, err := p.parse()
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return done(s.UIMove(r.vars["id"], ids...))
}

func (s *Server) postPublish(r controlRequest) (any, error) {
	return done(s.ui(r.vars["id"], func(c *call, a *article) error {
		locales := a.pendingLocales()
		if len(locales) == 0 {
			return fmt.Errorf("article %s: no draft is pending", r.vars["id"])
		}
		for _, locale := range locales {
			a.Texts[locale] = c.promoted(a.ID, locale, a.Texts[locale])
		}
		return nil
	}))
}

func onLocale(f func(s *Server, articleID, locale string) error) func(*Server, controlRequest) (any, error) {
	return func(s *Server, r controlRequest) (any, error) {
		var in struct {
			Locale string `json:"locale"`
		}
		if err := r.into(&in); err != nil {
			return nil, err
		}
		return done(f(s, r.vars["id"], in.Locale))
	}
}

// asAPI makes a control of an API call: what a teammate can do in Intercom that
// the API can do as well.
func asAPI(method, pattern string) func(*Server, controlRequest) (any, error) {
	return func(s *Server, r controlRequest) (any, error) {
		return s.asTeammate(method, strings.ReplaceAll(pattern, "{id}", r.vars["id"]), r.body, r.base)
	}
}

// asTeammate does an API call in Preview as somebody in Intercom would: without
// limits or faults, and not as the token's.
func (s *Server) asTeammate(method, urlPath string, body []byte, base string) (any, error) {
	rt, vars := findRoute(method, urlPath)
	if rt == nil {
		return nil, notFound()
	}
	p, err := parseParams(body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.newCall()
	c.vars, c.base, c.params = vars, base, p
	if !p.has("author_id") && method == http.MethodPost && urlPath == "/articles" {
		c.params["author_id"] = json.RawMessage(strconv.FormatInt(c.st.Workspace.AdminID, 10))
	}
	result, err := rt.handle(c)
	if err != nil {
		return nil, err
	}
	return result, s.commit(c.edit)
}

func (s *Server) patchHelpCenter(r controlRequest) (any, error) {
	var e UIHelpCenter
	if err := r.into(&e); err != nil {
		return nil, err
	}
	if err := s.UIHelpCenter(r.vars["id"], e); err != nil {
		return nil, err
	}
	return s.asTeammate(http.MethodGet, path.Join("/help_center/help_centers", r.vars["id"]), nil, r.base)
}

func (s *Server) postAdmin(r controlRequest) (any, error) {
	var in struct{ Name, Email string }
	if err := r.into(&in); err != nil {
		return nil, err
	}
	id, err := s.UIAdmin(in.Name, in.Email)
	return map[string]string{"id": id}, err
}
