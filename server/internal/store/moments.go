package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"time"

	"hindsight/incident"
)

type momentRow struct {
	ID         incident.ID `gorm:"primaryKey"`
	IncidentID incident.ID
	Version    int
	At         time.Time
	About      int64
	Lane       incident.MomentLane
	Title      string
	Words      string
	KnownThen  string
	Question   bool
	Events     string
	ChangedBy  string
	ChangedAt  time.Time
	RemovedAt  sql.NullTime
	Touched    string
	AccountOf  incident.ID
}

func (r momentRow) value() (incident.Moment, error) {
	m := incident.Moment{ID: r.ID, Incident: r.IncidentID, Version: r.Version, At: r.At.UTC(), About: time.Duration(r.About) * time.Microsecond, Lane: r.Lane,
		Title: r.Title, Text: r.Words, KnownThen: r.KnownThen, Question: r.Question, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt.UTC(), RemovedAt: utc(r.RemovedAt), AccountOf: r.AccountOf}
	err := cmp.Or(json.Unmarshal([]byte(r.Events), &m.Events), json.Unmarshal([]byte(r.Touched), &m.Touched))
	if len(m.Touched) == 0 {
		m.Touched = nil
	}
	return m, err
}

// Moments implements incident.Reader.
func (s *Store) Moments(ctx context.Context, id incident.ID) ([]incident.Moment, error) {
	var rows []momentRow
	err := s.db.WithContext(ctx).Table("moments").Where("incident_id = ?", id).Find(&rows).Error
	out := make([]incident.Moment, len(rows))
	for i, r := range rows {
		if err == nil {
			out[i], err = r.value()
		}
	}
	incident.SortMoments(out)
	return out, failed(err, "read the moments of incident %s", id)
}

// PutMoment implements incident.Tx.
func (t *tx) PutMoment(m incident.Moment) error {
	m = clean(m)
	before, err := held(t, "moments", "id", string(m.ID), momentRow.value)
	if err == nil {
		err = successor(before, m.Version, func(b *incident.Moment) int { return b.Version })
	}
	var events, touched []byte
	if err == nil {
		if m.Touched = nil; before != nil {
			m.Touched = touchedSince(*before, m)
		}
		t.recordPart("moment", m.Incident, m.ID, m.Title, before, &m)
		events, err = json.Marshal(m.Events)
	}
	if err == nil {
		touched, err = json.Marshal(m.Touched)
	}
	if err == nil {
		row := momentRow{m.ID, m.Incident, m.Version, m.At, m.About.Microseconds(), m.Lane, m.Title, m.Text, m.KnownThen, m.Question, string(events),
			m.ChangedBy, m.ChangedAt, null(m.RemovedAt), string(touched), m.AccountOf}
		err = upsert(t.db, "moments", []momentRow{row}, "id")
	}
	if err == nil {
		err = t.beat(m.Incident, m.ChangedAt)
	}
	return failed(err, "put a moment of incident %s", m.Incident)
}

// touchedSince is what before says of which version changed which field, with what m changes.
func touchedSince(before, m incident.Moment) map[string]int {
	out := maps.Clone(before.Touched)
	for _, field := range before.Differs(m) {
		if out == nil {
			out = map[string]int{}
		}
		out[field] = m.Version
	}
	return out
}
