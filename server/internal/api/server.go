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
	access   []Access
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
	route := func(method, path string, needs incident.Ability, h ...gin.HandlerFunc) {
		s.access = append(s.access, Access{method, path, needs})
		r.Handle(method, path, h...)
	}
	for _, op := range ops {
		route(op.method, prefix+pathParam.ReplaceAllString(op.path, ":$1"), op.needs, s.identify(op.needs), s.answer(op))
	}
	route(http.MethodGet, prefix+"/charts/:file", incident.Read, s.identify(incident.Read), s.chart)
	route(http.MethodGet, prefix+"/reports/:file", incident.Read, s.identify(incident.Read), s.report)
	route(http.MethodGet, prefix+"/incidents/:id/retrospective/export/:file", incident.Read, s.identify(incident.Read), s.retroExport)
	route(http.MethodGet, prefix+"/incidents/:id/retrospective/files/:file", incident.Read, s.identify(incident.Read), s.retroAttachedFile)
	route(http.MethodGet, feedPath, incident.Read, s.feedReader, s.feed)
	route(http.MethodGet, prefix+"/slo.yaml", incident.Read, s.identify(incident.Read), s.exportOpenSLO)
	route(http.MethodPost, prefix+"/slo.yaml", incident.Agree, s.identify(incident.Agree), s.importOpenSLO)
	route(http.MethodPost, "/hooks/:connection", "", s.hook)
	route(http.MethodGet, "/api/openapi.json", "", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", s.document) })
	return s, nil
}

func (s *Server) operations() []operation {
	var ops []operation
	for _, group := range [][]operation{s.incidentOps(), s.writingOps(), s.eventOps(), s.findOps(), s.viewOps(), s.factorOps(), s.momentOps(), s.retroOps(), s.retroChartOps(), s.retroLinkOps(), s.runbookOps(), s.actionOps(), s.problemOps(), s.measureOps(), s.workOps(), s.durationOps(), s.contractOps(), s.objectiveOps(), s.importOps(), s.connectionOps(), s.accountOps(), s.auditOps()} {
		ops = append(ops, group...)
	}
	return append(ops, s.configOps()...)
}

// Access lists the routes and what each needs. What needs nothing proves itself otherwise, as deliveries do by their signature.
func (s *Server) Access() []Access { return s.access }

// answer serves an operation for somebody who may have it.
func (s *Server) answer(op operation) gin.HandlerFunc {
	return func(c *gin.Context) {
		n := carrying(c)
		result, err := op.serve(c)
		if err == nil && *n > 0 {
			err = s.desk.Carried(c.Request.Context(), c.FullPath(), c.Request.URL.RawQuery, *n)
		}
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
func (s *Server) identify(needs incident.Ability) gin.HandlerFunc {
	return func(c *gin.Context) {
		v, err := s.who(c)
		acting(c, v)
		if err == nil {
			err = v.Check(needs, c.Request.Method != http.MethodGet)
		}
		if err != nil {
			s.noteRefusal(c, err)
			fail(c, s.desk.Log, err)
			return
		}
		c.Set(viewerKey, v)
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
	return s.holder(c, strings.TrimSpace(secret))
}
