package sandbox

import "net/http"

func (s *Server) serveControl(w http.ResponseWriter, r *http.Request, body []byte) {}
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) bool            { return false }
