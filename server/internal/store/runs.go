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

type runRow struct {
	ID           incident.ID `gorm:"primaryKey"`
	ConnectionID incident.ID
	State        incident.RunState
	Via          string
	DryRun       bool
	StartedAt    sql.NullTime
	Heartbeat    sql.NullTime
	FinishedAt   sql.NullTime
	Total        int64
	ReadCount    int64
	NewCount     int64
	Changed      int64
	Unchanged    int64
	Dead         int64
	ReadCursor   []byte
	Warnings     []incident.Warning `gorm:"serializer:json"`
	Message      string
	StartedBy    string
	Upload       string
	SinceAt      sql.NullTime
	UntilAt      sql.NullTime
	ResumesAt    sql.NullTime
	Requests     int64
}

func newRunRow(r incident.Run) runRow {
	return runRow{r.ID, r.Connection, r.State, r.Via, r.DryRun, null(r.StartedAt), null(r.Heartbeat), null(r.FinishedAt),
		r.Total, r.Read, r.New, r.Changed, r.Unchanged, r.Dead, r.Cursor, r.Warnings, r.Message, r.By, r.Upload,
		null(r.Since), null(r.Until), null(r.ResumesAt), r.Requests}
}

func (r runRow) value() (incident.Run, error) {
	return incident.Run{ID: r.ID, Connection: r.ConnectionID, State: r.State, Via: r.Via, DryRun: r.DryRun,
		StartedAt: utc(r.StartedAt), Heartbeat: utc(r.Heartbeat), FinishedAt: utc(r.FinishedAt),
		Total: r.Total, Read: r.ReadCount, New: r.NewCount, Changed: r.Changed, Unchanged: r.Unchanged, Dead: r.Dead,
		Cursor: r.ReadCursor, Warnings: r.Warnings, Message: r.Message, By: r.StartedBy, Upload: r.Upload,
		Since: utc(r.SinceAt), Until: utc(r.UntilAt), ResumesAt: utc(r.ResumesAt), Requests: r.Requests}, nil
}

// Run implements incident.Reader.
func (s *Store) Run(ctx context.Context, id incident.ID) (*incident.Run, error) {
	return take(ctx, s, "runs", "id", string(id), runRow.value)
}

// Runs implements incident.Reader. A limit of 0 or less means all.
func (s *Store) Runs(ctx context.Context, connection incident.ID, limit int) ([]incident.Run, error) {
	return newest(s.db.WithContext(ctx).Table("runs").Order("started_at DESC, id"), connection, limit, runRow.value)
}

// newest reads the first rows of a query that lists the newest first, of one connection or of all.
func newest[R, V any](q *gorm.DB, connection incident.ID, limit int, value func(R) (V, error)) ([]V, error) {
	if connection != "" {
		q = q.Where("connection_id = ?", connection)
	}
	if limit > 0 {
		q = q.Limit(limit)
	}
	var rows []R
	if err := q.Find(&rows).Error; err != nil {
		return nil, failed(err, "list the newest of connection %q", connection)
	}
	values := make([]V, len(rows))
	for i, r := range rows {
		v, err := value(r)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// PutRun implements incident.Tx.
func (t *tx) PutRun(r incident.Run) error {
	r = clean(r)
	if err := t.recordRun(r); err != nil {
		return failed(err, "put run %s", r.ID)
	}
	return failed(upsert(t.db, "runs", []runRow{newRunRow(r)}, "id"), "put run %s", r.ID)
}

// recordRun notes that somebody started a run, and how any run ended: one entry for the whole import, whatever it
// brought. A poll that found nothing new is not worth one.
func (t *tx) recordRun(r incident.Run) error {
	if !r.State.Done() && !t.person() {
		return nil
	}
	before, err := held(t, "runs", "id", string(r.ID), runRow.value)
	if err != nil || before != nil && (before.State.Done() || !r.State.Done()) {
		return err
	}
	byItself := r.By == "" && !incident.ActorOf(t.ctx).Person()
	if r.State == incident.RunOK && byItself && r.New+r.Changed+r.Dead == 0 {
		return nil
	}
	n := incident.AuditNote{Action: incident.AuditStarted, Object: incident.AuditObject{Kind: "import", ID: r.Connection},
		Facts: map[string]any{"run": string(r.ID), "via": r.Via}, After: map[string]any{}}
	put(n.After, "by", plain(reflect.ValueOf(r.By)))
	put(n.After, "upload", plain(reflect.ValueOf(r.Upload)))
	if r.DryRun {
		n.Facts["dry_run"] = true
	}
	if r.State.Done() {
		n.Action = incident.AuditFinished
		n.Facts["state"], n.Facts["read"], n.Facts["new"] = string(r.State), r.Read, r.New
		n.Facts["changed"], n.Facts["unchanged"], n.Facts["dead"] = r.Changed, r.Unchanged, r.Dead
		put(n.After, "message", plain(reflect.ValueOf(r.Message)))
	}
	conn, err := held(t, "connections", "id", string(r.Connection), connectionRow.value)
	if conn != nil {
		n.Object.Name = conn.Name
	}
	t.Note(n)
	return err
}

type letterRow struct {
	ID           incident.ID `gorm:"primaryKey"`
	ConnectionID incident.ID
	RunID        incident.ID
	RecordType   string
	ExternalID   string
	RawID        incident.ID
	Stage        string
	Place        string
	Reason       string
	Body         string
	FirstSeen    sql.NullTime
	SeenCount    int
	ResolvedAt   sql.NullTime
}

func (r letterRow) value() (incident.DeadLetter, error) {
	return incident.DeadLetter{ID: r.ID, Connection: r.ConnectionID, Run: r.RunID, Type: r.RecordType, ExternalID: r.ExternalID,
		RawID: r.RawID, Stage: r.Stage, Place: r.Place, Reason: r.Reason, Body: r.Body,
		FirstSeen: utc(r.FirstSeen), Count: r.SeenCount, ResolvedAt: utc(r.ResolvedAt)}, nil
}

// DeadLetters implements incident.Reader. A limit of 0 or less means all.
func (s *Store) DeadLetters(ctx context.Context, connection incident.ID, limit int) ([]incident.DeadLetter, error) {
	waiting := s.db.WithContext(ctx).Table("dead_letters").Where("resolved_at IS NULL").Order("first_seen DESC, id")
	return newest(waiting, connection, limit, letterRow.value)
}

// DeadLetter implements incident.Reader.
func (s *Store) DeadLetter(ctx context.Context, id incident.ID) (*incident.DeadLetter, error) {
	return take(ctx, s, "dead_letters", "id", string(id), letterRow.value)
}

// Tallies implements incident.Reader.
func (s *Store) Tallies(ctx context.Context) (map[incident.ID]incident.Tally, error) {
	var rows []struct {
		ConnectionID                      incident.ID
		Records, Waiting, Changes, Shifts int
	}
	err := s.db.WithContext(ctx).Raw(`SELECT connection_id, SUM(records) AS records, SUM(waiting) AS waiting, SUM(changes) AS changes, SUM(shifts) AS shifts FROM (
		SELECT connection_id, COUNT(*) AS records, 0 AS waiting, 0 AS changes, 0 AS shifts FROM raws WHERE latest GROUP BY connection_id
		UNION ALL SELECT connection_id, 0, COUNT(*), 0, 0 FROM dead_letters WHERE resolved_at IS NULL GROUP BY connection_id
		UNION ALL SELECT connection_id, 0, 0, COUNT(*), 0 FROM change_events WHERE deleted_at IS NULL GROUP BY connection_id
		UNION ALL SELECT r.connection_id, 0, 0, 0, COUNT(*) FROM shifts s JOIN rosters r ON r.id = s.roster_id WHERE r.deleted_at IS NULL GROUP BY r.connection_id
		) counts GROUP BY connection_id`).Scan(&rows).Error
	tallies := make(map[incident.ID]incident.Tally, len(rows))
	for _, r := range rows {
		tallies[r.ConnectionID] = incident.Tally{Records: r.Records, Waiting: r.Waiting, Changes: r.Changes, Shifts: r.Shifts}
	}
	return tallies, failed(err, "count what is kept of connections")
}

// PutDeadLetters implements incident.Tx. A count below 1 means 1. A known letter takes over what the new one
// says and keeps when it was first seen.
func (t *tx) PutDeadLetters(ds []incident.DeadLetter) error {
	times := map[incident.ID]int{}
	for _, d := range ds {
		times[clean(d.ID)] += max(d.Count, 1)
	}
	ds = last(clean(ds), func(d incident.DeadLetter) incident.ID { return d.ID })
	rows := make([]letterRow, len(ds))
	for i, d := range ds {
		rows[i] = letterRow{d.ID, d.Connection, d.Run, d.Type, d.ExternalID, d.RawID, d.Stage, d.Place, d.Reason, d.Body,
			null(d.FirstSeen), times[d.ID], null(time.Time{})}
	}
	known := clause.OnConflict{
		Columns: []clause.Column{{Name: "id"}},
		DoUpdates: append(
			clause.AssignmentColumns([]string{"run_id", "raw_id", "stage", "place", "reason", "body", "resolved_at"}),
			clause.Assignment{Column: clause.Column{Name: "seen_count"}, Value: gorm.Expr("dead_letters.seen_count + excluded.seen_count")}),
	}
	return failed(insert(t.db.Clauses(known), "dead_letters", rows), "put dead letters")
}

// ResolveDeadLetters implements incident.Tx.
func (t *tx) ResolveDeadLetters(connection incident.ID, typ string, externalIDs []string, at time.Time) error {
	err := t.db.Exec(`UPDATE dead_letters SET resolved_at = ? WHERE connection_id = ? AND record_type = ? AND resolved_at IS NULL AND `+
		t.dialect.in("external_id"), null(clean(at)), connection, typ, array(clean(externalIDs))).Error
	return failed(err, "resolve dead letters")
}

// SettleDeadLetter implements incident.Tx.
func (t *tx) SettleDeadLetter(id incident.ID, at time.Time) error {
	if t.person() {
		before, err := held(t, "dead_letters", "id", string(clean(id)), letterRow.value)
		if err != nil {
			return failed(err, "settle dead letter %s", id)
		}
		if before != nil && before.ResolvedAt.IsZero() {
			t.Note(incident.AuditNote{Action: incident.AuditChanged, Object: incident.AuditObject{Kind: "dead letter", ID: id, Name: before.Place},
				Facts: map[string]any{"settled": true, "connection": string(before.Connection)}})
		}
	}
	return failed(t.db.Exec("UPDATE dead_letters SET resolved_at = ? WHERE id = ?", null(clean(at)), clean(id)).Error, "settle dead letter %s", id)
}
