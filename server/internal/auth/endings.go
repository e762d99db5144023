package auth

import (
	"context"
	"errors"
	"time"

	"hindsight/incident"
)

// What is over is kept for a while, so that its browser can be told why; and how long a browser is known that nobody
// signed in from since.
const (
	rememberSessions = 90 * 24 * time.Hour
	rememberDevices  = 180 * 24 * time.Hour
)

// Sweep forgets sessions and browsers that were not seen for long.
func Sweep(tx incident.Tx, now time.Time) error {
	return errors.Join(tx.SweepSessions(now.Add(-rememberSessions)), tx.SweepDevices(now.Add(-rememberDevices)))
}

// Over is why and when a session does not count any more.
type Over struct {
	At  time.Time
	Why string // a sentence
}

// Over says why a session is over; ok is false when it goes on or is not known.
func (s *Service) Over(ctx context.Context, secret string) (over Over, ok bool, err error) {
	session, err := s.store.Session(ctx, Hash(secret))
	if errors.Is(err, incident.ErrNotFound) {
		return Over{}, false, nil
	}
	if err != nil {
		return Over{}, false, err
	}
	now := s.now().UTC()
	switch {
	case !session.EndedAt.IsZero():
		return Over{session.EndedAt, endingWords[session.Ending]}, endingWords[session.Ending] != "", nil
	case now.After(session.ExpiresAt):
		return Over{session.ExpiresAt, "That is as long as one sign-in lasts."}, true, nil
	case now.Sub(session.SeenAt) > idleFor:
		return Over{session.SeenAt.Add(idleFor), "Nothing was done here for a week."}, true, nil
	}
	return Over{}, false, nil
}

// endingWords says to the user why; what they have just done themselves they need not be told.
var endingWords = map[incident.Ending]string{
	incident.EndedElsewhere:  "You ended this session from another browser.",
	incident.EndedByAdmin:    "An administrator ended your sessions.",
	incident.PasswordChanged: "Your password was changed.",
	incident.RoleChanged:     "Your role was changed.",
	incident.FactorChanged:   "Your second factor was changed.",
	incident.UserDisabled:    "Your account may not sign in any more.",
	incident.ProviderEnded:   "Your sign-in at the provider of single sign-on has ended.",
	incident.ProviderRefused: "The provider of single sign-on does not confirm your account any more.",
}

// End ends one session of a user, who asks for it.
func (s *Service) End(ctx context.Context, user incident.ID, hash string, why incident.Ending) error {
	session, err := s.store.Session(ctx, hash)
	if err == nil && session.User != user {
		err = incident.ErrNotFound
	}
	if err != nil {
		return err
	}
	_, err = s.store.Update(ctx, func(tx incident.Tx) error { return tx.EndSession(hash, s.now(), why) })
	return err
}
