package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"gorm.io/gorm"

	"hindsight/incident"
)

type changeEventRow struct {
	ID                incident.ID `gorm:"primaryKey"`
	Seq               incident.Seq
	Digest            string
	ConnectionID      incident.ID
	RefType           string
	ExternalID        string
	Incarnation       int
	Kind              incident.ChangeKind
	Number            string
	Environment       string
	Title             string
	At                time.Time
	StartedAt         sql.NullTime
	FinishedAt        sql.NullTime
	Result            incident.ChangeResult
	ResultRaw         string
	Revision          string
	URL               string
	Actor             string
	ExternalCreatedAt sql.NullTime
	ExternalUpdatedAt sql.NullTime
	RawID             incident.ID
	MapVersion        int
	DeletedAt         sql.NullTime
	DeletedReason     string
}

type changeServiceRow struct {
	ChangeID  incident.ID
	Pos       int
	ServiceID incident.ID
	Name      string
	Role      string
}

func newChangeEventRow(c incident.ChangeEvent, digest string) changeEventRow {
	return changeEventRow{
		ID: c.ID, Digest: digest,
		ConnectionID: c.Ref.Connection, RefType: c.Ref.Type, ExternalID: c.Ref.ExternalID, Incarnation: c.Ref.Incarnation,
		Kind: c.Kind, Number: c.Number, Environment: c.Environment, Title: c.Title,
		At: c.At(), StartedAt: null(c.StartedAt), FinishedAt: null(c.FinishedAt),
		Result: c.Result, ResultRaw: c.ResultRaw, Revision: c.Revision, URL: c.URL, Actor: c.Actor,
		ExternalCreatedAt: null(c.ExternalCreatedAt), ExternalUpdatedAt: null(c.ExternalUpdatedAt),
		RawID: c.RawID, MapVersion: c.MapVersion, DeletedAt: null(c.DeletedAt), DeletedReason: c.DeletedReason,
	}
}

func (r changeEventRow) value(services []incident.ServiceUse) incident.ChangeEvent {
	return incident.ChangeEvent{
		ID: r.ID, Seq: r.Seq,
		Ref:  incident.Ref{Connection: r.ConnectionID, Type: r.RefType, ExternalID: r.ExternalID, Incarnation: r.Incarnation},
		Kind: r.Kind, Number: r.Number, Services: services, Environment: r.Environment, Title: r.Title,
		StartedAt: utc(r.StartedAt), FinishedAt: utc(r.FinishedAt),
		Result: r.Result, ResultRaw: r.ResultRaw, Revision: r.Revision, URL: r.URL, Actor: r.Actor,
		ExternalCreatedAt: utc(r.ExternalCreatedAt), ExternalUpdatedAt: utc(r.ExternalUpdatedAt),
		RawID: r.RawID, MapVersion: r.MapVersion, DeletedAt: utc(r.DeletedAt), DeletedReason: r.DeletedReason,
	}
}

// ChangeEvent implements incident.Reader.
func (s *Store) ChangeEvent(ctx context.Context, id incident.ID) (*incident.ChangeEvent, error) {
	var found map[incident.ID]*incident.ChangeEvent
	err := s.view(ctx, func(r reader) (err error) {
		found, err = r.changeEvents([]incident.ID{id}, "")
		return err
	})
	if err == nil && found[id] == nil {
		err = incident.ErrNotFound
	}
	return found[id], failed(err, "read change event %s", id)
}

// changeEvents reads those of ids that are there; lock is the clause that keeps them as they are.
func (r reader) changeEvents(ids []incident.ID, lock string) (map[incident.ID]*incident.ChangeEvent, error) {
	found := make(map[incident.ID]*incident.ChangeEvent, len(ids))
	for chunk := range slices.Chunk(ids, batch) {
		var rows []changeEventRow
		err := r.db.Raw("SELECT * FROM change_events WHERE "+r.dialect.in("id")+" ORDER BY id"+lock, array(clean(chunk))).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		events, err := r.wholeChanges(rows)
		if err != nil {
			return nil, err
		}
		for i := range events {
			found[events[i].ID] = &events[i]
		}
	}
	return found, nil
}

// wholeChanges turns rows into change events with their services, in the order of rows.
func (r reader) wholeChanges(rows []changeEventRow) ([]incident.ChangeEvent, error) {
	events := make([]incident.ChangeEvent, len(rows))
	ids := make([]incident.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	var uses []changeServiceRow
	err := r.db.Table("change_services").Where(r.dialect.in("change_id"), array(ids)).Order("change_id, pos").Find(&uses).Error
	services := map[incident.ID][]incident.ServiceUse{}
	for _, u := range uses {
		services[u.ChangeID] = append(services[u.ChangeID], incident.ServiceUse{Service: u.ServiceID, Name: u.Name, Role: u.Role})
	}
	for i, row := range rows {
		events[i] = row.value(services[row.ID])
	}
	return events, err
}

var changeOrder = order{by: "at", desc: true, arg: moment}

// ChangeEvents implements incident.Reader.
func (s *Store) ChangeEvents(ctx context.Context, f incident.ChangeFilter) (events []incident.ChangeEvent, next string, err error) {
	const sort = "changes" // tells its cursors from those of other lists
	f = clean(f)
	if f.Limit <= 0 {
		f.Limit = defaultPage
	}
	behind, err := behind(f.After, sort)
	if err != nil {
		return nil, "", err
	}
	err = s.view(ctx, func(r reader) error {
		var rows []changeEventRow
		if err := changeOrder.apply(r.selectedChanges(f), behind).Limit(f.Limit + 1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) > f.Limit {
			rows = rows[:f.Limit]
			end := rows[f.Limit-1]
			next = cursor{sort, end.At.UnixMicro(), end.ID}.String()
		}
		events, err = r.wholeChanges(rows)
		return err
	})
	return events, next, failed(err, "list change events")
}

func (r reader) selectedChanges(f incident.ChangeFilter) *gorm.DB {
	q := r.db.Table("change_events").Where("deleted_at IS NULL")
	if len(f.Services) > 0 {
		q = q.Where("id IN (SELECT change_id FROM change_services WHERE "+r.dialect.in("service_id")+")", array(f.Services))
	}
	if len(f.Kinds) > 0 {
		q = q.Where("kind IN ?", f.Kinds)
	}
	if len(f.Connections) > 0 {
		q = q.Where(r.dialect.in("connection_id"), array(f.Connections))
	}
	if !f.From.IsZero() {
		q = q.Where("at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("at < ?", f.To)
	}
	return q
}

// ChangeEventsByID implements incident.Tx. With PostgreSQL, nobody else changes them before the transaction ends.
func (t *tx) ChangeEventsByID(ids []incident.ID) (map[incident.ID]*incident.ChangeEvent, error) {
	found, err := t.changeEvents(ids, t.dialect.lock())
	return found, failed(err, "read change events by id")
}

// PutChangeEvents implements incident.Tx. One that is stored as it is already is no change.
func (t *tx) PutChangeEvents(cs []incident.ChangeEvent) error {
	cs = clean(cs)
	for i := range cs {
		cs[i].Seq = 0 // not content
	}
	var changed, gone []incident.ID
	var services []changeServiceRow
	err := putEntities(t, incident.EntityChangeEvent, "change_events", cs,
		func(c incident.ChangeEvent) incident.ID { return c.ID },
		func(c incident.ChangeEvent, digest string) changeEventRow {
			changed = append(changed, c.ID)
			if c.Deleted() {
				gone = append(gone, c.ID)
			}
			for i, u := range c.Services {
				services = append(services, changeServiceRow{c.ID, i, u.Service, u.Name, u.Role})
			}
			return newChangeEventRow(c, digest)
		}, func(ids []incident.ID) (map[incident.ID]incident.ChangeEvent, error) {
			return pointedAt(t.changeEvents(ids, ""))
		})
	if err != nil || len(changed) == 0 {
		return err
	}
	for _, id := range gone {
		t.touch(incident.EntityChangeEvent, id, true)
	}
	if err := t.db.Exec("DELETE FROM change_services WHERE "+t.dialect.in("change_id"), array(changed)).Error; err != nil {
		return failed(err, "delete services of change events")
	}
	return failed(insert(t.db, "change_services", services), "put services of change events")
}
