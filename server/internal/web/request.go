package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/api"
	"hindsight/server/internal/auth"
)

// request is one request and who makes it.
type request struct {
	*gin.Context
	server  *Server
	viewer  api.Viewer
	user    *incident.User    // nil for visitors of the demonstration and people who are not signed in
	session *incident.Session // likewise
	id      string
}

func (s *Server) request(c *gin.Context) (*request, error) {
	r := &request{Context: c, server: s, id: newRequestID()}
	var err error
	r.viewer, r.user, r.session, err = s.identify(c)
	return r, err
}

// Viewer returns who makes a request with a browser session; ok is false for people who are not signed in.
func (s *Server) Viewer(c *gin.Context) (v api.Viewer, ok bool) {
	v, _, _, err := s.identify(c)
	return v, err == nil && v.Known()
}

func (s *Server) identify(c *gin.Context) (api.Viewer, *incident.User, *incident.Session, error) {
	if named := auth.NamedBy(c.Request.Context()); named != nil {
		user, err := s.Auth.Named(c.Request.Context(), s.Joining, auth.Vouched{By: "The proxy", Issuer: incident.ByProxy, Subject: named.User, Name: named.User,
			Email: named.Email, Verified: named.Email != "", Groups: named.Groups})
		if err != nil {
			return api.Viewer{}, nil, nil, err
		}
		now := s.Now().UTC() // each request proves it anew
		v, err := s.viewerOf(c, *user)
		return v, user, &incident.Session{User: user.ID, Issuer: incident.ByProxy, CreatedAt: now, SeenAt: now}, err
	}
	if secret := s.readCookie(c, sessionCookie); secret != "" {
		user, session, err := s.goingOn(c.Request.Context(), secret)
		if err == nil {
			v, err := s.viewerOf(c, *user)
			return v, user, session, err
		}
		if !errors.Is(err, incident.ErrNotFound) {
			return api.Viewer{}, nil, nil, err
		}
	}
	if !s.Demo {
		return api.Viewer{}, nil, nil, nil
	}
	role := incident.Viewer
	if chosen := s.chosenRole(c); chosen != "" {
		role = chosen
	}
	return looking("visitor", role), nil, nil, nil
}

// viewerOf is what a signed-in user may do; an administrator may have chosen to look as a role.
func (s *Server) viewerOf(c *gin.Context, user incident.User) (v api.Viewer, err error) {
	if as := s.chosenRole(c); as != "" && user.Role.May(incident.Administer) {
		return looking(user.Name, as), nil
	}
	v = api.As(user.Name, user.Role, user.ID)
	v.ReadOnly = s.Demo
	v.Teams, err = s.Store.TeamsOf(c.Request.Context(), user.ID)
	return v, err
}

// goingOn returns the user of a session that goes on, after the provider was asked about them if it is time to.
func (s *Server) goingOn(ctx context.Context, secret string) (*incident.User, *incident.Session, error) {
	user, session, err := s.Auth.Session(ctx, secret, auth.Address(ctx))
	if err != nil || !s.Due(*session) {
		return user, session, err
	}
	if err := s.Recheck(ctx, *user, *session); err != nil {
		return nil, nil, err
	}
	return s.Auth.Session(ctx, secret, auth.Address(ctx))
}

// ownView reports whether a request changes nothing but how the person who asks sees the product.
func (r *request) ownView() bool {
	return slices.Contains([]string{viewAsPath, "/me/theme", "/logout"}, r.Request.URL.Path)
}

// shell is what every page has around it. crumbs lead from the outermost page to this one, without it.
func (r *request) shell(title string, nav frontend.Nav, crumbs ...frontend.Link) frontend.Shell {
	s := r.server
	shell := frontend.Shell{Title: title, Nav: nav, Crumbs: crumbs, Theme: r.theme(), Path: r.here(),
		Canonical: s.BaseURL + r.here(), Demo: s.Demo, Zone: r.zone(), Now: s.Now().UTC(), Flash: r.takeFlash(), NoKeys: r.cookie(keysCookie) == "off",
		AsOf: s.Live.Seq(), InFile: r.managed()}
	for _, lag := range s.Follow.Lag() {
		if !lag.Behind {
			shell.Indexing = max(shell.Indexing, int(lag.Changes))
		}
	}
	shell.Unwritten = s.Index.Trouble() != nil
	shell.Views = r.savedViews()
	shell.Unread, shell.Mail = r.unread(), s.Mail != nil
	if r.viewer.Known() {
		shell.User = frontend.User{ID: r.viewer.User, Name: r.viewer.Name, Role: r.viewer.Role, Abilities: r.viewer.Abilities, ReadOnly: r.viewer.ReadOnly}
		shell.LooksAs = r.user != nil && r.viewer.User == ""
	}
	if r.user != nil {
		shell.User.Display = r.user.Display
	}
	return shell
}

// here is path and query of the request.
func (r *request) here() string { return r.Request.URL.RequestURI() }

func (r *request) theme() frontend.Theme {
	switch t := frontend.Theme(r.cookie(themeCookie)); t {
	case frontend.Light, frontend.Dark:
		return t
	}
	return frontend.System
}

// zone is the viewer's time zone, or UTC.
func (r *request) zone() *time.Location {
	if name := r.cookie(zoneCookie); name != "" && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return time.UTC
}

// setFlash keeps a message for the next page.
func (r *request) setFlash(f frontend.Flash) {
	if f.Text == "" {
		return
	}
	text, err := json.Marshal(f)
	if err != nil {
		return
	}
	r.setCookie(flashCookie, base64.RawURLEncoding.EncodeToString(text), time.Minute)
}

// takeFlash returns the message that the last page left, once. It comes from the browser, so it is
// believed to be nothing but text, and its link only if it leads to a page of ours.
func (r *request) takeFlash() []frontend.Flash {
	text, err := base64.RawURLEncoding.DecodeString(r.cookie(flashCookie))
	if err != nil || len(text) == 0 {
		return nil
	}
	r.setCookie(flashCookie, "", -1)
	var f frontend.Flash
	if json.Unmarshal(text, &f) != nil {
		return nil
	}
	if !localPath(f.Link.Path) {
		f.Link = frontend.Link{}
	}
	return []frontend.Flash{f}
}

// localPath reports whether path leads to a page of ours and nowhere else.
func localPath(path string) bool {
	u, err := url.Parse(path)
	return err == nil && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.Contains(path, `\`) && u.Host == "" && u.Scheme == ""
}

func queryEscape(text string) string { return url.QueryEscape(text) }

// formOf keeps what was sent, without secrets, and says what was wrong with it.
func formOf(values url.Values, err error) frontend.Form {
	f := frontend.Form{Values: url.Values{}}
	for name, v := range values {
		if name != "password" && name != "old" && name != "new" {
			f.Values[name] = v
		}
	}
	var field *incident.FieldError
	switch {
	case errors.As(err, &field):
		f.Errors = []frontend.FieldError{{Field: field.Field, Message: field.Message}}
	case err != nil:
		f.Errors = []frontend.FieldError{{Message: err.Error()}}
	}
	return f
}
