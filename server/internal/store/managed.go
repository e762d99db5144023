package store

import (
	"context"
	"time"

	"hindsight/incident"
)

type managedRow struct {
	Kind      string `gorm:"primaryKey"`
	Name      string `gorm:"primaryKey"`
	EntityID  incident.ID
	Made      bool
	Place     string
	AppliedAt time.Time
	AppliedBy string
}

// Managed implements incident.Reader.
func (s *Store) Managed(ctx context.Context) ([]incident.Managed, error) {
	var rows []managedRow
	err := s.db.WithContext(ctx).Table("managed").Order("kind, name").Find(&rows).Error
	out := make([]incident.Managed, len(rows))
	for i, r := range rows {
		out[i] = incident.Managed{Kind: r.Kind, Name: r.Name, Entity: r.EntityID, Made: r.Made, Place: r.Place, At: r.AppliedAt.UTC(), By: r.AppliedBy}
	}
	return out, failed(err, "read what is managed by files")
}

// PutManaged implements incident.Tx.
func (t *tx) PutManaged(ms []incident.Managed) error {
	ms = last(clean(ms), func(m incident.Managed) string { return m.Kind + "\x00" + m.Name })
	rows := make([]managedRow, len(ms))
	for i, m := range ms {
		rows[i] = managedRow{m.Kind, m.Name, m.Entity, m.Made, m.Place, m.At, m.By}
	}
	return failed(upsert(t.db, "managed", rows, "kind", "name"), "put what is managed by files")
}

// DeleteManaged implements incident.Tx.
func (t *tx) DeleteManaged(ms []incident.Managed) error {
	for _, m := range clean(ms) {
		if err := t.db.Exec("DELETE FROM managed WHERE kind = ? AND name = ?", m.Kind, m.Name).Error; err != nil {
			return failed(err, "delete %s %q from what is managed by files", m.Kind, m.Name)
		}
	}
	return nil
}

// newestOf selects the number of the newest change of some kinds.
func newestOf(d dialect) string {
	return "SELECT coalesce(max(seq), 0) FROM changes WHERE " + d.in("kind")
}

// Newest implements incident.Reader.
func (s *Store) Newest(ctx context.Context, kinds ...incident.EntityKind) (incident.Seq, error) {
	var seq incident.Seq
	err := s.db.WithContext(ctx).Raw(newestOf(s.dialect), array(kinds)).Scan(&seq).Error
	return seq, failed(err, "read the newest change of %v", kinds)
}

// HoldNewest implements incident.Tx. Whoever holds the head of the feed is the next to get a number, so no change that is
// not seen here can come before this transaction's own.
func (t *tx) HoldNewest(kinds ...incident.EntityKind) (incident.Seq, error) {
	var seq incident.Seq
	err := t.db.Raw("SELECT seq FROM feed_head" + t.dialect.lock()).Scan(&seq).Error
	if err == nil {
		err = t.db.Raw(newestOf(t.dialect), array(kinds)).Scan(&seq).Error
	}
	return seq, failed(err, "hold the newest change of %v", kinds)
}

// ConnectionsByID implements incident.Tx.
func (t *tx) ConnectionsByID(ids []incident.ID) (map[incident.ID]incident.Connection, error) {
	var rows []connectionRow
	err := t.db.Raw("SELECT * FROM connections WHERE "+t.dialect.in("id")+" ORDER BY id"+t.dialect.lock(), array(clean(ids))).Scan(&rows).Error
	out := make(map[incident.ID]incident.Connection, len(rows))
	for _, r := range rows {
		if out[r.ID], err = r.value(); err != nil {
			break
		}
	}
	return out, failed(err, "read connections")
}

// DeleteServices implements incident.Tx.
func (t *tx) DeleteServices(ids []incident.ID) ([]incident.ID, error) {
	return t.deleteUnnamed(incident.EntityService, "services", ids,
		"service_uses WHERE service_id = services.id", "change_services WHERE service_id = services.id")
}

// DeleteTeams implements incident.Tx.
func (t *tx) DeleteTeams(ids []incident.ID) ([]incident.ID, error) {
	gone, err := t.deleteUnnamed(incident.EntityTeam, "teams", ids,
		"incidents WHERE team_id = teams.id", "shifts WHERE team_id = teams.id", "services WHERE team_id = teams.id")
	if err != nil || len(gone) == 0 {
		return gone, err
	}
	var rows []channelRow
	if err := t.db.Table("channels").Where(t.dialect.in("team_id"), array(gone)).Find(&rows).Error; err != nil {
		return gone, failed(err, "look for channels of teams")
	}
	for _, r := range rows {
		c, err := r.value()
		if err != nil {
			return gone, failed(err, "read channel %q", r.Name)
		}
		c.Kinds = nil // it tells of nothing, also should a team of that name come again
		if err := t.PutChannel(c); err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// deleteUnnamed removes those of ids that no row of uses names, and returns them.
func (t *tx) deleteUnnamed(kind incident.EntityKind, table string, ids []incident.ID, uses ...string) ([]incident.ID, error) {
	query := "SELECT id, name FROM " + table + " WHERE " + t.dialect.in("id")
	for _, use := range uses {
		query += " AND NOT EXISTS (SELECT 1 FROM " + use + ")"
	}
	var rows []struct {
		ID   incident.ID
		Name string
	}
	if err := t.db.Raw(query, array(clean(ids))).Scan(&rows).Error; err != nil {
		return nil, failed(err, "look for %s that nothing names", table)
	}
	var free []incident.ID
	for _, r := range rows {
		free = append(free, r.ID)
		t.record(incident.AuditObject{Kind: string(kind), ID: r.ID, Name: r.Name}, &struct{ Name string }{r.Name}, nil)
	}
	return free, t.deleteEntities(kind, table, free)
}
