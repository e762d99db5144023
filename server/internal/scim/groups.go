package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

func (s *Server) groups() collection {
	return collection{Server: s, schema: groups, all: s.allGroups, put: s.putGroup, drop: s.dropGroup, silent: true}
}

// allTeams returns the teams that the provider may know of, by id.
func (s *Server) allTeams(ctx context.Context) (map[incident.ID]incident.Team, error) {
	teams, err := s.Store.Teams(ctx)
	if err != nil {
		return nil, err
	}
	said, err := s.said(ctx, groups.name)
	out := map[incident.ID]incident.Team{}
	for _, t := range teams {
		if said[t.ID].DeletedAt.IsZero() {
			out[t.ID] = t
		}
	}
	return out, err
}

func (s *Server) allGroups(ctx context.Context) ([]resource, error) {
	teams, err := s.allTeams(ctx)
	if err != nil {
		return nil, err
	}
	said, err := s.said(ctx, groups.name)
	if err != nil {
		return nil, err
	}
	members, err := s.members(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]resource, 0, len(teams))
	for id, t := range teams {
		p := said[id]
		it := resource{id: id, values: map[string]any{}, created: p.CreatedAt, changed: p.ChangedAt}
		if len(p.Attributes) > 0 {
			if err := json.Unmarshal(p.Attributes, &it.values); err != nil {
				return nil, fmt.Errorf("scim: attributes of team %s: %w", id, err)
			}
		}
		it.values["displayName"] = t.Name
		if p.ExternalID != "" {
			it.values["externalId"] = p.ExternalID
		}
		if m := members[id]; len(m) > 0 {
			it.derived = map[string]any{"members": m}
			it.values["members"] = bare(m)
		}
		out = append(out, it)
	}
	slices.SortFunc(out, func(a, b resource) int { return strings.Compare(string(a.id), string(b.id)) })
	return out, nil
}

// members returns the members of each team, as a group shows them.
func (s *Server) members(ctx context.Context) (map[incident.ID][]any, error) {
	all, err := s.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	shown := map[incident.ID]string{}
	for _, u := range all {
		shown[u.ID] = u.Display
	}
	members, err := s.Store.Memberships(ctx)
	out := map[incident.ID][]any{}
	for _, m := range members {
		out[m.Team] = append(out[m.Team], map[string]any{"value": string(m.User), "display": shown[m.User], "$ref": s.BaseURL + Prefix + users.path + "/" + string(m.User)})
	}
	return out, err
}

// bare returns members as the provider says them.
func bare(members []any) []any {
	out := make([]any, len(members))
	for i, m := range members {
		out[i] = map[string]any{"value": m.(map[string]any)["value"]}
	}
	return out
}

// ids returns the users that members name.
func ids(members any) []incident.ID {
	var out []incident.ID
	for _, m := range list(members) {
		element, _ := m.(map[string]any)
		id, _ := element["value"].(string)
		out = append(out, incident.ID(id))
	}
	return out
}

func (s *Server) putGroup(ctx context.Context, before *resource, values map[string]any) (incident.ID, error) {
	name := strings.TrimSpace(values["displayName"].(string))
	external, _ := values["externalId"].(string)
	if err := errors.Join(fits("displayName", name), fits("externalId", external)); err != nil {
		return "", err
	}
	team, err := s.team(ctx, before, name)
	if err != nil {
		return "", err
	}
	wanted := ids(values["members"])
	if err := s.exist(ctx, wanted); err != nil {
		return "", err
	}
	created := s.Now().UTC()
	var had []incident.ID
	if before != nil {
		had = ids(before.values["members"])
		if created = before.created; created.IsZero() {
			created = s.Now().UTC()
		}
	}
	_, err = s.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutTeams([]incident.Team{team}); err != nil {
			return err
		}
		if err := regroup(tx, team.ID, had, wanted); err != nil {
			return err
		}
		return s.note(tx, groups, incident.User{ID: team.ID, CreatedAt: created}, external, values)
	})
	return team.ID, err
}

// team is the team that a group is, with its name. Another one of that name is in the way; one that the provider deleted
// comes back.
func (s *Server) team(ctx context.Context, before *resource, name string) (incident.Team, error) {
	slug := incident.Slug(name)
	if slug == "" {
		return incident.Team{}, bad("invalidValue", "displayName has no letter and no digit")
	}
	all, err := s.Store.Teams(ctx)
	if err != nil {
		return incident.Team{}, err
	}
	known, err := s.allTeams(ctx)
	if err != nil {
		return incident.Team{}, err
	}
	team := incident.NewTeam(name)
	if before != nil {
		team.ID = before.id
	}
	for _, t := range all {
		_, seen := known[t.ID]
		switch {
		case incident.Slug(t.Name) == slug && t.ID != team.ID && seen, before == nil && t.ID == team.ID && seen && incident.Slug(t.Name) == slug:
			return incident.Team{}, taken("there is a group called %q already", t.Name)
		case before == nil && incident.Slug(t.Name) == slug:
			team.ID, team.Renamed = t.ID, t.Renamed // it comes back
			return team, nil
		case before == nil && t.ID == team.ID:
			team.ID = incident.NewID("team") // the one of this id has another name by now
		case before != nil && t.ID == team.ID: // a name that the provider gives is a person's, which no import changes
			team.Renamed = t.Renamed || t.Name != name
		}
	}
	return team, nil
}

// exist refuses members who are no users.
func (s *Server) exist(ctx context.Context, members []incident.ID) error {
	if len(members) == 0 {
		return nil
	}
	all, err := s.allUsers(ctx)
	if err != nil {
		return err
	}
	known := make(map[incident.ID]bool, len(all))
	for _, it := range all {
		known[it.id] = true
	}
	for _, id := range members {
		if !known[id] {
			return bad("invalidValue", "there is no user with the id %q to be a member", id)
		}
	}
	return nil
}

// regroup adds and takes away what differs between two lists of members, so that two requests that change different
// members at once both have their way.
func regroup(tx incident.Tx, team incident.ID, had, wanted []incident.ID) error {
	was, is := set(had), set(wanted)
	for _, id := range had {
		if !is[id] {
			if err := tx.DeleteMembership(incident.Membership{Team: team, User: id}); err != nil {
				return err
			}
		}
	}
	for _, id := range wanted {
		if !was[id] {
			if err := tx.PutMembership(incident.Membership{Team: team, User: id}); err != nil {
				return err
			}
		}
	}
	return nil
}

func set(ids []incident.ID) map[incident.ID]bool {
	out := make(map[incident.ID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}

// dropGroup takes all members out of a team. The team itself stays, since incidents and services name it; the provider does
// not see it any more.
func (s *Server) dropGroup(ctx context.Context, it resource) error {
	now := s.Now().UTC()
	_, err := s.Store.Update(ctx, func(tx incident.Tx) error {
		if err := regroup(tx, it.id, ids(it.values["members"]), nil); err != nil {
			return err
		}
		return tx.PutProvisioned(incident.Provisioned{ID: it.id, Kind: groups.name, Attributes: []byte("{}"), CreatedAt: it.created, ChangedAt: now, DeletedAt: now})
	})
	return err
}
