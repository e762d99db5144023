package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/auth"
)

func (s *Server) usersPage(r *request) (answer, error) {
	page, err := s.users(r, frontend.Form{}, "")
	return answer{page: page}, err
}

func (s *Server) users(r *request, form frontend.Form, edit incident.ID) (frontend.UsersPage, error) {
	ctx := r.Request.Context()
	page := frontend.UsersPage{Shell: r.shell("Users", frontend.NavSettings), Form: form, Edit: edit, Factors: map[incident.ID]bool{}}
	if s.SSO != nil {
		page.Provider = s.SSO.Name
	}
	var err error
	if page.Users, err = s.Store.Users(ctx); err != nil {
		return page, err
	}
	if page.Demanded, err = s.Factors.Demanded(ctx); err != nil {
		return page, err
	}
	factors, err := s.Store.SecondFactors(ctx)
	for _, f := range factors {
		page.Factors[f.User] = f.On()
	}
	return page, err
}

func (s *Server) addUser(r *request) (answer, error) {
	u, err := s.Auth.CreateUser(r.Request.Context(), r.PostForm("name"), r.PostForm("display"), r.PostForm("password"), incident.Role(r.PostForm("role")))
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict) {
		page, pageErr := s.users(r, formOf(r.Request.PostForm, err), "")
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/users", frontend.Flash{Kind: frontend.Done, Text: u.Display + " can sign in as " + u.Name + "."})
}

// changeUser changes role, state and password. Nobody can take the administrator's role from
// themselves, so that one is always left.
func (s *Server) changeUser(r *request) (answer, error) {
	ctx := r.Request.Context()
	u, err := s.Store.User(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	role, disabled, password := incident.Role(r.PostForm("role")), r.PostForm("disabled") == "on", r.PostForm("password")
	switch {
	case !role.Known():
		err = incident.Invalidf("role", "choose viewer, editor, manager or admin")
	case u.ID == r.viewer.User && (!role.May(incident.Administer) || disabled):
		err = incident.Invalidf("role", "another administrator has to take your own role from you")
	case password != "":
		err = auth.CheckPassword(password, u.Name)
	}
	if err != nil {
		page, pageErr := s.users(r, formOf(r.Request.PostForm, err), u.ID)
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	ends := disabled && !u.Disabled || role != u.Role
	why := incident.RoleChanged
	if disabled {
		why = incident.UserDisabled
	}
	u.Role, u.Disabled = role, disabled
	_, err = s.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutUser(*u); err != nil || !ends || u.ID == r.viewer.User {
			return err
		}
		return tx.EndSessions(u.ID, "", s.Now(), why)
	})
	if err == nil && password != "" {
		keep := ""
		if u.ID == r.viewer.User && r.session != nil {
			keep = r.session.Hash
		}
		err = s.Auth.SetPassword(ctx, *u, password, keep)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/users", frontend.Flash{Kind: frontend.Done, Text: "Saved " + u.Name + "."})
}

func (s *Server) tokensPage(r *request) (answer, error) {
	page, err := s.tokens(r, "", frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) tokens(r *request, secret string, form frontend.Form) (frontend.TokensPage, error) {
	ctx := r.Request.Context()
	page := frontend.TokensPage{Shell: r.shell("API tokens", frontend.NavSettings), Secret: secret, Form: form}
	tokens, err := s.Store.Tokens(ctx)
	if err != nil {
		return page, err
	}
	users, err := s.Store.Users(ctx)
	if err != nil {
		return page, err
	}
	names := map[incident.ID]string{"": "the command line"}
	for _, u := range users {
		names[u.ID] = u.Display
	}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, frontend.TokenRow{Token: t, By: names[t.CreatedBy]})
	}
	return page, nil
}

func (s *Server) addToken(r *request) (answer, error) {
	days, err := strconv.Atoi(r.PostForm("days"))
	if err != nil || days < 0 || days > 3650 {
		err = incident.Invalidf("days", "give a number of days from 0 (no end) to 3,650")
	}
	var secret string
	if err == nil {
		secret, _, err = s.Auth.CreateToken(r.Request.Context(), r.PostForm("name"), incident.Role(r.PostForm("role")),
			r.viewer.User, time.Duration(days)*24*time.Hour)
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.tokens(r, "", formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	r.Header("Cache-Control", "no-store") // the secret is shown this once
	page, err := s.tokens(r, secret, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) deleteToken(r *request) (answer, error) {
	_, err := s.Store.Update(r.Request.Context(), func(tx incident.Tx) error { return tx.DeleteToken(incident.ID(r.Param("id"))) })
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/tokens", frontend.Flash{Kind: frontend.Done, Text: "The token does not work any more."})
}
