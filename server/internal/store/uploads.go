package store

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"hindsight/incident"
)

type uploadRow struct {
	RunID    incident.ID
	Name     string
	Part     int
	Body     []byte
	StoredAt sql.NullTime
}

// UploadPart is a piece of an uploaded file.
type UploadPart struct {
	Name string
	Part int // from 0
	Body []byte
}

// PutUpload stores a piece of a file uploaded for a run.
func (s *Store) PutUpload(ctx context.Context, run incident.ID, p UploadPart) error {
	_, err := s.Update(ctx, func(itx incident.Tx) error {
		row := uploadRow{run, p.Name, p.Part, p.Body, null(s.now())}
		return failed(upsert(itx.(*tx).db, "uploads", []uploadRow{row}, "run_id", "name", "part"), "put part %d of upload %q", p.Part, p.Name)
	})
	return err
}

// Upload streams the pieces of a run's files, in order of name and part.
func (s *Store) Upload(ctx context.Context, run incident.ID) iter.Seq2[UploadPart, error] {
	return func(yield func(UploadPart, error) bool) {
		name, part := "", -1
		for {
			var rows []uploadRow
			err := s.db.WithContext(ctx).Table("uploads").Where("run_id = ? AND (name > ? OR name = ? AND part > ?)", run, name, name, part).
				Order("name, part").Limit(1).Find(&rows).Error
			if err != nil {
				yield(UploadPart{}, failed(err, "read upload of run %s", run))
				return
			}
			if len(rows) == 0 || !yield(UploadPart{rows[0].Name, rows[0].Part, rows[0].Body}, nil) {
				return
			}
			name, part = rows[0].Name, rows[0].Part
		}
	}
}

// DeleteUpload removes the files of a run.
func (s *Store) DeleteUpload(ctx context.Context, run incident.ID) error {
	_, err := s.Update(ctx, func(itx incident.Tx) error {
		return failed(itx.(*tx).db.Exec("DELETE FROM uploads WHERE run_id = ?", run).Error, "delete upload of run %s", run)
	})
	return err
}

// SweepUploads removes the files stored before a time that no waiting or running import needs.
func (s *Store) SweepUploads(ctx context.Context, before time.Time) error {
	_, err := s.Update(ctx, func(itx incident.Tx) error {
		return failed(itx.(*tx).db.Exec("DELETE FROM uploads WHERE stored_at < ? AND run_id NOT IN (SELECT id FROM runs WHERE state IN ?)",
			before.UTC(), []incident.RunState{incident.RunQueued, incident.RunRunning}).Error, "sweep uploads")
	})
	return err
}
