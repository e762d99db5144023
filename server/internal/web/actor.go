package web

import (
	"errors"
	"net/http"

	"hindsight/incident"
	"hindsight/server/internal/api"
	"hindsight/server/internal/auth"
)

// act says in the request's context who makes it, for the audit log.
func (r *request) act() {
	a := incident.Actor{Kind: incident.ActorVisitor, ID: "", Name: r.viewer.Name, Role: r.viewer.Role, From: address(r), Agent: r.Request.UserAgent(), Request: r.id}
	a.Agent = a.Agent[:min(len(a.Agent), 200)]
	if r.user != nil {
		a.Kind, a.ID, a.Name, a.Role = incident.ActorUser, r.user.ID, r.user.Name, r.user.Role
	}
	r.Request = r.Request.WithContext(incident.Acting(r.Request.Context(), a))
}

// noteRefusal notes in the audit log that somebody was turned away: from a page, or by what a trusted proxy says of them.
func (s *Server) noteRefusal(r *request, err error) {
	var denied *api.DeniedError
	var away *auth.TurnedAwayError
	switch {
	case errors.As(err, &denied):
		s.Refused(r.Request.Context(), r.Request.Method+" "+r.FullPath(), denied.Needs)
	case errors.As(err, &away):
		s.NotBelieved(r.Request.Context(), "proxy", "turned away")
	}
}

// send hands a file to the browser, after the audit log has noted what leaves: nothing leaves unnoted.
func (s *Server) send(r *request, f file) error {
	if err := s.Exported(r.Request.Context(), r.FullPath(), r.Request.URL.RawQuery, f.rows); err != nil {
		return err
	}
	r.Header("Content-Disposition", `attachment; filename="`+f.name+`"`)
	if f.write == nil {
		r.Data(http.StatusOK, f.contentType, f.body)
		return nil
	}
	r.Header("Content-Type", f.contentType)
	if err := f.write(r.Writer); err != nil { // the status is out already: the file ends early
		s.log.Error("a file broke off", "path", logged(r.Request.URL.Path), "request", r.id, "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
