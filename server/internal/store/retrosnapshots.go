package store

import (
	"context"
	"encoding/json"
	"time"

	"hindsight/incident"
)

type retroSnapshotRow struct {
	ID         incident.ID `gorm:"primaryKey"`
	IncidentID incident.ID
	Why        incident.SnapshotReason
	Number     int
	Name       string
	SavedBy    string
	At         time.Time
	Body       string
}

func (r retroSnapshotRow) value() (incident.RetroSnapshot, error) {
	s := incident.RetroSnapshot{ID: r.ID, Incident: r.IncidentID, Why: r.Why, Number: r.Number, Name: r.Name, By: r.SavedBy, At: r.At.UTC()}
	if r.Body == "" {
		return s, nil
	}
	err := json.Unmarshal([]byte(r.Body), &s.Body)
	s.Body = clean(s.Body)
	return s, err
}

// RetroSnapshots implements incident.Reader.
func (s *Store) RetroSnapshots(ctx context.Context, id incident.ID) ([]incident.RetroSnapshot, error) {
	var rows []retroSnapshotRow
	err := s.db.WithContext(ctx).Table("retro_snapshots").Omit("body").Where("incident_id = ?", id).Order("at DESC, id DESC").Find(&rows).Error
	out := make([]incident.RetroSnapshot, len(rows))
	for i, r := range rows {
		out[i], _ = r.value() // without a body there is nothing to misread
	}
	return out, failed(err, "read the snapshots of the retrospective of incident %s", id)
}

// RetroSnapshot implements incident.Reader.
func (s *Store) RetroSnapshot(ctx context.Context, id incident.ID) (*incident.RetroSnapshot, error) {
	return take(ctx, s, "retro_snapshots", "id", string(id), retroSnapshotRow.value)
}

// PutRetroSnapshot implements incident.Tx.
func (t *tx) PutRetroSnapshot(s incident.RetroSnapshot) error {
	s = clean(s)
	body, err := json.Marshal(s.Body)
	if err == nil {
		err = insert(t.db, "retro_snapshots", []retroSnapshotRow{{s.ID, s.Incident, s.Why, s.Number, s.Name, s.By, s.At, string(body)}})
	}
	told := s
	told.Body = incident.RetroBody{}
	t.recordPart("snapshot", s.Incident, s.ID, s.Name, nil, &told)
	if err == nil {
		err = t.beatOf(s.Incident)
	}
	return failed(err, "keep a snapshot of the retrospective of incident %s", s.Incident)
}

// beatOf notes that there is something new beside a retrospective which does not change what it says.
func (t *tx) beatOf(id incident.ID) error {
	return t.db.Exec("UPDATE retros SET beat = beat + 1 WHERE incident_id = ?", id).Error
}
