package api

import (
	"errors"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"hindsight/importers"
)

const maxPush = 10 << 20 // bytes of one delivery

// hook takes in a delivery of a source. It needs no sign-in: the delivery proves by its signature or secret where it
// comes from. 200 says that it is stored; what it means is worked out later.
func (s *Server) hook(c *gin.Context) {
	if err := s.deliver(c); err != nil {
		fail(c, s.desk.Log, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"stored": true})
}

func (s *Server) deliver(c *gin.Context) error {
	if s.desk.Demo {
		return &requestError{http.StatusForbidden, "the demonstration is read-only"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxPush))
	var limit *http.MaxBytesError
	switch {
	case errors.As(err, &limit):
		return &requestError{http.StatusRequestEntityTooLarge, "a delivery may have 10 MiB"}
	case err != nil:
		return &requestError{http.StatusBadRequest, "the delivery broke off"}
	}
	ctx := c.Request.Context()
	err = s.desk.Deliver(ctx, c.Param("connection"), importers.Delivery{Header: c.Request.Header, Query: c.Request.URL.Query(), Body: body, At: s.desk.Now().UTC()})
	switch {
	case errors.Is(err, importers.ErrForged):
		return &requestError{http.StatusUnauthorized, importers.ErrForged.Error()}
	case err != nil && !isNotFound(err):
		s.desk.Log.Error("a delivery could not be stored", "connection", c.Param("connection"), "err", err)
		c.Header("Retry-After", "30")
		return &requestError{http.StatusServiceUnavailable, "it could not be stored; send it again"}
	}
	return err
}
