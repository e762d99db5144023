package web

import (
	"errors"
	"net/http"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/auth"
)

const secondFactorPath = "/me/factor"

// factorRoutes are the pages about what people prove beside their password.
func (s *Server) factorRoutes(get, post func(path string, needs incident.Ability, h handler)) {
	get("/login/code", anyone, s.codePage)
	post("/login/code", anyone, s.enterCode)
	get("/login/enrol", anyone, s.enrolPage)
	post("/login/enrol", anyone, s.enrol)
	get("/me/confirm", incident.Read, s.confirmPage)
	post("/me/confirm", incident.Read, s.confirm)
	get(secondFactorPath, incident.Read, s.factorPage)
	post(secondFactorPath+"/begin", incident.Read, s.confirmed(secondFactorPath, s.beginFactor))
	post(secondFactorPath+"/confirm", incident.Read, s.confirmed(secondFactorPath, s.confirmFactor))
	post(secondFactorPath+"/recovery", incident.Read, s.confirmed(secondFactorPath, s.renewRecovery))
	post(secondFactorPath+"/off", incident.Read, s.turnFactorOff)
	post("/admin/users/:id/factor/reset", incident.Administer, s.confirmed("/admin/users", s.resetFactor))
	post("/admin/factors", incident.Administer, s.confirmed("/admin/users", s.demandFactors))
}

func (s *Server) factorPage(r *request) (answer, error) {
	page, err := s.factor(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) factor(r *request, form frontend.Form) (frontend.FactorPage, error) {
	crumb := frontend.Link{Label: "Settings", Path: "/me"}
	page := frontend.FactorPage{Shell: r.shell("Second factor", frontend.NavSettings, crumb), Form: form}
	if r.user == nil {
		return page, nil
	}
	ctx := r.Request.Context()
	factor, err := s.Factors.Of(ctx, r.user.ID)
	if err != nil {
		return page, err
	}
	page.On, page.Since, page.Left, page.Password = factor.On(), factor.ConfirmedAt, len(factor.Recovery.Hashes), r.user.PasswordHash != ""
	if page.On {
		return page, nil
	}
	e, err := s.Factors.Unconfirmed(ctx, *r.user)
	if errors.Is(err, incident.ErrNotFound) {
		return page, nil
	}
	if err == nil {
		page.Enrolment = drawn(e)
	}
	return page, err
}

// refactor shows the page again with what was wrong; other errors stay.
func (s *Server) refactor(r *request, err error) (answer, error) {
	if err = aboutCode(err); !errors.Is(err, incident.ErrInvalid) {
		return answer{}, err
	}
	page, pageErr := s.factor(r, formOf(nil, err))
	return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
}

func (s *Server) beginFactor(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	return answer{to: secondFactorPath}, s.Factors.Begin(r.Request.Context(), *r.user)
}

func (s *Server) confirmFactor(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	codes, err := s.Factors.Confirm(r.Request.Context(), *r.user, r.PostForm("code"), address(r), r.session.Hash)
	if errors.Is(err, incident.ErrNotFound) {
		return goTo(secondFactorPath, frontend.Flash{Kind: frontend.Notice, Text: "The secret waited too long for its first code. Begin again."})
	}
	if err != nil {
		return s.refactor(r, err)
	}
	return s.showRecovery(r, codes)
}

// showRecovery shows recovery codes, this once.
func (s *Server) showRecovery(r *request, codes []string) (answer, error) {
	return show(frontend.RecoveryPage{Shell: r.shell("Recovery codes", frontend.NavSettings), Codes: codes, Next: secondFactorPath})
}

func (s *Server) renewRecovery(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	codes, err := s.Factors.Renumber(r.Request.Context(), r.user.ID)
	if err != nil {
		return answer{}, err
	}
	return s.showRecovery(r, codes)
}

// turnFactorOff needs no confirmation beside the password and the code that it takes itself.
func (s *Server) turnFactorOff(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	err := s.Factors.TurnOff(r.Request.Context(), *r.user, r.PostForm("password"), r.PostForm("code"), address(r), r.session.Hash)
	if errors.Is(err, auth.ErrSignIn) {
		err = incident.Invalidf("password", "this is not your password")
	}
	if err != nil {
		return s.refactor(r, err)
	}
	return goTo(secondFactorPath, frontend.Flash{Kind: frontend.Done, Text: "The second factor is off, and you are signed out everywhere else."})
}

// resetFactor takes a second factor away from somebody who lost it.
func (s *Server) resetFactor(r *request) (answer, error) {
	u, err := s.Store.User(r.Request.Context(), incident.ID(r.Param("id")))
	if err == nil && u.ID == r.viewer.User {
		err = incident.Invalidf("user", "another administrator has to reset your own second factor; with its codes you can turn it off yourself")
	}
	if err == nil {
		err = s.Factors.Reset(r.Request.Context(), u.ID, r.viewer.Name)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/users", frontend.Flash{Kind: frontend.Done, Text: "The second factor of " + u.Name + " is reset. They are signed out, and are told when they sign in again."})
}

// demandFactors says which roles need a second factor to sign in.
func (s *Server) demandFactors(r *request) (answer, error) {
	var roles []incident.Role
	for _, name := range r.PostFormArray("roles") {
		roles = append(roles, incident.Role(name))
	}
	err := s.Factors.Demand(r.Request.Context(), roles, r.viewer.User)
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.users(r, formOf(r.Request.PostForm, err), "")
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/users", frontend.Flash{Kind: frontend.Done, Text: "Saved. Those who need a second factor and have none set it up when they sign in."})
}
