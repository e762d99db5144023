package auth

import (
	"context"
	"time"

	"hindsight/incident"
)

// confirmedFor is how long after somebody proved who they are they may change what others could take over with.
const confirmedFor = 10 * time.Minute

// Confirmed reports whether the user of a session proved who they are a short while ago.
func (s *Service) Confirmed(session incident.Session) bool {
	return s.now().Sub(session.CreatedAt) < confirmedFor
}

// Renew puts a new session in the place of one whose user proved again who they are, and returns its secret.
func (s *Service) Renew(ctx context.Context, session incident.Session) (secret string, err error) {
	old, now := session.Hash, s.now().UTC()
	secret = NewSecret()
	session.Hash, session.CreatedAt, session.SeenAt = Hash(secret), now, now
	if session.Issuer == "" { // how long a provider's word counts is not longer for it
		session.ExpiresAt = now.Add(sessionFor)
	}
	_, err = s.store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.EndSession(old, now, incident.Replaced); err != nil {
			return err
		}
		return tx.PutSession(session)
	})
	return secret, err
}
