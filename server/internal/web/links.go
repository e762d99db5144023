package web

import (
	"errors"
	"net/http"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/oidc"
)

// signOnRoutes are the pages about accounts elsewhere and about sessions.
func (s *Server) signOnRoutes(get, post func(path string, needs incident.Ability, h handler)) {
	get("/login/oidc", anyone, s.startSSO)
	get(oidc.CallbackPath, anyone, s.finishSSO)
	post("/me/sessions/:hash/end", incident.Read, s.endSession)
	post("/me/link", incident.Read, s.confirmed("/me", s.startLink))
	post("/me/link/drop", incident.Read, s.confirmed("/me", s.dropLink))
	post("/admin/users/:id/link", incident.Administer, s.confirmed("/admin/users", s.linkUser))
	post("/admin/users/:id/sessions/end", incident.Administer, s.endUserSessions)
}

// startLink begins to link the account at the provider to the user who is signed in, and who confirmed a short while ago that
// it is them: from then on the one who has that account is this user. The answer is a page with a link on it, for a form may not lead to
// another server.
func (s *Server) startLink(r *request) (answer, error) {
	if s.SSO == nil || r.user == nil {
		return answer{}, incident.ErrNotFound
	}
	attempt, to, err := s.SSO.Begin(r.Request.Context(), "/me", r.user.ID, false)
	if err != nil {
		s.noteSSO(r, err)
		text, status := s.ssoTrouble(err)
		if text == "" {
			return answer{}, err
		}
		page, pageErr := s.profile(r, formOf(nil, errors.New(text)))
		return answer{page: page, status: status}, pageErr
	}
	r.setCookie(attemptCookie, attempt.Encode(), oidc.AttemptFor)
	page, err := s.profile(r, frontend.Form{})
	page.GoOn = to
	return answer{page: page}, err
}

func (s *Server) finishLink(r *request, a oidc.Attempt) (answer, error) {
	if r.user == nil {
		s.noteSSO(r, oidc.ErrAttempt)
		return s.ssoFailed(r, "/me", oidc.ErrAttempt)
	}
	claims, err := s.LinkSignOn(r.Request.Context(), a, r.Request.URL.Query(), r.user.ID)
	if err != nil {
		text, status := s.ssoTrouble(err)
		if errors.Is(err, incident.ErrConflict) {
			text, status = "This account at "+s.SSO.Name+" is another user's here already.", http.StatusConflict
		}
		if text == "" {
			return answer{}, err
		}
		page, pageErr := s.profile(r, formOf(nil, errors.New(text)))
		return answer{page: page, status: status}, pageErr
	}
	who := claims.Email
	if who == "" {
		who = claims.Subject
	}
	return goTo("/me", frontend.Flash{Kind: frontend.Done, Text: "You can sign in through " + s.SSO.Name + " as " + short(who, 200) + " from now on."})
}

// dropLink takes a link of one's own back.
func (s *Server) dropLink(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	err := s.Auth.Unlink(r.Request.Context(), *r.user, r.PostForm("issuer"), r.PostForm("subject"))
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.profile(r, formOf(nil, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/me", frontend.Flash{Kind: frontend.Done, Text: "The link is gone."})
}

// linkUser lets an administrator say whom the provider means by a subject.
func (s *Server) linkUser(r *request) (answer, error) {
	ctx := r.Request.Context()
	u, err := s.Store.User(ctx, incident.ID(r.Param("id")))
	if err != nil || s.SSO == nil {
		return answer{}, errors.Join(err, notFoundWithout(s.SSO))
	}
	subject := r.PostForm("subject")
	if subject == "" {
		err = incident.Invalidf("subject", "give the subject by which %s calls the user; it says so to whom it turned away", s.SSO.Name)
	} else {
		err = s.Auth.Link(ctx, u.ID, auth.Vouched{Issuer: s.SSO.Issuer, Subject: subject})
	}
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict) {
		page, pageErr := s.users(r, formOf(r.Request.PostForm, err), u.ID)
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/users", frontend.Flash{Kind: frontend.Done, Text: u.Name + " can sign in through " + s.SSO.Name + " as " + short(subject, 200) + "."})
}

func notFoundWithout(p *oidc.Provider) error {
	if p == nil {
		return incident.ErrNotFound
	}
	return nil
}

// endUserSessions signs a user out everywhere.
func (s *Server) endUserSessions(r *request) (answer, error) {
	ctx := r.Request.Context()
	u, err := s.Store.User(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	keep := ""
	if r.session != nil {
		keep = r.session.Hash
	}
	_, err = s.Store.Update(ctx, func(tx incident.Tx) error { return tx.EndSessions(u.ID, keep, s.Now(), incident.EndedByAdmin) })
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/users", frontend.Flash{Kind: frontend.Done, Text: u.Name + " is signed out everywhere."})
}

// endSession ends one of one's own sessions.
func (s *Server) endSession(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	hash := r.Param("hash")
	if err := s.Auth.End(r.Request.Context(), r.user.ID, hash, incident.EndedElsewhere); err != nil {
		return answer{}, err
	}
	return goTo("/me", frontend.Flash{Kind: frontend.Done, Text: "That browser is signed out."})
}
