package store

import (
	"context"
	"database/sql"

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
		rows[i] = mappingRow{m.Connection, m.Version, m.Mapping, null(clean(m.SavedAt)), clean(m.By)}
	}
	return failed(insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), "mappings", rows), "put mappings")
}
