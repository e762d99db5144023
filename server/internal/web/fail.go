package web

import (
	"context"
	"errors"
	"net/http"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/api"
	"hindsight/server/internal/auth"
)

// fail answers with an error page: what happened, what was kept, what to do next.
func (s *Server) fail(r *request, err error) {
	if errors.Is(err, context.Canceled) {
		r.Abort() // nobody is listening any more
		return
	}
	page := errorPage(err)
	page.Shell, page.At, page.Request = r.shell(page.Heading, ""), s.Now().UTC(), r.id
	if page.Status >= 500 {
		s.log.Error("page failed", "method", r.Request.Method, "path", logged(r.Request.URL.Path), "request", r.id, "error", err)
	}
	if err := s.write(r, answer{page: page, status: page.Status}); err != nil {
		s.log.Error("error page failed", "request", r.id, "error", err)
		r.String(http.StatusInternalServerError, "Something went wrong here. The log says what, under %s.", r.id)
	}
}

func errorPage(err error) frontend.ErrorPage {
	var field *incident.FieldError
	var denied *api.DeniedError
	var away *auth.TurnedAwayError
	home := []frontend.Link{{Label: "Overview", Path: "/"}, {Label: "Incidents", Path: "/incidents"}}
	switch {
	case errors.As(err, &field):
		return frontend.ErrorPage{Status: http.StatusUnprocessableEntity, Heading: "This cannot be answered as asked", Text: field.Error(), Links: home}
	case errors.Is(err, incident.ErrInvalid):
		return frontend.ErrorPage{Status: http.StatusUnprocessableEntity, Heading: "This cannot be answered as asked", Text: err.Error(), Links: home}
	case errors.Is(err, incident.ErrNotFound):
		return frontend.ErrorPage{Status: http.StatusNotFound, Heading: "There is no such page",
			Text: "It may have been removed, or the address may be misspelt, or you may not see it.", Links: home}
	case errors.Is(err, incident.ErrConflict):
		return frontend.ErrorPage{Status: http.StatusConflict, Heading: "Somebody else was faster",
			Text: "What you sent was not saved: " + err.Error() + ". Go back, load the page again and repeat your change.", Links: home}
	case errors.As(err, &away):
		return frontend.ErrorPage{Status: http.StatusForbidden, Heading: "You may not sign in here", Text: away.Text}
	case errors.Is(err, api.ErrReadOnly):
		return frontend.ErrorPage{Status: http.StatusForbidden, Heading: "Nothing can be changed here",
			Text: "Nothing was changed. The demonstration is read-only, and so is looking as a role: go back to your own view first.", Links: home}
	case errors.As(err, &denied):
		return frontend.ErrorPage{Status: http.StatusForbidden, Heading: "Your role does not allow this",
			Text: "Nothing was changed: " + denied.Error() + ". An administrator can give you another role.", Links: home}
	case errors.Is(err, errForbidden):
		return frontend.ErrorPage{Status: http.StatusForbidden, Heading: "You are not signed in as a user",
			Text: "Nothing was changed. Only somebody with an account has this.", Links: home}
	}
	return frontend.ErrorPage{Status: http.StatusInternalServerError, Heading: "Something went wrong here",
		Text: "What you sent may not have been saved. Try again; if it keeps happening, the server's log says why, under the request's id.", Links: home}
}
