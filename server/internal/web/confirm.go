package web

import (
	"errors"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// confirmed marks what can be used to take an account over: it is done only a short while after the viewer proved who they
// are. page is where they go on once they have done so again.
func (s *Server) confirmed(page string, h handler) handler {
	return func(r *request) (answer, error) {
		if r.session == nil || s.Auth.Confirmed(*r.session) {
			return h(r)
		}
		return goTo("/me/confirm?next="+queryEscape(page), frontend.Flash{Kind: frontend.Notice, Text: "Nothing was changed yet. Confirm that it is you, then send it again."})
	}
}

func (s *Server) confirmPage(r *request) (answer, error) {
	page, err := s.confirmation(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) confirmation(r *request, form frontend.Form) (frontend.ConfirmPage, error) {
	page := frontend.ConfirmPage{Shell: r.shell("Confirm that it is you", frontend.NavSettings), Form: form, Next: r.next()}
	if r.user == nil {
		return page, nil
	}
	factor, err := s.Factors.Of(r.Request.Context(), r.user.ID)
	if s.SSO != nil && r.session.Issuer == s.SSO.Issuer {
		page.Provider = s.SSO.Name
	}
	page.Password, page.Code = r.user.PasswordHash != "", factor.On()
	return page, err
}

// confirm puts a new session in the place of the viewer's, for the password or a code.
func (s *Server) confirm(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	ctx := r.Request.Context()
	var err error
	if code := r.PostForm("code"); code != "" {
		err = s.Factors.Check(ctx, r.user.ID, code, address(r))
	} else {
		err = s.ownPassword(r, "password")
	}
	if err = aboutCode(err); errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.confirmation(r, formOf(nil, err))
		if pageErr != nil {
			return answer{}, pageErr
		}
		return again(page)
	}
	if err != nil {
		return answer{}, err
	}
	secret, err := s.Auth.Renew(ctx, *r.session)
	if err != nil {
		return answer{}, err
	}
	r.setCookie(sessionCookie, secret, sessionAge)
	return answer{to: r.next()}, nil
}

// ownPassword holds a field against the viewer's password. What is wrong with it is ErrInvalid.
func (s *Server) ownPassword(r *request, field string) error {
	err := s.Auth.CheckOwn(*r.user, r.PostForm(field), address(r))
	var throttled *auth.ThrottledError
	switch {
	case errors.Is(err, auth.ErrSignIn):
		return incident.Invalidf(field, "this is not your password")
	case errors.As(err, &throttled):
		return incident.Invalidf(field, "%s", err)
	}
	return err
}
