package api

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
)

// noteRefusal notes in the audit log that somebody was turned away, or brought a token that is none.
func (s *Server) noteRefusal(c *gin.Context, err error) {
	var denied *DeniedError
	switch {
	case errors.As(err, &denied):
		s.desk.Refused(c.Request.Context(), c.Request.Method+" "+c.FullPath(), denied.Needs)
	case errors.Is(err, errToken):
		s.desk.NotBelieved(c.Request.Context(), "token", "")
	}
}

type carriedKey struct{}

// carrying counts in the request's context the private incidents that the answer carries: see carries.
func carrying(c *gin.Context) *int {
	n := new(int)
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), carriedKey{}, n))
	return n
}

// carries counts incidents that an answer is going to carry, as far as they are private.
func carries(ctx context.Context, incs ...*incident.Incident) {
	n, ok := ctx.Value(carriedKey{}).(*int)
	for _, inc := range incs {
		if ok && inc.Private {
			*n++
		}
	}
}
