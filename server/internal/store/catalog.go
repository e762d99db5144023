package store

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"

	"hindsight/incident"
)

type serviceRow struct {
	ID     incident.ID `gorm:"primaryKey"`
	Digest string
	Name   string
	TeamID incident.ID
	Tier   int
	Alias  []string `gorm:"serializer:json"`
}

type teamRow struct {
	ID      incident.ID `gorm:"primaryKey"`
	Digest  string
	Name    string
	Renamed bool
}

type personRow struct {
	ID           incident.ID `gorm:"primaryKey"`
	ConnectionID incident.ID
	ExternalID   string
	Name         string
	Email        string
}

// Services implements incident.Reader.
func (s *Store) Services(ctx context.Context) ([]incident.Service, error) {
	return readAll(ctx, s, "services", func(r serviceRow) (incident.Service, error) {
		return incident.Service{ID: r.ID, Name: r.Name, Team: r.TeamID, Tier: r.Tier, Alias: r.Alias}, nil
	}, func(v incident.Service) (string, incident.ID) { return v.Name, v.ID })
}

// Teams implements incident.Reader.
func (s *Store) Teams(ctx context.Context) ([]incident.Team, error) {
	return readAll(ctx, s, "teams", func(r teamRow) (incident.Team, error) {
		return incident.Team{ID: r.ID, Name: r.Name, Renamed: r.Renamed}, nil
	}, func(v incident.Team) (string, incident.ID) { return v.Name, v.ID })
}

// People implements incident.Reader.
func (s *Store) People(ctx context.Context) ([]incident.Person, error) {
	return readAll(ctx, s, "people", func(r personRow) (incident.Person, error) {
		return incident.Person{ID: r.ID, Connection: r.ConnectionID, ExternalID: r.ExternalID, Name: r.Name, Email: r.Email}, nil
	}, func(v incident.Person) (string, incident.ID) { return v.Name, v.ID })
}

// readAll reads a whole small table, in order of name without regard to case, then of id.
func readAll[R, V any](ctx context.Context, s *Store, table string, value func(R) (V, error), name func(V) (string, incident.ID)) ([]V, error) {
	return readSome(ctx, s, table, "true", value, name)
}

// readSome reads those rows of a small table that where selects, as readAll does.
func readSome[R, V any](ctx context.Context, s *Store, table, where string, value func(R) (V, error), name func(V) (string, incident.ID)) ([]V, error) {
	var rows []R
	if err := s.db.WithContext(ctx).Table(table).Where(where).Find(&rows).Error; err != nil {
		return nil, failed(err, "read %s", table)
	}
	values := make([]V, len(rows))
	for i, r := range rows {
		v, err := value(r)
		if err != nil {
			return nil, failed(err, "read %s", table)
		}
		values[i] = v
	}
	slices.SortFunc(values, func(a, b V) int {
		aName, aID := name(a)
		bName, bID := name(b)
		return cmp.Or(strings.Compare(strings.ToLower(aName), strings.ToLower(bName)), cmp.Compare(aName, bName), cmp.Compare(aID, bID))
	})
	return values, nil
}

// PutServices implements incident.Tx.
func (t *tx) PutServices(ss []incident.Service) error {
	return putEntities(t, incident.EntityService, "services", ss,
		func(v incident.Service) incident.ID { return v.ID },
		func(v incident.Service, digest string) serviceRow {
			return serviceRow{v.ID, digest, v.Name, v.Team, v.Tier, v.Alias}
		},
		catalogue(t, "services", func(r serviceRow) (incident.ID, incident.Service) {
			return r.ID, incident.Service{ID: r.ID, Name: r.Name, Team: r.TeamID, Tier: r.Tier, Alias: r.Alias}
		}))
}

// PutTeams implements incident.Tx.
func (t *tx) PutTeams(ts []incident.Team) error {
	var renamed []incident.ID
	ids := make([]incident.ID, len(ts))
	for i, v := range ts {
		ids[i] = v.ID
	}
	if err := t.db.Raw("SELECT id FROM teams WHERE renamed AND "+t.dialect.in("id"), array(clean(ids))).Scan(&renamed).Error; err != nil {
		return failed(err, "put teams")
	}
	ts = slices.DeleteFunc(slices.Clone(ts), func(v incident.Team) bool { return !v.Renamed && slices.Contains(renamed, v.ID) })
	return putEntities(t, incident.EntityTeam, "teams", ts,
		func(v incident.Team) incident.ID { return v.ID },
		func(v incident.Team, digest string) teamRow { return teamRow{v.ID, digest, v.Name, v.Renamed} },
		catalogue(t, "teams", func(r teamRow) (incident.ID, incident.Team) {
			return r.ID, incident.Team{ID: r.ID, Name: r.Name, Renamed: r.Renamed}
		}))
}

// putEntities stores those entities of the feed that are new or not stored as they are already. before reads what is stored of
// some, for the audit log; it is called only when somebody decided on the change.
func putEntities[V, R any](t *tx, kind incident.EntityKind, table string, values []V, id func(V) incident.ID, row func(V, string) R, before func([]incident.ID) (map[incident.ID]V, error)) error {
	values = last(clean(values), id)
	ids := make([]incident.ID, len(values))
	for i, v := range values {
		ids[i] = id(v)
	}
	stored, err := t.digests(table, "id", ids)
	if err != nil {
		return failed(err, "put %s", table)
	}
	var rows []R
	var changed []V
	for i, v := range values {
		d, err := digest(v)
		if err != nil {
			return failed(err, "put %s %s", kind, ids[i])
		}
		if stored[ids[i]] != d {
			rows, changed = append(rows, row(v, d)), append(changed, v)
			t.touch(kind, ids[i], false)
		}
	}
	if err := recordEntities(t, kind, changed, id, before); err != nil {
		return failed(err, "put %s", table)
	}
	return failed(upsert(t.db, table, rows, "id"), "put %s", table)
}

// recordEntities notes what somebody changes of some entities.
func recordEntities[V any](t *tx, kind incident.EntityKind, changed []V, id func(V) incident.ID, before func([]incident.ID) (map[incident.ID]V, error)) error {
	if !t.person() || len(changed) == 0 {
		return nil
	}
	ids := make([]incident.ID, len(changed))
	for i, v := range changed {
		ids[i] = id(v)
	}
	stored, err := before(ids)
	if err != nil {
		return err
	}
	for i, v := range changed {
		var was *V
		if b, ok := stored[ids[i]]; ok {
			was = &b
		}
		t.record(incident.AuditObject{Kind: string(kind), ID: ids[i], Name: nameOf(v)}, was, &v)
	}
	return nil
}

// nameOf returns what an entity is called, by its field Name or Title.
func nameOf(v any) string {
	for _, name := range []string{"Name", "Title"} {
		if f := reflect.Indirect(reflect.ValueOf(v)).FieldByName(name); f.IsValid() && f.Kind() == reflect.String {
			return f.String()
		}
	}
	return ""
}

// catalogue reads what is stored of some services or teams.
func catalogue[R, V any](t *tx, table string, value func(R) (incident.ID, V)) func([]incident.ID) (map[incident.ID]V, error) {
	return func(ids []incident.ID) (map[incident.ID]V, error) {
		var rows []R
		err := t.db.Table(table).Where(t.dialect.in("id"), array(ids)).Find(&rows).Error
		out := map[incident.ID]V{}
		for _, r := range rows {
			id, v := value(r)
			out[id] = v
		}
		return out, err
	}
}

// pointedAt returns what a map's pointers point at.
func pointedAt[V any](found map[incident.ID]*V, err error) (map[incident.ID]V, error) {
	out := make(map[incident.ID]V, len(found))
	for id, v := range found {
		out[id] = *v
	}
	return out, err
}

// deleteEntities removes what is stored of ids and leaves tombstones in the feed.
func (t *tx) deleteEntities(kind incident.EntityKind, table string, ids []incident.ID) error {
	var known []incident.ID
	err := t.db.Raw("DELETE FROM "+table+" WHERE "+t.dialect.in("id")+" RETURNING id", array(clean(ids))).Scan(&known).Error
	for _, id := range known {
		t.touch(kind, id, true)
	}
	return failed(err, "delete from %s", table)
}

// PutPeople implements incident.Tx. People are no entity of the feed.
func (t *tx) PutPeople(ps []incident.Person) error {
	ps = last(clean(ps), func(p incident.Person) incident.ID { return p.ID })
	err := recordEntities(t, "person", ps, func(p incident.Person) incident.ID { return p.ID },
		catalogue(t, "people", func(r personRow) (incident.ID, incident.Person) {
			return r.ID, incident.Person{ID: r.ID, Connection: r.ConnectionID, ExternalID: r.ExternalID, Name: r.Name, Email: r.Email}
		}))
	if err != nil {
		return failed(err, "put people")
	}
	rows := make([]personRow, len(ps))
	for i, p := range ps {
		rows[i] = personRow{p.ID, p.Connection, p.ExternalID, p.Name, p.Email}
	}
	return failed(upsert(t.db, "people", rows, "id"), "put people")
}
