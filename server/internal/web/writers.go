package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/server/internal/api"
	"hindsight/server/internal/writers"
)

// live opens the socket of somebody who has a retrospective open. It is asked by scripts, which a page to sign in on does not help.
func (s *Server) live(c *gin.Context) {
	r, err := s.request(c)
	r.act()
	if err == nil {
		err = r.viewer.Check(incident.Read, false)
	}
	if errors.Is(err, api.ErrUnknown) {
		c.String(http.StatusUnauthorized, "Sign in first.\n")
		return
	}
	id := incident.ID(c.Param("id"))
	if err == nil {
		_, err = s.Incident(c.Request.Context(), id, r.viewer.Sight())
	}
	if err == nil {
		err = s.hub.Serve(c.Writer, c.Request, s.visitorOf(r, id))
	}
	if err != nil {
		s.fail(r, err)
	}
}

func (s *Server) visitorOf(r *request, id incident.ID) writers.Visitor {
	name := r.viewer.Name
	if r.user != nil && r.user.Display != "" {
		name = r.user.Display
	}
	c := r.Copy() // the request's own is used again for others
	return writers.Visitor{Incident: id, Who: string(r.viewer.User), Name: name, Again: func(ctx context.Context) (writers.Standing, error) { return s.standing(ctx, c, id) }}
}

// standing is what whoever made a request may do now: the session may have ended, the role may be another, and the incident private.
func (s *Server) standing(ctx context.Context, c *gin.Context, id incident.ID) (writers.Standing, error) {
	c = c.Copy()
	c.Request = c.Request.WithContext(ctx)
	v, _, _, err := s.identify(c)
	if err == nil {
		err = v.Check(incident.Read, false)
	}
	var denied *api.DeniedError
	if errors.Is(err, api.ErrUnknown) || errors.As(err, &denied) {
		return writers.Standing{}, writers.ErrEnded
	}
	if err != nil {
		return writers.Standing{}, err
	}
	inc, err := s.Store.Incident(ctx, id)
	if err != nil {
		return writers.Standing{}, err
	}
	if !inc.SeenBy(v.Sight()) {
		return writers.Standing{}, incident.ErrNotFound
	}
	return writers.Standing{Write: v.MayChange(incident.Write) && v.User != ""}, nil
}
