package auth

import (
	"context"
	"errors"
	"slices"
	"strings"

	"hindsight/incident"
)

// demandKey is the setting with the roles that need a second factor, with commas.
const demandKey = "second_factor.roles"

// Demanded returns the roles whose users need a second factor to sign in.
func (f *Factors) Demanded(ctx context.Context) ([]incident.Role, error) {
	text, err := f.store.Setting(ctx, demandKey)
	if errors.Is(err, incident.ErrNotFound) || text == "" {
		return nil, nil
	}
	var roles []incident.Role
	for _, name := range strings.Split(text, ",") {
		roles = append(roles, incident.Role(name))
	}
	return roles, err
}

// Demand makes a second factor a condition of signing in for users of these roles, and of no others. Those of them who
// have none are signed out, and set one up at the next sign-in. by is who asks: when it would sign them out, it is
// ErrInvalid.
func (f *Factors) Demand(ctx context.Context, roles []incident.Role, by incident.ID) error {
	users, err := f.store.Users(ctx)
	if err != nil {
		return err
	}
	factors, err := f.store.SecondFactors(ctx)
	if err != nil {
		return err
	}
	on := map[incident.ID]bool{}
	for _, factor := range factors {
		on[factor.User] = factor.On()
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		if names[i] = string(r); !slices.Contains(incident.Roles, r) {
			return incident.Invalidf("roles", "%q is not a role; there are viewer, editor, manager and admin", r)
		}
	}
	_, err = f.store.Update(ctx, func(tx incident.Tx) error {
		for _, u := range users {
			if on[u.ID] || !slices.Contains(roles, u.Role) {
				continue
			}
			if u.ID == by {
				return incident.Invalidf("roles", "set up your own second factor first; it would be asked of you, too")
			}
			if err := tx.EndSessions(u.ID, "", f.now(), incident.FactorChanged); err != nil {
				return err
			}
		}
		return tx.PutSetting(demandKey, strings.Join(names, ","))
	})
	return err
}
