// Package api is the JSON API below /api/v1: what programs can ask and change. Each operation is declared once
// (operation.go), and its route, the checks of its input and its part of the OpenAPI document come from that
// declaration. What the operations do is desk's business. Start with New.
package api

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/reports/draw"
	"hindsight/server/internal/desk"
)

const prefix = "/api/v1"

// Server answers API requests.
type Server struct {
	desk     *desk.Desk
	draw     *draw.Engine
	viewer   func(*gin.Context) (Viewer, bool)
	document []byte
}

// New registers the API on r. session returns the viewer of a browser session, if there is one.
func New(d *desk.Desk, r gin.IRouter, engine *draw.Engine, session func(*gin.Context) (Viewer, bool)) (*Server, error) {
	s := &Server{desk: d, draw: engine, viewer: session}
	ops := s.operations()
	doc, err := document(ops, d.Version)
	if err != nil {
		return nil, err
	}
	s.document = doc
	for _, op := range ops {
		r.Handle(op.method, prefix+pathParam.ReplaceAllString(op.path, ":$1"), s.handle(op))
	}
	r.GET(prefix+"/charts/:file", s.identify(incident.Viewer), s.chart)
	r.GET(prefix+"/slo.yaml", s.identify(incident.Viewer), s.exportOpenSLO)
	r.POST(prefix+"/slo.yaml", s.identify(incident.Editor), s.importOpenSLO)
	r.POST("/hooks/:connection", s.hook)
	r.GET("/api/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", s.document) })
	return s, nil
}

func (s *Server) operations() []operation {
	var ops []operation
	for _, group := range [][]operation{s.incidentOps(), s.eventOps(), s.findOps(), s.problemOps(), s.measureOps(), s.workOps(), s.durationOps(), s.contractOps(), s.objectiveOps(), s.importOps(), s.connectionOps()} {
		ops = append(ops, group...)
	}
	return ops
}

// handle wraps an operation: who asks, may they, what comes out.
func (s *Server) handle(op operation) gin.HandlerFunc {
	identify := s.identify(op.needs)
	return func(c *gin.Context) {
		if identify(c); c.IsAborted() {
			return
		}
		result, err := op.serve(c)
		if err != nil {
			fail(c, s.desk.Log, err)
			return
		}
		c.JSON(op.status, result)
	}
}

const viewerKey = "viewer"

func viewer(c *gin.Context) Viewer { return c.MustGet(viewerKey).(Viewer) }

// identify finds out who asks, by token or session, and refuses those who may not.
func (s *Server) identify(needs incident.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		v, err := s.who(c)
		switch {
		case err != nil:
			fail(c, s.desk.Log, err)
		case !v.Role.Can(needs):
			fail(c, s.desk.Log, &requestError{http.StatusForbidden, "this needs the role " + string(needs) + "; you are " + string(v.Role)})
		case s.desk.Demo && c.Request.Method != http.MethodGet:
			fail(c, s.desk.Log, &requestError{http.StatusForbidden, "the demonstration is read-only"})
		default:
			c.Set(viewerKey, v)
		}
	}
}

func (s *Server) who(c *gin.Context) (Viewer, error) {
	header := c.GetHeader("Authorization")
	if header == "" {
		if v, ok := s.viewer(c); ok {
			return v, nil
		}
		return Viewer{}, &requestError{http.StatusUnauthorized, "sign in, or send Authorization: Bearer and an API token"}
	}
	secret, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return Viewer{}, &requestError{http.StatusUnauthorized, "the Authorization header must be Bearer and an API token"}
	}
	token, err := s.desk.Auth.Token(c.Request.Context(), strings.TrimSpace(secret))
	if isNotFound(err) {
		return Viewer{}, &requestError{http.StatusUnauthorized, "this token is unknown or has expired"}
	}
	if err != nil {
		return Viewer{}, err
	}
	return Viewer{Name: "token " + token.Name, Role: token.Role}, nil
}
