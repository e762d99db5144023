package store

import (
	"context"
	"database/sql"
	"strings"

	"hindsight/incident"
)

type userRow struct {
	ID           incident.ID `gorm:"primaryKey"`
	Name         string
	Display      string
	Email        string
	Role         incident.Role
	PasswordHash string
	Disabled     bool
	Service      bool
	CreatedAt    sql.NullTime `gorm:"autoCreateTime:false"` // gorm would fill it in
	SeenAt       sql.NullTime
}

func (r userRow) value() (incident.User, error) {
	return incident.User{ID: r.ID, Name: r.Name, Display: r.Display, Email: r.Email, Role: r.Role, PasswordHash: r.PasswordHash, Disabled: r.Disabled, Service: r.Service,
		CreatedAt: utc(r.CreatedAt), SeenAt: utc(r.SeenAt)}, nil
}

// Users implements incident.Reader.
func (s *Store) Users(ctx context.Context) ([]incident.User, error) {
	return readAll(ctx, s, "users", userRow.value, func(u incident.User) (string, incident.ID) { return u.Name, u.ID })
}

// User implements incident.Reader.
func (s *Store) User(ctx context.Context, id incident.ID) (*incident.User, error) {
	return take(ctx, s, "users", "id", string(id), userRow.value)
}

// UserByName implements incident.Reader. Case does not matter.
func (s *Store) UserByName(ctx context.Context, name string) (*incident.User, error) {
	return take(ctx, s, "users", "name", strings.ToLower(name), userRow.value)
}

// PutUser implements incident.Tx. Name and e-mail address are stored in lower case.
func (t *tx) PutUser(u incident.User) error {
	u = clean(u)
	before, err := held(t, "users", "id", string(u.ID), userRow.value)
	if err != nil {
		return failed(err, "put user %q", u.Name)
	}
	u.Name, u.Email = strings.ToLower(u.Name), strings.ToLower(u.Email)
	t.record(incident.AuditObject{Kind: "user", ID: u.ID, Name: u.Name}, before, &u)
	row := userRow{u.ID, u.Name, u.Display, u.Email, u.Role, u.PasswordHash, u.Disabled, u.Service, null(u.CreatedAt), null(u.SeenAt)}
	return failed(upsert(t.db, "users", []userRow{row}, "id"), "put user %q", u.Name)
}

// Administrators implements incident.Tx.
func (t *tx) Administrators() ([]incident.ID, error) {
	var ids []incident.ID
	err := t.db.Raw("SELECT id FROM users WHERE role = ? AND NOT disabled AND NOT service ORDER BY id"+t.dialect.lock(), incident.Admin).Scan(&ids).Error
	return ids, failed(err, "read the administrators")
}

type settingRow struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

// Setting implements incident.Reader.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	value, err := take(ctx, s, "settings", "name", key, func(r settingRow) (string, error) { return r.Value, nil })
	if err != nil {
		return "", err
	}
	return *value, nil
}

// SweepSettings implements incident.Tx.
func (t *tx) SweepSettings(prefix, before string) error {
	err := t.db.Exec("DELETE FROM settings WHERE substr(name, 1, ?) = ? AND value < ?", len(prefix), prefix, before).Error
	return failed(err, "sweep settings %q", prefix)
}

// PutSetting implements incident.Tx.
func (t *tx) PutSetting(key, value string) error {
	if err := t.recordSetting(clean(key), clean(value)); err != nil {
		return failed(err, "put setting %q", key)
	}
	return failed(upsert(t.db, "settings", []settingRow{{clean(key), clean(value)}}, "name"), "put setting %q", key)
}
