package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/api"
	"hindsight/server/internal/auth"
)

// setupPage asks for the first administrator. It is gone as soon as there is a user.
func (s *Server) setupPage(r *request) (answer, error) {
	if err := s.mustBeNew(r); err != nil {
		return answer{}, err
	}
	return show(frontend.SetupPage{Shell: r.shell("Set up Hindsight", "")})
}

func (s *Server) mustBeNew(r *request) error {
	done, err := s.Auth.SetUp(r.Request.Context())
	if err == nil && (done || s.Demo) {
		return incident.ErrNotFound
	}
	return err
}

func (s *Server) setup(r *request) (answer, error) {
	if err := s.mustBeNew(r); err != nil {
		return answer{}, err
	}
	ctx := r.Request.Context()
	name, password := r.PostForm("name"), r.PostForm("password")
	if _, err := s.Auth.CreateFirst(ctx, name, r.PostForm("display"), password); err != nil {
		return again(frontend.SetupPage{Shell: r.shell("Set up Hindsight", ""), Form: formOf(r.Request.PostForm, err)})
	}
	if _, err := s.firstStep(r, name, password); err != nil {
		return answer{}, err
	}
	return goTo("/setup/start", frontend.Flash{})
}

// address is where a request comes from, as far as it can be believed.
func address(r *request) string { return auth.Address(r.Request.Context()) }

func (s *Server) loginPage(r *request) (answer, error) {
	if done, err := s.Auth.SetUp(r.Request.Context()); err != nil || !done && !s.Demo && s.SSO == nil {
		return answer{to: "/setup"}, err
	}
	page, err := s.loginForm(r, r.next())
	return answer{page: page}, err
}

// loginForm is the page for signing in, which says why one was signed out, if one was.
func (s *Server) loginForm(r *request, next string) (frontend.LoginPage, error) {
	page := frontend.LoginPage{Shell: r.shell("Sign in", ""), Next: next, Roles: s.demoRoles(), OnlyAdmins: s.Auth.OnlyAdmins}
	if s.SSO != nil {
		page.Provider = s.SSO.Name
	}
	secret := r.cookie(sessionCookie)
	if secret == "" || r.user != nil {
		return page, nil
	}
	over, ok, err := s.Auth.Over(r.Request.Context(), secret)
	if ok {
		page.Over = &frontend.Over{At: over.At, Why: over.Why}
	}
	return page, err
}

func (s *Server) demoRoles() []incident.Role {
	if s.Demo {
		return incident.Roles
	}
	return nil
}

func (s *Server) login(r *request) (answer, error) {
	next := r.next()
	second, err := s.firstStep(r, r.PostForm("name"), r.PostForm("password"))
	var throttled *auth.ThrottledError
	var away *auth.TurnedAwayError
	switch {
	case errors.Is(err, auth.ErrSignIn), errors.As(err, &throttled), errors.As(err, &away):
		page, pageErr := s.loginForm(r, next)
		page.Form = formOf(r.Request.PostForm, err)
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	case err != nil:
		return answer{}, err
	case second != "":
		return answer{to: second + "?next=" + queryEscape(next)}, nil
	}
	return answer{to: next}, nil
}

func (s *Server) logout(r *request) (answer, error) {
	there := s.ProviderLogoutURL(r.Request.Context(), r.session)
	if secret := r.cookie(sessionCookie); secret != "" {
		if err := s.Auth.SignOut(r.Request.Context(), secret); err != nil {
			return answer{}, err
		}
	}
	r.setCookie(sessionCookie, "", -1)
	r.setCookie(roleCookie, "", -1)
	r.Header("Clear-Site-Data", `"storage"`) // what scripts kept; pages are in no cache
	if there != "" {                         // a form may not lead to another server, a link may
		r.user, r.viewer = nil, api.Viewer{}
		return show(frontend.SignedOutPage{Shell: r.shell("Signed out", ""), Provider: s.SSO.Name, There: there})
	}
	return goTo("/login", frontend.Flash{Kind: frontend.Done, Text: "You are signed out."})
}

func (s *Server) profilePage(r *request) (answer, error) {
	page, err := s.profile(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) profile(r *request, form frontend.Form) (frontend.ProfilePage, error) {
	page := frontend.ProfilePage{Shell: r.shell("Settings", frontend.NavSettings), Zones: zones, Form: form}
	if r.user == nil {
		return page, nil
	}
	factor, err := s.Factors.Of(r.Request.Context(), r.user.ID)
	if err != nil {
		return page, err
	}
	page.Factor = factor.On()
	if s.SSO != nil {
		page.Provider = s.SSO.Name
	}
	if page.Links, err = s.Store.Identities(r.Request.Context(), r.user.ID); err != nil {
		return page, err
	}
	sessions, err := s.Store.Sessions(r.Request.Context(), r.user.ID)
	for _, x := range sessions {
		page.Sessions = append(page.Sessions, frontend.SessionRow{Session: x, Current: r.session != nil && x.Hash == r.session.Hash})
	}
	return page, err
}

// zones are offered in the settings; others can be typed.
var zones = []string{"UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Warsaw", "Europe/Kyiv",
	"Europe/Istanbul", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai",
	"Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "America/Sao_Paulo", "America/New_York", "America/Chicago",
	"America/Denver", "America/Los_Angeles"}

const aYear = 365 * 24 * time.Hour

func (s *Server) saveProfile(r *request) (answer, error) {
	zone := strings.TrimSpace(r.PostForm("zone"))
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		page, err := s.profile(r, formOf(r.Request.PostForm, incident.Invalidf("zone", "%q is not a time zone such as Europe/Berlin", zone)))
		return answer{page: page, status: http.StatusUnprocessableEntity}, err
	}
	r.setCookie(zoneCookie, zone, aYear)
	r.saveTheme()
	keys := "off"
	if r.PostForm("keys") == "on" {
		keys = "on"
	}
	r.setCookie(keysCookie, keys, aYear)
	if name := strings.TrimSpace(r.PostForm("display")); r.user != nil && name != "" && name != r.user.Display {
		u := *r.user
		u.Display = name[:min(len(name), 200)]
		if _, err := s.Store.Update(r.Request.Context(), func(tx incident.Tx) error { return tx.PutUser(u) }); err != nil {
			return answer{}, err
		}
	}
	return goTo("/me", frontend.Flash{Kind: frontend.Done, Text: "Saved."})
}

func (r *request) saveTheme() {
	theme := frontend.Theme(r.PostForm("theme"))
	if theme == frontend.Light || theme == frontend.Dark || theme == frontend.System {
		r.setCookie(themeCookie, string(theme), aYear)
	}
}

func (s *Server) saveTheme(r *request) (answer, error) {
	r.saveTheme()
	next := r.PostForm("next")
	if !localPath(next) {
		next = "/"
	}
	return goTo(next, frontend.Flash{})
}

func (s *Server) savePassword(r *request) (answer, error) {
	if r.user == nil || r.session == nil {
		return answer{}, errForbidden
	}
	err := s.ownPassword(r, "old")
	if err == nil {
		if err = s.Auth.CheckPassword(r.PostForm("new"), r.user.Name); err == nil {
			err = s.Auth.SetPassword(r.Request.Context(), *r.user, r.PostForm("new"), r.session.Hash)
		} else {
			err = incident.Invalidf("new", "%s", strings.TrimPrefix(err.Error(), "password: "))
		}
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.profile(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	secret, err := s.Auth.Renew(r.Request.Context(), *r.session)
	if err != nil {
		return answer{}, err
	}
	r.setCookie(sessionCookie, secret, sessionAge)
	return goTo("/me", frontend.Flash{Kind: frontend.Done, Text: "Your password is changed, and you are signed out everywhere else."})
}

func (s *Server) endSessions(r *request) (answer, error) {
	if r.user == nil || r.session == nil {
		return answer{}, errForbidden
	}
	_, err := s.Store.Update(r.Request.Context(), func(tx incident.Tx) error {
		return tx.EndSessions(r.user.ID, r.session.Hash, s.Now(), incident.EndedElsewhere)
	})
	if err != nil {
		return answer{}, err
	}
	return goTo("/me", frontend.Flash{Kind: frontend.Done, Text: "You are signed out everywhere else."})
}
