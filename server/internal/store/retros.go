package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"hindsight/incident"
)

type retroRow struct {
	IncidentID  incident.ID `gorm:"primaryKey"`
	Version     int
	Beat        int
	Title       string
	Template    string
	State       incident.RetroState
	Reason      string
	OwnerID     incident.ID
	OwnerName   string
	DueAt       sql.NullTime
	Reviews     string
	Number      int
	PublishedAt sql.NullTime
	MadeAt      time.Time
	MadeBy      string
	ChangedAt   time.Time
	ChangedBy   string
	Reading     sql.NullString
	ReadingOf   sql.NullTime
	ReadBefore  int
	ReadSince   sql.NullTime
}

func (r retroRow) value() (incident.Retro, error) {
	v := incident.Retro{Incident: r.IncidentID, Version: r.Version, Title: r.Title, Template: r.Template, State: r.State, Reason: r.Reason, Owner: r.OwnerID,
		OwnerName: r.OwnerName, Due: utc(r.DueAt), Number: r.Number, PublishedAt: utc(r.PublishedAt), CreatedAt: r.MadeAt.UTC(), CreatedBy: r.MadeBy,
		ChangedAt: r.ChangedAt.UTC(), ChangedBy: r.ChangedBy}
	return v, json.Unmarshal([]byte(r.Reviews), &v.Reviews)
}

// Retro implements incident.Reader.
func (s *Store) Retro(ctx context.Context, id incident.ID) (*incident.Retro, error) {
	return take(ctx, s, "retros", "incident_id", string(id), retroRow.value)
}

// Retros implements incident.Reader.
func (s *Store) Retros(ctx context.Context) ([]incident.Retro, error) {
	var rows []retroRow
	err := s.db.WithContext(ctx).Table("retros").Omit("reading").Order("changed_at DESC, incident_id").Find(&rows).Error
	out := make([]incident.Retro, len(rows))
	for i, r := range rows {
		if err == nil {
			out[i], err = r.value()
		}
	}
	return out, failed(err, "read retrospectives that are written here")
}

// RetroPulses implements incident.Reader.
func (s *Store) RetroPulses(ctx context.Context, incidents []incident.ID) (map[incident.ID]incident.RetroPulse, error) {
	var rows []struct {
		IncidentID incident.ID
		Beat       int
		Slug       sql.NullString
		Version    sql.NullInt64
	}
	err := s.db.WithContext(ctx).Raw(`SELECT r.incident_id, r.beat, s.slug, s.version FROM retros r LEFT JOIN retro_sections s ON s.incident_id = r.incident_id
		WHERE `+s.dialect.in("r.incident_id"), array(incidents)).Scan(&rows).Error
	out := map[incident.ID]incident.RetroPulse{}
	for _, r := range rows {
		p, known := out[r.IncidentID]
		if !known {
			p = incident.RetroPulse{Beat: r.Beat, Sections: map[string]int{}}
		}
		if r.Slug.Valid {
			p.Sections[r.Slug.String] = int(r.Version.Int64)
		}
		out[r.IncidentID] = p
	}
	return out, failed(err, "read how far %d retrospectives are", len(incidents))
}

// StaleRetros implements incident.Reader.
func (s *Store) StaleRetros(ctx context.Context, changed time.Time) ([]incident.ID, error) {
	var ids []incident.ID
	err := s.db.WithContext(ctx).Raw(`SELECT incident_id FROM (SELECT r.incident_id, r.reading_of,
			coalesce((SELECT max(s.changed_at) FROM retro_sections s WHERE s.incident_id = r.incident_id AND s.changed_at > r.changed_at), r.changed_at) AS latest FROM retros r) x
		WHERE latest <= ? AND (reading_of IS NULL OR latest > reading_of) ORDER BY incident_id`, changed.UTC().Truncate(time.Microsecond)).Scan(&ids).Error
	return ids, failed(err, "read which retrospectives have an old reading copy")
}

// RetroByID implements incident.Tx.
func (t *tx) RetroByID(id incident.ID) (*incident.Retro, error) {
	var rows []retroRow
	err := t.db.Raw("SELECT * FROM retros WHERE incident_id = ?"+t.dialect.lock(), id).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = incident.ErrNotFound
	}
	if err != nil {
		return nil, failed(err, "read the retrospective of incident %s", id)
	}
	v, err := rows[0].value()
	return &v, failed(err, "read the retrospective of incident %s", id)
}

// PutRetro implements incident.Tx.
func (t *tx) PutRetro(r incident.Retro) error {
	r = clean(r)
	err := t.putRetro(r)
	return failed(err, "put version %d of the retrospective of incident %s", r.Version, r.Incident)
}

func (t *tx) putRetro(r incident.Retro) error {
	gone, err := t.tombstones([]incident.ID{r.Incident})
	if err != nil {
		return err
	}
	before, err := held(t, "retros", "incident_id", string(r.Incident), retroRow.value)
	if err != nil {
		return err
	}
	if err := successor(before, r.Version, func(b *incident.Retro) int { return b.Version }); err != nil {
		return err
	}
	reviews, err := json.Marshal(r.Reviews)
	if err != nil {
		return err
	}
	t.touch(incident.EntityIncident, r.Incident, gone[r.Incident])
	t.record(incident.AuditObject{Kind: "retrospective", ID: r.Incident, Name: r.Title}, before, &r)
	values := map[string]any{"version": r.Version, "title": r.Title, "template": r.Template, "state": r.State, "reason": r.Reason, "owner_id": r.Owner,
		"owner_name": r.OwnerName, "due_at": null(r.Due), "reviews": string(reviews), "number": r.Number, "published_at": null(r.PublishedAt),
		"made_at": r.CreatedAt, "made_by": r.CreatedBy, "changed_at": r.ChangedAt, "changed_by": r.ChangedBy}
	if before == nil {
		values["incident_id"], values["beat"] = r.Incident, 1
		return t.db.Table("retros").Create(values).Error
	}
	if err := t.db.Table("retros").Where("incident_id = ?", r.Incident).Updates(values).Error; err != nil {
		return err
	}
	return t.beat(r.Incident, r.ChangedAt)
}

// successor is ErrConflict unless a version is the one behind the stored; one that is not stored yet is behind 0.
func successor[V any](stored *V, version int, of func(*V) int) error {
	last := 0
	if stored != nil {
		last = of(stored)
	}
	if version != last+1 {
		return incident.ErrConflict
	}
	return nil
}

// beat notes that something of a retrospective changed.
func (t *tx) beat(id incident.ID, at time.Time) error {
	done := t.db.Exec("UPDATE retros SET beat = beat + 1, changed_at = ? WHERE incident_id = ?", at, id)
	if done.Error == nil && done.RowsAffected == 0 {
		return incident.ErrNotFound
	}
	return done.Error
}

// PutReading implements incident.Tx.
func (t *tx) PutReading(r incident.Retrospective, asOf time.Time) error {
	r = clean(r)
	gone, err := t.tombstones([]incident.ID{r.Incident})
	if err != nil {
		return failed(err, "put the reading copy of incident %s", r.Incident)
	}
	text, err := json.Marshal(r)
	if err == nil {
		done := t.db.Exec("UPDATE retros SET reading = ?, reading_of = ? WHERE incident_id = ?", string(text), asOf.UTC().Truncate(time.Microsecond), r.Incident)
		if err = done.Error; err == nil && done.RowsAffected == 0 {
			err = incident.ErrNotFound
		}
	}
	if err == nil {
		err = t.putCitations(r)
	}
	t.touch(incident.EntityIncident, r.Incident, gone[r.Incident])
	return failed(err, "put the reading copy of incident %s", r.Incident)
}
