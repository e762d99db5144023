package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

const maxTeamName = 200 // bytes

// TeamMembers is a team and the users who belong to it, by name.
type TeamMembers struct {
	Team    incident.Team
	Members []incident.User
}

// TeamMembers returns all teams by name, those of imports and those made by hand.
func (d *Desk) TeamMembers(ctx context.Context) ([]TeamMembers, error) {
	teams, err := d.Store.Teams(ctx)
	if err != nil {
		return nil, err
	}
	users, err := d.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	memberships, err := d.Store.Memberships(ctx)
	if err != nil {
		return nil, err
	}
	belongs := map[incident.Membership]bool{}
	for _, m := range memberships {
		belongs[m] = true
	}
	out := make([]TeamMembers, len(teams))
	for i, t := range teams {
		out[i].Team = t
		for _, u := range users {
			if belongs[incident.Membership{Team: t.ID, User: u.ID}] {
				out[i].Members = append(out[i].Members, u)
			}
		}
	}
	return out, nil
}

// CreateTeam adds a team. Sources that name one alike mean this one. Errors: ErrInvalid, ErrConflict when there is one.
func (d *Desk) CreateTeam(ctx context.Context, name string) (incident.Team, incident.Seq, error) {
	team := incident.NewTeam(name)
	if err := checkTeamName(team.Name); err != nil {
		return team, 0, err
	}
	teams, err := d.Store.Teams(ctx)
	if err != nil {
		return team, 0, err
	}
	if i := slices.IndexFunc(teams, func(t incident.Team) bool { return t.ID == team.ID || strings.EqualFold(t.Name, team.Name) }); i >= 0 {
		return team, 0, fmt.Errorf("%w: there is already a team called %s", incident.ErrConflict, teams[i].Name)
	}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutTeams([]incident.Team{team}) })
	return team, seq, err
}

// RenameTeam gives a team another name, which imports leave as it is; they still find the team by the name that sources use.
// Errors: ErrNotFound, ErrInvalid, ErrConflict when another has the name.
func (d *Desk) RenameTeam(ctx context.Context, id incident.ID, name string) (incident.Team, incident.Seq, error) {
	name = strings.TrimSpace(name)
	if err := checkTeamName(name); err != nil {
		return incident.Team{}, 0, err
	}
	teams, err := d.Store.Teams(ctx)
	if err != nil {
		return incident.Team{}, 0, err
	}
	i := slices.IndexFunc(teams, func(t incident.Team) bool { return t.ID == id })
	if i < 0 {
		return incident.Team{}, 0, incident.ErrNotFound
	}
	if slices.ContainsFunc(teams, func(t incident.Team) bool { return t.ID != id && strings.EqualFold(t.Name, name) }) {
		return incident.Team{}, 0, fmt.Errorf("%w: there is already a team called %s", incident.ErrConflict, name)
	}
	team := incident.Team{ID: id, Name: name, Renamed: true}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutTeams([]incident.Team{team}) })
	return team, seq, err
}

func checkTeamName(name string) error {
	if incident.Slug(name) == "" || len(name) > maxTeamName {
		return incident.Invalidf("name", "give a name with a letter or a digit, of at most %d characters", maxTeamName)
	}
	return nil
}

// Belong lets a user belong to a team, or not any more. Errors: ErrNotFound for an unknown user or team.
func (d *Desk) Belong(ctx context.Context, user, team incident.ID, on bool) error {
	if _, err := d.Store.User(ctx, user); err != nil {
		return err
	}
	teams, err := d.Store.Teams(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(teams, func(t incident.Team) bool { return t.ID == team }) {
		return incident.ErrNotFound
	}
	m := incident.Membership{Team: team, User: user}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if on {
			return tx.PutMembership(m)
		}
		return tx.DeleteMembership(m)
	})
	return err
}

// SetTeams says which teams a user belongs to. What they may see changes with their next request. Errors: ErrNotFound for an unknown
// user, ErrInvalid for an unknown team.
func (d *Desk) SetTeams(ctx context.Context, user incident.ID, teams []incident.ID) error {
	if _, err := d.Store.User(ctx, user); err != nil {
		return err
	}
	known, err := d.Store.Teams(ctx)
	if err != nil {
		return err
	}
	for _, id := range teams {
		if !slices.ContainsFunc(known, func(t incident.Team) bool { return t.ID == id }) {
			return incident.Invalidf("team", "there is no team %s", id)
		}
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutMemberships(user, teams) })
	return err
}
