package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"gorm.io/gorm/clause"

	"hindsight/incident"
)

type mappingRow struct {
	ConnectionID incident.ID `gorm:"primaryKey"`
	Version      int         `gorm:"primaryKey"`
	Mapping      []byte
	SavedAt      sql.NullTime
	SavedBy      string
}

// Mappings implements incident.Reader.
func (s *Store) Mappings(ctx context.Context, connection incident.ID) ([]incident.MappingVersion, error) {
	var rows []mappingRow
	err := s.db.WithContext(ctx).Table("mappings").Where("connection_id = ?", connection).Order("version DESC").Find(&rows).Error
	out := make([]incident.MappingVersion, len(rows))
	for i, r := range rows {
		out[i] = incident.MappingVersion{Connection: r.ConnectionID, Version: r.Version, Mapping: r.Mapping, SavedAt: utc(r.SavedAt), By: r.SavedBy}
	}
	return out, failed(err, "read mappings of connection %s", connection)
}

// PutMappings implements incident.Tx.
func (t *tx) PutMappings(ms []incident.MappingVersion) error {
	rows := make([]mappingRow, len(ms))
	for i, m := range ms {
		if err := t.recordMapping(m); err != nil {
			return failed(err, "put mappings")
		}
		rows[i] = mappingRow{m.Connection, m.Version, m.Mapping, null(clean(m.SavedAt)), clean(m.By)}
	}
	return failed(insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), "mappings", rows), "put mappings")
}

// recordMapping notes what a version changes against the one before it. One that is known stays as it is.
func (t *tx) recordMapping(m incident.MappingVersion) error {
	var rows []mappingRow
	err := t.db.Table("mappings").Where("connection_id = ? AND version <= ?", m.Connection, m.Version).Order("version DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) > 0 && rows[0].Version == m.Version {
		return err
	}
	n := incident.AuditNote{Action: incident.AuditChanged, Object: incident.AuditObject{Kind: "mapping", ID: m.Connection},
		Before: map[string]any{}, After: map[string]any{}, Facts: map[string]any{"version": m.Version}}
	var was json.RawMessage
	if len(rows) > 0 {
		was = rows[0].Mapping
	} else {
		n.Action = incident.AuditCreated
	}
	document("mapping", was, m.Mapping, n.Before, n.After)
	t.Note(n)
	return nil
}
