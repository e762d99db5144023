package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"hindsight/incident"
)

type reportScheduleRow struct {
	ID           incident.ID `gorm:"primaryKey"`
	Version      int
	Name         string
	Kind         string
	Question     string
	Formats      string
	Zone         string
	Every        incident.ReportEvery
	OnDay        int
	Minute       int
	OnlyChanged  bool
	Recipients   string
	Channels     string
	OwnerID      incident.ID
	Paused       bool
	Stopped      string
	SavedAt      time.Time
	SavedBy      string
	NextAt       time.Time
	Digest       string
	ClaimedUntil sql.NullTime
	Tries        int
}

func newReportScheduleRow(s incident.ReportSchedule) (reportScheduleRow, error) {
	var texts [3]string
	for i, list := range []any{s.Formats, s.To, s.Channels} {
		text, err := json.Marshal(list)
		if err != nil {
			return reportScheduleRow{}, err
		}
		texts[i] = string(text)
	}
	return reportScheduleRow{s.ID, s.Version, s.Name, s.Kind, s.Question, texts[0], s.Zone, s.Every, s.On, s.Minute, s.OnlyChanged, texts[1], texts[2], s.Owner, s.Paused, s.Stopped,
		s.SavedAt, s.SavedBy, s.NextAt, s.Digest, sql.NullTime{}, 0}, nil
}

func (r reportScheduleRow) value() (incident.ReportSchedule, error) {
	s := incident.ReportSchedule{ID: r.ID, Version: r.Version, Name: r.Name, Kind: r.Kind, Question: r.Question, Zone: r.Zone, Every: r.Every, On: r.OnDay, Minute: r.Minute,
		OnlyChanged: r.OnlyChanged, Owner: r.OwnerID, Paused: r.Paused, Stopped: r.Stopped, SavedAt: r.SavedAt.UTC(), SavedBy: r.SavedBy, NextAt: r.NextAt.UTC(), Tries: r.Tries, Digest: r.Digest}
	for text, into := range map[string]any{r.Formats: &s.Formats, r.Recipients: &s.To, r.Channels: &s.Channels} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return s, err
		}
	}
	return s, nil
}

// ReportSchedules implements incident.Reader.
func (s *Store) ReportSchedules(ctx context.Context) ([]incident.ReportSchedule, error) {
	return readAll(ctx, s, "report_schedules", reportScheduleRow.value, func(v incident.ReportSchedule) (string, incident.ID) { return v.Name, v.ID })
}

// ReportSchedule implements incident.Reader.
func (s *Store) ReportSchedule(ctx context.Context, id incident.ID) (*incident.ReportSchedule, error) {
	return take(ctx, s, "report_schedules", "id", string(id), reportScheduleRow.value)
}

// PutReportSchedule implements incident.Tx.
func (t *tx) PutReportSchedule(s incident.ReportSchedule) error {
	s = clean(s)
	return failed(t.putReportSchedule(s), "put report schedule %q", s.Name)
}

func (t *tx) putReportSchedule(s incident.ReportSchedule) error {
	if err := t.db.Exec("SELECT 1 FROM report_schedules WHERE id = ?"+t.dialect.lock(), s.ID).Error; err != nil {
		return err
	}
	before, err := held(t, "report_schedules", "id", string(s.ID), reportScheduleRow.value)
	if err != nil {
		return err
	}
	version := 0
	if before != nil {
		version = before.Version
	}
	if s.Version != version+1 {
		return fmt.Errorf("version %d stands behind no version %d: %w", s.Version, version, incident.ErrConflict)
	}
	t.record(incident.AuditObject{Kind: "report schedule", ID: s.ID, Name: s.Name}, before, &s)
	row, err := newReportScheduleRow(s)
	if err == nil {
		err = upsert(t.db, "report_schedules", []reportScheduleRow{row}, "id")
	}
	return err
}

// DeleteReportSchedule implements incident.Tx.
func (t *tx) DeleteReportSchedule(id incident.ID) error {
	id = clean(id)
	before, err := held(t, "report_schedules", "id", string(id), reportScheduleRow.value)
	if err == nil && before == nil {
		err = incident.ErrNotFound
	}
	if err == nil {
		t.record(incident.AuditObject{Kind: "report schedule", ID: id, Name: before.Name}, before, nil)
		err = t.dropReportRuns("schedule_id = ?", id)
	}
	if err == nil {
		err = t.db.Exec("DELETE FROM report_schedules WHERE id = ?", id).Error
	}
	return failed(err, "delete report schedule %s", id)
}

// ClaimReportSchedule implements incident.Tx.
func (t *tx) ClaimReportSchedule(now, until time.Time) (*incident.ReportSchedule, error) {
	lock := t.dialect.lock()
	if lock != "" {
		lock += " SKIP LOCKED" // another replica is about to have those
	}
	var rows []reportScheduleRow
	err := t.db.Raw(`UPDATE report_schedules SET claimed_until = ?, tries = tries + 1 WHERE id = (
		SELECT id FROM report_schedules WHERE NOT paused AND next_at <= ? AND (claimed_until IS NULL OR claimed_until <= ?) ORDER BY next_at, id LIMIT 1`+lock+`) RETURNING *`,
		clean(until), clean(now), clean(now)).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, failed(err, "claim a report schedule")
	}
	s, err := rows[0].value()
	return &s, failed(err, "claim a report schedule")
}

// SettleReportSchedule implements incident.Tx.
func (t *tx) SettleReportSchedule(s incident.ReportSchedule, due time.Time) error {
	s = clean(s)
	done := t.db.Exec("UPDATE report_schedules SET next_at = ?, digest = ?, paused = ?, stopped = ?, claimed_until = NULL, tries = 0 WHERE id = ? AND version = ? AND next_at = ?",
		s.NextAt, s.Digest, s.Paused, s.Stopped, s.ID, s.Version, clean(due))
	if done.Error == nil && done.RowsAffected == 0 {
		done.Error = fmt.Errorf("it was made or changed meanwhile: %w", incident.ErrConflict)
	}
	if done.Error == nil && s.Stopped != "" {
		t.Note(incident.AuditNote{Action: incident.AuditChanged, Object: incident.AuditObject{Kind: "report schedule", ID: s.ID, Name: s.Name},
			Before: map[string]any{"paused": false}, After: map[string]any{"paused": true, "stopped": s.Stopped}})
	}
	return failed(done.Error, "settle report schedule %s", s.ID)
}
