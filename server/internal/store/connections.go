package store

import (
	"context"
	"database/sql"
	"slices"

	"hindsight/incident"
)

type connectionRow struct {
	ID         incident.ID `gorm:"primaryKey"`
	Source     string
	Name       string
	Settings   map[string]string `gorm:"serializer:json"`
	Secret     []byte
	Mapping    []byte
	MapVersion int
	Sample     bool
	Exclude    string
	Follow     bool
	CreatedAt  sql.NullTime `gorm:"autoCreateTime:false"` // gorm would fill it in
}

func (r connectionRow) value() (incident.Connection, error) {
	return incident.Connection{ID: r.ID, Source: r.Source, Name: r.Name, Settings: r.Settings, Secret: r.Secret, Mapping: r.Mapping,
		MapVersion: r.MapVersion, Sample: r.Sample, Exclude: r.Exclude, Follow: r.Follow, CreatedAt: utc(r.CreatedAt)}, nil
}

// Connections implements incident.Reader.
func (s *Store) Connections(ctx context.Context) ([]incident.Connection, error) {
	return readAll(ctx, s, "connections", connectionRow.value,
		func(c incident.Connection) (string, incident.ID) { return c.Name, c.ID })
}

// Connection implements incident.Reader.
func (s *Store) Connection(ctx context.Context, id incident.ID) (*incident.Connection, error) {
	return take(ctx, s, "connections", "id", string(id), connectionRow.value)
}

// take reads the row of a table whose column has a value.
func take[R, V any](ctx context.Context, s *Store, table, column, is string, value func(R) (V, error)) (*V, error) {
	var row R
	if err := s.db.WithContext(ctx).Table(table).Where(column+" = ?", is).Take(&row).Error; err != nil {
		return nil, failed(err, "read %s of %s", column, table)
	}
	v, err := value(row)
	if err != nil {
		return nil, failed(err, "read %s", table)
	}
	return &v, nil
}

// PutConnection implements incident.Tx. It fails with ErrConflict when another connection has the name.
func (t *tx) PutConnection(c incident.Connection) error {
	c = clean(c)
	before, err := held(t, "connections", "id", string(c.ID), connectionRow.value)
	if err != nil {
		return failed(err, "put connection %q", c.Name)
	}
	t.record(incident.AuditObject{Kind: "connection", ID: c.ID, Name: c.Name}, before, &c)
	row := connectionRow{c.ID, c.Source, c.Name, c.Settings, c.Secret, c.Mapping, c.MapVersion, c.Sample, c.Exclude, c.Follow, null(c.CreatedAt)}
	return failed(upsert(t.db, "connections", []connectionRow{row}, "id"), "put connection %q", c.Name)
}

// DeleteConnection implements incident.Tx. What its source said goes, what people said stays: the
// tombstones keep title and number, so that links to them can say what was there, and the statements, edits and
// retrospectives of people.
func (t *tx) DeleteConnection(id incident.ID, reason string) error {
	id = clean(id)
	if err := t.recordConnectionGone(id, reason); err != nil {
		return failed(err, "delete connection %s", id)
	}
	defer func(quiet bool) { t.quiet = quiet }(t.quiet)
	t.quiet = true // its incidents go with it, and one entry says so
	for _, table := range []string{"raws", "runs", "dead_letters", "people", "healths", "pushes", "missing", "mappings"} {
		if err := t.db.Exec("DELETE FROM "+table+" WHERE connection_id = ?", id).Error; err != nil {
			return failed(err, "delete %s of connection %s", table, id)
		}
	}
	if err := t.db.Exec("DELETE FROM settings WHERE name IN ?", []string{incident.RunLock(id), incident.IssuesSeen(id)}).Error; err != nil {
		return failed(err, "delete what jobs remember of connection %s", id)
	}
	var ids []incident.ID
	err := t.db.Raw("SELECT id FROM incidents WHERE connection_id = ? AND deleted_at IS NULL ORDER BY id", id).Scan(&ids).Error
	if err != nil {
		return failed(err, "read incidents of connection %s", id)
	}
	for chunk := range slices.Chunk(ids, batch) {
		if err := t.bury(chunk, reason); err != nil {
			return err
		}
	}
	if err := t.buryEvents(id, reason); err != nil {
		return err
	}
	deleted := t.db.Exec("DELETE FROM connections WHERE id = ?", id)
	if deleted.Error == nil && deleted.RowsAffected == 0 {
		deleted.Error = incident.ErrNotFound
	}
	return failed(deleted.Error, "delete connection %s", id)
}

// recordConnectionGone notes what goes with a connection.
func (t *tx) recordConnectionGone(id incident.ID, reason string) error {
	before, err := held(t, "connections", "id", string(id), connectionRow.value)
	if err != nil || before == nil {
		return err
	}
	var incidents int64
	err = t.db.Raw("SELECT count(*) FROM incidents WHERE connection_id = ? AND deleted_at IS NULL", id).Scan(&incidents).Error
	gone, _ := differences(before, nil)
	t.Note(incident.AuditNote{Action: incident.AuditDeleted, Object: incident.AuditObject{Kind: "connection", ID: id, Name: before.Name},
		Before: gone, After: map[string]any{"reason": reason}, Facts: map[string]any{"incidents": incidents}})
	return err
}

// bury replaces incidents by tombstones.
func (t *tx) bury(ids []incident.ID, reason string) error {
	incs, err := t.IncidentsByID(ids)
	if err != nil {
		return err
	}
	now := t.store.now()
	var tombstones []*incident.Incident
	empty := map[incident.ID][]incident.TimelineEvent{}
	for _, inc := range incs {
		tombstones = append(tombstones, &incident.Incident{
			ID: inc.ID, Ref: inc.Ref, Number: inc.Number, Title: inc.Title,
			Status: inc.Status, Kind: inc.Kind, Origin: inc.Origin, Private: inc.Private,
			Milestones: inc.Milestones.Stated(), Edits: inc.Edits,
			DeletedAt: now, DeletedReason: reason,
		})
		empty[inc.ID] = nil
	}
	if err := t.PutIncidents(tombstones); err != nil {
		return err
	}
	if err := incident.Reunite(t, ids); err != nil { // records of other connections that these stood for count again
		return err
	}
	if err := t.PutTimeline(empty); err != nil {
		return err
	}
	err = t.db.Exec("DELETE FROM retrospectives WHERE state = 'imported' AND "+t.dialect.in("incident_id"), array(ids)).Error
	return failed(err, "delete imported retrospectives")
}

// buryEvents replaces the change events, rosters and runbooks of a connection by tombstones.
func (t *tx) buryEvents(connection incident.ID, reason string) error {
	now := t.store.now()
	var changes []changeEventRow
	if err := t.db.Table("change_events").Where("connection_id = ? AND deleted_at IS NULL", connection).Find(&changes).Error; err != nil {
		return failed(err, "read change events of connection %s", connection)
	}
	var buried []incident.ChangeEvent
	for _, row := range changes {
		c := row.value(nil)
		buried = append(buried, incident.ChangeEvent{ID: c.ID, Ref: c.Ref, Kind: c.Kind, Number: c.Number, Title: c.Title,
			StartedAt: c.StartedAt, FinishedAt: c.FinishedAt, Result: c.Result, DeletedAt: now, DeletedReason: reason})
	}
	if err := t.PutChangeEvents(buried); err != nil {
		return err
	}
	var rosters []rosterRow
	if err := t.db.Table("rosters").Where("connection_id = ? AND deleted_at IS NULL", connection).Find(&rosters).Error; err != nil {
		return failed(err, "read rosters of connection %s", connection)
	}
	var empty []incident.Roster
	for _, row := range rosters {
		empty = append(empty, incident.Roster{ID: row.ID, Ref: row.ref(), DeletedAt: now, DeletedReason: reason})
	}
	if err := t.PutRosters(empty); err != nil {
		return err
	}
	var runbooks []runbookRow
	if err := t.db.Table("runbooks").Where("connection_id = ? AND deleted_at IS NULL", connection).Find(&runbooks).Error; err != nil {
		return failed(err, "read runbooks of connection %s", connection)
	}
	var left []incident.Runbook
	for _, row := range runbooks {
		r := row.value()
		left = append(left, incident.Runbook{ID: r.ID, Ref: r.Ref, Title: r.Title, DeletedAt: now, DeletedReason: reason})
	}
	return t.PutRunbooks(left)
}
