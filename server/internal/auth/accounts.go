package auth

import (
	"context"
	netmail "net/mail"
	"slices"
	"strings"

	"hindsight/incident"
)

// Change is what is to become of a user; what is nil stays as it is.
type Change struct {
	Display  *string
	Email    *string // empty: none
	Role     *incident.Role
	Disabled *bool
	By       incident.ID // who asks for it; empty: the command line
	Keep     string      // hash of the session of theirs that goes on
}

// ChangeUser changes a user, and signs them out when they may do less or other things than before. The last administrator who can
// sign in keeps the role, and nobody takes it from themselves. Errors: ErrNotFound, ErrInvalid with the field.
func (s *Service) ChangeUser(ctx context.Context, id incident.ID, c Change) (*incident.User, error) {
	u, err := s.store.User(ctx, id)
	if err != nil {
		return nil, err
	}
	was := *u
	if err := c.apply(u); err != nil {
		return nil, err
	}
	if u.ID == c.By && was.Role.May(incident.Administer) && (!u.Role.May(incident.Administer) || u.Disabled) {
		return nil, incident.Invalidf("role", "another administrator has to take your own role from you")
	}
	_, err = s.store.Update(ctx, func(tx incident.Tx) error {
		if err := KeepAdministrator(tx, *u); err != nil {
			return err
		}
		if err := tx.PutUser(*u); err != nil || was.Role == u.Role && was.Disabled == u.Disabled {
			return err
		}
		why := incident.RoleChanged
		if u.Disabled {
			why = incident.UserDisabled
		}
		return tx.EndSessions(u.ID, c.Keep, s.now(), why)
	})
	return u, err
}

func (c Change) apply(u *incident.User) error {
	if c.Display != nil {
		name := strings.TrimSpace(*c.Display)
		if name == "" || len(name) > 200 {
			return incident.Invalidf("display", "give a name of at most 200 characters")
		}
		u.Display = name
	}
	if c.Email != nil {
		address := strings.ToLower(strings.TrimSpace(*c.Email))
		if is, err := netmail.ParseAddress(address); address != "" && (err != nil || is.Address != address || len(address) > 254) {
			return incident.Invalidf("email", "%q is not an address such as ada@example.com", *c.Email)
		}
		u.Email = address
	}
	if c.Role != nil {
		if !c.Role.Known() {
			return incident.Invalidf("role", "choose viewer, editor, manager or admin")
		}
		u.Role = *c.Role
	}
	if c.Disabled != nil {
		u.Disabled = *c.Disabled
	}
	return nil
}

// KeepAdministrator refuses what would leave nobody who can administer: ErrInvalid. Whatever changes a user asks it in its
// transaction, with the user as they would be.
func KeepAdministrator(tx incident.Tx, u incident.User) error {
	left, err := tx.Administrators()
	if err != nil {
		return err
	}
	stays := u.Role.May(incident.Administer) && !u.Disabled && !u.Service
	if stays || !slices.Contains(left, u.ID) || len(left) > 1 {
		return nil
	}
	return incident.Invalidf("role", "%s is the last administrator: give somebody else the role first", u.Name)
}
