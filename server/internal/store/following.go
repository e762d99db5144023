package store

import (
	"context"
	"database/sql"
	"reflect"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hindsight/incident"
)

type healthRow struct {
	ConnectionID incident.ID `gorm:"primaryKey"`
	ReadCursor   []byte
	ThroughAt    sql.NullTime
	PolledAt     sql.NullTime
	ReconciledAt sql.NullTime
	HeardAt      sql.NullTime
	Forged       int64
	Drift        int64
	Notes        []string `gorm:"serializer:json"`
	PausedAt     sql.NullTime
	PauseReason  string
}

func (r healthRow) value() incident.Health {
	return incident.Health{Connection: r.ConnectionID, Cursor: r.ReadCursor, Through: utc(r.ThroughAt), PolledAt: utc(r.PolledAt),
		ReconciledAt: utc(r.ReconciledAt), HeardAt: utc(r.HeardAt), Forged: r.Forged, Drift: r.Drift, Notes: r.Notes,
		PausedAt: utc(r.PausedAt), PauseReason: r.PauseReason}
}

// Health implements incident.Reader.
func (s *Store) Health(ctx context.Context, connection incident.ID) (incident.Health, error) {
	var rows []healthRow
	err := s.db.WithContext(ctx).Table("healths").Where("connection_id = ?", connection).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return incident.Health{Connection: connection}, failed(err, "read health of connection %s", connection)
	}
	return rows[0].value(), nil
}

// Healths implements incident.Reader.
func (s *Store) Healths(ctx context.Context) (map[incident.ID]incident.Health, error) {
	var rows []healthRow
	err := s.db.WithContext(ctx).Table("healths").Find(&rows).Error
	all := make(map[incident.ID]incident.Health, len(rows))
	for _, r := range rows {
		all[r.ConnectionID] = r.value()
	}
	return all, failed(err, "read healths of connections")
}

// PutHealth implements incident.Tx.
func (t *tx) PutHealth(h incident.Health) error {
	h = clean(h)
	row := healthRow{ConnectionID: h.Connection, ReadCursor: h.Cursor, ThroughAt: null(h.Through), PolledAt: null(h.PolledAt),
		ReconciledAt: null(h.ReconciledAt), Drift: h.Drift, Notes: h.Notes}
	return failed(t.healthPart(row, "read_cursor", "through_at", "polled_at", "reconciled_at", "drift", "notes"), "put health of connection %s", h.Connection)
}

// Pause implements incident.Tx.
func (t *tx) Pause(connection incident.ID, since time.Time, reason string) error {
	if t.person() {
		after := map[string]any{}
		put(after, "paused_at", plain(reflect.ValueOf(clean(since))))
		put(after, "pause_reason", plain(reflect.ValueOf(clean(reason))))
		t.Note(incident.AuditNote{Action: incident.AuditChanged, Object: incident.AuditObject{Kind: "connection", ID: connection},
			Facts: map[string]any{"paused": !since.IsZero()}, After: after})
	}
	row := healthRow{ConnectionID: connection, PausedAt: null(clean(since)), PauseReason: clean(reason)}
	return failed(t.healthPart(row, "paused_at", "pause_reason"), "pause connection %s", connection)
}

// Heard implements incident.Tx.
func (t *tx) Heard(connection incident.ID, at time.Time, forged int64) error {
	known := clause.OnConflict{Columns: []clause.Column{{Name: "connection_id"}}, DoUpdates: []clause.Assignment{
		{Column: clause.Column{Name: "forged"}, Value: gorm.Expr("healths.forged + excluded.forged")},
		{Column: clause.Column{Name: "heard_at"}, Value: gorm.Expr("COALESCE(excluded.heard_at, healths.heard_at)")},
	}}
	row := healthRow{ConnectionID: connection, HeardAt: null(clean(at)), Forged: forged}
	return failed(insert(t.db.Clauses(known), "healths", []healthRow{row}), "note deliveries of connection %s", connection)
}

// healthPart writes some columns of a health, and leaves the others of a known one as they are.
func (t *tx) healthPart(row healthRow, columns ...string) error {
	known := clause.OnConflict{Columns: []clause.Column{{Name: "connection_id"}}, DoUpdates: clause.AssignmentColumns(columns)}
	return insert(t.db.Clauses(known), "healths", []healthRow{row})
}

type pushRow struct {
	ID           incident.ID `gorm:"primaryKey"`
	ConnectionID incident.ID
	PushKey      string
	Header       map[string][]string `gorm:"serializer:json"`
	Query        map[string][]string `gorm:"serializer:json"`
	Body         []byte
	ReceivedAt   sql.NullTime
}

// Pushes implements incident.Reader.
func (s *Store) Pushes(ctx context.Context, connection incident.ID, limit int) ([]incident.Push, error) {
	waiting := s.db.WithContext(ctx).Table("pushes").Where("settled_at IS NULL").Order("received_at, id")
	return newest(waiting, connection, limit, func(r pushRow) (incident.Push, error) {
		return incident.Push{ID: r.ID, Connection: r.ConnectionID, Key: r.PushKey, Header: r.Header, Query: r.Query, Body: r.Body, ReceivedAt: utc(r.ReceivedAt)}, nil
	})
}

// PutPushes implements incident.Tx.
func (t *tx) PutPushes(ps []incident.Push) error {
	rows := make([]pushRow, len(ps))
	for i, p := range ps {
		rows[i] = pushRow{p.ID, p.Connection, clean(p.Key), clean(p.Header), clean(p.Query), p.Body, null(clean(p.ReceivedAt))}
	}
	return failed(insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), "pushes", rows), "put deliveries")
}

// SettlePushes implements incident.Tx.
func (t *tx) SettlePushes(ids []incident.ID, at time.Time) error {
	err := t.db.Exec("UPDATE pushes SET settled_at = ?, header = NULL, query = NULL, body = NULL WHERE "+t.dialect.in("id"), null(clean(at)), array(ids)).Error
	return failed(err, "settle deliveries")
}

// SweepPushes implements incident.Tx.
func (t *tx) SweepPushes(before time.Time) error {
	return failed(t.db.Exec("DELETE FROM pushes WHERE settled_at < ?", before.UTC()).Error, "sweep deliveries")
}

type missingRow struct {
	ConnectionID incident.ID `gorm:"primaryKey"`
	RecordType   string      `gorm:"primaryKey"`
	ExternalID   string      `gorm:"primaryKey"`
	SinceAt      sql.NullTime
}

// Missing implements incident.Reader.
func (s *Store) Missing(ctx context.Context, connection incident.ID) ([]incident.Missing, error) {
	all := s.db.WithContext(ctx).Table("missing").Order("record_type, external_id")
	return newest(all, connection, 0, func(r missingRow) (incident.Missing, error) {
		return incident.Missing{Connection: r.ConnectionID, Type: r.RecordType, ExternalID: r.ExternalID, Since: utc(r.SinceAt)}, nil
	})
}

// PutMissing implements incident.Tx.
func (t *tx) PutMissing(ms []incident.Missing) error {
	rows := make([]missingRow, len(ms))
	for i, m := range ms {
		m = clean(m)
		rows[i] = missingRow{m.Connection, m.Type, m.ExternalID, null(m.Since)}
	}
	return failed(insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), "missing", rows), "put missing records")
}

// FindMissing implements incident.Tx.
func (t *tx) FindMissing(connection incident.ID, typ string, externalIDs []string) error {
	err := t.db.Exec("DELETE FROM missing WHERE connection_id = ? AND record_type = ? AND "+t.dialect.in("external_id"), connection, typ, array(clean(externalIDs))).Error
	return failed(err, "find missing records")
}
