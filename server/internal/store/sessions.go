package store

import (
	"context"
	"database/sql"
	"time"

	"hindsight/incident"
)

type sessionRow struct {
	Hash            string `gorm:"primaryKey"`
	UserID          incident.ID
	CreatedAt       sql.NullTime `gorm:"autoCreateTime:false"` // gorm would fill it in
	SeenAt          sql.NullTime
	ExpiresAt       sql.NullTime
	Agent           string
	Address         string
	Issuer          string
	Subject         string
	ProviderSession string
	CheckedAt       sql.NullTime
	SealedGrant     []byte
	EndedAt         sql.NullTime
	Ending          incident.Ending
}

func (r sessionRow) value() (incident.Session, error) {
	return incident.Session{Hash: r.Hash, User: r.UserID, CreatedAt: utc(r.CreatedAt), SeenAt: utc(r.SeenAt), ExpiresAt: utc(r.ExpiresAt),
		Agent: r.Agent, Address: r.Address, Issuer: r.Issuer, Subject: r.Subject, ProviderSession: r.ProviderSession,
		CheckedAt: utc(r.CheckedAt), Grant: r.SealedGrant, EndedAt: utc(r.EndedAt), Ending: r.Ending}, nil
}

// Session implements incident.Reader.
func (s *Store) Session(ctx context.Context, hash string) (*incident.Session, error) {
	return take(ctx, s, "sessions", "hash", hash, sessionRow.value)
}

// Sessions implements incident.Reader.
func (s *Store) Sessions(ctx context.Context, user incident.ID) ([]incident.Session, error) {
	var rows []sessionRow
	err := s.db.WithContext(ctx).Table("sessions").Where("user_id = ? AND ended_at IS NULL", user).Order("seen_at DESC, hash").Find(&rows).Error
	if err != nil {
		return nil, failed(err, "list sessions of user %s", user)
	}
	out := make([]incident.Session, len(rows))
	for i, r := range rows {
		out[i], _ = r.value()
	}
	return out, nil
}

// PutSession implements incident.Tx.
func (t *tx) PutSession(v incident.Session) error {
	v = clean(v)
	before, err := held(t, "sessions", "hash", v.Hash, sessionRow.value)
	if err == nil && before == nil {
		err = t.signedIn(v)
	}
	if err != nil {
		return failed(err, "put session of user %s", v.User)
	}
	row := sessionRow{v.Hash, v.User, null(v.CreatedAt), null(v.SeenAt), null(v.ExpiresAt), v.Agent, v.Address, v.Issuer, v.Subject,
		v.ProviderSession, null(v.CheckedAt), v.Grant, null(v.EndedAt), v.Ending}
	return failed(upsert(t.db, "sessions", []sessionRow{row}, "hash"), "put session of user %s", v.User)
}

// TouchSession implements incident.Tx.
func (t *tx) TouchSession(hash string, at time.Time, address string) error {
	err := t.db.Exec("UPDATE sessions SET seen_at = ?, address = ? WHERE hash = ? AND ended_at IS NULL", clean(at), clean(address), hash).Error
	return failed(err, "touch session")
}

// ClaimCheck implements incident.Tx. Of two transactions at once, the second finds that the row is not as it was.
func (t *tx) ClaimCheck(hash string, before, at time.Time) (bool, error) {
	done := t.db.Exec("UPDATE sessions SET checked_at = ? WHERE hash = ? AND ended_at IS NULL AND (checked_at IS NULL OR checked_at < ?)",
		clean(at), hash, clean(before))
	return done.RowsAffected == 1, failed(done.Error, "claim the check of a session")
}

// PutGrant implements incident.Tx.
func (t *tx) PutGrant(hash string, grant []byte) error {
	return failed(t.db.Exec("UPDATE sessions SET sealed_grant = ? WHERE hash = ? AND ended_at IS NULL", grant, hash).Error, "put grant of a session")
}

// end ends the sessions that a condition selects, and notes whose they were. Who cannot go on needs nothing to ask a
// provider with.
func (t *tx) end(at time.Time, why incident.Ending, where string, args ...any) (int, error) {
	where = " ended_at IS NULL AND " + where
	var users []incident.ID
	if err := t.db.Raw("SELECT user_id FROM sessions WHERE"+where, args...).Scan(&users).Error; err != nil {
		return 0, err
	}
	for user, n := range counted(users) {
		if err := t.signedOut(user, map[string]any{"sessions": n, "why": string(why)}); err != nil {
			return 0, err
		}
	}
	done := t.db.Exec("UPDATE sessions SET ended_at = ?, ending = ?, sealed_grant = NULL WHERE"+where, append([]any{clean(at), why}, args...)...)
	return int(done.RowsAffected), done.Error
}

func counted(users []incident.ID) map[incident.ID]int {
	n := map[incident.ID]int{}
	for _, user := range users {
		n[user]++
	}
	return n
}

// EndSession implements incident.Tx.
func (t *tx) EndSession(hash string, at time.Time, why incident.Ending) error {
	_, err := t.end(at, why, "hash = ?", hash)
	return failed(err, "end session")
}

// EndSessions implements incident.Tx.
func (t *tx) EndSessions(user incident.ID, exceptHash string, at time.Time, why incident.Ending) error {
	_, err := t.end(at, why, "user_id = ? AND hash <> ?", user, exceptHash)
	return failed(err, "end sessions of user %s", user)
}

// EndProviderSessions implements incident.Tx.
func (t *tx) EndProviderSessions(issuer, subject, providerSession string, before, at time.Time, why incident.Ending) (int, error) {
	where, args := "issuer = ? AND (created_at IS NULL OR created_at < ?)", []any{issuer, clean(before)}
	switch {
	case subject == "" && providerSession == "":
		return 0, failed(incident.ErrInvalid, "end sessions of nobody at %s", issuer)
	case subject == "":
		where, args = where+" AND provider_session = ?", append(args, providerSession)
	case providerSession == "":
		where, args = where+" AND subject = ?", append(args, subject)
	default:
		where, args = where+" AND subject = ? AND provider_session IN (?, '')", append(args, subject, providerSession)
	}
	n, err := t.end(at, why, where, args...)
	return n, failed(err, "end sessions of %s", issuer)
}

// DeleteSessions implements incident.Tx.
func (t *tx) DeleteSessions(user incident.ID, exceptHash string) error {
	gone := t.db.Exec("DELETE FROM sessions WHERE user_id = ? AND hash <> ?", user, exceptHash)
	if gone.Error != nil || gone.RowsAffected == 0 {
		return failed(gone.Error, "delete sessions of user %s", user)
	}
	return failed(t.signedOut(user, map[string]any{"sessions": gone.RowsAffected}), "delete sessions of user %s", user)
}

// SweepSessions implements incident.Tx.
func (t *tx) SweepSessions(seenBefore time.Time) error {
	return failed(t.db.Exec("DELETE FROM sessions WHERE seen_at < ?", clean(seenBefore)).Error, "sweep sessions")
}
