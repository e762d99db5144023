package api

import (
	"context"
	"net/http"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/desk"
)

// User is a person who may sign in, or a service account.
type User struct {
	ID        incident.ID        `json:"id"`
	Name      string             `json:"name" doc:"to sign in with"`
	Display   string             `json:"display"`
	Role      incident.Role      `json:"role" doc:"viewer, editor, manager or admin"`
	Abilities []incident.Ability `json:"abilities" doc:"what the role may do"`
	Service   bool               `json:"service" doc:"a service account: tokens act for it, and nobody signs in as it"`
	Disabled  bool               `json:"disabled"`
	Teams     []NamedRef         `json:"teams"`
	CreatedAt *time.Time         `json:"created_at"`
	SeenAt    *time.Time         `json:"seen_at"`
}

// UserList is all users, by name.
type UserList struct {
	Items []User `json:"items"`
}

// UserBody adds a user.
type UserBody struct {
	Name     string        `json:"name"`
	Display  string        `json:"display,omitempty"`
	Role     incident.Role `json:"role"`
	Password string        `json:"password,omitempty" doc:"of a person; a service account has none"`
	Service  bool          `json:"service,omitempty"`
}

// UserPatch changes a user; what is left out stays.
type UserPatch struct {
	Display  *string        `json:"display,omitempty"`
	Role     *incident.Role `json:"role,omitempty"`
	Disabled *bool          `json:"disabled,omitempty"`
}

// TeamIDs says which teams somebody belongs to.
type TeamIDs struct {
	Teams []incident.ID `json:"team_ids"`
}

// Team is a team and its members.
type Team struct {
	ID      incident.ID `json:"id"`
	Name    string      `json:"name"`
	Renamed bool        `json:"renamed" doc:"a person gave it this name; sources may call it otherwise"`
	Members []NamedRef  `json:"members"`
}

// TeamList is all teams, by name.
type TeamList struct {
	Items []Team `json:"items"`
}

// TeamBody names a team.
type TeamBody struct {
	Name string `json:"name"`
}

func (s *Server) listUsers(ctx context.Context, _ Viewer, _ none) (UserList, error) {
	users, err := s.desk.Store.Users(ctx)
	if err != nil {
		return UserList{}, err
	}
	teams, err := s.desk.TeamMembers(ctx)
	of := map[incident.ID][]NamedRef{}
	for _, t := range teams {
		for _, u := range t.Members {
			of[u.ID] = append(of[u.ID], NamedRef{t.Team.ID, t.Team.Name})
		}
	}
	return UserList{each(users, func(u incident.User) User {
		return User{u.ID, u.Name, u.Display, u.Role, u.Role.Abilities(), u.Service, u.Disabled, append([]NamedRef{}, of[u.ID]...), when(u.CreatedAt), when(u.SeenAt)}
	})}, err
}

func (s *Server) getUser(ctx context.Context, v Viewer, p IDParams) (User, error) {
	all, err := s.listUsers(ctx, v, none{})
	if err != nil {
		return User{}, err
	}
	for _, u := range all.Items {
		if u.ID == incident.ID(p.ID) {
			return u, nil
		}
	}
	return User{}, incident.ErrNotFound
}

func (s *Server) createUser(ctx context.Context, v Viewer, _ none, b UserBody) (User, error) {
	var u *incident.User
	var err error
	if b.Service {
		u, err = s.desk.Auth.CreateServiceAccount(ctx, b.Name, b.Display, b.Role)
	} else {
		u, err = s.desk.Auth.CreateUser(ctx, b.Name, b.Display, b.Password, b.Role)
	}
	if err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, IDParams{ID: string(u.ID)})
}

func (s *Server) patchUser(ctx context.Context, v Viewer, p IDParams, b UserPatch) (User, error) {
	if _, err := s.desk.Auth.ChangeUser(ctx, incident.ID(p.ID), auth.Change{Display: b.Display, Role: b.Role, Disabled: b.Disabled, By: v.User}); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, p)
}

func (s *Server) setTeams(ctx context.Context, v Viewer, p IDParams, b TeamIDs) (User, error) {
	if err := s.desk.SetTeams(ctx, incident.ID(p.ID), b.Teams); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, p)
}

func (s *Server) listTeams(ctx context.Context, _ Viewer, _ none) (TeamList, error) {
	teams, err := s.desk.TeamMembers(ctx)
	return TeamList{each(teams, teamOf)}, err
}

func teamOf(t desk.TeamMembers) Team {
	return Team{t.Team.ID, t.Team.Name, t.Team.Renamed, each(t.Members, func(u incident.User) NamedRef { return NamedRef{u.ID, u.Name} })}
}

func (s *Server) createTeam(ctx context.Context, _ Viewer, _ none, b TeamBody) (Team, error) {
	team, seq, err := s.desk.CreateTeam(ctx, b.Name)
	if err != nil {
		return Team{}, err
	}
	s.desk.Wait(ctx, seq)
	return teamOf(desk.TeamMembers{Team: team}), nil
}

func (s *Server) renameTeam(ctx context.Context, _ Viewer, p IDParams, b TeamBody) (Team, error) {
	team, seq, err := s.desk.RenameTeam(ctx, incident.ID(p.ID), b.Name)
	if err != nil {
		return Team{}, err
	}
	s.desk.Wait(ctx, seq)
	teams, err := s.desk.TeamMembers(ctx)
	for _, t := range teams {
		if t.Team.ID == team.ID {
			return teamOf(t), nil
		}
	}
	return Team{}, err
}

// accountOps are the operations about users, teams and tokens.
func (s *Server) accountOps() []operation {
	ops := []operation{
		get("/users", "People who may sign in, and service accounts", s.listUsers),
		get("/users/{id}", "One user", s.getUser),
		get("/teams", "Teams and their members", s.listTeams),
		get("/tokens", "API tokens, the newest first", s.listTokens),
	}
	for i := range ops {
		ops[i].needs = incident.Administer
	}
	return append(ops,
		write(http.MethodPost, "/users", "Add a person or a service account", incident.Administer, http.StatusCreated, s.createUser),
		write(http.MethodPatch, "/users/{id}", "Change name, role, or whether somebody may sign in; the last administrator stays one", incident.Administer, http.StatusOK, s.patchUser),
		write(http.MethodPut, "/users/{id}/teams", "Say which teams a user belongs to, in place of those before", incident.Administer, http.StatusOK, s.setTeams),
		write(http.MethodPost, "/teams", "Make a team", incident.Administer, http.StatusCreated, s.createTeam),
		write(http.MethodPatch, "/teams/{id}", "Give a team another name, which imports leave as it is", incident.Administer, http.StatusOK, s.renameTeam),
		write(http.MethodPost, "/tokens", "Make a token for yourself or a service account; it is given this once", incident.Administer, http.StatusCreated, s.createToken),
		remove("/tokens/{id}", "Revoke a token", incident.Administer, s.revokeToken),
	)
}
