package store

import (
	"context"
	"net/url"
	"time"

	"hindsight/incident"
)

type intakeRow struct {
	IncidentID incident.ID
	UserID     incident.ID
	Name       string
	Body       string
	Choices    string
	At         time.Time
}

// Intake implements incident.Reader.
func (s *Store) Intake(ctx context.Context, id, user incident.ID) (*incident.Intake, error) {
	var r intakeRow
	err := s.db.WithContext(ctx).Table("intakes").Where("incident_id = ? AND user_id = ?", clean(id), clean(user)).Take(&r).Error
	if err != nil {
		return nil, failed(err, "read the document that user %s takes rows out of for incident %s", user, id)
	}
	choices, err := url.ParseQuery(r.Choices)
	return &incident.Intake{Incident: r.IncidentID, User: r.UserID, Name: r.Name, Text: r.Body, Choices: choices, At: r.At.UTC()}, failed(err, "read choices for incident %s", id)
}

// PutIntake implements incident.Tx.
func (t *tx) PutIntake(i incident.Intake) error {
	row := clean(intakeRow{i.Incident, i.User, i.Name, i.Text, i.Choices.Encode(), i.At})
	return failed(upsert(t.db, "intakes", []intakeRow{row}, "incident_id", "user_id"), "keep a document for incident %s", i.Incident)
}

// DeleteIntake implements incident.Tx.
func (t *tx) DeleteIntake(id, user incident.ID) (bool, error) {
	done := t.db.Exec("DELETE FROM intakes WHERE incident_id = ? AND user_id = ?", clean(id), clean(user))
	return done.RowsAffected > 0, failed(done.Error, "forget a document for incident %s", id)
}

// ForgetIntakes implements incident.Tx.
func (t *tx) ForgetIntakes(user incident.ID) error {
	return failed(t.db.Exec("DELETE FROM intakes WHERE user_id = ?", clean(user)).Error, "forget the documents of user %s", user)
}

// SweepIntakes implements incident.Tx.
func (t *tx) SweepIntakes(before time.Time) error {
	return failed(t.db.Exec("DELETE FROM intakes WHERE at < ?", clean(before)).Error, "forget documents that nobody came back to")
}
