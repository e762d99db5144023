package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
)

const (
	teamsPath  = "/admin/teams"
	usersPath  = "/admin/users"
	teamsShown = 100
)

func (s *Server) teamsPage(r *request) (answer, error) {
	page, err := s.teams(r, frontend.Form{}, "")
	return answer{page: page}, err
}

func (s *Server) teams(r *request, form frontend.Form, edit incident.ID) (frontend.TeamsPage, error) {
	ctx := r.Request.Context()
	page := frontend.TeamsPage{Shell: r.shell("Teams", frontend.NavSettings), Form: form, Edit: edit, Query: strings.TrimSpace(r.Query("q"))}
	all, err := s.TeamMembers(ctx)
	if err != nil {
		return page, err
	}
	users, err := s.Store.Users(ctx)
	if err != nil {
		return page, err
	}
	page.Users = people(users)
	for _, t := range all {
		if strings.Contains(strings.ToLower(t.Team.Name), strings.ToLower(page.Query)) {
			page.Teams = append(page.Teams, frontend.TeamRow{Team: t.Team, Members: t.Members})
		}
	}
	page.Total = len(page.Teams)
	page.Teams = page.Teams[:min(len(page.Teams), teamsShown)]
	return page, nil
}

// people are those who may sign in.
func people(users []incident.User) []incident.User {
	return slices.DeleteFunc(slices.Clone(users), func(u incident.User) bool { return u.Disabled || u.Service })
}

// answerTeams answers with the page and what was wrong, or leads on.
func (s *Server) answerTeams(r *request, err error, edit incident.ID, done string) (answer, error) {
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict) {
		page, pageErr := s.teams(r, formOf(r.Request.PostForm, err), edit)
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	back := teamsPath
	if r.PostForm("back") == usersPath {
		back = usersPath
	}
	return goTo(back, frontend.Flash{Kind: frontend.Done, Text: done})
}

func (s *Server) addTeam(r *request) (answer, error) {
	team, seq, err := s.CreateTeam(r.Request.Context(), r.PostForm("name"))
	s.Wait(r.Request.Context(), seq)
	return s.answerTeams(r, err, "", "The team "+team.Name+" is there. Add its members.")
}

func (s *Server) renameTeam(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	team, seq, err := s.RenameTeam(r.Request.Context(), id, r.PostForm("name"))
	s.Wait(r.Request.Context(), seq)
	return s.answerTeams(r, err, id, "The team is called "+team.Name+" now.")
}

// addMember takes the sign-in name of a user.
func (s *Server) addMember(r *request) (answer, error) {
	team := incident.ID(r.Param("id"))
	name := strings.ToLower(strings.TrimSpace(r.PostForm("user")))
	u, err := s.Store.UserByName(r.Request.Context(), name)
	if errors.Is(err, incident.ErrNotFound) {
		err = incident.Invalidf("user", "there is no user with the sign-in name “%s”", name)
	}
	if err == nil {
		err = s.Belong(r.Request.Context(), u.ID, team, true)
	}
	return s.answerTeams(r, err, team, name+" belongs to the team now.")
}

func (s *Server) dropMember(r *request) (answer, error) {
	team := incident.ID(r.Param("id"))
	err := s.Belong(r.Request.Context(), incident.ID(r.Param("user")), team, false)
	return s.answerTeams(r, err, team, "They do not belong to the team any more.")
}

// joinTeam is addMember from the user's side: it takes the name of a team.
func (s *Server) joinTeam(r *request) (answer, error) {
	ctx, id, name := r.Request.Context(), incident.ID(r.Param("id")), strings.TrimSpace(r.PostForm("team"))
	teams, err := s.Store.Teams(ctx)
	if err != nil {
		return answer{}, err
	}
	i := slices.IndexFunc(teams, func(t incident.Team) bool { return strings.EqualFold(t.Name, name) })
	if i < 0 {
		form := frontend.Form{Errors: []frontend.FieldError{{Message: "There is no team called “" + name + "”. Make it on the page of teams first."}}}
		page, pageErr := s.users(r, form, id)
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err := s.Belong(ctx, id, teams[i].ID, true); err != nil {
		return answer{}, err
	}
	return goTo(usersPath, frontend.Flash{Kind: frontend.Done, Text: "They belong to " + teams[i].Name + " now."})
}
