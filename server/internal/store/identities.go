package store

import (
	"context"
	"database/sql"
	"time"

	"hindsight/incident"
)

type identityRow struct {
	Issuer    string `gorm:"primaryKey"`
	Subject   string `gorm:"primaryKey"`
	UserID    incident.ID
	Email     string
	CreatedAt sql.NullTime `gorm:"autoCreateTime:false"` // gorm would fill it in
	SeenAt    sql.NullTime
}

func (r identityRow) value() incident.Identity {
	return incident.Identity{Issuer: r.Issuer, Subject: r.Subject, User: r.UserID, Email: r.Email, CreatedAt: utc(r.CreatedAt), SeenAt: utc(r.SeenAt)}
}

// Identity implements incident.Reader.
func (s *Store) Identity(ctx context.Context, issuer, subject string) (*incident.Identity, error) {
	var row identityRow
	if err := s.db.WithContext(ctx).Table("identities").Where("issuer = ? AND subject = ?", issuer, subject).Take(&row).Error; err != nil {
		return nil, failed(err, "read identity of %s", issuer)
	}
	i := row.value()
	return &i, nil
}

// Identities implements incident.Reader.
func (s *Store) Identities(ctx context.Context, user incident.ID) ([]incident.Identity, error) {
	var rows []identityRow
	query := s.db.WithContext(ctx).Table("identities").Order("issuer, subject")
	if user != "" {
		query = query.Where("user_id = ?", user)
	}
	if err := query.Find(&rows).Error; err != nil {
		return nil, failed(err, "list identities of user %q", user)
	}
	var out []incident.Identity
	for _, r := range rows {
		out = append(out, r.value())
	}
	return out, nil
}

// PutIdentity implements incident.Tx. What would be stored as another text than it is could be taken for somebody else's.
func (t *tx) PutIdentity(i incident.Identity) error {
	if i.Issuer == "" || i.Subject == "" || cleanText(i.Issuer) != i.Issuer || cleanText(i.Subject) != i.Subject {
		return failed(incident.ErrInvalid, "put identity of user %s", i.User)
	}
	i = clean(i)
	row := identityRow{i.Issuer, i.Subject, i.User, i.Email, null(i.CreatedAt), null(i.SeenAt)}
	known := t.db.Exec("UPDATE identities SET email = ?, seen_at = ? WHERE issuer = ? AND subject = ? AND user_id = ?",
		row.Email, row.SeenAt, row.Issuer, row.Subject, row.UserID)
	if known.Error != nil || known.RowsAffected > 0 {
		return failed(known.Error, "put identity of user %s", i.User)
	}
	t.Note(incident.AuditNote{Action: incident.AuditCreated, Object: incident.AuditObject{Kind: "identity", ID: i.User},
		Before: map[string]any{}, After: map[string]any{"subject": i.Subject, "email": i.Email}, Facts: map[string]any{"issuer": i.Issuer}})
	return failed(insert(t.db, "identities", []identityRow{row}), "put identity of user %s", i.User)
}

// DeleteIdentity implements incident.Tx.
func (t *tx) DeleteIdentity(issuer, subject string) error {
	var users []incident.ID
	err := t.db.Raw("SELECT user_id FROM identities WHERE issuer = ? AND subject = ?", issuer, subject).Scan(&users).Error
	if err != nil || len(users) == 0 {
		return failed(err, "delete identity of %s", issuer)
	}
	t.Note(incident.AuditNote{Action: incident.AuditDeleted, Object: incident.AuditObject{Kind: "identity", ID: users[0]},
		Before: map[string]any{"subject": subject}, After: map[string]any{}, Facts: map[string]any{"issuer": issuer}})
	return failed(t.db.Exec("DELETE FROM identities WHERE issuer = ? AND subject = ?", issuer, subject).Error, "delete identity of %s", issuer)
}

type deviceRow struct {
	Hash   string `gorm:"primaryKey"`
	UserID incident.ID
	SeenAt sql.NullTime
}

// KnownDevice implements incident.Reader.
func (s *Store) KnownDevice(ctx context.Context, user incident.ID, hash string) (bool, error) {
	var n int64
	err := s.db.WithContext(ctx).Table("devices").Where("hash = ? AND user_id = ?", hash, user).Count(&n).Error
	return n > 0, failed(err, "look for a device of user %s", user)
}

// PutDevice implements incident.Tx.
func (t *tx) PutDevice(user incident.ID, hash string, at time.Time) error {
	return failed(upsert(t.db, "devices", []deviceRow{{hash, user, null(clean(at))}}, "hash"), "put device of user %s", user)
}

// SweepDevices implements incident.Tx.
func (t *tx) SweepDevices(seenBefore time.Time) error {
	return failed(t.db.Exec("DELETE FROM devices WHERE seen_at < ?", clean(seenBefore)).Error, "sweep devices")
}
