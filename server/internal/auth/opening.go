package auth

import (
	"context"
	"time"

	"hindsight/incident"
)

// Visit is the browser of a request, and where it is.
type Visit struct {
	Agent, Address string
	Device         string // the secret that the browser keeps since its last sign-in; empty: none
}

// vouchedFor is how long a session lasts at most whose provider cannot be asked again.
const vouchedFor = 12 * time.Hour

// Proof is what a provider vouched for, to be kept with the session.
type Proof struct {
	Issuer, Subject, Session string
	Short                    bool   // the provider cannot be asked again
	Grant                    []byte // sealed
}

// Open opens a session of a user who proved to be that one. The secret goes into the browser's cookie and nowhere else.
func (s *Service) Open(ctx context.Context, user incident.ID, v Visit) (string, error) {
	secret, session := s.newSession(user, v)
	_, err := s.store.Update(ctx, func(tx incident.Tx) error { return tx.PutSession(session) })
	return secret, err
}

// OpenVouched opens a session of a user whom a provider vouches for. The secret goes into the browser's cookie and
// nowhere else.
func (s *Service) OpenVouched(ctx context.Context, user incident.ID, v Visit, p Proof) (secret string, err error) {
	secret, session := s.newSession(user, v)
	session.Issuer, session.Subject, session.ProviderSession, session.CheckedAt = p.Issuer, p.Subject, p.Session, session.CreatedAt
	if p.Short {
		session.ExpiresAt = session.CreatedAt.Add(vouchedFor)
	}
	session.Grant = p.Grant
	_, err = s.store.Update(ctx, func(tx incident.Tx) error { return tx.PutSession(session) })
	return secret, err
}

func (s *Service) newSession(user incident.ID, v Visit) (string, incident.Session) {
	secret, now := NewSecret(), s.now().UTC()
	return secret, incident.Session{Hash: Hash(secret), User: user, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionFor),
		Agent: v.Agent[:min(len(v.Agent), 200)], Address: v.Address}
}

// Replace ends the session that a browser had before it signed in again.
func (s *Service) Replace(ctx context.Context, secret string) error {
	_, err := s.store.Update(ctx, func(tx incident.Tx) error { return tx.EndSession(Hash(secret), s.now(), incident.Replaced) })
	return err
}
