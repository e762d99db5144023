package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"hindsight/incident"
)

type retroShareRow struct {
	ID            incident.ID `gorm:"primaryKey"`
	IncidentID    incident.ID
	Hash          string
	Profile       string
	Sections      []string `gorm:"serializer:json"`
	Words         []string `gorm:"serializer:json"`
	Kept          []string `gorm:"serializer:json"`
	Number        int
	Document      string
	FrozenAt      time.Time
	CreatedBy     incident.ID
	CreatedByName string
	CreatedAt     time.Time `gorm:"autoCreateTime:false"`
	ExpiresAt     time.Time
	RevokedAt     sql.NullTime
	RevokedBy     string
	UsedAt        sql.NullTime
	Used          int
}

func (r retroShareRow) value() (incident.RetroShare, error) {
	s := incident.RetroShare{ID: r.ID, Incident: r.IncidentID, Hash: r.Hash, Profile: r.Profile, Sections: r.Sections, Words: r.Words, Kept: r.Kept, Number: r.Number,
		FrozenAt: r.FrozenAt.UTC(), CreatedBy: r.CreatedBy, CreatedByName: r.CreatedByName, CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
		RevokedAt: utc(r.RevokedAt), RevokedBy: r.RevokedBy, UsedAt: utc(r.UsedAt), Used: r.Used}
	for _, list := range []*[]string{&s.Sections, &s.Words, &s.Kept} {
		if len(*list) == 0 {
			*list = nil
		}
	}
	if r.Document == "" {
		return s, nil
	}
	err := json.Unmarshal([]byte(r.Document), &s.Document)
	s.Document = clean(s.Document)
	return s, err
}

// RetroShares implements incident.Reader.
func (s *Store) RetroShares(ctx context.Context, of incident.ID, sight incident.Sight) ([]incident.RetroShare, error) {
	db := s.db.WithContext(ctx)
	seen := reader{db, s.dialect}.seen(db.Table("incidents").Select("id").Where("deleted_at IS NULL"), sight)
	q := db.Table("retro_shares").Omit("document").Where("incident_id IN (?)", seen)
	if of != "" {
		q = q.Where("incident_id = ?", clean(of))
	}
	return newest(q.Order("created_at DESC, id"), "", 0, retroShareRow.value)
}

// RetroShare implements incident.Reader.
func (s *Store) RetroShare(ctx context.Context, id incident.ID) (*incident.RetroShare, error) {
	return take(ctx, s, "retro_shares", "id", string(id), retroShareRow.value)
}

// SharedRetro implements incident.Reader. It is one question, so that all that opens nothing takes the same work.
func (s *Store) SharedRetro(ctx context.Context, hash string, now time.Time) (*incident.RetroShare, error) {
	var row retroShareRow
	err := s.db.WithContext(ctx).Table("retro_shares").Where("hash = ? AND revoked_at IS NULL AND expires_at > ?", clean(hash), clean(now)).
		Where("EXISTS (SELECT 1 FROM incidents JOIN retros ON retros.incident_id = incidents.id WHERE incidents.id = retro_shares.incident_id AND NOT private AND deleted_at IS NULL)").
		Take(&row).Error
	if err != nil {
		return nil, failed(err, "read what a link shows")
	}
	v, err := row.value()
	return &v, failed(err, "read what a link shows")
}

// PutRetroShare implements incident.Tx. The audit log has neither what the link shows nor which words were masked or not.
func (t *tx) PutRetroShare(v incident.RetroShare) error {
	v = clean(v)
	if err := t.db.Exec("SELECT 1 FROM retro_shares WHERE id = ?"+t.dialect.lock(), v.ID).Error; err != nil {
		return failed(err, "put link %s", v.ID)
	}
	before, err := held(t, "retro_shares", "id", string(v.ID), retroShareRow.value)
	if err != nil {
		return failed(err, "put link %s", v.ID)
	}
	if before != nil {
		v.Used, v.UsedAt = before.Used, before.UsedAt
		if !before.RevokedAt.IsZero() && v.RevokedAt.IsZero() {
			return incident.Invalidf("link", "this link was revoked meanwhile; make a new one")
		}
	}
	told := func(s *incident.RetroShare) *incident.RetroShare {
		if s == nil {
			return nil
		}
		out := *s
		out.Document, out.Words, out.Kept = incident.SharedRetro{}, nil, nil
		return &out
	}
	t.recordPart("link", v.Incident, v.ID, "", told(before), told(&v))
	document, err := json.Marshal(v.Document)
	if err != nil {
		return failed(err, "put link %s", v.ID)
	}
	row := retroShareRow{v.ID, v.Incident, v.Hash, v.Profile, append([]string{}, v.Sections...), append([]string{}, v.Words...), append([]string{}, v.Kept...), v.Number, string(document),
		v.FrozenAt, v.CreatedBy, v.CreatedByName, v.CreatedAt, v.ExpiresAt, null(v.RevokedAt), v.RevokedBy, null(v.UsedAt), v.Used}
	return failed(upsert(t.db, "retro_shares", []retroShareRow{row}, "id"), "put link %s", v.ID)
}

// OpenRetroShare implements incident.Tx. A link that is gone stays so.
func (t *tx) OpenRetroShare(id incident.ID, at time.Time) error {
	return failed(t.db.Exec("UPDATE retro_shares SET used = used + 1, used_at = ? WHERE id = ?", clean(at), id).Error, "note that link %s was opened", id)
}

// SweepRetroShares implements incident.Tx.
func (t *tx) SweepRetroShares(before time.Time) error {
	return failed(t.db.Exec("DELETE FROM retro_shares WHERE expires_at < ? OR revoked_at < ?", clean(before), clean(before)).Error, "forget old links")
}
