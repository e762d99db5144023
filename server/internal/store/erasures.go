package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm/clause"

	"hindsight/incident"
)

type erasedRow struct {
	Hash      string `gorm:"primaryKey"`
	Words     int
	Pseudonym string
	ErasureID incident.ID
}

type erasureRow struct {
	ID        incident.ID `gorm:"primaryKey"`
	Pseudonym string
	State     string
	Report    incident.ErasureReport `gorm:"serializer:json"`
	BegunAt   time.Time
	EndedAt   sql.NullTime
	DoneBy    string
}

// Erased implements incident.Reader.
func (s *Store) Erased(ctx context.Context) ([]incident.ErasedName, error) {
	var rows []erasedRow
	err := s.db.WithContext(ctx).Table("erased_names").Order("hash").Find(&rows).Error
	out := make([]incident.ErasedName, len(rows))
	for i, r := range rows {
		out[i] = incident.ErasedName{Hash: r.Hash, Words: r.Words, Pseudonym: r.Pseudonym, Erasure: r.ErasureID}
	}
	return out, failed(err, "read erased names")
}

// PutErased implements incident.Tx.
func (t *tx) PutErased(ns []incident.ErasedName) error {
	ns = last(clean(ns), func(n incident.ErasedName) string { return n.Hash })
	rows := make([]erasedRow, len(ns))
	for i, n := range ns {
		rows[i] = erasedRow{n.Hash, n.Words, n.Pseudonym, n.Erasure}
	}
	return failed(insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), "erased_names", rows), "put erased names")
}

// Erasures implements incident.Reader.
func (s *Store) Erasures(ctx context.Context) ([]incident.Erasure, error) {
	var rows []erasureRow
	err := s.db.WithContext(ctx).Table("erasures").Order("begun_at DESC, id").Find(&rows).Error
	out := make([]incident.Erasure, len(rows))
	for i, r := range rows {
		out[i] = incident.Erasure{ID: r.ID, Pseudonym: r.Pseudonym, State: r.State, Report: r.Report, BegunAt: r.BegunAt.UTC(), EndedAt: utc(r.EndedAt), By: r.DoneBy}
	}
	return out, failed(err, "read erasures")
}

// PutErasure implements incident.Tx.
func (t *tx) PutErasure(e incident.Erasure) error {
	e = clean(e)
	row := erasureRow{e.ID, e.Pseudonym, e.State, e.Report, e.BegunAt, null(e.EndedAt), e.By}
	return failed(upsert(t.db, "erasures", []erasureRow{row}, "id"), "put erasure %s", e.ID)
}
