package web

import (
	"errors"
	"net/http"

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
	page := frontend.UsersPage{Shell: r.shell("Users", frontend.NavSettings), Form: form, Edit: edit, Factors: map[incident.ID]bool{}, Of: map[incident.ID][]incident.Team{}}
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
	if err != nil {
		return page, err
	}
	teams, err := s.TeamMembers(ctx)
	for _, t := range teams {
		page.Teams = append(page.Teams, t.Team)
		for _, u := range t.Members {
			page.Of[u.ID] = append(page.Of[u.ID], t.Team)
		}
	}
	return page, err
}

func (s *Server) addUser(r *request) (answer, error) {
	ctx := r.Request.Context()
	name, display, role := r.PostForm("name"), r.PostForm("display"), incident.Role(r.PostForm("role"))
	var u *incident.User
	var err error
	if r.PostForm("kind") == "service" {
		u, err = s.Auth.CreateServiceAccount(ctx, name, display, role)
	} else {
		u, err = s.Auth.CreateUser(ctx, name, display, r.PostForm("password"), role)
	}
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict) {
		page, pageErr := s.users(r, formOf(r.Request.PostForm, err), "")
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	if u.Service {
		return goTo(tokensPath, frontend.Flash{Kind: frontend.Done, Text: "The service account " + u.Name + " is there. Make a token for it."})
	}
	return goTo("/admin/users", frontend.Flash{Kind: frontend.Done, Text: u.Display + " can sign in as " + u.Name + "."})
}

// changeUser changes role, address, state and password.
func (s *Server) changeUser(r *request) (answer, error) {
	ctx := r.Request.Context()
	u, err := s.Store.User(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	role, disabled, password := incident.Role(r.PostForm("role")), r.PostForm("disabled") == "on", r.PostForm("password")
	if password != "" {
		err = s.Auth.CheckPassword(password, u.Name)
	}
	change := auth.Change{Role: &role, Disabled: &disabled, By: r.viewer.User}
	if address, sent := r.GetPostForm("email"); sent {
		change.Email = &address
	}
	if u.ID == r.viewer.User && r.session != nil {
		change.Keep = r.session.Hash
	}
	if err == nil {
		u, err = s.Auth.ChangeUser(ctx, u.ID, change)
	}
	if err == nil && password != "" {
		err = s.Auth.SetPassword(ctx, *u, password, change.Keep)
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.users(r, formOf(r.Request.PostForm, err), incident.ID(r.Param("id")))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/users", frontend.Flash{Kind: frontend.Done, Text: "Saved " + u.Name + "."})
}
