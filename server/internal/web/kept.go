package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"hindsight/frontend"
)

// unkept are fields that are not written into a page.
var unkept = []string{"password", "old", "new", "code"}

// kept answers a form whose sender's session is over: with what they wrote, to be sent again once they have signed in. It
// leaves this browser for nowhere else.
func (s *Server) kept(r *request) (answer, error) {
	page := frontend.KeptPage{Shell: r.shell("Signed out", ""), Action: r.here(), Files: strings.HasPrefix(r.ContentType(), "multipart/")}
	if !page.Files {
		if err := r.Request.ParseForm(); err != nil {
			return answer{}, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Request.PostForm)) {
		for _, value := range r.Request.PostForm[name] {
			if !slices.Contains(unkept, name) {
				page.Fields = append(page.Fields, frontend.Hidden{Name: name, Value: value})
			}
		}
	}
	over, ok, err := s.Auth.Over(r.Request.Context(), r.cookie(sessionCookie))
	if ok {
		page.Over = &frontend.Over{At: over.At, Why: over.Why}
	}
	return answer{page: page, status: http.StatusUnauthorized}, err
}
