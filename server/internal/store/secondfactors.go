package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"hindsight/incident"
)

type secondFactorRow struct {
	UserID      incident.ID `gorm:"primaryKey"`
	Secret      []byte
	CreatedAt   sql.NullTime `gorm:"autoCreateTime:false"` // gorm would fill it in
	ConfirmedAt sql.NullTime
	Step        int64
	Recovery    string
	ResetAt     sql.NullTime
	ResetBy     string
}

func (r secondFactorRow) value() (incident.SecondFactor, error) {
	f := incident.SecondFactor{User: r.UserID, CreatedAt: utc(r.CreatedAt), ConfirmedAt: utc(r.ConfirmedAt), Step: r.Step,
		ResetAt: utc(r.ResetAt), ResetBy: r.ResetBy}
	if len(r.Secret) > 0 {
		f.Secret = r.Secret
	}
	return f, json.Unmarshal([]byte(r.Recovery), &f.Recovery)
}

// SecondFactor implements incident.Reader.
func (s *Store) SecondFactor(ctx context.Context, user incident.ID) (*incident.SecondFactor, error) {
	return take(ctx, s, "second_factors", "user_id", string(user), secondFactorRow.value)
}

// SecondFactors implements incident.Reader.
func (s *Store) SecondFactors(ctx context.Context) ([]incident.SecondFactor, error) {
	return readAll(ctx, s, "second_factors", secondFactorRow.value,
		func(f incident.SecondFactor) (string, incident.ID) { return "", f.User })
}

// SecondFactorOf implements incident.Tx.
func (t *tx) SecondFactorOf(user incident.ID) (*incident.SecondFactor, error) {
	var rows []secondFactorRow
	err := t.db.Raw("SELECT * FROM second_factors WHERE user_id = ?"+t.dialect.lock(), user).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = incident.ErrNotFound
	}
	if err != nil {
		return nil, failed(err, "read second factor of user %s", user)
	}
	f, err := rows[0].value()
	return &f, failed(err, "read second factor of user %s", user)
}

// PutSecondFactor implements incident.Tx.
func (t *tx) PutSecondFactor(f incident.SecondFactor) error {
	f = clean(f)
	recovery, err := json.Marshal(f.Recovery)
	if err == nil {
		err = t.recordFactor(f)
	}
	if err == nil {
		row := secondFactorRow{f.User, append([]byte{}, f.Secret...), null(f.CreatedAt), null(f.ConfirmedAt), f.Step, string(recovery), null(f.ResetAt), f.ResetBy}
		err = upsert(t.db, "second_factors", []secondFactorRow{row}, "user_id")
	}
	return failed(err, "put second factor of user %s", f.User)
}

// DeleteSecondFactor implements incident.Tx. One that is not there is deleted already.
func (t *tx) DeleteSecondFactor(user incident.ID) error {
	user = clean(user)
	err := t.recordFactor(incident.SecondFactor{User: user})
	if err == nil {
		err = t.db.Exec("DELETE FROM second_factors WHERE user_id = ?", user).Error
	}
	return failed(err, "delete second factor of user %s", user)
}

// factorTold is what the audit log tells of a second factor. That a code was accepted, the session tells.
type factorTold struct {
	On            bool
	RecoveryCodes int // that are left
	Reset         bool
}

func told(f incident.SecondFactor) *factorTold {
	return &factorTold{f.On(), len(f.Recovery.Hashes), !f.ResetAt.IsZero()}
}

// recordFactor notes what of a second factor becomes something else.
func (t *tx) recordFactor(f incident.SecondFactor) error {
	before, err := held(t, "second_factors", "user_id", string(f.User), secondFactorRow.value)
	if err != nil {
		return err
	}
	if before == nil {
		before = &incident.SecondFactor{}
	}
	object, err := t.userObject("second factor", f.User)
	if err == nil {
		t.record(object, told(*before), told(f))
	}
	return err
}
