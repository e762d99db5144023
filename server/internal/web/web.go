// Package web serves the pages: it reads a request, asks desk, fills a page of package frontend and renders it. It
// alone knows status codes of pages, cookies and headers. Start with New, which has the route table; there is
// one file per page.
package web

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports/draw"
	"hindsight/server/internal/api"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/writers"
)

// Server answers browsers.
type Server struct {
	*desk.Desk
	pages  *frontend.Renderer
	draw   *draw.Engine
	secure bool // cookies over https only
	log    *slog.Logger
	access []api.Access

	hub *writers.Hub
}

// New registers the pages on r. Routes that are added to r later are kept from panics, too.
func New(d *desk.Desk, r *gin.Engine, engine *draw.Engine) (*Server, error) {
	pages, err := frontend.New()
	if err != nil {
		return nil, err
	}
	s := &Server{Desk: d, pages: pages, draw: engine, secure: strings.HasPrefix(d.BaseURL, "https:"), log: d.Log, hub: writers.New(d)}
	r.Use(s.recover()) // gin gives it only to routes that are added from here on
	r.NoRoute(s.handle(anyone, func(*request) (answer, error) { return answer{}, incident.ErrNotFound }))
	s.register(r, http.MethodGet, frontend.AssetPrefix+"*name", anyone, gin.WrapH(pages.Assets()))
	s.routes(r)
	return s, nil
}

// Writers has the sockets of people who write together. Somebody has to Run it.
func (s *Server) Writers() *writers.Hub { return s.hub }

// anyone is what a page needs that is for people who are not signed in, too.
const anyone incident.Ability = ""

// Access lists the pages and what each needs.
func (s *Server) Access() []api.Access { return s.access }

// register adds a route, and remembers what it needs.
func (s *Server) register(r gin.IRouter, method, path string, needs incident.Ability, h ...gin.HandlerFunc) {
	s.access = append(s.access, api.Access{Method: method, Path: path, Needs: needs})
	r.Handle(method, path, h...)
}

// getting and posting return what registers pages, as the tables of routes use it.
func (s *Server) getting(r gin.IRouter) func(path string, needs incident.Ability, h handler) {
	return func(path string, needs incident.Ability, h handler) {
		s.register(r, http.MethodGet, path, needs, s.handle(needs, h))
	}
}

func (s *Server) posting(r gin.IRouter, before ...gin.HandlerFunc) func(path string, needs incident.Ability, h handler) {
	return func(path string, needs incident.Ability, h handler) {
		s.register(r, http.MethodPost, path, needs, append(slices.Clone(before), s.handle(needs, h))...)
	}
}

// handler answers one request. An error becomes an error page.
type handler func(*request) (answer, error)

// answer is what a handler wants the browser to see: a page, a file, or another address.
type answer struct {
	page   frontend.Page
	status int // 0: 200
	to     string
	flash  frontend.Flash
	file   *file
	kept   *incident.RetroFile
}

// file is a download.
type file struct {
	name, contentType string
	body              []byte
	rows              int                   // for the audit log; -1: it is no table
	write             func(io.Writer) error // instead of body, for what is too long to be held in memory
}

// show answers with a page.
func show(p frontend.Page) (answer, error) { return answer{page: p}, nil }

// again answers with a form that has to be corrected.
func again(p frontend.Page) (answer, error) {
	return answer{page: p, status: http.StatusUnprocessableEntity}, nil
}

// goTo sends the browser on to a page of ours, which shows the message once.
func goTo(path string, flash frontend.Flash) (answer, error) {
	return answer{to: path, flash: flash}, nil
}

// maxForm is the longest form without files, in bytes. More of it is not read, least of all from people who are not
// signed in: it would go to memory, or to the disk.
const maxForm = 1 << 20

func bounded(c *gin.Context) { limited(maxForm)(c) }

// limited bounds how much of a request is read, in bytes.
func limited(most int64) gin.HandlerFunc {
	return func(c *gin.Context) { c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most) }
}

// handle wraps a handler: who asks, may they, and what comes out.
func (s *Server) handle(needs incident.Ability, h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		r, err := s.request(c)
		var a answer
		r.act()
		if err == nil {
			a, err = s.admit(r, needs, h)
		}
		if err == nil {
			err = s.write(r, a)
		}
		if err != nil {
			s.noteRefusal(r, err)
			s.fail(r, err)
		}
	}
}

// errForbidden: what is asked for is a signed-in user's own, and there is none.
var errForbidden = errors.New("not allowed")

func (s *Server) admit(r *request, needs incident.Ability, h handler) (answer, error) {
	err := r.viewer.Check(needs, r.Request.Method != http.MethodGet && !r.ownView())
	if err == nil {
		return h(r)
	}
	if !errors.Is(err, api.ErrUnknown) {
		return answer{}, err
	}
	done, err := s.Auth.SetUp(r.Request.Context())
	if err != nil {
		return answer{}, err
	}
	if !done {
		return answer{to: "/setup"}, nil
	}
	if r.Request.Method == http.MethodPost && r.cookie(sessionCookie) != "" {
		return s.kept(r)
	}
	return answer{to: "/login?next=" + queryEscape(r.here())}, nil
}

func (s *Server) write(r *request, a answer) error {
	switch {
	case a.to != "":
		r.setFlash(a.flash)
		r.Redirect(http.StatusSeeOther, a.to)
		return nil
	case a.file != nil:
		return s.send(r, *a.file)
	case a.kept != nil:
		api.SendRetroFile(r.Context, *a.kept)
		return nil
	}
	var b bytes.Buffer
	if err := s.pages.Render(&b, a.page); err != nil {
		return err
	}
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	r.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

func newRequestID() string {
	b := make([]byte, 8)
	rand.Read(b)
	return hex.EncodeToString(b)
}
