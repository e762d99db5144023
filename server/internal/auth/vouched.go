package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

// Vouched is somebody whom a provider of single sign-on or a trusted proxy vouches for.
type Vouched struct {
	By              string // what people call who vouches: "single sign-on"
	Issuer, Subject string // who it is; all else may be given to somebody else
	Name            string // as they sign in there; a wish
	Display, Email  string
	Verified        bool // that the address is theirs
	Groups          []string
}

// TurnedAwayError says to somebody who is vouched for why they may not sign in.
type TurnedAwayError struct{ Text string }

func (e *TurnedAwayError) Error() string { return e.Text }

func turnedAway(format string, args ...any) error {
	return &TurnedAwayError{fmt.Sprintf(format, args...)}
}

// Welcome returns the user whom somebody vouches for, with the role that their groups give now. A user who was not here
// before is added. Nobody becomes a user who is here already because the names are the same. Errors: *TurnedAwayError.
func (s *Service) Welcome(ctx context.Context, j Joining, v Vouched) (*incident.User, error) {
	switch {
	case j.Role(v.Groups) == "":
		return nil, turnedAway("%s knows you, but none of your groups may sign in here. An administrator can say which groups may.", v.By)
	case !j.Admits(v.Email, v.Verified):
		return nil, turnedAway("%s knows you, but only verified addresses of certain domains may sign in here.", v.By)
	}
	user, err := s.welcome(ctx, j, v)
	if errors.Is(err, incident.ErrConflict) { // twice at once, perhaps: then the other one has added the user
		user, err = s.welcome(ctx, j, v)
	}
	return user, err
}

// Named is Welcome for each request of a user whom a trusted proxy names. Nothing is written while all is as it was a short
// while ago.
func (s *Service) Named(ctx context.Context, j Joining, v Vouched) (*incident.User, error) {
	identity, err := s.store.Identity(ctx, v.Issuer, v.Subject)
	if err == nil && s.now().Sub(identity.SeenAt) < seenEvery {
		user, err := s.store.User(ctx, identity.User)
		if err == nil && !user.Disabled && user.Role == j.roleOf(*user, v.Groups) && j.Admits(v.Email, v.Verified) {
			return user, nil
		}
	}
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return nil, err
	}
	return s.Welcome(ctx, j, v)
}

func barred(u incident.User) error {
	return turnedAway("Your account here, %s, may not sign in. An administrator can change that.", u.Name)
}

func (s *Service) welcome(ctx context.Context, j Joining, v Vouched) (*incident.User, error) {
	identity := incident.Identity{Issuer: v.Issuer, Subject: v.Subject, Email: strings.ToLower(v.Email), CreatedAt: s.now().UTC(), SeenAt: s.now().UTC()}
	user, err := s.known(ctx, v)
	if err != nil {
		return nil, err
	}
	if user == nil {
		if user, err = s.stranger(ctx, v); err != nil {
			return nil, err
		}
	}
	if user.Disabled {
		return nil, barred(*user)
	}
	identity.User = user.ID
	teams, moved, err := s.teams(ctx, j, v, user.ID)
	if err != nil {
		return nil, err
	}
	_, err = s.store.Update(ctx, func(tx incident.Tx) error {
		last, err := lastLocal(tx, user.ID)
		if err != nil {
			return err
		}
		switch now, err := tx.UserByID(user.ID); {
		case errors.Is(err, incident.ErrNotFound): // somebody new
		case err != nil:
			return err
		case now.Disabled: // meanwhile
			return barred(*now)
		default:
			user = now
		}
		was := user.Role
		s.follow(user, j, v, last)
		if err := tx.PutUser(*user); err != nil {
			return err
		}
		if moved {
			if err := tx.PutMemberships(user.ID, teams); err != nil {
				return err
			}
		}
		if was != "" && user.Role != was {
			if err := tx.EndSessions(user.ID, "", s.now(), incident.RoleChanged); err != nil {
				return err
			}
		}
		return tx.PutIdentity(identity)
	})
	return user, err
}

// follow lets a user be what somebody vouches for; the last administrator stays one.
func (s *Service) follow(user *incident.User, j Joining, v Vouched, last bool) {
	if !last {
		user.Role = j.roleOf(*user, v.Groups)
	}
	if v.Email != "" {
		user.Email = strings.ToLower(v.Email)
	}
	user.SeenAt = s.now().UTC()
}

// teams returns the teams that a user belongs to from now on, and whether they are others than before. A team that is not
// here yet is passed over until it is.
func (s *Service) teams(ctx context.Context, j Joining, v Vouched, user incident.ID) (teams []incident.ID, moved bool, err error) {
	if len(j.Teams) == 0 {
		return nil, false, nil
	}
	all, err := s.store.Teams(ctx)
	if err != nil {
		return nil, false, err
	}
	if teams, err = s.store.TeamsOf(ctx, user); err != nil {
		return nil, false, err
	}
	in, out := j.Belongs(v.Groups)
	for _, t := range all {
		name, has := strings.ToLower(t.Name), slices.Contains(teams, t.ID)
		switch {
		case slices.Contains(in, name) && !has:
			teams, moved = append(teams, t.ID), true
		case slices.Contains(out, name) && has:
			teams, moved = slices.DeleteFunc(teams, func(id incident.ID) bool { return id == t.ID }), true
		}
	}
	return teams, moved, nil
}

// known returns the user who has the identity, or nil.
func (s *Service) known(ctx context.Context, v Vouched) (*incident.User, error) {
	identity, err := s.store.Identity(ctx, v.Issuer, v.Subject)
	if errors.Is(err, incident.ErrNotFound) {
		return s.provisioned(ctx, v)
	}
	if err != nil {
		return nil, err
	}
	user, err := s.store.User(ctx, identity.User)
	if errors.Is(err, incident.ErrNotFound) { // the user was erased, and whoever comes is new
		_, err = s.store.Update(ctx, func(tx incident.Tx) error { return tx.DeleteIdentity(v.Issuer, v.Subject) })
		return nil, err
	}
	return user, err
}

// provisioned returns the user whom SCIM has made for somebody: its externalId is their subject, or their verified address is
// that user's. Only who cannot sign in by password nor through this issuer yet is taken for them.
func (s *Service) provisioned(ctx context.Context, v Vouched) (*incident.User, error) {
	all, err := s.store.Identities(ctx, "")
	if err != nil {
		return nil, err
	}
	taken := map[incident.ID]bool{}
	for _, i := range all {
		taken[i.User] = taken[i.User] || i.Issuer == v.Issuer
	}
	for _, i := range all {
		if i.Issuer != incident.BySCIM || taken[i.User] {
			continue
		}
		user, err := s.store.User(ctx, i.User)
		if errors.Is(err, incident.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		same := i.Subject == v.Subject || v.Verified && v.Email != "" && strings.EqualFold(user.Email, v.Email)
		if same && user.PasswordHash == "" {
			return user, nil
		}
	}
	return nil, nil
}

// stranger is a new user for somebody who was not here yet.
func (s *Service) stranger(ctx context.Context, v Vouched) (*incident.User, error) {
	name := nameFor(v)
	switch _, err := s.store.UserByName(ctx, name); {
	case err == nil:
		return nil, turnedAway("There is a user called %s here already. If that is you, sign in with your password and link %s on your settings page. "+
			"If it is somebody else, an administrator can add you under another name and link your account there, which is %q.", name, v.By, v.Subject)
	case !errors.Is(err, incident.ErrNotFound):
		return nil, err
	}
	display := strings.TrimSpace(v.Display)
	if display == "" {
		display = name
	}
	return &incident.User{ID: incident.NewID("usr"), Name: name, Display: display[:min(len(display), 200)], CreatedAt: s.now().UTC()}, nil
}

// nameFor makes a sign-in name of the first wish that has one in it.
func nameFor(v Vouched) string {
	for _, wish := range []string{v.Name, v.Email, v.Display, v.Subject} {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '.'
			case strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789._@+-", r):
				return r
			}
			return -1
		}, strings.ToLower(strings.TrimSpace(wish)))
		if name = name[:min(len(name), maxName)]; checkName(name) == nil && strings.Trim(name, "._@+-") != "" {
			return name
		}
	}
	return "user-" + NewSecret()[:8]
}

// lastLocal reports whether a user is the only administrator who can sign in with a password: whatever a provider says
// of their groups, somebody has to be able to put things right when the provider is gone. Nobody else changes administrators before the
// transaction ends, so that two at once do not each take the other for the one who stays.
func lastLocal(tx incident.Tx, user incident.ID) (bool, error) {
	ids, err := tx.Administrators()
	if err != nil || !slices.Contains(ids, user) {
		return false, err
	}
	last := false
	for _, id := range ids {
		u, err := tx.UserByID(id)
		switch {
		case err != nil:
			return false, err
		case u.PasswordHash == "":
		case id != user:
			return false, nil
		default:
			last = true
		}
	}
	return last, nil
}

// Link lets a user sign in as somebody whom a provider vouches for. The user, or an administrator, has asked for it.
// ErrConflict: another user has that account there.
func (s *Service) Link(ctx context.Context, user incident.ID, v Vouched) error {
	_, err := s.store.Update(ctx, func(tx incident.Tx) error {
		return tx.PutIdentity(incident.Identity{Issuer: v.Issuer, Subject: v.Subject, Email: strings.ToLower(v.Email), User: user, CreatedAt: s.now().UTC()})
	})
	if errors.Is(err, incident.ErrConflict) {
		return fmt.Errorf("%w: this account is another user's here already", incident.ErrConflict)
	}
	return err
}

// Unlink takes back a link. Who has no password and no other link could not sign in any more: ErrInvalid.
func (s *Service) Unlink(ctx context.Context, user incident.User, issuer, subject string) error {
	all, err := s.store.Identities(ctx, user.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(i incident.Identity) bool { return i.Issuer == issuer && i.Subject == subject }) {
		return incident.ErrNotFound
	}
	ways := slices.DeleteFunc(all, func(i incident.Identity) bool { return i.Issuer == incident.BySCIM })
	if user.PasswordHash == "" && len(ways) < 2 {
		return incident.Invalidf("link", "without this link %s could not sign in any more; set a password first", user.Name)
	}
	_, err = s.store.Update(ctx, func(tx incident.Tx) error {
		_, ended := tx.EndProviderSessions(issuer, subject, "", s.now(), s.now(), incident.ProviderEnded)
		return errors.Join(ended, tx.DeleteIdentity(issuer, subject))
	})
	return err
}
