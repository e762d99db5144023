package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// Problem is an error as RFC 9457 has it.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Field  string `json:"field,omitempty" doc:"the parameter or body field at fault"`
}

// requestError is a mistake in the request itself.
type requestError struct {
	status int
	detail string
}

func (e *requestError) Error() string { return e.detail }

// errToken is in errors about a token that is unknown, has expired or may not act any more.
var errToken = errors.New("the token is not accepted")

// problemOf says what an error means to the caller. Failures of the machine are told without their cause,
// which goes to the log.
func problemOf(err error) Problem {
	var field *incident.FieldError
	var request *requestError
	var throttled *auth.ThrottledError
	var denied *DeniedError
	p := Problem{Type: "about:blank", Detail: err.Error()}
	switch {
	case errors.As(err, &denied):
		p.Status = http.StatusForbidden
	case errors.Is(err, ErrUnknown):
		p.Status = http.StatusUnauthorized
	case errors.Is(err, ErrReadOnly):
		p.Status, p.Detail = http.StatusForbidden, "nothing can be changed here: the demonstration, and looking as a role, are read-only"
	case errors.As(err, &request):
		p.Status, p.Detail = request.status, request.detail
	case errors.As(err, &field):
		p.Status, p.Field, p.Detail = http.StatusUnprocessableEntity, field.Field, field.Message
	case errors.Is(err, incident.ErrInvalid):
		p.Status = http.StatusUnprocessableEntity
	case errors.Is(err, incident.ErrNotFound):
		p.Status, p.Detail = http.StatusNotFound, "there is no such thing, or you may not see it"
	case errors.Is(err, incident.ErrConflict):
		p.Status = http.StatusConflict
	case errors.As(err, &throttled):
		p.Status = http.StatusTooManyRequests
	case errors.Is(err, context.DeadlineExceeded):
		p.Status, p.Detail = http.StatusServiceUnavailable, "the answer took too long; try again"
	default:
		p.Status, p.Detail = http.StatusInternalServerError, "something went wrong here; the server's log says what"
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// fail answers with a problem.
func fail(c *gin.Context, log *slog.Logger, err error) {
	if errors.Is(err, context.Canceled) {
		c.Abort() // nobody is listening any more
		return
	}
	p := problemOf(err)
	if p.Status >= 500 {
		log.Error("API request failed", "method", c.Request.Method, "path", c.Request.URL.Path, "error", err)
	}
	var throttled *auth.ThrottledError
	if errors.As(err, &throttled) {
		c.Header("Retry-After", strconv.Itoa(int(throttled.Wait.Seconds())+1))
	}
	if p.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", "Bearer")
	}
	c.Header("Content-Type", "application/problem+json")
	var extended *extendedError
	if errors.As(err, &extended) {
		c.AbortWithStatusJSON(p.Status, extended.extend(p))
		return
	}
	c.AbortWithStatusJSON(p.Status, p)
}
