package scim

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// maxText is the longest name or address, in bytes.
const maxText = 200

func (s *Server) users() collection {
	return collection{Server: s, schema: users, all: s.allUsers, one: s.oneUser, called: s.userCalled, put: s.putUser, drop: s.dropUser}
}

func (s *Server) userCalled(ctx context.Context, name string) (incident.ID, error) {
	u, err := s.Store.UserByName(ctx, userName(name))
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

func (s *Server) oneUser(ctx context.Context, id incident.ID) (resource, error) {
	u, err := s.Store.User(ctx, id)
	if err == nil && u.Service { // a provider has people
		err = incident.ErrNotFound
	}
	if err != nil {
		return resource{}, err
	}
	p, err := s.Store.ProvisionedOf(ctx, id)
	if errors.Is(err, incident.ErrNotFound) {
		p, err = &incident.Provisioned{}, nil
	}
	if err != nil {
		return resource{}, err
	}
	if !p.DeletedAt.IsZero() {
		return resource{}, incident.ErrNotFound
	}
	it, err := userOf(*u, *p)
	if err != nil {
		return it, err
	}
	belongs, err := s.Store.TeamsOf(ctx, id)
	if len(belongs) == 0 || err != nil {
		return it, err
	}
	teams, err := s.allTeams(ctx)
	it.derived = s.belonging(teams, belongs)
	return it, err
}

// belonging is what a user shows of the teams that they belong to; nil: of none.
func (s *Server) belonging(teams map[incident.ID]incident.Team, ids []incident.ID) map[string]any {
	var out []any
	for _, id := range ids {
		if team, ok := teams[id]; ok {
			out = append(out, map[string]any{"value": string(id), "display": team.Name, "$ref": s.BaseURL + Prefix + groups.path + "/" + string(id)})
		}
	}
	if out == nil {
		return nil
	}
	return map[string]any{"groups": out}
}

// said returns what an identity provider said of users or of teams, by id.
func (s *Server) said(ctx context.Context, kind string) (map[incident.ID]incident.Provisioned, error) {
	all, err := s.Store.Provisioned(ctx, kind)
	out := make(map[incident.ID]incident.Provisioned, len(all))
	for _, p := range all {
		out[p.ID] = p
	}
	return out, err
}

func (s *Server) allUsers(ctx context.Context) ([]resource, error) {
	all, err := s.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	said, err := s.said(ctx, users.name)
	if err != nil {
		return nil, err
	}
	teams, err := s.allTeams(ctx)
	if err != nil {
		return nil, err
	}
	members, err := s.Store.Memberships(ctx)
	if err != nil {
		return nil, err
	}
	belongs := map[incident.ID][]incident.ID{}
	for _, m := range members {
		belongs[m.User] = append(belongs[m.User], m.Team)
	}
	out := make([]resource, 0, len(all))
	for _, u := range all {
		if p := said[u.ID]; p.DeletedAt.IsZero() && !u.Service { // a provider has people
			it, err := userOf(u, p)
			if err != nil {
				return nil, err
			}
			it.derived = s.belonging(teams, belongs[u.ID])
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b resource) int { return strings.Compare(string(a.id), string(b.id)) })
	return out, nil
}

// userOf is a user as the provider said it, but for what was changed here since.
func userOf(u incident.User, p incident.Provisioned) (resource, error) {
	it := resource{id: u.ID, values: map[string]any{}, created: u.CreatedAt, changed: u.CreatedAt}
	if len(p.Attributes) > 0 {
		if err := json.Unmarshal(p.Attributes, &it.values); err != nil {
			return it, fmt.Errorf("scim: attributes of user %s: %w", u.ID, err)
		}
		it.changed = p.ChangedAt
	}
	if name, _ := it.values["userName"].(string); userName(name) != u.Name {
		it.values["userName"] = u.Name
	}
	if display(it.values) != u.Display {
		it.values["displayName"] = u.Display
	}
	if email(it.values) != u.Email && u.Email != "" {
		it.values["emails"] = []any{map[string]any{"value": u.Email, "type": "work", "primary": true}}
	}
	if p.ExternalID != "" {
		it.values["externalId"] = p.ExternalID
	}
	it.values["active"] = !u.Disabled
	return it, nil
}

// userName is the name under which a user is stored.
func userName(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// display is the name that pages show of a user.
func display(values map[string]any) string {
	name, _ := values["name"].(map[string]any)
	whole := func(v any) string { text, _ := v.(string); return strings.TrimSpace(text) }
	for _, text := range []string{whole(values["displayName"]), whole(name["formatted"]), strings.TrimSpace(whole(name["givenName"]) + " " + whole(name["familyName"])), whole(values["userName"])} {
		if text != "" {
			return text
		}
	}
	return ""
}

// email is the primary address of a user, or else the first, in lower case.
func email(values map[string]any) string {
	first := ""
	for _, v := range list(values["emails"]) {
		element, _ := v.(map[string]any)
		address, _ := element["value"].(string)
		if address = strings.ToLower(strings.TrimSpace(address)); element["primary"] == true && address != "" {
			return address
		}
		if first == "" {
			first = address
		}
	}
	return first
}

// fits refuses texts that are too long, or hold what no name does.
func fits(name, text string) error {
	if len(text) > maxText || strings.ContainsFunc(text, unicode.IsControl) {
		return bad("invalidValue", "%s has at most %d bytes and no control characters", name, maxText)
	}
	return nil
}

func (s *Server) putUser(ctx context.Context, before *resource, values map[string]any) (incident.ID, error) {
	external, _ := values["externalId"].(string)
	for name, text := range map[string]string{"userName": userName(values["userName"].(string)), "displayName": display(values), "emails": email(values), "externalId": external} {
		if err := fits(name, text); err != nil {
			return "", err
		}
	}
	id := incident.NewID("usr")
	if before != nil {
		id = before.id
	}
	_, err := s.Store.Update(ctx, func(tx incident.Tx) (err error) {
		u := &incident.User{ID: id, Role: incident.Viewer, CreatedAt: s.Now().UTC()}
		if before != nil {
			if u, err = tx.UserByID(id); err != nil {
				return err
			}
		}
		enabled := !u.Disabled
		u.Name, u.Display, u.Email, u.Disabled = userName(values["userName"].(string)), display(values), email(values), values["active"] == false
		if u.Disabled && enabled {
			if err := s.disable(tx, *u); err != nil {
				return err
			}
		}
		if err := tx.PutUser(*u); err != nil {
			return err
		}
		if err := s.identify(tx, *u, before, external); err != nil {
			return err
		}
		return s.note(tx, users, *u, external, values)
	})
	if errors.Is(err, incident.ErrConflict) {
		return "", taken("there is another user with the userName %q or the externalId %q", values["userName"], external)
	}
	return id, err
}

// disable ends all sessions of a user who may not sign in any more. The last administrator stays.
func (s *Server) disable(tx incident.Tx, u incident.User) error {
	u.Disabled = true
	if err := auth.KeepAdministrator(tx, u); errors.Is(err, incident.ErrInvalid) {
		return &Error{http.StatusForbidden, "", "this is the last administrator who may sign in; make another one first"}
	} else if err != nil {
		return err
	}
	return tx.EndSessions(u.ID, "", s.Now().UTC(), incident.UserDisabled)
}

// identify keeps the provider's id of a user among the identities by which sign-in finds them. before is the user as it was.
func (s *Server) identify(tx incident.Tx, u incident.User, before *resource, external string) error {
	was, address := "", ""
	if before != nil {
		was, address = subject(*before), email(before.values)
	}
	external = cmp.Or(external, string(u.ID)) // so that the user is found by the address, at least
	if was == external && address == u.Email {
		return nil
	}
	if was != "" && was != external {
		if err := tx.DeleteIdentity(incident.BySCIM, was); err != nil {
			return err
		}
	}
	return tx.PutIdentity(incident.Identity{Issuer: incident.BySCIM, Subject: external, User: u.ID, Email: u.Email, CreatedAt: s.Now().UTC()})
}

// subject is what the provider calls a user, or else their id here.
func subject(it resource) string {
	external, _ := it.values["externalId"].(string)
	return cmp.Or(external, string(it.id))
}

// note keeps what the provider said, beside what the user or team itself holds.
func (s *Server) note(tx incident.Tx, of schema, u incident.User, external string, values map[string]any) error {
	kept := maps.Clone(values)
	for _, name := range []string{"active", "externalId", "members"} {
		delete(kept, name)
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return tx.PutProvisioned(incident.Provisioned{ID: u.ID, Kind: of.name, ExternalID: external, Attributes: text, CreatedAt: u.CreatedAt, ChangedAt: s.Now().UTC()})
}

// dropUser disables a user for good, as a delete of RFC 7644, section 3.6, may: the provider does not see them any more,
// their name is free, and whoever gets it is somebody else. What they did here keeps their name to show.
func (s *Server) dropUser(ctx context.Context, it resource) error {
	_, err := s.Store.Update(ctx, func(tx incident.Tx) error {
		u, err := tx.UserByID(it.id)
		if err != nil {
			return err
		}
		if err := s.disable(tx, *u); err != nil {
			return err
		}
		u.Disabled, u.PasswordHash, u.Name = true, "", u.Name+" ("+string(u.ID)+")"
		now := s.Now().UTC()
		return errors.Join(tx.PutUser(*u), tx.DeleteIdentity(incident.BySCIM, subject(it)), tx.PutMemberships(u.ID, nil), tx.DeleteSecondFactor(u.ID),
			tx.PutProvisioned(incident.Provisioned{ID: u.ID, Kind: users.name, Attributes: []byte("{}"), CreatedAt: it.created, ChangedAt: now, DeletedAt: now}))
	})
	return err
}
