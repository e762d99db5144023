package auth

import (
	"errors"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/store/storetest"
)

// FuzzStranger: no secret opens a session, or is a token, but the one that was given out.
func FuzzStranger(f *testing.F) {
	f.Add("", "")
	f.Add("\x00", "hsd_")
	f.Add("' OR 1=1 --", "🔑")
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	s := New(storetest.SQLite(f), func() time.Time { return now })
	const own = "the one secret"
	_, err := s.store.Update(f.Context(), func(tx incident.Tx) error {
		return errors.Join(tx.PutUser(incident.User{ID: "usr_1", Name: "ada", Role: incident.Admin}),
			tx.PutSession(incident.Session{Hash: Hash(own), User: "usr_1", CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}),
			tx.PutToken(incident.Token{ID: "tok_1", Name: "wall", Hash: Hash(own), CreatedAt: now}))
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, secret, from string) {
		_, _, err := s.Session(t.Context(), secret, from)
		if (err == nil) != (secret == own) || err != nil && !errors.Is(err, incident.ErrNotFound) {
			t.Errorf("Session(%q) = %v", secret, err)
		}
		_, _, err = s.Token(t.Context(), secret, from)
		if (err == nil) != (secret == own) || err != nil && !errors.Is(err, incident.ErrNotFound) {
			t.Errorf("Token(%q) = %v", secret, err)
		}
	})
}
